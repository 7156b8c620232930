import { Duration } from 'cdk8s';
import { WindowOptions } from './window-options';

/** Options of `OpeningEvent.once`. */
export interface OnceOptions extends WindowOptions {
  /** Instant of the opening: `2026-12-05T10:00` with `timeZone`, or `2026-12-05T10:00:00+09:00`. */
  readonly at: string;

  /**
   * IANA name of the zone in which people read this event.
   *
   * If `at` has an offset too, they must agree.
   *
   * @default - cron lines and tables in UTC
   */
  readonly timeZone?: string;
}

/** A time of day where the event is. */
export interface WallTimeOptions extends WindowOptions {
  /** Time of day: `HH:MM`, 24 hours. */
  readonly time: string;

  /** IANA name of the zone, such as `Asia/Seoul`. */
  readonly timeZone: string;
}

/** Options of `OpeningEvent.onDates`. */
export interface OnDatesOptions extends WallTimeOptions {
  /** Dates with an opening: `YYYY-MM-DD`, in any order. */
  readonly dates: string[];
}

/** Options of `OpeningEvent.daily`. */
export interface DailyOptions extends WallTimeOptions {
  /** First day of the season, included: `YYYY-MM-DD`. */
  readonly firstDate: string;

  /** Last day of the season, included: `YYYY-MM-DD`. */
  readonly lastDate: string;

  /**
   * Days of the season without an opening.
   *
   * A day that would have no opening anyway is refused.
   *
   * @default - none
   */
  readonly exceptDates?: string[];

  /**
   * Other times of single days: by the day of the season, a time `HH:MM` of that day, or a date-time `YYYY-MM-DDTHH:MM` of another.
   *
   * @default - `time` on every day
   */
  readonly moved?: { readonly [date: string]: string };
}

/** Options of `OpeningEvent.weekly`. */
export interface WeeklyOptions extends DailyOptions {
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

/** One opening of `OpeningEvent.at`. */
export interface SingleOpening {
  /** Instant of this opening: `2026-12-05T10:00` with the event's `timeZone`, or `2026-12-05T10:00:00+09:00`. */
  readonly at: string;

  /**
   * How much this opening needs, by name: each scheduled event says in `demands` what the name means for its service.
   *
   * @default - the `demand` of the scheduled event
   */
  readonly demand?: string;

  /**
   * How long before this opening the floor goes up.
   *
   * It wins over the `lead` of scheduled event, event and schedule.
   *
   * @default - as for the other openings
   */
  readonly lead?: Duration;

  /**
   * How long after this opening the floor stays up.
   *
   * It wins over the `hold` of scheduled event, event and schedule.
   *
   * @default - as for the other openings
   */
  readonly hold?: Duration;
}

/** Options of `OpeningEvent.fromJson`, and part of those of all lists. */
export interface OpeningListOptions extends WindowOptions {
  /**
   * IANA name of the zone in which people read this event, and in which its wall times are.
   *
   * An offset must agree with it.
   *
   * @default - what a JSON document names; without one every instant needs an offset, and cron lines and tables are in UTC
   */
  readonly timeZone?: string;
}

/** Options of `OpeningEvent.at`. */
export interface OpeningsOptions extends OpeningListOptions {
  /** Openings in any order, no two at one instant. */
  readonly openings: SingleOpening[];
}

/** Options of `OpeningEvent.fromCsv`. */
export interface CsvOptions extends OpeningListOptions {
  /**
   * How the columns of the list are called.
   *
   * @default - `at`, or `date` and `time`; `timeZone`, `demand`, `lead` and `hold`
   */
  readonly columns?: CsvColumns;
}

/** How the columns of a CSV list are called, as its first row spells them. */
export interface CsvColumns {
  /**
   * Date and time of the opening: `2026-12-05 10:00`, with or without an offset.
   *
   * @default 'at'
   */
  readonly at?: string;

  /**
   * The day, where it has a column of its own: `2026-12-05`.
   *
   * @default 'date'
   */
  readonly date?: string;

  /**
   * The time of that day: `10:00`.
   *
   * @default 'time'
   */
  readonly time?: string;

  /**
   * IANA name of the zone of that row, in place of the event's.
   *
   * @default 'timeZone'
   */
  readonly timeZone?: string;

  /**
   * Name of the demand.
   *
   * `demands` of the scheduled event says what it means.
   *
   * @default 'demand'
   */
  readonly demand?: string;

  /**
   * The row's own lead, with its unit: `90m`, `2h30m`.
   *
   * @default 'lead'
   */
  readonly lead?: string;

  /**
   * The row's own hold, with its unit: `90m`, `2h30m`.
   *
   * @default 'hold'
   */
  readonly hold?: string;
}
