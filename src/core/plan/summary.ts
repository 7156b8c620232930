import { Opening, Plan, endOf, startOf } from './plan';
import { formatDemand } from './sizing';
import { formatCount, formatSome } from '../time/numbers';
import { formatClock, formatDay, formatMoment } from '../time/words';

/**
 * What an event does to a service, in plain words for the annotations of manifests.
 *
 * `floor 2 -> 108 from Sat 2026-12-05 07:00 to 12:00 Asia/Seoul, for 15,000 requests/s at 10:00`. An event with several openings says how
 * many there are, and which are the first, the last and the one with the highest floor. It reads no clock: the same plan gives the same words.
 *
 * @param openings all of one event, oldest first
 * @param baseline the floor between events
 */
export function eventSummary(openings: readonly Opening[], baseline: number): string {
  const [first] = openings;
  const last = openings[openings.length - 1];
  if (openings.length === 1) {
    return summaryOf(first, baseline);
  }
  const highest = openings.reduce((most, opening) => opening.floor > most.floor ? opening : most);
  const others = highest === first || highest === last ? '' : `; highest: ${summaryOf(highest, baseline)}`;
  return `${formatSome(openings.length, 'opening')}; first: ${summaryOf(first, baseline)}; last: ${summaryOf(last, baseline)}${others}`;
}

/** What a whole plan does to its target. */
export function planSummary({ baseline, openings }: Plan): string {
  const events = new Map<string, Opening[]>();
  for (const opening of openings) {
    events.set(opening.event, [...events.get(opening.event) ?? [], opening]);
  }
  const lines = [...events].map(([event, its]) => `${event}: ${eventSummary(its, baseline.floor)}`);
  return [`floor ${formatCount(baseline.floor)} between events`, ...lines].join('\n');
}

function summaryOf(opening: Opening, baseline: number): string {
  const { at, timeZone: zone = 'UTC', demand, floor } = opening;
  const from = startOf(opening);
  const until = endOf(opening);
  const near = (instant: number) => formatDay(instant, zone) === formatDay(from, zone) ? formatClock(instant, zone) : formatMoment(instant, zone);
  // an event that asks for less than the baseline changes nothing
  const change = floor > baseline ? `floor ${formatCount(baseline)} -> ${formatCount(floor)}` : `floor ${formatCount(baseline)}, as between events,`;
  return `${change} from ${formatMoment(from, zone)} to ${near(until)} ${zone}, for ${formatDemand(demand)} at ${near(at)}`;
}
