import { LatencyPercentiles } from './types';

const STEP = Math.log(1.02);
const LEAST_MS = 1;
/** Up to an hour, in steps of 2 %. */
const BUCKETS = Math.ceil(Math.log(3_600_000 / LEAST_MS) / STEP) + 1;
/** The exponential distribution in parts of equal weight, each by the value in its middle. */
const EXPONENTIAL = Array.from({ length: 100 }, (_, i) => -Math.log(1 - (i + 0.5) / 100));

/** How long requests took; percentiles are right within 2 %. */
export class Latencies {
  private readonly counts = new Float64Array(BUCKETS);
  private total = 0;
  private highest = 0;

  /** Requests that all took the same time. */
  public add(count: number, ms: number): void {
    const bucket = ms <= LEAST_MS ? 0 : Math.min(BUCKETS - 1, Math.round(Math.log(ms / LEAST_MS) / STEP));
    this.counts[bucket] += count;
    this.total += count;
    this.highest = Math.max(this.highest, ms);
  }

  /** Requests whose times are spread evenly between two. */
  public addBetween(count: number, fromMs: number, toMs: number): void {
    const parts = Math.abs(toMs - fromMs) < 0.02 * fromMs ? 1 : 8;
    for (let i = 0; i < parts; i++) {
      this.add(count / parts, fromMs + (toMs - fromMs) * (i + 0.5) / parts);
    }
  }

  /** Requests that found a pod below its capacity: few of them wait, and for how long is exponential. */
  public addWaiting(count: number, serviceMs: number, waiting: number, meanWaitMs: number): void {
    const wait = count * waiting;
    this.add(count - wait, serviceMs);
    if (wait > 0) {
      for (const factor of EXPONENTIAL) {
        this.add(wait / EXPONENTIAL.length, serviceMs + factor * meanWaitMs);
      }
    }
  }

  public percentiles(): LatencyPercentiles {
    return { p50: this.percentile(0.5), p95: this.percentile(0.95), p99: this.percentile(0.99), max: this.highest };
  }

  private percentile(share: number): number {
    let below = 0;
    for (let bucket = 0; bucket < BUCKETS && this.total > 0; bucket++) {
      below += this.counts[bucket];
      if (below >= share * this.total) {
        return Math.min(this.highest, LEAST_MS * Math.exp(bucket * STEP));
      }
    }
    return this.highest;
  }
}
