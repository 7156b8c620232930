import { Cohort, Cohorts, newPods } from './cohort';
import { Assumptions } from '../assumptions';
import { RehearsedWorkload } from '../types';

/** What the controller manager may still write, for all workloads together. */
export class WriteTokens {
  public left: number;
  private second = -1;

  constructor(private readonly assumed: Assumptions) {
    this.left = assumed.podsCreatedBurst;
  }

  /** A second has passed; whoever says so again changes nothing. */
  public tick(second: number): void {
    if (second !== this.second) {
      this.second = second;
      this.left = Math.min(this.assumed.podsCreatedBurst, this.left + this.assumed.podsCreatedPerSecond);
    }
  }
}

/** Creates and deletes pods, as fast as the controller manager may write. */
export class PodWriter {
  constructor(
    private readonly cohorts: Cohorts, private readonly workload: RehearsedWorkload, private readonly assumed: Assumptions,
    private readonly routeSeconds: number, private readonly tokens: WriteTokens,
  ) {}

  /** A second has passed. */
  public tick(second: number): void {
    this.tokens.tick(second);
  }

  public create(wanted: number): void {
    const count = Math.floor(Math.min(wanted, this.tokens.left));
    if (count <= 0) {
      return;
    }
    this.tokens.left -= count;
    const { list, revision: current } = this.cohorts;
    const waiting = list.find(({ state, revision }) => state === 'unscheduled' && revision === current);
    if (waiting) {
      waiting.count += count;
    } else {
      this.cohorts.add(newPods(count, current));
    }
  }

  /** Deletes pods of these cohorts, the first first. Returns how many. */
  public remove(wanted: number, second: number, candidates: readonly Cohort[]): number {
    let left = Math.floor(Math.min(wanted, this.tokens.left));
    let removed = 0;
    for (const cohort of candidates) {
      if (left <= 0) {
        break;
      }
      const part = this.cohorts.split(cohort, Math.min(left, cohort.count));
      left -= part.count;
      removed += part.count;
      this.terminate(part, second);
    }
    this.tokens.left -= removed;
    return removed;
  }

  private terminate(cohort: Cohort, second: number): void {
    const { preStopSeconds, graceSeconds } = this.workload;
    if (cohort.state !== 'ready') {
      this.cohorts.empty(cohort);
      return;
    }
    cohort.state = 'terminating';
    cohort.ready = false;
    cohort.readySince = second;
    cohort.routedUntil = second + this.routeSeconds;
    cohort.servesUntil = second + preStopSeconds;
    // what waits is still served, until patience ends
    cohort.until = Math.max(cohort.routedUntil, second + Math.min(graceSeconds, preStopSeconds + cohort.queue.depth / this.assumed.podRps));
  }
}
