import { StatusFinding } from './findings';
import { Circumstances } from './types';
import { TargetObject } from '../../core/kube-objects';
import { listsAutoscalers } from '../../core/plan/rights';
import { followTrouble, ownerTrouble, pauseTrouble, readyTrouble, rivalTrouble } from '../../core/plan/target-troubles';
import { WrongInput } from '../io';
import { Kubectl, Named } from '../kubectl';
import { ServiceView } from '../service-view';

/** The same services, with the autoscalers of their namespaces where these tell something of a target; one call a namespace. */
export async function withAutoscalers(kubectl: Kubectl, views: readonly ServiceView[]): Promise<ServiceView[]> {
  const asking = new Set(views.filter(({ plan }) => listsAutoscalers(plan)).map(({ namespace }) => namespace));
  const found = new Map<string, readonly TargetObject[]>();
  for (const namespace of asking) {
    found.set(namespace, await kubectl.in(namespace).get<Named<TargetObject>>('horizontalpodautoscalers.v2.autoscaling').catch(error => {
      if (error instanceof WrongInput) {
        // whoever may not read them does not learn it; the target's own state still tells
        return [];
      }
      throw error;
    }));
  }
  return views.map(view => ({ ...view, autoscalers: found.get(view.namespace) ?? [] }));
}

/** Somebody else who would undo the floor of a target, or does not follow it. */
export function otherHandFindings({ view: { plan, target, autoscalers } }: Circumstances): StatusFinding[] {
  if (!target) {
    return [];
  }
  const taken = ownerTrouble(target) ?? rivalTrouble(plan.target, plan.workload, autoscalers);
  const isAsked = autoscalers.length > 0 || target.status?.hpaName === undefined;
  const unfollowed = pauseTrouble(target) ?? readyTrouble(target) ?? (isAsked ? followTrouble(target, autoscalers) : undefined);
  return [
    ...taken === undefined ? [] : [{ id: 'target-taken', severity: 'error', sentence: taken } as const],
    ...unfollowed === undefined ? [] : [{ id: 'target-not-followed', severity: 'error', sentence: unfollowed } as const],
  ];
}
