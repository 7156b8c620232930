import { formatCount } from '../../core/time/numbers';
import { Check, FoundInService, ofEachService } from '../check';
import { byEvent, openingsAhead } from '../openings';
import { alike, formatPods } from '../words';

export const check: Check = {
  id: 'below-baseline',
  severities: ['warning', 'note'],
  meaning: 'An event asks for fewer pods than the baseline keeps anyway: a note where its demand is only a part of that in production.',
  run: ofEachService(({ plan }, { now }) => {
    const below = openingsAhead(plan, now).filter(({ floor }) => floor < plan.baseline.floor);
    return [...byEvent(below).values()].map((openings): FoundInService => ({
      severity: openings.every(({ demand: { factor = 1 } }) => factor < 1) ? 'note' : 'warning',
      alike: openings[0].event,
      sentence: `'${openings[0].event}' asks for ${formatPods(openings[0].floor)}, the baseline is ${formatCount(plan.baseline.floor)}: `
        + `the event changes nothing${alike(openings)}`,
    }));
  }),
};
