import { DeployedService } from './deployed';
import { Opening, Plan, endOf } from '../core/plan/plan';
import { EpochMs } from '../core/time/instant';

/** From this many openings on, an event is a season. */
const SEASON = 3;

/** The openings of each event, in the plan's order. */
export function byEvent(openings: readonly Opening[]): Map<string, Opening[]> {
  const events = new Map<string, Opening[]>();
  for (const opening of openings) {
    const openingsOfIt = events.get(opening.event);
    if (openingsOfIt) {
      openingsOfIt.push(opening);
    } else {
      events.set(opening.event, [opening]);
    }
  }
  return events;
}

/** The openings that are not over. */
export function openingsAhead({ openings }: Plan, now: EpochMs): Opening[] {
  return openings.filter(opening => endOf(opening) > now);
}

/** The last opening of an event, which it has once, however many services answer to it. */
export interface LastOpening {
  readonly last: Opening;
  readonly isSeason: boolean;
  readonly services: readonly DeployedService[];
}

export function lastOpeningsOf(services: readonly DeployedService[]): LastOpening[] {
  const ends = new Map<string, LastOpening>();
  for (const service of services) {
    for (const openings of byEvent(service.plan.openings).values()) {
      const last = openings[openings.length - 1];
      const isSeason = openings.length >= SEASON;
      const key = JSON.stringify([last.event, last.at, isSeason]);
      ends.set(key, { isSeason, last, services: [...ends.get(key)?.services ?? [], service] });
    }
  }
  return [...ends.values()];
}
