import { Timers } from './clock';

/** The first pause after a failure; doubled with each that follows, with jitter. */
const FIRST_MS = 100;
/** Between requests of a process of which all fail: a floor that is too low is back so long after the cause is gone. */
const MOST_MS = 5_000;
/** Longer than any API server asks for; a proxy that says more is not believed. */
const LONGEST_RETRY_AFTER_MS = 5 * 60_000;
/** From here on in a row nothing works. */
const DEEP = 4;

/** How much a request matters while nothing works; the greater first. */
export type Urgency = 0 | 1 | 2;

/**
 * Holds requests back as long as all of them fail; shared by all that a process asks.
 *
 * One request at a time passes then, the most urgent of those that wait. The first that succeeds lets the others go at once.
 */
export class Backoff {
  private failures = 0;
  private nextAt = -Infinity;
  /** Of the last failure; 0: it named no time. */
  private retryAfterMs = 0;
  private readonly waiting: Urgency[] = [];
  private recovery = new AbortController();

  constructor(private readonly timers: Timers, private readonly random: () => number) {}

  /** Whether several requests in a row have failed, and none succeeded since. */
  public get isDeep(): boolean {
    return this.failures >= DEEP;
  }

  /** Aborted at the next success after trouble. */
  public get recovered(): AbortSignal {
    return this.recovery.signal;
  }

  /** Waits for a request's turn; false where it does not come before the deadline or the signal. */
  public async turn(urgency: Urgency, deadline: number, signal: AbortSignal): Promise<boolean> {
    const { timers, waiting } = this;
    waiting.push(urgency);
    try {
      while (!this.isFree(urgency)) {
        const now = timers.now();
        if (now >= deadline || signal.aborted) {
          return false;
        }
        // behind a more urgent one, the next turn is another pause away
        const at = now < this.nextAt ? this.nextAt : now + MOST_MS;
        await sleepUnless(timers, Math.min(at, deadline) - now, [signal, this.recovery.signal]);
      }
      this.nextAt = Math.max(this.nextAt, timers.now() + this.pauseMs());
      return true;
    } finally {
      waiting.splice(waiting.indexOf(urgency), 1);
    }
  }

  public succeeded(): void {
    if (this.failures > 0) {
      const { recovery } = this;
      this.failures = 0;
      this.nextAt = -Infinity;
      this.retryAfterMs = 0;
      this.recovery = new AbortController();
      recovery.abort();
    }
  }

  /** @param askedAt by the timers */
  public failed(askedAt: number, retryAfterMs = 0): void {
    this.failures++;
    // who asked waits by itself; that all wait takes a second answer that says the same
    const waitMs = Math.min(retryAfterMs, this.retryAfterMs, LONGEST_RETRY_AFTER_MS);
    this.retryAfterMs = retryAfterMs;
    this.nextAt = Math.max(this.nextAt, askedAt + this.pauseMs(), waitMs > 0 ? this.timers.now() + waitMs : -Infinity);
  }

  private isFree(urgency: Urgency): boolean {
    return this.failures === 0 || this.timers.now() >= this.nextAt && urgency === Math.max(...this.waiting);
  }

  /** At its most without jitter: by then the ones before have spread the processes. */
  private pauseMs(): number {
    const most = FIRST_MS * 2 ** Math.min(this.failures - 1, 20);
    return most >= MOST_MS ? MOST_MS : most / 2 + this.random() * most / 2;
  }
}

/** Sleeps, and wakes as soon as one of the signals is aborted. */
export async function sleepUnless(timers: Timers, ms: number, signals: readonly AbortSignal[]): Promise<void> {
  const woken = new AbortController();
  const wake = () => woken.abort();
  signals.forEach(signal => signal.aborted ? wake() : signal.addEventListener('abort', wake, { once: true }));
  await timers.sleep(ms, woken.signal);
  signals.forEach(signal => signal.removeEventListener('abort', wake));
}
