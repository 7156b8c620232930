import { Duration } from 'cdk8s';
import * as fc from 'fast-check';
import { gapsOf, runsOf } from './cover-oracle';
import { eventLinesOf } from '../../../src/core/plan/event-lines';
import { Opening, startOf } from '../../../src/core/plan/plan';
import { windowsOf } from '../../../src/core/plan/windows';
import { isoOf } from '../../../src/core/time/instant';
import { clockChanges, DAY, HOUR, MINUTE } from '../../../src/core/time/wall-clock';
import { OpeningEvent } from '../../../src/opening-event';
import { DailyOptions, Weekday, WeeklyOptions } from '../../../src/opening-options';
import { resolveShape } from '../../../src/private/window-shape';
import { anyEvent } from '../plan/random-plans';

const SEOUL = 'Asia/Seoul';
const BERLIN = 'Europe/Berlin';

describe('reads as people think of it', () => {
  test('one opening', () => {
    expect(linesOf(OpeningEvent.once('marathon', {
      at: '2026-12-05T10:00', timeZone: SEOUL, lead: Duration.hours(3), hold: Duration.hours(2),
    }))).toEqual({ bump: `*/5 7-11 5 12 * ${SEOUL}`, verify: `45 9 5 12 * ${SEOUL}`, drop: `0 12 5 12 * ${SEOUL}` });
  });

  test('a season of Fridays with a ramp', () => {
    expect(linesOf(fridays({
      lead: Duration.minutes(45), hold: Duration.minutes(90), rampDown: { over: Duration.minutes(30) },
    }))).toEqual({ bump: `*/5 19-21 * 3-11 5 ${SEOUL}`, verify: `45 19 * 3-11 5 ${SEOUL}`, drop: `0-30/10 21 * 3-11 5 ${SEOUL}` });
  });

  test('every day of many years', () => {
    expect(linesOf(daily({ timeZone: BERLIN, firstDate: '2027-01-01', lastDate: '2031-12-31' })))
      .toEqual({ bump: `*/5 18-20 * * * ${BERLIN}`, verify: `45 19 * * * ${BERLIN}`, drop: `0 21 * * * ${BERLIN}` });
  });

  test('every day of one month', () => {
    expect(linesOf(daily({ firstDate: '2027-02-01', lastDate: '2027-02-28' })).bump).toBe(`*/5 18-20 1-28 2 * ${SEOUL}`);
  });

  test('UTC without a zone', () => {
    expect(linesOf(OpeningEvent.once('e', { at: '2026-12-05T10:02:30+09:00' })))
      .toEqual({ bump: '2-57/5 0-2,23 4-5 12 * UTC', verify: '47 0 5 12 * UTC', drop: '3 2 5 12 * UTC' });
  });

  test('across midnight and the new year', () => {
    expect(linesOf(OpeningEvent.once('e', { at: '2027-01-01T00:00', timeZone: SEOUL })))
      .toEqual({ bump: `*/5 0,22-23 1,31 1,12 * ${SEOUL}`, verify: `45 23 31 12 * ${SEOUL}`, drop: `0 1 1 1 * ${SEOUL}` });
  });

  test('a leap day', () => {
    expect(linesOf(OpeningEvent.once('e', { at: '2028-02-29T12:00', timeZone: SEOUL })).bump).toBe(`*/5 10-12 29 2 * ${SEOUL}`);
  });

  test('several days without a pause', () => {
    expect(linesOf(OpeningEvent.once('e', { at: '2027-05-10T12:00', timeZone: SEOUL, hold: Duration.days(3) })).bump).toBe(`*/5 * 10-13 5 * ${SEOUL}`);
  });
});

test('never names days of the month and of the week together, which would be either', () => {
  for (const line of Object.values(linesOf(fridays({ exceptDates: ['2027-09-17'] })))) {
    const [, , dayOfMonth, , dayOfWeek] = line.split(' ');
    expect([dayOfMonth, dayOfWeek]).toContain('*');
  }
});

test('takes UTC where the scheduler passes over a day whose midnight is skipped', () => {
  const onTheDay = OpeningEvent.once('e', { at: '2027-03-28T12:00', timeZone: 'Asia/Beirut' });
  expect(linesOf(onTheDay).bump).toBe('*/5 7-9 28 3 * UTC');
  const weekLater = OpeningEvent.once('e', { at: '2027-04-04T12:00', timeZone: 'Asia/Beirut' });
  expect(linesOf(weekLater).bump).toBe('*/5 10-12 4 4 * Asia/Beirut');
});

test('takes UTC where a change of half an hour makes the scheduler skip minutes', () => {
  const atTwo = OpeningEvent.once('e', { at: '2027-04-04T02:05', timeZone: 'Australia/Lord_Howe', lead: Duration.minutes(20), hold: Duration.minutes(55) });
  expect(linesOf(atTwo).drop).toBe('30 16 3 4 * UTC');
});

test('keeps the zone through its clock changes where all runs happen', () => {
  const nightly = daily({ time: '01:00', timeZone: BERLIN, firstDate: '2027-03-01', lastDate: '2027-11-30' });
  const lines = linesOf(nightly);
  // on 28 March the window ends at 03:00, an hour after 01:00
  expect(lines).toEqual({ bump: `*/5 0-1,23 * 2-11 * ${BERLIN}`, verify: `45 0 * 3-11 * ${BERLIN}`, drop: `0 2-3 * 3-11 * ${BERLIN}` });
});

test('few wake-ups of a season lie outside its windows', () => {
  const openings = openingsOf(fridays({ lead: Duration.minutes(45), hold: Duration.minutes(90) }));
  const runs = runsOf(eventLinesOf(openings, SEOUL).bump, startOf(openings[0]) - DAY, openings[openings.length - 1].at + DAY);
  const outside = runs.filter(run => !openings.some(({ windows: [{ from, until }] }) => from <= run && run < until));
  // of each Friday's three hours, 19:00 to 19:10 and 21:30 to 21:55
  expect(outside).toHaveLength(9 * openings.length);
});

test('every edge of random seasons in many zones has its run, and every window is guarded', () => {
  fc.assert(fc.property(anyEvent('e', 100, 30 * HOUR), fc.integer({ min: 0, max: 100 * DAY }), ({ openings, zone }, before) => {
    fc.pre(openings.length > 0);
    expect(gapsOf(openings, eventLinesOf(openings, zone), startOf(openings[0]) - 5 * MINUTE - before)).toEqual([]);
  }), { seed: 20261122, numRuns: 40 });
});

test.each(['Asia/Beirut', 'Africa/Cairo', 'Australia/Lord_Howe', 'Pacific/Chatham', 'America/Havana', 'America/Santiago', BERLIN, 'Europe/Dublin'])(
  'openings at every hour around the clock changes of %s have their runs', zone => {
    for (const change of clockChanges(zone, Date.parse('2027-01-01T00:00Z'), Date.parse('2028-01-01T00:00Z'))) {
      for (let at = change - 26 * HOUR; at < change + 50 * HOUR; at += HOUR / 2) {
        const openings = openingsOf(OpeningEvent.once('e', { at: isoOf(at), lead: Duration.minutes(40), hold: Duration.minutes(50) }), zone);
        expect([isoOf(at), gapsOf(openings, eventLinesOf(openings, zone), at - 100 * DAY)]).toEqual([isoOf(at), []]);
      }
    }
  });

function daily(options: Partial<DailyOptions>): OpeningEvent {
  return OpeningEvent.daily('e', { time: '20:00', timeZone: SEOUL, firstDate: '2027-03-05', lastDate: '2027-11-26', ...options });
}

function fridays(options: Partial<WeeklyOptions>): OpeningEvent {
  return OpeningEvent.weekly('e', {
    on: [Weekday.FRIDAY], time: '20:00', timeZone: SEOUL, firstDate: '2027-03-05', lastDate: '2027-11-26', ...options,
  });
}

function openingsOf(event: OpeningEvent, timeZone = event.timeZone): Opening[] {
  const shape = resolveShape([event.window], Duration.seconds(60));
  const bounds = { floor: 60, ceiling: 90 };
  return event._occurrences.map(({ at }) => ({
    event: event.id, timeZone, at, readyBy: at - shape.readyMarginMs, demand: { replicas: 60 }, ...bounds, windows: windowsOf(at, shape, bounds),
  }));
}

function linesOf(event: OpeningEvent): { [role: string]: string } {
  const lines = eventLinesOf(openingsOf(event), event.timeZone);
  return Object.fromEntries(Object.entries(lines).map(([role, { schedule, timeZone }]) => [role, `${schedule} ${timeZone}`]));
}
