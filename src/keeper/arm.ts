import { Unreachable, isRefused } from './api-error';
import { applyPlan } from './apply';
import { placeGuards } from './guards';
import { letGoInTime, tellLetGo } from './let-go';
import { NotFollowed, whyNotFollowed } from './other-hands';
import { WorkloadDiffers, prove } from './prove';
import { tellUnreachable } from './reach';
import { NotScalable } from './scalable';
import { Settled } from './settle';
import { endingOf, tell } from './tell';
import { Ending, World } from './world';
import { textOf } from '../core/finding';
import { TargetObject } from '../core/kube-objects';
import { Plan } from '../core/plan/plan';
import { targetKindNames, targetKindOf } from '../core/plan/target-kind';

/** After which the floor is looked at once more: a guard that knows another plan would have changed it by then. */
const SECOND_LOOK_MS = 1_000;

/** By the timers. */
interface Deadlines {
  /** For the target and the workload. */
  readonly objects: number;
  /** For rights, for a kind that is defined otherwise, and for a target that scales another workload than the plan's, or is not followed. */
  readonly rights: number;
}

/**
 * Proves at deploy time what the other jobs will need, by using every single right, then applies the plan.
 *
 * Waits until target and workload exist, and a minute for rights, since they may land after it.
 */
export async function arm(world: World, plan: Plan): Promise<Ending> {
  const { api, pace, timers, stop } = world;
  if (!targetKindOf(plan.target)) {
    return failed(`${plan.target.kind} is no kind that has a floor; the target must be a ${targetKindNames()}`);
  }
  const deadlines: Deadlines = { objects: api.within(pace.armMs), rights: api.within(pace.rightsMs) };
  let said: string | undefined;
  for (let attempt = 0; ; attempt++) {
    const troubles = await prove(world, plan, deadlines.objects);
    if (troubles.length === 0) {
      break;
    }
    const message = [...new Set(troubles.map(trouble => trouble.message))].join('; ');
    const isHopeless = troubles.some(trouble => timers.now() >= patienceFor(trouble, deadlines));
    if (isHopeless || stop.aborted) {
      return failed(message);
    }
    if (message !== said) {
      world.log({ did: 'waiting', message });
      said = message;
    }
    await api.pause(attempt, deadlines.objects);
  }
  const settled = await settleDown(world, plan, deadlines.objects);
  const ending = endingOf(settled);
  await Promise.all([placeGuards(world, plan), tellUnreachable(world, plan, settled.object)]);
  const lag = await lagOf(world, plan, settled);
  if (lag !== undefined) {
    return failed(lag);
  }
  const former = await letGoInTime(world, plan, deadlines.objects);
  tellLetGo(world, former, settled.object);
  const rivals = former.filter(({ isRival }) => isRival);
  if (rivals.length > 0) {
    return failed(rivals.map(({ finding }) => textOf(finding)).join('; '));
  }
  return ending.exitCode === 0 ? { ...ending, message: `all rights proved; ${ending.message}` } : ending;
}

/**
 * Applies the plan, and looks again: guards of the release before may go by the plan that they know until they are replaced.
 *
 * @throws Unreachable where the floor does not stay
 */
async function settleDown(world: World, plan: Plan, deadline: number): Promise<Settled> {
  const { timers, stop, pace } = world;
  let settled = await applyPlan(world, plan, deadline);
  tell(world, settled);
  const until = timers.now() + pace.rightsMs;
  for (;;) {
    await timers.sleep(SECOND_LOOK_MS, stop);
    const again = await applyPlan(world, plan, deadline);
    const { change } = settled;
    settled = { ...again, change: again.change ?? change };
    if (!again.change || stop.aborted) {
      return settled;
    }
    if (timers.now() >= until) {
      throw new Unreachable(`the floor does not stay: ${again.change.sentence}`);
    }
    tell(world, again);
  }
}

/** What the target's own controller has not made of it after a while; undefined: nothing. */
async function lagOf(world: World, plan: Plan, { object }: Settled): Promise<string | undefined> {
  const { api, pace, timers, stop } = world;
  const deadline = api.within(pace.rightsMs);
  for (let attempt = 0; ; attempt++) {
    const target = attempt === 0 ? object : await api.get<TargetObject>(plan.target, deadline);
    const lag = await whyNotFollowed(world, plan, target, deadline);
    if (lag === undefined || timers.now() >= deadline || stop.aborted) {
      return lag;
    }
    await api.pause(attempt, deadline);
  }
}

/** Until when what is missing may still come; long ago for what will not. */
function patienceFor(trouble: Error, deadlines: Deadlines): number {
  if (isRefused(trouble, 'missing-right') || [WorkloadDiffers, NotFollowed, NotScalable].some(late => trouble instanceof late)) {
    return deadlines.rights;
  }
  return isRefused(trouble, 'absent') ? deadlines.objects : -Infinity;
}

function failed(message: string): Ending {
  return { exitCode: 1, did: 'failed', message };
}
