import { Live } from './live';
import { MANAGER_PREFIX } from './names';
import { ObjectReference } from './plan';
import { groupOf, isSameObject } from './reference';
import { targetKindOf, workloadOf } from './target-kind';
import { KubeObject, TargetObject, conditionOf } from '../kube-objects';

/** Why a target as it stands in the cluster cannot be a schedule's: what somebody else does with it, in sentences. */

/** A controller that owns a target writes its fields itself, and undoes what others write. */
export function ownerTrouble(target: KubeObject): string | undefined {
  const owner = target.metadata.ownerReferences?.find(({ apiVersion, kind, controller }) =>
    controller === true && targetKindOf({ apiVersion, kind })?.workloadField !== undefined);
  return owner && `${titleOf(target)} belongs to ${owner.kind} ${owner.name}, which undoes every other floor; `
    + `take that one as the target: ScheduleTarget.from${owner.kind}Name('${owner.name}', ...)`;
}

/** Annotations by which people pause a ScaledObject. */
const PAUSES = ['autoscaling.keda.sh/paused', 'autoscaling.keda.sh/paused-replicas', 'autoscaling.keda.sh/paused-scale-in', 'autoscaling.keda.sh/paused-scale-out'];

/** A ScaledObject that KEDA does not follow now. */
export function pauseTrouble(target: TargetObject): string | undefined {
  if (target.kind !== 'ScaledObject') {
    return undefined;
  }
  const annotation = PAUSES.find(name => ![undefined, 'false'].includes(target.metadata.annotations?.[name]));
  if (annotation !== undefined || conditionOf(target, 'Paused')?.status === 'True') {
    return `${titleOf(target)} is paused${annotation === undefined ? '' : ` by the annotation ${annotation}`}: KEDA follows no floor of it; end the pause`;
  }
  const ready = conditionOf(target, 'Ready');
  return ready?.status === 'False'
    ? `${titleOf(target)} is not Ready (${ready.message || ready.reason || 'KEDA does not say why'}): KEDA may follow no floor of it; mend it`
    : undefined;
}

/** Another autoscaler that scales the workload of a target, whose floor it would undo. */
export function rivalTrouble(target: ObjectReference, workload: ObjectReference, autoscalers: readonly TargetObject[]): string | undefined {
  const rival = autoscalers.find(({ apiVersion = '', kind, metadata: { name = '' }, ...object }) => {
    const reference = { apiVersion, kind, name };
    return targetKindOf(reference)?.workloadField !== undefined && !isSameObject(reference, target)
      && isSameObject(workloadOf(reference, object.spec), workload);
  });
  if (!rival || isOwnedBy(rival, target)) {
    return undefined;
  }
  return `${titleOf(rival)} scales ${workload.kind} ${workload.name} too, and would undo the floor; take that one as the target, or delete it`;
}

/** The autoscaler that KEDA makes of a ScaledObject. */
function isOwnedBy({ metadata }: KubeObject, { apiVersion, kind, name }: ObjectReference): boolean {
  return (metadata.ownerReferences ?? []).some(owner =>
    owner.kind === kind && owner.name === name && groupOf(owner.apiVersion) === groupOf(apiVersion));
}

/** Another schedule's keeper that holds the floor. */
export function keeperTrouble(target: KubeObject, { otherKeeper }: Pick<Live, 'otherKeeper'>): string | undefined {
  return otherKeeper === undefined ? undefined
    : `the floor of ${titleOf(target)} is held by another schedule, ${otherKeeper.slice(MANAGER_PREFIX.length)}: one target takes one schedule`;
}

function titleOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.name}`;
}
