/** The properties of the plan and its cron lines, over many more cases than `npm test` has time for. */
import * as fc from 'fast-check';
import { eventLinesOf } from '../../src/core/plan/event-lines';
import { Opening, startOf } from '../../src/core/plan/plan';
import { windowsOf } from '../../src/core/plan/windows';
import { clockChanges, DAY, HOUR, MINUTE, resolveWall } from '../../src/core/time/wall-clock';
import { checkCovers } from '../core/plan/event-covers';
import { PLAN_PROPERTIES, planWithInstants } from '../core/plan/plan-properties';
import { anyEvent } from '../core/plan/random-plans';
import { anyHistory, anyScheduled, rightAfterEachRun, rightWithinAMinute } from '../core/plan/run-histories';
import { gapsOf } from '../core/time/cover-oracle';
import { agreesWithTemporal, knowsOffsetsAroundChanges } from '../core/time/temporal-oracle';
import { ZONES } from '../core/time/zones';

jest.setTimeout(60 * MINUTE);

const SHAPE = { leadMs: 100 * MINUTE, holdMs: 55 * MINUTE, readyMarginMs: 15 * MINUTE, rampDown: { overMs: 25 * MINUTE, steps: 3 } };
const BOUNDS = { floor: 60, ceiling: 90 };

test('all that holds for a plan holds for 100,000', () => {
  fc.assert(fc.property(planWithInstants, ([random, instants]) => {
    Object.values(PLAN_PROPERTIES).forEach(holds => holds(random, instants));
  }), { seed: 1, numRuns: 100_000 });
});

test('10,000 histories of late, doubled and missing runs end at the right floor', () => {
  fc.assert(fc.property(anyHistory, rightAfterEachRun), { seed: 2, numRuns: 10_000 });
});

test('the floor is right within a minute of each edge of 500 plans, when each run comes as the scheduler steps', () => {
  fc.assert(fc.property(anyScheduled, rightWithinAMinute), { seed: 3, numRuns: 500 });
});

test('every edge of 500 random seasons of up to 400 days has its run', () => {
  fc.assert(fc.property(anyEvent('e', 400, 30 * HOUR), fc.integer({ min: 0, max: 400 * DAY }), ({ openings, zone }, before) => {
    fc.pre(openings.length > 0);
    expect(gapsOf(openings, eventLinesOf(openings, zone), startOf(openings[0]) - 5 * MINUTE - before)).toEqual([]);
  }), { seed: 4, numRuns: 500 });
});

test.each(Intl.supportedValuesOf('timeZone'))('wall times and offsets of %s are those of Temporal', zone => {
  agreesWithTemporal(zone, 50, 12);
  knowsOffsetsAroundChanges(zone);
});

test.each(ZONES)('a whole year of openings in %s, at each hour and at half past, has all its runs', zone => {
  for (let time = 0; time < DAY; time += HOUR / 2) {
    const openings: Opening[] = [];
    for (let day = Date.parse('2027-01-01T00:00Z'); day < Date.parse('2028-01-10T00:00Z'); day += DAY) {
      const at = resolveWall(zone, day + time);
      if (typeof at === 'number') {
        openings.push(openingAt(at, zone));
      }
    }
    expect([time / HOUR, gapsOf(openings, eventLinesOf(openings, zone), startOf(openings[0]) - 40 * DAY)]).toEqual([time / HOUR, []]);
  }
});

test.each(ZONES)('single openings at every quarter of an hour around each clock change of %s have their runs', zone => {
  for (const change of clockChanges(zone, Date.parse('2027-01-01T00:00Z'), Date.parse('2029-01-01T00:00Z'))) {
    for (let at = change - 30 * HOUR; at < change + 50 * HOUR; at += HOUR / 4) {
      const openings = [openingAt(at, zone)];
      for (const before of [2 * HOUR, 30 * HOUR, 100 * DAY]) {
        expect([at, gapsOf(openings, eventLinesOf(openings, zone), startOf(openings[0]) - before)]).toEqual([at, []]);
      }
    }
  }
});

function openingAt(at: number, zone: string): Opening {
  return {
    event: 'e', timeZone: zone, at, readyBy: at - SHAPE.readyMarginMs, demand: { replicas: 60 }, ...BOUNDS, windows: windowsOf(at, SHAPE, BOUNDS),
  };
}

test('any calendar of 200 openings has its runs, and at most 24 of a day find nothing to do', () => {
  checkCovers(500);
});
