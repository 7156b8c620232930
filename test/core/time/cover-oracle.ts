import { EventLines } from '../../../src/core/plan/event-lines';
import { CRON_STEP_MS, RoleWaits } from '../../../src/core/plan/names';
import { endOf, Opening, startOf } from '../../../src/core/plan/plan';
import { CronLine } from '../../../src/core/time/cron-cover';
import { parseCron, runsBetween } from '../../../src/core/time/cron-next';
import { EpochMs, isoOf } from '../../../src/core/time/instant';
import { unionOf } from '../../../src/core/time/intervals';
import { HOUR, MINUTE } from '../../../src/core/time/wall-clock';

const { floor } = Math;

/** All runs that the CronJob controller starts. */
export function runsOf({ schedule, timeZone }: CronLine, after: EpochMs, upTo: EpochMs): EpochMs[] {
  return runsBetween(parseCron(schedule), timeZone, after, upTo);
}

const STEP: RoleWaits = { bump: CRON_STEP_MS, verify: CRON_STEP_MS, drop: CRON_STEP_MS };

/**
 * What the lines leave undone for the openings, stepped from `deployed` on; nothing if all is well.
 *
 * @param waits how long before its time a run may start; longer ones need no further runs within a window, which one guard holds
 */
export function gapsOf(openings: readonly Opening[], lines: EventLines, deployed: EpochMs, waits: RoleWaits = STEP): string[] {
  const until = Math.max(...openings.map(endOf)) + 10 * MINUTE;
  const [bump, verify, drop] = [lines.bump, lines.verify, lines.drop].map(line => runsOf(line, deployed, until));
  const gaps: string[] = [];
  const wakes = (role: string, runs: readonly EpochMs[], edge: EpochMs, wait: number) => {
    // starts up to the wait before the edge, or within a minute after it
    const near = lastUpTo(runs, edge + MINUTE);
    if (near === undefined || near < edge - wait) {
      gaps.push(`no ${role} for ${isoOf(edge)}`);
    }
  };
  const starts = new Set(unionOf(openings.map(opening => ({ from: startOf(opening), until: endOf(opening) }))).map(({ from }) => from));
  for (const opening of openings) {
    for (const { from, until: fall } of opening.windows) {
      if (waits.bump <= HOUR || starts.has(from)) {
        wakes('bump', bump, from, waits.bump);
      }
      wakes('drop', drop, fall, waits.drop);
    }
    for (let at = startOf(opening); waits.bump <= HOUR && at < endOf(opening); at += CRON_STEP_MS) {
      wakes('guard', bump, at, waits.bump);
    }
    wakes('verify', verify, opening.readyBy, waits.verify);
  }
  return gaps;
}

/** The last of sorted numbers that is at most a limit. */
function lastUpTo(sorted: readonly number[], limit: number): number | undefined {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = floor((low + high) / 2);
    if (sorted[middle] <= limit) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return sorted[low - 1];
}
