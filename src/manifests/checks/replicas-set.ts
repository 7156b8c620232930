import { isSameObject } from '../../core/plan/reference';
import { targetKindOf } from '../../core/plan/target-kind';
import { Check, ofEachService } from '../check';
import { isLive } from '../manifest';
import { nameOf } from '../words';

export const check: Check = {
  id: 'replicas-set',
  severities: ['error'],
  meaning: 'The manifest of a workload has `spec.replicas`, so an apply in the middle of an event kills all pods but those.',
  run: ofEachService(({ plan, workload }) => !workload || isLive(workload) || workload.object.spec?.replicas === undefined ? [] : [{
    alike: 'replicas',
    sentence: `${nameOf(workload)} has 'replicas: ${workload.object.spec.replicas}': an apply in the middle of an event kills all pods but those`,
    remedy: `take the field out, ${targetKindOf(plan.target)?.words.sizeWriter ?? 'the keeper'} writes it${isSameObject(plan.target, plan.workload)
      ? "; of one that lives already, only after 'prewarm adopt', or the deploy leaves one pod" : ''}`,
    object: workload,
    path: ['spec', 'replicas'],
  }]),
};
