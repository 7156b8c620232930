import { Status } from '../core/kube-objects';
import { saysSizeless } from '../core/plan/scaled';

/** What the API server is asked to do, in the words of a right. */
export interface Asked {
  readonly verb: 'get' | 'list' | 'watch' | 'patch' | 'create';
  /** `horizontalpodautoscalers/queue`, `deployments/queue/scale`, `pods` */
  readonly resource: string;
  readonly namespace: string;
}

/** Why the API server does not do what it is asked for. */
export type Refusal =
  /** Who asks may not, whatever the value. */
  | 'missing-right'
  /** The token is refused, and was for some time: who asks is not known, or no longer. */
  | 'unknown-account'
  /** Who asks may, and the value is refused: by validation, a policy or a quota. */
  | 'value'
  /** The object, or its kind, does not exist. */
  | 'absent'
  /** The object has changed since it was read, or an object of that name exists already. */
  | 'changed'
  /** The resource version to go on from is too old. */
  | 'expired'
  /** The object has no size yet which its `/scale` could tell. */
  | 'sizeless'
  | 'other';

/** The API server's refusal. */
export class ApiError extends Error {
  constructor(
    public readonly status: number,
    public readonly refusal: Refusal,
    /** In the server's own words. */
    public readonly said: string,
    message: string,
  ) {
    super(message);
  }
}

/** The object has changed since it was read. */
export class Conflict extends ApiError {
  /** `unheard`: an earlier try may have been carried out, its answer was lost. */
  constructor(said: string, public readonly unheard: boolean) {
    super(409, 'changed', said, `the object has changed meanwhile: ${said}`);
  }
}

/** What may pass by itself: too many requests, a server that is not well, a token that is being renewed. */
export class Hindered extends Error {
  /** @param retryAfterMs before the server wants to be asked again */
  constructor(message: string, public readonly retryAfterMs: number) {
    super(message);
  }
}

/** No usable answer before the deadline, or told to stop. */
export class Unreachable extends Error {}

/** What the API server, or the way to it, has put in the way; the rest are faults of the keeper. */
export function isHindrance(error: unknown): error is ApiError | Unreachable {
  return error instanceof ApiError || error instanceof Unreachable;
}

export function isRefused(error: unknown, refusal: Refusal): error is ApiError {
  return error instanceof ApiError && error.refusal === refusal;
}

/** The refusal that an answer is; `unheard` as in `Conflict`. */
export function refusalOf(asked: Asked, status: number, body: string, unheard = false): ApiError {
  const said = statusIn(body)?.message ?? firstLine(body);
  const refusal = refusalBy(status, said);
  return refusal === 'changed' ? new Conflict(said, unheard) : new ApiError(status, refusal, said, sentenceOf(asked, status, refusal, said));
}

/** A watch's event that ends it, as the refusal that it is. */
export function refusalInStream(asked: Asked, { code = 500, message = 'no message' }: Status): ApiError {
  return new ApiError(code, refusalBy(code, message), message, `${wordsFor(asked)}: ${message}`);
}

/** `patch horizontalpodautoscalers/queue` */
export function wordsFor({ verb, resource }: Asked): string {
  return `${verb} ${resource}`;
}

/** The first line of a text that nobody has made for a sentence. */
export function firstLine(text: string): string {
  return text.trim().split('\n')[0].slice(0, 200);
}

/**
 * The only place in which a fact is read out of the API server's words.
 *
 * RBAC, policies and quotas all answer 403 with the reason `Forbidden`, and a JSON patch whose test fails is answered as a value that is invalid:
 * only the message tells them apart.
 */
function refusalBy(status: number, said: string): Refusal {
  switch (status) {
    case 401: return 'unknown-account';
    case 403: return /cannot \w+ resource/.test(said) ? 'missing-right' : 'value';
    case 404: return 'absent';
    case 409: return 'changed';
    case 410: return 'expired';
    case 422: return said === 'the server rejected our request due to an error in our request' ? 'changed' : 'value';
    case 400: return 'value';
    case 500: return saysSizeless(said) ? 'sizeless' : 'other';
    default: return 'other';
  }
}

/** Whether an internal error is an answer all the same, which another try would not change. */
export function isAnswer(status: number, body: string): boolean {
  return status === 500 && saysSizeless(body);
}

function sentenceOf(asked: Asked, status: number, refusal: Refusal, said: string): string {
  const { verb, resource, namespace } = asked;
  switch (refusal) {
    case 'missing-right':
      return `may not ${verb} ${resource} in namespace ${namespace}; deploy the schedule's Role and RoleBinding again, they grant it (${said})`;
    case 'unknown-account':
      return `could not ${wordsFor(asked)}: the API server refuses the token of this pod's account (${status} ${said})`;
    case 'absent':
      return `${resource} is not in namespace ${namespace}; deploy it, or correct the name in the schedule (${said})`;
    default:
      return `could not ${wordsFor(asked)}: ${status} ${said}`;
  }
}

function statusIn(body: string): { readonly message: string } | undefined {
  try {
    const parsed = JSON.parse(body);
    return typeof parsed?.message === 'string' ? parsed : undefined;
  } catch {
    return undefined;
  }
}
