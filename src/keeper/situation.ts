import { isHindrance } from './api-error';
import { Told } from './findings';
import { World } from './world';
import { ConfigMap, Stored } from '../core/kube-objects';
import { NewerPlan, PlanError, decodePlan } from '../core/plan/document';
import { PLAN_KEY, configName, overrideName } from '../core/plan/names';
import { Override, nextChange } from '../core/plan/override';
import { overridingOf } from '../core/plan/override-bounds';
import { ObjectReference, Plan } from '../core/plan/plan';
import { postponedPlan } from '../core/plan/postpone';
import { EpochMs } from '../core/time/instant';

/** What a keeper goes by: the plan, with openings that were postponed, and what the person on call asks for instead. */
export interface Situation {
  readonly plan: Plan;
  readonly override?: Override;
  /** What is wrong with either; what is right of them is followed all the same. */
  readonly findings: readonly Told[];
}

/** The ConfigMap with the plan. */
export function planReference(service: string): ObjectReference {
  return { apiVersion: 'v1', kind: 'ConfigMap', name: configName(service) };
}

/** The ConfigMap with the override. */
export function overrideReference(service: string): ObjectReference {
  return { apiVersion: 'v1', kind: 'ConfigMap', name: overrideName(service) };
}

/** A plan, and the override beside it as it stands in the cluster; undefined: there is none. */
export function situationOf(plan: Plan, configMap: Stored<ConfigMap> | undefined): Situation {
  if (!configMap) {
    return { plan: postponedPlan(plan, []), findings: [] };
  }
  const { override, postponements, malformed } = overridingOf(configMap, plan);
  const findings = malformed.map((text): Told => ({
    id: 'override-ignored', severity: 'warning', sentence: `${text}; the plan is in force`, occurrence: configMap.metadata.resourceVersion,
  }));
  return { plan: postponedPlan(plan, postponements), ...(override ? { override } : {}), findings };
}

/** A plan, and the override as it is now. */
export async function readSituation(world: World, plan: Plan, deadline: number): Promise<Situation> {
  return situationOf(plan, await world.api.find<ConfigMap>(overrideReference(plan.service), deadline));
}

/**
 * Plan and override as they are now; what cannot be read stays as it was.
 *
 * @throws NewerPlan where the plan is of a newer release, unless told to stay with the last one
 */
export async function rereadSituation(world: World, last: Situation, deadline: number, whenNewer: 'stay' | 'throw' = 'stay'): Promise<Situation> {
  const { service } = last.plan;
  try {
    const [config, override] = await Promise.all([
      world.api.find<ConfigMap>(planReference(service), deadline),
      world.api.find<ConfigMap>(overrideReference(service), deadline),
    ]);
    const document = config?.data?.[PLAN_KEY];
    return situationOf(document ? decodePlan(document) : last.plan, override);
  } catch (error) {
    const isToldOf = error instanceof NewerPlan && whenNewer === 'throw';
    if (!isToldOf && (isHindrance(error) || error instanceof PlanError)) {
      return last;
    }
    throw error;
  }
}

/** How long what is wanted stays the same. */
export function untilChange({ plan, override }: Situation, now: EpochMs): number {
  return (nextChange(plan, override, now) ?? Infinity) - now;
}
