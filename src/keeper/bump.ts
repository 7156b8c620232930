import { isRefused } from './api-error';
import { runOnce } from './apply';
import { Ending, World } from './world';
import { heldSpan } from '../core/plan/guards';
import { Plan, waitOf } from '../core/plan/plan';

/** Raises the floor, and has guards stand; while a window holds the floor it does not end before that has come about. */
export async function bump(world: World, plan: Plan, event: string): Promise<Ending> {
  const { clock } = world.api;
  const waitMs = waitOf(plan, 'bump', event);
  // a pod with another token comes only when this one has ended
  return runOnce(world, plan, waitMs, (error, current) =>
    !isRefused(error, 'unknown-account') && (!clock.isSet || heldSpan(current, clock.now()) !== undefined));
}
