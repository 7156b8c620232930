import * as fc from 'fast-check';
import { anyEvent, planOfEvents } from './random-plans';
import { decodePlan, encodePlan } from '../../../src/core/plan/document';
import { eventLinesOf } from '../../../src/core/plan/event-lines';
import { CRON_STEP_MS } from '../../../src/core/plan/names';
import { edgesOf, endOf, Plan, planAt, startOf, stretchesOf } from '../../../src/core/plan/plan';
import { EpochMs } from '../../../src/core/time/instant';
import { DAY, HOUR, MINUTE } from '../../../src/core/time/wall-clock';
import { runsOf } from '../time/cover-oracle';

/** A plan of one to three events, and all runs that its cron lines start. */
export interface Scheduled {
  readonly plan: Plan;
  readonly runs: readonly EpochMs[];
}

export const anyScheduled: fc.Arbitrary<Scheduled> = fc.integer({ min: 1, max: 3 })
  .chain(count => fc.tuple(...Array.from({ length: count }, (_, i) => anyEvent(`event-${i}`, 10, i % 2 ? 20 * HOUR : 2 * HOUR))))
  .map(all => all.filter(({ openings }) => openings.length > 0))
  .filter(events => events.length > 0)
  .map(events => {
    const plan = planOfEvents(events, { floor: 2, ceiling: 10 });
    const runs = events.flatMap(({ openings, zone }) => Object.values(eventLinesOf(openings, zone)).flatMap(line =>
      runsOf(line, startOf(openings[0]) - DAY, Math.max(...openings.map(endOf)) + DAY)));
    return { plan, runs: runs.sort((a, b) => a - b) };
  });

/** One job's run as the keeper does it: the plan now, and at each edge that it waits for. */
export function applyAt(plan: Plan, now: EpochMs): { at: EpochMs; floor: number }[] {
  const waitsFor = edgesOf(plan).filter(edge => edge > now && edge <= now + CRON_STEP_MS);
  return [now, ...waitsFor].map(at => ({ at, floor: planAt(plan, at).floor }));
}

/** Runs as scheduled: the floor is right within a minute of each edge, and stays right until the next. */
export function rightWithinAMinute({ plan, runs }: Scheduled): void {
  const writes = runs.flatMap(run => applyAt(plan, run)).sort((a, b) => a.at - b.at);
  let next = 0;
  let floor = plan.baseline.floor;
  const stretches = [...stretchesOf(plan), { from: edgesOf(plan).pop()!, until: Infinity, floor: plan.baseline.floor }];
  for (const stretch of stretches) {
    const settled = stretch.from + MINUTE;
    while (next < writes.length && writes[next].at < settled) {
      floor = writes[next++].floor;
    }
    expect({ at: settled, floor }).toEqual({ at: settled, floor: stretch.floor });
    while (next < writes.length && writes[next].at < stretch.until) {
      floor = writes[next++].floor;
      expect(floor).toBe(stretch.floor);
    }
  }
}

/** What becomes of a scheduled run. */
const anyFate = fc.record({
  missing: fc.boolean(),
  lateMs: fc.oneof(...[0, 10 * MINUTE, 3 * HOUR, 90 * DAY].map(max => fc.integer({ min: 0, max }))),
  twiceMs: fc.option(fc.integer({ min: 0, max: 40 * DAY })),
});

/** When jobs really ran: late by minutes to months, twice, not at all, in any order. */
export const anyHistory = fc.tuple(anyScheduled, fc.array(anyFate, { minLength: 1, maxLength: 30 }), fc.infiniteStream(fc.nat())).map(
  ([{ plan, runs }, fates, picks]) => ({
    plan,
    ran: fates.flatMap(({ missing, lateMs, twiceMs }) => {
      const at = runs[picks.next().value % runs.length] + lateMs;
      return [...missing ? [] : [at], ...twiceMs === null ? [] : [at + twiceMs]];
    }),
  }));

/** Whatever happened before, each run leaves the right floor; it reads the document, as the keeper does. */
export function rightAfterEachRun({ plan, ran }: { readonly plan: Plan; readonly ran: readonly EpochMs[] }): void {
  const document = encodePlan(plan);
  const stretches = stretchesOf(plan);
  const wanted = (at: EpochMs) => stretches.find(({ from, until }) => from <= at && at < until)?.floor ?? plan.baseline.floor;
  for (const at of [...ran].sort((a, b) => a - b)) {
    const { floor } = planAt(decodePlan(document), at);
    if (floor !== wanted(at)) {
      expect({ at, floor }).toEqual({ at, floor: wanted(at) });
    }
  }
}
