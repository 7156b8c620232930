import { openingsFromCsv } from './core/openings/from-csv';
import { openingsFromJson, zoneInJson } from './core/openings/from-json';
import { SUNDAY_FIRST, uniqueDates } from './core/time/calendar';
import { isoOf } from './core/time/instant';
import { parseInstant } from './core/time/wall-clock';
import {
  CsvOptions, OnDatesOptions, OnceOptions, OpeningListOptions, OpeningsOptions, DailyOptions, WeeklyOptions,
} from './opening-options';
import { Occurrence, occurrencesIn, occurrencesOf, onDates, seasonOf } from './private/occurrences';
import { CSV, DATES, ONCE, OPENINGS, OPENING_LIST, SEASON, WEEKLY } from './private/opening-shapes';
import { Shape, checkProps } from './private/props';
import { isLabel, isOctal, labelLike, zoneRefusal } from './private/spelling';
import { shown } from './private/whole-number';
import { checkWindow, givenOf } from './private/window-shape';
import { WindowOptions } from './window-options';

/** Openings are between these instants. */
const [FIRST, END] = [Date.UTC(1970, 0), Date.UTC(2100, 0)];

/**
 * Something that opens to the public at known instants.
 *
 * Immutable; share it between services. Wall times that a clock change skips or repeats are refused, with the instants that may have
 * been meant.
 */
export class OpeningEvent {
  /**
   * An event that opens one time.
   *
   * @param id DNS label, part of the jobs' names
   */
  public static once(id: string, options: OnceOptions): OpeningEvent {
    return OpeningEvent.checked(id, ONCE, options, () => options.timeZone, () => {
      const at = parseInstant('at', options.at, options.timeZone, true);
      return [{ date: options.at.slice(0, 10), at }];
    });
  }

  /**
   * An event that opens at one time of day on a list of dates.
   *
   * @param id DNS label, part of the jobs' names
   */
  public static onDates(id: string, options: OnDatesOptions): OpeningEvent {
    return OpeningEvent.checked(id, DATES, options, () => options.timeZone, () => {
      if (options.dates.length === 0) {
        throw new Error("'dates' is empty; list at least one");
      }
      return onDates(options, uniqueDates('dates', options.dates), date => `take ${date} out of 'dates'`);
    });
  }

  /**
   * An event that opens every day of a season.
   *
   * @param id DNS label, part of the jobs' names
   */
  public static daily(id: string, options: DailyOptions): OpeningEvent {
    return OpeningEvent.checked(id, SEASON, options, () => options.timeZone, () => seasonOf(options));
  }

  /**
   * An event that opens on some days of every week of a season.
   *
   * @param id DNS label, part of the jobs' names
   */
  public static weekly(id: string, options: WeeklyOptions): OpeningEvent {
    return OpeningEvent.checked(id, WEEKLY, options, () => options.timeZone, () => {
      if (options.on.length === 0) {
        throw new Error("'on' is empty; name at least one day of the week");
      }
      return seasonOf(options, [...new Set(options.on)].map(day => SUNDAY_FIRST.indexOf(day)));
    });
  }

  /**
   * An event that opens at each of a list of instants.
   *
   * @param id DNS label, part of the jobs' names
   */
  public static at(id: string, options: OpeningsOptions): OpeningEvent {
    return OpeningEvent.checked(id, OPENINGS, options, () => options.timeZone, () => occurrencesIn(options.openings, options));
  }

  /**
   * An event that opens at each of a list of instants, as a spreadsheet program exports it (CSV, in UTF-8).
   *
   * The first row names the columns, in any order: `at`, or `date` and `time`; `timeZone`, `demand`, `lead` and `hold` if there is something to
   * say. Other columns are left alone. Separators are commas, semicolons or tabs. Empty rows say nothing. A cell that begins with `=` is text.
   * What is wrong is listed with the numbers of the rows: an instant that is none, a time that a clock change skips or repeats, two rows for
   * one instant.
   *
   * @example
   * OpeningEvent.fromCsv('autumn', readFileSync('openings.csv', 'utf8'), { timeZone: 'Asia/Seoul' });
   *
   * @param id DNS label, part of the jobs' names
   * @param text all of the file
   */
  public static fromCsv(id: string, text: string, options: CsvOptions = {}): OpeningEvent {
    return OpeningEvent.checked(id, CSV, options, () => options.timeZone, () =>
      occurrencesOf(openingsFromCsv(checkedText(text), options.timeZone, options.columns), options.timeZone, options));
  }

  /**
   * An event that opens at each of a list of instants, as JSON.
   *
   * `{ "timeZone": "Asia/Seoul", "openings": [{ "at": "2026-12-05T10:00", "demand": "large", "lead": "3h", "hold": "90m" }] }`. All but `at` may be
   * left out. `prewarm openings` makes such a document of a calendar file.
   *
   * @param id DNS label, part of the jobs' names
   * @param text all of the file
   */
  public static fromJson(id: string, text: string, options: OpeningListOptions = {}): OpeningEvent {
    let zone: string | undefined;
    const zoneOf = () => zone = options.timeZone ?? zoneInJson(checkedText(text));
    return OpeningEvent.checked(id, OPENING_LIST, options, zoneOf, () => occurrencesOf(openingsFromJson(text, zone).openings, zone, options));
  }

  private static checked<T extends WindowOptions>(
    id: string, shape: Shape<T>, options: T, zoneOf: () => string | undefined, occurrences: () => Occurrence[],
  ): OpeningEvent {
    if (typeof id !== 'string') {
      throw new Error(`the id of an event must be a text, such as 'seoul-marathon', got ${shown(id)}`);
    }
    if (isOctal(id)) {
      throw new Error(`event '${id}': the id is a number to YAML, and the API server refuses a label that is one; choose another, such as 'x${id}'`);
    }
    if (!isLabel(id)) {
      throw new Error(`event '${id}': the id must be a DNS label: at most 63 of a-z, 0-9 and '-', a letter or digit first and last${labelLike(id)}`);
    }
    return OpeningEvent.saying(id, () => {
      checkProps('', shape, options);
      const timeZone = zoneOf();
      const problem = timeZone === undefined ? undefined : zoneRefusal(timeZone);
      if (problem) {
        throw new Error(`'timeZone' (${timeZone}) ${problem}`);
      }
      checkWindow(options);
      return new OpeningEvent(id, timeZone, givenOf(options), inOurTime(occurrences()));
    });
  }

  /** What `work` throws says which event it is about. */
  private static saying<T>(id: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw new Error(`event '${id}': ${(error as Error).message}`);
    }
  }

  private constructor(
    /** DNS label, part of the jobs' names. */
    public readonly id: string,
    /** IANA name in which people read this event. */
    public readonly timeZone: string | undefined,
    /** The window as far as the event itself says. */
    public readonly window: WindowOptions,
    private readonly occurrences: readonly Occurrence[],
  ) {}

  /** The instants, ISO UTC, oldest first. */
  public get openings(): string[] {
    return this.occurrences.map(({ at }) => isoOf(at));
  }

  /** @internal */
  public get _occurrences(): readonly Occurrence[] {
    return this.occurrences;
  }
}

/** For programs without types. */
function checkedText(text: string): string {
  if (typeof text !== 'string') {
    throw new Error(`the list must be a text, such as readFileSync(FILE, 'utf8') gives, got ${shown(text)}`);
  }
  return text;
}

/** Refuses years that nobody plans for, as a slip of a digit makes them: CronJobs and calendars cannot hold all of these. */
function inOurTime(occurrences: Occurrence[]): Occurrence[] {
  const strange = occurrences.find(({ at }) => at < FIRST || at >= END);
  if (strange) {
    throw new Error(`the opening of ${strange.date} is not between 1970 and 2099; is the year right?`);
  }
  return occurrences;
}
