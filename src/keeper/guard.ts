import { ApiError, Conflict, Unreachable, isRefused } from './api-error';
import { Settled, applyPlan, endingOf, overridingIn, runOnce, settle, tell, untilEdge } from './apply';
import { Told } from './findings';
import { Followed } from './follow';
import { reportReadiness } from './verify';
import { Ending, World } from './world';
import { textOf } from '../core/finding';
import { ConfigMap, KubeObject, TargetObject, Workload } from '../core/kube-objects';
import { Change, scaleOf, scaledOf } from '../core/plan/decide';
import { PlanError, decodePlan } from '../core/plan/document';
import { hasWorkload } from '../core/plan/live';
import { CRON_STEP_MS, PLAN_KEY, configName, overrideName } from '../core/plan/names';
import { Override, wantedAt } from '../core/plan/override';
import { ObjectReference, Plan } from '../core/plan/plan';
import { EpochMs } from '../core/time/instant';
import { Interval, unionOf } from '../core/time/intervals';

/** Plan and override are looked at this much more rarely than what can cost pods. */
const CALM = 4;
/** For one change; then the world is looked at again. */
const TRY_MS = 10_000;
/** The clock may have been set meanwhile. */
const LONGEST_REST_MS = 60_000;
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
  return endingOf(await new Guard(world, plan, event, first).run());
}

/** The stretch of an event's windows, joined where they touch, that holds an instant or begins at most a cron step after it. */
export function spanOf(plan: Plan, event: string, at: EpochMs): Interval | undefined {
  const windows = plan.openings.filter(opening => opening.event === event).flatMap(opening => opening.windows);
  return unionOf(windows).find(span => span.from - CRON_STEP_MS <= at && at < span.until);
}

/** Sees every change of target, workload, plan and override, and answers it at once. It keeps nothing: a new one goes on where it ended. */
class Guard {
  private readonly target: Followed<TargetObject>;
  private readonly workload: Followed<Workload> | undefined;
  private readonly config: Followed<ConfigMap>;
  private readonly overriding: Followed<ConfigMap>;
  private readonly ended = new AbortController();
  /** Aborted, and replaced, whenever something is heard. */
  private news = new AbortController();
  private liveFloor: number;
  private writes: number[] = [];
  private planText: string | undefined;
  private planFinding: Told | undefined;

  constructor(private readonly world: World, private plan: Plan, private readonly event: string, private readonly first: Settled) {
    const follow = <T extends KubeObject>(ref: ObjectReference) => new Followed<T>(world, ref, () => this.rouse());
    this.target = follow(plan.target);
    this.workload = hasWorkload(plan.target, plan.workload) ? follow(plan.workload) : undefined;
    this.config = follow({ apiVersion: 'v1', kind: 'ConfigMap', name: configName(plan.service) });
    this.overriding = follow({ apiVersion: 'v1', kind: 'ConfigMap', name: overrideName(plan.service) });
    this.liveFloor = first.live.floor;
    this.target.observe(first.object);
  }

  /** Ends with the event's windows, or with a plan that no longer has them. */
  public async run(): Promise<Settled> {
    const { world, ended } = this;
    const { pollMs } = world.pace;
    world.stop.addEventListener('abort', () => {
      ended.abort();
      this.rouse();
    }, { once: true });
    const aside = [
      this.target.follow(pollMs, ended.signal),
      this.workload?.follow(pollMs, ended.signal),
      this.config.follow(pollMs * CALM, ended.signal),
      this.overriding.follow(pollMs * CALM, ended.signal),
      this.reportReadiness(),
    ];
    // neither waits for the other: the API server may answer one and not the other
    await Promise.all([
      this.keep(async () => this.restoreTarget(), this.first.findings),
      this.keep(async () => this.restoreWorkload(), []),
    ]);
    ended.abort();
    await Promise.all(aside);
    if (world.stop.aborted) {
      throw new Unreachable('told to stop; another guard or the next run of bump goes on');
    }
    const last = await applyPlan(world, this.plan, world.api.within(world.pace.onceMs));
    tell(world, last);
    return last;
  }

  private get override(): Override | undefined {
    // until it is followed, what the first look found: a guard that starts must not undo it for the blink of an eye
    return this.overriding.isKnown ? overridingIn(this.overriding.current).override : this.first.wanted.override;
  }

  private isOn(): boolean {
    const { kind, name } = this.target.ref;
    const isSame = this.plan.target.kind === kind && this.plan.target.name === name;
    return isSame && !this.world.stop.aborted && spanOf(this.plan, this.event, this.world.api.clock.now()) !== undefined;
  }

  private rouse(): void {
    this.readPlan();
    const { news } = this;
    this.news = new AbortController();
    news.abort();
  }

  private readPlan(): void {
    const text = this.config.current?.data?.[PLAN_KEY];
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
      this.planFinding = { id: 'plan-unreadable', severity: 'warning', sentence: `${error.message}; the plan before it stays in force` };
    }
  }

  /** Restores at each news and each edge; tells findings that are new. */
  private async keep(restore: () => Promise<readonly Told[]>, told: readonly Told[]): Promise<void> {
    const { world } = this;
    let standing = standingOf(told);
    while (this.isOn()) {
      const { news } = this;
      let restMs = this.untilEdge();
      let findings: readonly Told[] | undefined;
      try {
        findings = await restore();
      } catch (error) {
        if (!(error instanceof ApiError || error instanceof Unreachable)) {
          throw error;
        }
        restMs = world.pace.backoffMaxMs;
        if (error instanceof Conflict || isRefused(error, 'absent')) {
          // it has changed; a dead watch would not bring how
          void this.target.look(world.api.within(TRY_MS)).catch(() => undefined);
          void this.workload?.look(world.api.within(TRY_MS)).catch(() => undefined);
        } else {
          findings = [{ id: 'guard-hindered', severity: 'warning', sentence: error.message }];
        }
      }
      if (findings) {
        this.sayNew(findings, standing);
        standing = standingOf(findings);
      }
      await world.timers.sleep(restMs, news.signal);
    }
  }

  private async restoreTarget(): Promise<readonly Told[]> {
    const { world, plan, target } = this;
    const findings = [this.planFinding, overridingIn(this.overriding.current).finding].filter(finding => finding !== undefined);
    if (!target.current) {
      const sentence = `${plan.target.kind} ${plan.target.name} is gone; its floor is set as soon as it is back`;
      return [...findings, { id: 'target-missing', severity: 'warning', sentence }];
    }
    const settled = await settle(world, plan, this.override, target.current, { deadline: this.deadline(), workload: this.workload?.current });
    this.liveFloor = settled.live.floor;
    target.observe(settled.object);
    if (settled.change) {
      await this.say(settled.change);
    }
    const { fallsShort } = settled;
    return [...findings, ...settled.findings, ...fallsShort ? [{ id: 'floor-falls-short' as const, severity: 'warning' as const, sentence: fallsShort }] : []];
  }

  /** Where the workload itself was scaled below the floor, its autoscaler would need up to 15 s, or, at 0, do nothing at all. */
  private async restoreWorkload(): Promise<readonly Told[]> {
    const { world, plan, target, workload } = this;
    const object = workload?.current;
    const wanted = wantedAt(plan, this.override, world.api.clock.now());
    if (!workload || !object || object.metadata.deletionTimestamp) {
      return [];
    }
    const scale = scaleOf(wanted, object.spec?.replicas ?? 1, target.current ? this.liveFloor : wanted.floor);
    if (scale) {
      const resourceVersion = await world.api.scale(plan.workload, scale.from, scale.to, this.deadline());
      workload.observe({ ...object, metadata: { ...object.metadata, resourceVersion }, spec: { ...object.spec, replicas: scale.to } });
      await this.say({ ...scaledOf(plan.workload, scale), occurrence: resourceVersion });
    }
    return [];
  }

  private untilEdge(): number {
    return Math.min(untilEdge(this.plan, this.override, this.world.api.clock.now()), LONGEST_REST_MS);
  }

  /** Of one try: what is wanted now must not be written after the next edge. */
  private deadline(): number {
    return this.world.api.within(Math.min(TRY_MS, this.untilEdge()));
  }

  /** Tells a change, and keeps a fight with another controller at a pace that the API server bears. */
  private async say(change: Change): Promise<void> {
    const { world } = this;
    world.log({ did: change.did, message: change.sentence, floor: this.liveFloor });
    world.notifier.tell(this.target.current ?? this.workload?.current ?? this.first.object, change);
    const now = world.timers.now();
    this.writes = [...this.writes.filter(at => at > now - BURST * FIGHT_MS), now];
    if (this.writes.length > BURST) {
      await world.timers.sleep(FIGHT_MS, world.stop);
    }
  }

  private sayNew(findings: readonly Told[], standing: ReadonlyMap<string, string>): void {
    const now = standingOf(findings);
    for (const finding of findings.filter(({ id }) => standing.get(id) !== now.get(id))) {
      this.world.log({ did: 'found', message: textOf(finding) });
      this.world.notifier.tell(this.target.current ?? this.first.object, finding);
    }
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

/** What was said and is still so, by its id. */
function standingOf(findings: readonly Told[]): ReadonlyMap<string, string> {
  return new Map(findings.map(finding => [finding.id, `${textOf(finding)} ${finding.occurrence}`]));
}
