import { noSuchDay } from '../time/wall-clock';

/**
 * Dates, times and spans as people write them in lists.
 *
 * Only what can be read in one way is taken. A date begins with its year: 05/12/2026 is May in one country and December in the next.
 */

const DAY_FIRST = /^(\d{1,2})[-/.]\s?(\d{1,2})[-/.]\s?(\d{2,4})\b/;
const DATE = /^(\d{4})(?:-(\d{1,2})-(\d{1,2})|\/(\d{1,2})\/(\d{1,2})|\.\s?(\d{1,2})\.\s?(\d{1,2})\.?)$/;
const TIME = /^(\d{1,2}):([0-5]\d)(?::([0-5]\d)(?:\.\d{1,3})?)?(?:\s?([ap])\.?m\.?)?\s?(Z|UTC|[+-]\d{2}:?[0-5]\d)?$/i;
const DATE_AND_TIME = /^(\d{4}[-/.]\s?\d{1,2}[-/.]\s?\d{1,2}\.?)(?:\s+|T)(\d.*)$/;

/**
 * A date and time as ISO: `2026/12/5 9:30 PM` is `2026-12-05T21:30`.
 *
 * @param prop where it was written
 * @throws Error that says what it may have meant
 */
export function isoDateTime(prop: string, text: string): string {
  const [, date, time] = DATE_AND_TIME.exec(text) ?? [];
  if (date && time) {
    return `${isoDate(prop, date)}T${isoTime(prop, time)}`;
  }
  refuseOthers(prop, text);
  if (DATE.test(text)) {
    throw new Error(`'${prop}' (${text}) has no time of day; write '${isoDate(prop, text)} 10:00'`);
  }
  throw new Error(`'${prop}' (${text}) is no date and time; write '2026-12-05 10:00'`);
}

/** A date as ISO: `2026/12/5` is `2026-12-05`. */
export function isoDate(prop: string, text: string): string {
  const parts = DATE.exec(text)?.slice(1).filter(part => part !== undefined);
  if (!parts) {
    refuseOthers(prop, text);
    throw new Error(`'${prop}' (${text}) is no date; write '2026-12-05'`);
  }
  const [year, month, day] = parts;
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const problem = noSuchDay(date);
  if (problem) {
    throw new Error(`'${prop}' (${text}) is no date: ${problem}`);
  }
  return date;
}

/** A time of day as ISO, with an offset where one is written: `9:30 PM` is `21:30`. */
export function isoTime(prop: string, text: string): string {
  const [, hours, minutes, seconds, half, offset = ''] = TIME.exec(text) ?? [];
  const hour = half ? Number(hours) % 12 + (half.toLowerCase() === 'p' ? 12 : 0) : Number(hours);
  const isHalf = !half || Number(hours) >= 1 && Number(hours) <= 12;
  if (hours === undefined || hour > 24 || !isHalf || hour === 24 && (minutes !== '00' || Number(seconds ?? 0) > 0)) {
    throw new Error(`'${prop}' (${text}) is no time of day; write '20:00'`);
  }
  if (hour === 24) {
    throw new Error(`'${prop}' (${text}) is the first instant of the next day; write '00:00' on that day`);
  }
  const zone = /^(Z|UTC)$/i.test(offset) ? 'Z' : offset.replace(/^(...)(\d\d)$/, '$1:$2');
  return `${String(hour).padStart(2, '0')}:${minutes}${seconds === undefined || seconds === '00' ? '' : `:${seconds}`}${zone}`;
}

/** What spreadsheets and people also have in such a cell. */
function refuseOthers(prop: string, text: string): void {
  if (text.startsWith('=')) {
    throw new Error(`'${prop}' (${text}) is a formula, which nothing evaluates here; export the values of the sheet instead`);
  }
  if (/^\d{5}([.,]\d+)?$/.test(text)) {
    throw new Error(`'${prop}' (${text}) is a spreadsheet's own count of days; give the column the format yyyy-mm-dd hh:mm before exporting it`);
  }
  if (DAY_FIRST.test(text)) {
    throw new Error(`'${prop}' (${text}) can be read as two dates, or as one of another century; write the year first, as in '2026-12-05'`);
  }
}

const SPAN_UNITS: readonly (readonly [RegExp, number])[] = [
  [/^(?:d|days?)$/i, 86_400_000],
  [/^(?:h|hrs?|hours?)$/i, 3_600_000],
  [/^(?:m|mins?|minutes?)$/i, 60_000],
  [/^(?:s|secs?|seconds?)$/i, 1_000],
];

/**
 * A span of time in milliseconds: `2h30m`, `90 min`, `1 hour 30 minutes`, `PT2H30M`.
 *
 * @throws Error where no unit is written, since a plain 90 is minutes to one and seconds to the next
 */
export function spanMs(prop: string, text: string): number {
  const parts = [...text.replace(/^P(\d+D)?T?/i, '$1').matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)[\s,]*/gi)];
  const isWhole = parts.map(([part]) => part).join('') === text.replace(/^P(\d+D)?T?/i, '$1');
  const spans = parts.map(([, count, word]) => Number(count) * (SPAN_UNITS.find(([unit]) => unit.test(word))?.[1] ?? NaN));
  const ms = Math.round(spans.reduce((sum, span) => sum + span, 0));
  if (parts.length === 0 || !isWhole || Number.isNaN(ms)) {
    throw new Error(`'${prop}' (${text}) is no span of time; write '90m', '2h' or '2h30m'${/^\d+$/.test(text) ? ', with its unit' : ''}`);
  }
  return ms;
}
