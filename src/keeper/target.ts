import { KubeObject } from './kube-api';
import { MANAGER_PREFIX } from '../core/plan/names';
import { ObjectReference, ReplicaBounds } from '../core/plan/plan';
import { Hand, TARGET_FIELDS, boundsOf, holdersOf } from '../core/plan/target-fields';

/** The target as it stands, and who wrote it. */
export interface Live {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly floor: number;
  readonly ceiling?: number;
  /** The keeper's field manager holds the field, alone or with others. */
  readonly ownsFloor: boolean;
  readonly ownsCeiling: boolean;
  /** Nobody else holds the ceiling: leaving it out of the next apply would remove it. */
  readonly ownsCeilingAlone: boolean;
  /** Who last wrote it, other than the keeper. */
  readonly floorHand?: Hand;
  readonly ceilingHand?: Hand;
  /** Field manager of another schedule's keeper that holds the floor. */
  readonly otherKeeper?: string;
  /** The most pods that its status speaks of; undefined: it does not say. */
  readonly count?: number;
  /** The autoscaler does nothing, since the workload stands at 0. */
  readonly isDisabled: boolean;
}

export function isKnownKind(kind: string): boolean {
  return kind in TARGET_FIELDS;
}

/** Whether floor and workload are two objects. */
export function hasWorkload(target: ObjectReference, workload: ObjectReference): boolean {
  return target.kind !== workload.kind || target.name !== workload.name;
}

export function liveOf(object: KubeObject, manager: string): Live {
  const fields = TARGET_FIELDS[object.kind];
  const ofFloor = holdersOf(object, fields.floor);
  const ofCeiling = fields.ceiling ? holdersOf(object, fields.ceiling) : [];
  const isOurs = (holder: Hand) => holder.manager === manager;
  const status = object.status ?? {};
  const counts = [status.currentReplicas, status.desiredReplicas, status.replicas].filter(Number.isInteger);
  return {
    uid: object.metadata.uid,
    resourceVersion: object.metadata.resourceVersion,
    ...boundsOf(object),
    ownsFloor: ofFloor.some(isOurs),
    ownsCeiling: ofCeiling.some(isOurs),
    ownsCeilingAlone: ofCeiling.length > 0 && ofCeiling.every(isOurs),
    floorHand: ofFloor.find(holder => !isOurs(holder)),
    ceilingHand: ofCeiling.find(holder => !isOurs(holder)),
    otherKeeper: ofFloor.find(holder => !isOurs(holder) && holder.manager.startsWith(MANAGER_PREFIX))?.manager,
    count: counts.length ? Math.max(...counts) : undefined,
    isDisabled: (status.conditions ?? []).some((c: KubeObject) => c.type === 'ScalingActive' && c.status === 'False' && c.reason === 'ScalingDisabled'),
  };
}

/** The `spec` that an apply carries. */
export function specOf(kind: string, write: Partial<ReplicaBounds>): object {
  const fields = TARGET_FIELDS[kind];
  return {
    ...(write.floor === undefined ? {} : { [fields.floor]: write.floor }),
    ...(write.ceiling === undefined || !fields.ceiling ? {} : { [fields.ceiling]: write.ceiling }),
  };
}
