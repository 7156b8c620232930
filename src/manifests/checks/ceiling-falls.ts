import { planAt } from '../../core/plan/plan';
import { targetKindOf } from '../../core/plan/target-kind';
import { formatCount } from '../../core/time/numbers';
import { Check, ofEachChange } from '../check';
import { isLive } from '../manifest';
import { formatPods, nameOf } from '../words';

export const check: Check = {
  id: 'ceiling-falls',
  severities: ['error', 'warning'],
  needsBefore: true,
  meaning: 'The ceiling in the manifest falls at the deploy, and the autoscaler takes away what is above it at once: '
    + 'an error where more pods are known to run or are held by the floor, a warning where more may run.',
  run: ofEachChange((was, { plan, target }, { now }) => {
    const field = target && targetKindOf(target)?.ceiling?.field;
    if (!target || !field || isLive(target)) {
      return [];
    }
    const ceiling = target.object.spec?.[field];
    const before = was.target?.object.spec?.[field] ?? planAt(was.plan, now).ceiling;
    if (typeof ceiling !== 'number' || typeof before !== 'number' || ceiling >= before) {
      return [];
    }
    const running: unknown = was.target?.object.status?.currentReplicas;
    const held = Math.max(planAt(was.plan, now).floor, typeof running === 'number' ? running : 0);
    if (typeof running === 'number' && held <= ceiling) {
      return [];
    }
    return [{
      severity: held > ceiling ? 'error' : 'warning',
      sentence: `${nameOf(target)} falls from '${field}: ${before}' to ${ceiling}, and ${held > ceiling
        ? `${formatPods(held)} run now: ${formatCount(held - ceiling)} of them go at once`
        : `up to ${formatPods(before)} may run: what is above goes at once`}`,
      remedy: `say 'ceiling: ${before}' for ${plan.service} until fewer run, or deploy in a quiet hour`,
      object: target,
      path: ['spec', field],
    }];
  }),
};
