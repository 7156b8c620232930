import { Conflict, Unreachable } from './api-error';
import { Told } from './findings';
import { LOOK_MS } from './look';
import { Settled, settle } from './settle';
import { readSituation, rereadSituation, untilChange } from './situation';
import { endingOf, tell } from './tell';
import { sleepUntil } from './wait';
import { Ending, World } from './world';
import { TargetObject } from '../core/kube-objects';
import { scaleOf, scaledOf } from '../core/plan/decide';
import { Live, liveOf } from '../core/plan/live';
import { CRON_STEP_MS } from '../core/plan/names';
import { otherWorkloadOf } from '../core/plan/other-workload';
import { Plan, nextEdge } from '../core/plan/plan';

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
        return { ...settled, findings: [...settled.findings, ...woken, ...situation.findings] };
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
async function wake(world: World, { workload }: Plan, { object, plan, live, wanted }: Settled, deadline: number): Promise<Told[]> {
  const scale = scaleOf(wanted, live.isDisabled ? 0 : undefined, live.floor);
  if (!scale || otherWorkloadOf(object, plan)) {
    return [];
  }
  try {
    await world.api.scale(workload, scale.from, scale.to, deadline);
    return [scaledOf(workload, scale)];
  } catch (error) {
    if (error instanceof Conflict) {
      // it stands at 0 no longer
      return [];
    }
    throw error;
  }
}

/**
 * Applies the plan; then waits for each of its edges that comes soon, and applies it again.
 *
 * @param waitMs which edges are waited for: those within so long from now
 */
export async function runOnce(world: World, mounted: Plan, waitMs: number): Promise<Ending> {
  const { clock } = world.api;
  let settled = await applyAndTell(world, mounted);
  let { plan } = settled;
  const end = clock.now() + waitMs;
  for (let edge = nextEdge(plan, clock.now()); edge !== undefined && edge <= end; edge = nextEdge(plan, clock.now())) {
    await sleepUntil(world, edge);
    if (world.stop.aborted) {
      throw new Unreachable('told to stop');
    }
    if (waitMs > CRON_STEP_MS) {
      // in hours the plan can change, and the mounted one stays what it was when this run began
      ({ plan } = await rereadSituation(world, { plan, findings: [] }, world.api.within(LOOK_MS)));
    }
    const { change } = settled;
    settled = await applyAndTell(world, plan);
    settled = { ...settled, change: settled.change ?? change };
    ({ plan } = settled);
  }
  return endingOf(settled);
}

/** Applies the plan, and tells what came of it. */
export async function applyAndTell(world: World, plan: Plan): Promise<Settled> {
  const settled = await applyPlan(world, plan, world.api.within(world.pace.onceMs));
  tell(world, settled);
  return settled;
}
