import { formatDay } from '../../core/time/words';
import { Check, ofEachService } from '../check';
import { openingsAhead } from '../openings';

export const check: Check = {
  id: 'nothing-ahead',
  severities: ['warning'],
  meaning: 'Every opening of a service is past, so its plan does nothing more.',
  run: ofEachService(({ plan }, { now }) => {
    const last = plan.openings[plan.openings.length - 1];
    return !last || openingsAhead(plan, now).length > 0 ? [] : [{
      sentence: `every opening is past, the last was '${last.event}' on ${formatDay(last.at, last.timeZone)}`,
      remedy: 'add the next, or take the events out',
    }];
  }),
};
