import { Temporal } from '@js-temporal/polyfill';
import * as fc from 'fast-check';
import { ZONES } from './zones';
import { DAY, formatIn, HOUR, instantsOf, MINUTE, offsetAt, resolveWall } from '../../src/core/wall-clock';

const FROM = Date.parse('2020-01-01T00:00Z');
const UNTIL = Date.parse('2037-01-01T00:00Z');

test.each(ZONES)('agrees with Temporal on wall times in %s, clock changes included', zone => {
  const walls = [
    ...fc.sample(fc.integer({ min: FROM, max: UNTIL }), { numRuns: 100, seed: 20261122 }),
    ...changesOf(zone).slice(0, 12).flatMap(around),
  ].map(at => Math.floor(at / MINUTE) * MINUTE);
  for (const wall of walls) {
    expect([zone, wall, instantsOf(zone, wall)]).toEqual([zone, wall, temporalInstants(zone, wall)]);
  }
});

test.each(ZONES)('knows the offset of %s to the second around its clock changes', zone => {
  for (const change of changesOf(zone)) {
    for (const at of [change - 1000, change, change + 1000, change - 3 * DAY, change + 3 * DAY]) {
      expect([at, offsetAt(zone, at)]).toEqual([at, temporalOffset(zone, at)]);
    }
  }
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

/** Instants at which a zone changes its clocks. */
function changesOf(zone: string): number[] {
  const changes: number[] = [];
  let at = Temporal.Instant.fromEpochMilliseconds(FROM).toZonedDateTimeISO(zone);
  for (;;) {
    const next = at.getTimeZoneTransition('next');
    if (!next || next.epochMilliseconds > UNTIL) {
      return changes;
    }
    changes.push(next.epochMilliseconds);
    at = next;
  }
}

/** Wall times every quarter of an hour around a change, in either offset. */
function around(change: number): number[] {
  return [change - 14 * HOUR, change - 3 * HOUR, change, change + 3 * HOUR, change + 14 * HOUR]
    .flatMap(centre => Array.from({ length: 17 }, (_, i) => centre + (i - 8) * 15 * MINUTE));
}

function temporalInstants(zone: string, wall: number): number[] {
  const plain = Temporal.PlainDateTime.from(new Date(wall).toISOString().slice(0, -1));
  try {
    plain.toZonedDateTime(zone, { disambiguation: 'reject' });
  } catch {
    const both = (['earlier', 'later'] as const).map(disambiguation => plain.toZonedDateTime(zone, { disambiguation }));
    return both.filter(found => found.toPlainDateTime().equals(plain)).map(found => found.epochMilliseconds);
  }
  return [plain.toZonedDateTime(zone).epochMilliseconds];
}

function temporalOffset(zone: string, at: number): number {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6;
}
