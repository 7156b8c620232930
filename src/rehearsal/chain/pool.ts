import { Waits } from './waits';
import { Cohort, Cohorts } from '../pods/cohort';

/** What faults do to a dependency, by the second of the run. */
export interface Trouble {
  /** Times that it takes longer. */
  slowness(second: number): number;
  isDown(second: number): boolean;
  /** The part of its connections that is left. */
  left(second: number): number;
}

/** Pods that hold connections. */
export interface PoolUser {
  readonly cohorts: Cohorts;
  readonly perPod: number;
  /** Calls that one request makes. */
  readonly perRequest: number;
  /** Pods without a connection are Ready all the same, and their requests wait. */
  readonly isReadyWithout: boolean;
  /** Until traffic has followed a change of readiness. */
  readonly routeSeconds: number;
}

/**
 * A dependency of which each pod holds some connections as long as it runs, such as a database.
 *
 * Whoever came first has its connections; pods for which none are left have none. Each connection works on one call at a time.
 */
export class Pool {
  public readonly users: PoolUser[] = [];
  /** In this second: connections that pods want, have, and may have. */
  public wanted = 0;
  public open = 0;
  public usable = 0;
  /** Connections at work, on average over the second. */
  public busy = 0;
  /** What connections at work would be, had the pods as many as their requests need. */
  public needed = 0;
  public isDown = false;
  /** Pods that have none. */
  public denied = 0;
  /** One call, in seconds. */
  public callSeconds: number;
  private readonly waits = new Map<number, Waits>();

  /** @param usableAt connections that ours may have, by the second of the run */
  constructor(
    public readonly id: string, public readonly name: string, private readonly usableAt: (second: number) => number,
    private readonly serviceSeconds: number, private readonly trouble: Trouble,
  ) {
    this.callSeconds = serviceSeconds;
  }

  /** Connections are given and taken. */
  public step(second: number): void {
    this.isDown = this.trouble.isDown(second);
    this.usable = this.isDown ? 0 : Math.floor(this.usableAt(second) * this.trouble.left(second));
    this.callSeconds = this.serviceSeconds * this.trouble.slowness(second);
    this.busy = 0;
    this.needed = 0;
    let wanted = 0;
    for (const { cohorts, perPod } of this.users) {
      for (const cohort of cohorts.list) {
        wanted += isConnected(cohort) ? cohort.count * perPod : 0;
      }
    }
    this.wanted = wanted;
    if (wanted <= this.usable && this.denied === 0) {
      this.open = wanted;
      return;
    }
    this.share(second);
  }

  /** How many requests a second the connections of a pod can do. */
  public limitOf({ perPod, perRequest }: PoolUser, { deniedBy }: Cohort): number {
    if (deniedBy !== undefined) {
      return 0;
    }
    return this.isDown ? Infinity : perPod / (perRequest * this.callSeconds);
  }

  /** How long the calls of one request take with so many requests a second in each pod, in seconds. */
  public secondsOf({ perPod, perRequest }: PoolUser, perSecond: number): number {
    if (this.isDown) {
      return 0;
    }
    let waits = this.waits.get(perPod);
    if (!waits) {
      this.waits.set(perPod, waits = new Waits(perPod, 1));
    }
    const utilization = perSecond * perRequest * this.callSeconds / perPod;
    return perRequest * this.callSeconds * (1 + waits.meanAt(utilization));
  }

  /** First come, first served. */
  private share(second: number): void {
    const queue = this.users.flatMap((user, rank) => user.cohorts.list.filter(isConnected).map(cohort => ({ user, rank, cohort })))
      // who has a connection keeps it before anyone gets a new one
      .sort((a, b) => Number(a.cohort.deniedBy === this.name) - Number(b.cohort.deniedBy === this.name)
        || a.cohort.containerAt - b.cohort.containerAt || a.rank - b.rank);
    let left = this.usable;
    this.denied = 0;
    for (const { user, cohort } of queue) {
      const pods = Math.min(cohort.count, Math.floor(left / user.perPod));
      left -= pods * user.perPod;
      if (pods < cohort.count) {
        const without = pods === 0 ? cohort : user.cohorts.split(cohort, cohort.count - pods);
        this.deny(without, user, second);
        this.denied += without.count;
      }
      if (pods > 0) {
        this.grant(cohort, user, second);
      }
    }
    this.open = this.usable - left;
  }

  private deny(cohort: Cohort, { isReadyWithout, routeSeconds }: PoolUser, second: number): void {
    cohort.deniedBy = this.name;
    if (!isReadyWithout && cohort.ready && cohort.state === 'ready') {
      cohort.ready = false;
      cohort.readySince = second;
      cohort.routedUntil = Math.min(cohort.routedUntil, cohort.routedFrom > second ? second : second + routeSeconds);
    }
  }

  private grant(cohort: Cohort, { isReadyWithout, routeSeconds }: PoolUser, second: number): void {
    if (cohort.deniedBy !== this.name) {
      return;
    }
    delete cohort.deniedBy;
    if (!isReadyWithout && !cohort.ready && cohort.state === 'ready') {
      cohort.ready = true;
      cohort.readySince = second;
      cohort.routedFrom = second + routeSeconds;
      cohort.routedUntil = Infinity;
    }
  }
}

/** The application in it runs, or nobody has closed its connections yet. */
function isConnected({ state }: Cohort): boolean {
  return state === 'ready' || state === 'terminating' || state === 'lost';
}
