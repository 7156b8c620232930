import * as fc from 'fast-check';
import { Disruption, disruptionOf } from '../../src/private/disruption-budget';

/** How many of so many healthy pods may be evicted, as the disruption controller reckons: percentages are rounded up. */
function allowed(disruption: Disruption, pods: number): number {
  const share = (percent: string) => Math.ceil(Number.parseInt(percent, 10) * pods / 100);
  return 'minAvailable' in disruption ? pods - share(disruption.minAvailable) : Math.min(pods, share(disruption.maxUnavailable));
}

const FLOOR = fc.integer({ min: 2, max: 2_000 });

test('the last pod is never let go', () => {
  fc.assert(fc.property(FLOOR, floor => allowed(disruptionOf(floor), 1) === 0), { seed: 20261125 });
});

test('of as many pods as the baseline has, or more, one at least may go: no drain waits for ever', () => {
  fc.assert(fc.property(FLOOR, fc.nat(10_000), (floor, more) => allowed(disruptionOf(floor), floor + more) >= 1), { seed: 20261125 });
});

test('a single pod that is all there is may go', () => {
  expect(allowed(disruptionOf(1), 1)).toBe(1);
});

test.each([[2, '50%', 54], [3, '66%', 36], [5, '80%', 21], [10, '90%', 10], [200, '90%', 10]])(
  'with %i pods between events it is %s, which lets %i of 108 go at a time', (floor, minAvailable, most) => {
    expect(disruptionOf(floor)).toEqual({ minAvailable });
    expect(allowed(disruptionOf(floor), 108)).toBe(most);
  });
