import { isRefused } from './api-error';
import { LOOK_MS } from './look';
import { World } from './world';
import { guardsAt, guardsReference } from '../core/plan/guards';
import { Plan } from '../core/plan/plan';

/**
 * Has as many guards stand as the moment wants: those of the plan while a window holds the floor, none otherwise.
 *
 * @throws ApiError, Unreachable
 */
export async function placeGuards(world: World, plan: Plan): Promise<void> {
  if (plan.guards === 0) {
    return;
  }
  const { api } = world;
  const wanted = guardsAt(plan, api.clock.now());
  try {
    await api.resize(guardsReference(plan.service), wanted, api.within(LOOK_MS));
  } catch (error) {
    // where none is wanted, none is right
    if (wanted > 0 || !isRefused(error, 'absent')) {
      throw error;
    }
  }
}
