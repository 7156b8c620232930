import { agreesWithTemporal, knowsOffsetsAroundChanges } from './temporal-oracle';
import { ZONES } from './zones';
import { formatIn, resolveWall } from '../../../src/core/time/wall-clock';

test.each(ZONES)('agrees with Temporal on wall times in %s, clock changes included', zone => {
  agreesWithTemporal(zone, 40, 3);
});

test.each(ZONES)('knows the offset of %s to the second around its clock changes', zone => {
  knowsOffsetsAroundChanges(zone);
});

test('offers instants on both sides of a clock change that skips a whole day', () => {
  expect(resolveWall('Pacific/Apia', Date.parse('2011-12-30T10:00Z'))).toEqual({
    kind: 'skipped', instead: ['2011-12-29T10:00:00-10:00', '2011-12-31T10:00:00+14:00'],
  });
});

test('writes instants with the offset in force', () => {
  expect(formatIn('America/St_Johns', Date.parse('2027-01-01T00:00Z'))).toBe('2026-12-31T20:30:00-03:30');
  expect(formatIn('Asia/Kathmandu', Date.parse('2027-01-01T00:00:00.5Z'))).toBe('2027-01-01T05:45:00.500+05:45');
});
