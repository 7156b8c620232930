import { Conflict, Unreachable, isRefused } from './api-error';
import { Told } from './findings';
import { Ending, World } from './world';
import { textOf } from '../core/finding';
import { ConfigMap, Stored, TargetObject, Workload } from '../core/kube-objects';
import { Change, belowCeiling, changeOf, decide, scaledOf, scaleOf, wantedNear, whyOf } from '../core/plan/decide';
import { Live, liveOf, podsOf, specOf } from '../core/plan/live';
import { CRON_STEP_MS, overrideName } from '../core/plan/names';
import { Override, Wanted, isMalformed, nextChange, readOverride } from '../core/plan/override';
import { Plan, ReplicaBounds, nextEdge } from '../core/plan/plan';
import { EpochMs } from '../core/time/instant';

export interface Overriding {
  readonly override?: Override;
  readonly finding?: Told;
}

/** What came of one look at the target. */
export interface Settled {
  /** The target as it stands after. */
  readonly object: Stored<TargetObject>;
  readonly live: Live;
  readonly wanted: Wanted;
  readonly change?: Change;
  readonly findings: readonly Told[];
  /** Why the floor is not what it must be. */
  readonly fallsShort?: string;
}

/**
 * Makes the live floor and ceiling what the plan asks for now.
 *
 * @throws ApiError, Unreachable
 */
export async function applyPlan(world: World, plan: Plan, deadline: number): Promise<Settled> {
  let before: Live | undefined;
  for (let attempt = 0; ; attempt++) {
    const [object, overriding] = await Promise.all([world.api.get<TargetObject>(plan.target, deadline), readOverriding(world, plan, deadline)]);
    // what is wanted now must not be written after the next edge
    const edge = world.api.within(untilEdge(plan, overriding.override, world.api.clock.now()));
    try {
      const settled = await settle(world, plan, overriding.override, object, { deadline: Math.min(deadline, edge), before });
      if (world.timers.now() < edge) {
        const woken = await wake(world, plan, settled, deadline);
        return { ...settled, findings: [...settled.findings, ...woken, ...overriding.finding ? [overriding.finding] : []] };
      }
      before ??= liveOf(object, plan);
    } catch (error) {
      const isOver = world.timers.now() >= deadline || world.stop.aborted;
      if (!(error instanceof Conflict || error instanceof Unreachable) || error instanceof Unreachable && isOver) {
        throw error;
      }
      if (isOver) {
        throw new Unreachable('the target changed faster than it could be patched');
      }
      if (error instanceof Unreachable || error.unheard) {
        before ??= liveOf(object, plan);
      }
      await world.api.pause(attempt, deadline);
    }
  }
}

export interface SettleOptions {
  readonly deadline: number;
  /** As just seen; absent: read when needed. */
  readonly workload?: Workload;
  /** How it stood before a write whose answer was lost. */
  readonly before?: Live;
}

/**
 * One look at a target that has just been read, and at most one write.
 *
 * @throws Conflict when it has changed meanwhile
 */
export async function settle(
  world: World, plan: Plan, override: Override | undefined, object: Stored<TargetObject>, options: SettleOptions,
): Promise<Settled> {
  const { api } = world;
  const live = liveOf(object, plan);
  const wanted = wantedNear(plan, override, live, api.clock.now());
  let decision = decide(wanted, live);
  if (decision.ceiling === 'wait') {
    const workload = options.workload ?? await api.find<Workload>(plan.workload, options.deadline);
    decision = decide(wanted, live, podsOf(workload, live));
  }
  const before = options.before ?? live;
  if (!decision.write) {
    return { object, live, wanted, findings: decision.findings, change: changeIn(object, before, live, wanted) };
  }
  const write = async (bounds: Partial<ReplicaBounds>) => {
    const written = await api.apply<TargetObject>(plan.target, object.metadata, specOf(plan.target, bounds), options.deadline);
    const after = liveOf(written, plan);
    return { object: written, live: after, wanted, findings: decision.findings, change: changeIn(written, before, after, wanted) };
  };
  try {
    const settled = await write(decision.write);
    const { floor } = settled.live;
    return floor === decision.then.floor ? settled : {
      ...settled,
      fallsShort: `the API server took floor ${decision.then.floor} and made it ${floor}; some admission webhook changes it, exempt this autoscaler from it`,
    };
  } catch (error) {
    const shortfall = isRefused(error, 'value') ? belowCeiling(decision, wanted, live, error.said) : undefined;
    if (!shortfall) {
      throw error;
    }
    const { decision: { write: lesser }, sentence } = shortfall;
    const settled = lesser ? await write(lesser) : { object, live, wanted, findings: decision.findings };
    return { ...settled, fallsShort: sentence };
  }
}

/** What happened to the target; each resource version tells it once. */
function changeIn(object: Stored, before: Live, after: Live, wanted: Wanted): Change | undefined {
  const change = changeOf(before, after, wanted);
  return change && { ...change, occurrence: object.metadata.resourceVersion };
}

export async function readOverriding(world: World, plan: Plan, deadline: number): Promise<Overriding> {
  return overridingIn(await world.api.find({ apiVersion: 'v1', kind: 'ConfigMap', name: overrideName(plan.service) }, deadline));
}

/** What the override's ConfigMap says; nothing where there is none. */
export function overridingIn(configMap: ConfigMap | undefined): Overriding {
  if (!configMap) {
    return {};
  }
  const read = readOverride(configMap.data);
  const occurrence = configMap.metadata?.resourceVersion;
  return isMalformed(read)
    ? { finding: { id: 'override-ignored', severity: 'warning', sentence: `${read.malformed}; the plan is in force`, occurrence } }
    : { override: read };
}

/** A workload that stands at 0 while pods are awaited is brought to the floor: its autoscaler would do nothing. */
async function wake(world: World, plan: Plan, { live, wanted }: Settled, deadline: number): Promise<Told[]> {
  const scale = scaleOf(wanted, live.isDisabled ? 0 : undefined, live.floor);
  if (!scale) {
    return [];
  }
  try {
    await world.api.scale(plan.workload, scale.from, scale.to, deadline);
    return [scaledOf(plan.workload, scale)];
  } catch (error) {
    if (error instanceof Conflict) {
      // it stands at 0 no longer
      return [];
    }
    throw error;
  }
}

/** Tells what came of it on the target. */
export function tell(world: World, { object, change, findings, fallsShort }: Settled): void {
  if (change) {
    world.notifier.tell(object, change);
  }
  findings.forEach(finding => world.notifier.tell(object, finding));
  if (fallsShort) {
    world.notifier.tell(object, { id: 'floor-falls-short', severity: 'warning', sentence: fallsShort });
  }
}

/** The ending of a run that has applied the plan. */
export function endingOf({ live, wanted, change, findings, fallsShort }: Settled): Ending {
  const stands = { floor: live.floor, ceiling: live.ceiling, ...(findings.length ? { findings: findings.map(textOf) } : {}) };
  return fallsShort
    ? { exitCode: 1, did: 'failed', message: fallsShort, ...stands }
    : { exitCode: 0, did: change?.did ?? 'unchanged', message: change?.sentence ?? `floor ${live.floor} is right for ${whyOf(wanted)}`, ...stands };
}

/** Applies the plan; shortly before an edge of it, waits for the edge and applies it again. */
export async function runOnce(world: World, plan: Plan, waits: boolean): Promise<Ending> {
  let settled = await applyPlan(world, plan, world.api.within(world.pace.onceMs));
  tell(world, settled);
  const { clock } = world.api;
  const edge = nextEdge(plan, clock.now());
  if (waits && edge !== undefined && edge - clock.now() <= CRON_STEP_MS) {
    await sleepUntil(world, edge);
    if (world.stop.aborted) {
      throw new Unreachable('told to stop');
    }
    const first = settled;
    settled = await applyPlan(world, plan, world.api.within(world.pace.onceMs));
    tell(world, settled);
    settled = { ...settled, change: settled.change ?? first.change };
  }
  return endingOf(settled);
}

/** How long what is wanted stays the same. */
export function untilEdge(plan: Plan, override: Override | undefined, now: EpochMs): number {
  return (nextChange(plan, override, now) ?? Infinity) - now;
}

/** Sleeps until the server's clock has certainly reached an instant. */
export async function sleepUntil(world: World, at: EpochMs, signal: AbortSignal = world.stop): Promise<void> {
  for (let left = at - world.api.clock.now(); left > 0 && !signal.aborted; left = at - world.api.clock.now()) {
    await world.timers.sleep(Math.min(left, 60_000), signal);
  }
}

