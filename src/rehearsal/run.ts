import { Assumptions } from './assumptions';
import { AutoscalerMemory, ControllerSettings, MetricSpec, NO_MEMORY, PodReadings, Reading, decide } from './autoscaler';
import { DOUBLE_PEAK, SHORT_NODES, SLOW_REGISTRY } from './faults';
import { Jobs, LiveTarget, Planned, Timetable } from './jobs';
import { Latencies } from './latency';
import { Nodes } from './nodes';
import { waitingShare } from './overload';
import { PodMetrics, Pods } from './pods';
import { randomOf } from './random';
import { FaultName, LogLine, PlayedFault, RehearsedService, RunName, RunResult, Series, VerifyResult } from './types';
import { Opening, Plan, endOf, startOf } from '../core/plan/plan';
import { EpochMs } from '../core/time/instant';

/** All that the runs of one rehearsal have in common. */
export interface Stage {
  readonly service: RehearsedService;
  /** Only the openings that matter between `from` and `until`. */
  readonly plan: Plan;
  readonly opening: Opening;
  readonly from: EpochMs;
  readonly seconds: number;
  readonly seed: number;
  readonly assumed: Assumptions;
  readonly faults: readonly PlayedFault[];
  /** Requests that arrive in each second. */
  readonly arrivals: Float64Array;
  readonly planned: Planned;
  readonly timetables: readonly Timetable[];
}

/** Levels of utilisation that requests below capacity are counted by. */
const LEVELS = 200;
/** Seconds of success that make it sustained. */
const SUSTAINED_SECONDS = 60;
const SUSTAINED_SHARE = 0.99;

/** Plays one run, second by second. */
export function play(stage: Stage, name: RunName): RunResult {
  return new Run(stage, name).play();
}

class Run {
  private readonly live: LiveTarget;
  private readonly pods: Pods;
  private readonly nodes: Nodes;
  private readonly jobs?: Jobs;
  private readonly series: { [key in Exclude<keyof Series, 'from' | 'stepMs'>]: number[] };
  private readonly log: LogLine[] = [];
  private readonly latencies = new Latencies();
  private readonly unqueued = new Float64Array(LEVELS + 1);
  private readonly settings: ControllerSettings;
  private readonly openingSecond: number;
  /** Seconds in which a fault begins. */
  private readonly strikes: ReadonlySet<number>;
  /** Requests that are tried again, by the second in which they are. */
  private readonly retries: Float64Array;

  private replicas: number;
  private memory: AutoscalerMemory = NO_MEMORY;
  private active = 'ValidMetricFound';
  /** The opening has come: from here on requests are counted. */
  private isOpen = false;
  private podSeconds = 0;
  private nodeSeconds = 0;
  private maxNodes = 0;
  private podsTaken = 0;
  private verify: VerifyResult | undefined;

  constructor(private readonly stage: Stage, private readonly name: RunName) {
    const { service, plan, opening, assumed, faults, from, seconds, planned, seed } = stage;
    const random = randomOf(seed);
    const isPrewarmed = name === 'prewarmed';
    const highest = Math.max(plan.fixedCeiling ?? 0, service.autoscaler?.maxReplicas ?? 0, opening.ceiling);
    this.live = isPrewarmed
      ? {
        floor: planned.floor[0],
        ceiling: plan.fixedCeiling === undefined ? planned.ceiling[0] : service.autoscaler?.maxReplicas ?? highest,
        isKeepers: true,
      }
      : { floor: name === 'hpa-only' ? plan.baseline.floor : opening.floor, ceiling: highest, isKeepers: false };
    this.replicas = this.live.floor;
    this.openingSecond = secondOf(opening.at, from);
    this.strikes = new Set(faults.map(({ at }) => secondOf(at, from)));
    this.settings = {
      tolerance: assumed.hpaTolerance,
      cpuInitializationMs: assumed.hpaCpuInitializationSeconds * 1000,
      initialReadinessMs: assumed.hpaInitialReadinessSeconds * 1000,
      downscaleStabilizationMs: assumed.hpaDownscaleStabilizationSeconds * 1000,
      scaleUpLimitFactor: 2,
      scaleUpLimitMinimum: 4,
    };
    const registry = {
      slowness: (second: number) => this.isOn('registry-slow', from + second * 1000) ? SLOW_REGISTRY : 1,
      answersAt: (second: number) => {
        const down = this.fault('registry-down');
        const at = from + second * 1000;
        return down && down.at <= at && at < down.until! ? (down.until! - from) / 1000 : second;
      },
    };
    const scarce = new Nodes(service.workload, assumed, registry, this.replicas, assumed.nodesMax);
    const most = this.fault('nodes-short') ? Math.max(scarce.count(), Math.ceil(scarce.needed(opening.floor) * SHORT_NODES)) : assumed.nodesMax;
    this.nodes = new Nodes(service.workload, assumed, registry, this.replicas, most);
    this.pods = new Pods(service.workload, assumed, random, this.nodes, this.replicas);
    if (isPrewarmed) {
      this.jobs = new Jobs(plan, planned, stage.timetables, from, assumed, random, faults, line => this.log.push(line));
    }
    this.retries = new Float64Array(seconds + assumed.retryAfterSeconds + 1);
    const zeros = () => new Array<number>(seconds).fill(0);
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

  public play(): RunResult {
    const { stage, pods, nodes, live, series } = this;
    const { assumed, seconds, from, arrivals, planned } = stage;
    const random = randomOf(stage.seed + 1);
    const sync = assumed.hpaSyncSeconds;
    const resolution = assumed.metricsResolutionSeconds;
    let nextPass = Math.floor(random() * sync);
    let nextScrape = Math.floor(random() * resolution);
    const doubled = this.fault('double-peak');
    const doubledFrom = doubled ? (doubled.at - from) / 1000 : Infinity;
    const controllersDown = this.fault('controllers-down');
    const down = { from: controllersDown?.at ?? Infinity, until: controllersDown?.until ?? Infinity };
    const taken = { from: (startOf(stage.opening) - from) / 1000, until: (endOf(stage.opening) - from) / 1000 };
    const onQueued = (count: number, firstWait: number, lastWait: number) => {
      if (this.isOpen) {
        this.latencies.addBetween(count, assumed.serviceMillis + firstWait * 1000, assumed.serviceMillis + lastWait * 1000);
      }
    };
    const onUnqueued = (count: number, utilization: number) => {
      if (this.isOpen) {
        this.unqueued[Math.min(LEVELS, Math.floor(utilization * LEVELS))] += count;
      }
    };

    for (let second = 0; second < seconds; second++) {
      const now = from + second * 1000;
      this.isOpen = second >= this.openingSecond;
      const controllersUp = now < down.from || now >= down.until;
      if (this.strikes.has(second)) {
        this.strike(second, now);
      }
      this.jobs?.step(now, controllersUp, live, this.replicas);
      if (!stage.service.autoscaler) {
        this.replicas = live.floor;
      } else if (second === nextPass) {
        nextPass += sync;
        if (controllersUp) {
          this.pass(second, now);
        }
      }
      const arrived = nodes.arrive(second);
      if (arrived > 0) {
        this.say(now, 'nodes', `${arrived} ${arrived === 1 ? 'node joins' : 'nodes join'}, ${nodes.count()} in all`);
      }
      const deleted = pods.control(second, this.replicas, controllersUp);
      this.podsTaken += second >= taken.from && second < taken.until ? deleted : 0;
      if (second === nextScrape) {
        nextScrape += resolution;
        pods.scrape(second, resolution);
      }

      const offered = arrivals[second] * (second >= doubledFrom ? DOUBLE_PEAK : 1) + this.retries[second];
      const result = pods.serve(second, offered, onQueued, onUnqueued);
      if (assumed.retryPercent > 0) {
        this.retries[second + assumed.retryAfterSeconds] += (result.refused + result.timedOut + result.lost) * assumed.retryPercent / 100;
      }
      if (result.killed > 0) {
        this.say(now, 'pods', `${result.killed} ${result.killed === 1 ? 'pod' : 'pods'} OOM-killed, ${Math.round(result.lost)} requests lost`);
      }
      if (second % 10 === 0) {
        nodes.giveBack(pods.total, second);
      }
      const there = nodes.count();
      this.podSeconds += pods.total;
      this.nodeSeconds += there;
      this.maxNodes = Math.max(this.maxNodes, there);

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
      series.ceiling[second] = live.ceiling;
      series.plannedFloor[second] = planned.floor[second];
      series.replicas[second] = this.replicas;
      series.nodes[second] = there;
      series.restarts[second] = pods.restarts;
      if (now === stage.opening.readyBy || second === this.openingSecond) {
        this.look(second, now);
      }
    }
    return this.result();
  }

  /** Faults that are a moment. */
  private strike(second: number, now: EpochMs): void {
    const { plan, faults, from } = this.stage;
    for (const fault of faults.filter(({ at }) => secondOf(at, from) === second)) {
      this.say(now, 'fault', `${fault.name}: ${fault.says}`);
      if (fault.name === 're-apply' && this.name === 'prewarmed') {
        this.live.floor = plan.baseline.floor;
        this.live.isKeepers = false;
      } else if (fault.name === 'node-lost') {
        this.say(now, 'nodes', `a node is gone, with ${this.pods.loseNode(second)} pods`);
      } else if (fault.name === 'rollout') {
        this.pods.rollOut();
      }
    }
  }

  /** The autoscaler looks. */
  private pass(second: number, now: EpochMs): void {
    const spec = this.stage.service.autoscaler!;
    const metrics = this.pods.metrics(second);
    const decision = decide({
      now: second * 1000,
      spec: { ...spec, minReplicas: this.live.floor, maxReplicas: this.live.ceiling },
      replicas: this.replicas,
      statusReplicas: this.pods.count(),
      pods: metrics.groups,
      readings: spec.metrics.map(metric => this.isOn('metrics-down', now) ? { failure: 'the metrics API is down' } : this.read(metric, metrics, second)),
      memory: this.memory,
    }, this.settings);
    this.memory = decision.memory;
    const active = decision.conditions.ScalingActive?.reason ?? this.active;
    if (active !== this.active) {
      this.active = active;
      this.say(now, 'autoscaler', active === 'ValidMetricFound' ? 'has metrics again' : `cannot scale: ${active}`);
    }
    if (decision.desired !== this.replicas) {
      const why = decision.utilization === undefined ? '' : `, CPU ${decision.utilization} %`;
      this.say(now, 'autoscaler', `${this.replicas} -> ${decision.desired} pods (floor ${this.live.floor}${why})`);
      this.replicas = decision.desired;
    }
  }

  /** What a metric reads: CPU and memory as they are, anything else as requests per second. */
  private read(metric: MetricSpec, { groups, cpu, memory }: PodMetrics, second: number): Reading {
    const { workload } = this.stage.service;
    const rate = this.series.arrived[Math.max(0, second - 1)] * 1000;
    let readings: PodReadings;
    switch (metric.type) {
      case 'Object':
      case 'External':
        return { value: rate };
      case 'Pods': {
        const perPod = { value: Math.round(rate / Math.max(1, this.pods.ready)), at: second * 1000, windowMs: 15_000 };
        readings = { samples: groups.map(({ ready }) => ready ? perPod : undefined) };
        break;
      }
      default:
        readings = metric.name === 'memory'
          ? { samples: memory, requests: memory.map(() => workload.memoryRequestMiB === undefined ? undefined : workload.memoryRequestMiB * 1000) }
          : { samples: cpu, requests: cpu.map(() => workload.cpuRequestMillis) };
    }
    return readings.samples.some(sample => sample) ? readings : { failure: 'no metrics returned from the metrics API' };
  }

  /** What verify says at the ready margin and at the opening. */
  private look(second: number, now: EpochMs): void {
    const floor = this.stage.planned.floor[second];
    const { ready } = this.pods;
    const guarded = this.stage.plan.guards === 0 || (this.jobs?.isGuarded() ?? false);
    const missing = floor - ready;
    const uncreated = floor - this.pods.count();
    const reasons = [
      ...this.pods.missing(second).map(({ reason, count }) => `${count} ${reason}`),
      ...(uncreated > 0 ? [`${uncreated} not asked for, the live floor is ${this.live.floor}`] : []),
    ];
    const says = [
      missing > 0 ? `${ready} of ${floor} ready, ${missing} missing: ${reasons.join(', ')}` : `${ready} of ${floor} ready`,
      ...(guarded || this.name !== 'prewarmed' ? [] : ['nobody guards the floor']),
    ].join('; ');
    this.verify = { ok: missing <= 0 && (guarded || this.name !== 'prewarmed'), ready, floor, guarded, says };
    this.say(now, 'verify', says);
  }

  private result(): RunResult {
    const { series, stage, pods, openingSecond } = this;
    const { assumed, planned, seconds, opening, from } = stage;
    const sum = (list: readonly number[]) => {
      let total = 0;
      for (let second = Math.max(0, openingSecond); second < seconds; second++) {
        total += list[second];
      }
      return total;
    };
    const inFlight = series.queued[seconds - 1];
    const [refused, timedOut, lost] = [sum(series.refused), sum(series.timedOut), sum(series.lost)];
    const arrived = sum(series.arrived);
    const served = sum(series.served);
    this.countUnqueued();

    let floorViolationSeconds = 0;
    let readyViolationSeconds = 0;
    const readyFrom = (opening.readyBy - from) / 1000;
    const readyUntil = (endOf(opening) - from) / 1000;
    let maxReplicas = 0;
    for (let second = 0; second < seconds; second++) {
      // a rise has its time of grace
      const due = Math.min(planned.floor[second], planned.floor[Math.max(0, second - assumed.graceSeconds)]);
      floorViolationSeconds += series.floor[second] < due ? 1 : 0;
      readyViolationSeconds += second >= readyFrom && second < readyUntil && series.ready[second] < planned.floor[second] ? 1 : 0;
      maxReplicas = Math.max(maxReplicas, series.pods[second]);
    }
    const podHours = this.podSeconds / 3600;
    const nodeHours = this.nodeSeconds / 3600;
    const firstSuccess = series.served.findIndex((rate, second) => second >= openingSecond && rate > 0);
    const sustained = this.sustainedFrom();
    return {
      name: this.name,
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
      restarts: pods.restarts,
      oomKills: pods.oomKills,
      floorViolationSeconds,
      readyViolationSeconds,
      maxReplicas,
      maxNodes: this.maxNodes,
      podHours,
      nodeHours,
      cost: nodeHours * assumed.pricePerNodeHour + podHours * assumed.pricePerPodHour,
      podsTaken: this.podsTaken,
      verify: this.verify ?? { ok: false, ready: 0, floor: 0, guarded: false, says: 'the opening is outside of what was rehearsed' },
      series: { from, stepMs: 1000, ...series },
      log: this.log,
    };
  }

  /** The first second from which on all is well for a minute, or to the end. */
  private sustainedFrom(): number | undefined {
    const { arrived, served } = this.series;
    let since: number | undefined;
    for (let second = Math.max(0, this.openingSecond); second < arrived.length; second++) {
      const well = served[second] >= SUSTAINED_SHARE * arrived[second];
      since = well ? since ?? second : undefined;
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
        this.latencies.addWaiting(count, serviceMillis, waitingShare(servers, servers * utilization), meanWaitMs);
      }
    });
  }

  private fault(name: FaultName): PlayedFault | undefined {
    return this.stage.faults.find(fault => fault.name === name);
  }

  private isOn(name: FaultName, now: EpochMs): boolean {
    const fault = this.fault(name);
    return fault !== undefined && fault.at <= now && now < (fault.until ?? Infinity);
  }

  private say(at: EpochMs, who: LogLine['who'], says: string): void {
    this.log.push({ at, who, says });
  }
}

function secondOf(at: EpochMs, from: EpochMs): number {
  return Math.floor((at - from) / 1000);
}
