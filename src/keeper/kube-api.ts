import { ServerClock, Timers } from './clock';
import { HttpAnswer, Send } from './http';
import { ObjectReference } from '../core/plan/plan';
import { pluralOf } from '../core/plan/target-kind';
import { EpochMs } from '../core/time/instant';

/** A parsed Kubernetes object; only what is read is looked at. */
export type KubeObject = any;

/** How patient the keeper is. */
export interface Pace {
  /** For one answer; doubled with each try up to eight times as long. */
  readonly requestMs: number;
  /** Between tries; doubled with each, with jitter. */
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
  /** How often is looked beside a watch, which may be silently dead. */
  readonly pollMs: number;
  /** How often verify looks. */
  readonly verifyMs: number;
  /** For a run that applies the plan once. */
  readonly onceMs: number;
  /** For arm, which waits for its target. */
  readonly armMs: number;
  /** How long arm takes a missing right for one that is still to come. */
  readonly rightsMs: number;
}

export const PACE: Pace = {
  requestMs: 1_500,
  backoffMs: 50,
  backoffMaxMs: 2_000,
  pollMs: 5_000,
  verifyMs: 3_000,
  onceMs: 4 * 60_000,
  armMs: 10 * 60_000,
  rightsMs: 60_000,
};

/** The API server's refusal. */
export class ApiError extends Error {
  constructor(public readonly status: number, message: string, public readonly said: string) {
    super(message);
  }
}

/** The object has changed since it was read. */
export class Conflict extends ApiError {
  /** `unheard`: an earlier try may have been carried out, its answer was lost. */
  constructor(said: string, public readonly unheard: boolean) {
    super(409, `the object has changed meanwhile: ${said}`, said);
  }
}

/** No usable answer before the deadline, or told to stop. */
export class Unreachable extends Error {}

export interface Call {
  readonly method: 'GET' | 'PATCH' | 'POST';
  readonly path: string;
  readonly query?: { readonly [name: string]: string | number | boolean | undefined };
  readonly body?: object;
  readonly contentType?: string;
  /** By the timers; no try begins later. */
  readonly deadline: number;
  /** For sentences: `patch horizontalpodautoscalers/queue`. */
  readonly what: string;
  /** Whether an answer is what was asked for, and not some proxy's. */
  readonly isWhole?: (answer: KubeObject) => boolean;
}

function isObject(answer: KubeObject): boolean {
  return typeof answer.metadata?.resourceVersion === 'string';
}

export interface KubeApiPorts {
  readonly send: Send;
  readonly timers: Timers;
  /** From 0 to 1; for jitter only. */
  readonly random: () => number;
  /** Read at each use, since it is renewed in place. */
  readonly readToken: () => string;
  readonly namespace: string;
  /** Field manager of all writes. */
  readonly manager: string;
  readonly pace: Pace;
  /** Aborted when the program must end. */
  readonly stop: AbortSignal;
}

export interface WatchEvent {
  readonly type: string;
  readonly object: KubeObject;
}

/** Exactly this object, and unchanged. */
export interface Precondition {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** The few calls of the Kubernetes API that the keeper makes, each retried until it is answered or its deadline has passed. */
export class KubeApi {
  public readonly clock: ServerClock;
  /** Tries made, whatever came of them. */
  public requests = 0;

  constructor(private readonly ports: KubeApiPorts) {
    this.clock = new ServerClock(ports.timers);
  }

  public get namespace(): string {
    return this.ports.namespace;
  }

  public async get(ref: ObjectReference, deadline: number): Promise<KubeObject> {
    return this.call({ method: 'GET', path: this.pathOf(ref), deadline, what: `get ${titleOf(ref)}`, isWhole: isObject });
  }

  /** Undefined where it does not exist. */
  public async find(ref: ObjectReference, deadline: number): Promise<KubeObject | undefined> {
    return this.get(ref, deadline).catch(error => {
      if (error instanceof ApiError && error.status === 404) {
        return undefined;
      }
      throw error;
    });
  }

  /**
   * Server-side apply with force onto exactly the object that was read.
   *
   * Uid and resource version are preconditions: nothing is created, and no change made meanwhile is overwritten.
   */
  public async apply(ref: ObjectReference, read: Precondition, spec: object, deadline: number, dryRun = false): Promise<KubeObject> {
    return this.call({
      method: 'PATCH',
      path: this.pathOf(ref),
      query: { fieldManager: this.ports.manager, force: true, dryRun: dryRun ? 'All' : undefined },
      contentType: 'application/apply-patch+yaml',
      body: {
        apiVersion: ref.apiVersion,
        kind: ref.kind,
        metadata: { name: ref.name, uid: read.uid, resourceVersion: read.resourceVersion },
        spec,
      },
      deadline,
      what: `patch ${titleOf(ref)}`,
      isWhole: isObject,
    });
  }

  /**
   * Asks a workload for another size, if it is still asked for the one that was read.
   *
   * The resource version would be no precondition here: a workload that scales changes several times a second.
   */
  public async scale(ref: ObjectReference, from: number, to: number, deadline: number, dryRun = false): Promise<KubeObject> {
    // the API leaves a 0 out
    const asked = from === 0 ? { path: '/spec', value: {} } : { path: '/spec/replicas', value: from };
    return this.call({
      method: 'PATCH',
      path: `${this.pathOf(ref)}/scale`,
      query: { fieldManager: this.ports.manager, dryRun: dryRun ? 'All' : undefined },
      contentType: 'application/json-patch+json',
      body: [{ op: 'test', ...asked }, { op: 'add', path: '/spec/replicas', value: to }],
      deadline,
      what: `patch ${titleOf(ref, 'scale')}`,
      isWhole: isObject,
    }).catch(error => {
      // how a test that fails is answered
      throw error instanceof ApiError && error.status === 422 && /error in our request/.test(error.said) ? new Conflict(error.said, false) : error;
    });
  }

  /** Pods by labels, at most `most` of them, from the API server's cache. */
  public async pods(labelSelector: string, deadline: number, most = 5_000): Promise<KubeObject[]> {
    const pods: KubeObject[] = [];
    let from: string | undefined;
    do {
      const page: KubeObject = await this.call({
        method: 'GET',
        path: `/api/v1/namespaces/${this.namespace}/pods`,
        query: { labelSelector, limit: Math.min(most, 500), continue: from },
        deadline,
        what: 'list pods',
        isWhole: list => Array.isArray(list.items),
      });
      pods.push(...page.items);
      from = page.metadata?.continue || undefined;
    } while (from && pods.length < most);
    return pods;
  }

  /** False where an event of that name has been told already. */
  public async createEvent(event: KubeObject, deadline: number, dryRun = false): Promise<boolean> {
    try {
      await this.call({
        method: 'POST',
        path: `/api/v1/namespaces/${this.namespace}/events`,
        query: { fieldManager: this.ports.manager, dryRun: dryRun ? 'All' : undefined },
        body: event,
        deadline,
        what: 'create events',
      });
      return true;
    } catch (error) {
      if (error instanceof Conflict) {
        return error.unheard;
      }
      throw error;
    }
  }

  /**
   * Watches one object until the stream ends, which it does after some minutes at the latest.
   *
   * @throws ApiError with status 410 when the resource version is too old: read anew
   */
  public async watch(
    ref: ObjectReference, resourceVersion: string | undefined, signal: AbortSignal, onEvent: (event: WatchEvent) => void,
  ): Promise<void> {
    const { timers, pace } = this.ports;
    const seconds = 120 + Math.round(this.ports.random() * 60);
    const end = new AbortController();
    const abort = () => end.abort();
    signal.addEventListener('abort', abort, { once: true });
    let broken: Error | undefined;
    const what = `watch ${titleOf(ref)}`;
    try {
      const stream = this.exchange({
        method: 'GET',
        path: this.pathOf({ ...ref, name: '' }).replace(/\/$/, ''),
        query: { watch: true, allowWatchBookmarks: true, fieldSelector: `metadata.name=${ref.name}`, resourceVersion, timeoutSeconds: seconds },
        deadline: Infinity,
        what,
      }, pace.requestMs, end.signal, line => {
        try {
          const event = JSON.parse(line) as WatchEvent;
          if (event.type === 'ERROR') {
            // 410 above all: the version to go on from is too old
            broken = new ApiError(event.object?.code ?? 500, `${what}: ${event.object?.message}`, String(event.object?.message));
          } else if (!isObject(event.object)) {
            broken = new Error(`${what}: a line that is no event`);
          } else if (!broken) {
            onEvent(event);
          }
        } catch {
          broken = new Error(`${what}: a line that is no JSON`);
        }
        if (broken) {
          abort();
        }
      });
      // a connection that died without a word would otherwise last for ever
      const limit = timers.sleep((seconds + 10) * 1_000, end.signal).then(abort);
      const answer = await stream;
      abort();
      await limit;
      if (!this.check(answer, what, false, false)) {
        throw new Error(`${what}: ${answer.status}`);
      }
    } catch (error) {
      if (!end.signal.aborted) {
        throw error;
      }
    } finally {
      signal.removeEventListener('abort', abort);
      abort();
    }
    if (broken) {
      throw broken;
    }
  }

  /** Proves that a watch is granted; ends it at once. */
  public async tryWatch(ref: ObjectReference, deadline: number): Promise<void> {
    await this.call({
      method: 'GET',
      path: this.pathOf({ ...ref, name: '' }).replace(/\/$/, ''),
      query: { watch: true, fieldSelector: `metadata.name=${ref.name}`, timeoutSeconds: 1 },
      deadline,
      what: `watch ${titleOf(ref)}`,
    }, false);
  }

  /** A deadline that many milliseconds from now. */
  public within(ms: number): number {
    return this.ports.timers.now() + ms;
  }

  /** Waits before a further try: exponential, with jitter, never beyond the deadline. */
  public async pause(attempt: number, deadline: number, atLeastMs = 0): Promise<void> {
    const { timers, pace, random, stop } = this.ports;
    const most = Math.min(pace.backoffMaxMs, pace.backoffMs * 2 ** Math.min(attempt, 20));
    const ms = Math.max(atLeastMs, most / 2 + random() * most / 2);
    await timers.sleep(Math.max(0, Math.min(ms, deadline - timers.now())), stop);
  }

  private async call(call: Call, wantsJson = true): Promise<KubeObject> {
    const { timers, pace, stop } = this.ports;
    let unheard = false;
    for (let attempt = 0; ; attempt++) {
      let trouble: string;
      let atLeastMs = 0;
      try {
        const timeoutMs = Math.min(pace.requestMs * 2 ** attempt, pace.requestMs * 8);
        const answer = await this.exchange(call, timeoutMs, stop);
        const parsed = this.check(answer, call.what, unheard, wantsJson);
        if (parsed && (call.isWhole?.(parsed) ?? true)) {
          return parsed;
        }
        trouble = 'the answer is not what was asked for';
        if (answer.status >= 400) {
          trouble = `${answer.status} ${firstLine(answer.body)}`;
          atLeastMs = retryAfterMs(answer, this.clock);
        }
        unheard ||= answer.status < 400 || answer.status >= 500;
      } catch (error) {
        if (error instanceof ApiError) {
          throw error;
        }
        trouble = (error as Error).message;
        unheard = true;
      }
      if (stop.aborted) {
        throw new Unreachable('told to stop');
      }
      await this.pause(attempt, call.deadline, atLeastMs);
      if (timers.now() >= call.deadline || stop.aborted) {
        throw new Unreachable(`could not ${call.what}: ${trouble}`);
      }
    }
  }

  private async exchange(call: Call, timeoutMs: number, signal: AbortSignal, onLine?: (line: string) => void): Promise<HttpAnswer> {
    const { send, timers, readToken } = this.ports;
    const query = Object.entries(call.query ?? {})
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
    const askedAt = timers.now();
    this.requests++;
    return send({
      method: call.method,
      path: call.path + (query.length ? `?${query.join('&')}` : ''),
      headers: {
        'accept': 'application/json',
        'authorization': `Bearer ${readToken()}`,
        'user-agent': this.ports.manager,
        ...(call.body ? { 'content-type': call.contentType ?? 'application/json' } : {}),
      },
      body: call.body && JSON.stringify(call.body),
      timeoutMs,
      signal,
      onLine,
      onHeaders: headers => {
        const date = Date.parse(String(headers.date));
        if (!Number.isNaN(date)) {
          this.clock.observe(date, askedAt, timers.now());
        }
      },
    });
  }

  /** The parsed body; undefined: worth another try. */
  private check(answer: HttpAnswer, what: string, unheard: boolean, wantsJson: boolean): KubeObject | undefined {
    const { status } = answer;
    let parsed: KubeObject | undefined;
    try {
      parsed = JSON.parse(answer.body);
    } catch {
      parsed = wantsJson ? undefined : {};
    }
    if (status >= 200 && status < 300) {
      return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
    }
    const said = typeof parsed?.message === 'string' ? parsed.message : firstLine(answer.body);
    if (status === 409) {
      throw new Conflict(said, unheard);
    }
    if (status === 401 || status === 429 || status >= 500 || status < 400) {
      return undefined;
    }
    throw new ApiError(status, this.sentenceOf(status, what, said), said);
  }

  private sentenceOf(status: number, what: string, said: string): string {
    const [verb, object] = [what.slice(0, what.indexOf(' ')), what.slice(what.indexOf(' ') + 1)];
    if (status === 403 && /cannot \w+ resource/.test(said)) {
      return `may not ${verb} ${object} in namespace ${this.namespace}; deploy the schedule's Role and RoleBinding again, they grant it (${said})`;
    }
    if (status === 404) {
      return `${object} is not in namespace ${this.namespace}; deploy it, or correct the name in the schedule (${said})`;
    }
    return `could not ${what}: ${status} ${said}`;
  }

  private pathOf(ref: ObjectReference): string {
    const group = ref.apiVersion.includes('/') ? `/apis/${ref.apiVersion}` : `/api/${ref.apiVersion}`;
    return `${group}/namespaces/${this.namespace}/${pluralOf(ref)}/${ref.name}`;
  }
}

/** A right was refused, not a value. */
export function isMissingRight(error: unknown): boolean {
  return error instanceof ApiError && error.status === 403 && /cannot \w+ resource/.test(error.said);
}

/** `horizontalpodautoscalers/queue`. */
function titleOf(ref: ObjectReference, subresource?: string): string {
  return [pluralOf(ref), ref.name, ...(subresource ? [subresource] : [])].join('/');
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0].slice(0, 200);
}

/** Seconds or a date; 0 where there is none. */
function retryAfterMs(answer: HttpAnswer, clock: ServerClock): number {
  const value = String(answer.headers['retry-after'] ?? '');
  const at: EpochMs = Date.parse(value);
  return /^\d+$/.test(value) ? Number(value) * 1_000 : Number.isNaN(at) || !clock.isSet ? 0 : Math.max(0, at - clock.now());
}
