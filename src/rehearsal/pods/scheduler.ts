import { Cohorts } from './cohort';
import { Assumptions } from '../assumptions';
import { Nodes } from '../nodes';

/** Binds pods to nodes that have room, and has nodes ordered for those that find none; of several workloads, whoever waits longest goes first. */
export class Scheduler {
  /** Since when each workload has had pods without a node. */
  private readonly waitingSince: number[];
  private readonly order: number[];
  private readonly waiting: number[];

  constructor(private readonly workloads: readonly Cohorts[], private readonly nodes: Nodes, private readonly assumed: Assumptions) {
    this.waitingSince = workloads.map(() => Infinity);
    this.order = workloads.map((_, tenant) => tenant);
    this.waiting = workloads.map(() => 0);
  }

  public step(second: number): void {
    let budget = this.assumed.podsScheduledPerSecond;
    let isSomeWaiting = false;
    for (let tenant = 0; tenant < this.workloads.length; tenant++) {
      const isWaiting = this.workloads[tenant].list.some(({ state }) => state === 'unscheduled');
      isSomeWaiting = isSomeWaiting || isWaiting;
      this.waitingSince[tenant] = isWaiting ? Math.min(this.waitingSince[tenant], second) : Infinity;
    }
    if (!isSomeWaiting) {
      return;
    }
    if (this.order.length > 1) {
      this.order.sort((a, b) => this.waitingSince[a] - this.waitingSince[b] || a - b);
    }
    this.waiting.fill(0);
    for (const tenant of this.order) {
      if (this.waitingSince[tenant] < Infinity) {
        budget = this.bind(tenant, second, budget);
      }
    }
    if (this.waiting.some(count => count > 0)) {
      this.nodes.order(this.waiting, second);
    }
  }

  /** Binds the pods of one workload. Returns what is left of the scheduler's writes. */
  private bind(tenant: number, second: number, budgetBefore: number): number {
    let budget = budgetBefore;
    const cohorts = this.workloads[tenant];
    for (let i = 0, known = cohorts.list.length; i < known; i++) {
      const cohort = cohorts.list[i];
      if (cohort.state !== 'unscheduled') {
        continue;
      }
      const placements = budget > 0 ? this.nodes.place(tenant, Math.min(budget, cohort.count), cohort.revision, second) : [];
      for (const { group, pods, imageAt } of placements) {
        const part = cohorts.split(cohort, pods);
        budget -= pods;
        part.state = 'pulling';
        part.group = group;
        part.startedAt = second;
        part.readySince = second;
        part.until = Math.max(second, imageAt);
      }
      this.waiting[tenant] += cohort.state === 'unscheduled' && budget > 0 ? cohort.count : 0;
    }
    return budget;
  }
}
