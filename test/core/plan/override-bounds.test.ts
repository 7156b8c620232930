import * as fc from 'fast-check';
import { overridingOf } from '../../../src/core/plan/override-bounds';
import { isoOf } from '../../../src/core/time/instant';
import { DAY, HOUR } from '../../support/durations';
import { openingAt, planOf } from '../../support/plans';

const NOW = Date.parse('2026-12-05T00:00:00Z');
/** Its highest ceiling is 162, of an event. */
const PLAN = planOf('queue', [openingAt('sale', NOW, 108)]);
const SOON = isoOf(NOW + HOUR);

test('ten times the highest ceiling of the plan is followed, more is not, and the sentence says the way out', () => {
  expect(overridingOf(written({ floor: '1620', until: SOON }), PLAN)).toMatchObject({ override: { floor: 1620 }, malformed: [] });
  expect(overridingOf(written({ floor: '1621', until: SOON }), PLAN)).toEqual({
    postponements: [],
    malformed: ["'floor' of the override is 1621, more than 10 times the plan's highest ceiling (162); if that is meant, add confirm: \"1621\" to it"],
  });
  expect(overridingOf(written({ floor: '5', ceiling: '1621', until: SOON }), PLAN).malformed).toEqual([
    "'ceiling' of the override is 1621, more than 10 times the plan's highest ceiling (162); if that is meant, add confirm: \"5\" to it",
  ]);
});

test('a fixed ceiling is the highest', () => {
  expect(overridingOf(written({ floor: '2000', until: SOON }), { ...PLAN, fixedCeiling: 200 }).override).toMatchObject({ floor: 2000 });
});

test.each([
  ['its floor', '100000', true], ['another floor', '10000', false], ['a word', 'yes', false],
])('confirmed by %s, a floor beyond that is followed: %s', (_, confirm, isFollowed) => {
  expect(overridingOf(written({ floor: '100000', until: SOON, confirm }), PLAN).override !== undefined).toBe(isFollowed);
});

test('an end more than a week after it was written is refused, and says both instants', () => {
  expect(overridingOf(written({ floor: '2', until: isoOf(NOW + 7 * DAY) }), PLAN).override).toBeDefined();
  expect(overridingOf(written({ floor: '2', until: isoOf(NOW + 7 * DAY + 1_000) }), PLAN).malformed).toEqual([
    "'until' of the override is 2026-12-12T00:00:01Z, more than 7 days after it was written (2026-12-05T00:00:00Z); write it again with an earlier one",
  ]);
});

test('a label that is put on it later does not make it new, and writing it again does', () => {
  const data = { floor: '2', until: isoOf(NOW + 9 * DAY) };
  const hand = (part: string, days: number) => ({ manager: 'kubectl', time: isoOf(NOW + days * DAY), fieldsV1: { [part]: {} } });
  const creationTimestamp = isoOf(NOW);
  expect(overridingOf({ ...written(data), metadata: { creationTimestamp, managedFields: [hand('f:data', 1), hand('f:metadata', 5)] } }, PLAN).override).toBeUndefined();
  expect(overridingOf({ ...written(data), metadata: { creationTimestamp, managedFields: [hand('f:data', 1), hand('f:data', 3)] } }, PLAN).override).toBeDefined();
});

test('where it is not known when it was written, its end is taken as it is', () => {
  expect(overridingOf({ ...written({ floor: '2', until: isoOf(NOW + 90 * DAY) }), metadata: {} }, PLAN).override).toBeDefined();
});

test('openings that are postponed count, whatever the floor beside them', () => {
  const postponed = `sale ${isoOf(NOW)} -> ${isoOf(NOW + HOUR)}`;
  expect(overridingOf(written({ floor: '99999', until: SOON, postponed }), PLAN)).toMatchObject({ postponements: [{ event: 'sale' }], malformed: [/./] });
});

test('what is followed is within its bounds or confirmed, and what is within them is followed', () => {
  const cases = fc.record({
    floor: fc.integer({ min: 1, max: 4_000 }),
    more: fc.option(fc.integer({ min: 0, max: 4_000 })),
    isConfirmed: fc.boolean(),
    days: fc.integer({ min: 0, max: 14 }),
  });
  fc.assert(fc.property(cases, ({ floor, more, isConfirmed, days }) => {
    const { override } = overridingOf(written({
      floor: `${floor}`, until: isoOf(NOW + days * DAY), ...more === null ? {} : { ceiling: `${floor + more}` }, ...isConfirmed ? { confirm: `${floor}` } : {},
    }), PLAN);
    expect(override !== undefined).toBe((isConfirmed || floor + (more ?? 0) <= 1_620) && days <= 7);
  }), { seed: 20261205 });
});

function written(data: { [key: string]: string }) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { creationTimestamp: isoOf(NOW) }, data };
}
