import * as fc from 'fast-check';
import { Opening, Plan } from '../../../src/core/plan/plan';
import { windowsOf, WindowShape } from '../../../src/core/plan/windows';
import { datesOfSeason } from '../../../src/core/time/calendar';
import { EpochMs } from '../../../src/core/time/instant';
import { clockChanges, DAY, dateOf, HOUR, MINUTE, parseDate, resolveWall } from '../../../src/core/time/wall-clock';
import { planOf } from '../../support/plans';
import { ZONES } from '../time/zones';

/** An event with the shape of its windows, from which an oracle can compute the floor without looking at windows. */
export interface RandomEvent {
  readonly id: string;
  readonly zone: string;
  readonly shape: WindowShape;
  readonly floor: number;
  readonly ceiling: number;
  readonly openings: readonly Opening[];
}

export interface RandomPlan {
  readonly plan: Plan;
  readonly events: readonly RandomEvent[];
}

/** Whole minutes half of the time; anything else otherwise. */
const span = (least: number, most: number) => fc.oneof(
  fc.integer({ min: Math.ceil(least / MINUTE), max: Math.floor(most / MINUTE) }).map(minutes => minutes * MINUTE),
  fc.integer({ min: least, max: most }),
);

const anyShape = (most: number): fc.Arbitrary<WindowShape> => fc.record({
  lead: span(MINUTE, most),
  hold: span(MINUTE, most),
  margin: fc.double({ min: 0, max: 1, noNaN: true }),
  up: fc.option(fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), steps: fc.integer({ min: 2, max: 6 }) })),
  down: fc.option(fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), steps: fc.integer({ min: 2, max: 6 }) })),
}).map(({ lead, hold, margin, up, down }) => {
  const readyMarginMs = Math.floor(margin * lead / 2);
  return {
    leadMs: lead,
    holdMs: hold,
    readyMarginMs,
    ...(up ? { rampUp: { overMs: Math.floor(up.share * (lead - readyMarginMs)), steps: up.steps } } : {}),
    ...(down ? { rampDown: { overMs: Math.floor(down.share * hold), steps: down.steps } } : {}),
  };
});

/** A first day: any, around the new year and leap days, or around a clock change of the zone. */
const anyDay = (zone: string): fc.Arbitrary<EpochMs> => {
  const changes = clockChanges(zone, Date.parse('2026-06-01T00:00Z'), Date.parse('2030-06-01T00:00Z'));
  const near = [...changes, ...['2026-12-31', '2027-12-31', '2028-02-28', '2028-03-01'].map(date => parseDate(date)!)];
  return fc.oneof(
    fc.integer({ min: 20_600, max: 22_000 }).map(day => day * DAY),
    fc.tuple(fc.constantFrom(...near), fc.integer({ min: -3, max: 2 })).map(([at, days]) => Math.floor(at / DAY + days) * DAY),
  );
};

const anyDates = (zone: string, mostDays: number): fc.Arbitrary<string[]> => fc.tuple(
  anyDay(zone),
  fc.integer({ min: 0, max: mostDays }),
  fc.oneof(fc.constant(undefined), fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 3 }), fc.constant('once' as const)),
).map(([first, days, pattern]) => {
  if (pattern === 'once') {
    return [dateOf(first)];
  }
  // at least a week, so that every day of the week occurs
  return datesOfSeason({ firstDate: dateOf(first), lastDate: dateOf(first + (days + 6) * DAY), weekdays: pattern });
});

/** An event of up to so many days in one of the zones; may have no opening where a clock change takes them. */
export const anyEvent = (id: string, mostDays: number, mostSpan: number) => fc.constantFrom(...ZONES).chain(zone => fc.record({
  dates: anyDates(zone, mostDays),
  minute: fc.oneof(fc.integer({ min: 0, max: 23 }).map(hour => hour * 60), fc.integer({ min: 0, max: 1439 })),
  shape: anyShape(mostSpan),
  floor: fc.integer({ min: 1, max: 200 }),
  above: fc.integer({ min: 0, max: 50 }),
}).map(({ dates, minute, shape, floor, above }): RandomEvent => {
  const ceiling = floor + above;
  const instants = dates.map(date => resolveWall(zone, parseDate(date)! + minute * MINUTE)).filter((at): at is number => typeof at === 'number');
  const openings = instants.map(at => ({
    event: id,
    ...(zone === 'UTC' ? {} : { timeZone: zone }),
    at,
    readyBy: at - shape.readyMarginMs,
    demand: { replicas: floor },
    floor,
    ceiling,
    windows: windowsOf(at, shape, { floor, ceiling }),
  }));
  return { id, zone, shape, floor, ceiling, openings };
}));

/** A plan of up to four events that may overlap, nest and touch. */
export const anyPlan: fc.Arbitrary<RandomPlan> = fc.record({
  baseline: fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 60 })),
  fixed: fc.boolean(),
  events: fc.integer({ min: 0, max: 4 }).chain(count =>
    fc.tuple(...Array.from({ length: count }, (_, i) => anyEvent(`event-${i}`, 8, i % 2 ? 30 * HOUR : 3 * HOUR)))),
}).map(({ baseline: [floor, above], fixed, events }) => ({
  events,
  plan: planOfEvents(events, { floor, ceiling: floor + above }, fixed),
}));

export function planOfEvents(events: readonly RandomEvent[], baseline: { floor: number; ceiling: number }, fixed = false): Plan {
  return planOf('queue', events.flatMap(event => event.openings), {
    baseline,
    ...(fixed ? { fixedCeiling: Math.max(baseline.ceiling, ...events.map(event => event.ceiling)) } : {}),
  });
}

/** The plan as the design says it, step by step, without a window: what `planAt` must agree with. */
export function bruteForce({ plan, events }: RandomPlan, at: EpochMs): { floor: number; ceiling: number } {
  let { floor, ceiling } = plan.baseline;
  for (const event of events) {
    for (const opening of event.openings) {
      const share = shareAt(event.shape, opening.at, at);
      if (share > 0) {
        floor = Math.max(floor, share === 1 ? event.floor : Math.ceil(event.floor * share));
        ceiling = Math.max(ceiling, event.ceiling);
      }
    }
  }
  return { floor, ceiling: plan.fixedCeiling ?? ceiling };
}

/** Which part of the full floor one opening asks for: 0 outside its windows. */
function shareAt(shape: WindowShape, opening: EpochMs, at: EpochMs): number {
  const started = (from: number) => Math.floor(from / MINUTE) * MINUTE <= at;
  const ended = (until: number) => Math.ceil(until / MINUTE) * MINUTE <= at;
  const up = shape.rampUp ?? { overMs: 0, steps: 1 };
  const down = shape.rampDown ?? { overMs: 0, steps: 1 };
  const after = (ramp: typeof up, i: number) => ramp.steps === 1 ? 0 : i * ramp.overMs / (ramp.steps - 1);
  const stepsUp = countOf(up.steps, i => started(opening - shape.leadMs + after(up, i)));
  const stepsLeft = down.steps - countOf(down.steps, i => ended(opening + shape.holdMs - after(down, i)));
  // the ramps do not overlap: the way down begins at the opening at the earliest
  return Math.min(stepsUp / up.steps, stepsLeft / down.steps);
}

function countOf(steps: number, holds: (i: number) => boolean): number {
  let count = 0;
  for (let i = 0; i < steps; i++) {
    count += holds(i) ? 1 : 0;
  }
  return count;
}
