import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, Unreachable } from './api-error';
import { runOnce } from './apply';
import { arm } from './arm';
import { bump } from './guard';
import { postTo, sendTo } from './http';
import { KubeApi } from './kube-api';
import { Notifier } from './notify';
import { PACE } from './pace';
import { verify } from './verify';
import { Ending, Line, World } from './world';
import { PlanError, decodePlan } from '../core/plan/document';
import { PLAN_KEY, WEBHOOK_VARIABLE, managerName } from '../core/plan/names';
import { Plan } from '../core/plan/plan';
import { isoOf } from '../core/time/instant';

/** Where Kubernetes puts a pod's account. */
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const USAGE = 'usage: keeper.js arm | bump --event ID [--no-guard] | verify --event ID | drop | repair';
/** A clock that is further off is worth a look. */
const SKEW_MS = 30_000;
/** For what is still to be told when all is done. */
const FLUSH_MS = 5_000;

async function main(): Promise<number> {
  const began = performance.now();
  const [role, ...flags] = process.argv.slice(2);
  const at = flags.indexOf('--event');
  const event = at >= 0 ? flags[at + 1] : undefined;
  const print = (line: object) => console.log(JSON.stringify(line));
  const plan = readPlan();
  if (typeof plan === 'string' || !['arm', 'bump', 'verify', 'drop', 'repair'].includes(role) || ['bump', 'verify'].includes(role) && !event) {
    const message = typeof plan === 'string' ? plan : USAGE;
    print({ role, did: 'failed', message });
    console.error(message);
    return 2;
  }

  const stopper = new AbortController();
  // arm asks for a dozen rights at once; node would warn of a leak, in the last line of the log
  setMaxListeners(0, stopper.signal);
  process.on('SIGTERM', () => stopper.abort());
  process.on('SIGINT', () => stopper.abort());
  const stop = stopper.signal;
  const timers = {
    now: () => performance.now(),
    sleep: async (ms: number, signal?: AbortSignal) => sleep(Math.min(ms, 2 ** 31 - 1), undefined, { signal }).catch(() => undefined),
  };
  const manager = managerName(plan.service);
  const api = new KubeApi({
    send: sendTo({
      host: process.env.KUBERNETES_SERVICE_HOST ?? 'kubernetes.default.svc',
      port: process.env.KUBERNETES_SERVICE_PORT ?? '443',
      ca: () => readFileSync(`${ACCOUNT}/ca.crt`, 'utf8'),
    }),
    timers,
    random: () => Math.random(),
    readToken: () => readFileSync(`${ACCOUNT}/token`, 'utf8').trim(),
    namespace: readFileSync(`${ACCOUNT}/namespace`, 'utf8').trim(),
    manager,
    pace: PACE,
    stop,
  });
  const log = (line: Line) => {
    const skewMs = api.clock.isSet ? Math.round(api.clock.skewOf(Date.now())) : 0;
    print({
      time: api.clock.isSet ? isoOf(Math.floor(api.clock.now())) : undefined,
      role,
      service: plan.service,
      event,
      ...line,
      requests: api.requests,
      ms: Math.round(performance.now() - began),
      ...(Math.abs(skewMs) > SKEW_MS ? { warning: `this node's clock is ${Math.round(skewMs / 1_000)} s off the API server's, whose time is used` } : {}),
    });
  };
  const webhook = process.env[WEBHOOK_VARIABLE];
  const notifier = new Notifier(api, {
    service: plan.service, manager, role, event, post: webhook ? postTo(webhook) : undefined, complain: message => log({ did: 'complained', message }),
  });
  const world: World = { api, timers, pace: PACE, notifier, stop, log };
  const { exitCode, ...line } = await run(world, role, plan, event, !flags.includes('--no-guard'));
  await Promise.race([notifier.flush(), timers.sleep(FLUSH_MS, stop)]);
  log(line);
  if (exitCode !== 0) {
    // the end of the log is the pod's termination message
    console.error(line.message);
  }
  return exitCode;
}

async function run(world: World, role: string, plan: Plan, event: string | undefined, guards: boolean): Promise<Ending> {
  try {
    switch (role) {
      case 'arm': return await arm(world, plan);
      case 'bump': return await bump(world, plan, event!, guards);
      case 'verify': return await verify(world, plan, event!);
      default: return await runOnce(world, plan, role === 'drop');
    }
  } catch (error) {
    if (error instanceof ApiError || error instanceof Unreachable) {
      return { exitCode: 1, did: 'failed', message: error.message };
    }
    throw error;
  }
}

function readPlan(): Plan | string {
  const path = join(dirname(process.argv[1]), PLAN_KEY);
  try {
    return decodePlan(readFileSync(path, 'utf8'));
  } catch (error) {
    return error instanceof PlanError ? error.message : `cannot read the plan: ${(error as Error).message}; deploy the chart again`;
  }
}

main().then(
  code => process.exit(code),
  error => {
    console.error(error);
    process.exit(1);
  },
);
