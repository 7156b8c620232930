import { Cohort, Cohorts } from './cohort';
import { Probe } from '../../core/plan/pod-shape';
import { givingUpOf } from '../../core/plan/ready-facts';
import { Assumptions } from '../assumptions';
import { Random } from '../random';
import { RehearsedWorkload } from '../types';

/** A cohort is split when its pods start, to spread start-up times and probes: into so many parts at most, of so many pods. */
export const PARTS = 4;
const PART_PODS = 10;

/** Starts containers, probes them, and restarts those that die. */
export class Kubelets {
  /** Of all containers so far. */
  public restarts = 0;

  /** Seconds after its start at which a probe kills a container that is not up. */
  private readonly killAfter: number;
  private readonly killReason: string;
  private readonly probe: Probe | undefined;

  constructor(
    private readonly cohorts: Cohorts, workload: RehearsedWorkload, private readonly assumed: Assumptions, private readonly random: Random,
  ) {
    const giving = givingUpOf(workload);
    this.killAfter = giving ? giving.givesUpAfterMs / 1000 : Infinity;
    this.killReason = giving ? `${giving.probe} gives up after ${this.killAfter} s` : '';
    this.probe = workload.readinessProbe ?? workload.startupProbe;
  }

  /** What ends by itself, up to a second. */
  public step(second: number): void {
    let isSomeGone = false;
    for (let i = 0, known = this.cohorts.list.length; i < known; i++) {
      const cohort = this.cohorts.list[i];
      while (cohort.until <= second && cohort.count > 0) {
        this.progress(cohort);
      }
      isSomeGone = isSomeGone || cohort.count === 0;
    }
    if (isSomeGone) {
      this.cohorts.dropEmpty();
    }
  }

  /** A container dies, and is started again: at once, then after waits that double. */
  public crash(cohort: Cohort, at: number, reason: string): void {
    const { restartSeconds, restartMaxSeconds, restartResetSeconds } = this.assumed;
    if (at - cohort.containerAt >= restartResetSeconds) {
      cohort.crashes = 0;
    }
    const wait = cohort.crashes === 0 ? 0 : Math.min(restartMaxSeconds, restartSeconds * 2 ** (cohort.crashes - 1));
    cohort.state = 'waiting';
    cohort.until = at + wait;
    cohort.crashes++;
    cohort.crashReason = reason;
    if (cohort.ready) {
      cohort.ready = false;
      cohort.readySince = at;
      cohort.routedUntil = at + this.assumed.endpointsSeconds;
    }
    this.restarts += cohort.count;
  }

  /** Until traffic has followed a change of readiness. */
  public routeSeconds(): number {
    return this.assumed.endpointsSeconds + this.assumed.loadBalancerSeconds;
  }

  private progress(cohort: Cohort): void {
    const { until } = cohort;
    switch (cohort.state) {
      case 'pulling':
        this.startInParts(cohort, until + this.assumed.containerStartSeconds);
        break;
      case 'starting':
        if (until >= this.killedAt(cohort)) {
          this.crash(cohort, until, this.killReason);
        } else {
          this.becomeReady(cohort, until);
        }
        break;
      case 'ready':
        this.crash(cohort, until, this.killReason);
        break;
      case 'waiting':
        this.start(cohort, until + this.assumed.containerStartSeconds, this.random());
        break;
      default:
        // deleted, or evicted from its lost node
        this.cohorts.empty(cohort);
    }
  }

  private startInParts(cohort: Cohort, at: number): void {
    const parts = Math.min(PARTS, Math.ceil(cohort.count / PART_PODS));
    for (let i = parts; i > 1; i--) {
      const part = this.cohorts.split(cohort, Math.floor(cohort.count / i));
      this.start(part, at, (i - 1 + this.random()) / parts);
    }
    this.start(cohort, at, this.random() / parts);
  }

  /** A container starts; `luck` in [0, 1) says how late within what is usual. */
  private start(cohort: Cohort, at: number, luck: number): void {
    const { startupSeconds, startupSpreadPercent } = this.assumed;
    const startup = startupSeconds * (1 + startupSpreadPercent / 100 * (2 * luck - 1));
    cohort.state = 'starting';
    cohort.containerAt = at;
    cohort.servesAt = at + startup;
    cohort.servesUntil = Infinity;
    cohort.scrapes = 0;
    cohort.samples = [];
    cohort.until = Math.min(this.killedAt(cohort), at + readyAfter(this.probe, startup, this.random()));
  }

  /** When a probe kills a container that takes longer to start than the probe waits. */
  private killedAt({ containerAt, servesAt }: Cohort): number {
    return this.killAfter < servesAt - containerAt ? containerAt + this.killAfter : Infinity;
  }

  private becomeReady(cohort: Cohort, at: number): void {
    cohort.state = 'ready';
    // without a readiness probe it is Ready at once, and killed all the same
    cohort.until = this.killedAt(cohort);
    cohort.ready = true;
    cohort.readySince = at;
    cohort.routedFrom = at + this.routeSeconds();
    cohort.routedUntil = Infinity;
  }
}

/** When the first probe succeeds, after the start of the container; without a probe a pod is Ready at once. */
function readyAfter(probe: Probe | undefined, startup: number, luck: number): number {
  return probe ? Math.max(startup, probe.initialDelaySeconds) + luck * probe.periodSeconds + (probe.successThreshold - 1) * probe.periodSeconds : 0;
}
