import { nextRun, parseCron, runsBetween } from '../../../src/core/time/cron-next';

const NOON = Date.parse('2026-12-05T12:00:00Z');

test('stops where the upstream library goes back in time', () => {
  // from 03:40 it comes to 02:45, where the repeated hour begins, and from there to the 03:00 before
  const after = Date.parse('2027-04-03T13:50:00Z');
  const schedule = parseCron('*/5 3-4 4 4 *');
  expect(runsBetween(schedule, 'Pacific/Chatham', after, after + 3_600_000).map(iso)).toEqual(['2027-04-03T13:55:00Z', '2027-04-03T14:00:00Z']);
  expect(iso(nextRun(schedule, 'Pacific/Chatham', Date.parse('2027-04-03T14:00:00Z')))).toBe('2027-04-03T13:15:00Z');
});

test('runs strictly after an instant, on whole seconds', () => {
  const hourly = parseCron('@hourly');
  expect(iso(nextRun(hourly, 'UTC', NOON))).toBe('2026-12-05T13:00:00Z');
  expect(iso(nextRun(hourly, 'UTC', NOON - 1))).toBe('2026-12-05T12:00:00Z');
});

test('a zone in the line wins', () => {
  expect(iso(nextRun(parseCron('TZ=Asia/Seoul 0 10 * * *'), 'UTC', NOON))).toBe('2026-12-06T01:00:00Z');
});

test('an interval counts from the last run', () => {
  expect(iso(nextRun(parseCron('@every 1h30m'), 'UTC', NOON))).toBe('2026-12-05T13:30:00Z');
  expect(iso(nextRun(parseCron('@every 10ms'), 'UTC', NOON))).toBe('2026-12-05T12:00:01Z');
});

test.each([
  ['* * * *', "cron line '* * * *' must have 5 fields, has 4"],
  ['0 60 * * *', "'60' is no hour of a cron line: must be 0 to 23"],
  ['0 0 0 * *', "'0' is no day of month of a cron line: must be 1 to 31"],
  ['0 0 * * 7', "'7' is no day of week of a cron line: must be 0 to 6"],
  ['0 5-3 * * *', "'5-3' is no hour of a cron line: ends before it begins"],
  ['*/0 * * * *', "'*/0' is no minute of a cron line: a step of 0"],
  ['0 0 * foo *', "'foo' is no month of a cron line: 'foo' is no whole number"],
  ['0 1-2-3 * * *', "'1-2-3' is no hour of a cron line: too many hyphens"],
  ['0 */2/3 * * *', "'*/2/3' is no hour of a cron line: too many slashes"],
  ['@noon', "cron line '@noon' is unknown; known are @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly and @every"],
  ['@every soon', "cron line '@every soon' needs a duration such as '1h30m'"],
  ['TZ=Asia/Soul 0 0 * * *', "time zone 'Asia/Soul' of cron line 'TZ=Asia/Soul 0 0 * * *' is unknown"],
])('refuses %p with a sentence', (line, sentence) => {
  expect(() => parseCron(line)).toThrow(sentence);
});

function iso(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString().replace('.000Z', 'Z');
}
