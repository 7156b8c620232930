import { CRON_STEP_MS, configName, guardsName } from './names';
import { ObjectReference, Plan } from './plan';
import { EpochMs } from '../time/instant';
import { Interval, unionOf } from '../time/intervals';

/** Guards stand so long before the floor that they guard: a little longer than from one repair to the next, and so they raise it at its very time. */
export const GUARDS_AHEAD_MS = 12 * 60_000;

/** The Deployment of a service's guards. */
export function guardsReference(service: string): ObjectReference {
  return { apiVersion: 'apps/v1', kind: 'Deployment', name: guardsName(service) };
}

/** The account by which the jobs and guards of a service act. */
export function accountReference(service: string): ObjectReference {
  return { apiVersion: 'v1', kind: 'ServiceAccount', name: configName(service) };
}

/**
 * The stretch of a plan's windows, of all events and joined where they touch, that holds an instant or begins at most so long after it.
 */
export function heldSpan({ openings }: Plan, at: EpochMs, aheadMs: number = CRON_STEP_MS): Interval | undefined {
  const windows = openings.flatMap(opening => opening.windows);
  return unionOf(windows).find(span => span.from - aheadMs <= at && at < span.until);
}

/** How many pods must guard at an instant: they belong to the floor of the service, whichever event holds it. */
export function guardsAt(plan: Plan, at: EpochMs): number {
  return plan.guards > 0 && heldSpan(plan, at, GUARDS_AHEAD_MS) ? plan.guards : 0;
}
