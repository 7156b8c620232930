import { EpochMs } from '../core/time/instant';

/** A header that names whole seconds says this much less than it knows. */
const SECOND = 1_000;
/** A step back that is smaller comes from rounding, not from a server that was set back. */
const ROUNDING = 2 * SECOND;

/** So many answers in a row must tell another time before it is believed: one server of several with a wrong clock is not enough. */
const DOUBTS = 3;

/** Time that only moves forward, of no particular zero. */
export interface Timers {
  now(): number;
  /** Ends early, without an error, when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/**
 * The API server's time, from the `Date` headers of its answers.
 *
 * A header has whole seconds. Each answer says that the server's clock stood in [date, date + 1 s) at some moment between asking and
 * hearing; what all answers together allow narrows to a few milliseconds. The estimate is the lower end: an edge of the plan has passed
 * only when it has certainly passed.
 */
export class ServerClock {
  /** What may be added to the timers' time: at least, and less than. */
  private least = -Infinity;
  private below = Infinity;
  private latest = -Infinity;
  private doubts = 0;

  constructor(private readonly timers: Timers) {}

  /** Whether any answer had a usable date. */
  public get isSet(): boolean {
    return this.least > -Infinity;
  }

  public observe(date: EpochMs, askedAt: number, heardAt: number): void {
    const least = date - heardAt;
    const below = date + SECOND - askedAt;
    if (least < this.below && this.least < below) {
      this.least = Math.max(this.least, least);
      this.below = Math.min(this.below, below);
      this.doubts = 0;
    } else if (Math.abs(least - this.least) <= ROUNDING || ++this.doubts >= DOUBTS) {
      // another server's clock, or one that was set
      this.least = least;
      this.below = below;
      this.doubts = 0;
    }
  }

  /** @throws Error before the first answer with a date */
  public now(): EpochMs {
    if (!this.isSet) {
      throw new Error('the API server sent no usable Date header, so the time is not known');
    }
    const estimate = this.timers.now() + this.least;
    const steppedBack = estimate < this.latest - ROUNDING;
    this.latest = steppedBack ? estimate : Math.max(this.latest, estimate);
    return this.latest;
  }

  /** How far a local clock is ahead of the server's, at least; negative: behind. */
  public skewOf(local: EpochMs): number {
    const ahead = local - (this.timers.now() + this.least);
    const behind = local - (this.timers.now() + this.below);
    return behind > 0 ? behind : Math.min(ahead, 0);
  }
}
