import { CRON_STEP_MS, guardsName } from './names';
import { ObjectReference, Plan } from './plan';
import { EpochMs } from '../time/instant';
import { Interval, unionOf } from '../time/intervals';

/** The Deployment of a service's guards. */
export function guardsReference(service: string): ObjectReference {
  return { apiVersion: 'apps/v1', kind: 'Deployment', name: guardsName(service) };
}

/**
 * The stretch of a plan's windows, of all events and joined where they touch, that holds an instant or begins at most so long after it.
 *
 * @param aheadMs guards stand before the floor that they guard
 */
export function heldSpan({ openings }: Plan, at: EpochMs, aheadMs: number = CRON_STEP_MS): Interval | undefined {
  const windows = openings.flatMap(opening => opening.windows);
  return unionOf(windows).find(span => span.from - aheadMs <= at && at < span.until);
}

/** How many pods must guard at an instant: they belong to the floor of the service, whichever event holds it. */
export function guardsAt(plan: Plan, at: EpochMs): number {
  return plan.guards > 0 && heldSpan(plan, at) ? plan.guards : 0;
}
