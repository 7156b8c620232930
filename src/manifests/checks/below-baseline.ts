import { formatCount } from '../../core/time/numbers';
import { Check, ofEachService } from '../check';
import { byEvent, openingsAhead } from '../openings';
import { alike, formatPods } from '../words';

export const check: Check = {
  id: 'below-baseline',
  severities: ['warning'],
  meaning: 'An event asks for fewer pods than the baseline keeps anyway.',
  run: ofEachService(({ plan }, { now }) => {
    const below = openingsAhead(plan, now).filter(({ floor }) => floor < plan.baseline.floor);
    return [...byEvent(below).values()].map(openings => ({
      alike: openings[0].event,
      sentence: `'${openings[0].event}' asks for ${formatPods(openings[0].floor)}, the baseline is ${formatCount(plan.baseline.floor)}: `
        + `the event changes nothing${alike(openings)}`,
    }));
  }),
};
