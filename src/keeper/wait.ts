import { World } from './world';
import { EpochMs } from '../core/time/instant';

/** The server's clock may be set meanwhile, and is looked at again after this long. */
const LONGEST_SLEEP_MS = 60_000;

/** Sleeps until the server's clock has certainly reached an instant. */
export async function sleepUntil(world: World, at: EpochMs): Promise<void> {
  const { api: { clock }, timers, stop } = world;
  for (let left = at - clock.now(); left > 0 && !stop.aborted; left = at - clock.now()) {
    await timers.sleep(Math.min(left, LONGEST_SLEEP_MS), stop);
  }
}
