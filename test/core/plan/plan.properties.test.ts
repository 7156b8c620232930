import * as fc from 'fast-check';
import { PLAN_PROPERTIES, planWithInstants } from './plan-properties';

test.each(Object.keys(PLAN_PROPERTIES))('%s', sentence => {
  fc.assert(fc.property(planWithInstants, ([random, instants]) => PLAN_PROPERTIES[sentence](random, instants)), { seed: 20261122, numRuns: 300 });
});
