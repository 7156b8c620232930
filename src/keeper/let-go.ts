import { Conflict } from './api-error';
import { Told } from './findings';
import { readSituation } from './situation';
import { World } from './world';
import { textOf } from '../core/finding';
import { Stored, TargetObject, Workload } from '../core/kube-objects';
import { formerTargetOf, withoutKeeper } from '../core/plan/former-target';
import { liveOf, specOf } from '../core/plan/live';
import { wantedAt } from '../core/plan/override';
import { ObjectReference, Plan } from '../core/plan/plan';
import { statedReady } from '../core/plan/readiness';
import { unsaid } from '../core/plan/scaled';
import { isScaled } from '../core/plan/target-kind';

/** What came of a target of before. */
export interface LetGo {
  readonly finding: Told;
  /** To tell it on; absent: it is not there. */
  readonly object?: Stored<TargetObject>;
  /** Whether something of it is still to be done, or was done just now; absent: neither. */
  readonly state?: 'open' | 'done';
  /** While it is open, the floor of the new target does not hold; absent: it may wait for the end of the window. */
  readonly isRival?: true;
}

/**
 * As `letGo`, again and again until nothing is open any more.
 *
 * @param deadline by the timers; what is open then stays open
 */
export async function letGoInTime(world: World, plan: Plan, deadline: number): Promise<LetGo[]> {
  const { api, timers, pace, stop } = world;
  // a pipeline that deletes what left the manifests does so within seconds
  const deletedBy = api.within(pace.rightsMs);
  let said: string | undefined;
  for (let attempt = 0; ; attempt++) {
    const all = await letGo(world, plan, deadline);
    const open = all.filter(({ state }) => state === 'open');
    const until = open.some(({ isRival }) => isRival) ? deletedBy : deadline;
    if (open.length === 0 || timers.now() >= until || stop.aborted) {
      return all;
    }
    const message = open.map(({ finding }) => textOf(finding)).join('; ');
    if (message !== said) {
      world.log({ did: 'waiting', message });
      said = message;
    }
    await api.pause(attempt, deadline);
  }
}

/** Tells what came of targets of before; on the target of now where an object is gone. */
export function tellLetGo(world: World, all: readonly LetGo[], target: Stored): void {
  for (const { finding, object } of all) {
    world.log({ did: finding.id === 'former-target-free' ? 'freed' : 'found', message: textOf(finding) });
    world.notifier.tell(object ?? target, finding);
  }
}

/**
 * Lowers what the schedule holds of its targets of before to the floor of between events, and gives it back.
 *
 * In a window that happens only once as many pods of the new target are Ready as are wanted: until then, people may still be on the old ones.
 *
 * @throws ApiError, Unreachable
 */
export async function letGo(world: World, plan: Plan, deadline: number): Promise<LetGo[]> {
  const all: LetGo[] = [];
  for (const former of plan.formerTargets ?? []) {
    all.push(await letGoOf(world, plan, former, deadline));
  }
  return all;
}

async function letGoOf(world: World, plan: Plan, former: ObjectReference, deadline: number): Promise<LetGo> {
  const { api } = world;
  for (let attempt = 0; ; attempt++) {
    try {
      return await tryToLetGo(world, plan, former, deadline);
    } catch (error) {
      if (!(error instanceof Conflict) || world.timers.now() >= deadline || world.stop.aborted) {
        throw error;
      }
      await api.pause(attempt, deadline);
    }
  }
}

async function tryToLetGo(world: World, plan: Plan, former: ObjectReference, deadline: number): Promise<LetGo> {
  const { api } = world;
  const title = `${former.kind} ${former.name}`;
  let object = await api.find<TargetObject>(former, deadline);
  if (!object) {
    return { finding: free(`${title} is gone`) };
  }
  const state = formerTargetOf(object, plan);
  if (state.is === 'free') {
    return { object, finding: free(`nothing of ${title} is held any more`) };
  }
  if (state.is === 'rival') {
    return { object, state: 'open', isRival: true, finding: { id: 'former-target-scales', severity: 'warning', sentence: state.sentence } };
  }
  const missing = await missingFor(world, plan, deadline);
  if (missing !== undefined) {
    const sentence = `${title} keeps floor ${state.live.floor} until the window ends, or all pods of ${plan.workload.kind} ${plan.workload.name} are Ready: ${missing}`;
    return { object, state: 'open', finding: { id: 'former-target-held', severity: 'warning', sentence } };
  }
  if (state.write) {
    object = await api.apply(former, object, { spec: specOf(former, state.write) }, deadline);
  }
  const { floor } = liveOf(object, plan);
  // what is written back must be as the API server has it
  const whole = isScaled(former) ? await api.getWhole<TargetObject>(former, deadline) : object;
  const managedFields = withoutKeeper(whole, plan);
  if (managedFields) {
    object = await api.patchMetadata<TargetObject>(former, whole.metadata, { managedFields, ...unsaid(whole, plan.service) }, deadline);
  }
  const what = floor === state.live.floor ? `floor ${floor} stays` : `floor ${state.live.floor} -> ${floor}`;
  return { object, state: 'done', finding: free(`${title} is the target no longer: ${what}, and nothing of it is held any more`) };
}

function free(sentence: string): Told {
  return { id: 'former-target-free', severity: 'note', sentence, remedy: "take it out of 'formerTargets'" };
}

/** What of the new target is not Ready in a window; undefined: all is, or no window is on. */
async function missingFor(world: World, plan: Plan, deadline: number): Promise<string | undefined> {
  const { api } = world;
  const situation = await readSituation(world, plan, deadline);
  const { floor, openings, override } = wantedAt(situation.plan, situation.override, api.clock.now());
  if (openings.length === 0 && override === undefined) {
    return undefined;
  }
  const workload = await api.find<Workload>(plan.workload, deadline);
  const ready = workload && statedReady(workload);
  return ready !== undefined && ready >= floor ? undefined : `${ready ?? 'an unknown number'} of ${floor} are`;
}
