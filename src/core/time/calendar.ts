import { DAY, dateOf, noSuchDay, parseDate } from './wall-clock';

/** Days of the week as `Date.getUTCDay` counts them. */
export const SUNDAY_FIRST = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

/** When something recurs: all days of a season, or some days of its weeks, but for excluded dates. */
export interface Season {
  /** Included. */
  readonly firstDate: string;
  /** Included. */
  readonly lastDate: string;
  /** 0 is Sunday; absent: every day. */
  readonly weekdays?: readonly number[];
  /** Each must otherwise be an occurrence. */
  readonly exceptDates?: readonly string[];
}

/**
 * The dates of a season, oldest first.
 *
 * @throws Error when a date does not exist, an excluded one is no occurrence, or none is left
 */
export function datesOfSeason({ firstDate, lastDate, weekdays, exceptDates = [] }: Season): string[] {
  const first = dateProp('firstDate', firstDate);
  const last = dateProp('lastDate', lastDate);
  if (first > last) {
    throw new Error(`'firstDate' (${firstDate}) is after 'lastDate' (${lastDate}); both belong to the season`);
  }
  const dates: string[] = [];
  for (let day = first; day <= last; day += DAY) {
    if (!weekdays || weekdays.includes(new Date(day).getUTCDay())) {
      dates.push(dateOf(day));
    }
  }
  const season = `from ${firstDate} to ${lastDate}`;
  const days = weekdays ? weekdays.map(day => SUNDAY_FIRST[day]).join(' or ') : 'day';
  if (dates.length === 0) {
    throw new Error(`there is no ${days} ${season}; move 'firstDate' or 'lastDate', both belong to the season`);
  }
  const excluded = new Set(uniqueDates('exceptDates', exceptDates));
  const occurrences = new Set(dates);
  for (const date of excluded) {
    if (!occurrences.has(date)) {
      throw new Error(`'exceptDates' (${date}, a ${weekdayOf(date)}) is no occurrence; the event is on every ${days} ${season}`);
    }
  }
  if (excluded.size === dates.length) {
    throw new Error(`'exceptDates' leaves no occurrence ${season}`);
  }
  return dates.filter(date => !excluded.has(date));
}

/**
 * A list of dates, oldest first.
 *
 * @throws Error when one does not exist or stands there twice
 */
export function uniqueDates(prop: string, dates: readonly string[]): string[] {
  const seen = new Set<string>();
  for (const date of dates) {
    dateProp(prop, date);
    if (seen.has(date)) {
      throw new Error(`'${prop}' has ${date} twice`);
    }
    seen.add(date);
  }
  return [...seen].sort();
}

function dateProp(prop: string, date: string): number {
  const wall = parseDate(date);
  if (wall === undefined) {
    const wrong = noSuchDay(date);
    throw new Error(`'${prop}' (${date}) is no date${wrong ? `: ${wrong}` : "; write '2026-12-05'"}`);
  }
  return wall;
}

function weekdayOf(date: string): string {
  return SUNDAY_FIRST[new Date(parseDate(date)!).getUTCDay()];
}
