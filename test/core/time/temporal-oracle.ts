import { Temporal } from '@js-temporal/polyfill';
import * as fc from 'fast-check';
import { DAY, HOUR, instantsOf, MINUTE, offsetAt } from '../../../src/core/time/wall-clock';

const FROM = Date.parse('2020-01-01T00:00Z');
const UNTIL = Date.parse('2037-01-01T00:00Z');

/** Compares wall times at random and around the first so many clock changes of a zone. */
export function agreesWithTemporal(zone: string, random: number, changes: number): void {
  const walls = [
    ...fc.sample(fc.integer({ min: FROM, max: UNTIL }), { numRuns: random, seed: 20261122 }),
    ...changesOf(zone).slice(0, changes).flatMap(around),
  ].map(at => Math.floor(at / MINUTE) * MINUTE);
  expect(walls.filter(wall => String(instantsOf(zone, wall)) !== String(temporalInstants(zone, wall)))).toEqual([]);
}

export function knowsOffsetsAroundChanges(zone: string): void {
  const instants = changesOf(zone).flatMap(change => [change - 1000, change, change + 1000, change - 3 * DAY, change + 3 * DAY]);
  expect(instants.filter(at => offsetAt(zone, at) !== temporalOffset(zone, at))).toEqual([]);
}

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
