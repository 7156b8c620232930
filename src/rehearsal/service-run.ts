import { DOUBLE_PEAK, MANUAL_RAISE_PERCENT } from './faults';
import { Jobs } from './jobs';
import { Patches, isMoved, isPatched } from './patches';
import { Pods } from './pods/pods';
import { Second } from './pods/serving';
import { randomOf } from './random';
import { Recorder } from './recorder';
import { ClientRetries, clientRetries } from './retries';
import { Autoscaler } from './scaling';
import { Stage, faultOf, isOn, secondOf } from './stage';
import { Target, writeBy } from './target';
import { PlayedFault, RunName, RunResult, VerifyResult } from './types';
import { World } from './world';
import { ReplicaBounds } from '../core/plan/plan';
import { EpochMs } from '../core/time/instant';

/** What a service has of a run that others have too. */
export interface Place {
  readonly world: World;
  /** Which of the world's services it is. */
  readonly index: number;
}

/** What came to a service in a second, and what became of it. */
export interface Served {
  readonly offered: number;
  readonly result: Second;
}

/** One service in a run: its jobs, autoscaler and pods, a second after the other. */
export class ServiceRun {
  public readonly pods: Pods;
  public readonly recorder: Recorder;
  /** Clients that try again. */
  public readonly retries: ClientRetries;
  private readonly target: Target;
  private readonly world: World;
  /** Absent where the plan moves a workload without an autoscaler. */
  private readonly autoscaler?: Autoscaler;
  /** Absent where the run has none of our jobs. */
  private readonly jobs?: Jobs;
  /** Absent where nobody patches the floor by hand. */
  private readonly patches?: Patches;
  private readonly doubled: PlayedFault | undefined;
  /** Seconds in which a fault begins. */
  private readonly strikes: ReadonlySet<number>;
  private readonly controllersDown: PlayedFault | undefined;
  private readonly openingSecond: number;
  private readonly readySecond: number;
  private now: EpochMs;
  private controllersUp = true;
  private nextPass: number;
  private nextScrape: number;
  /** Pods that were deleted in this second because there were too many. */
  private deleted = 0;
  private verify: VerifyResult | undefined;

  constructor(private readonly stage: Stage, private readonly name: RunName, firstTarget: Target, place: Place) {
    const { service, plan, wanted, assumed, faults, writes, from, seconds, opening } = stage;
    const seed = stage.seed + 7919 * place.index;
    const random = randomOf(seed);
    this.now = from;
    this.recorder = new Recorder(stage);
    this.doubled = faultOf(stage, 'double-peak');
    this.target = firstTarget;
    this.world = place.world;
    this.controllersDown = faultOf(stage, 'controllers-down');
    this.openingSecond = secondOf(opening.at, from);
    this.readySecond = secondOf(opening.readyBy, from);
    this.strikes = new Set([...faults, ...writes, ...stage.overrides].map(({ at }) => secondOf(at, from)));
    this.retries = new ClientRetries(clientRetries(assumed), seconds);
    this.pods = new Pods(service.workload, assumed, random, this.target.replicas, place);
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
    const phase = randomOf(seed + 1);
    this.nextPass = Math.floor(phase() * assumed.hpaSyncSeconds);
    this.nextScrape = Math.floor(phase() * assumed.metricsResolutionSeconds);
  }

  /** What hands, jobs and the autoscaler decide in a second. */
  public decide(second: number): void {
    const { stage, target } = this;
    this.now = stage.from + second * 1000;
    this.recorder.begin(second);
    this.controllersUp = this.controllersDown === undefined || !isOn(this.controllersDown, this.now);
    if (this.strikes.has(second)) {
      this.strike(second);
    }
    this.jobs?.step(this.now, this.controllersUp, target, this.pods);
    this.patches?.step(this.now, this.controllersUp, target);
    if (!this.autoscaler) {
      target.replicas = target.live.floor;
    } else if (second === this.nextPass) {
      this.nextPass += stage.assumed.hpaSyncSeconds;
      target.replicas = this.controllersUp ? this.autoscalerPass(this.autoscaler, second) : target.replicas;
    }
  }

  /** What the workload's controller and the kubelets do in a second. */
  public control(second: number): void {
    this.deleted = this.pods.control(second, this.target.replicas, this.controllersUp);
  }

  /** The scheduler has had its turn. */
  public settle(second: number): void {
    this.pods.settle(second);
    if (second === this.nextScrape) {
      this.nextScrape += this.stage.assumed.metricsResolutionSeconds;
      this.pods.scrape(second);
    }
  }

  /** Requests that come for the first time in a second. */
  public firstIn(second: number): number {
    const isDoubled = this.doubled !== undefined && isOn(this.doubled, this.now);
    return this.stage.arrivals[second] * (isDoubled ? DOUBLE_PEAK : 1);
  }

  /** Serves the clients of a second, without any other service. */
  public serve(second: number): Served {
    const offered = this.retries.offeredIn(second, this.firstIn(second));
    const result = this.pods.serve(second, offered, this.recorder.onQueued, this.recorder.onUnqueued);
    this.retries.failed(second, result.refused + result.timedOut + result.lost);
    return { offered, result };
  }

  /** Writes down what became of a second. */
  public end(second: number, { offered, result }: Served): void {
    if (result.killed > 0) {
      this.recorder.say(this.now, 'pods', `${result.killed} ${result.killed === 1 ? 'pod' : 'pods'} OOM-killed, ${Math.round(result.lost)} requests lost`);
    }
    this.recorder.end(second, { offered, result, pods: this.pods, target: this.target, nodes: this.world.nodes.count(), deleted: this.deleted });
  }

  /** Verify looks at the ready margin and at the opening. */
  public lookIfDue(second: number): void {
    if (second === this.readySecond || second === this.openingSecond) {
      this.look(second);
    }
  }

  public result(): RunResult {
    return this.recorder.result(this.name, this.verify, this.pods);
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
