import { holdsAnnotation } from './field-managers';
import { MANAGER_PREFIX, managerName } from './names';
import { LiveBounds, ObjectReference, Plan, ReplicaBounds } from './plan';
import { KindReference, isSameObject } from './reference';
import { boundsOf, knownTargetKindOf } from './target-kind';
import { TargetObject, Workload, conditionOf } from '../kube-objects';

/** Somebody who wrote a field, as the API server remembers it. */
export interface Hand {
  readonly manager: string;
  /** ISO UTC; empty where it is not known. */
  readonly time: string;
}

/** The target as it stands, and who wrote it; a plain record, which a simulation can fill as well as a cluster. */
export interface Live extends LiveBounds {
  /** The keeper's field manager holds the field, alone or with others. */
  readonly ownsFloor: boolean;
  readonly ownsCeiling: boolean;
  /** Nobody else holds the ceiling: leaving it out of the next apply would remove it. */
  readonly ownsCeilingAlone: boolean;
  /** Who last wrote it, other than the keeper. */
  readonly floorHand?: Hand;
  readonly ceilingHand?: Hand;
  /** The ceiling in the target's own manifest: one that stands at just this counts as the keeper's, whoever applied it; absent: none does. */
  readonly manifestCeiling?: number;
  /** Field manager of another schedule's keeper that holds the floor. */
  readonly otherKeeper?: string;
  /** The most pods that its status speaks of; undefined: it does not say. */
  readonly count?: number;
  /** Of a target that goes to 0, or to an idle size, while nothing asks for pods; absent: it does not. */
  readonly activation?: Activation;
  /** The autoscaler does nothing, since the workload stands at 0. */
  readonly isDisabled: boolean;
}

/** What keeps the pods of a target above 0, or above its idle size. */
export interface Activation {
  readonly isOn: boolean;
  /** The keeper has said so. */
  readonly isOwn: boolean;
}

/** The pods of a target's workload, as far as they are known. */
export interface Pods {
  /** How many its workload is asked for; absent: unknown. */
  readonly asked?: number;
  /** The most that live or are asked for; unknown counts as infinitely many, so that nothing is cut. */
  readonly most: number;
}

/** Nobody has looked at the workload. */
export const UNKNOWN_PODS: Pods = { most: Infinity };

/** The pods of a workload: the most that it, or its autoscaler, has or asks for; unknown where it is not there. */
export function podsOf(workload: Pick<Workload, 'spec' | 'status'> | undefined, live: Pick<Live, 'count'>): Pods {
  if (!workload) {
    return UNKNOWN_PODS;
  }
  // what Kubernetes takes a workload for that does not say
  const asked = workload.spec?.replicas ?? 1;
  return { asked, most: Math.max(asked, workload.status?.replicas ?? 0, live.count ?? 0) };
}

/** Whether the keeper may lower the ceiling. */
export function mayLowerCeiling({ ownsCeiling, ceiling, manifestCeiling }: Live): boolean {
  return ownsCeiling || ceiling !== undefined && ceiling === manifestCeiling;
}

/** The target as the API server answers it, seen by the keeper of a plan. */
export function liveOf(object: TargetObject, { service, manifestCeiling }: Pick<Plan, 'service' | 'manifestCeiling'>): Live {
  const manager = managerName(service);
  const { floor: ofFloor, ceiling: ofCeiling } = ownersOf(object);
  const isOurs = (holder: Hand) => holder.manager === manager;
  const { currentReplicas, desiredReplicas, replicas } = object.status ?? {};
  const active = conditionOf(object, 'ScalingActive');
  const counts = [currentReplicas, desiredReplicas, replicas].filter(Number.isInteger) as number[];
  return {
    ...boundsOf(object),
    ownsFloor: ofFloor.some(isOurs),
    ownsCeiling: ofCeiling.some(isOurs),
    ownsCeilingAlone: ofCeiling.length > 0 && ofCeiling.every(isOurs),
    floorHand: ofFloor.find(holder => !isOurs(holder)),
    ceilingHand: ofCeiling.find(holder => !isOurs(holder)),
    otherKeeper: ofFloor.find(holder => !isOurs(holder) && holder.manager.startsWith(MANAGER_PREFIX))?.manager,
    count: counts.length ? Math.max(...counts) : undefined,
    ...(manifestCeiling === undefined ? {} : { manifestCeiling }),
    ...activationOf(object, manager),
    isDisabled: active?.status === 'False' && active.reason === 'ScalingDisabled',
  };
}

function activationOf(object: TargetObject, manager: string): { readonly activation?: Activation } {
  const row = knownTargetKindOf(object).activation;
  const isOwn = row !== undefined && (object.metadata.managedFields ?? []).some(entry =>
    entry.manager === manager && holdsAnnotation(entry, row.annotation));
  if (!row || !isOwn && !row.isNeeded(object.spec ?? {})) {
    return {};
  }
  return { activation: { isOn: object.metadata.annotations?.[row.annotation] === 'true', isOwn } };
}

/** Who holds floor and ceiling, the latest first. */
export function ownersOf(object: TargetObject): { readonly floor: readonly Hand[]; readonly ceiling: readonly Hand[] } {
  const { floor, ceiling } = knownTargetKindOf(object);
  return { floor: holdersOf(object, floor.field), ceiling: ceiling ? holdersOf(object, ceiling.field) : [] };
}

/** Who holds a field of `spec`, the latest first; more than one where they agree. */
export function holdersOf({ metadata }: TargetObject, field: string): Hand[] {
  return (metadata.managedFields ?? [])
    .filter(({ fieldsV1 }) => fieldsV1?.['f:spec']?.[`f:${field}`] !== undefined)
    .map(({ manager = 'unknown', time = '' }) => ({ manager, time }))
    .sort((a, b) => a.time > b.time ? -1 : 1);
}

/** Field manager by which autoscalers scale; one that has not looked yet is nobody who scales down. */
const AUTOSCALER = 'kube-controller-manager';

/**
 * The hand that asked a workload for its size after its floor was last written, other than the keeper's and the autoscaler's.
 *
 * Undefined: a workload that stands below its floor does so because the floor has risen. Times are of whole seconds; of two writes in one second
 * the workload's counts as the later.
 */
export function scalerOf(workload: Workload, target: TargetObject | undefined, service: string): Hand | undefined {
  const [last] = holdersOf(workload, 'replicas');
  const [raised] = target ? ownersOf(target).floor : [];
  const isLater = last !== undefined && (raised === undefined || last.time >= raised.time);
  return isLater && ![managerName(service), AUTOSCALER].includes(last.manager) ? last : undefined;
}

/**
 * The target after an apply of the keeper with force: what it carries is the keeper's, and another's no longer where the value is new.
 *
 * It must carry what only the keeper holds, as `decide` sees to: the API server would remove that.
 */
export function applied(live: Live, { floor, ceiling }: Partial<ReplicaBounds>): Live {
  const isFloorNew = floor !== undefined && floor !== live.floor;
  const isCeilingNew = ceiling !== undefined && ceiling !== live.ceiling;
  return {
    ...live,
    floor: floor ?? live.floor,
    ceiling: ceiling ?? live.ceiling,
    ownsFloor: floor !== undefined,
    ownsCeiling: ceiling !== undefined,
    ownsCeilingAlone: ceiling !== undefined && (isCeilingNew || live.ceilingHand === undefined),
    ...(isFloorNew ? { floorHand: undefined, otherKeeper: undefined } : {}),
    ...(isCeilingNew ? { ceilingHand: undefined } : {}),
  };
}

/** The target after another hand has patched it, as `kubectl` or an applier that sends what differs: what is new is that hand's alone. */
export function patched(live: Live, hand: Hand, { floor, ceiling }: Partial<ReplicaBounds>): Live {
  const isFloorNew = floor !== undefined && floor !== live.floor;
  const isCeilingNew = ceiling !== undefined && ceiling !== live.ceiling;
  return {
    ...live,
    ...(isFloorNew
      ? { floor, ownsFloor: false, floorHand: hand, otherKeeper: hand.manager.startsWith(MANAGER_PREFIX) ? hand.manager : undefined }
      : {}),
    ...(isCeilingNew ? { ceiling, ownsCeiling: false, ownsCeilingAlone: false, ceilingHand: hand } : {}),
  };
}

/** The `spec` that an apply carries. */
export function specOf(target: KindReference, write: Partial<ReplicaBounds>): { readonly [field: string]: number } {
  const { floor, ceiling } = knownTargetKindOf(target);
  return {
    ...(write.floor === undefined ? {} : { [floor.field]: write.floor }),
    ...(write.ceiling === undefined || !ceiling ? {} : { [ceiling.field]: write.ceiling }),
  };
}

/** Whether floor and workload are two objects. */
export function hasWorkload(target: ObjectReference, workload: ObjectReference): boolean {
  return !isSameObject(target, workload);
}
