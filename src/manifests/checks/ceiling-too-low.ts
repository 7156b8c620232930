import { highestOf } from '../../core/plan/plan';
import { targetKindOf } from '../../core/plan/target-kind';
import { formatCount } from '../../core/time/numbers';
import { Check, ofEachService } from '../check';
import { isLive } from '../manifest';
import { nameOf } from '../words';

export const check: Check = {
  id: 'ceiling-too-low',
  severities: ['error'],
  meaning: 'The manifest of an autoscaler has a ceiling below the highest floor of the plan, whose ceiling is fixed.',
  run: ofEachService(({ plan, target }) => {
    const field = target && targetKindOf(target)?.ceiling?.field;
    if (!target || isLive(target) || !field || plan.fixedCeiling === undefined) {
      return [];
    }
    const ceiling = target.object.spec?.[field];
    const { floor } = highestOf(plan);
    return typeof ceiling !== 'number' || ceiling >= floor ? [] : [{
      sentence: `${nameOf(target)} has '${field}: ${ceiling}', below the plan's highest floor of ${formatCount(floor)}`,
      remedy: `raise it to ${formatCount(plan.fixedCeiling)}, as the plan says`,
      object: target,
      path: ['spec', field],
    }];
  }),
};
