import { ApiError, Asked, Hindered, Refusal, Unreachable, firstLine, isAnswer, refusalOf, wordsFor } from './api-error';
import { Backoff, Urgency } from './backoff';
import { ServerClock, Timers } from './clock';
import { HttpAnswer, Send, TooLarge } from './http';
import { Pace } from './pace';

export interface ApiServerPorts {
  readonly send: Send;
  readonly timers: Timers;
  /** From 0 to 1; for jitter only. */
  readonly random: () => number;
  /** Read at each use, since it is renewed in place. */
  readonly readToken: () => string;
  /** Who asks, for the server's log. */
  readonly userAgent: string;
  readonly pace: Pace;
  /** Aborted when the program must end. */
  readonly stop: AbortSignal;
}

/** One request, without its credentials. */
export interface Call {
  readonly asked: Asked;
  readonly method: 'GET' | 'PATCH' | 'POST';
  readonly path: string;
  readonly query?: { readonly [name: string]: string | number | boolean | undefined };
  readonly body?: object;
  readonly contentType?: string;
  /** As of HTTP. */
  readonly mostChars?: number;
  /** While nothing works. @default 0 */
  readonly urgency?: Urgency;
}

/** Whether the parsed body of an answer is what was asked for, and not some proxy's; undefined: it was no JSON. */
export type IsWhole<T> = (body: unknown) => body is T;

/** What came in the way of one try; another may succeed. */
interface Trouble {
  readonly what: string;
  /** The server may have carried it out all the same. */
  readonly isUnheard: boolean;
  /** Before the server wants to be asked again. */
  readonly retryAfterMs: number;
}

type Outcome<T> = { readonly answer: T } | Trouble;

/** The API server: each request is tried again until it is answered or its deadline has passed. */
export class ApiServer {
  public readonly clock: ServerClock;
  /** Tries made, whatever came of them. */
  public requests = 0;
  public readonly backoff: Backoff;
  /** When the token was first refused of those times in a row, by the timers; undefined: it was not. */
  private tokenRefusedAt: number | undefined;
  /** Tries in a row without an answer, by what was asked: a slow server is given more time also by the next who asks. */
  private readonly unanswered = new Map<string, number>();

  constructor(private readonly ports: ApiServerPorts) {
    this.clock = new ServerClock(ports.timers);
    this.backoff = new Backoff(ports.timers, ports.random);
  }

  /**
   * @param deadline by the timers; no try begins later
   * @throws ApiError for a refusal, which another try would not change
   * @throws TooLarge where the answer has more characters than the call takes in
   * @throws Unreachable
   */
  public async ask<T>(call: Call, deadline: number, isWhole: IsWhole<T>): Promise<T> {
    const { timers, stop } = this.ports;
    const { backoff } = this;
    let isUnheard = false;
    let what = 'it answers nothing well at present';
    for (let attempt = 0; ; attempt++) {
      if (!await backoff.turn(call.urgency ?? 0, deadline, stop)) {
        throw new Unreachable(stop.aborted ? 'told to stop' : `could not ${wordsFor(call.asked)}: ${what}`);
      }
      const outcome: Outcome<T> = await this.attempt(call, isWhole, isUnheard);
      if ('answer' in outcome) {
        return outcome.answer;
      }
      isUnheard ||= outcome.isUnheard;
      ({ what } = outcome);
      if (stop.aborted) {
        throw new Unreachable('told to stop');
      }
      if (!backoff.isDeep) {
        await this.pause(attempt, deadline, outcome.retryAfterMs);
      }
      if (timers.now() >= deadline || stop.aborted) {
        throw new Unreachable(`could not ${wordsFor(call.asked)}: ${what}`);
      }
    }
  }

  /**
   * One try: hands on each line of the answer until the stream ends.
   *
   * @throws ApiError for a refusal, Hindered for what may pass, Error where there is no whole answer
   */
  public async stream(call: Call, signal: AbortSignal, onLine: (line: string) => void): Promise<void> {
    if (!await this.backoff.turn(0, Infinity, signal)) {
      return;
    }
    const answer = await this.exchange(call, this.ports.pace.requestMs, signal, onLine);
    const trouble = this.troubleIn(answer);
    if (trouble) {
      throw new Hindered(`${wordsFor(call.asked)}: ${trouble.what}`, trouble.retryAfterMs);
    }
    if (!isSuccess(answer)) {
      throw refusalOf(call.asked, answer.status, answer.body);
    }
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

  private async attempt<T>(call: Call, isWhole: IsWhole<T>, wasUnheard: boolean): Promise<Outcome<T>> {
    const askedAt = this.ports.timers.now();
    try {
      const outcome = await this.tryOnce(call, isWhole, wasUnheard);
      if ('answer' in outcome) {
        this.backoff.succeeded();
      } else {
        this.backoff.failed(askedAt, outcome.retryAfterMs);
      }
      return outcome;
    } catch (error) {
      if (error instanceof ApiError && NOTHING_WORKS.includes(error.refusal)) {
        this.backoff.failed(askedAt);
      } else if (error instanceof ApiError || error instanceof TooLarge) {
        // it answers, and says what is so
        this.backoff.succeeded();
      }
      throw error;
    }
  }

  private async tryOnce<T>(call: Call, isWhole: IsWhole<T>, wasUnheard: boolean): Promise<Outcome<T>> {
    const { pace, stop } = this.ports;
    const words = wordsFor(call.asked);
    const before = this.unanswered.get(words) ?? 0;
    this.unanswered.set(words, before + 1);
    let answer: HttpAnswer;
    try {
      answer = await this.exchange(call, pace.requestMs * 2 ** Math.min(before, 3), stop);
      this.unanswered.delete(words);
      this.noteToken(answer);
    } catch (error) {
      if (error instanceof TooLarge) {
        this.unanswered.delete(words);
        throw error;
      }
      return { what: (error as Error).message, isUnheard: true, retryAfterMs: 0 };
    }
    const trouble = this.isTokenRefused ? undefined : this.troubleIn(answer);
    if (trouble) {
      return trouble;
    }
    if (!isSuccess(answer)) {
      throw refusalOf(call.asked, answer.status, answer.body, wasUnheard);
    }
    const body = parsed(answer.body);
    return isWhole(body) ? { answer: body } : NOT_ASKED_FOR;
  }

  private noteToken({ status }: HttpAnswer): void {
    this.tokenRefusedAt = status === 401 ? this.tokenRefusedAt ?? this.ports.timers.now() : undefined;
  }

  /** Whether the token has been refused for so long that no renewal is to be expected. */
  private get isTokenRefused(): boolean {
    const { timers, pace } = this.ports;
    return this.tokenRefusedAt !== undefined && timers.now() - this.tokenRefusedAt >= pace.tokenMs;
  }

  private async exchange(call: Call, timeoutMs: number, signal: AbortSignal, onLine?: (line: string) => void): Promise<HttpAnswer> {
    const { send, timers, readToken, userAgent } = this.ports;
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
        'user-agent': userAgent,
        ...(call.body ? { 'content-type': call.contentType ?? 'application/json' } : {}),
      },
      body: call.body && JSON.stringify(call.body),
      timeoutMs,
      mostChars: call.mostChars,
      signal,
      onLine,
      onHeaders: (headers, status) => {
        if (onLine && isSuccess({ status })) {
          // a stream that ends in minutes works from here on
          this.backoff.succeeded();
        }
        const date = Date.parse(String(headers.date));
        if (!Number.isNaN(date)) {
          this.clock.observe(date, askedAt, timers.now());
        }
      },
    });
  }

  /** What may pass by itself; undefined for a success, and for a refusal. */
  private troubleIn(answer: HttpAnswer): Trouble | undefined {
    const { status, body } = answer;
    if (isSuccess(answer)) {
      return undefined;
    }
    if (status < 400) {
      return NOT_ASKED_FOR;
    }
    // a token is renewed in its file, a server that is overloaded or not well recovers
    const mayPass = status === 401 || status === 429 || status >= 500 && !isAnswer(status, body);
    return mayPass ? { what: `${status} ${firstLine(body)}`, isUnheard: status >= 500, retryAfterMs: this.retryAfterMs(answer) } : undefined;
  }

  /** Of a header that says seconds, or an instant; 0 where there is none. */
  private retryAfterMs({ headers }: HttpAnswer): number {
    const value = String(headers['retry-after'] ?? '');
    if (/^\d+$/.test(value)) {
      return Number(value) * 1_000;
    }
    const at = Date.parse(value);
    return Number.isNaN(at) || !this.clock.isSet ? 0 : Math.max(0, at - this.clock.now());
  }
}

/** Refusals that say nothing of the object that was asked for; where all are such, asking more often does not help. */
const NOTHING_WORKS: readonly Refusal[] = ['missing-right', 'unknown-account', 'expired', 'other'];

const NOT_ASKED_FOR: Trouble = { what: 'the answer is not what was asked for', isUnheard: true, retryAfterMs: 0 };

function isSuccess({ status }: Pick<HttpAnswer, 'status'>): boolean {
  return status >= 200 && status < 300;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

