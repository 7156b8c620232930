import { Cohort, Cohorts } from './cohort';
import { Kubelets } from './kubelets';
import { Assumptions } from '../assumptions';
import { Outcome, PodLimits } from '../overload';
import { RehearsedWorkload } from '../types';

/** What became of the requests of one second, and the state after it. */
export interface Second {
  served: number;
  timedOut: number;
  refused: number;
  lost: number;
  queued: number;
  killed: number;
}

/** Called for requests that were served by pods with a queue. */
export type OnQueued = (count: number, firstWait: number, lastWait: number) => void;
/** Called for requests that were served by pods below their capacity. */
export type OnUnqueued = (count: number, utilization: number) => void;

/** What pods do with requests. */
export class Serving {
  /** After each second: pods that are Ready, what they can serve, pods that are not being deleted, and all that are paid. */
  public ready = 0;
  public capacity = 0;
  public live = 0;
  public total = 0;
  public oomKills = 0;
  /** Memory of a pod without requests. */
  public readonly memoryBaseMiB: number;

  /** One object for all seconds: a day has many. */
  private readonly second: Second = { served: 0, timedOut: 0, refused: 0, lost: 0, queued: 0, killed: 0 };
  public readonly limits: PodLimits;
  public readonly cpuPerRequest: number;

  constructor(
    private readonly cohorts: Cohorts, private readonly kubelets: Kubelets, workload: RehearsedWorkload, private readonly assumed: Assumptions,
  ) {
    const limitMiB = workload.memoryLimitMiB ?? Infinity;
    this.memoryBaseMiB = Number.isFinite(limitMiB) ? limitMiB * assumed.memoryBasePercent / 100 : (workload.memoryRequestMiB ?? 0);
    this.limits = {
      timeoutSeconds: assumed.timeoutSeconds,
      queueLimit: assumed.queueLimit || Infinity,
      memoryLimit: assumed.memoryPerRequestKiB > 0 ? (limitMiB - this.memoryBaseMiB) * 1024 / assumed.memoryPerRequestKiB : Infinity,
    };
    this.cpuPerRequest = Math.max(0, (workload.cpuRequestMillis ?? 1000) - assumed.idleCpuMillis) / assumed.podRps;
  }

  /** What pods do with the requests of one second; the answer is overwritten by the next. */
  public step(second: number, arrivals: number, onQueued: OnQueued, onUnqueued: OnUnqueued): Second {
    const result = this.second;
    result.served = result.timedOut = result.refused = result.lost = result.queued = result.killed = 0;
    const { list } = this.cohorts;
    let routed = 0;
    for (const cohort of list) {
      routed += isRouted(cohort, second) ? cohort.count : 0;
    }
    if (routed === 0) {
      result.refused = arrivals;
    }
    this.ready = 0;
    this.capacity = 0;
    this.live = 0;
    this.total = 0;
    const rate = routed > 0 ? arrivals / routed : 0;
    for (const cohort of list) {
      this.total += cohort.count;
      this.live += cohort.state === 'terminating' ? 0 : cohort.count;
      const share = isRouted(cohort, second) ? rate : 0;
      const works = (cohort.state === 'ready' || cohort.state === 'terminating') && cohort.servesAt <= second && second < cohort.servesUntil;
      if (works || cohort.queue.depth > 0) {
        this.work(cohort, second, works ? share : 0, result, onQueued, onUnqueued);
      }
      if (!works && share > 0) {
        if (cohort.state === 'lost') {
          result.timedOut += share * cohort.count; // nobody answers
        } else {
          result.refused += share * cohort.count;
        }
      }
      if (cohort.ready && cohort.state === 'ready') {
        this.ready += cohort.count;
        this.capacity += works ? cohort.count * this.capacityOf(cohort, second) : 0;
      }
    }
    return result;
  }

  /** Requests a second that a pod of a cohort serves. */
  public capacityOf(cohort: Cohort, second: number): number {
    const { podRps, warmUpSeconds, warmUpCapacityPercent } = this.assumed;
    const age = second - Math.max(cohort.servesAt, cohort.readySince);
    if (age >= warmUpSeconds || cohort.state === 'terminating') {
      return podRps;
    }
    const start = warmUpCapacityPercent / 100;
    return podRps * (start + (1 - start) * Math.max(0, age) / warmUpSeconds);
  }

  private work(cohort: Cohort, second: number, share: number, result: Second, onQueued: OnQueued, onUnqueued: OnUnqueued): void {
    const { count, queue } = cohort;
    const capacity = this.capacityOf(cohort, second);
    if (queue.depth === 0 && share <= capacity) {
      result.served += share * count;
      cohort.cpu += this.assumed.idleCpuMillis + share * this.cpuPerRequest;
      onUnqueued(share * count, share / capacity);
      return;
    }
    const outcome: Outcome = queue.play(share, capacity, 1, this.limits, (served, first, last) => onQueued(served * count, first, last));
    result.served += outcome.served * count;
    result.timedOut += outcome.timedOut * count;
    result.refused += outcome.refused * count;
    result.lost += outcome.lost * count;
    result.queued += queue.depth * count;
    cohort.cpu += this.assumed.idleCpuMillis + (outcome.served + outcome.timedOut) * this.cpuPerRequest;
    if (outcome.killedAfter !== undefined) {
      result.killed += count;
      this.oomKills += count;
      this.kubelets.crash(cohort, second + outcome.killedAfter, 'OOMKilled');
    }
  }
}

/** Whether requests are sent to it. */
export function isRouted({ routedFrom, routedUntil }: Cohort, second: number): boolean {
  return routedFrom <= second && second < routedUntil;
}
