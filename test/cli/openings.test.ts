import icalGenerator, { ICalEventRepeatingFreq } from 'ical-generator';
import { prewarm } from './fake-io';
import { OpeningEvent } from '../../src/opening-event';
import { configMap, yamlOf } from '../support/objects';
import { MARATHON } from '../support/plans';

let uids = 0;

describe('a calendar becomes the list that fromJson reads', () => {
  test('with the zone that its times are in, and the titles of its entries', async () => {
    const { out, err, exitCode } = await openings(event({ start: 'DTSTART;TZID=Asia/Seoul:20261205T100000', title: 'Seoul Marathon' }));
    expect([exitCode, err, out]).toEqual([0, '1 opening', [
      '{', '  "timeZone": "Asia/Seoul",', '  "openings": [', '    {"at":"2026-12-05T10:00:00+09:00","title":"Seoul Marathon"}', '  ]', '}',
    ].join('\n')]);
    expect(OpeningEvent.fromJson('autumn', out).openings).toEqual(['2026-12-05T01:00:00Z']);
  });

  test('with openings of several zones, each with its own', async () => {
    const { out } = await openings(
      event({ start: 'DTSTART;TZID=Asia/Seoul:20261205T100000' }), event({ start: 'DTSTART;TZID=Asia/Seoul:20261206T100000' }),
      event({ start: 'DTSTART;TZID=Europe/Berlin:20261207T200000' }), event({ start: 'DTSTART:20261208T100000Z' }),
    );
    expect(OpeningEvent.fromJson('tour', out).openings).toEqual(['2026-12-05T01:00:00Z', '2026-12-06T01:00:00Z', '2026-12-07T19:00:00Z', '2026-12-08T10:00:00Z']);
    expect(OpeningEvent.fromJson('tour', out).timeZone).toBe('Asia/Seoul');
  });

  test('with times of a zone that only the file knows', async () => {
    const { out } = await openings(KOREA, event({ start: 'DTSTART;TZID=Korea Standard Time:20261205T100000' }));
    expect(OpeningEvent.fromJson('autumn', out).openings).toEqual(['2026-12-05T01:00:00Z']);
  });

  test('with each time of a recurring entry, at the same time of day through a clock change, but for the excepted and the moved', async () => {
    const { out } = await openings(
      event({ uid: 'weekly', start: 'DTSTART;TZID=Europe/Berlin:20270312T200000', more: ['RRULE:FREQ=WEEKLY;COUNT=5', 'EXDATE;TZID=Europe/Berlin:20270326T200000'] }),
      event({ uid: 'weekly', start: 'DTSTART;TZID=Europe/Berlin:20270403T150000', more: ['RECURRENCE-ID;TZID=Europe/Berlin:20270402T200000'] }),
    );
    expect(OpeningEvent.fromJson('fridays', out).openings)
      .toEqual(['2027-03-12T19:00:00Z', '2027-03-19T19:00:00Z', '2027-04-03T13:00:00Z', '2027-04-09T18:00:00Z']);
  });

  test('as another library writes it', async () => {
    const calendar = icalGenerator({ name: 'sales' });
    calendar.createEvent({
      id: 'a', start: new Date('2026-12-05T01:00:00Z'), summary: 'Sale, "big"; one', repeating: { freq: ICalEventRepeatingFreq.DAILY, count: 3 },
    });
    const { out } = await prewarm(['openings', 'sales.ics'], { files: { 'sales.ics': calendar.toString() } });
    expect(OpeningEvent.fromJson('sales', out).openings).toEqual(['2026-12-05T01:00:00Z', '2026-12-06T01:00:00Z', '2026-12-07T01:00:00Z']);
    expect(JSON.parse(out).openings[0].title).toBe('Sale, "big"; one');
  });

  test('of those entries whose title is asked for, with the name of their demand', async () => {
    const files = { 'c.ics': calendarOf(event({ title: 'Final sale' }), event({ start: 'DTSTART:20261206T100000Z', title: 'Stand-up' })) };
    const { out } = await prewarm(['openings', 'c.ics', '--title', 'final', '--demand', 'large'], { files });
    expect(JSON.parse(out).openings).toEqual([{ at: '2026-12-05T10:00:00+00:00', demand: 'large', title: 'Final sale' }]);
  });

  test('from stdin, too', async () => {
    expect((await prewarm(['openings', '-'], { stdin: calendarOf(event({})) })).exitCode).toBe(0);
  });
});

describe('says what it left out', () => {
  test.each<[string, string[], string]>([
    ['what lasts all day', [event({ start: 'DTSTART;VALUE=DATE:20261224', title: 'Holiday' })], "'Holiday' on 2026-12-24, which has no time of day"],
    ['what is cancelled', [event({ title: 'Old sale', more: ['STATUS:CANCELLED'] })], "'Old sale', which is cancelled"],
    ['what names no zone', [event({ start: 'DTSTART:20261206T100000', title: 'Somewhere' })],
      "'Somewhere' at 2026-12-06T10:00:00, which names no time zone; --time-zone says which it is"],
    ['an unknown zone', [event({ start: 'DTSTART;TZID=Mars Standard Time:20261206T100000', title: 'Mars' })],
      "'Mars' at 2026-12-06T10:00:00, whose time zone 'Mars Standard Time' neither is an IANA name nor stands in the file"],
    ['a time that a clock change skips', [event({ start: 'DTSTART;TZID=Europe/Berlin:20270328T023000', title: 'Night' })],
      "'Night' at 2027-03-28T02:30:00, which is skipped by a clock change in Europe/Berlin; add 2027-03-28T01:30:00+01:00 or 2027-03-28T03:30:00+02:00 by hand"],
    ['the second of two at one instant', [event({ title: 'Other' })], "'Other' at 2026-12-05T10:00:00+00:00, when 'Sale' opens too"],
    ['what is over', [event({ start: 'DTSTART:20261101T100000Z', title: 'Past', more: ['RRULE:FREQ=DAILY;COUNT=3'] })],
      "'Past' before 2026-11-22T12:00:00Z, 3 times; --from names another start"],
    ['what has no end', [event({ start: 'DTSTART:20271201T110000Z', title: 'For ever', more: ['RRULE:FREQ=WEEKLY'] })],
      "'For ever' from 2027-12-27T12:00:00Z on; --until names another end"],
    ['what is no event', ['BEGIN:VTODO\nUID:t\nSUMMARY:Do\nEND:VTODO'], '1 entry that is no event: vtodo'],
  ])('%s', async (_, entries, sentence) => {
    const { err, exitCode } = await openings(event({}), ...entries);
    expect(err.split('\n')).toContain(`left out: ${sentence}`);
    expect(exitCode).toBe(0);
  });

  test('and falls short where nothing is left', async () => {
    const { err, exitCode, out } = await openings(event({ start: 'DTSTART:20261101T100000Z' }));
    expect([exitCode, out]).toEqual([1, '']);
    expect(err).toContain('c.ics has no opening between 2026-11-22T12:00:00Z and 2027-12-27T12:00:00Z');
  });
});

test('a zone for times that name none is one option', async () => {
  const files = { 'c.ics': calendarOf(event({ start: 'DTSTART:20261206T100000' })) };
  const { out } = await prewarm(['openings', 'c.ics', '--time-zone', 'Asia/Seoul'], { files });
  expect(JSON.parse(out).openings).toEqual([{ at: '2026-12-06T10:00:00+09:00', title: 'Sale' }]);
});

describe('refuses', () => {
  test.each([
    ['a file that is not there', ['openings', 'no.ics'], 'cannot read no.ics'],
    ['what is no calendar', ['openings', 'text.ics'], 'text.ics: it is no iCalendar file'],
    ['an unknown zone', ['openings', 'c.ics', '--time-zone', 'Asia/Soul'], '--time-zone (Asia/Soul) is unknown'],
    ['an end before the start', ['openings', 'c.ics', '--until', '2026-01-01T00:00:00Z'], '--until (2026-01-01T00:00:00Z) must be after the start (2026-11-22T12:00:00Z)'],
  ])('%s', async (_, argv, message) => {
    const { err, exitCode } = await prewarm(argv, { files: { 'c.ics': calendarOf(event({})), 'text.ics': 'at,demand\n' } });
    expect([exitCode, err]).toEqual([2, expect.stringContaining(message)]);
  });

  test("the calendar that 'prewarm plan' writes, whose entries are windows", async () => {
    const { written } = await prewarm(['plan', 'dist', '--ics', 'plan.ics'], { files: { dist: yamlOf(configMap(MARATHON)) } });
    const { err, exitCode } = await prewarm(['openings', 'plan.ics'], { files: written });
    expect([exitCode, err]).toEqual([2, expect.stringContaining("plan.ics: it is what 'prewarm plan --ics' wrote, whose entries begin hours before their openings")]);
  });
});

const KOREA = [
  'BEGIN:VTIMEZONE', 'TZID:Korea Standard Time', 'BEGIN:STANDARD', 'DTSTART:16010101T000000', 'TZOFFSETFROM:+0900', 'TZOFFSETTO:+0900', 'END:STANDARD', 'END:VTIMEZONE',
].join('\n');

function event({ start = 'DTSTART:20261205T100000Z', title = 'Sale', uid = `uid-${uids++}`, more = [] as string[] }): string {
  return ['BEGIN:VEVENT', `UID:${uid}`, start, `SUMMARY:${title}`, ...more, 'END:VEVENT'].join('\n');
}

function calendarOf(...entries: string[]): string {
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//acme//sales//EN', ...entries, 'END:VCALENDAR', ''].join('\n').replace(/\n/g, '\r\n');
}

async function openings(...entries: string[]) {
  return prewarm(['openings', 'c.ics'], { files: { 'c.ics': calendarOf(...entries) } });
}
