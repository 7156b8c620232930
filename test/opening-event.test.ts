import { Duration } from 'cdk8s';
import { MINUTE } from './support/durations';
import { OpeningEvent } from '../src/opening-event';
import { OnDatesOptions, DailyOptions, Weekday, WeeklyOptions } from '../src/opening-options';
import { resolveShape } from '../src/private/window-shape';

const SEOUL = 'Asia/Seoul';
const BERLIN = 'Europe/Berlin';
const INSTANTLY = Duration.seconds(0);

describe('one time', () => {
  test('takes a wall time with a zone, or an offset, or both', () => {
    expect(once({ at: '2026-12-05T10:00', timeZone: SEOUL }).openings).toEqual(['2026-12-05T01:00:00Z']);
    expect(once({ at: '2026-12-05T10:00:00+09:00' }).openings).toEqual(['2026-12-05T01:00:00Z']);
    expect(once({ at: '2026-12-05T10:00:00.250+09:00', timeZone: SEOUL }).openings).toEqual(['2026-12-05T01:00:00.250Z']);
    expect(once({ at: '2026-12-05T01:00Z' }).openings).toEqual(['2026-12-05T01:00:00Z']);
  });

  test('keeps the zone in which people read it', () => {
    expect(once({ at: '2026-12-05T10:00', timeZone: SEOUL }).timeZone).toBe(SEOUL);
    expect(once({ at: '2026-12-05T10:00:00+09:00' }).timeZone).toBeUndefined();
  });

  test('has the date that people call it by', () => {
    expect(once({ at: '2026-12-05T08:00', timeZone: SEOUL })._occurrences).toEqual([{ date: '2026-12-05', at: Date.parse('2026-12-04T23:00Z') }]);
    expect(once({ at: '2026-12-05T08:00:00+09:00' })._occurrences[0].date).toBe('2026-12-05');
  });

  test('shows both forms where neither offset nor zone is given', () => {
    expect(() => once({ at: '2026-12-05T10:00' })).toThrow(
      "event 'e': 'at' (2026-12-05T10:00) has neither offset nor zone; write '2026-12-05T10:00:00+09:00', or '2026-12-05T10:00' with timeZone: 'Asia/Seoul'");
  });

  test.each([
    ['2027-02-30T10:00', 'is no date and time: February 2027 has 28 days'],
    ['2026-11-31T10:00:00Z', 'is no date and time: November has 30 days'],
    ['2026-13-05T10:00', 'is no date and time: there is no month 13'],
    ['2026-11-00T10:00', 'is no date and time: there is no day 00'],
    ['2026-12-31T24:00', "is the first instant of the next day; write '2027-01-01T00:00'"],
    ['2026-12-05T24:00+09:00', "is the first instant of the next day; write '2026-12-06T00:00+09:00'"],
  ])('says what is wrong with %s', (at, problem) => {
    expect(() => once({ at, timeZone: SEOUL })).toThrow(`event 'e': 'at' (${at}) ${problem}`);
  });

  test.each(['', 'tomorrow', '2026-12-05', '2026-12-05 10:00', '2026-12-05T10:60',
    '2026-12-05T10:00+9', '2026-12-05T10:00:00+15:00', '2026-12-05T10:00:00.1234Z'])('refuses %p as no date and time', at => {
    expect(() => once({ at, timeZone: SEOUL })).toThrow(`'at' (${at}) is no date and time; write '2026-12-05T10:00' with a time zone, or`);
  });

  test('refuses an offset that contradicts the zone', () => {
    expect(() => once({ at: '2026-12-05T10:00:00+08:00', timeZone: SEOUL })).toThrow(
      "'at' (2026-12-05T10:00:00+08:00) contradicts 'timeZone' (Asia/Seoul), where this instant is 2026-12-05T11:00:00+09:00");
    expect(() => once({ at: '2026-12-05T10:00:00Z', timeZone: SEOUL })).toThrow('contradicts');
  });

  test('refuses a wall time that a clock change skips, with two forms that are taken', () => {
    expect(() => once({ at: '2027-03-28T02:30', timeZone: BERLIN })).toThrow(
      "'at' (2027-03-28T02:30) is skipped by a clock change in Europe/Berlin; write '2027-03-28T01:30:00+01:00' or '2027-03-28T03:30:00+02:00'");
    expect(once({ at: '2027-03-28T01:30:00+01:00', timeZone: BERLIN }).openings).toEqual(['2027-03-28T00:30:00Z']);
    expect(once({ at: '2027-03-28T03:30:00+02:00', timeZone: BERLIN }).openings).toEqual(['2027-03-28T01:30:00Z']);
  });

  test('refuses a wall time that a clock change repeats, with two forms that are taken', () => {
    expect(() => once({ at: '2027-10-31T02:30', timeZone: BERLIN })).toThrow(
      "is repeated by a clock change in Europe/Berlin; write '2027-10-31T02:30:00+02:00' or '2027-10-31T02:30:00+01:00'");
    expect(once({ at: '2027-10-31T02:30:00+02:00', timeZone: BERLIN }).openings).toEqual(['2027-10-31T00:30:00Z']);
    expect(once({ at: '2027-10-31T02:30:00+01:00', timeZone: BERLIN }).openings).toEqual(['2027-10-31T01:30:00Z']);
  });

  test('refuses zones that Kubernetes would refuse', () => {
    const inZone = (timeZone: string) => () => once({ at: '2026-12-05T10:00', timeZone });
    expect(inZone('Mars/Olympus')).toThrow("event 'e': 'timeZone' (Mars/Olympus) is unknown; write an IANA time zone such as 'Asia/Seoul'");
    expect(inZone('asia/Seoul')).toThrow("'timeZone' (asia/Seoul) must be spelled 'Asia/Seoul'");
    expect(inZone('asia/kolkata')).toThrow("'timeZone' (asia/kolkata) must be spelled like an IANA time zone such as 'Asia/Seoul'");
    expect(inZone('+09:00')).toThrow("'timeZone' (+09:00)");
    expect(inZone('Local')).toThrow("'timeZone' (Local) is unknown");
    expect(inZone('JST')).toThrow("'timeZone' (JST) is unknown; write an IANA time zone such as 'Asia/Seoul'");
    expect(inZone('SystemV/PST8')).toThrow("'timeZone' (SystemV/PST8) is unknown");
    expect(inZone('')).toThrow("'timeZone' ()");
    for (const known of ['Etc/GMT', 'Etc/GMT-0', 'Asia/Kolkata', 'UTC', 'CET', 'EST5EDT', 'Japan', 'America/Port_of_Spain']) {
      expect(inZone(known)).not.toThrow();
    }
  });
});

test.each([
  ['Asia/Soul', 'Asia/Seoul'], ['Europe/Madird', 'Europe/Madrid'], ['europe/berln', 'Europe/Berlin'], ['Seoul', 'Asia/Seoul'],
  ['America/New York', 'America/New_York'], ['Asia/Tokio', 'Asia/Tokyo'],
])('takes the zone %s for a slip of the pen', (timeZone, near) => {
  expect(() => once({ at: '2026-12-05T10:00', timeZone })).toThrow(`'timeZone' (${timeZone}) is unknown; did you mean '${near}'?`);
});

test('refuses zones whose sign is the reverse of what it reads', () => {
  expect(() => once({ at: '2026-12-05T10:00', timeZone: 'Etc/GMT+9' })).toThrow(
    "'timeZone' (Etc/GMT+9) is 9 hours behind UTC, the reverse of how it reads; write the zone of a city, such as 'Asia/Seoul'");
  expect(() => once({ at: '2026-12-05T10:00', timeZone: 'Etc/GMT-1' })).toThrow('is 1 hour ahead of UTC');
});

describe('a season', () => {
  test('includes its first and its last date', () => {
    expect(daily().openings).toEqual(['2027-03-05T11:00:00Z', '2027-03-06T11:00:00Z', '2027-03-07T11:00:00Z']);
    expect(daily({ firstDate: '2027-03-05', lastDate: '2027-03-05' }).openings).toEqual(['2027-03-05T11:00:00Z']);
  });

  test('is on the named days of every week but for the excluded dates', () => {
    const fridays = weekly({ firstDate: '2027-03-05', lastDate: '2027-11-26', exceptDates: ['2027-09-17', '2027-10-01'] });
    expect(fridays.openings).toHaveLength(37);
    expect(fridays.openings[0]).toBe('2027-03-05T11:00:00Z');
    expect(fridays.openings[36]).toBe('2027-11-26T11:00:00Z');
    expect(fridays.openings).not.toContain('2027-09-17T11:00:00Z');
    expect(weekly({ on: [Weekday.SUNDAY, Weekday.MONDAY], lastDate: '2027-03-15' })._occurrences.map(({ date }) => date))
      .toEqual(['2027-03-07', '2027-03-08', '2027-03-14', '2027-03-15']);
  });

  test('keeps its wall time when the clocks change', () => {
    expect(daily({ timeZone: BERLIN, firstDate: '2027-03-27', lastDate: '2027-03-29' }).openings)
      .toEqual(['2027-03-27T19:00:00Z', '2027-03-28T18:00:00Z', '2027-03-29T18:00:00Z']);
  });

  test('has leap days', () => {
    expect(daily({ firstDate: '2028-02-28', lastDate: '2028-03-01' })._occurrences.map(({ date }) => date))
      .toEqual(['2028-02-28', '2028-02-29', '2028-03-01']);
  });

  test('refuses an occurrence that a clock change skips or repeats, with its date and the way out', () => {
    expect(() => daily({ time: '02:30', timeZone: BERLIN, lastDate: '2027-04-30' })).toThrow(
      "event 'e': 'time' (02:30) on 2027-03-28 is skipped by a clock change in Europe/Berlin; put '2027-03-28' into 'exceptDates', and add an "
      + "OpeningEvent.once at '2027-03-28T01:30:00+01:00' or '2027-03-28T03:30:00+02:00'");
    expect(() => weekly({ on: [Weekday.SUNDAY], time: '02:30', timeZone: BERLIN, lastDate: '2027-11-30', exceptDates: ['2027-03-28'] })).toThrow(
      "'time' (02:30) on 2027-10-31 is repeated by a clock change in Europe/Berlin; put '2027-10-31' into 'exceptDates'");
    expect(() => onDates({ dates: ['2027-03-28'], time: '02:30', timeZone: BERLIN })).toThrow("take 2027-03-28 out of 'dates'");
    expect(daily({ time: '02:30', timeZone: BERLIN, lastDate: '2027-04-30', exceptDates: ['2027-03-28'] }).openings).toHaveLength(56);
  });

  test('refuses an excluded date that is no occurrence', () => {
    expect(() => weekly({ exceptDates: ['2027-03-06'] })).toThrow(
      "'exceptDates' (2027-03-06, a Saturday) is no occurrence; the event is on every Friday from 2027-03-05 to 2027-03-19");
    expect(() => daily({ exceptDates: ['2027-03-08'] })).toThrow("'exceptDates' (2027-03-08, a Monday) is no occurrence");
    expect(() => daily({ exceptDates: ['2027-02-30'] })).toThrow("'exceptDates' (2027-02-30) is no date: February 2027 has 28 days");
    expect(() => daily({ exceptDates: ['2027-03-06', '2027-03-06'] })).toThrow("'exceptDates' has 2027-03-06 twice");
  });

  test('refuses to be without occurrences', () => {
    expect(() => weekly({ on: [Weekday.MONDAY, Weekday.TUESDAY], lastDate: '2027-03-07' }))
      .toThrow("there is no Monday or Tuesday from 2027-03-05 to 2027-03-07; move 'firstDate' or 'lastDate'");
    expect(() => weekly({ on: [] })).toThrow("'on' is empty; name at least one day of the week");
    expect(() => daily({ lastDate: '2027-03-05', exceptDates: ['2027-03-05'] })).toThrow("'exceptDates' leaves no occurrence from 2027-03-05 to 2027-03-05");
    expect(() => onDates({ dates: [] })).toThrow("'dates' is empty; list at least one");
  });

  test('refuses to end before it begins', () => {
    expect(() => daily({ firstDate: '2027-03-06', lastDate: '2027-03-05' }))
      .toThrow("'firstDate' (2027-03-06) is after 'lastDate' (2027-03-05); both belong to the season");
  });

  test('refuses dates and times that do not exist', () => {
    expect(() => daily({ firstDate: '2027-3-5' })).toThrow("'firstDate' (2027-3-5) is no date; write '2026-12-05'");
    expect(() => daily({ lastDate: '2027-02-29' })).toThrow("'lastDate' (2027-02-29) is no date");
    for (const [time, meant] of Object.entries({
      '8:00': '08:00', '20:00:00': '20:00', '20': '20:00', '7pm': '19:00', '12:30 AM': '00:30', '20:60': '20:00', '25:00': '20:00', '': '20:00',
    })) {
      expect(() => daily({ time })).toThrow(`'time' (${time}) is no time of day; write '${meant}'`);
    }
    expect(() => daily({ time: '24:00' })).toThrow("'time' (24:00) is no time of day; write '00:00', on the day after");
  });
});

describe('a list of dates', () => {
  test('is sorted', () => {
    expect(onDates({ dates: ['2027-05-02', '2026-12-31'] }).openings).toEqual(['2026-12-31T11:00:00Z', '2027-05-02T11:00:00Z']);
  });

  test('refuses what stands there twice or does not exist', () => {
    expect(() => onDates({ dates: ['2027-05-02', '2027-05-03', '2027-05-02'] })).toThrow("'dates' has 2027-05-02 twice");
    expect(() => onDates({ dates: ['2027-04-31'] })).toThrow("'dates' (2027-04-31) is no date: April has 30 days");
  });
});

test.each(['', 'Marathon', 'a_b', '-a', 'a-', 'a.b', 'a'.repeat(64)])('refuses the id %p', id => {
  expect(() => OpeningEvent.once(id, { at: '2026-12-05T01:00Z' })).toThrow(`event '${id}': the id must be a DNS label`);
});

test('offers an id that is near', () => {
  expect(() => OpeningEvent.once('Seoul Marathon!', { at: '2026-12-05T01:00Z' })).toThrow("first and last, such as 'seoul-marathon'");
});

test('hands out copies', () => {
  const event = daily();
  event.openings.pop();
  expect(event.openings).toHaveLength(3);
});

test('reads no clock and no zone of the machine', () => {
  const zone = process.env.TZ;
  process.env.TZ = 'America/New_York';
  expect(once({ at: '2026-12-05T10:00', timeZone: SEOUL }).openings).toEqual(['2026-12-05T01:00:00Z']);
  process.env.TZ = zone;
});

describe('the window', () => {
  test('is the event\'s as far as it says, and nothing else of its options', () => {
    expect(daily({ hold: Duration.minutes(90) }).window).toEqual({ hold: Duration.minutes(90) });
  });

  test('has defaults', () => {
    expect(resolveShape([], INSTANTLY)).toEqual({ leadMs: 120 * MINUTE, holdMs: 60 * MINUTE, readyMarginMs: 15 * MINUTE });
    expect(resolveShape([{ rampUp: { over: Duration.minutes(30) } }], INSTANTLY).rampUp).toEqual({ overMs: 30 * MINUTE, steps: 4 });
  });

  test('takes each field from the first layer that has it', () => {
    const layers = [
      { lead: Duration.hours(3) },
      { lead: Duration.hours(9), hold: Duration.hours(4), rampDown: { over: Duration.minutes(30), steps: 3 } },
      { hold: Duration.hours(8), readyMargin: Duration.minutes(20) },
    ];
    expect(resolveShape(layers, INSTANTLY)).toEqual({
      leadMs: 180 * MINUTE, holdMs: 240 * MINUTE, readyMarginMs: 20 * MINUTE, rampDown: { overMs: 30 * MINUTE, steps: 3 },
    });
    expect(resolveShape([{ lead: undefined }, { lead: Duration.hours(3) }], INSTANTLY).leadMs).toBe(180 * MINUTE);
  });

  test('must leave time to start', () => {
    expect(() => resolveShape([{ lead: Duration.minutes(20) }], Duration.minutes(6)))
      .toThrow("'lead' (20 minutes) must be at least 21 minutes, or the pods are not Ready in time: "
        + "'readyMargin' (15 minutes, the default) + 'startupTime' (6 minutes)");
    expect(() => resolveShape([{ lead: Duration.minutes(10) }], Duration.minutes(1))).toThrow("'lead' (10 minutes) must be at least 16 minutes");
    expect(() => resolveShape([], Duration.hours(3))).toThrow("'lead' (2 hours, the default) must be at least 3 hours 15 minutes");
    expect(resolveShape([{ lead: Duration.minutes(20) }], Duration.minutes(5)).leadMs).toBe(20 * MINUTE);
  });

  test('must hold its ramps', () => {
    expect(() => resolveShape([{ rampUp: { over: Duration.minutes(106) } }], INSTANTLY))
      .toThrow("'rampUp.over' (1 hour 46 minutes) must be at most 'lead' (2 hours, the default) - 'readyMargin' (15 minutes, the default)");
    expect(() => resolveShape([{ rampDown: { over: Duration.minutes(61) } }], INSTANTLY))
      .toThrow("'rampDown.over' (1 hour 1 minute) must be at most 'hold' (1 hour, the default)");
    expect(resolveShape([{ rampUp: { over: Duration.minutes(105) }, rampDown: { over: Duration.hours(1) } }], INSTANTLY))
      .toMatchObject({ rampUp: { overMs: 105 * MINUTE }, rampDown: { overMs: 60 * MINUTE } });
  });

  test('has steps of whole minutes', () => {
    const rampUp = (over: Duration, steps?: number) => () => resolveShape([{ rampUp: { over, steps } }], INSTANTLY);
    expect(rampUp(Duration.minutes(30), 1))
      .toThrow("'rampUp.steps' (1) must be a whole number of at least 2; without 'rampUp' the floor moves in one step");
    expect(rampUp(Duration.minutes(30), 2.5)).toThrow("'rampUp.steps' (2.5) must be a whole number");
    expect(rampUp(Duration.minutes(30), NaN)).toThrow("'rampUp.steps' (NaN) must be a whole number");
    expect(rampUp(Duration.minutes(0))).toThrow("'rampUp.over' (0 seconds) must be at least 3 minutes for 4 steps");
    expect(rampUp(Duration.minutes(2))).toThrow("'rampUp.over' (2 minutes) must be at least 3 minutes for 4 steps");
  });

  test('is refused by the event itself where no other layer could put it right', () => {
    expect(() => daily({ lead: Duration.seconds(20) })).toThrow("event 'e': 'lead' (20 seconds) must be at least 1 minute");
    expect(() => daily({ hold: Duration.minutes(0) })).toThrow("event 'e': 'hold' (0 seconds) must be at least 1 minute");
    expect(() => daily({ hold: Duration.minutes(NaN) })).toThrow("event 'e': 'hold' (NaN ms) must be a whole number of milliseconds");
    expect(() => daily({ lead: Duration.minutes(10), readyMargin: Duration.minutes(11) }))
      .toThrow("event 'e': 'lead' (10 minutes) must be at least 'readyMargin' (11 minutes) and the start-up time of a pod");
    expect(() => daily({ lead: Duration.minutes(10) })).not.toThrow();
  });
});

function once(options: Parameters<typeof OpeningEvent.once>[1]): OpeningEvent {
  return OpeningEvent.once('e', options);
}

function onDates(options: Partial<OnDatesOptions>): OpeningEvent {
  return OpeningEvent.onDates('e', { dates: [], time: '20:00', timeZone: SEOUL, ...options });
}

function daily(options: Partial<DailyOptions> = {}): OpeningEvent {
  return OpeningEvent.daily('e', { time: '20:00', timeZone: SEOUL, firstDate: '2027-03-05', lastDate: '2027-03-07', ...options });
}

function weekly(options: Partial<WeeklyOptions>): OpeningEvent {
  return OpeningEvent.weekly('e', { on: [Weekday.FRIDAY], time: '20:00', timeZone: SEOUL, firstDate: '2027-03-05', lastDate: '2027-03-19', ...options });
}
