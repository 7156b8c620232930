import { isHeldByAppliersAlone, isInRelease, isRemembered } from '../../core/plan/appliers';
import { isSameObject } from '../../core/plan/reference';
import { targetKindOf } from '../../core/plan/target-kind';
import { Check, FoundInService, ofEachService } from '../check';
import { titleOf } from '../deployed';
import { Manifest, isLive } from '../manifest';
import { formatPods, nameOf } from '../words';

export const check: Check = {
  id: 'field-leaves',
  severities: ['warning'],
  needsBefore: true,
  meaning: 'A floor, or the size of a workload, leaves a manifest at this deploy. Who applied it deletes it then, and the default of Kubernetes is in force, which is 1.',
  run: ofEachService((service, { before }): FoundInService[] => {
    const { plan, target, workload, namespace } = service;
    const was = before?.services.find(one => titleOf(one) === titleOf(service));
    if (!before || was?.plan.movingIn) {
      return [];
    }
    return [...new Set([target, workload])].flatMap((is): FoundInService[] => {
      const row = is && targetKindOf(is);
      const old = is && before.manifests.find(one => one.namespace === namespace && isSameObject(one, is));
      const value: unknown = row && old?.object.spec?.[row.floor.field];
      const leaves = is && row && old && is.object.spec?.[row.floor.field] === undefined && typeof value === 'number' && value > 1;
      return !leaves || !isDeleted(old, row.floor.field, plan.service) ? [] : [{
        sentence: `${nameOf(is)} loses '${row.floor.field}: ${value}' at this deploy, which deletes it and leaves 1 of ${formatPods(value)}`,
        remedy: `${is === target ? 'pass movingIn: true for one deploy before, or run' : 'run'} 'prewarm adopt' before this one`,
        object: is,
        path: ['spec'],
      }];
    });
  }),
};

/** Whether the deploy would delete a field; of what lives its record tells, of a manifest nobody knows. */
function isDeleted(old: Manifest, field: string, service: string): boolean {
  const { object } = old;
  return !isLive(old) || isRemembered(object, field) || isInRelease(object, field) || isHeldByAppliersAlone(object, field, service);
}
