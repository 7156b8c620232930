import { targetKindOf } from '../../core/plan/target-kind';
import { Check, ofEachService } from '../check';
import { formatPods, nameOf } from '../words';

export const check: Check = {
  id: 'first-deploy',
  severities: ['warning'],
  meaning: 'The schedule has taken a floor out of the manifest of its target. Where the target lives already and this is the first deploy with a schedule, pods go. '
    + 'It is said where nothing is compared, and the schedule does not say `movingIn`.',
  // what was there before tells more: `field-leaves`
  run: ofEachService(({ plan: { takenOut, target } }, { before }) => takenOut === undefined || before ? [] : [{
    sentence: `${nameOf(target)} has '${targetKindOf(target)?.floor.field ?? 'floor'}: ${takenOut}' in the app and no longer in its manifest: where it lives with that and without a `
      + `schedule, this deploy leaves 1 of ${formatPods(takenOut)}`,
    remedy: "pass movingIn: true for one deploy, or run 'prewarm adopt' before; movingIn: false says that it has moved in or is new",
  }]),
};
