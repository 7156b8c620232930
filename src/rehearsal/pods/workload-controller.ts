import { Cohort, Cohorts, newPods } from './cohort';
import { Assumptions } from '../assumptions';
import { RehearsedWorkload } from '../types';

/** What a Deployment and its ReplicaSets do: as many pods as are asked for, and rolling updates. */
export class WorkloadController {
  /** What the controller manager may still do now. */
  private tokens: number;

  constructor(
    private readonly cohorts: Cohorts, private readonly workload: RehearsedWorkload, private readonly assumed: Assumptions,
    private readonly routeSeconds: number,
  ) {
    this.tokens = assumed.podsCreatedBurst;
  }

  /** One second. Returns the pods that were deleted because there were too many. */
  public step(second: number, desired: number): number {
    this.tokens = Math.min(this.assumed.podsCreatedBurst, this.tokens + this.assumed.podsCreatedPerSecond);
    const live = this.cohorts.count();
    const old = this.oldCount();
    if (old > 0) {
      this.roll(second, desired, live, old);
      return 0;
    }
    if (live > desired) {
      return this.remove(live - desired, second, () => true);
    }
    this.create(desired - live);
    return 0;
  }

  /** A rolling update: as many pods more as may surge, as many fewer as may be unavailable. */
  private roll(second: number, desired: number, live: number, old: number): void {
    const { revision } = this.cohorts;
    const surge = shareOf(this.workload.maxSurge, desired, Math.ceil);
    const unavailable = shareOf(this.workload.maxUnavailable, desired, Math.floor) || (surge === 0 ? 1 : 0);
    const fresh = live - old;
    this.create(Math.min(desired + surge - live, desired - fresh));
    const freshUnready = this.cohorts.list.reduce((sum, cohort) => sum + (cohort.revision === revision && !cohort.ready ? cohort.count : 0), 0);
    const spare = this.cohorts.count() - (desired - unavailable) - freshUnready;
    this.remove(Math.min(spare, old), second, cohort => cohort.revision < revision);
  }

  /** Pods of an older template than the current one. */
  private oldCount(): number {
    const { list, revision: current } = this.cohorts;
    if (current === 1) {
      return 0;
    }
    return list.reduce((sum, { revision, state, count }) => sum + (revision < current && state !== 'terminating' ? count : 0), 0);
  }

  private create(wanted: number): void {
    const count = Math.floor(Math.min(wanted, this.tokens));
    if (count <= 0) {
      return;
    }
    this.tokens -= count;
    const { list, revision: current } = this.cohorts;
    const waiting = list.find(({ state, revision }) => state === 'unscheduled' && revision === current);
    if (waiting) {
      waiting.count += count;
    } else {
      this.cohorts.add(newPods(count, current));
    }
  }

  /** As a ReplicaSet chooses: what is not Ready first, then the youngest. */
  private remove(wanted: number, second: number, which: (cohort: Cohort) => boolean): number {
    let left = Math.floor(Math.min(wanted, this.tokens));
    if (left <= 0) {
      return 0;
    }
    const candidates = this.cohorts.list.filter(cohort => cohort.state !== 'terminating' && which(cohort))
      .sort((a, b) => Number(a.ready) - Number(b.ready) || rankOf(a) - rankOf(b) || b.readySince - a.readySince);
    let removed = 0;
    for (const cohort of candidates) {
      if (left === 0) {
        break;
      }
      const part = this.cohorts.split(cohort, Math.min(left, cohort.count));
      left -= part.count;
      removed += part.count;
      this.terminate(part, second);
    }
    this.tokens -= removed;
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

/** A ReplicaSet would rather delete what has no node, then what is not running. */
function rankOf({ state }: Cohort): number {
  const ranks = ['unscheduled', 'pulling'];
  return ranks.includes(state) ? ranks.indexOf(state) : ranks.length;
}

/** A count, or a share of a whole such as `25%`. */
function shareOf(amount: number | string, whole: number, round: (value: number) => number): number {
  return typeof amount === 'number' ? amount : round(whole * parseFloat(amount) / 100);
}
