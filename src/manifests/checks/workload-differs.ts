import { otherWorkloadOf } from '../../core/plan/other-workload';
import { targetKindOf } from '../../core/plan/target-kind';
import { Check, ofEachService } from '../check';
import { nameOf } from '../words';

export const check: Check = {
  id: 'workload-differs',
  severities: ['error'],
  meaning: 'The autoscaler of a plan scales another workload than the plan names, so the keeper would look at, and scale, the wrong one.',
  run: ofEachService(({ plan, target }) => {
    const field = target && targetKindOf(target)?.workloadField;
    const scaled = otherWorkloadOf(target?.object, plan);
    return !target || !field || !scaled ? [] : [{
      sentence: `${nameOf(target)} scales ${nameOf(scaled)}, and the plan names ${nameOf(plan.workload)}`,
      remedy: "name it as the 'workload' of the schedule's target",
      object: target,
      path: ['spec', field],
    }];
  }),
};
