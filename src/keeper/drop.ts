import { applyPlan, latestPlan, settleThrough } from './apply';
import { letGo, tellLetGo } from './let-go';
import { Settled } from './settle';
import { endingOf, tell } from './tell';
import { Ending, World } from './world';
import { Plan, waitOf } from '../core/plan/plan';

/** How long drop stays for a ceiling; its Job is ended after an hour. */
const CEILING_MS = 55 * 60_000;

/** How often it looks whether few enough pods are left. */
const LOOK_MS = 15_000;

/** Lowers the floor; then stays until the ceiling, which must not cut a pod, can follow. */
export async function drop(world: World, mounted: Plan, event: string | undefined): Promise<Ending> {
  const { api, timers, stop } = world;
  let settled = await settleThrough(world, mounted, waitOf(mounted, 'drop', event));
  const { change } = settled;
  const deadline = api.within(CEILING_MS);
  if (isHeldUp(settled)) {
    const { exitCode, ...line } = endingOf(settled);
    world.log(line);
  }
  while (isHeldUp(settled) && timers.now() < deadline && !stop.aborted) {
    await timers.sleep(LOOK_MS, stop);
    settled = await applyPlan(world, await latestPlan(world, settled.plan), api.within(world.pace.onceMs));
    if (settled.change) {
      tell(world, settled);
    }
  }
  // what a window has held up goes with it
  const former = (await letGo(world, settled.plan, api.within(world.pace.onceMs))).filter(({ state }) => state !== undefined);
  tellLetGo(world, former, settled.object);
  return endingOf({ ...settled, change: settled.change ?? change });
}

/** More pods run than the ceiling would allow. */
function isHeldUp({ findings }: Settled): boolean {
  return findings.some(({ id }) => id === 'ceiling-waits');
}
