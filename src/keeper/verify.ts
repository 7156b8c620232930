import { Unreachable } from './api-error';
import { LOOK_MS, Look, Lookout, Seen } from './look';
import { tellUnreachable } from './reach';
import { Rivals } from './rivals';
import { Situation, rereadSituation } from './situation';
import { sleepUntil } from './wait';
import { Ending, World } from './world';
import { textOf } from '../core/finding';
import { Stored } from '../core/kube-objects';
import { Opening, Plan, waitOf } from '../core/plan/plan';
import { EpochMs, isoOf } from '../core/time/instant';

/** Waits for each opening that is due until the floor is Ready and a guard runs; falls short when it is not so at one of them. */
export async function verify(world: World, mounted: Plan, event: string): Promise<Ending> {
  const { api } = world;
  let { plan } = await rereadSituation(world, { plan: mounted, findings: [] }, api.within(LOOK_MS));
  // the clock is the API server's, known from its first answer on
  const horizon = api.clock.now() + waitOf(plan, 'verify', event);
  let ending: Ending = { exitCode: 0, did: 'unchanged', message: `no opening of ${event} is due, nothing to verify` };
  for (let opening = openingDue(plan, event, api.clock.now(), horizon, -Infinity); opening;) {
    const last = ending;
    ending = await verifyOpening(world, plan, opening);
    if (last.exitCode !== 0 && ending.exitCode === 0) {
      ending = last;
    }
    if (api.clock.now() >= horizon) {
      break;
    }
    ({ plan } = await rereadSituation(world, { plan, findings: [] }, api.within(LOOK_MS)));
    opening = openingDue(plan, event, api.clock.now(), horizon, plannedAt(opening));
    if (opening) {
      const { exitCode, ...line } = ending;
      world.log(line);
    }
  }
  return ending;
}

async function verifyOpening(world: World, plan: Plan, due: Opening): Promise<Ending> {
  let trying: Promise<void> | undefined;
  let situation: Situation = { plan, findings: [] };
  // between two looks somebody may lower the floor, and a guard put it back
  const rivals = new Rivals(world, plan.target, () => situation);
  const ended = new AbortController();
  const following = rivals.target.follow(world.pace.pollMs, ended.signal);
  try {
    const ending = await verifyUntilOpening(world, plan, due, {
      fought: () => rivals.pace.fought,
      onSituation: now => { situation = now; },
      onLook: (now, target) => { trying ??= tellUnreachable(world, now, target); },
    });
    await trying;
    return ending;
  } finally {
    ended.abort();
    await following;
  }
}

/** What goes on beside the looks of verify. */
interface Beside {
  /** Hands that lower the target again and again. */
  readonly fought: () => readonly string[];
  /** Called before each look. */
  readonly onSituation: (situation: Situation) => void;
  /** Called after each look, with the plan of now and the target. */
  readonly onLook: (plan: Plan, target: Stored | undefined) => void;
}

async function verifyUntilOpening(world: World, plan: Plan, due: Opening, { fought, onSituation, onLook }: Beside): Promise<Ending> {
  const { api, timers, pace, stop } = world;
  const { event } = due;
  let opening = due;
  const lookout = new Lookout(world);
  let situation: Situation = { plan, findings: [] };
  let said: string | undefined;
  while (!stop.aborted) {
    await sleepUntil(world, opening.readyBy);
    situation = await rereadSituation(world, situation, api.within(LOOK_MS));
    onSituation(situation);
    const current = situation.plan.openings.find(one => one.event === event && plannedAt(one) === plannedAt(due));
    if (!current) {
      return { exitCode: 0, did: 'unchanged', message: `${event} at ${isoOf(opening.at)} is no longer in the plan, nothing to verify` };
    }
    opening = current;
    if (api.clock.now() < opening.readyBy) {
      // it was postponed
      continue;
    }
    const { floor, isReady, message, target } = await lookAndTell(world, lookout, situation, { opening, said, fought: fought() });
    onLook(situation.plan, target);
    if (isReady) {
      return { exitCode: 0, did: 'ready', message, floor };
    }
    if (api.clock.now() >= opening.at) {
      return { exitCode: 1, did: 'failed', message: `not ready at the opening: ${message}`, floor };
    }
    if (message !== said) {
      world.log({ did: 'waiting', message, floor });
      said = message;
    }
    await timers.sleep(Math.min(pace.verifyMs, Math.max(1, opening.at - api.clock.now())), stop);
  }
  throw new Unreachable('told to stop');
}

/** Says from each ready margin to its opening what verify would say, of all events; ends with the signal. */
export async function reportReadiness(
  world: World, situation: () => Situation, seen: () => Seen, signal: AbortSignal,
): Promise<void> {
  const lookout = new Lookout(world);
  let done: EpochMs = -Infinity;
  let said: string | undefined;
  while (!signal.aborted) {
    const now = world.api.clock.now();
    const opening = situation().plan.openings.find(({ at }) => at > now && at > done);
    const waitMs = opening ? opening.readyBy - now : Infinity;
    if (!opening || waitMs > 0) {
      // the plan may change meanwhile
      await world.timers.sleep(Math.min(waitMs, world.pace.pollMs), signal);
      continue;
    }
    const { floor, isReady, message } = await lookAndTell(world, lookout, situation(), { opening, said, fought: seen().fought, seen: seen() });
    if (message !== said && !signal.aborted) {
      world.log({ did: isReady ? 'ready' : 'waiting', message, floor });
      said = message;
    }
    if (isReady) {
      done = opening.at;
    }
    await world.timers.sleep(world.pace.verifyMs, signal);
  }
}

interface Report {
  readonly isReady: boolean;
  readonly message: string;
  readonly floor: number;
  readonly target?: Stored;
}

/** What is looked at, and what was said of it. */
interface Asked {
  readonly opening: Opening;
  /** Undefined: nothing yet. */
  readonly said: string | undefined;
  readonly fought: readonly string[];
  readonly seen?: Seen;
}

/** Looks, and tells on the target what reads otherwise than what has been said. */
async function lookAndTell(world: World, lookout: Lookout, situation: Situation, { opening, said, fought, seen }: Asked): Promise<Report> {
  const leftMs = opening.at - world.api.clock.now();
  const look = async () => lookout.look(situation, leftMs, fought, seen);
  const { missing, floor, lowered, target, isLeftToOthers } = await lookOrWhyNot(situation, look);
  const isReady = missing.length === 0;
  const stands = `${isReady ? `all ${floor} ready` : missing.join('; ')} for ${opening.event} at ${isoOf(opening.at)}`;
  const message = [stands, ...lowered.map(textOf)].join('; ');
  if (target && message !== said && !isLeftToOthers) {
    lowered.forEach(finding => world.notifier.tell(target, finding));
    world.notifier.tell(target, isReady
      ? { id: 'ready', severity: 'note', sentence: message }
      : { id: 'not-ready', severity: 'warning', sentence: message });
  }
  return { isReady, message, floor, ...target ? { target } : {} };
}

/** An API server that does not answer is what is missing. */
async function lookOrWhyNot(situation: Situation, look: () => Promise<Look>): Promise<Look> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Unreachable) {
      return { missing: [error.message], floor: situation.plan.baseline.floor, lowered: [] };
    }
    throw error;
  }
}

function plannedAt({ at, plannedAt: planned = at }: Opening): EpochMs {
  return planned;
}

/**
 * The event's next opening after one, if its ready margin has begun, or begins up to the horizon.
 *
 * One that was postponed is due when it was planned to be: no other run comes for it.
 */
function openingDue(plan: Plan, event: string, now: EpochMs, horizon: EpochMs, after: EpochMs): Opening | undefined {
  return plan.openings.find(opening => {
    const { event: id, at, readyBy } = opening;
    const planned = plannedAt(opening);
    return id === event && readyBy - (at - planned) <= horizon && now < at && planned > after;
  });
}
