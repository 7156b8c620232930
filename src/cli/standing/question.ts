import { InvalidArgumentError } from 'commander';
import { zoneOf } from './words';
import { Plan } from '../../core/plan/plan';
import { EpochMs } from '../../core/time/instant';
import { DAY, instantsOf, parseDateTime, parseTime, wallAt } from '../../core/time/wall-clock';
import { WrongInput } from '../io';

/** What `prewarm status` is asked; nothing of it: whether all is as planned now. */
export interface Question {
  /** Whether all can be Ready by then. */
  readonly for?: Moment;
  /** Whether a deploy should wait. */
  readonly freeze?: boolean;
}

/** An instant, or a time of day in the zone of each service. */
export type Moment = { readonly at: EpochMs } | { readonly timeOfDay: number };

/** Reads `10:00`, or an instant with its offset. */
export function momentArgument(text: string): Moment {
  const timeOfDay = parseTime(text);
  if (timeOfDay !== undefined) {
    return { timeOfDay };
  }
  const written = parseDateTime(text);
  if (written?.offset === undefined) {
    throw new InvalidArgumentError("Write a time of day such as '10:00', in the time zone of each service's event, or an instant with its offset, "
      + "such as '2026-12-05T10:00:00+09:00'.");
  }
  return { at: written.wall - written.offset };
}

/**
 * The instant that is meant for a service: of a time of day, the next one in the service's zone.
 *
 * @throws WrongInput for an instant that is over
 */
export function instantOf(moment: Moment, plan: Plan, now: EpochMs): EpochMs {
  if ('at' in moment) {
    if (moment.at <= now) {
      throw new WrongInput('--for names an instant that is over; without it, status tells how all stands now');
    }
    return moment.at;
  }
  const zone = zoneOf(plan, now);
  const midnight = Math.floor(wallAt(zone, now) / DAY) * DAY;
  // where clocks are put forward, a day may lack that time
  return [0, 1, 2].flatMap(days => instantsOf(zone, midnight + days * DAY + moment.timeOfDay)).find(at => at > now)!;
}
