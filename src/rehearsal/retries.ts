import { Assumptions } from './assumptions';

/** How failed requests are tried again. */
export interface RetryPolicy {
  /** Of those that failed. */
  readonly percent: number;
  /** Until the first retry. */
  readonly afterSeconds: number;
  /** By which each further wait is longer. */
  readonly backoffFactor: number;
  /** By which waits differ, up and down. */
  readonly jitterPercent: number;
  /** How often one request is tried again at most; 0: any number of times. */
  readonly attempts: number;
  /** Retries at most, in percent of first tries; 0: no limit. */
  readonly budgetPercent: number;
}

/** What clients at the front door do. */
export function clientRetries(assumed: Assumptions): RetryPolicy {
  return {
    percent: assumed.retryPercent,
    afterSeconds: assumed.retryAfterSeconds,
    backoffFactor: assumed.retryBackoffFactor,
    jitterPercent: assumed.retryJitterPercent,
    attempts: assumed.retryAttempts,
    budgetPercent: assumed.retryBudgetPercent,
  };
}

/** What a service does with its own calls. */
export function callRetries(assumed: Assumptions): RetryPolicy {
  return {
    percent: assumed.callRetryPercent,
    afterSeconds: assumed.callRetrySeconds,
    backoffFactor: assumed.retryBackoffFactor,
    jitterPercent: assumed.retryJitterPercent,
    attempts: assumed.callRetryAttempts,
    budgetPercent: assumed.retryBudgetPercent,
  };
}

/** A budget remembers first tries of so many seconds, as Linkerd's and Finagle's do. */
const BUDGET_SECONDS = 10;
/** Waits grow no more after so many tries. */
const GROWING = 8;
/** The spread of waits is taken at so many points. */
const SPREAD = [-0.75, -0.25, 0.25, 0.75];

/** Decides how much of what failed is tried again, and when. */
export class Retries {
  private tokens = 0;

  constructor(private readonly policy: RetryPolicy) {}

  public get isIdle(): boolean {
    return this.policy.percent <= 0;
  }

  /** Each retry is like the first try. */
  public get isMemoryless(): boolean {
    return this.policy.attempts === 0 && this.policy.backoffFactor === 1;
  }

  /** First tries of a second, which a budget counts. */
  public sent(first: number): void {
    if (this.policy.budgetPercent <= 0) {
      return;
    }
    const earned = first * this.policy.budgetPercent / 100;
    this.tokens = Math.min(this.tokens + earned, earned * BUDGET_SECONDS);
  }

  /** Of requests that failed for the `attempt`th time, counted from 0: how many are tried again. */
  public again(failed: number, attempt: number): number {
    const { percent, attempts, budgetPercent } = this.policy;
    if (attempts > 0 && attempt >= attempts) {
      return 0;
    }
    const wanted = failed * percent / 100;
    if (budgetPercent <= 0) {
      return wanted;
    }
    const granted = Math.min(wanted, this.tokens);
    this.tokens -= granted;
    return granted;
  }

  /** Spreads retries over the seconds in which they come, at least one later. */
  public spread(count: number, attempt: number, put: (delay: number, count: number) => void): void {
    const { afterSeconds, backoffFactor, jitterPercent } = this.policy;
    const wait = afterSeconds * backoffFactor ** Math.min(attempt, GROWING);
    if (jitterPercent <= 0) {
      whole(wait, count, put);
      return;
    }
    for (const part of SPREAD) {
      whole(wait * (1 + part * jitterPercent / 100), count / SPREAD.length, put);
    }
  }
}

/** A wait between two whole seconds is some of either. */
function whole(wait: number, count: number, put: (delay: number, count: number) => void): void {
  const below = Math.max(1, Math.floor(wait));
  const later = Math.max(0, wait - below);
  if (later < 1) {
    put(below, count * (1 - later));
  }
  if (later > 0) {
    put(below + 1, count * later);
  }
}

/** The requests of clients over the seconds of a run: those that come for the first time, and those that are tried again. */
export class ClientRetries {
  private readonly retries: Retries;
  /** By attempt, then by second. */
  private readonly calendar: Float64Array[] = [];
  /** What is offered in this second, by attempt. */
  private offered: number[] = [];
  private total = 0;

  constructor(policy: RetryPolicy, private readonly seconds: number) {
    this.retries = new Retries(policy);
  }

  /** Everything that is offered in a second. */
  public offeredIn(second: number, first: number): number {
    if (this.retries.isIdle) {
      return first;
    }
    this.retries.sent(first);
    const again = this.calendar.map(row => row?.[second] ?? 0);
    this.total = again.reduce((sum, count) => sum + count, first);
    this.offered = this.retries.isMemoryless ? [this.total] : [first, ...again];
    return this.total;
  }

  /** What is offered in this second by those who have failed `attempt` times before; ask `offeredIn` first. */
  public byAttempt(first: number): readonly number[] {
    return this.retries.isIdle ? [first] : this.offered;
  }

  /** Requests failed in this second; which attempt they were is taken from what is offered in it. */
  public failed(second: number, count: number): void {
    if (this.retries.isIdle || count <= 0 || this.total <= 0) {
      return;
    }
    const { offered, total } = this;
    if (offered.length === 1) {
      this.failedAttempt(second, count, 0);
      return;
    }
    offered.forEach((part, attempt) => this.failedAttempt(second, count * part / total, attempt));
  }

  /** Requests failed in this second that were the `attempt`th retry; 0: the first try. */
  public failedAttempt(second: number, count: number, attempt: number): void {
    if (this.retries.isIdle || count <= 0) {
      return;
    }
    const again = this.retries.again(count, attempt);
    const next = this.retries.isMemoryless ? 0 : Math.min(attempt, GROWING);
    this.retries.spread(again, attempt, (delay, part) => {
      if (second + delay < this.seconds) {
        (this.calendar[next] ??= new Float64Array(this.seconds))[second + delay] += part;
      }
    });
  }
}
