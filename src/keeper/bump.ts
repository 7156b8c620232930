import { applyAndTell, runOnce } from './apply';
import { Guard, spanOf } from './guard';
import { endingOf } from './tell';
import { Ending, World } from './world';
import { Plan, waitOf } from '../core/plan/plan';

/** Raises the floor; then guards it where plan and override want it until the event's windows end, and applies the plan once more. */
export async function bump(world: World, plan: Plan, event: string, guards: boolean): Promise<Ending> {
  if (!guards) {
    return runOnce(world, plan, waitOf(plan, 'bump', event));
  }
  const first = await applyAndTell(world, plan);
  if (!spanOf(first.plan, event, world.api.clock.now(), waitOf(plan, 'bump', event))) {
    return endingOf(first);
  }
  const { exitCode, ...line } = endingOf(first);
  world.log({ ...line, message: `${line.message}; guards it from here on` });
  const followed = await new Guard(world, plan, event, first).run();
  return endingOf(await applyAndTell(world, followed));
}
