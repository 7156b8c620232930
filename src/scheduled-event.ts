import { Demand } from './demand';
import { OpeningEvent } from './opening-event';
import { WindowOptions } from './window-options';

/**
 * One service's answer to one event.
 *
 * Window fields given here win over the event's, those over the schedule's `defaultWindow`, one by one; `lead` and `hold` of a single opening win
 * over all of them.
 */
export interface ScheduledEvent extends WindowOptions {
  /** When; one event object can be shared by many services. */
  readonly event: OpeningEvent;

  /** How much: the floor of this service around each opening, but for those that name another demand. */
  readonly demand: Demand;

  /**
   * Demands by name, for openings that name one: `{ large: Demand.requestsPerSecond(40_000) }`. A name that is not here is refused.
   *
   * @default - none
   */
  readonly demands?: { readonly [name: string]: Demand };

  /**
   * Another demand on single dates, by `YYYY-MM-DD` in the event's zone, or of single openings, by their instant (`2027-05-07T21:00`, with or
   * without an offset). It wins over the demand that an opening names.
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
