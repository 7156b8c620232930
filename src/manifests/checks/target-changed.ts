import { isSameObject } from '../../core/plan/reference';
import { targetKindOf } from '../../core/plan/target-kind';
import { leaveCommand, targetCodeOf } from '../../core/plan/target-troubles';
import { Check, ofEachChange } from '../check';
import { nameOf } from '../words';

export const check: Check = {
  id: 'target-changed',
  severities: ['warning'],
  needsBefore: true,
  meaning: 'The schedule gets another target, and nobody lowers the floor that it has set of the one before.',
  run: ofEachChange((was, { plan, namespace }) => {
    const former = was.plan.target;
    const isKnown = [plan.target, plan.workload, ...plan.formerTargets ?? []].some(one => isSameObject(one, former));
    if (isKnown) {
      return [];
    }
    const isRival = targetKindOf(former)?.workloadField !== undefined && isSameObject(was.plan.workload, plan.workload);
    const command = leaveCommand(plan.service, namespace, former);
    return [{
      sentence: `the target was ${nameOf(former)} and becomes ${nameOf(plan.target)}: ${isRival
        ? `while the old one is there, both scale ${nameOf(plan.workload)}, and each undoes what the other does`
        : 'the old one stays at the floor that it has at the deploy'}`,
      remedy: isRival
        ? `delete ${nameOf(former)} with the deploy`
        : `pass formerTargets: [${targetCodeOf(former)}] until a deploy is through, or run '${command}' after it`,
    }];
  }),
};
