import { Assumptions } from './assumptions';
import { Latencies } from './latency';
import { waitingShare } from './overload';
import { Pods } from './pods/pods';
import { Second } from './pods/serving';
import { Stage, secondOf } from './stage';
import { Target } from './target';
import { LogLine, RunName, RunResult, Series, VerifyResult } from './types';
import { endOf, startOf } from '../core/plan/plan';
import { EpochMs } from '../core/time/instant';

/** Levels of utilisation that requests below capacity are counted by. */
const LEVELS = 200;
/** Seconds of success that make it sustained. */
const SUSTAINED_SECONDS = 60;
const SUSTAINED_SHARE = 0.99;

type Columns = { readonly [key in Exclude<keyof Series, 'from' | 'stepMs'>]: number[] };

/** How the service stands in one second. */
export interface Standing {
  readonly offered: number;
  readonly result: Second;
  readonly pods: Pods;
  readonly target: Target;
  readonly nodes: number;
  /** Pods that were deleted because there were too many. */
  readonly deleted: number;
}

/** What is written down of one run, second by second, and what it comes to. */
export class Recorder {
  private readonly log: LogLine[] = [];
  private readonly series: Columns;
  private readonly latencies = new Latencies();
  private readonly unqueued = new Float64Array(LEVELS + 1);
  /** What these waited for outside of their pod, in milliseconds, all together. */
  private readonly elsewhere = new Float64Array(LEVELS + 1);
  private readonly openingSecond: number;
  /** The opening's windows, in seconds of the run. */
  private readonly windows: { readonly from: number; readonly until: number };
  /** The opening has come: from here on requests are counted. */
  private isOpen = false;
  private podSeconds = 0;
  private nodeSeconds = 0;
  private maxNodes = 0;
  private podsTaken = 0;

  constructor(private readonly stage: Stage) {
    const { opening, from, seconds } = stage;
    const zeros = () => new Array<number>(seconds).fill(0);
    this.openingSecond = secondOf(opening.at, from);
    this.windows = { from: (startOf(opening) - from) / 1000, until: (endOf(opening) - from) / 1000 };
    this.series = {
      arrived: zeros(),
      served: zeros(),
      refused: zeros(),
      timedOut: zeros(),
      lost: zeros(),
      queued: zeros(),
      pods: zeros(),
      ready: zeros(),
      capacity: zeros(),
      floor: zeros(),
      ceiling: zeros(),
      plannedFloor: zeros(),
      replicas: zeros(),
      nodes: zeros(),
      restarts: zeros(),
    };
  }

  public say(at: EpochMs, who: LogLine['who'], says: string): void {
    this.log.push({ at, who, says });
  }

  public begin(second: number): void {
    this.isOpen = second >= this.openingSecond;
  }

  /** Requests that were served by pods with a queue; waits in seconds. */
  public readonly onQueued = (count: number, firstWait: number, lastWait: number, elsewhereMs = 0): void => {
    if (this.isOpen) {
      const serviceMillis = this.stage.assumed.serviceMillis + elsewhereMs;
      this.latencies.addBetween(count, serviceMillis + firstWait * 1000, serviceMillis + lastWait * 1000);
    }
  };

  /** Requests that were served by pods below their capacity. */
  public readonly onUnqueued = (count: number, utilization: number, elsewhereMs = 0): void => {
    if (this.isOpen) {
      const level = Math.min(LEVELS, Math.floor(utilization * LEVELS));
      this.unqueued[level] += count;
      this.elsewhere[level] += count * elsewhereMs;
    }
  };

  public arrivedIn(second: number): number {
    return this.series.arrived[second];
  }

  public end(second: number, { offered, result, pods, target: { live, replicas }, nodes, deleted }: Standing): void {
    const { series } = this;
    this.podSeconds += pods.total;
    this.nodeSeconds += nodes;
    this.maxNodes = Math.max(this.maxNodes, nodes);
    this.podsTaken += second >= this.windows.from && second < this.windows.until ? deleted : 0;
    series.arrived[second] = offered;
    series.served[second] = result.served;
    series.refused[second] = result.refused;
    series.timedOut[second] = result.timedOut;
    series.lost[second] = result.lost;
    series.queued[second] = result.queued;
    series.pods[second] = pods.live;
    series.ready[second] = pods.ready;
    series.capacity[second] = pods.capacity;
    series.floor[second] = live.floor;
    // what has no ceiling is as large as its floor
    series.ceiling[second] = live.ceiling ?? live.floor;
    series.plannedFloor[second] = this.stage.wanted.floor[second];
    series.replicas[second] = replicas;
    series.nodes[second] = nodes;
    series.restarts[second] = pods.restarts;
  }

  public result(name: RunName, verify: VerifyResult | undefined, { restarts, oomKills }: Pods): RunResult {
    const { series, stage, openingSecond } = this;
    const { assumed, seconds, from } = stage;
    const [arrived, served, refused] = [this.sinceOpening('arrived'), this.sinceOpening('served'), this.sinceOpening('refused')];
    const [timedOut, lost] = [this.sinceOpening('timedOut'), this.sinceOpening('lost')];
    const inFlight = series.queued[seconds - 1];
    this.countUnqueued();
    const podHours = this.podSeconds / 3600;
    const nodeHours = this.nodeSeconds / 3600;
    const firstSuccess = series.served.findIndex((rate, second) => second >= openingSecond && rate > 0);
    const sustained = this.sustainedFrom();
    return {
      name,
      arrived,
      served,
      refused,
      timedOut,
      lost,
      inFlight,
      // what did not fail: without failures exactly 1
      success: arrived - inFlight > 0 ? Math.max(0, 1 - (refused + timedOut + lost) / (arrived - inFlight)) : 1,
      ...(firstSuccess < 0 ? {} : { firstSuccessMs: (firstSuccess - openingSecond) * 1000 }),
      ...(sustained === undefined ? {} : { sustainedMs: (sustained - openingSecond) * 1000 }),
      latency: this.latencies.percentiles(),
      restarts,
      oomKills,
      ...this.violations(assumed),
      maxReplicas: series.pods.reduce((most, pods) => Math.max(most, pods), 0),
      maxNodes: this.maxNodes,
      podHours,
      nodeHours,
      cost: nodeHours * assumed.pricePerNodeHour + podHours * assumed.pricePerPodHour,
      podsTaken: this.podsTaken,
      verify: verify ?? { ok: false, ready: 0, floor: 0, guarded: false, says: 'the opening is outside of what was rehearsed' },
      series: { from, stepMs: 1000, ...series },
      log: this.log,
    };
  }

  private sinceOpening(column: keyof Columns): number {
    const list = this.series[column];
    let total = 0;
    for (let second = Math.max(0, this.openingSecond); second < list.length; second++) {
      total += list[second];
    }
    return total;
  }

  private violations({ graceSeconds }: Assumptions): Pick<RunResult, 'floorViolationSeconds' | 'readyViolationSeconds'> {
    const { series, stage: { wanted, opening, from, seconds } } = this;
    const readyFrom = (opening.readyBy - from) / 1000;
    let floorViolationSeconds = 0;
    let readyViolationSeconds = 0;
    for (let second = 0; second < seconds; second++) {
      // a rise has its time of grace
      const due = Math.min(wanted.floor[second], wanted.floor[Math.max(0, second - graceSeconds)]);
      const mustBeReady = second >= readyFrom && second < this.windows.until;
      floorViolationSeconds += series.floor[second] < due ? 1 : 0;
      readyViolationSeconds += mustBeReady && series.ready[second] < wanted.floor[second] ? 1 : 0;
    }
    return { floorViolationSeconds, readyViolationSeconds };
  }

  /** The first second from which on all is well for a minute, or to the end. */
  private sustainedFrom(): number | undefined {
    const { arrived, served } = this.series;
    let since: number | undefined;
    for (let second = Math.max(0, this.openingSecond); second < arrived.length; second++) {
      const isWell = served[second] >= SUSTAINED_SHARE * arrived[second];
      since = isWell ? since ?? second : undefined;
      if (since !== undefined && second - since + 1 >= SUSTAINED_SECONDS) {
        break;
      }
    }
    return since;
  }

  /** Requests that met a pod below its capacity wait as in an M/M/c queue. */
  private countUnqueued(): void {
    const { podRps, serviceMillis } = this.stage.assumed;
    const servers = Math.max(1, Math.round(podRps * serviceMillis / 1000));
    this.unqueued.forEach((count, level) => {
      if (count > 0) {
        const utilization = Math.min(1 - 0.25 / LEVELS, (level + 0.5) / LEVELS);
        const meanWaitMs = 1000 / (podRps * (1 - utilization));
        this.latencies.addWaiting(count, serviceMillis + this.elsewhere[level] / count, waitingShare(servers, servers * utilization), meanWaitMs);
      }
    });
  }
}
