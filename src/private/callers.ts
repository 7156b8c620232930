import { PlannedEvent } from './planned-event';
import { User, callsOf } from './service-uses';
import { expectedOf } from '../core/plan/station-load';
import { EpochMs, isoOf } from '../core/time/instant';

/**
 * The events of a service whose demands come from its callers, with what these send to each opening.
 *
 * @throws Error that names the service and the caller, where an event of the one is none of the other
 */
export function derivedFromCallers(user: User, events: readonly PlannedEvent[]): PlannedEvent[] {
  const sent = new Map<string, number>();
  const keyOf = (event: string, at: EpochMs) => `${event} ${at}`;
  const scheduled = new Map(events.map(({ scheduled: { event: { id } }, openings }) => [id, new Set(openings.map(({ at }) => at))]));
  const calls = callsOf(user.root, user.path);
  if (calls.length === 0) {
    throw new Error(`the demand of '${user.name}' is what its callers send, and no service uses it; say '${user.name}.perRequest(0.04)' in the 'uses' of `
      + 'those that call it, or give it a demand of its own');
  }
  for (const { caller: { user: { name }, plan }, perRequest } of calls) {
    const { openings, podCapacity = Infinity } = plan!();
    for (const opening of openings) {
      const its = scheduled.get(opening.event);
      if (!its?.has(opening.at)) {
        throw new Error(`the demand of '${user.name}' is what its callers send, and its caller '${name}' opens event '${opening.event}' at ${isoOf(opening.at)}, `
          + `which '${user.name}' does not schedule; ${its ? 'share one OpeningEvent' : 'add it here, with Demand.fromCallers()'}`);
      }
      const key = keyOf(opening.event, opening.at);
      sent.set(key, (sent.get(key) ?? 0) + expectedOf(opening, podCapacity) * perRequest);
    }
  }
  return events.map((event): PlannedEvent => event.derive ? {
    ...event,
    openings: event.derive(at => {
      // without the last digits, in which 0.1 + 0.2 is more than 0.3
      const value = Number((sent.get(keyOf(event.scheduled.event.id, at)) ?? 0).toPrecision(12));
      if (value === 0) {
        throw new Error(`the demand is what the callers of '${user.name}' send, and none of them (${calls.map(({ caller }) => `'${caller.user.name}'`).join(', ')}) `
          + `opens at ${isoOf(at)}; give it a demand of its own`);
      }
      return value;
    }),
  } : event);
}
