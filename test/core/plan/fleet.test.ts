import * as fc from 'fast-check';
import { baselineOf, peakOf, sumOf } from '../../../src/core/plan/fleet';
import { creationMs, creationsOf } from '../../../src/core/plan/lead';
import { planAt } from '../../../src/core/plan/plan';
import { HOUR, NOW, openingAt, planOf } from '../../manifests/plans';

const someOpening = fc.record({ at: fc.integer({ min: 0, max: 40 }), floor: fc.integer({ min: 1, max: 50 }), hold: fc.integer({ min: 1, max: 6 }) });
const somePlan = fc.array(someOpening, { maxLength: 4 })
  .map(openings => planOf('web', openings.map(({ at, floor, hold }, i) => openingAt(`e${i}`, NOW + at * HOUR, floor, { holdMs: hold * HOUR }))));

test('the sum of plans is the sum of what each asks for, at every instant', () => {
  fc.assert(fc.property(fc.array(somePlan, { minLength: 1, maxLength: 4 }), plans => {
    const members = plans.map((plan, i) => ({ plan, weight: i + 1 }));
    const stretches = sumOf(members);
    for (let at = NOW - 5 * HOUR; at < NOW + 50 * HOUR; at += HOUR / 2) {
      const is = stretches.find(({ from, until }) => from <= at && at < until) ?? baselineOf(members);
      expect(is.floor).toBe(members.reduce((sum, { plan, weight }) => sum + planAt(plan, at).floor * weight, 0));
      expect(is.ceiling).toBe(members.reduce((sum, { plan, weight }) => sum + planAt(plan, at).ceiling * weight, 0));
    }
  }), { seed: 20261122, numRuns: 60 });
});

test('the peak is the first of the highest that are not over', () => {
  const stretches = [[0, 10, 9], [10, 20, 5], [20, 30, 7], [30, 40, 7]].map(([from, until, floor]) => ({ from, until, floor, ceiling: floor }));
  expect(peakOf(stretches, 0)?.from).toBe(0);
  expect(peakOf(stretches, 10)?.from).toBe(20);
  expect(peakOf(stretches, 40)).toBeUndefined();
});

test('pods are created 30 at once and then 20 a second, one service after the other', () => {
  expect([creationMs(30), creationMs(130)]).toEqual([0, 5000]);
  const at = NOW + 10 * HOUR;
  const [creation] = creationsOf(['a', 'b'].map(name => planOf(name, [openingAt('sale', at, 102)])));
  expect(creation).toMatchObject({ at: at - 3 * HOUR, pods: 200, doneAt: at - 3 * HOUR + 8500 });
});

test('a rise while pods are still being created waits for its turn, without another burst', () => {
  const at = NOW + 10 * HOUR;
  const [first, second] = creationsOf([planOf('a', [openingAt('sale', at, 2432)]), planOf('b', [openingAt('sale', at + 60_000, 42)])]);
  // 2,400 pods of the first at 20 a second: 120 s; the second asks after 60 s and gets its 40 in 2 s
  expect([first.doneAt - first.at, second.doneAt - second.at]).toEqual([120_000, 62_000]);
});

test('a rise from one window into a higher one creates the difference', () => {
  const at = NOW + 10 * HOUR;
  const plan = planOf('web', [openingAt('small', at, 12), openingAt('big', at + HOUR, 32)]);
  expect(creationsOf([plan]).map(({ pods }) => pods)).toEqual([10, 20]);
});
