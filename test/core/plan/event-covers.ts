import * as fc from 'fast-check';
import { MOST_IDLE_RUNS, coverOf } from '../../../src/core/plan/event-cover';
import { CronRole } from '../../../src/core/plan/names';
import { Opening, endOf, startOf } from '../../../src/core/plan/plan';
import { windowsOf } from '../../../src/core/plan/windows';
import { EpochMs } from '../../../src/core/time/instant';
import { unionOf } from '../../../src/core/time/intervals';
import { DAY, HOUR, MINUTE, clockChanges, dateOf, wallAt } from '../../../src/core/time/wall-clock';
import { gapsOf, runsOf } from '../time/cover-oracle';
import { ZONES } from '../time/zones';

const ROLES: readonly CronRole[] = ['bump', 'verify', 'drop'];
const BOUNDS = { floor: 60, ceiling: 90 };

/** 200 openings in a year, at any minute or at a few usual times of day, with ramps or without. */
const anyCalendar = fc.record({
  zone: fc.constantFrom(...ZONES),
  minutes: fc.oneof(
    fc.constant(Array.from({ length: 1440 }, (_, minute) => minute)),
    fc.uniqueArray(fc.integer({ min: 0, max: 95 }).map(quarter => quarter * 15), { minLength: 1, maxLength: 5 }),
  ),
  openings: fc.array(fc.record({
    day: fc.integer({ min: 0, max: 364 }),
    pick: fc.nat(),
    lead: fc.constantFrom(1, 2, 2, 2, 6),
    hold: fc.constantFrom(0.5, 1, 1, 1, 4),
  }), { minLength: 1, maxLength: 200, size: 'max' }),
  ramps: fc.boolean(),
}).map(({ zone, minutes, openings, ramps }) => ({
  zone,
  openings: openings.map(({ day, pick, lead, hold }): Opening => {
    const at = Date.parse('2027-01-01T00:00Z') + day * DAY + minutes[pick % minutes.length] * MINUTE;
    const shape = {
      leadMs: lead * HOUR,
      holdMs: hold * HOUR,
      readyMarginMs: 15 * MINUTE,
      ...ramps ? { rampUp: { overMs: lead * HOUR / 2, steps: 4 }, rampDown: { overMs: hold * HOUR / 2, steps: 4 } } : {},
    };
    return { event: 'e', at, readyBy: at - 15 * MINUTE, demand: { replicas: 60 }, ...BOUNDS, windows: windowsOf(at, shape, BOUNDS) };
  }),
}));

/** Three lines leave nothing undone, and start at most 24 runs a day that find nothing to do. */
export function checkCovers(runs: number): void {
  fc.assert(fc.property(anyCalendar, fc.integer({ min: 0, max: 100 * DAY }), ({ zone, openings }, before) => {
    const { lines, waits } = coverOf(openings, zone);
    const first = Math.min(...openings.map(startOf));
    const deployed = first - 5 * MINUTE - before - Math.max(0, ...Object.values(waits ?? {}));
    expect(gapsOf(openings, lines, deployed, waits)).toEqual([]);
    const idle = idleRuns(openings, zone);
    expect(Math.max(...idle) <= MOST_IDLE_RUNS || idle.reduce((sum, one) => sum + one, 0) <= 1_000).toBe(true);
  }), { seed: 20261201, numRuns: runs });
}

/** By stepping the scheduler through the season: the runs of each day, of all jobs, outside the windows and the moments that need one. */
function idleRuns(openings: readonly Opening[], zone: string): number[] {
  const { lines } = coverOf(openings, zone);
  const [from, until] = [Math.min(...openings.map(startOf)), Math.max(...openings.map(endOf))];
  const minute = (at: EpochMs) => Math.floor(at / MINUTE);
  const windows = unionOf(openings.map(opening => ({ from: startOf(opening), until: endOf(opening) })));
  const ready = new Set(openings.map(({ readyBy }) => minute(readyBy)));
  const falls = new Set(openings.flatMap(opening => opening.windows.map(window => minute(window.until))));
  const inUse: { [role in CronRole]: (run: EpochMs) => boolean } = {
    bump: run => windows.some(window => window.from <= run && run < window.until),
    verify: run => ready.has(minute(run)),
    drop: run => falls.has(minute(run)),
  };
  // on the day of a clock change an hour's runs come again
  const changes = ['UTC', zone].flatMap(one => clockChanges(one, from, until).map(at => dateOf(wallAt(one, at))));
  const days = new Map<string, number>();
  for (const role of ROLES) {
    for (const run of runsOf(lines[role], from - 1, until)) {
      const day = dateOf(wallAt(lines[role].timeZone, run));
      days.set(day, (days.get(day) ?? 0) + (inUse[role](run) || changes.includes(day) ? 0 : 1));
    }
  }
  return [0, ...days.values()];
}
