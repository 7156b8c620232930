import * as fc from 'fast-check';
import { formatOffset, inWords, parseOffset } from '../../../src/core/time/offset';

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

test('says spans in words', () => {
  expect(inWords(7_200_000)).toBe('2 hours');
  expect(inWords(86_400_000 + 3_600_000 + 46 * 60_000)).toBe('1 day 1 hour 46 minutes');
  expect(inWords(61_005)).toBe('1 minute 1 second 5 milliseconds');
  expect(inWords(0)).toBe('0 seconds');
});
