import { endOf, planAt } from '../../core/plan/plan';
import { formatCount } from '../../core/time/numbers';
import { formatMoment } from '../../core/time/words';
import { Check, FoundInService, ofEachChange } from '../check';
import { formatPods } from '../words';

export const check: Check = {
  id: 'floor-falls',
  severities: ['warning'],
  needsBefore: true,
  meaning: 'A window is on, and the new plan asks for fewer pods in it: its event or schedule is taken out, moved, or made smaller.',
  run: ofEachChange((was, is, { now }): FoundInService[] => {
    const before = planAt(was.plan, now);
    const floor = planAt(is.plan, now).floor;
    const [opening] = [...before.openings].sort((a, b) => b.floor - a.floor);
    if (!opening || floor >= before.floor) {
      return [];
    }
    const isThere = is.plan.openings.some(({ event, at }) => event === opening.event && at === opening.at);
    return [{
      sentence: `the window of '${opening.event}' is on, and its floor falls from ${formatPods(before.floor)} to ${formatCount(floor)} at the deploy${
        isThere ? '' : ', since the opening is taken out'}`,
      remedy: `deploy after ${formatMoment(endOf(opening), opening.timeZone)}, or hold the floor by 'prewarm override'`,
    }];
  }),
};
