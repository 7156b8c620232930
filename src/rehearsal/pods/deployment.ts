import { Cohort, Cohorts, isAvailable } from './cohort';
import { PodWriter } from './pod-writer';
import { RehearsedWorkload } from '../types';

/** Whoever makes as many pods as a workload is asked for. */
export interface WorkloadController {
  /** One second. Returns the pods that were deleted because there were too many. */
  step(second: number, desired: number): number;
}

/** A Deployment and its ReplicaSets: all pods at once, and rolling updates. */
export class Deployment implements WorkloadController {
  constructor(private readonly cohorts: Cohorts, private readonly writer: PodWriter, private readonly workload: RehearsedWorkload) {}

  public step(second: number, desired: number): number {
    this.writer.tick(second);
    const live = this.cohorts.count();
    const old = this.oldCount();
    if (old > 0) {
      this.roll(second, desired, live, old);
      return 0;
    }
    if (live > desired) {
      return this.remove(live - desired, second, () => true);
    }
    if (live < desired && !this.waitsForOld()) {
      this.writer.create(desired - live);
    }
    return 0;
  }

  /** A rolling update: as many pods more as may surge, as many fewer as may be unavailable. */
  private roll(second: number, desired: number, live: number, old: number): void {
    const { revision, list } = this.cohorts;
    const { minReadySeconds = 0, maxSurge, maxUnavailable } = this.workload;
    const surge = shareOf(maxSurge, desired, Math.ceil);
    const unavailable = shareOf(maxUnavailable, desired, Math.floor) || (surge === 0 ? 1 : 0);
    const fresh = live - old;
    if (!this.waitsForOld()) {
      this.writer.create(Math.min(desired + surge - live, desired - fresh));
    }
    const freshUnavailable = list.reduce((sum, cohort) =>
      sum + (cohort.revision === revision && !isAvailable(cohort, second, minReadySeconds) ? cohort.count : 0), 0);
    const spare = this.cohorts.count() - (desired - unavailable) - freshUnavailable;
    this.remove(Math.min(spare, old), second, cohort => cohort.revision < revision);
  }

  /** A workload that is recreated makes no new pod while an old one is there. */
  private waitsForOld(): boolean {
    const { list, revision: current } = this.cohorts;
    return this.workload.isRecreated === true && list.some(({ revision }) => revision < current);
  }

  /** Pods of an older template than the current one. */
  private oldCount(): number {
    const { list, revision: current } = this.cohorts;
    if (current === 1) {
      return 0;
    }
    return list.reduce((sum, { revision, state, count }) => sum + (revision < current && state !== 'terminating' ? count : 0), 0);
  }

  /** As a ReplicaSet chooses: what is not Ready first, then the youngest. */
  private remove(wanted: number, second: number, which: (cohort: Cohort) => boolean): number {
    if (wanted <= 0) {
      return 0;
    }
    const candidates = this.cohorts.list.filter(cohort => cohort.state !== 'terminating' && which(cohort))
      .sort((a, b) => Number(a.ready) - Number(b.ready) || rankOf(a) - rankOf(b) || b.readySince - a.readySince);
    return this.writer.remove(wanted, second, candidates);
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
