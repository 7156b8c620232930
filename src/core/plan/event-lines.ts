import { CRON_STEP_MS } from './names';
import { Opening, endOf, startOf } from './plan';
import { CronLine, lineFor } from '../time/cron-cover';
import { EpochMs } from '../time/instant';
import { Interval } from '../time/intervals';
import { MINUTE } from '../time/wall-clock';

/** The lines of an event's three CronJobs. */
export interface EventLines {
  readonly bump: CronLine;
  readonly verify: CronLine;
  readonly drop: CronLine;
}

/**
 * The cron lines that wake the jobs of one event whenever its windows need them.
 *
 * Bump runs every five minutes of every window, verify at the ready margin, drop at each fall.
 *
 * @param openings all of one event
 * @param zone the event's own
 */
export function eventLinesOf(openings: readonly Opening[], zone: string = 'UTC'): EventLines {
  const line = (spans: readonly Interval[]) => lineFor(zone, spans, CRON_STEP_MS);
  return {
    // from the rise itself: a deploy just before it must not wait for the next slot
    bump: line(openings.map(opening => ({ from: startOf(opening), until: endOf(opening) }))),
    verify: line(openings.map(({ readyBy }) => minuteOf(readyBy))),
    drop: line(openings.flatMap(({ windows }) => windows.map(({ until }) => minuteOf(until)))),
  };
}

function minuteOf(at: EpochMs): Interval {
  const from = Math.floor(at / MINUTE) * MINUTE;
  return { from, until: from + MINUTE };
}
