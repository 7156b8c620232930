import { ApiError, Unreachable } from './api-error';
import { arm } from './arm';
import { bump } from './bump';
import { drop } from './drop';
import { guard } from './guard';
import { repair } from './repair';
import { verify } from './verify';
import { Ending, World } from './world';
import { Actor, WorldPorts, worldOf } from './world-of';
import { NewerPlan, PlanError, decodePlan } from '../core/plan/document';
import { WEBHOOK_VARIABLE } from '../core/plan/names';
import { Plan } from '../core/plan/plan';
import { decodeRepaired } from '../core/plan/repaired';

const USAGE = 'usage: keeper.js arm | bump --event ID | guard | verify --event ID | drop | repair';

/** For what is still to be told when all is done. */
const FLUSH_MS = 5_000;

/** All that the program has of the outside world. */
export interface Ports extends WorldPorts {
  /** The plan's document; throws where there is none. */
  readonly readPlan: () => string;
  /** The document that lists the services of a repair; throws where there is none. */
  readonly readRepaired: () => string;
  /** Posts a JSON body to the webhook that a variable of the environment names; undefined: it is not set. */
  readonly postTo: (variable: string) => Actor['post'];
  /** The end of the log, which becomes the pod's termination message. */
  readonly err: (line: string) => void;
}

/** What the program is called to do. */
type Task =
  | { readonly role: 'arm' | 'guard' | 'drop'; readonly event?: string }
  | { readonly role: 'bump' | 'verify'; readonly event: string };

/**
 * Runs the keeper, as its jobs do.
 *
 * @param args without the program's own name
 * @returns the exit code: 0 done, 1 failed, 2 called wrongly or with a plan that cannot be read
 */
export async function run(args: readonly string[], ports: Ports): Promise<number> {
  if (args[0] === 'repair') {
    const repaired = read('list of services to repair', () => decodeRepaired(ports.readRepaired()));
    return typeof repaired === 'string' ? refuse(ports, args, repaired) : repair(ports, repaired);
  }
  const plan = read('plan', () => decodePlan(ports.readPlan()));
  const task = taskIn(args);
  if (typeof plan === 'string' || !task) {
    return refuse(ports, args, typeof plan === 'string' ? plan : USAGE);
  }

  const { role, event } = task;
  const world = worldOf(ports, { service: plan.service, role, event, post: ports.postTo(WEBHOOK_VARIABLE) });
  const { notifier, timers, stop, log } = world;
  const { exitCode, ...last } = await endingOf(task, world, plan);
  await Promise.race([notifier.flush(), timers.sleep(FLUSH_MS, stop)]);
  log(last);
  if (exitCode !== 0) {
    ports.err(last.message);
  }
  return exitCode;
}

/** What comes of a task; what the API server refuses, or does not answer, is a failure that is said. */
async function endingOf(task: Task, world: World, plan: Plan): Promise<Ending> {
  try {
    switch (task.role) {
      case 'arm': return await arm(world, plan);
      case 'bump': return await bump(world, plan, task.event);
      case 'guard': return await guard(world, plan);
      case 'verify': return await verify(world, plan, task.event);
      case 'drop': return await drop(world, plan, task.event);
    }
  } catch (error) {
    if (error instanceof ApiError || error instanceof Unreachable || error instanceof NewerPlan) {
      return { exitCode: 1, did: 'failed', message: error.message };
    }
    throw error;
  }
}

/** Undefined where the program is called wrongly. */
function taskIn([role, ...flags]: readonly string[]): Task | undefined {
  const at = flags.indexOf('--event');
  const event = at < 0 ? undefined : flags[at + 1];
  switch (role) {
    case 'arm':
    case 'guard':
    case 'drop': return { role, event };
    case 'bump':
    case 'verify': return event ? { role, event } : undefined;
    default: return undefined;
  }
}

/** What is mounted, or a sentence that says why it cannot be read. */
function read<T>(what: string, decode: () => T): T | string {
  try {
    return decode();
  } catch (error) {
    return error instanceof PlanError ? error.message : `cannot read the ${what}: ${(error as Error).message}; deploy the chart again`;
  }
}

function refuse({ out, err }: Ports, [role]: readonly string[], message: string): 2 {
  out(JSON.stringify({ role, did: 'failed', message }));
  err(message);
  return 2;
}
