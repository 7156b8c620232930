import { eventSummary, planSummary } from '../../../src/core/plan/summary';
import { HOUR } from '../../support/durations';
import { openingAt, planOf } from '../../support/plans';

const MARATHON = openingAt('seoul-marathon', '2026-12-05T10:00:00+09:00', 108, {
  demand: { requestsPerSecond: 15_000 }, leadMs: 3 * HOUR, holdMs: 2 * HOUR,
});
const friday = (day: string, floor: number) => openingAt('friday', `2027-03-${day}T20:00:00+09:00`, floor, {
  demand: { requestsPerSecond: floor * 1_000 }, leadMs: HOUR, holdMs: 5 * HOUR,
});

test('one opening says floor, window, zone and demand', () => {
  expect(eventSummary([MARATHON], 2)).toBe('floor 2 -> 108 from Sat 2026-12-05 07:00 to 12:00 Asia/Seoul, for 15,000 requests/s at 10:00');
});

test('a season says how many openings it has, the first, the last, and the highest between them', () => {
  expect(eventSummary([friday('05', 20), friday('12', 65), friday('19', 20)], 2)).toBe('3 openings; '
    + 'first: floor 2 -> 20 from Fri 2027-03-05 19:00 to Sat 2027-03-06 01:00 Asia/Seoul, for 20,000 requests/s at 20:00; '
    + 'last: floor 2 -> 20 from Fri 2027-03-19 19:00 to Sat 2027-03-20 01:00 Asia/Seoul, for 20,000 requests/s at 20:00; '
    + 'highest: floor 2 -> 65 from Fri 2027-03-12 19:00 to Sat 2027-03-13 01:00 Asia/Seoul, for 65,000 requests/s at 20:00');
});

test('a season whose last opening is the highest does not say it twice', () => {
  expect(eventSummary([friday('05', 20), friday('12', 65)], 2)).not.toContain('highest');
});

test('an event that asks for less than the baseline is said to change nothing', () => {
  expect(eventSummary([friday('05', 2)], 3)).toMatch(/^floor 3, as between events, from /);
});

test('a plan says the floor between events, and a line for each event', () => {
  expect(planSummary(planOf('queue', [MARATHON, friday('05', 20)])).split('\n').map(line => line.slice(0, 32))).toEqual([
    'floor 2 between events', 'seoul-marathon: floor 2 -> 108 f', 'friday: floor 2 -> 20 from Fri 2',
  ]);
});
