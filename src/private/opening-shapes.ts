import { Shape, duration, elsewhere, listOf, mapOf, oneOf, required, struct, text, whole } from './props';
import {
  CsvColumns, CsvOptions, OnDatesOptions, OnceOptions, OpeningListOptions, OpeningsOptions, DailyOptions, SingleOpening, WallTimeOptions, Weekday,
  WeeklyOptions,
} from '../opening-options';
import { Ramp, WindowOptions } from '../window-options';

/** What the props of windows and openings must be. */

export const RAMP: Shape<Ramp> = { over: required(duration), steps: whole(2) };

export const WINDOW: Shape<WindowOptions> = {
  lead: duration, hold: duration, readyMargin: duration, rampUp: struct(() => RAMP), rampDown: struct(() => RAMP),
};

const zone = text('Asia/Seoul');

/** What is a date and what is none is told by whoever reads it; here only that there is a text to read. */
const written = (example: string) => required(text(example));

export const ONCE: Shape<OnceOptions> = { ...WINDOW, at: written('2026-12-05T10:00'), timeZone: zone };

export const WALL_TIME: Shape<WallTimeOptions> = { ...WINDOW, time: written('20:00'), timeZone: required(zone) };

export const DATES: Shape<OnDatesOptions> = { ...WALL_TIME, dates: required(listOf(text('2026-12-05'), "['2026-12-05']")) };

export const SEASON: Shape<DailyOptions> = {
  ...WALL_TIME,
  firstDate: written('2026-12-05'),
  lastDate: written('2027-02-27'),
  exceptDates: listOf(text('2026-12-25'), "['2026-12-25']"),
  moved: mapOf(text('20:00'), "{ '2026-12-25': '20:00' }"),
};

export const WEEKLY: Shape<WeeklyOptions> = { ...SEASON, on: required(listOf(oneOf('Weekday', Weekday), '[Weekday.FRIDAY]')) };

export const OPENING_LIST: Shape<OpeningListOptions> = { ...WINDOW, timeZone: zone };

/** The rest of an opening is told with its place in the list. */
export const SINGLE_OPENING: Shape<SingleOpening> = { at: elsewhere, demand: text('large'), lead: elsewhere, hold: elsewhere };

export const OPENINGS: Shape<OpeningsOptions> = {
  ...OPENING_LIST, openings: required(listOf(struct(() => SINGLE_OPENING), "[{ at: '2026-12-05T10:00' }]")),
};

const column = text('Opens at');

export const COLUMNS: Shape<CsvColumns> = {
  at: column, date: column, time: column, timeZone: column, demand: column, lead: column, hold: column,
};

export const CSV: Shape<CsvOptions> = { ...OPENING_LIST, columns: struct(() => COLUMNS) };
