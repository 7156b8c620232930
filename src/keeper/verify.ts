import { Unreachable } from './api-error';
import { overridingIn, sleepUntil } from './apply';
import { Ending, World } from './world';
import { ConfigMap, Stored, TargetObject, Workload } from '../core/kube-objects';
import { PlanError, decodePlan } from '../core/plan/document';
import { liveOf } from '../core/plan/live';
import { CRON_STEP_MS, LABEL_ROLE, LABEL_SERVICE, PLAN_KEY, configName, overrideName } from '../core/plan/names';
import { Override, wantedAt } from '../core/plan/override';
import { Opening, Plan } from '../core/plan/plan';
import { causeOf, readinessOf } from '../core/plan/readiness';
import { podSelectorOf } from '../core/plan/target-kind';
import { EpochMs, isoOf } from '../core/time/instant';

/** For one look; the next comes anyway. */
const LOOK_MS = 10_000;

export interface Situation {
  readonly plan: Plan;
  readonly override?: Override;
}

/** What stands between now and a good opening. */
interface Look {
  /** Nothing: all is well. */
  readonly missing: readonly string[];
  readonly floor: number;
  /** To tell it on; absent: there is no target. */
  readonly target?: Stored<TargetObject>;
}

/** Waits until the floor is Ready and a guard runs; falls short when it is not so at the opening. */
export async function verify(world: World, mounted: Plan, event: string): Promise<Ending> {
  let situation = await situationNow(world, { plan: mounted });
  const opening = openingDue(situation.plan, event, world.api.clock.now());
  if (!opening) {
    return { exitCode: 0, did: 'unchanged', message: `no opening of ${event} is due, nothing to verify` };
  }
  await sleepUntil(world, opening.readyBy);
  let said: string | undefined;
  while (!world.stop.aborted) {
    situation = await situationNow(world, situation);
    if (!situation.plan.openings.some(({ event: id, at }) => id === event && at === opening.at)) {
      return { exitCode: 0, did: 'unchanged', message: `${event} at ${isoOf(opening.at)} is no longer in the plan, nothing to verify` };
    }
    const { look, message } = await say(world, situation, opening, said, true);
    const isOpen = world.api.clock.now() >= opening.at;
    if (look.missing.length === 0 || isOpen) {
      return look.missing.length === 0
        ? { exitCode: 0, did: 'ready', message, floor: look.floor }
        : { exitCode: 1, did: 'failed', message: `not ready at the opening: ${message}`, floor: look.floor };
    }
    if (message !== said) {
      world.log({ did: 'waiting', message, floor: look.floor });
      said = message;
    }
    await world.timers.sleep(Math.min(world.pace.verifyMs, Math.max(1, opening.at - world.api.clock.now())), world.stop);
  }
  throw new Unreachable('told to stop');
}

/** Says from each ready margin to its opening what verify would say; ends with the signal. */
export async function reportReadiness(world: World, situation: () => Situation, event: string, signal: AbortSignal): Promise<void> {
  let done: EpochMs = -Infinity;
  let said: string | undefined;
  while (!signal.aborted) {
    const now = world.api.clock.now();
    const opening = situation().plan.openings.find(({ event: id, at }) => id === event && at > now && at > done);
    const waitMs = opening ? opening.readyBy - now : Infinity;
    if (!opening || waitMs > 0) {
      // the plan may change meanwhile
      await world.timers.sleep(Math.min(waitMs, world.pace.pollMs), signal);
      continue;
    }
    const { look, message } = await say(world, situation(), opening, said, false);
    if (message !== said && !signal.aborted) {
      world.log({ did: look.missing.length ? 'waiting' : 'ready', message, floor: look.floor });
      said = message;
    }
    if (look.missing.length === 0) {
      done = opening.at;
    }
    await world.timers.sleep(world.pace.verifyMs, signal);
  }
}

/** Looks, and tells what is new. */
async function say(
  world: World, situation: Situation, opening: Opening, said: string | undefined, needsGuard: boolean,
): Promise<{ look: Look; message: string }> {
  let look: Look;
  try {
    look = await lookAt(world, situation, needsGuard);
  } catch (error) {
    if (!(error instanceof Unreachable)) {
      throw error;
    }
    look = { missing: [error.message], floor: situation.plan.baseline.floor };
  }
  const when = `for ${opening.event} at ${isoOf(opening.at)}`;
  const message = look.missing.length ? `${look.missing.join('; ')} ${when}` : `all ${look.floor} ready ${when}`;
  if (message !== said && look.target) {
    const isWell = look.missing.length === 0;
    world.notifier.tell(look.target, isWell ? { id: 'ready', severity: 'note', sentence: message } : { id: 'not-ready', severity: 'warning', sentence: message });
  }
  return { look, message };
}

async function lookAt(world: World, { plan, override }: Situation, needsGuard: boolean): Promise<Look> {
  const { api } = world;
  const deadline = api.within(LOOK_MS);
  const { floor } = wantedAt(plan, override, api.clock.now());
  const [target, workload, guards] = await Promise.all([
    api.find<TargetObject>(plan.target, deadline),
    api.find<Workload>(plan.workload, deadline),
    needsGuard && plan.guards > 0 ? api.pods(`${LABEL_SERVICE}=${plan.service},${LABEL_ROLE}=bump`, deadline) : undefined,
  ]);
  const missing: string[] = [];
  if (!target) {
    missing.push(`${plan.target.kind} ${plan.target.name} does not exist`);
  } else if (liveOf(target, plan).floor < floor) {
    missing.push(`floor is ${liveOf(target, plan).floor} instead of ${floor}`);
  }
  if (!workload) {
    missing.push(`${plan.workload.kind} ${plan.workload.name} does not exist`);
  } else if ((workload.status?.readyReplicas ?? 0) < floor) {
    const readiness = readinessOf({ floor, workload, pods: await api.pods(podSelectorOf(workload), deadline) });
    if (readiness.missing > 0) {
      missing.push(readiness.text);
    }
  }
  const running = guards?.filter(pod => pod.status?.phase === 'Running' && !pod.metadata?.deletionTimestamp);
  if (guards && running!.length === 0) {
    const waiting = guards.filter(pod => pod.status?.phase === 'Pending').map(causeOf);
    missing.push(`no guard runs (${waiting.length ? [...new Set(waiting)].join(', ') : 'the bump job has no pod'})`);
  }
  return { missing, floor, target };
}

/** Plan and override as they are now; what cannot be read stays as it was. */
async function situationNow(world: World, last: Situation): Promise<Situation> {
  const deadline = world.api.within(LOOK_MS);
  const read = async (name: string) => world.api.find<ConfigMap>({ apiVersion: 'v1', kind: 'ConfigMap', name }, deadline);
  try {
    const [config, override] = await Promise.all([read(configName(last.plan.service)), read(overrideName(last.plan.service))]);
    return { plan: config?.data?.[PLAN_KEY] ? decodePlan(config.data[PLAN_KEY]) : last.plan, override: overridingIn(override).override };
  } catch (error) {
    if (error instanceof Unreachable || error instanceof PlanError) {
      return last;
    }
    throw error;
  }
}

/** The event's opening whose ready margin has begun, or begins at most a cron step from now. */
function openingDue(plan: Plan, event: string, now: EpochMs): Opening | undefined {
  return plan.openings.find(({ event: id, readyBy, at }) => id === event && readyBy - CRON_STEP_MS <= now && now < at);
}
