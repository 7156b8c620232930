import * as fc from 'fast-check';
import { anyHistory, anyScheduled, rightAfterEachRun, rightWithinAMinute } from './run-histories';

test('with its cron lines and keepers that wait, the floor is right within a minute of each edge', () => {
  fc.assert(fc.property(anyScheduled, rightWithinAMinute), { seed: 20261122, numRuns: 40 });
});

test('whatever runs were late, doubled or missing before it, a run leaves the right floor', () => {
  fc.assert(fc.property(anyHistory, rightAfterEachRun), { seed: 20261122, numRuns: 100 });
});
