import { DAY } from '../../core/time/wall-clock';
import { formatMoment, formatSpan } from '../../core/time/words';
import { Check, atPlan } from '../check';
import { titleOf } from '../deployed';
import { lastOpeningsOf } from '../openings';
import { someOf } from '../words';

/** Nobody plans an opening this long ahead; a year with a typo is. */
const FAR_MS = 400 * DAY;

export const check: Check = {
  id: 'far-ahead',
  severities: ['warning'],
  meaning: 'The last opening of an event is more than 400 days ahead, which a year with a typo is too.',
  run: ({ deployed, now }) => lastOpeningsOf(deployed.services)
    .filter(({ last }) => last.at >= now + FAR_MS)
    .map(({ last, services }) => ({
      sentence: `'${last.event}' of ${someOf(services.map(titleOf))} has its last opening on ${formatMoment(last.at, last.timeZone)}, `
        + `in ${formatSpan(last.at - now)}`,
      remedy: 'is the year right?',
      services,
      ...atPlan(services[0]),
    })),
};
