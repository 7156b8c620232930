import { DOUBLE_PEAK, MANUAL_RAISE_PERCENT, SHORT_NODES, SLOW_REGISTRY } from './faults';
import { Jobs } from './jobs';
import { Nodes, Registry } from './nodes';
import { Patches, isMoved, isPatched } from './patches';
import { Pods } from './pods/pods';
import { randomOf } from './random';
import { Recorder } from './recorder';
import { Autoscaler } from './scaling';
import { Stage, faultOf, isOn, secondOf } from './stage';
import { Target, targetAtFirst, writeBy } from './target';
import { PlayedFault, RunName, RunResult, VerifyResult } from './types';
import { ReplicaBounds } from '../core/plan/plan';
import { EpochMs } from '../core/time/instant';

/** Plays one run, second by second. */
export function play(stage: Stage, name: RunName): RunResult {
  return new Run(stage, name).play();
}

class Run {
  private readonly target: Target;
  private readonly nodes: Nodes;
  private readonly pods: Pods;
  /** Absent where the plan moves a workload without an autoscaler. */
  private readonly autoscaler?: Autoscaler;
  /** Absent where the run has none of our jobs. */
  private readonly jobs?: Jobs;
  /** Absent where nobody patches the floor by hand. */
  private readonly patches?: Patches;
  private readonly recorder: Recorder;
  private readonly doubled: PlayedFault | undefined;
  /** Seconds in which a fault begins. */
  private readonly strikes: ReadonlySet<number>;
  /** Requests that are tried again, by the second in which they are. */
  private readonly retries: Float64Array;
  private now: EpochMs;
  private verify: VerifyResult | undefined;

  constructor(private readonly stage: Stage, private readonly name: RunName) {
    const { service, plan, wanted, assumed, faults, writes, from, seconds, seed } = stage;
    const random = randomOf(seed);
    this.now = from;
    this.recorder = new Recorder(stage);
    this.doubled = faultOf(stage, 'double-peak');
    this.target = targetAtFirst(stage, name);
    this.strikes = new Set([...faults, ...writes, ...stage.overrides].map(({ at }) => secondOf(at, from)));
    this.retries = new Float64Array(seconds + assumed.retryAfterSeconds + 1);
    this.nodes = nodesOf(stage, this.target.replicas);
    this.pods = new Pods(service.workload, assumed, random, this.nodes, this.target.replicas);
    if (stage.followed) {
      this.autoscaler = new Autoscaler(stage.followed, service.workload, assumed, says => this.recorder.say(this.now, 'autoscaler', says));
    }
    const say = this.recorder.say.bind(this.recorder);
    if (isPatched(name)) {
      this.patches = new Patches(stage, name === 'patched-re-applied', say);
    }
    if (name === 'prewarmed') {
      this.jobs = new Jobs(plan, wanted, stage.timetables, from, assumed, random, faults, say);
    }
  }

  public play(): RunResult {
    const { stage, pods, nodes, target, recorder } = this;
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
      const controllersUp = controllersDown === undefined || !isOn(controllersDown, this.now);
      if (this.strikes.has(second)) {
        this.strike(second);
      }
      this.jobs?.step(this.now, controllersUp, target, pods);
      this.patches?.step(this.now, controllersUp, target);
      if (!this.autoscaler) {
        target.replicas = target.live.floor;
      } else if (second === nextPass) {
        nextPass += assumed.hpaSyncSeconds;
        target.replicas = controllersUp ? this.autoscalerPass(this.autoscaler, second) : target.replicas;
      }
      this.takeNodes(second);
      const deleted = pods.control(second, target.replicas, controllersUp);
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
      recorder.end(second, { offered, result, pods, target, nodes: nodes.count(), deleted });
      if (second === readySecond || second === openingSecond) {
        this.look(second);
      }
    }
    return recorder.result(this.name, this.verify, pods);
  }

  /** Requests that come for the first time, and those that are tried again. */
  private offeredIn(second: number): number {
    const isDoubled = this.doubled !== undefined && isOn(this.doubled, this.now);
    return this.stage.arrivals[second] * (isDoubled ? DOUBLE_PEAK : 1) + this.retries[second];
  }

  private autoscalerPass(autoscaler: Autoscaler, second: number): number {
    const { live: { floor, ceiling = Infinity }, replicas } = this.target;
    return autoscaler.pass({
      second,
      now: this.now,
      bounds: { floor, ceiling },
      replicas,
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

  /** What happens in a moment: faults, overrides, and other hands. */
  private strike(second: number): void {
    const { plan, faults, overrides, writes, from } = this.stage;
    const isNow = ({ at }: { readonly at: EpochMs }) => secondOf(at, from) === second;
    if (this.name === 'prewarmed') {
      overrides.filter(isNow).forEach(({ says }) => this.recorder.say(this.now, 'override', says));
    }
    if (isMoved(this.name)) {
      writes.filter(isNow).forEach(({ hand, bounds, says }) => this.write(hand, bounds, says));
    }
    for (const fault of faults.filter(isNow)) {
      this.recorder.say(this.now, 'fault', `${fault.name}: ${fault.says}`);
      if (fault.name === 're-apply') {
        this.write('somebody', { floor: plan.baseline.floor });
      } else if (fault.name === 'manual-raise') {
        const { floor, ceiling } = this.target.live;
        const raised = Math.ceil(floor * (1 + MANUAL_RAISE_PERCENT / 100));
        this.write('somebody', { floor: raised, ceiling: Math.max(raised, ceiling ?? 0) });
      } else if (fault.name === 'node-lost') {
        this.recorder.say(this.now, 'nodes', `a node is gone, with ${this.pods.loseNode(second)} pods`);
      } else if (fault.name === 'rollout') {
        this.rollOut();
      }
    }
  }

  private rollOut(): void {
    const { rolloutStops } = this.stage.service.workload;
    if (rolloutStops === undefined) {
      this.pods.rollOut();
    } else {
      this.recorder.say(this.now, 'pods', `no pod of the workload is replaced: ${rolloutStops}`);
    }
  }

  /** Another hand writes; some runs have the floor that they are named after. */
  private write(hand: string, bounds: Partial<ReplicaBounds>, says?: string): void {
    if (!isMoved(this.name)) {
      return;
    }
    const refused = writeBy(hand, this.target, bounds);
    const outcome = [says, refused].filter(part => part !== undefined);
    if (outcome.length > 0) {
      this.recorder.say(this.now, 'hand', outcome.join(': '));
    }
  }

  /** What verify says at the ready margin and at the opening. */
  private look(second: number): void {
    const isPrewarmed = this.name === 'prewarmed';
    const floor = this.stage.wanted.floor[second];
    const { ready } = this.pods;
    const guarded = this.stage.plan.guards === 0 || (this.jobs?.isGuarded() ?? false);
    const missing = floor - ready;
    const uncreated = floor - this.pods.count();
    const reasons = [
      ...this.pods.missing(second).map(({ reason, count }) => `${count} ${reason}`),
      ...(uncreated > 0 ? [`${uncreated} not asked for, the live floor is ${this.target.live.floor}`] : []),
    ];
    const says = [
      missing > 0 ? `${ready} of ${floor} ready, ${missing} missing: ${reasons.join(', ')}` : `${ready} of ${floor} ready`,
      ...(guarded || !isPrewarmed ? [] : ['nobody guards the floor']),
    ].join('; ');
    this.verify = { ok: missing <= 0 && (guarded || !isPrewarmed), ready, floor, guarded, says };
    this.recorder.say(this.now, 'verify', says);
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
