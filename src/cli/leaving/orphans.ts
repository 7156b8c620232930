import { Held, heldText } from './held';
import { ObjectReference } from '../../core/plan/plan';
import { isSameObject } from '../../core/plan/reference';
import { leaveCommand } from '../../core/plan/target-troubles';
import { FoundPlan, isRead } from '../service-view';

/** An object that a keeper holds, and that no plan of its service names: nobody lowers its floor any more. */
export interface Orphan extends Held {
  /** The service has a plan, which names another object now. */
  readonly isRenamed: boolean;
}

/** What keepers hold without a plan. */
export function orphansAmong(held: readonly Held[], plans: readonly FoundPlan[]): Orphan[] {
  return held.flatMap((one): Orphan[] => {
    const { service, object: { apiVersion, kind, metadata: { name, namespace } } } = one;
    const isHeld = (planned: ObjectReference) => isSameObject(planned, { apiVersion, kind, name });
    const found = plans.find(plan => plan.service === service && (namespace === undefined || plan.namespace === namespace));
    // of a plan that cannot be read nothing is known
    const isPlanned = found && (!isRead(found) || [found.plan.target, found.plan.workload].some(isHeld));
    return isPlanned ? [] : [{ ...one, isRenamed: found !== undefined }];
  });
}

/** What is held, by whom, and why that is nobody's plan. */
export function orphanText(orphan: Orphan): string {
  const { service, isRenamed } = orphan;
  return `${heldText(orphan)}, by the keeper of ${service}, ${isRenamed ? 'whose plan names another target now' : 'whose plan is not in this namespace'}`;
}

/**
 * The command that gives it back.
 *
 * @param namespace of the command; absent: the context's
 */
export function orphanCommand({ service, isRenamed, object }: Orphan, namespace: string | undefined): string {
  return leaveCommand(service, namespace, isRenamed ? { kind: object.kind, name: object.metadata.name } : undefined);
}
