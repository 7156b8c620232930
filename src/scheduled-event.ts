import { Demand } from './demand';
import { OpeningEvent } from './opening-event';
import { WindowOptions } from './window-options';

/**
 * One service's answer to one event.
 *
 * Window fields given here win over the event's, those over the schedule's `defaultWindow`, one by one.
 */
export interface ScheduledEvent extends WindowOptions {
  /** When; one event object can be shared by many services. */
  readonly event: OpeningEvent;

  /** How much: the floor of this service around each opening. */
  readonly demand: Demand;

  /**
   * Another demand on single dates, by `YYYY-MM-DD` in the event's zone.
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
