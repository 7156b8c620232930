import { DOUBLE_PEAK, SHORT_NODES, SLOW_REGISTRY } from './faults';
import { Jobs, LiveTarget } from './jobs';
import { Nodes, Registry } from './nodes';
import { Pods } from './pods/pods';
import { randomOf } from './random';
import { Recorder } from './recorder';
import { Autoscaler } from './scaling';
import { Stage, faultOf, isOn, secondOf } from './stage';
import { RunName, RunResult, VerifyResult } from './types';
import { EpochMs } from '../core/time/instant';

/** Plays one run, second by second. */
export function play(stage: Stage, name: RunName): RunResult {
  return new Run(stage, name).play();
}

class Run {
  private readonly live: LiveTarget;
  private readonly nodes: Nodes;
  private readonly pods: Pods;
  /** Absent where the plan moves a workload without an autoscaler. */
  private readonly autoscaler?: Autoscaler;
  /** Absent where the run has no jobs. */
  private readonly jobs?: Jobs;
  private readonly recorder: Recorder;
  /** Seconds in which a fault begins. */
  private readonly strikes: ReadonlySet<number>;
  /** Requests that are tried again, by the second in which they are. */
  private readonly retries: Float64Array;
  private now: EpochMs;
  private replicas: number;
  private verify: VerifyResult | undefined;

  constructor(private readonly stage: Stage, private readonly name: RunName) {
    const { service, plan, planned, assumed, faults, from, seconds, seed } = stage;
    const random = randomOf(seed);
    this.now = from;
    this.recorder = new Recorder(stage);
    this.live = liveAtFirst(stage, name);
    this.replicas = this.live.floor;
    this.strikes = new Set(faults.map(({ at }) => secondOf(at, from)));
    this.retries = new Float64Array(seconds + assumed.retryAfterSeconds + 1);
    this.nodes = nodesOf(stage, this.replicas);
    this.pods = new Pods(service.workload, assumed, random, this.nodes, this.replicas);
    if (service.autoscaler) {
      this.autoscaler = new Autoscaler(service.autoscaler, service.workload, assumed, says => this.recorder.say(this.now, 'autoscaler', says));
    }
    if (name === 'prewarmed') {
      const say = this.recorder.say.bind(this.recorder);
      this.jobs = new Jobs(plan, planned, stage.timetables, from, assumed, random, faults, say);
    }
  }

  public play(): RunResult {
    const { stage, pods, nodes, live, recorder } = this;
    const { assumed, seconds, from, opening } = stage;
    const random = randomOf(stage.seed + 1);
    let nextPass = Math.floor(random() * assumed.hpaSyncSeconds);
    let nextScrape = Math.floor(random() * assumed.metricsResolutionSeconds);
    const controllersDown = faultOf(stage, 'controllers-down');
    const openingSecond = secondOf(opening.at, from);
    const readySecond = secondOf(opening.readyBy, from);

    for (let second = 0; second < seconds; second++) {
      this.now = from + second * 1000;
      recorder.begin(second);
      const controllersUp = !isOn(controllersDown, this.now);
      if (this.strikes.has(second)) {
        this.strike(second);
      }
      this.jobs?.step(this.now, controllersUp, live, this.replicas);
      if (!this.autoscaler) {
        this.replicas = live.floor;
      } else if (second === nextPass) {
        nextPass += assumed.hpaSyncSeconds;
        this.replicas = controllersUp ? this.autoscalerPass(this.autoscaler, second) : this.replicas;
      }
      this.takeNodes(second);
      const deleted = pods.control(second, this.replicas, controllersUp);
      if (second === nextScrape) {
        nextScrape += assumed.metricsResolutionSeconds;
        pods.scrape(second);
      }
      const offered = this.offeredIn(second);
      const result = pods.serve(second, offered, recorder.onQueued, recorder.onUnqueued);
      if (assumed.retryPercent > 0) {
        this.retries[second + assumed.retryAfterSeconds] += (result.refused + result.timedOut + result.lost) * assumed.retryPercent / 100;
      }
      if (result.killed > 0) {
        recorder.say(this.now, 'pods', `${result.killed} ${result.killed === 1 ? 'pod' : 'pods'} OOM-killed, ${Math.round(result.lost)} requests lost`);
      }
      if (second % 10 === 0) {
        nodes.giveBack(pods.total, second);
      }
      const { floor, ceiling } = live;
      recorder.end(second, { offered, result, pods, floor, ceiling, replicas: this.replicas, nodes: nodes.count(), deleted });
      if (second === readySecond || second === openingSecond) {
        this.look(second);
      }
    }
    return recorder.result(this.name, this.verify, pods);
  }

  /** Requests that come for the first time, and those that are tried again. */
  private offeredIn(second: number): number {
    const isDoubled = isOn(faultOf(this.stage, 'double-peak'), this.now);
    return this.stage.arrivals[second] * (isDoubled ? DOUBLE_PEAK : 1) + this.retries[second];
  }

  private autoscalerPass(autoscaler: Autoscaler, second: number): number {
    return autoscaler.pass({
      second,
      bounds: this.live,
      replicas: this.replicas,
      pods: this.pods,
      rate: this.recorder.arrivedIn(Math.max(0, second - 1)),
      metricsDown: isOn(faultOf(this.stage, 'metrics-down'), this.now),
    });
  }

  /** Nodes that were ordered and are Ready now join. */
  private takeNodes(second: number): void {
    const arrived = this.nodes.arrive(second);
    if (arrived > 0) {
      this.recorder.say(this.now, 'nodes', `${arrived} ${arrived === 1 ? 'node joins' : 'nodes join'}, ${this.nodes.count()} in all`);
    }
  }

  /** Faults that are a moment. */
  private strike(second: number): void {
    const { plan, faults, from } = this.stage;
    for (const fault of faults.filter(({ at }) => secondOf(at, from) === second)) {
      this.recorder.say(this.now, 'fault', `${fault.name}: ${fault.says}`);
      if (fault.name === 're-apply' && this.name === 'prewarmed') {
        this.live.floor = plan.baseline.floor;
        this.live.isKeepers = false;
      } else if (fault.name === 'node-lost') {
        this.recorder.say(this.now, 'nodes', `a node is gone, with ${this.pods.loseNode(second)} pods`);
      } else if (fault.name === 'rollout') {
        this.pods.rollOut();
      }
    }
  }

  /** What verify says at the ready margin and at the opening. */
  private look(second: number): void {
    const isPrewarmed = this.name === 'prewarmed';
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
      ...(guarded || !isPrewarmed ? [] : ['nobody guards the floor']),
    ].join('; ');
    this.verify = { ok: missing <= 0 && (guarded || !isPrewarmed), ready, floor, guarded, says };
    this.recorder.say(this.now, 'verify', says);
  }
}

/** The target as the rehearsal finds it. */
function liveAtFirst({ service, plan, opening, planned }: Stage, name: RunName): LiveTarget {
  const highest = Math.max(plan.fixedCeiling ?? 0, service.autoscaler?.maxReplicas ?? 0, opening.ceiling);
  switch (name) {
    case 'prewarmed': {
      const ceiling = plan.fixedCeiling === undefined ? planned.ceiling[0] : service.autoscaler?.maxReplicas ?? highest;
      return { floor: planned.floor[0], ceiling, isKeepers: true };
    }
    case 'hpa-only':
      return { floor: plan.baseline.floor, ceiling: highest, isKeepers: false };
    case 'always-at-peak':
      return { floor: opening.floor, ceiling: highest, isKeepers: false };
  }
}

function nodesOf(stage: Stage, firstPods: number): Nodes {
  const { service: { workload }, opening, assumed } = stage;
  const registry = registryOf(stage);
  if (!faultOf(stage, 'nodes-short')) {
    return new Nodes(workload, assumed, registry, firstPods, assumed.nodesMax);
  }
  const there = new Nodes(workload, assumed, registry, firstPods, assumed.nodesMax);
  const most = Math.max(there.count(), Math.ceil(there.needed(opening.floor) * SHORT_NODES));
  return new Nodes(workload, assumed, registry, firstPods, most);
}

function registryOf(stage: Stage): Registry {
  const { from } = stage;
  const [slow, down] = [faultOf(stage, 'registry-slow'), faultOf(stage, 'registry-down')];
  return {
    slowness: second => isOn(slow, from + second * 1000) ? SLOW_REGISTRY : 1,
    answersAt: second => down && isOn(down, from + second * 1000) ? (down.until! - from) / 1000 : second,
  };
}
