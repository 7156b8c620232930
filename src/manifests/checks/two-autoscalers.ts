import { Check, ofEachService } from '../check';
import { isReferredTo } from '../deployed';
import { nameOf } from '../words';

export const check: Check = {
  id: 'two-autoscalers',
  severities: ['error'],
  meaning: 'A second autoscaler scales the workload of a plan; two autoscalers on one workload disable each other.',
  run: ofEachService(({ plan, config, target }, { deployed: { manifests } }) => manifests
    .filter(({ namespace, kind }) => namespace === config.namespace && (kind === 'HorizontalPodAutoscaler' || kind === 'ScaledObject'))
    .filter(manifest => manifest !== target && !isReferredTo(manifest, plan.target))
    .filter(({ object }) => object.spec?.scaleTargetRef?.name === plan.workload.name
      && (object.spec.scaleTargetRef.kind ?? 'Deployment') === plan.workload.kind)
    .map(object => ({
      sentence: `${nameOf(object)} scales ${nameOf(plan.workload)} too, beside ${nameOf(plan.target)} of the plan`,
      remedy: 'two autoscalers on one target disable each other',
      object,
      path: ['spec', 'scaleTargetRef'],
    }))),
};
