import { withoutManager } from './field-managers';
import { leavingOf } from './leaving';
import { Live, liveOf } from './live';
import { managerName } from './names';
import { Plan, ReplicaBounds } from './plan';
import { ownerTrouble, rivalTrouble } from './target-troubles';
import { ManagedFields, TargetObject } from '../kube-objects';

/** What is to be done with an object that was the target of a schedule before. */
export type FormerTarget =
  /** The keeper holds nothing of it any more. */
  | { readonly is: 'free' }
  /** It scales the pods of the new target too: while it is there, no floor of it is the right one. */
  | { readonly is: 'rival'; readonly sentence: string }
  | {
    readonly is: 'held';
    readonly live: Live;
    /** What an apply must carry before; absent: all of it stands already. */
    readonly write?: Partial<ReplicaBounds>;
  };

/**
 * What becomes of an object that was the target before: it gets the floor of between events, as far as the one that stands is the keeper's, and
 * is then nobody's.
 */
export function formerTargetOf(object: TargetObject, plan: Plan): FormerTarget {
  const rival = rivalTrouble(plan.target, plan.workload, [object]);
  if (rival !== undefined) {
    return { is: 'rival', sentence: rival };
  }
  if (withoutKeeper(object, plan) === undefined) {
    return { is: 'free' };
  }
  const live = liveOf(object, plan);
  // what another controller writes is its own matter
  const owned = ownerTrouble(object) === undefined && live.ownsFloor;
  const { then, write } = owned ? leavingOf(plan, live, { most: live.count ?? Infinity }) : { then: live };
  const activates = live.activation?.isOwn === true;
  if (!write && !activates) {
    return { is: 'held', live };
  }
  // an apply that left out what only the keeper holds would remove it
  const carriesCeiling = then.ceiling !== undefined && (write?.ceiling !== undefined || live.ownsCeilingAlone);
  return { is: 'held', live, write: { ...live.ownsFloor ? { floor: then.floor } : {}, ...carriesCeiling ? { ceiling: then.ceiling } : {} } };
}

/** The record of who holds what, without the keeper of a plan; undefined: it holds nothing. */
export function withoutKeeper(object: TargetObject, { service }: Pick<Plan, 'service'>): ManagedFields[] | undefined {
  return withoutManager(object, managerName(service));
}
