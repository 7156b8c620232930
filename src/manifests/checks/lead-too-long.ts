import { fullFrom, timeToReady } from '../../core/plan/lead';
import { Opening, Plan, startOf } from '../../core/plan/plan';
import { formatCount } from '../../core/time/numbers';
import { DAY, HOUR } from '../../core/time/wall-clock';
import { formatSpan } from '../../core/time/words';
import { Check, ofEachService } from '../check';
import { byEvent, openingsAhead } from '../openings';
import { factsOf } from '../pods';
import { alike, formatPods } from '../words';

/** A lead that is longer by this than pods need is paid for, and buys nothing. */
const SPARE_MS = DAY;

export const check: Check = {
  id: 'lead-too-long',
  severities: ['warning'],
  meaning: 'The pods of an event are kept for more than a day longer than they need to become Ready, which costs and buys nothing.',
  run: ofEachService((service, { now }) => {
    const { plan } = service;
    const facts = factsOf(service);
    const needsMs = (opening: Opening) => timeToReady(plan, opening, facts).atMostMs;
    const early = openingsAhead(plan, now).filter(opening => opening.readyBy - fullFrom(opening) > needsMs(opening) + SPARE_MS);
    return [...byEvent(early).values()].map(openings => {
      const [opening] = openings;
      const podHours = Math.round(podHoursBefore(plan, opening));
      return {
        alike: opening.event,
        weight: podHours,
        sentence: `'${opening.event}' keeps ${formatPods(opening.floor)} for ${formatSpan(opening.at - startOf(opening))} before it opens, `
          + `${formatCount(podHours)} pod-hours more than the baseline${alike(openings)}`,
        remedy: `they are Ready within ${formatSpan(needsMs(opening))}, so a shorter 'lead' is enough`,
      };
    });
  }),
};

/** What is kept beyond the baseline until an opening; windows are nested. */
function podHoursBefore({ baseline }: Plan, { windows, at }: Opening): number {
  const lowestFirst = [...windows].sort((a, b) => a.floor - b.floor);
  return lowestFirst.reduce((sum, { from, floor }, i) => {
    const below = Math.max(baseline.floor, lowestFirst[i - 1]?.floor ?? 0);
    return sum + Math.max(0, floor - below) * Math.max(0, at - from) / HOUR;
  }, 0);
}
