import { Live } from './live';
import { MANAGER_PREFIX } from './names';
import { ObjectReference } from './plan';
import { groupOf, isSameObject } from './reference';
import { boundsOf, targetKindOf, workloadOf } from './target-kind';
import { KubeObject, ObjectMeta, TargetObject, conditionOf, titleOf } from '../kube-objects';

/** Why a target as it stands in the cluster cannot be a schedule's: what somebody else does with it, in sentences. */

/** A controller that owns a target writes its fields itself, and undoes what others write. */
export function ownerTrouble(target: KubeObject): string | undefined {
  const owner = target.metadata.ownerReferences?.find(({ apiVersion, kind, controller }) =>
    controller === true && targetKindOf({ apiVersion, kind })?.workloadField !== undefined);
  return owner && `${titleOf(target)} belongs to ${owner.kind} ${owner.name}, which undoes every other floor; `
    + `take that one as the target: ${targetCodeOf(owner, '...')}`;
}

/**
 * How code names an object that it does not render.
 *
 * @param options as code; of an autoscaler
 */
export function targetCodeOf({ apiVersion, kind, name, plural }: ObjectReference, options?: string): string {
  if (plural !== undefined) {
    return `ScheduleTarget.fromScale({ apiVersion: '${apiVersion}', kind: '${kind}', plural: '${plural}', name: '${name}' })`;
  }
  return `ScheduleTarget.from${kind === 'HorizontalPodAutoscaler' ? 'Autoscaler' : kind}Name('${name}'${options === undefined ? '' : `, ${options}`})`;
}

/** Annotations by which people pause a ScaledObject. */
const PAUSES = ['autoscaling.keda.sh/paused', 'autoscaling.keda.sh/paused-replicas', 'autoscaling.keda.sh/paused-scale-out'];

/** A ScaledObject that people have paused. */
export function pauseTrouble(target: TargetObject): string | undefined {
  if (target.kind !== 'ScaledObject') {
    return undefined;
  }
  const annotation = PAUSES.find(name => ![undefined, 'false'].includes(target.metadata.annotations?.[name]));
  if (annotation !== undefined || conditionOf(target, 'Paused')?.status === 'True') {
    return `${titleOf(target)} is paused${annotation === undefined ? '' : ` by the annotation ${annotation}`}: KEDA follows no floor of it; end the pause`;
  }
  return undefined;
}

/** A ScaledObject that KEDA could not make something of, which may come. */
export function readyTrouble(target: TargetObject): string | undefined {
  const ready = target.kind === 'ScaledObject' ? conditionOf(target, 'Ready') : undefined;
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

/** The autoscaler that KEDA has made of a ScaledObject, and that has not what it says now. */
export function followTrouble(target: TargetObject, autoscalers: readonly TargetObject[]): string | undefined {
  if (targetKindOf(target)?.follows !== 'keda') {
    return undefined;
  }
  const made = madeOf(target, autoscalers);
  if (!made) {
    return `KEDA has made no autoscaler of ${titleOf(target)}: does its operator run?`;
  }
  const { floor, ceiling } = boundsOf(target);
  const its = boundsOf(made);
  // an autoscaler has a floor of at least 1; KEDA itself goes below
  return its.floor === Math.max(1, floor) && its.ceiling === ceiling ? undefined
    : `KEDA has not followed: its ${titleOf(made)} is at ${its.floor} to ${its.ceiling}, ${titleOf(target)} at ${floor} to ${ceiling}; does its operator run?`;
}

/** The floor of the autoscaler that KEDA has made of a ScaledObject, where the ScaledObject has a higher one by now. */
export function laggingFloor(target: TargetObject, autoscalers: readonly TargetObject[]): number | undefined {
  const made = madeOf(target, autoscalers);
  const floor = made && boundsOf(made).floor;
  return floor !== undefined && floor < boundsOf(target).floor ? floor : undefined;
}

function madeOf({ status }: TargetObject, autoscalers: readonly TargetObject[]): TargetObject | undefined {
  return autoscalers.find(({ metadata }) => metadata.name === status?.hpaName);
}

/** Another schedule's keeper that holds the floor. */
export function keeperTrouble(target: KubeObject, { otherKeeper }: Pick<Live, 'otherKeeper'>): string | undefined {
  if (otherKeeper === undefined) {
    return undefined;
  }
  const other = otherKeeper.slice(MANAGER_PREFIX.length);
  const { namespace } = target.metadata;
  return `the floor of ${titleOf(target)} is held by another schedule, ${other}: one target takes one schedule. If ${other} is gone, or has another target now, this gives `
    + `the floor back, as it stands: ${leaveCommand(other, namespace, { kind: target.kind, name: target.metadata.name })}`;
}

/**
 * The command that gives back what the keeper of a service holds.
 *
 * @param namespace of the command; absent: the context's
 * @param only one object is given back and nothing else is touched, least of all a schedule that lives
 */
export function leaveCommand(service: string, namespace: string | undefined, only?: Pick<KubeObject, 'kind'> & Pick<ObjectMeta, 'name'>): string {
  return [
    `prewarm leave ${service}`,
    ...namespace === undefined ? [] : [`-n ${namespace}`],
    ...only ? [`--only ${only.kind.toLowerCase()}/${only.name}`] : [],
  ].join(' ');
}
