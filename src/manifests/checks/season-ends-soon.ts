import { DAY } from '../../core/time/wall-clock';
import { formatMoment, formatSpan } from '../../core/time/words';
import { Check, atPlan } from '../check';
import { titleOf } from '../deployed';
import { lastOpeningsOf } from '../openings';
import { someOf } from '../words';

/** A season that ends within this time is worth a word. */
const SOON_MS = 28 * DAY;

export const check: Check = {
  id: 'season-ends-soon',
  severities: ['warning'],
  meaning: 'An event of at least three openings has its last one within four weeks.',
  run: ({ deployed, now }) => lastOpeningsOf(deployed.services)
    .filter(({ isSeason, last }) => isSeason && last.at >= now && last.at < now + SOON_MS)
    .map(({ last, services }) => ({
      sentence: `the season '${last.event}' of ${someOf(services.map(titleOf))} has its last opening on ${formatMoment(last.at, last.timeZone)}, `
        + `in ${formatSpan(last.at - now)}`,
      remedy: "move 'lastDate' if it goes on",
      services,
      ...atPlan(services[0]),
    })),
};
