import { Told } from './findings';
import { Situation } from './situation';
import { World } from './world';
import { Pod, Stored, TargetObject, Workload } from '../core/kube-objects';
import { overrideLowers } from '../core/plan/decide';
import { liveOf } from '../core/plan/live';
import { LABEL_ROLE, LABEL_SERVICE } from '../core/plan/names';
import { otherWorkloadOf, otherWorkloadWords } from '../core/plan/other-workload';
import { wantedAt } from '../core/plan/override';
import { causeOf, isRunning, readinessOf } from '../core/plan/readiness';
import { podSelectorOf } from '../core/plan/target-kind';

/** For one look; the next comes anyway. */
export const LOOK_MS = 10_000;

/** What stands between now and a good opening. */
export interface Look {
  /** Nothing: all is well. */
  readonly missing: readonly string[];
  readonly floor: number;
  /** Beside that: an override that asks for less than the plan. */
  readonly lowered: readonly Told[];
  /** To tell it on; absent: there is no target. */
  readonly target?: Stored<TargetObject>;
}

/**
 * Looks at all that a good opening needs.
 *
 * @param needsGuard a guard must run too; one that looks need not ask
 * @throws ApiError, Unreachable
 */
export async function lookAt(world: World, { plan, override }: Situation, needsGuard: boolean): Promise<Look> {
  const { api } = world;
  const deadline = api.within(LOOK_MS);
  const wanted = wantedAt(plan, override, api.clock.now());
  const { floor } = wanted;
  const [target, workload, guards] = await Promise.all([
    api.find<TargetObject>(plan.target, deadline),
    api.find<Workload>(plan.workload, deadline),
    needsGuard && plan.guards > 0 ? api.pods(`${LABEL_SERVICE}=${plan.service},${LABEL_ROLE}=guard`, deadline) : undefined,
  ]);
  const other = otherWorkloadOf(target, plan);
  const missing = [
    target ? missingFloor(liveOf(target, plan).floor, floor) : `${plan.target.kind} ${plan.target.name} does not exist`,
    other && otherWorkloadWords(other, plan).sentence,
    workload ? await missingPods(world, workload, floor, deadline) : `${plan.workload.kind} ${plan.workload.name} does not exist`,
    guards && missingGuard(guards),
  ].filter(what => what !== undefined);
  return { missing, floor, lowered: overrideLowers(wanted), target };
}

function missingFloor(live: number, wanted: number): string | undefined {
  return live < wanted ? `floor is ${live} instead of ${wanted}` : undefined;
}

/** The pods are read only where the workload's own count falls short. */
async function missingPods(world: World, workload: Workload, floor: number, deadline: number): Promise<string | undefined> {
  const { readyReplicas = 0 } = workload.status ?? {};
  if (readyReplicas >= floor) {
    return undefined;
  }
  const selector = podSelectorOf(workload);
  // without a selector, the API would answer with every pod there is
  const pods = selector === '' ? [] : await world.api.pods(selector, deadline);
  const { missing, text } = readinessOf({ floor, workload, pods });
  return missing > 0 ? text : undefined;
}

function missingGuard(guards: readonly Pod[]): string | undefined {
  if (guards.some(isRunning)) {
    return undefined;
  }
  const causes = guards.filter(pod => pod.status?.phase === 'Pending').map(causeOf);
  return `no guard runs (${causes.length ? [...new Set(causes)].join(', ') : 'it has no pod'})`;
}
