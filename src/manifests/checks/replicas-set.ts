import { movesInCalmly } from '../../core/plan/moving-in';
import { isSameObject } from '../../core/plan/reference';
import { targetKindOf } from '../../core/plan/target-kind';
import { Check, ofEachService } from '../check';
import { isLive } from '../manifest';
import { nameOf } from '../words';

export const check: Check = {
  id: 'replicas-set',
  severities: ['error', 'note'],
  meaning: 'The manifest of a workload has `spec.replicas`, so an apply in the middle of an event kills all pods but those. It is a note while the service moves in.',
  run: ofEachService(({ plan, workload }, { now }) => {
    if (!workload || isLive(workload) || workload.object.spec?.replicas === undefined) {
      return [];
    }
    const isOwn = isSameObject(plan.target, plan.workload);
    const writer = targetKindOf(plan.target)?.words.sizeWriter ?? 'the keeper';
    const takesOut = `take the field out, ${writer} writes it; of one that lives already only after 'prewarm adopt'${isOwn ? ', or with movingIn: true in one deploy before' : ''}, `
      + 'or the deploy leaves one pod';
    return [{
      alike: 'replicas',
      ...movesInCalmly(plan, now) ? { severity: 'note' } as const : {},
      sentence: `${nameOf(workload)} has 'replicas: ${workload.object.spec.replicas}': an apply in the middle of an event kills all pods but those`,
      remedy: plan.movingIn ? 'take it out together with \'movingIn\', as soon as arm tells MovedIn and before the first window' : takesOut,
      object: workload,
      path: ['spec', 'replicas'],
    }];
  }),
};
