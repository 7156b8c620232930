import { Demand } from './demand';
import { OpeningEvent } from './opening-event';
import { WindowOptions } from './window-options';

/**
 * An event, and what one service needs for it.
 *
 * Each window field is taken from here, else from the event, else from the schedule's `defaultWindow`. `lead` and `hold` of a single opening win
 * over all of them.
 */
export interface ScheduledEvent extends WindowOptions {
  /**
   * Event that opens.
   *
   * Many services can share one event object.
   */
  readonly event: OpeningEvent;

  /** How much each opening needs of this service, but for openings that name another demand. */
  readonly demand: Demand;

  /**
   * Demands by name, for openings that name one.
   *
   * For example `{ large: Demand.requestsPerSecond(40_000) }`. An opening that names a demand which is not here is refused.
   *
   * @default - none
   */
  readonly demands?: { readonly [name: string]: Demand };

  /**
   * Other demands on single dates, or of single openings.
   *
   * The key is a date `YYYY-MM-DD` in the event's zone, or the instant of an opening: `2027-05-07T21:00`, with or without an offset. Such a demand
   * wins over the one that an opening names.
   *
   * @default - `demand` on every date
   */
  readonly demandOn?: { readonly [date: string]: Demand };

  /**
   * The most replicas that the autoscaler may go to in this event's windows.
   *
   * @default - half as much again as the floor, and at least the baseline's ceiling
   */
  readonly ceiling?: number;
}
