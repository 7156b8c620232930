import { ApiError, Unreachable } from './api-error';
import { World } from './world';

/** After a try that failed; doubled with each. */
const SHORTEST_REST_MS = 250;
/** A floor is up so long after the cause is gone. */
const LONGEST_REST_MS = 5_000;

/** Before the next try, with jitter; none where nothing works: every try waits for its turn then. */
export function restAfter({ api, random }: World, failures: number): number {
  const most = Math.min(LONGEST_REST_MS, SHORTEST_REST_MS * 2 ** Math.min(failures, 20));
  return api.backoff.isDeep ? 0 : most * (0.9 + random() / 10);
}

/**
 * Tries until it comes about: a right or an object that is missing may come back, and then the floor must be up at once.
 *
 * What stands in the way is said once, and again when it reads otherwise.
 *
 * @param act is given the number of tries that have failed
 * @throws what came in its way, where that is no longer worth another try
 */
export async function insist<T>(world: World, act: (failures: number) => Promise<T>, isWorthIt: (error: Error) => boolean): Promise<T> {
  let said: string | undefined;
  for (let failures = 0; ;) {
    try {
      return await act(failures);
    } catch (error) {
      const mayPass = error instanceof ApiError || error instanceof Unreachable;
      if (!mayPass || world.stop.aborted || !isWorthIt(error)) {
        throw error;
      }
      if (error.message !== said) {
        said = error.message;
        world.log({ did: 'waiting', message: said });
      }
      await world.timers.sleep(restAfter(world, ++failures), world.stop);
    }
  }
}
