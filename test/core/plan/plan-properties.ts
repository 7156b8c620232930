import * as fc from 'fast-check';
import { anyPlan, bruteForce, RandomPlan } from './random-plans';
import { decodePlan, encodePlan } from '../../../src/core/plan/document';
import { byInstant, edgesOf, nextEdge, planAt, startOf, endOf, stretchesOf } from '../../../src/core/plan/plan';
import { EpochMs } from '../../../src/core/time/instant';
import { MINUTE } from '../../../src/core/time/wall-clock';

/** What holds for every plan; `npm test` and the long run differ in how many they try. */
export const PLAN_PROPERTIES: { readonly [sentence: string]: (random: RandomPlan, instants: readonly EpochMs[]) => void } = {
  'the floor and ceiling in force are those of the design, at random instants and at every edge and a millisecond to either side': (random, instants) => {
    for (const at of [...instants, ...edgesOf(random.plan).flatMap(edge => [edge - 1, edge, edge + 1])]) {
      const { floor, ceiling } = planAt(random.plan, at);
      const wanted = bruteForce(random, at);
      if (floor !== wanted.floor || ceiling !== wanted.ceiling) {
        expect({ at, floor, ceiling }).toEqual({ at, ...wanted });
      }
      same(floor <= ceiling, true);
    }
  },

  'the order of events and openings does not matter': ({ plan }, instants) => {
    const reversed = { ...plan, openings: [...plan.openings].reverse() };
    for (const at of instants) {
      const { floor, ceiling } = planAt(plan, at);
      const other = planAt(reversed, at);
      same({ floor: other.floor, ceiling: other.ceiling }, { floor, ceiling });
    }
    same(stretchesOf(reversed), stretchesOf(plan));
    same(encodePlan({ ...plan, openings: [...reversed.openings].sort(byInstant) }), encodePlan(plan));
  },

  'the document reads back as the plan': ({ plan }) => {
    same(decodePlan(encodePlan(plan)), plan);
  },

  'the stretches are what is in force, without gap or neighbour alike': ({ plan }, instants) => {
    const stretches = stretchesOf(plan);
    const edges = edgesOf(plan);
    same(stretches.length > 0, edges.length > 0);
    stretches.forEach((stretch, i) => {
      const before = stretches[i - 1];
      same(stretch.from, before ? before.until : edges[0]);
      same(before !== undefined && before.floor === stretch.floor && before.ceiling === stretch.ceiling, false);
    });
    for (const at of [...instants, ...edges, ...edges.map(edge => edge - 1)]) {
      const { floor, ceiling } = planAt(plan, at);
      const stretch = stretches.find(({ from, until }) => from <= at && at < until);
      const outside = { floor: plan.baseline.floor, ceiling: plan.fixedCeiling ?? plan.baseline.ceiling };
      same(stretch ? { floor: stretch.floor, ceiling: stretch.ceiling } : outside, { floor, ceiling });
    }
  },

  'nothing changes between an instant and the next edge': ({ plan }, instants) => {
    for (const at of instants) {
      const edge = nextEdge(plan, at);
      same(edge, edgesOf(plan).find(candidate => candidate > at));
      same(planAt(plan, edge === undefined ? at + 1e12 : edge - 1).floor, planAt(plan, at).floor);
    }
  },

  'every window stands on whole minutes inside its opening\'s': ({ plan }) => {
    for (const opening of plan.openings) {
      for (const { from, until, floor, ceiling } of opening.windows) {
        same([from % MINUTE, until % MINUTE], [0, 0]);
        same(startOf(opening) <= from && from <= until && until <= endOf(opening), true);
        same([floor <= opening.floor, ceiling], [true, opening.ceiling]);
      }
    }
  },
};

/** A plan with instants around its openings. */
export const planWithInstants = anyPlan.chain(random => fc.tuple(fc.constant(random), fc.array(instantNear(random), { minLength: 1, maxLength: 8 })));

function instantNear({ plan: { openings } }: RandomPlan): fc.Arbitrary<EpochMs> {
  const first = openings.length ? startOf(openings[0]) : 0;
  const last = openings.length ? endOf(openings[openings.length - 1]) : 1;
  return fc.integer({ min: first - 3_600_000, max: last + 3_600_000 });
}

/** As `expect(a).toEqual(b)`, which takes microseconds that hundreds of thousands of plans do not have. */
function same(actual: unknown, expected: unknown): void {
  if (Object.is(actual, expected)) {
    return;
  }
  if (typeof actual !== 'object' || JSON.stringify(actual) !== JSON.stringify(expected)) {
    expect(actual).toEqual(expected);
  }
}
