import { EventLines } from '../../../src/core/plan/event-lines';
import { CRON_STEP_MS } from '../../../src/core/plan/names';
import { endOf, Opening, startOf } from '../../../src/core/plan/plan';
import { CronLine } from '../../../src/core/time/cron-cover';
import { parseCron, runsBetween } from '../../../src/core/time/cron-next';
import { EpochMs, isoOf } from '../../../src/core/time/instant';
import { MINUTE } from '../../../src/core/time/wall-clock';

const { floor } = Math;

/** All runs that the CronJob controller starts. */
export function runsOf({ schedule, timeZone }: CronLine, after: EpochMs, upTo: EpochMs): EpochMs[] {
  return runsBetween(parseCron(schedule), timeZone, after, upTo);
}

/** What the lines leave undone for the openings, stepped from `deployed` on; nothing if all is well. */
export function gapsOf(openings: readonly Opening[], lines: EventLines, deployed: EpochMs): string[] {
  const until = Math.max(...openings.map(endOf)) + 10 * MINUTE;
  const [bump, verify, drop] = [lines.bump, lines.verify, lines.drop].map(line => runsOf(line, deployed, until));
  const gaps: string[] = [];
  const wakes = (role: string, runs: readonly EpochMs[], edge: EpochMs) => {
    // starts up to a step before the edge and waits for it, or within a minute after it
    const near = lastUpTo(runs, edge + MINUTE);
    if (near === undefined || near < edge - CRON_STEP_MS) {
      gaps.push(`no ${role} for ${isoOf(edge)}`);
    }
  };
  for (const opening of openings) {
    for (const { from, until: fall } of opening.windows) {
      wakes('bump', bump, from);
      wakes('drop', drop, fall);
    }
    for (let at = startOf(opening); at < endOf(opening); at += CRON_STEP_MS) {
      wakes('guard', bump, at);
    }
    wakes('verify', verify, opening.readyBy);
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
