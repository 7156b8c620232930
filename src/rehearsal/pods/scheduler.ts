import { Cohorts } from './cohort';
import { Assumptions } from '../assumptions';
import { Nodes } from '../nodes';

/** Binds pods to nodes that have room, and has nodes ordered for those that find none. */
export class Scheduler {
  constructor(private readonly cohorts: Cohorts, private readonly nodes: Nodes, private readonly assumed: Assumptions) {}

  public step(second: number): void {
    let budget = this.assumed.podsScheduledPerSecond;
    let waiting = 0;
    for (let i = 0, known = this.cohorts.list.length; i < known; i++) {
      const cohort = this.cohorts.list[i];
      if (cohort.state !== 'unscheduled') {
        continue;
      }
      const placements = budget > 0 ? this.nodes.place(Math.min(budget, cohort.count), cohort.revision, second) : [];
      for (const { group, pods, imageAt } of placements) {
        const part = this.cohorts.split(cohort, pods);
        budget -= pods;
        part.state = 'pulling';
        part.group = group;
        part.startedAt = second;
        part.readySince = second;
        part.until = Math.max(second, imageAt);
      }
      waiting += cohort.state === 'unscheduled' && budget > 0 ? cohort.count : 0;
    }
    if (waiting > 0) {
      this.nodes.order(waiting, second);
    }
  }
}
