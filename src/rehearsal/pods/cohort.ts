import { Sample } from '../autoscaler/metrics';
import { NodeGroup } from '../nodes';
import { PodQueue } from '../overload';

/** What one pod has of the requests that arrived together. */
export interface Slot {
  readonly batch: object;
  /** Not yet begun. */
  waiting: number;
  /** Begun, and waiting for answers of others. */
  held: number;
  /** Of these, begun in this second. */
  begun: number;
}

export type PodState =
  | 'unscheduled' // no node has room, or the scheduler has not come to it
  | 'pulling'
  | 'starting'
  | 'ready'
  | 'waiting' // for the next start of its container
  | 'lost' // its node is gone, and nobody knows yet
  | 'terminating';

/** Pods that have the same past. All times are seconds of the run. */
export interface Cohort {
  count: number;
  state: PodState;
  /** When the state ends by itself. */
  until: number;
  readonly revision: number;
  group?: NodeGroup;
  /** When a kubelet took it. */
  startedAt?: number;
  /** When its container last started. */
  containerAt: number;
  /** When the application in it takes requests. */
  servesAt: number;
  servesUntil: number;
  ready: boolean;
  readySince: number;
  /** Requests are sent to it in this time, whether it takes them or not. */
  routedFrom: number;
  routedUntil: number;
  queue: PodQueue;
  /** Requests by the second of their arrival, in a chain; their sum is the depth of the queue. */
  slots?: Slot[];
  /** The dependency that gives these pods no connection. */
  deniedBy?: string;
  crashes: number;
  /** Why its container died last. */
  crashReason: string;
  /** Millicore-seconds since the last scrape. */
  cpu: number;
  scrapes: number;
  samples: (Sample | undefined)[];
  memorySample?: Sample;
}

/** Pods that were just created. */
export function newPods(count: number, revision: number): Cohort {
  return {
    count,
    state: 'unscheduled',
    until: Infinity,
    revision,
    containerAt: Infinity,
    servesAt: Infinity,
    servesUntil: Infinity,
    ready: false,
    readySince: 0,
    routedFrom: Infinity,
    routedUntil: Infinity,
    queue: new PodQueue(),
    crashes: 0,
    crashReason: '',
    cpu: 0,
    scrapes: 0,
    samples: [],
  };
}

/** A day, in which everything that a pod remembers of its start is long over. */
const LONG_AGO = -86_400;

/** Pods that have run since long before the rehearsal. */
export function oldPods(count: number, group: NodeGroup): Cohort {
  return {
    ...newPods(count, 1),
    state: 'ready',
    group,
    startedAt: LONG_AGO,
    containerAt: LONG_AGO,
    servesAt: LONG_AGO,
    ready: true,
    readySince: LONG_AGO + 100,
    routedFrom: LONG_AGO + 100,
    scrapes: 2,
  };
}

/** Ready for so long that others may count on it. */
export function isAvailable({ state, readySince }: Cohort, second: number, minReadySeconds = 0): boolean {
  return state === 'ready' && second - readySince >= minReadySeconds;
}

/** All pods of one workload. */
export class Cohorts {
  public list: Cohort[];
  /** Called with pods that end, while they still have their requests. */
  public onEnd?: (cohort: Cohort) => void;
  /** Of the pod template; the first is 1. */
  public revision = 1;

  /** @param tenant whose pods these are on their nodes */
  constructor(first: readonly Cohort[], private readonly tenant: number) {
    this.list = [...first];
  }

  /** Pods that exist and are not being deleted, as `status.replicas` counts them. */
  public count(): number {
    let count = 0;
    for (const cohort of this.list) {
      count += cohort.state === 'terminating' ? 0 : cohort.count;
    }
    return count;
  }

  public add(cohort: Cohort): void {
    this.list.push(cohort);
  }

  /** Takes some pods out of a cohort, as one of their own. */
  public split(cohort: Cohort, count: number): Cohort {
    if (count >= cohort.count) {
      return cohort;
    }
    cohort.count -= count;
    const slots = cohort.slots && { slots: cohort.slots.map(slot => ({ ...slot })) };
    const part: Cohort = { ...cohort, count, queue: cohort.queue.copy(), ...slots };
    this.list.push(part);
    return part;
  }

  /** A pod is gone from its node. */
  public empty(cohort: Cohort): void {
    this.onEnd?.(cohort);
    if (cohort.group) {
      cohort.group.used[this.tenant] -= cohort.count;
    }
    cohort.count = 0;
  }

  public dropEmpty(): void {
    this.list = this.list.filter(({ count }) => count > 0);
  }
}
