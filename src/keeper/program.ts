import { ApiError, Unreachable } from './api-error';
import { runOnce } from './apply';
import { arm } from './arm';
import { bump } from './bump';
import { Timers } from './clock';
import { drop } from './drop';
import { guard } from './guard';
import { Send } from './http';
import { KubeApi } from './kube-api';
import { Notifier } from './notify';
import { Pace } from './pace';
import { verify } from './verify';
import { Ending, Line, World } from './world';
import { NewerPlan, PlanError, decodePlan } from '../core/plan/document';
import { managerName } from '../core/plan/names';
import { Plan } from '../core/plan/plan';
import { EpochMs, isoOf } from '../core/time/instant';

const USAGE = 'usage: keeper.js arm | bump --event ID | guard | verify --event ID | drop | repair';

/** A node's clock that is further off the API server's is worth a look. */
const SKEW_MS = 30_000;

/** For what is still to be told when all is done. */
const FLUSH_MS = 5_000;

/** All that the program has of the outside world. */
export interface Ports {
  /** The plan's document; throws where there is none. */
  readonly readPlan: () => string;
  /** Of the pod's account. */
  readonly readNamespace: () => string;
  readonly readToken: () => string;
  /** The name of the pod. */
  readonly podName: string;
  /** To the API server. */
  readonly send: Send;
  /** Posts a JSON body to the webhook; absent: there is none. */
  readonly post?: (body: string) => Promise<void>;
  readonly timers: Timers;
  /** The node's own clock, which is compared with the API server's and never followed. */
  readonly localTime: () => EpochMs;
  /** From 0 to 1; for jitter only. */
  readonly random: () => number;
  readonly pace: Pace;
  /** Aborted when the program must end. */
  readonly stop: AbortSignal;
  /** A line of the log, which is one JSON object. */
  readonly out: (line: string) => void;
  /** The end of the log, which becomes the pod's termination message. */
  readonly err: (line: string) => void;
}

/** What the program is called to do. */
type Task =
  | { readonly role: 'arm' | 'guard' | 'drop' | 'repair'; readonly event?: string }
  | { readonly role: 'bump' | 'verify'; readonly event: string };

/**
 * Runs the keeper, as its jobs do.
 *
 * @param args without the program's own name
 * @returns the exit code: 0 done, 1 failed, 2 called wrongly or with a plan that cannot be read
 */
export async function run(args: readonly string[], ports: Ports): Promise<number> {
  const began = ports.timers.now();
  const plan = planFrom(ports.readPlan);
  const task = taskIn(args);
  if (typeof plan === 'string' || !task) {
    const message = typeof plan === 'string' ? plan : USAGE;
    ports.out(JSON.stringify({ role: args[0], did: 'failed', message }));
    ports.err(message);
    return 2;
  }

  const { role, event } = task;
  const { service } = plan;
  const manager = managerName(service);
  const { send, post, timers, random, readToken, podName, pace, stop } = ports;
  const api = new KubeApi({ send, timers, random, readToken, namespace: ports.readNamespace(), manager, pace, stop });
  const log = (line: Line) => ports.out(JSON.stringify({
    time: api.clock.isSet ? isoOf(Math.floor(api.clock.now())) : undefined,
    role,
    service,
    event,
    ...line,
    requests: api.requests,
    ms: Math.round(timers.now() - began),
    warning: skewWarning(api, ports.localTime()),
  }));
  const notifier = new Notifier(api, { service, manager, role, event, post, complain: message => log({ did: 'complained', message }) });
  const { exitCode, ...last } = await endingOf(task, { api, podName, timers, pace, random, notifier, stop, log }, plan);
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
      case 'repair': return await runOnce(world, plan, 0);
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
    case 'drop':
    case 'repair': return { role, event };
    case 'bump':
    case 'verify': return event ? { role, event } : undefined;
    default: return undefined;
  }
}

/** The plan, or a sentence that says why there is none. */
function planFrom(read: () => string): Plan | string {
  try {
    return decodePlan(read());
  } catch (error) {
    return error instanceof PlanError ? error.message : `cannot read the plan: ${(error as Error).message}; deploy the chart again`;
  }
}

/** Undefined where the node's clock is near enough to the API server's. */
function skewWarning({ clock }: KubeApi, localTime: EpochMs): string | undefined {
  const skewMs = clock.isSet ? Math.round(clock.skewOf(localTime)) : 0;
  return Math.abs(skewMs) > SKEW_MS
    ? `this node's clock is ${Math.round(skewMs / 1_000)} s off the API server's, whose time is used`
    : undefined;
}
