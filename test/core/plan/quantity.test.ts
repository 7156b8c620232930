import { parseQuantity } from '../../../src/core/plan/quantity';

test('reads the quantities of Kubernetes', () => {
  expect(['500m', '2', '1.5', '1Gi', '1e3', '2k', '1E'].map(parseQuantity)).toEqual([0.5, 2, 1.5, 2 ** 30, 1000, 2000, 1e18]);
  expect(['', 'much', '1 Gi', '1Xi', undefined, null].map(parseQuantity)).toEqual([undefined, undefined, undefined, undefined, undefined, undefined]);
});
