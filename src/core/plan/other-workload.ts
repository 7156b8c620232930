import { ObjectReference, Plan } from './plan';
import { isSameObject } from './reference';
import { ParsedObject, targetKindOf, workloadOf } from './target-kind';
import { Finding } from '../finding';

/** The workload that a target scales, where it is another than the plan's; undefined: it is the plan's, or the target does not say which. */
export function otherWorkloadOf(target: ParsedObject | undefined, plan: Pick<Plan, 'target' | 'workload'>): ObjectReference | undefined {
  const field = targetKindOf(plan.target)?.workloadField;
  if (!field || !target?.spec?.[field]) {
    return undefined;
  }
  const scaled = workloadOf(plan.target, target.spec);
  return isSameObject(scaled, plan.workload) ? undefined : scaled;
}

/** What is so, and the way out, where a target scales another workload than the plan's. */
export function otherWorkloadWords(scaled: ObjectReference, { target, workload }: Pick<Plan, 'target' | 'workload'>): Pick<Finding, 'sentence' | 'remedy'> {
  return {
    sentence: `${target.kind} ${target.name} scales ${scaled.kind} ${scaled.name}, the plan counts the pods of ${workload.kind} ${workload.name}`,
    remedy: 'give the schedule the workload that is scaled, and deploy again',
  };
}
