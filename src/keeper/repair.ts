import { ApiError, Unreachable } from './api-error';
import { applyPlan } from './apply';
import { placeGuards } from './guards';
import { lookAfter } from './look-after';
import { planReference } from './situation';
import { endingOf, tell } from './tell';
import { Ending, World } from './world';
import { Actor, WorldPorts, skewWarning, worldOf } from './world-of';
import { ConfigMap } from '../core/kube-objects';
import { PlanError, decodePlan } from '../core/plan/document';
import { PLAN_KEY } from '../core/plan/names';
import { Plan } from '../core/plan/plan';
import { Repaired, RepairedService, Trouble, formatTroubles } from '../core/plan/repaired';
import { formatSome } from '../core/time/numbers';

/** Services at a time: a few hundred of them are done within seconds, and the API server hardly notices. */
const AT_ONCE = 8;

/** For what is still to be told of a service. */
const FLUSH_MS = 5_000;

export interface RepairPorts extends WorldPorts {
  /** Posts a JSON body to the webhook that a variable of the environment names; undefined: it is not set. */
  readonly postTo: (variable: string) => Actor['post'];
  /** The end of the log, which becomes the pod's termination message. */
  readonly err: (line: string) => void;
}

/** How long a run stays for services whose windows are on: a little less than until the next one. */
const STAY_MS = 9.5 * 60_000;

/** Looks after a service until a moment of the timers. */
type Stay = (until: number) => Promise<void>;

/** What came of one service; of one whose window is on, how it is looked after from here on. */
type Outcome = { readonly stay?: Stay; readonly warning?: string } & (
  | { readonly kind: 'right' | 'changed' }
  /** Its plan is gone, or says that another repair goes through it, or none does. */
  | { readonly kind: 'left'; readonly service: string }
  | { readonly kind: 'failed'; readonly trouble: Trouble });

/**
 * Applies the plans of all services of a chart, as they stand in the cluster.
 *
 * What is wrong with one service is its line in the log, and keeps the others from nothing. A service that is right has no line. Services
 * whose windows are on are then looked after until the next run is due.
 *
 * @returns the exit code: 0 done, 1 some service failed
 */
export async function repair(ports: RepairPorts, { repair: self, services }: Repaired): Promise<0 | 1> {
  const { timers, pace, out, err, stop } = ports;
  const began = timers.now();
  const deadline = began + 2 * pace.onceMs;
  const outcomes: Outcome[] = [];
  const rest = [...services];
  const next = async (): Promise<void> => {
    for (let service = rest.shift(); service && !stop.aborted; service = rest.shift()) {
      outcomes.push(await repairOne(ports, self, service, deadline));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));

  const troubles = outcomes.flatMap(outcome => outcome.kind === 'failed' ? [outcome.trouble] : []);
  const left = outcomes.flatMap(outcome => outcome.kind === 'left' ? [outcome.service] : []);
  const changed = outcomes.filter(({ kind }) => kind === 'changed').length;
  const unseen = services.length - outcomes.length;
  const message = [
    troubles.length > 0 ? formatTroubles(troubles, services.length) : `${formatSome(services.length - left.length - unseen, 'service')} looked at, ${changed} changed`,
    ...left.length > 0 ? [`left to others: ${left.join(', ')}`] : [],
    ...unseen > 0 ? [`told to stop before ${unseen} more`] : [],
  ].join('; ');
  const isFine = troubles.length === 0 && unseen === 0;
  out(JSON.stringify({
    role: 'repair',
    did: isFine ? 'repaired' : 'failed',
    message,
    services: services.length,
    changed,
    failed: troubles.length,
    ms: Math.round(timers.now() - began),
    warning: outcomes.find(({ warning }) => warning)?.warning,
  }));
  if (!isFine) {
    err(troubles.length > 0 ? formatTroubles(troubles, services.length) : message);
  }
  await Promise.all(outcomes.map(async ({ stay }) => stay?.(began + STAY_MS)));
  return isFine ? 0 : 1;
}

async function repairOne(ports: RepairPorts, self: string, { name, webhook }: RepairedService, deadline: number): Promise<Outcome> {
  const world = worldOf(ports, { service: name, role: 'repair', post: webhook === undefined ? undefined : ports.postTo(webhook) });
  const looked = await lookAt(world, self, name, Math.min(deadline, world.api.within(world.pace.onceMs)));
  if (looked === 'left') {
    return { kind: 'left', service: name };
  }
  const { ending, plan } = looked;
  const stay = plan && (async (until: number) => lookAfter(world, plan, until));
  await Promise.race([world.notifier.flush(), world.timers.sleep(FLUSH_MS, world.stop)]);
  const { exitCode, ...last } = ending;
  const warning = skewWarning(world.api, ports.localTime());
  if (last.did !== 'unchanged' || last.findings) {
    world.log(last);
  }
  if (exitCode !== 0) {
    return { kind: 'failed', trouble: { service: name, message: last.message }, stay, warning };
  }
  return { kind: last.did === 'unchanged' ? 'right' : 'changed', stay, warning };
}

/** What came of one look at a service, and the plan by which it went as far as that could be read. */
interface Looked {
  readonly ending: Ending;
  readonly plan?: Plan;
}

async function lookAt(world: World, self: string, service: string, deadline: number): Promise<Looked | 'left'> {
  let plan: Plan | undefined;
  try {
    // by the API server and not by a mount: only what the cluster has now says whose this service is
    const document = (await world.api.find<ConfigMap>(planReference(service), deadline))?.data?.[PLAN_KEY];
    plan = document === undefined ? undefined : decodePlan(document);
    if (plan?.repair !== self) {
      return 'left';
    }
    const settled = await applyPlan(world, plan, deadline);
    tell(world, settled);
    await placeGuards(world, settled.plan);
    return { ending: endingOf(settled), plan: settled.plan };
  } catch (error) {
    if (error instanceof ApiError || error instanceof Unreachable || error instanceof PlanError) {
      return { ending: { exitCode: 1, did: 'failed', message: error.message }, plan };
    }
    throw error;
  }
}
