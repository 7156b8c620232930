import { Conflict, Refusal, Unreachable, isRefused } from './api-error';
import { Told } from './findings';
import { placeGuards } from './guards';
import { insist } from './insist';
import { LOOK_MS } from './look';
import { moveIn } from './move-in';
import { Settled, settle } from './settle';
import { readSituation, rereadSituation, untilChange } from './situation';
import { endingOf, tell } from './tell';
import { sleepUntil } from './wait';
import { Ending, World } from './world';
import { TargetObject, Workload } from '../core/kube-objects';
import { followingOf, scaleOf } from '../core/plan/decide';
import { Live, liveOf } from '../core/plan/live';
import { CRON_STEP_MS } from '../core/plan/names';
import { otherWorkloadOf } from '../core/plan/other-workload';
import { Plan, nextEdge } from '../core/plan/plan';
import { targetKindOf } from '../core/plan/target-kind';

/**
 * Makes the live floor and ceiling what the plan asks for now.
 *
 * @param deadline by the timers
 * @throws ApiError, Unreachable
 */
export async function applyPlan(world: World, plan: Plan, deadline: number): Promise<Settled> {
  const { api, timers, stop } = world;
  let before: Live | undefined;
  for (let attempt = 0; ; attempt++) {
    const [object, situation] = await Promise.all([api.get<TargetObject>(plan.target, deadline), readSituation(world, plan, deadline)]);
    // what is wanted now must not be written after the next edge
    const edge = api.within(untilChange(situation, api.clock.now()));
    try {
      const settled = await settle(world, situation, object, { deadline: Math.min(deadline, edge), before });
      if (timers.now() < edge) {
        const woken = await wake(world, plan, settled, deadline);
        const moved = await moveIn(world, plan, settled.object, settled.live, deadline);
        return { ...settled, findings: [...settled.findings, ...woken, ...moved, ...situation.findings] };
      }
      before ??= liveOf(object, plan);
    } catch (error) {
      if (!(error instanceof Conflict || error instanceof Unreachable)) {
        throw error;
      }
      const isOver = timers.now() >= deadline || stop.aborted;
      if (isOver) {
        throw error instanceof Unreachable ? error : new Unreachable('the target changed faster than it could be patched');
      }
      const mayBeWritten = error instanceof Unreachable || error.unheard;
      if (mayBeWritten) {
        before ??= liveOf(object, plan);
      }
      await api.pause(attempt, deadline);
    }
  }
}

/** A workload that stands at 0 while pods are awaited is brought to the floor: its autoscaler would do nothing. */
async function wake(world: World, { workload }: Plan, settled: Settled, deadline: number): Promise<Told[]> {
  const { object, plan, live, wanted } = settled;
  const scale = scaleOf(wanted, await isAtZero(world, settled, deadline) ? 0 : undefined, live.floor);
  if (!scale || otherWorkloadOf(object, plan)) {
    return [];
  }
  try {
    await world.api.scale(workload, scale.from, scale.to, deadline);
    return [followingOf(workload, scale)];
  } catch (error) {
    if (error instanceof Conflict) {
      // it stands at 0 no longer
      return [];
    }
    throw error;
  }
}

/** Whether the workload is at 0 where that matters: its autoscaler says so, or is about to, since it was to have no pods until now. */
async function isAtZero({ api }: World, { plan, live, wanted }: Settled, deadline: number): Promise<boolean> {
  const { target, workload, baseline } = plan;
  const maySleep = baseline.floor === 0 && targetKindOf(target)?.follows === 'autoscaling' && scaleOf(wanted, 0, live.floor) !== undefined;
  if (live.isDisabled || !maySleep) {
    return live.isDisabled;
  }
  return (await api.find<Workload>(workload, deadline))?.spec?.replicas === 0;
}

/** How often a run that waits for hours looks whether it still waits for the right thing. */
const REREAD_MS = 60_000;

/** Whether what failed is tried once more: what came in its way, and the plan by which it went. */
type IsWorthIt = (error: Error, plan: Plan) => boolean;

/**
 * Applies the plan, and has the guards stand where it wants them; then waits for each of its edges that comes soon, and does so again.
 *
 * @param waitMs which edges are waited for: those within so long from now
 * @param isWorthIt default: a right or an object that is missing is given a minute
 * @throws ApiError, Unreachable, NewerPlan
 */
export async function runOnce(world: World, mounted: Plan, waitMs: number, isWorthIt?: IsWorthIt): Promise<Ending> {
  return endingOf(await settleThrough(world, mounted, waitMs, isWorthIt));
}

/** As `runOnce`; what came of the last look. */
export async function settleThrough(world: World, mounted: Plan, waitMs: number, isWorthIt?: IsWorthIt): Promise<Settled> {
  const { clock } = world.api;
  let settled = await putInForce(world, mounted, isWorthIt);
  let { plan } = settled;
  const end = clock.now() + waitMs;
  // in hours the plan can change, and the mounted one stays what it was when this run began
  const stepMs = waitMs > CRON_STEP_MS ? REREAD_MS : Infinity;
  for (let edge = nextEdge(plan, clock.now()); edge !== undefined && edge <= end; edge = nextEdge(plan, clock.now())) {
    const until = Math.min(edge, clock.now() + stepMs);
    await sleepUntil(world, until);
    if (world.stop.aborted) {
      throw new Unreachable('told to stop');
    }
    const before = plan;
    plan = stepMs === Infinity ? plan : await latestPlan(world, plan);
    if (until < edge && JSON.stringify(plan) === JSON.stringify(before)) {
      continue;
    }
    const { change } = settled;
    settled = await putInForce(world, plan, isWorthIt);
    settled = { ...settled, change: settled.change ?? change };
    ({ plan } = settled);
  }
  return settled;
}

/** The plan as it stands now, and as it was where it cannot be read. */
export async function latestPlan(world: World, plan: Plan): Promise<Plan> {
  return (await rereadSituation(world, { plan, findings: [] }, world.api.within(LOOK_MS), 'throw')).plan;
}

/** Rights that land late, and an API server that has just started and knows none, are given time; so is a target. */
function forAWhile({ api, timers, pace }: World): IsWorthIt {
  const until = api.within(pace.rightsMs);
  return error => timers.now() < until && PASSING.some(refusal => isRefused(error, refusal));
}

const PASSING: readonly Refusal[] = ['missing-right', 'unknown-account', 'absent'];

async function putInForce(world: World, given: Plan, isWorthIt: IsWorthIt = forAWhile(world)): Promise<Settled> {
  let plan = given;
  const settled = await insist(world, async failures => {
    plan = failures === 0 ? plan : await latestPlan(world, plan);
    return applyAndTell(world, plan);
  }, error => isWorthIt(error, plan));
  await insist(world, async () => placeGuards(world, settled.plan), error => isWorthIt(error, settled.plan));
  return settled;
}

/** Applies the plan, and tells what came of it. */
export async function applyAndTell(world: World, plan: Plan): Promise<Settled> {
  const settled = await applyPlan(world, plan, world.api.within(world.pace.onceMs));
  tell(world, settled);
  return settled;
}
