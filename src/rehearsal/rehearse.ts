import { playTogether } from './chain/event';
import { isOfDependency } from './faults';
import { ScenarioError, prepared, resultOf } from './prepare';
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
  if ((service.plan.uses ?? []).length > 0 || (scenario.assume?.abandonedServedPercent ?? 100) < 100) {
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
