import { Unreachable } from './api-error';
import { LOOK_MS, Seen } from './look';
import { tellUnreachable } from './reach';
import { JUDGED_WITHIN_MS, ReadinessReporter } from './readiness-report';
import { Rivals } from './rivals';
import { Situation, rereadSituation } from './situation';
import { sleepUntil } from './wait';
import { Ending, World } from './world';
import { CRON_STEP_MS } from '../core/plan/names';
import { Opening, Plan, waitOf } from '../core/plan/plan';
import { EpochMs, isoOf } from '../core/time/instant';

/** While all is ready, plan and override are read in one look of so many: the guards say at once what is lost. */
const CALM = 4;

/** Given to a question that is asked just before the opening, or at it. */
const SHORT_MS = 2_000;

/** Looks at each opening that is due from its ready margin on; falls short when one is not ready, or without a guard, as it opens. */
export async function verify(world: World, mounted: Plan, event: string): Promise<Ending> {
  const { api } = world;
  let { plan } = await firstSituation(world, mounted);
  const horizon = api.clock.now() + waitOf(plan, 'verify', event);
  let ending: Ending = { exitCode: 0, did: 'unchanged', message: `no opening of ${event} is due, nothing to verify` };
  for (let opening = openingDue(plan, event, api.clock.now(), horizon, -Infinity); opening;) {
    const last = ending;
    ending = await verifyOpening(world, plan, opening);
    if (last.exitCode !== 0 && ending.exitCode === 0) {
      ending = last;
    }
    const after = plannedAt(opening);
    if (openingDue(plan, event, api.clock.now(), horizon, after)) {
      ({ plan } = await rereadSituation(world, { plan, findings: [] }, api.within(LOOK_MS)));
    }
    opening = openingDue(plan, event, api.clock.now(), horizon, after);
    if (opening) {
      const { exitCode, ...line } = ending;
      world.log(line);
    }
  }
  return ending;
}

/** Plan and override; the time is the API server's, and is known from its first answer on, whatever that says. */
async function firstSituation(world: World, plan: Plan): Promise<Situation> {
  const { api: { clock }, api, timers, pace, stop } = world;
  for (let isSaid = false; ; isSaid = true) {
    const situation = await rereadSituation(world, { plan, findings: [] }, api.within(LOOK_MS));
    if (clock.isSet) {
      return situation;
    }
    if (stop.aborted) {
      throw new Unreachable('told to stop');
    }
    if (!isSaid) {
      world.log({ did: 'waiting', message: 'the API server has not answered yet, so the time is not known' });
    }
    await timers.sleep(pace.verifyMs, stop);
  }
}

/** Follows the target meanwhile: between two looks somebody may have lowered the floor, and a guard put it back. */
async function verifyOpening(world: World, plan: Plan, due: Opening): Promise<Ending> {
  let situation: Situation = { plan, findings: [] };
  const ended = new AbortController();
  await sleepUntil(world, due.readyBy - CRON_STEP_MS);
  const rivals = new Rivals(world, plan.target, () => situation);
  // it is not waited for at the end: a look that is on its way may take seconds
  void rivals.target.follow(world.pace.pollMs, ended.signal);
  try {
    return await verifyUntilOpen(world, plan, due, { rivals, onSituation: now => { situation = now; } });
  } finally {
    ended.abort();
  }
}

interface Beside {
  readonly rivals: Rivals;
  readonly onSituation: (situation: Situation) => void;
}

async function verifyUntilOpen(world: World, plan: Plan, due: Opening, { rivals, onSituation }: Beside): Promise<Ending> {
  const { api: { clock }, api, timers, pace, stop } = world;
  const { event } = due;
  const reporter = new ReadinessReporter(world);
  let trying: Promise<void> | undefined;
  let opening = due;
  let situation: Situation = { plan, findings: [] };
  let calm = 0;
  while (!stop.aborted) {
    await sleepUntil(world, opening.readyBy);
    if (calm % CALM === 0 || clock.now() >= opening.at) {
      situation = await rereadSituation(world, situation, api.within(Math.min(LOOK_MS, Math.max(SHORT_MS, opening.at - clock.now()))));
      onSituation(situation);
    }
    const current = situation.plan.openings.find(one => one.event === event && plannedAt(one) === plannedAt(due));
    if (!current) {
      return { exitCode: 0, did: 'unchanged', message: `${event} at ${isoOf(opening.at)} is no longer in the plan, nothing to verify` };
    }
    opening = current;
    if (clock.now() < opening.readyBy) {
      // it was postponed
      calm = 0;
      continue;
    }
    const isOpen = clock.now() >= opening.at;
    const { floor, isReady, isHindered, message, isNew, target } = await reporter.report(situation, { opening, fought: rivals.pace.fought });
    trying ??= tellUnreachable(world, situation.plan, target);
    if (isOpen && !isHindered || clock.now() >= opening.at + JUDGED_WITHIN_MS) {
      await trying;
      return isReady
        ? { exitCode: 0, did: 'ready', message, floor }
        : { exitCode: 1, did: 'failed', message: `not ready at the opening: ${message}`, floor };
    }
    if (isNew) {
      world.log({ did: isReady ? 'looking' : 'waiting', message, floor });
    }
    calm = isReady ? calm + 1 : 0;
    const untilOpen = opening.at - clock.now();
    const restMs = isReady ? pace.pollMs : pace.verifyMs;
    await timers.sleep(untilOpen > 0 ? Math.min(restMs, Math.max(1, untilOpen)) : pace.backoffMaxMs, stop);
  }
  throw new Unreachable('told to stop');
}

/** Says from each ready margin to its opening what verify would say, of all events; ends with the signal. */
export async function reportReadiness(
  world: World, situation: () => Situation, seen: () => Seen, signal: AbortSignal,
): Promise<void> {
  const { api: { clock }, timers, pace } = world;
  const reporter = new ReadinessReporter(world);
  while (!signal.aborted) {
    const now = clock.now();
    const opening = situation().plan.openings.find(({ at }) => at > now);
    const waitMs = opening ? opening.readyBy - now : Infinity;
    if (!opening || waitMs > 0) {
      // the plan may change meanwhile
      await timers.sleep(Math.min(waitMs, pace.pollMs), signal);
      continue;
    }
    const { floor, isReady, message, isNew } = await reporter.report(situation(), { opening, fought: seen().fought, seen: seen() });
    if (isNew && !signal.aborted) {
      world.log({ did: isReady ? 'ready' : 'waiting', message, floor });
    }
    await timers.sleep(Math.min(pace.verifyMs, Math.max(1, opening.at - clock.now())), signal);
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
