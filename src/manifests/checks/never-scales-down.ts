import { followedBehaviorOf, neverScalesDown } from '../../core/plan/followed-metrics';
import { highestOf } from '../../core/plan/plan';
import { Check, ofEachService } from '../check';
import { formatPods, nameOf } from '../words';

export const check: Check = {
  id: 'never-scales-down',
  severities: ['warning'],
  meaning: 'The autoscaler is forbidden to take pods away, so that the pods of an event stay after its floor has fallen.',
  run: ofEachService(({ plan, target }) => !target || !neverScalesDown(followedBehaviorOf(target.object)) ? [] : [{
    alike: 'disabled',
    sentence: `${nameOf(target)} takes no pod away (scaleDown has selectPolicy Disabled): the pods of an event, up to ${formatPods(highestOf(plan).floor)}, `
      + 'stay after the drop',
    remedy: "take 'selectPolicy: Disabled' out; a longer 'stabilizationWindowSeconds' lets them go slowly",
    object: target,
    path: ['spec', ...target.object.spec?.behavior ? ['behavior', 'scaleDown'] : []],
  }]),
};
