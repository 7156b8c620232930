import { groupOf, isSameObject } from '../../core/plan/reference';
import { Check, ofEachService } from '../check';
import { Manifest } from '../manifest';
import { nameOf } from '../words';

/** Modes in which a VerticalPodAutoscaler takes running pods away; without one it is `Auto`. */
const RECREATING = ['Auto', 'Recreate', 'InPlaceOrRecreate'];

export const check: Check = {
  id: 'pods-recreated',
  severities: ['warning'],
  meaning: 'A VerticalPodAutoscaler takes running pods of the workload away to give them other requests, also inside a window.',
  run: ofEachService(({ plan, namespace }, { deployed: { manifests } }) => manifests
    .filter(manifest => isVerticalAutoscaler(manifest) && manifest.namespace === namespace)
    .flatMap(object => {
      const { targetRef, updatePolicy } = object.object.spec ?? {};
      const mode = updatePolicy?.updateMode ?? 'Auto';
      const isOfWorkload = targetRef && typeof targetRef.kind === 'string' && isSameObject(targetRef, plan.workload);
      return !isOfWorkload || !RECREATING.includes(mode) ? [] : [{
        sentence: `${nameOf(object)} with updateMode ${mode} takes running pods of ${nameOf(plan.workload)} away to change their requests, also inside a window`,
        remedy: "set 'updatePolicy.updateMode' to 'Initial' or 'Off'",
        object,
        path: ['spec', ...updatePolicy ? ['updatePolicy'] : []],
      }];
    })),
};

function isVerticalAutoscaler({ kind, apiVersion }: Manifest): boolean {
  return kind === 'VerticalPodAutoscaler' && groupOf(apiVersion) === 'autoscaling.k8s.io';
}
