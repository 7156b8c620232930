import { Settled, applyPlan, didOf, endingOf, overridingIn, runOnce, settle, tell } from './apply';
import { Finding } from './decide';
import { Followed } from './follow';
import { ApiError, Conflict, Unreachable } from './kube-api';
import { hasWorkload } from './target';
import { reportReadiness } from './verify';
import { Ending, World } from './world';
import { CRON_STEP_MS, PLAN_KEY, configName, overrideName } from '../core/names';
import { Override, wantedAt } from '../core/override';
import { EpochMs, ObjectReference, Plan, PlanError, decodePlan, nextEdge } from '../core/plan';

/** Plan and override are looked at this much more rarely than what can cost pods. */
const CALM = 4;
/** For one change; then the world is looked at again. */
const TRY_MS = 10_000;
/** A fight with another controller is kept up at full speed for this many writes, then at this pace. */
const BURST = 20;
const FIGHT_MS = 200;

/** Raises the floor; then keeps it where plan and override want it until the event's windows end, and applies the plan once more. */
export async function bump(world: World, plan: Plan, event: string, guards: boolean): Promise<Ending> {
  if (!guards) {
    return runOnce(world, plan, true);
  }
  const first = await applyPlan(world, plan, world.api.within(world.pace.onceMs));
  tell(world, first);
  if (!spanOf(plan, event, world.api.clock.now())) {
    return endingOf(first);
  }
  const { exitCode, ...line } = endingOf(first);
  world.log({ ...line, message: `${line.message}; guards it from here on` });
  return endingOf(await new Guard(world, plan, event).run(first));
}

/** The stretch of an event's windows, joined where they touch, that holds an instant or begins at most a cron step after it. */
export function spanOf(plan: Plan, event: string, at: EpochMs): { readonly from: EpochMs; readonly until: EpochMs } | undefined {
  const windows = plan.openings.filter(opening => opening.event === event).flatMap(opening => opening.windows);
  const spans: { from: EpochMs; until: EpochMs }[] = [];
  for (const { from, until } of windows.sort((a, b) => a.from - b.from)) {
    const last = spans[spans.length - 1];
    if (last && from <= last.until) {
      last.until = Math.max(last.until, until);
    } else {
      spans.push({ from, until });
    }
  }
  return spans.find(span => span.from - CRON_STEP_MS <= at && at < span.until);
}

/** Sees every change of target, workload, plan and override, and answers it at once. It keeps nothing: a new one goes on where it ended. */
class Guard {
  private readonly target: Followed;
  private readonly workload: Followed | undefined;
  private readonly config: Followed;
  private readonly overriding: Followed;
  private readonly ended = new AbortController();
  /** What was said and is still so, by its reason. */
  private standing: ReadonlyMap<string, string> = new Map();
  private firstOverride: Override | undefined;
  private liveFloor = 0;
  private writes: number[] = [];
  private news = new AbortController();
  private planText: string | undefined;
  private planFinding: Finding | undefined;

  constructor(private readonly world: World, private plan: Plan, private readonly event: string) {
    const follow = (ref: ObjectReference) => new Followed(world, ref, () => this.news.abort());
    this.target = follow(plan.target);
    this.workload = hasWorkload(plan.target, plan.workload) ? follow(plan.workload) : undefined;
    this.config = follow({ apiVersion: 'v1', kind: 'ConfigMap', name: configName(plan.service) });
    this.overriding = follow({ apiVersion: 'v1', kind: 'ConfigMap', name: overrideName(plan.service) });
  }

  /** Ends with the event's windows, or with a plan that no longer has them. */
  public async run(first: Settled): Promise<Settled> {
    const { world, ended } = this;
    const { pollMs } = world.pace;
    world.stop.addEventListener('abort', () => {
      ended.abort();
      this.news.abort();
    }, { once: true });
    this.target.observe(first.object);
    this.firstOverride = first.wanted.override;
    this.standing = standingOf(first.findings);
    const aside = [
      this.target.follow(pollMs, ended.signal),
      this.workload?.follow(pollMs, ended.signal),
      this.config.follow(pollMs * CALM, ended.signal),
      this.overriding.follow(pollMs * CALM, ended.signal),
      this.reportReadiness(),
    ];
    while (!world.stop.aborted && this.isOn()) {
      this.news = new AbortController();
      const restMs = await this.restore();
      await world.timers.sleep(Math.min(restMs, this.untilEdge()), this.news.signal);
      this.readPlan();
    }
    ended.abort();
    await Promise.all(aside);
    if (world.stop.aborted) {
      throw new Unreachable('told to stop; another guard or the next run of bump goes on');
    }
    const last = await applyPlan(world, this.plan, world.api.within(world.pace.onceMs));
    tell(world, last);
    return last;
  }

  private isOn(): boolean {
    const { kind, name } = this.target.ref;
    const isSame = this.plan.target.kind === kind && this.plan.target.name === name;
    return isSame && spanOf(this.plan, this.event, this.world.api.clock.now()) !== undefined;
  }

  private get override(): Override | undefined {
    // until it is followed, what the first look found: a guard that starts must not undo it for the blink of an eye
    return this.overriding.isKnown ? overridingIn(this.overriding.current).override : this.firstOverride;
  }

  /** Puts right what is not; says after how long to look again if nothing is heard. */
  private async restore(): Promise<number> {
    const findings = [this.planFinding, overridingIn(this.overriding.current).finding];
    let restMs = Infinity;
    try {
      findings.push(...await this.restoreTarget());
      await this.restoreWorkload();
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof Unreachable)) {
        throw error;
      }
      // a dead watch would not bring what has changed meanwhile
      await Promise.all([this.target, this.workload].map(async followed => followed?.look(this.world.api.within(TRY_MS)).catch(() => undefined)));
      if (error instanceof Conflict || error instanceof ApiError && error.status === 404) {
        return 0;
      }
      findings.push({ reason: 'GuardHindered', message: error.message });
      restMs = this.world.pace.backoffMaxMs;
    }
    this.sayOnce(findings.filter(finding => finding !== undefined));
    return restMs;
  }

  private async restoreTarget(): Promise<Finding[]> {
    const { world, plan, target } = this;
    if (!target.current) {
      return target.isKnown ? [{ reason: 'TargetMissing', message: `${plan.target.kind} ${plan.target.name} is gone; its floor is set as soon as it is back` }] : [];
    }
    const options = { deadline: world.api.within(TRY_MS), workload: this.workload?.current };
    const settled = await settle(world, plan, this.override, target.current, options);
    target.observe(settled.object);
    this.liveFloor = settled.live.floor;
    if (settled.change) {
      await this.say(settled.change);
    }
    return settled.fallsShort ? [...settled.findings, { reason: 'FloorFallsShort', message: settled.fallsShort }] : [...settled.findings];
  }

  /** Where the workload itself was scaled below the floor, its autoscaler would need up to 15 s, or, at 0, do nothing at all. */
  private async restoreWorkload(): Promise<void> {
    const { world, plan, target, workload } = this;
    const object = workload?.current;
    const wanted = wantedAt(plan, this.override, world.api.clock.now());
    if (!object || object.metadata.deletionTimestamp || wanted.openings.length === 0) {
      return;
    }
    const floor = target.current ? Math.min(wanted.floor, this.liveFloor) : wanted.floor;
    const { replicas } = object.spec;
    if (replicas < floor) {
      const scaled = await world.api.scale(plan.workload, object.metadata.resourceVersion, floor, world.api.within(TRY_MS));
      const { resourceVersion } = scaled.metadata;
      workload.observe({ ...object, metadata: { ...object.metadata, resourceVersion }, spec: { ...object.spec, replicas: floor } });
      const why = replicas === 0 ? ', where its autoscaler does nothing' : ', below its floor';
      await this.say({
        reason: 'WorkloadScaled', message: `${plan.workload.kind} ${plan.workload.name} ${replicas} -> ${floor}: it was asked for ${replicas}${why}`, occurrence: resourceVersion,
      });
    }
  }

  private readPlan(): void {
    const text: string | undefined = this.config.current?.data?.[PLAN_KEY];
    if (text === undefined || text === this.planText) {
      return;
    }
    this.planText = text;
    this.planFinding = undefined;
    try {
      this.plan = decodePlan(text);
    } catch (error) {
      if (!(error instanceof PlanError)) {
        throw error;
      }
      this.planFinding = { reason: 'PlanUnreadable', message: `${error.message}; the plan before it stays in force` };
    }
  }

  /** How long what is wanted stays the same. */
  private untilEdge(): number {
    const now = this.world.api.clock.now();
    const edges = [nextEdge(this.plan, now), this.override?.until].filter(edge => edge !== undefined && edge > now) as EpochMs[];
    return Math.min(...edges.map(edge => edge - now), 60_000);
  }

  /** Tells a change, and keeps a fight with another controller at a pace that the API server bears. */
  private async say(change: Finding): Promise<void> {
    const { world } = this;
    world.log({ did: didOf(change), message: change.message, floor: this.liveFloor });
    world.notifier.tell(this.target.current ?? this.workload!.current, 'Normal', change);
    const now = world.timers.now();
    this.writes = [...this.writes.filter(at => at > now - BURST * FIGHT_MS), now];
    if (this.writes.length > BURST) {
      await world.timers.sleep(FIGHT_MS, world.stop);
    }
  }

  /** Tells findings that are new; one that ceases and comes again is new. */
  private sayOnce(findings: readonly Finding[]): void {
    const standing = standingOf(findings);
    for (const finding of findings) {
      if (this.standing.get(finding.reason) !== standing.get(finding.reason)) {
        this.world.log({ did: 'found', message: finding.message });
        const on = this.target.current ?? this.workload?.current;
        if (on) {
          this.world.notifier.tell(on, 'Warning', finding);
        }
      }
    }
    this.standing = standing;
  }

  /** Beside the guarding, and never in its way. */
  private async reportReadiness(): Promise<void> {
    try {
      await reportReadiness(this.world, () => ({ plan: this.plan, override: this.override }), this.event, this.ended.signal);
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      this.world.log({ did: 'found', message: `cannot report readiness: ${error.message}` });
    }
  }
}

function standingOf(findings: readonly Finding[]): ReadonlyMap<string, string> {
  return new Map(findings.map(({ reason, message, occurrence }) => [reason, `${message} ${occurrence}`]));
}
