import { checkCovers } from './event-covers';
import { coverOf } from '../../../src/core/plan/event-cover';
import { eventLinesOf } from '../../../src/core/plan/event-lines';
import { CRON_STEP_MS } from '../../../src/core/plan/names';
import { Opening } from '../../../src/core/plan/plan';
import { windowsOf } from '../../../src/core/plan/windows';
import { EpochMs } from '../../../src/core/time/instant';
import { DAY, HOUR, MINUTE } from '../../../src/core/time/wall-clock';

const BOUNDS = { floor: 60, ceiling: 90 };

test('three lines leave nothing undone, and start at most 24 runs a day that find nothing to do', () => {
  checkCovers(15);
});

test('a season needs no waits: its lines are those that it always had', () => {
  const fridays = Array.from({ length: 30 }, (_, week) => openingAt(Date.parse('2027-03-05T11:00Z') + week * 7 * DAY));
  expect(coverOf(fridays, 'Asia/Seoul')).toEqual({ lines: eventLinesOf(fridays, 'Asia/Seoul') });
});

test('openings at one time of irregular days run in longer steps, and wait no longer than those', () => {
  const days = Array.from({ length: 40 }, (_, i) => i * 7 + i * i % 6);
  const { lines, waits } = coverOf(days.map(day => openingAt(Date.parse('2027-03-05T11:00Z') + day * DAY)), 'Asia/Seoul');
  expect(lines).toEqual({
    bump: { schedule: '*/10 18-20 * 3-12 1-2,5-6', timeZone: 'Asia/Seoul' },
    verify: { schedule: '45 19 * 3-12 1-2,5-6', timeZone: 'Asia/Seoul' },
    drop: { schedule: '0 21 * 3-12 1-2,5-6', timeZone: 'Asia/Seoul' },
  });
  expect(waits).toEqual({ bump: 10 * MINUTE, verify: CRON_STEP_MS, drop: CRON_STEP_MS });
});

test('openings at any minute of any day run every second hour', () => {
  const openings = Array.from({ length: 200 }, (_, i) => openingAt(Date.parse('2027-01-01T00:00Z') + i * 43 * HOUR + i * 7 * MINUTE));
  const { lines, waits } = coverOf(openings, 'Asia/Seoul');
  expect(lines.bump.schedule).toMatch(/^\d+ (\*|1-23|0-22)\/2 \* \* \*$/);
  expect(waits).toEqual({ bump: 2 * HOUR, verify: 3 * HOUR, drop: 6 * HOUR });
});

function openingAt(at: EpochMs): Opening {
  const windows = windowsOf(at, { leadMs: 2 * HOUR, holdMs: HOUR, readyMarginMs: 15 * MINUTE }, BOUNDS);
  return { event: 'e', at, readyBy: at - 15 * MINUTE, demand: { replicas: 60 }, ...BOUNDS, windows };
}
