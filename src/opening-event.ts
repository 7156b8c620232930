import { datesOfSeason, SUNDAY_FIRST, uniqueDates } from './core/time/calendar';
import { EpochMs, isoOf } from './core/time/instant';
import { parseDate, parseInstant, parseTime, resolveWall } from './core/time/wall-clock';
import { isLabel, labelLike, timeLike, zoneRefusal } from './private/spelling';
import { checkWindow, givenOf } from './private/window-shape';
import { WindowOptions } from './window-options';

/** Options of `OpeningEvent.once`. */
export interface OnceOptions extends WindowOptions {
  /** `2026-12-05T10:00` with `timeZone`, or `2026-12-05T10:00:00+09:00`. */
  readonly at: string;

  /**
   * IANA name of the zone in which people read this event; if `at` has an offset too, they must agree.
   *
   * @default - cron lines and tables in UTC
   */
  readonly timeZone?: string;
}

/** A time of day where the event is. */
export interface WallTimeOptions extends WindowOptions {
  /** `HH:MM`, 24 hours. */
  readonly time: string;

  /** IANA name, such as `Asia/Seoul`. */
  readonly timeZone: string;
}

/** Options of `OpeningEvent.onDates`. */
export interface DatesOptions extends WallTimeOptions {
  /** `YYYY-MM-DD`, in any order. */
  readonly dates: string[];
}

/** Options of `OpeningEvent.daily`. */
export interface SeasonOptions extends WallTimeOptions {
  /** First day of the season, included: `YYYY-MM-DD`. */
  readonly firstDate: string;

  /** Last day of the season, included: `YYYY-MM-DD`. */
  readonly lastDate: string;

  /**
   * Days without an opening; each must otherwise be an occurrence.
   *
   * @default - none
   */
  readonly except?: string[];
}

/** Options of `OpeningEvent.weekly`. */
export interface WeeklyOptions extends SeasonOptions {
  /** The days of the week. */
  readonly on: Weekday[];
}

/** A day of the week. */
export enum Weekday {
  MONDAY = 'Monday',
  TUESDAY = 'Tuesday',
  WEDNESDAY = 'Wednesday',
  THURSDAY = 'Thursday',
  FRIDAY = 'Friday',
  SATURDAY = 'Saturday',
  SUNDAY = 'Sunday',
}

/** One opening of an event. */
interface Occurrence {
  /** As people call it: `YYYY-MM-DD` in the event's zone; without a zone, as it was written. */
  readonly date: string;
  readonly at: EpochMs;
}

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
    return OpeningEvent.checked(id, options, options.timeZone, () => {
      const at = parseInstant('at', options.at, options.timeZone, true);
      return [{ date: options.at.slice(0, 10), at }];
    });
  }

  /**
   * An event that opens at one time of day on a list of dates.
   *
   * @param id DNS label, part of the jobs' names
   */
  public static onDates(id: string, options: DatesOptions): OpeningEvent {
    return OpeningEvent.checked(id, options, options.timeZone, () => {
      if (options.dates.length === 0) {
        throw new Error("'dates' is empty; list at least one");
      }
      return occurrencesOf(options, uniqueDates('dates', options.dates), date => `take ${date} out of 'dates'`);
    });
  }

  /**
   * An event that opens every day of a season.
   *
   * @param id DNS label, part of the jobs' names
   */
  public static daily(id: string, options: SeasonOptions): OpeningEvent {
    return OpeningEvent.checked(id, options, options.timeZone, () => seasonOf(options));
  }

  /**
   * An event that opens on some days of every week of a season.
   *
   * @param id DNS label, part of the jobs' names
   */
  public static weekly(id: string, options: WeeklyOptions): OpeningEvent {
    return OpeningEvent.checked(id, options, options.timeZone, () => {
      if (options.on.length === 0) {
        throw new Error("'on' is empty; name at least one day of the week");
      }
      return seasonOf(options, [...new Set(options.on)].map(day => SUNDAY_FIRST.indexOf(day)));
    });
  }

  private static checked(id: string, options: WindowOptions, timeZone: string | undefined, occurrences: () => Occurrence[]): OpeningEvent {
    if (!isLabel(id)) {
      throw new Error(`event '${id}': the id must be a DNS label: at most 63 of a-z, 0-9 and '-', a letter or digit first and last${labelLike(id)}`);
    }
    try {
      const problem = timeZone === undefined ? undefined : zoneRefusal(timeZone);
      if (problem) {
        throw new Error(`'timeZone' (${timeZone}) ${problem}`);
      }
      checkWindow(options);
      return new OpeningEvent(id, timeZone, givenOf(options), occurrences());
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

function seasonOf(options: SeasonOptions, weekdays?: number[]): Occurrence[] {
  const { firstDate, lastDate, except } = options;
  return occurrencesOf(options, datesOfSeason({ firstDate, lastDate, except, weekdays }), date => `put '${date}' into 'except'`);
}

function occurrencesOf({ time, timeZone }: WallTimeOptions, dates: string[], leaveOut: (date: string) => string): Occurrence[] {
  const timeOfDay = parseTime(time);
  if (timeOfDay === undefined) {
    throw new Error(`'time' (${time}) is no time of day; write ${timeLike(time)}`);
  }
  return dates.map(date => {
    const at = resolveWall(timeZone, parseDate(date)! + timeOfDay);
    if (typeof at !== 'number') {
      throw new Error(`'time' (${time}) on ${date} is ${at.kind} by a clock change in ${timeZone}; ${leaveOut(date)}, and add an `
        + `OpeningEvent.once at '${at.instead[0]}' or '${at.instead[1]}'`);
    }
    return { date, at };
  });
}
