import { Cohort, Cohorts, isAvailable } from './cohort';
import { WorkloadController } from './deployment';
import { PodWriter } from './pod-writer';
import { RehearsedWorkload } from '../types';

/**
 * A StatefulSet with the policy `OrderedReady`: one pod after the other.
 *
 * As upstream's control loop: a pod comes once all that are there are available, and goes once none is on its way out; the last that came
 * goes first. A pod that does not become Ready stops all others.
 */
export class OrderedSet implements WorkloadController {
  constructor(private readonly cohorts: Cohorts, private readonly writer: PodWriter, private readonly workload: RehearsedWorkload) {}

  public step(second: number, desired: number): number {
    this.writer.tick(second);
    const { list } = this.cohorts;
    if (list.some(({ state }) => state === 'terminating')) {
      return 0;
    }
    const live = this.cohorts.count();
    const waiting = this.unavailable(second);
    if (live > desired) {
      const [last] = [...list].sort(lastFirst);
      // the last may go although it is not Ready, but not while one before it is not
      const isOnlyLastWaiting = waiting === last.count && !isAvailable(last, second, this.workload.minReadySeconds);
      return waiting === 0 || isOnlyLastWaiting ? this.writer.remove(1, second, [last]) : 0;
    }
    if (waiting > 0) {
      return 0;
    }
    if (live < desired) {
      this.writer.create(1);
    } else {
      const { revision: current } = this.cohorts;
      this.writer.remove(1, second, list.filter(({ revision }) => revision < current).sort(lastFirst));
    }
    return 0;
  }

  /** Pods that are not Ready, or not for long enough. */
  private unavailable(second: number): number {
    let count = 0;
    for (const cohort of this.cohorts.list) {
      count += isAvailable(cohort, second, this.workload.minReadySeconds) ? 0 : cohort.count;
    }
    return count;
  }
}

function lastFirst(a: Cohort, b: Cohort): number {
  return (b.startedAt ?? Infinity) - (a.startedAt ?? Infinity) || 0;
}
