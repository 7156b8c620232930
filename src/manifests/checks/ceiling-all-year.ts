import { LABEL_SERVICE } from '../../core/plan/names';
import { targetKindOf } from '../../core/plan/target-kind';
import { formatCount } from '../../core/time/numbers';
import { Check, ofEachService } from '../check';
import { isLive } from '../manifest';
import { nameOf } from '../words';

export const check: Check = {
  id: 'ceiling-all-year',
  severities: ['note'],
  meaning: 'An autoscaler of your own that is a target has the highest ceiling of the plan in its manifest, and so may go up to it all year, '
    + 'though its own ceiling is less.',
  run: ofEachService(({ plan: { fixedCeiling, baseline }, target }) => {
    const field = target && targetKindOf(target)?.ceiling?.field;
    // the autoscaler of a PrewarmedService is ours, and its size is said there
    const isOurs = target?.object.metadata?.labels?.[LABEL_SERVICE] !== undefined;
    if (!target || !field || isLive(target) || isOurs || fixedCeiling === undefined) {
      return [];
    }
    const ceiling = target.object.spec?.[field];
    return ceiling !== fixedCeiling || fixedCeiling <= baseline.ceiling ? [] : [{
      alike: `${baseline.ceiling} ${fixedCeiling}`,
      sentence: `${nameOf(target)} has '${field}: ${ceiling}' all year, the highest ceiling of the plan, instead of its own ${formatCount(baseline.ceiling)}`,
      remedy: "where that is too much between events, pass 'ceilingPolicy: CeilingPolicy.PER_WINDOW', which leaves it its own",
      object: target,
      path: ['spec', field],
    }];
  }),
};
