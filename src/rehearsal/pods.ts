import { Assumptions } from './assumptions';
import { PodGroup, Sample } from './autoscaler';
import { NodeGroup, Nodes } from './nodes';
import { Outcome, PodLimits, PodQueue } from './overload';
import { Random } from './random';
import { RehearsedProbe, RehearsedWorkload } from './types';

/** A cohort is split when its pods start, to spread start-up times and probes: into so many parts at most, of so many pods. */
const PARTS = 4;
const PART_PODS = 10;
/** Cohorts whose containers started within so many seconds of each other are one, once they are warm. */
const ALIKE_SECONDS = 15;

type State =
  | 'unscheduled' // no node has room, or the scheduler has not come to it
  | 'pulling'
  | 'starting'
  | 'ready'
  | 'waiting' // for the next start of its container
  | 'lost' // its node is gone, and nobody knows yet
  | 'terminating';

/** Pods that have the same past; all times are seconds of the run. */
interface Cohort {
  count: number;
  state: State;
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
  crashes: number;
  /** Millicore-seconds since the last scrape. */
  cpu: number;
  scrapes: number;
  samples: (Sample | undefined)[];
  memorySample?: Sample;
}

/** What became of the requests of one second, and the state after it. */
export interface Second {
  served: number;
  timedOut: number;
  refused: number;
  lost: number;
  queued: number;
  killed: number;
}

/** What the autoscaler sees. */
export interface PodMetrics {
  readonly groups: readonly PodGroup[];
  readonly cpu: readonly (Sample | undefined)[];
  readonly memory: readonly (Sample | undefined)[];
}

/** Called for requests that were served by pods with a queue. */
export type OnQueued = (count: number, firstWait: number, lastWait: number) => void;
/** Called for requests that were served by pods below their capacity. */
export type OnUnqueued = (count: number, utilization: number) => void;

/** All pods of one workload, as cohorts: the cost of a second does not depend on how many pods there are. */
export class Pods {
  /** After each second: pods that are Ready, what they can serve, pods that are not being deleted, and all that are paid. */
  public ready = 0;
  public capacity = 0;
  public live = 0;
  public total = 0;
  public restarts = 0;
  public oomKills = 0;

  private cohorts: Cohort[];
  /** One object for all seconds: a day has many. */
  private readonly second: Second = { served: 0, timedOut: 0, refused: 0, lost: 0, queued: 0, killed: 0 };
  private revision = 1;
  private tokens: number;
  private readonly limits: PodLimits;
  private readonly memoryBaseMiB: number;
  private readonly cpuPerRequest: number;
  /** Seconds after its start at which a probe kills a container that is not up. */
  private readonly killAfter: number;

  constructor(
    private readonly workload: RehearsedWorkload, private readonly assumed: Assumptions, private readonly random: Random,
    public readonly nodes: Nodes, count: number,
  ) {
    this.tokens = assumed.podsCreatedBurst;
    const limitMiB = workload.memoryLimitMiB ?? Infinity;
    this.memoryBaseMiB = Number.isFinite(limitMiB) ? limitMiB * assumed.memoryBasePercent / 100 : (workload.memoryRequestMiB ?? 0);
    this.limits = {
      timeoutSeconds: assumed.timeoutSeconds,
      queueLimit: assumed.queueLimit || Infinity,
      memoryLimit: assumed.memoryPerRequestKiB > 0 ? (limitMiB - this.memoryBaseMiB) * 1024 / assumed.memoryPerRequestKiB : Infinity,
    };
    this.cpuPerRequest = Math.max(0, (workload.cpuRequestMillis ?? 1000) - assumed.idleCpuMillis) / assumed.podRps;
    const killer = workload.startupProbe ?? workload.livenessProbe;
    this.killAfter = killer ? killer.initialDelaySeconds + killer.periodSeconds * killer.failureThreshold : Infinity;
    this.cohorts = count === 0 ? [] : [{
      ...this.fresh(count, 1),
      state: 'ready',
      until: Infinity,
      group: nodes.first(),
      startedAt: -86_400,
      containerAt: -86_400,
      servesAt: -86_400,
      ready: true,
      readySince: -86_300,
      routedFrom: -86_300,
      scrapes: 2,
      samples: [],
    }];
  }

  /** Pods that exist and are not being deleted, as `status.replicas` counts them. */
  public count(): number {
    let count = 0;
    for (const cohort of this.cohorts) {
      count += cohort.state === 'terminating' ? 0 : cohort.count;
    }
    return count;
  }

  /** Why pods are not Ready, most first. */
  public missing(second: number): { readonly reason: string; readonly count: number }[] {
    const reasons = new Map<string, number>();
    for (const { state, ready, count, until, crashes } of this.cohorts) {
      const reason = state === 'terminating' || (ready && state !== 'lost') ? undefined
        : state === 'unscheduled' ? 'unschedulable'
          : state === 'pulling' ? (until > second ? 'pulling image' : 'starting')
            : state === 'waiting' ? 'crash-looping'
              : state === 'lost' ? 'on a lost node'
                : crashes > 0 ? 'crash-looping' : 'starting';
      if (reason) {
        reasons.set(reason, (reasons.get(reason) ?? 0) + count);
      }
    }
    return [...reasons].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
  }

  /** A rolling update begins: a new image, which no node has. */
  public rollOut(): void {
    this.revision++;
  }

  /** One node disappears with its share of the pods. Returns how many. */
  public loseNode(second: number): number {
    const fullest = this.cohorts.reduce<NodeGroup | undefined>((best, { group }) =>
      group && group.count > 0 && (!best || group.used / group.count > best.used / best.count) ? group : best, undefined);
    if (!fullest) {
      return 0;
    }
    let left = Math.ceil(fullest.used / fullest.count);
    let lost = 0;
    for (const cohort of [...this.cohorts]) {
      if (cohort.group === fullest && left > 0 && cohort.state !== 'terminating') {
        const part = this.split(cohort, Math.min(left, cohort.count));
        left -= part.count;
        lost += part.count;
        part.state = 'lost';
        part.until = second + this.assumed.nodeLostSeconds + this.assumed.evictionSeconds;
        part.routedUntil = second + this.assumed.nodeLostSeconds + this.routeSeconds();
        part.group = undefined;
      }
    }
    fullest.count--;
    fullest.used -= lost;
    return lost;
  }

  /** What controllers, scheduler and kubelets do in one second. Returns the pods that were deleted because there were too many. */
  public control(second: number, desired: number, controllersUp: boolean): number {
    this.progress(second);
    const deleted = controllersUp ? this.replicate(second, desired) : 0;
    this.schedule(second);
    if (this.cohorts.length > 2 * PARTS && second % ALIKE_SECONDS === 0) {
      this.merge(second);
    }
    return deleted;
  }

  /** What pods do with the requests of one second; the answer is overwritten by the next. */
  public serve(second: number, arrivals: number, onQueued: OnQueued, onUnqueued: OnUnqueued): Second {
    const result = this.second;
    result.served = result.timedOut = result.refused = result.lost = result.queued = result.killed = 0;
    let routed = 0;
    for (const cohort of this.cohorts) {
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
    for (const cohort of this.cohorts) {
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

  /** metrics-server looks; what it sees is public after a lag. */
  public scrape(second: number, seconds: number): void {
    for (const cohort of this.cohorts) {
      const runs = cohort.state === 'ready' || cohort.state === 'starting' || cohort.state === 'terminating';
      if (!runs) {
        cohort.scrapes = 0;
        cohort.samples = [];
        cohort.memorySample = undefined;
        cohort.cpu = 0;
        continue;
      }
      cohort.scrapes++;
      if (cohort.state !== 'ready' || cohort.servesAt > second) {
        cohort.cpu = this.assumed.idleCpuMillis * seconds;
      }
      if (cohort.scrapes >= 2) {
        cohort.samples = [cohort.samples[1], { value: Math.round(cohort.cpu / seconds), at: second * 1000, windowMs: seconds * 1000 }];
        cohort.memorySample = {
          value: Math.round((this.memoryBaseMiB + cohort.queue.depth * this.assumed.memoryPerRequestKiB / 1024) * 1000),
          at: second * 1000,
          windowMs: seconds * 1000,
        };
      }
      cohort.cpu = 0;
    }
  }

  /** What the autoscaler reads now; times in milliseconds of the run. */
  public metrics(second: number): PodMetrics {
    const visible = (second - this.assumed.metricsLagSeconds) * 1000;
    return {
      groups: this.cohorts.map(cohort => ({
        count: cohort.count,
        phase: cohort.state === 'unscheduled' || cohort.state === 'pulling' ? 'Pending' : 'Running',
        deleting: cohort.state === 'terminating',
        ready: cohort.ready,
        readySince: cohort.readySince * 1000,
        ...(cohort.startedAt === undefined ? {} : { startedAt: cohort.startedAt * 1000 }),
      })),
      cpu: this.cohorts.map(({ samples: [before, last] }) => last && last.at <= visible ? last : before),
      memory: this.cohorts.map(({ memorySample }) => memorySample && memorySample.at <= visible ? memorySample : undefined),
    };
  }

  private fresh(count: number, revision: number): Cohort {
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
      cpu: 0,
      scrapes: 0,
      samples: [],
    };
  }

  /** Takes some pods out of a cohort, as one of their own. */
  private split(cohort: Cohort, count: number): Cohort {
    if (count >= cohort.count) {
      return cohort;
    }
    cohort.count -= count;
    const part = { ...cohort, count, queue: cohort.queue.copy() };
    this.cohorts.push(part);
    return part;
  }

  // ---- kubelets

  private progress(second: number): void {
    let gone = false;
    for (let i = 0, known = this.cohorts.length; i < known; i++) {
      const cohort = this.cohorts[i];
      while (cohort.until <= second && cohort.count > 0) {
        const { until } = cohort;
        switch (cohort.state) {
          case 'pulling':
            this.startInParts(cohort, until + this.assumed.containerStartSeconds);
            break;
          case 'starting':
            if (this.killAfter < cohort.servesAt - cohort.containerAt) {
              this.crash(cohort, until);
            } else {
              this.becomeReady(cohort, until);
            }
            break;
          case 'waiting':
            this.start(cohort, until + this.assumed.containerStartSeconds, this.random());
            break;
          default:
            // deleted, or evicted from its lost node
            this.leave(cohort);
        }
      }
      gone = gone || cohort.count === 0;
    }
    if (gone) {
      this.cohorts = this.cohorts.filter(({ count }) => count > 0);
    }
  }

  private startInParts(cohort: Cohort, at: number): void {
    const parts = Math.min(PARTS, Math.ceil(cohort.count / PART_PODS));
    for (let i = parts; i > 1; i--) {
      const part = this.split(cohort, Math.floor(cohort.count / i));
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
    const probe = this.workload.readinessProbe ?? this.workload.startupProbe;
    cohort.until = at + Math.min(this.killAfter < startup ? this.killAfter : Infinity, readyAfter(probe, startup, this.random()));
  }

  private becomeReady(cohort: Cohort, at: number): void {
    cohort.state = 'ready';
    cohort.until = Infinity;
    cohort.ready = true;
    cohort.readySince = at;
    cohort.routedFrom = at + this.routeSeconds();
    cohort.routedUntil = Infinity;
  }

  private crash(cohort: Cohort, at: number): void {
    const { restartSeconds, restartMaxSeconds, restartResetSeconds } = this.assumed;
    if (at - cohort.containerAt >= restartResetSeconds) {
      cohort.crashes = 0;
    }
    cohort.state = 'waiting';
    cohort.until = at + (cohort.crashes === 0 ? 0 : Math.min(restartMaxSeconds, restartSeconds * 2 ** (cohort.crashes - 1)));
    cohort.crashes++;
    if (cohort.ready) {
      cohort.ready = false;
      cohort.readySince = at;
      cohort.routedUntil = at + this.assumed.endpointsSeconds;
    }
    this.restarts += cohort.count;
  }

  private routeSeconds(): number {
    return this.assumed.endpointsSeconds + this.assumed.loadBalancerSeconds;
  }

  // ---- controllers and scheduler

  private replicate(second: number, desired: number): number {
    this.tokens = Math.min(this.assumed.podsCreatedBurst, this.tokens + this.assumed.podsCreatedPerSecond);
    const live = this.count();
    const old = this.revision === 1 ? 0 : this.cohorts.reduce((sum, { revision, state, count }) =>
      sum + (revision < this.revision && state !== 'terminating' ? count : 0), 0);
    if (old === 0) {
      return live === desired ? 0 : live < desired ? this.create(desired - live) : this.remove(live - desired, second, () => true);
    }
    // a rolling update: as many more as may surge, as many fewer as may be unavailable
    const surge = shareOf(this.workload.maxSurge, desired, Math.ceil);
    const unavailable = shareOf(this.workload.maxUnavailable, desired, Math.floor) || (surge === 0 ? 1 : 0);
    const fresh = live - old;
    this.create(Math.min(desired + surge - live, desired - fresh));
    const freshUnready = this.cohorts.reduce((sum, cohort) => sum + (cohort.revision === this.revision && !cohort.ready ? cohort.count : 0), 0);
    const spare = this.count() - (desired - unavailable) - freshUnready;
    this.remove(Math.min(spare, old), second, ({ revision }) => revision < this.revision);
    return 0;
  }

  private create(wanted: number): 0 {
    const count = Math.floor(Math.min(wanted, this.tokens));
    if (count > 0) {
      this.tokens -= count;
      const waiting = this.cohorts.find(({ state, revision }) => state === 'unscheduled' && revision === this.revision);
      if (waiting) {
        waiting.count += count;
      } else {
        this.cohorts.push(this.fresh(count, this.revision));
      }
    }
    return 0;
  }

  /** As a ReplicaSet chooses: what is not Ready first, then the youngest. */
  private remove(wanted: number, second: number, which: (cohort: Cohort) => boolean): number {
    let left = Math.floor(Math.min(wanted, this.tokens));
    if (left <= 0) {
      return 0;
    }
    const candidates = this.cohorts.filter(cohort => cohort.state !== 'terminating' && which(cohort))
      .sort((a, b) => Number(a.ready) - Number(b.ready) || rankOf(a) - rankOf(b) || b.readySince - a.readySince);
    let removed = 0;
    for (const cohort of candidates) {
      if (left === 0) {
        break;
      }
      const part = this.split(cohort, Math.min(left, cohort.count));
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
      this.leave(cohort);
      return;
    }
    cohort.state = 'terminating';
    cohort.ready = false;
    cohort.readySince = second;
    cohort.routedUntil = second + this.routeSeconds();
    cohort.servesUntil = second + preStopSeconds;
    // what waits is still served, until patience ends
    cohort.until = Math.max(cohort.routedUntil, second + Math.min(graceSeconds, preStopSeconds + cohort.queue.depth / this.assumed.podRps));
  }

  private leave(cohort: Cohort): void {
    if (cohort.group) {
      cohort.group.used -= cohort.count;
    }
    cohort.count = 0;
  }

  private schedule(second: number): void {
    let budget = this.assumed.podsScheduledPerSecond;
    let waiting = 0;
    for (let i = 0, known = this.cohorts.length; i < known; i++) {
      const cohort = this.cohorts[i];
      if (cohort.state !== 'unscheduled') {
        continue;
      }
      const placements = budget > 0 ? this.nodes.place(Math.min(budget, cohort.count), cohort.revision, second) : [];
      for (const { group, pods, imageAt } of placements) {
        const part = this.split(cohort, pods);
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

  /** Joins cohorts that hardly anything tells apart, so that there are few however many pods came one after the other. */
  private merge(second: number): void {
    const { warmUpSeconds, hpaCpuInitializationSeconds, restartResetSeconds } = this.assumed;
    const settled = Math.max(warmUpSeconds, hpaCpuInitializationSeconds, restartResetSeconds);
    const kept = new Map<string, Cohort>();
    this.cohorts = this.cohorts.filter(cohort => {
      const { state, queue, samples, readySince, containerAt, group, revision } = cohort;
      if (state !== 'ready' || queue.depth > 0 || !samples[0] || second - readySince < warmUpSeconds) {
        return true;
      }
      const isSettled = second - containerAt > settled;
      cohort.crashes = isSettled ? 0 : cohort.crashes;
      const born = isSettled ? 'settled' : Math.floor(containerAt / ALIKE_SECONDS);
      const key = [revision, born, cohort.crashes, ...group?.imageAt.keys() ?? []].join();
      const other = kept.get(key);
      if (!other) {
        kept.set(key, cohort);
        return true;
      }
      if (group && other.group && group !== other.group) {
        this.nodes.join(other.group, group);
        for (const each of this.cohorts) {
          each.group = each.group === group ? other.group : each.group;
        }
      }
      other.samples = samples.map((sample, i) => meanOf(other.samples[i], other.count, sample, cohort.count));
      other.cpu = (other.cpu * other.count + cohort.cpu * cohort.count) / (other.count + cohort.count);
      other.count += cohort.count;
      other.startedAt = Math.max(other.startedAt ?? 0, cohort.startedAt ?? 0);
      other.readySince = Math.max(other.readySince, readySince);
      return false;
    });
  }

  // ---- requests

  private capacityOf(cohort: Cohort, second: number): number {
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
      this.crash(cohort, second + outcome.killedAfter);
    }
  }
}

function isRouted({ routedFrom, routedUntil }: Cohort, second: number): boolean {
  return routedFrom <= second && second < routedUntil;
}

/** A ReplicaSet would rather delete what has no node, then what is not running. */
function rankOf({ state }: Cohort): number {
  return state === 'unscheduled' ? 0 : state === 'pulling' ? 1 : 2;
}

function meanOf(a: Sample | undefined, countA: number, b: Sample | undefined, countB: number): Sample | undefined {
  return a && b ? { ...b, value: Math.round((a.value * countA + b.value * countB) / (countA + countB)) } : undefined;
}

function shareOf(amount: number | string, whole: number, round: (value: number) => number): number {
  return typeof amount === 'number' ? amount : round(whole * parseFloat(amount) / 100);
}

/** When the first probe succeeds, after the start of the container; without a probe a pod is Ready at once. */
function readyAfter(probe: RehearsedProbe | undefined, startup: number, luck: number): number {
  return probe ? Math.max(startup, probe.initialDelaySeconds) + luck * probe.periodSeconds + (probe.successThreshold - 1) * probe.periodSeconds : 0;
}
