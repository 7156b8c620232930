import { Live, Pods, mayLowerCeiling } from './live';
import { LiveBounds, Plan, ReplicaBounds } from './plan';

/** What of a target stays when its schedule goes. */
export interface Leaving {
  /** Floor and ceiling that stand from then on. */
  readonly then: LiveBounds;
  /** What must be written for that; absent: all stands already. */
  readonly write?: Partial<ReplicaBounds>;
  /** The ceiling that is higher than planned between events, since so many pods live. */
  readonly isCeilingHeld: boolean;
}

/**
 * Floor and ceiling of a target whose schedule goes: those between events, or the floor that somebody asks for.
 *
 * A floor that is higher than that and another's stays, as it does while there is a keeper. The ceiling is lowered only if it is the keeper's,
 * and never below the pods that live, which would be deleted at once.
 *
 * @param asked a floor, whoever holds the one that stands
 */
export function leavingOf(plan: Plan, live: Live, pods: Pods, asked?: number): Leaving {
  const isOthers = live.floor > plan.baseline.floor && !live.ownsFloor;
  const floor = asked ?? (isOthers ? live.floor : plan.baseline.floor);
  const writesFloor = floor !== live.floor;
  if (live.ceiling === undefined) {
    return { then: { floor }, ...(writesFloor ? { write: { floor } } : {}), isCeilingHeld: false };
  }
  const between = Math.max(plan.fixedCeiling ?? plan.manifestCeiling ?? plan.baseline.ceiling, floor);
  const least = Math.max(between, pods.most);
  const lowered = least < live.ceiling && mayLowerCeiling(live) ? least : live.ceiling;
  const ceiling = Math.max(lowered, floor);
  const write = { ...(writesFloor ? { floor } : {}), ...(ceiling === live.ceiling ? {} : { ceiling }) };
  return {
    then: { floor, ceiling },
    ...(Object.keys(write).length > 0 ? { write } : {}),
    isCeilingHeld: mayLowerCeiling(live) && ceiling > between,
  };
}
