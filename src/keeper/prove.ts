import { ApiError, Conflict, Unreachable, isRefused } from './api-error';
import { NotFollowed, TargetTaken, refuseOtherHands } from './other-hands';
import { NotScalable, refuseUnscalable } from './scalable';
import { overrideReference, planReference } from './situation';
import { World } from './world';
import { textOf } from '../core/finding';
import { EventObject, Stored, TargetObject, Workload } from '../core/kube-objects';
import { guardsReference } from '../core/plan/guards';
import { hasWorkload, specOf } from '../core/plan/live';
import { otherWorkloadOf, otherWorkloadWords } from '../core/plan/other-workload';
import { Plan, ReplicaBounds, highestOf, SCHEDULED } from '../core/plan/plan';
import { SLEEP_NEEDS } from '../core/plan/sleep';
import { targetKindOf } from '../core/plan/target-kind';

/** The target scales another workload than the plan's; its manifest may still land. */
export class WorkloadDiffers extends Error {}

/** The API server takes no floor of 0 of this autoscaler. */
class CannotSleep extends Error {}

/** What a proof may end in; anything else is a mistake of ours. */
const TROUBLES = [ApiError, Unreachable, TargetTaken, NotFollowed, WorkloadDiffers, NotScalable, CannotSleep];

/**
 * Uses every right once, without effect.
 *
 * @param deadline by the timers
 * @returns what failed; nothing where all is granted
 */
export async function prove(world: World, plan: Plan, deadline: number): Promise<Error[]> {
  const { api } = world;
  const { target, workload, service } = plan;
  const parts = hasWorkload(target, workload) ? [target, workload] : [target];
  // of what is asked for by another name than its own, nothing else could be said
  const unscalable = await troublesOf(parts.map(async part => refuseUnscalable(world, part, deadline)));
  if (unscalable.length > 0) {
    return unscalable;
  }
  const object = api.get<TargetObject>(target, deadline);
  // guards and verify follow what they see, and nobody else does
  const isGuarded = plan.protection !== SCHEDULED;
  const followed = [...parts, planReference(service), overrideReference(service)];
  const proofs: Promise<unknown>[] = [
    object.then(async read => proveWrite(world, plan, read, deadline)),
    object.then(read => refuseOtherWorkload(read, plan)),
    object.then(async read => refuseOtherHands(world, plan, read, deadline)),
    object.then(async read => api.createEvent(eventOn(read), deadline, true)),
    ...isGuarded ? followed.map(async one => api.tryWatch(one, deadline)) : [],
    ...hasWorkload(target, workload) ? [proveScale(world, plan, deadline)] : [],
    ...plan.guards === 0 ? [] : [api.resize(guardsReference(service), plan.guards, deadline, true)],
    api.get(planReference(service), deadline),
    api.find(overrideReference(service), deadline),
    ...(plan.formerTargets ?? []).map(async former => api.find(former, deadline)),
    ...isGuarded && plan.explainsPods !== false ? [api.pods('', deadline, 1), api.findScale(workload, deadline)] : [],
    ...plan.explainsPods === false && plan.guards > 0 ? [api.find(guardsReference(service), deadline)] : [],
  ];
  return troublesOf(proofs);
}

/** What proofs end in. */
async function troublesOf(proofs: readonly Promise<unknown>[]): Promise<Error[]> {
  const outcomes = await Promise.allSettled(proofs);
  const troubles = outcomes.filter(outcome => outcome.status === 'rejected').map(({ reason }) => reason);
  const unexpected = troubles.find(error => !TROUBLES.some(trouble => error instanceof trouble));
  if (unexpected) {
    throw unexpected;
  }
  return troubles;
}

function refuseOtherWorkload(target: TargetObject, plan: Plan): void {
  const scaled = otherWorkloadOf(target, plan);
  if (scaled) {
    throw new WorkloadDiffers(textOf(otherWorkloadWords(scaled, plan)));
  }
}

/** The plan's highest floor and ceiling, so that a validation error shows days ahead. */
async function proveWrite(world: World, plan: Plan, target: Stored<TargetObject>, deadline: number): Promise<void> {
  const { floor, ceiling } = highestOf(plan);
  if (plan.baseline.floor === 0) {
    await proveSleep(world, plan, target, ceiling, deadline);
  }
  await proveBounds(world, plan, target, { floor, ceiling }, deadline);
}

/** Not every API server takes a floor of 0, nor of every autoscaler. */
async function proveSleep(world: World, plan: Plan, target: Stored<TargetObject>, ceiling: number, deadline: number): Promise<void> {
  try {
    await proveBounds(world, plan, target, { floor: 0, ceiling }, deadline);
  } catch (error) {
    if (!isRefused(error, 'value') || targetKindOf(target)?.follows !== 'autoscaling') {
      throw error;
    }
    const title = `${target.kind} ${target.metadata.name}`;
    throw new CannotSleep(`${title} cannot have a floor of 0 between events: ${SLEEP_NEEDS}; pass a baseline with a floor of at least 1 (${error.message})`);
  }
}

async function proveBounds(
  world: World, plan: Plan, target: Stored<TargetObject>, { floor, ceiling }: ReplicaBounds, deadline: number,
): Promise<void> {
  await retryingConflicts(world, deadline, async isAgain => {
    const read = isAgain ? await world.api.get<TargetObject>(plan.target, deadline) : target;
    return world.api.apply(plan.target, read, { spec: specOf(plan.target, { floor, ceiling }) }, deadline, true);
  });
}

async function proveScale(world: World, { workload }: Plan, deadline: number): Promise<void> {
  await retryingConflicts(world, deadline, async () => {
    const { spec } = await world.api.get<Workload>(workload, deadline);
    const replicas = spec?.replicas ?? 1;
    return world.api.scale(workload, replicas, replicas, deadline, true);
  });
}

async function retryingConflicts(world: World, deadline: number, act: (isAgain: boolean) => Promise<unknown>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await act(attempt > 0);
      return;
    } catch (error) {
      const isOver = world.timers.now() >= deadline || world.stop.aborted;
      if (isOver || !(error instanceof Conflict)) {
        throw error;
      }
      await world.api.pause(attempt, deadline);
    }
  }
}

function eventOn(target: Stored): EventObject {
  const { name, namespace, uid } = target.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.armed`, namespace },
    involvedObject: { apiVersion: target.apiVersion, kind: target.kind, name, namespace, uid },
    type: 'Normal',
    reason: 'Armed',
    message: 'dry run',
  };
}
