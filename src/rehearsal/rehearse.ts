import { PlacedService, playTogether } from './chain/event';
import { isOfDependency } from './faults';
import { ScenarioError, openingOf, prepared, resultOf } from './prepare';
import { play } from './run';
import { RehearsalResult, RehearsedService, RunName, Scenario } from './types';

export { LONGEST_MS, ScenarioError, openingOf } from './prepare';

/**
 * Plays the opening of an event against one service, in simulated time.
 *
 * The same input gives the same result: nothing is read from the world, and chance follows from the seed.
 *
 * @throws ScenarioError that names what is wrong
 */
export function rehearse(service: RehearsedService, scenario: Scenario = {}): RehearsalResult {
  if (needsStations(service, scenario)) {
    return playTogether([{ service }], scenario)[0];
  }
  const idle = (scenario.faults ?? []).findIndex(({ name }) => isOfDependency(name));
  if (idle >= 0) {
    throw new ScenarioError(`the fault '${scenario.faults![idle].name}' hits nothing: '${service.plan.service}' says of no dependency that it uses it`, ['faults', idle]);
  }
  const ready = prepared(service, scenario);
  const names: RunName[] = ['prewarmed', ...scenario.compare ?? []];
  return resultOf(ready, names.map(name => play(ready.stage, name)));
}

/**
 * Plays the openings of several services: those that open at the same instant for the same event in one world, any other alone.
 *
 * The results are in the order of the services. The first of those that were played together has the whole in `together`.
 *
 * @param begin called with the services that are played next
 * @throws ScenarioError that names what is wrong
 */
export function rehearseAll(
  services: readonly PlacedService[], scenario: Scenario = {}, begin?: (played: readonly PlacedService[]) => void,
): RehearsalResult[] {
  const groups = new Map<string, PlacedService[]>();
  for (const placed of services) {
    const { event, at } = openingOf(placed.service.plan, scenario);
    const key = `${at} ${event}`;
    groups.set(key, [...groups.get(key) ?? [], placed]);
  }
  const results = new Map<PlacedService, RehearsalResult>();
  for (const group of groups.values()) {
    begin?.(group);
    const played = group.length === 1 ? [rehearse(group[0].service, scenario)] : playTogether(group, scenario);
    group.forEach((placed, i) => results.set(placed, played[i]));
  }
  return services.map(placed => results.get(placed)!);
}

/** Whether a service calls anything, or the scenario says what only stations can play. */
function needsStations({ plan: { uses = [] } }: RehearsedService, { assume = {}, services, dependencies }: Scenario): boolean {
  return uses.length > 0 || (assume.abandonedServedPercent ?? 100) < 100 || services !== undefined || dependencies !== undefined;
}
