import { World } from './world';
import { Stored, TargetObject } from '../core/kube-objects';
import { liveOf } from '../core/plan/live';
import { Plan } from '../core/plan/plan';
import { listsAutoscalers } from '../core/plan/rights';
import { followTrouble, keeperTrouble, ownerTrouble, pauseTrouble, readyTrouble, rivalTrouble } from '../core/plan/target-troubles';

/** The target is somebody else's, or paused: another schedule's, another controller's, or its workload is another autoscaler's. */
export class TargetTaken extends Error {}

/** The target is not followed now; that may come, when its own controller has seen it. */
export class NotFollowed extends Error {}

/**
 * Refuses a target of which somebody else would undo the floor.
 *
 * @throws TargetTaken, NotFollowed
 */
export async function refuseOtherHands(world: World, plan: Plan, target: Stored<TargetObject>, deadline: number): Promise<void> {
  const autoscalers = listsAutoscalers(plan) ? await world.api.autoscalers(deadline) : [];
  const taken = keeperTrouble(target, liveOf(target, plan)) ?? ownerTrouble(target) ?? pauseTrouble(target)
    ?? rivalTrouble(plan.target, plan.workload, autoscalers);
  if (taken !== undefined) {
    throw new TargetTaken(taken);
  }
  const unready = readyTrouble(target);
  if (unready !== undefined) {
    throw new NotFollowed(unready);
  }
}

/** What KEDA's autoscaler does not have yet of what the target says; undefined: all. */
export async function whyNotFollowed(world: World, plan: Plan, target: TargetObject, deadline: number): Promise<string | undefined> {
  return listsAutoscalers(plan) ? followTrouble(target, await world.api.autoscalers(deadline)) : undefined;
}
