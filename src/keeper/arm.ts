import { ApiError, Conflict, Unreachable, isRefused } from './api-error';
import { applyPlan, endingOf, tell } from './apply';
import { Ending, World } from './world';
import { EventObject, Stored, TargetObject, Workload } from '../core/kube-objects';
import { hasWorkload, liveOf, specOf } from '../core/plan/live';
import { configName, overrideName } from '../core/plan/names';
import { ObjectReference, Plan, highestOf } from '../core/plan/plan';
import { targetKindNames, targetKindOf } from '../core/plan/target-kind';

/**
 * Proves at deploy time what the other jobs will need, by using every single right, then applies the plan.
 *
 * Waits until target and workload exist, and a minute for rights, since they may land after it.
 */
export async function arm(world: World, plan: Plan): Promise<Ending> {
  const { api, pace } = world;
  if (!targetKindOf(plan.target)) {
    return failed(`${plan.target.kind} is no kind that has a floor; the target must be a ${targetKindNames()}`);
  }
  const deadline = api.within(pace.armMs);
  const rightsDeadline = api.within(pace.rightsMs);
  let said: string | undefined;
  for (let attempt = 0; ; attempt++) {
    const troubles = await prove(world, plan, deadline);
    if (troubles.length === 0) {
      break;
    }
    const message = [...new Set(troubles.map(trouble => trouble.message))].join('; ');
    const isOver = (trouble: Error) => world.timers.now() >= patienceFor(trouble, { deadline, rightsDeadline });
    if (troubles.some(isOver) || world.stop.aborted) {
      return failed(message);
    }
    if (message !== said) {
      world.log({ did: 'waiting', message });
      said = message;
    }
    await api.pause(attempt, deadline);
  }
  const settled = await applyPlan(world, plan, deadline);
  tell(world, settled);
  const ending = endingOf(settled);
  return ending.exitCode === 0 ? { ...ending, message: `all rights proved; ${ending.message}` } : ending;
}

/** Until when what is missing may still come; long ago for what will not. */
function patienceFor(trouble: Error, { deadline, rightsDeadline }: { readonly deadline: number; readonly rightsDeadline: number }): number {
  if (isRefused(trouble, 'missing-right')) {
    return rightsDeadline;
  }
  return isRefused(trouble, 'absent') ? deadline : -Infinity;
}

/** Uses every right once, without effect; what fails, or nothing. */
async function prove(world: World, plan: Plan, deadline: number): Promise<Error[]> {
  const { api } = world;
  const troubles: Error[] = [];
  const attempt = async <T>(act: Promise<T>): Promise<T | undefined> => act.catch(error => {
    if (error instanceof ApiError || error instanceof Unreachable) {
      troubles.push(error);
      return undefined;
    }
    throw error;
  });
  const config = (name: string): ObjectReference => ({ apiVersion: 'v1', kind: 'ConfigMap', name });
  const proveTarget = async () => {
    const target = await attempt(api.get<TargetObject>(plan.target, deadline));
    if (target) {
      const foreign = liveOf(target, plan).otherKeeper;
      if (foreign) {
        troubles.push(new Error(takenBy(foreign, plan)));
      } else {
        await attempt(proveWrite(world, plan, target, deadline));
      }
      await attempt(api.createEvent(eventOn(target), deadline, true));
    }
  };
  const proveWorkload = async () => {
    const workload = await attempt(api.get<Workload>(plan.workload, deadline));
    if (workload) {
      await attempt(proveScale(world, plan, workload, deadline));
    }
  };
  await Promise.all([
    proveTarget(),
    attempt(api.tryWatch(plan.target, deadline)),
    ...hasWorkload(plan.target, plan.workload) ? [proveWorkload(), attempt(api.tryWatch(plan.workload, deadline))] : [],
    attempt(api.get(config(configName(plan.service)), deadline)),
    attempt(api.tryWatch(config(configName(plan.service)), deadline)),
    attempt(api.find(config(overrideName(plan.service)), deadline)),
    attempt(api.tryWatch(config(overrideName(plan.service)), deadline)),
    attempt(api.pods('', deadline, 1)),
  ]);
  return troubles;
}

/** The plan's highest floor and ceiling, so that a validation error shows days ahead. */
async function proveWrite(world: World, plan: Plan, target: Stored<TargetObject>, deadline: number): Promise<void> {
  const { floor, ceiling } = highestOf(plan);
  await retryingConflicts(world, deadline, async again => world.api.apply(
    plan.target,
    (again ? await world.api.get(plan.target, deadline) : target).metadata,
    specOf(plan.target, { floor, ceiling }),
    deadline,
    true,
  ));
}

async function proveScale(world: World, plan: Plan, workload: Workload, deadline: number): Promise<void> {
  await retryingConflicts(world, deadline, async again => {
    const { spec } = again ? await world.api.get<Workload>(plan.workload, deadline) : workload;
    const replicas = spec?.replicas ?? 1;
    return world.api.scale(plan.workload, replicas, replicas, deadline, true);
  });
}

async function retryingConflicts(world: World, deadline: number, act: (again: boolean) => Promise<unknown>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await act(attempt > 0);
      return;
    } catch (error) {
      if (!(error instanceof Conflict) || world.timers.now() >= deadline || world.stop.aborted) {
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

function takenBy(manager: string, { target }: Plan): string {
  const other = manager.replace(/^cdk8s-prewarm-/, '');
  return `the floor of ${target.kind} ${target.name} is held by another schedule, ${other}: one target takes one schedule. If ${other} is gone, hand its fields over with `
    + `kubectl patch ${target.kind.toLowerCase()} ${target.name} --type=json -p '[{"op":"replace","path":"/metadata/managedFields","value":[{}]}]' and deploy again`;
}

function failed(message: string): Ending {
  return { exitCode: 1, did: 'failed', message };
}
