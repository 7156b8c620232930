import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectByTcp } from './connect';
import { postTo, sendTo } from './http';
import { PACE } from './pace';
import { run } from './program';
import { PLAN_KEY, REPAIRED_KEY } from '../core/plan/names';

/** Where Kubernetes puts a pod's account. */
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The longest that a timer of node takes. */
const LONGEST_SLEEP_MS = 2 ** 31 - 1;

const [, program, ...args] = process.argv;
const stopper = new AbortController();
// arm asks for a dozen rights at once; node would warn of a leak, in the last line of the log
setMaxListeners(0, stopper.signal);
process.on('SIGTERM', () => stopper.abort());
process.on('SIGINT', () => stopper.abort());

run(args, {
  readPlan: () => readFileSync(join(dirname(program), PLAN_KEY), 'utf8'),
  readRepaired: () => readFileSync(join(dirname(program), REPAIRED_KEY), 'utf8'),
  readNamespace: () => readFileSync(`${ACCOUNT}/namespace`, 'utf8').trim(),
  readToken: () => readFileSync(`${ACCOUNT}/token`, 'utf8').trim(),
  // Kubernetes gives a pod its name as that of the host
  podName: hostname(),
  send: sendTo({
    host: process.env.KUBERNETES_SERVICE_HOST ?? 'kubernetes.default.svc',
    port: process.env.KUBERNETES_SERVICE_PORT ?? '443',
    ca: () => readFileSync(`${ACCOUNT}/ca.crt`, 'utf8'),
  }),
  connect: connectByTcp,
  postTo: variable => {
    const url = process.env[variable];
    return url ? postTo(url) : undefined;
  },
  timers: {
    now: () => performance.now(),
    sleep: async (ms, signal) => sleep(Math.min(ms, LONGEST_SLEEP_MS), undefined, { signal }).catch(() => undefined),
  },
  localTime: () => Date.now(),
  random: () => Math.random(),
  pace: PACE,
  stop: stopper.signal,
  out: line => console.log(line),
  err: line => console.error(line),
}).then(
  code => process.exit(code),
  error => {
    console.error(error);
    process.exit(1);
  },
);
