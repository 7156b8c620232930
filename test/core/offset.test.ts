import * as fc from 'fast-check';
import { formatOffset, parseOffset } from '../../src/core/offset';

test('writes spans as Go and kubectl do', () => {
  expect(formatOffset(-9_000_000)).toBe('-2h30m');
  expect(formatOffset(45_000)).toBe('+45s');
  expect(formatOffset(0)).toBe('+0s');
  expect(formatOffset(61_005)).toBe('+1m1s5ms');
});

test('refuses what it would not write', () => {
  for (const text of ['', '+', '2h', '-', '+h', '+1d', '+1h 30m', '+1.5h', '+30m1h']) {
    expect(parseOffset(text)).toBeUndefined();
  }
});

test('reads back every whole number of milliseconds', () => {
  fc.assert(fc.property(fc.integer({ min: -1e12, max: 1e12 }), ms => parseOffset(formatOffset(ms)) === ms || ms === 0), { seed: 20261122 });
});
