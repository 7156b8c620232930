import * as fc from 'fast-check';
import { openingsFromCsv } from '../../../src/core/openings/from-csv';
import { isoOf } from '../../../src/core/time/instant';
import { HOUR, MINUTE, formatIn } from '../../../src/core/time/wall-clock';

const SEOUL = 'Asia/Seoul';
const BERLIN = 'Europe/Berlin';

describe('as people have it', () => {
  test.each([
    ['a plain list', 'at,demand\n2026-12-05T10:00,large\n'],
    ['a byte order mark and CRLF', '\ufeffat,demand\r\n2026-12-05 10:00,large\r\n'],
    ['semicolons', 'at;demand\n2026-12-05 10:00;large\n'],
    ['tabs', 'at\tdemand\n2026-12-05 10:00\tlarge\n'],
    ['quotes', '"at","demand"\n"2026-12-05 10:00","large"\n'],
    ['empty lines', '\n\nat,demand\n\n2026-12-05 10:00,large\n,\n\n'],
    ['columns in another order, with others between', 'demand,venue,at\nlarge,"Hall, east",2026-12-05 10:00\n'],
    ['date and time apart', 'Date,Time,Demand\n2026/12/5,10:00 AM,large\n'],
    ['the date as Korea writes it', 'date;time;demand\n2026. 12. 5.;10:00;large\n'],
    ['seconds that say nothing', 'at,demand\n2026-12-05 10:00:00,large\n'],
    ['an offset', 'at,demand\n2026-12-05 10:00 +09:00,large\n'],
    ['a zone of its own', 'at,Time zone,demand\n2026-12-05 02:00,Europe/Berlin,large\n'],
  ])('%s', (_, text) => {
    expect(openingsFromCsv(text, SEOUL).map(({ at, demand }) => [isoOf(at), demand])).toEqual([['2026-12-05T01:00:00Z', 'large']]);
  });

  test('columns that are called otherwise', () => {
    const [opening] = openingsFromCsv('행사;오픈;규모\n콘서트;2026-12-05 10:00;large\n', SEOUL, { at: '오픈', demand: '규모' });
    expect([isoOf(opening.at), opening.demand]).toEqual(['2026-12-05T01:00:00Z', 'large']);
  });

  test('lead and hold', () => {
    const [opening] = openingsFromCsv('at,lead,hold\n2026-12-05 10:00,2h30m,90 min\n', SEOUL);
    expect([opening.leadMs, opening.holdMs]).toEqual([2.5 * HOUR, 90 * MINUTE]);
  });

  test('empty cells say nothing', () => {
    expect(openingsFromCsv('at,demand,lead,hold\n2026-12-05 10:00,,,\n', SEOUL)).toEqual([{ at: Date.parse('2026-12-05T01:00Z'), where: 'row 2' }]);
  });

  test('rows in any order, the oldest opening first', () => {
    expect(openingsFromCsv('at\n2026-12-06 10:00\n2026-12-05 10:00\n', SEOUL).map(({ where }) => where)).toEqual(['row 3', 'row 2']);
  });
});

test('every list that is written is read back, whatever its order of columns and its separator are', () => {
  const opening = fc.record({ minutes: fc.integer({ min: 0, max: 2_000_000 }), demand: fc.constantFrom('', 'large', 'say "a, b; c"'), lead: fc.integer({ min: 1, max: 600 }) });
  const openings = fc.uniqueArray(opening, { minLength: 1, maxLength: 20, selector: ({ minutes }) => minutes });
  fc.assert(fc.property(openings, fc.constantFrom(',', ';', '\t'), fc.shuffledSubarray(['at', 'demand', 'lead'], { minLength: 3 }), (list, separator, columns) => {
    const rows = list.map(({ minutes, demand, lead }) => ({ at: Date.parse('2026-01-01T00:00Z') + minutes * MINUTE, demand, lead: `${lead}m` }));
    const quoted = (cell: string) => `"${cell.replace(/"/g, '""')}"`;
    const text = [columns, ...rows.map(row => columns.map(column => quoted(column === 'at' ? formatIn(BERLIN, row.at) : row[column as 'demand' | 'lead'])))]
      .map(cells => cells.join(separator)).join('\r\n');
    expect(openingsFromCsv(text, BERLIN).map(({ at, demand = '', leadMs }) => ({ at, demand, lead: `${leadMs! / MINUTE}m` })))
      .toEqual([...rows].sort((a, b) => a.at - b.at));
  }), { seed: 20261206, numRuns: 300 });
});

describe('refuses', () => {
  test.each([
    ['an empty list', '\n\n', "the list is empty; its first row names the columns, such as 'at,demand'"],
    ['a header alone', 'at\n', 'the list has no opening below its header (row 1)'],
    ['a list without header', '2026-12-05 10:00\n', "row 1 must name the column 'at', or 'date' and 'time', got '2026-12-05 10:00'; known are at, date, time, timeZone, demand, lead, hold"],
    ['a date without a column for the time', 'date\n2026-12-05', "row 1 must name the column 'at', or 'date' and 'time', got 'date'"],
    ['a column twice', 'at,At\n', "row 1 names the column 'at' twice: 'at', 'At'"],
    ['a column that is misspelt', 'at,demnd\n', "row 1 names a column 'demnd'; did you mean 'demand'?"],
    ['a cell that is cut by its separator', 'at,demand\n2026-12-05 10:00,a,b\n', "row 2: there are 3 cells, but only 2 columns; put a cell that holds ',' into quotes"],
    ['an empty instant', 'at,demand\n,large\n', "row 2: 'at' is empty; write one, or take the row out"],
    ['a formula', 'at\n"=DATE(2026,12,5)"\n', "row 2: 'at' (=DATE(2026,12,5)) is a formula, which nothing evaluates here; export the values of the sheet instead"],
    ["a spreadsheet's number of days", 'at\n46361.4166\n', "row 2: 'at' (46361.4166) is a spreadsheet's own count of days; give the column the format yyyy-mm-dd hh:mm before exporting it"],
    ['a date that is two dates', 'at\n05/12/2026 10:00\n', "row 2: 'at' (05/12/2026 10:00) can be read as two dates, or as one of another century; write the year first, as in '2026-12-05'"],
    ['a date without time', 'at\n2026-12-05\n', "row 2: 'at' (2026-12-05) has no time of day; write '2026-12-05 10:00'"],
    ['a day that is none', 'at\n2026-11-31 10:00\n', "row 2: 'at' (2026-11-31) is no date: November has 30 days"],
    ['25 o\'clock', 'date,time\n2026-11-30,25:00\n', "row 2: 'time' (25:00) is no time of day; write '20:00'"],
    ['a lead without unit', 'at,lead\n2026-12-05 10:00,90\n', "row 2: 'lead' (90) is no span of time; write '90m', '2h' or '2h30m', with its unit"],
    ['an unknown zone', 'at,timeZone\n2026-12-05 10:00,Asia/Soul\n', "row 2: 'timeZone' (Asia/Soul) is unknown; write an IANA time zone such as 'Asia/Seoul'"],
    ['UTF-16', 'a\u0000t\u0000\n', 'the list is not read as UTF-8; save it as "CSV UTF-8"'],
  ])('%s', (_, text, message) => {
    expect(() => openingsFromCsv(text, SEOUL)).toThrow(message);
  });

  test('a wall time without a zone', () => {
    expect(() => openingsFromCsv('at\n2026-12-05 10:00\n', undefined))
      .toThrow("row 2: 'at' (2026-12-05T10:00) has neither offset nor zone; write '2026-12-05T10:00:00+09:00', or '2026-12-05T10:00' with timeZone: 'Asia/Seoul'");
  });

  test('a row on an hour that a clock change skips, with both instants', () => {
    expect(() => openingsFromCsv('at\n2027-03-28 02:30\n', BERLIN))
      .toThrow("row 2: 'at' (2027-03-28T02:30) is skipped by a clock change in Europe/Berlin; write '2027-03-28T01:30:00+01:00' or '2027-03-28T03:30:00+02:00'");
  });

  test('a row on an hour that a clock change doubles, with both instants', () => {
    expect(() => openingsFromCsv('at\n2027-10-31 02:30\n', BERLIN))
      .toThrow("row 2: 'at' (2027-10-31T02:30) is repeated by a clock change in Europe/Berlin; write '2027-10-31T02:30:00+02:00' or '2027-10-31T02:30:00+01:00'");
  });

  test('two rows that say the same, with both', () => {
    expect(() => openingsFromCsv('at,demand\n2026-12-05 10:00,large\n2026-12-06 10:00,\n2026-12-05T10:00:00+09:00,large\n', SEOUL))
      .toThrow('row 2 and row 4 say the same, an opening at 2026-12-05T10:00:00+09:00; take one of them out');
  });

  test('two rows that contradict each other, with both', () => {
    expect(() => openingsFromCsv('at,demand,lead\n2026-12-05 10:00,large,2h\n2026-12-05 10:00,small,\n', SEOUL))
      .toThrow("row 2 and row 3 contradict each other: both open at 2026-12-05T10:00:00+09:00, with another 'demand' and another 'lead'; take one of them out");
  });

  test('all that is wrong at once', () => {
    expect(() => openingsFromCsv('at\n2026-11-31 10:00\n2026-12-05 10:00\nsoon\n', SEOUL))
      .toThrow("2 problems:\n  row 2: 'at' (2026-11-31) is no date: November has 30 days\n  row 4: 'at' (soon) is no date and time; write '2026-12-05 10:00'");
  });

  test('a list of nothing but mistakes, and counts those that it does not show', () => {
    expect(() => openingsFromCsv(`at\n${'soon\n'.repeat(13)}`, SEOUL)).toThrow(/^13 problems:\n(.*\n){10} {2}and 3 more$/);
  });

  test('a column by a name that the list does not have', () => {
    expect(() => openingsFromCsv('opens\n', SEOUL, { at: 'Opens' })).toThrow("'columns.at' (Opens) is no column of the list; row 1 names 'opens'");
  });
});
