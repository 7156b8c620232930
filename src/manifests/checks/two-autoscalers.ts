import { isSameObject } from '../../core/plan/reference';
import { targetKindOf, workloadOf } from '../../core/plan/target-kind';
import { Check, ofEachService } from '../check';
import { nameOf } from '../words';

export const check: Check = {
  id: 'two-autoscalers',
  severities: ['error'],
  meaning: 'A second autoscaler scales the workload of a plan; two autoscalers on one workload disable each other.',
  run: ofEachService(({ plan, config, target }, { deployed: { manifests } }) => manifests
    .filter(manifest => manifest.namespace === config.namespace && manifest !== target && !isSameObject(manifest, plan.target))
    .flatMap(object => {
      const field = targetKindOf(object)?.workloadField;
      // an autoscaler without a reference is half written, and scales nothing
      const isScaling = field !== undefined && object.object.spec?.[field] && isSameObject(workloadOf(object, object.object.spec), plan.workload);
      return !isScaling ? [] : [{
        sentence: `${nameOf(object)} scales ${nameOf(plan.workload)} too, beside ${nameOf(plan.target)} of the plan`,
        remedy: 'two autoscalers on one target disable each other',
        object,
        path: ['spec', field],
      }];
    })),
};
