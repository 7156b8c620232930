import { ApiError, Unreachable } from './api-error';
import { applyPlan, latestPlan } from './apply';
import { placeGuards } from './guards';
import { LOOK_MS } from './look';
import { tell } from './tell';
import { World } from './world';
import { KubeObject, Pod } from '../core/kube-objects';
import { NewerPlan } from '../core/plan/document';
import { accountReference, guardsAt, guardsReference } from '../core/plan/guards';
import { LABEL_ROLE, LABEL_SERVICE } from '../core/plan/names';
import { Plan } from '../core/plan/plan';
import { isLiving } from '../core/plan/readiness';

/** Between looks; with jitter. */
const BETWEEN_MS = 18_000;

/** Every so many looks the plan is read too. */
const PLAN_EVERY = 3;

/** For guards that are to be replaced: until the last of them is told to end. */
const ENDED_MS = 15_000;

/** Between looks whether they are. */
const ENDING_MS = 500;

/**
 * Looks after the guards of a service, and after its floor, while a window holds it.
 *
 * Guards that somebody has scaled down stand again. Guards that are older than their account are replaced: it was deleted and made anew, so
 * the API server refuses their tokens, and only new pods get new ones.
 *
 * @param until by the timers; another run comes then
 */
export async function lookAfter(world: World, mounted: Plan, until: number): Promise<void> {
  const { api, timers, random, stop } = world;
  const { repair } = mounted;
  let plan = mounted;
  let said: string | undefined;
  for (let looks = 1; plan.repair === repair && guardsAt(plan, api.clock.now()) > 0; looks++) {
    await timers.sleep(BETWEEN_MS * (0.9 + random() / 5), stop);
    if (stop.aborted || timers.now() >= until) {
      return;
    }
    try {
      plan = await look(world, looks % PLAN_EVERY === 0 ? await latestPlan(world, plan) : plan);
      said = undefined;
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof Unreachable || error instanceof NewerPlan)) {
        throw error;
      }
      if (error.message !== said) {
        said = error.message;
        world.log({ did: 'waiting', message: said });
      }
    }
  }
}

/** @returns the plan by which it went */
async function look(world: World, given: Plan): Promise<Plan> {
  const { api } = world;
  const settled = await applyPlan(world, given, api.within(LOOK_MS));
  const { plan, change } = settled;
  if (change) {
    tell(world, settled);
    world.log({ did: change.did, message: change.sentence, floor: settled.live.floor });
  }
  const wanted = guardsAt(plan, api.clock.now());
  if (plan.explainsPods === false) {
    // whether they are the right ones, their pods would say
    if (wanted > 0) {
      await placeGuards(world, plan);
    }
    return plan;
  }
  const [guards, account] = await Promise.all([guardsOf(world, plan), api.find(accountReference(plan.service), api.within(LOOK_MS))]);
  const blind = guards.filter(guard => isOlder(guard, account));
  if (wanted > 0 && blind.length > 0) {
    await replaceGuards(world, plan);
    const sentence = `guards of ${plan.service} are replaced: their ServiceAccount was deleted and made anew, so the API server refused their tokens`;
    world.notifier.tell(settled.object, { id: 'guards-replaced', severity: 'warning', sentence, occurrence: account?.metadata.uid });
    world.log({ did: 'replaced', message: sentence });
  } else if (guards.length < wanted) {
    await placeGuards(world, plan);
  }
  return plan;
}

/** All at once: none of them can do anything. */
async function replaceGuards(world: World, plan: Plan): Promise<void> {
  const { api, timers, stop } = world;
  await api.resize(guardsReference(plan.service), 0, api.within(LOOK_MS));
  // a size that is back before anybody has seen the other one would change nothing
  for (const end = api.within(ENDED_MS); timers.now() < end && (await guardsOf(world, plan)).length > 0;) {
    await timers.sleep(ENDING_MS, stop);
  }
  await placeGuards(world, plan);
}

async function guardsOf({ api }: World, { service }: Plan): Promise<Pod[]> {
  return (await api.pods(`${LABEL_SERVICE}=${service},${LABEL_ROLE}=guard`, api.within(LOOK_MS))).filter(isLiving);
}

/** Whether a pod got its token before its account was made. */
function isOlder({ metadata }: Pod, account: KubeObject | undefined): boolean {
  const [pod, made] = [metadata, account?.metadata].map(one => Date.parse(one?.creationTimestamp ?? ''));
  return pod < made;
}
