import { setMaxListeners } from 'node:events';
import { FakeCluster, NAMESPACE, START, VirtualTime, autoscaler, configMap, deployment } from './fake-cluster';
import { opening } from './harness';
import { encodePlan } from '../../src/core/plan/document';
import { Plan } from '../../src/core/plan/plan';
import { RepairedService, encodeRepaired } from '../../src/core/plan/repaired';
import { PACE } from '../../src/keeper/pace';
import { Ports, run } from '../../src/keeper/program';
import { planOf } from '../support/plans';

const SELF = 'queue-prewarm-repair';

test('puts every service of the chart back to what its plan in the cluster asks for, each as its own keeper', async () => {
  const { cluster, call, floorOf } = chartOf(['queue', 'payment', 'registration']);
  expect(await call()).toBe(0);
  expect(['queue', 'payment', 'registration'].map(floorOf)).toEqual([2, 2, 2]);
  expect(cluster.writes.map(({ manager }) => manager).sort()).toEqual(['cdk8s-prewarm-payment', 'cdk8s-prewarm-queue', 'cdk8s-prewarm-registration']);
});

test('what was changed has a line each, and what was right is only counted', async () => {
  const { lines, call, lower } = chartOf(['queue', 'payment', 'registration']);
  await call();
  lower('payment');
  lines.length = 0;
  await call();
  expect(lines).toEqual([
    expect.objectContaining({ role: 'repair', service: 'payment', did: 'raised', message: expect.stringContaining('floor 1 -> 2') }),
    expect.objectContaining({ role: 'repair', did: 'repaired', message: '3 services looked at, 1 changed', services: 3, changed: 1, failed: 0 }),
  ]);
});

test('what is wrong with one service is its line, and the end of the log, and keeps the others from nothing', async () => {
  const { cluster, lines, ends, call, floorOf } = chartOf(['queue', 'payment', 'registration']);
  cluster.remove('horizontalpodautoscalers/queue');
  expect(await call()).toBe(1);
  expect(['payment', 'registration'].map(floorOf)).toEqual([2, 2]);
  expect(lines).toContainEqual(expect.objectContaining({ service: 'queue', did: 'failed', message: expect.stringContaining('horizontalpodautoscalers/queue') }));
  expect(ends).toEqual([expect.stringMatching(/^1 of 3 services failed \| queue: .*horizontalpodautoscalers\/queue/)]);
});

test('a plan that cannot be read is the trouble of its service', async () => {
  const { cluster, ends, call, floorOf } = chartOf(['queue', 'payment']);
  cluster.replace('configmaps/queue-prewarm', configMap({ 'plan.json': '{' }));
  expect(await call()).toBe(1);
  expect(floorOf('payment')).toBe(2);
  expect(ends).toEqual([expect.stringMatching(/^1 of 2 services failed \| queue: the plan is no JSON/)]);
});

test.each<[string, (cluster: FakeCluster) => void]>([
  ['whose plan is gone', cluster => cluster.remove('configmaps/queue-prewarm')],
  ['whose plan names another repair', cluster => cluster.replace('configmaps/queue-prewarm', planMap('queue', { repair: 'other-prewarm-repair' }))],
  ['whose plan wants none', cluster => cluster.replace('configmaps/queue-prewarm', planMap('queue', { repair: undefined }))],
])('a service %s is left alone, and that is no failure', async (_, spoil) => {
  const { cluster, lines, call, floorOf } = chartOf(['queue', 'payment']);
  spoil(cluster);
  expect(await call()).toBe(0);
  expect(['queue', 'payment'].map(floorOf)).toEqual([1, 2]);
  expect(lines[lines.length - 1].message).toBe('1 service looked at, 1 changed; left to others: queue');
});

test('asks for at most eight services at a time', async () => {
  const names = Array.from({ length: 40 }, (_, i) => `web-${i}`);
  let now = 0;
  let most = 0;
  const { cluster, time, call } = chartOf(names, {
    send: async request => {
      most = Math.max(most, ++now);
      await time.sleep(5);
      now--;
      return cluster.send(request);
    },
  });
  expect(await call()).toBe(0);
  // each asks for target and override at once
  expect(most).toBeGreaterThan(8);
  expect(most).toBeLessThanOrEqual(16);
});

test('is over before the next run is due, also where the API server does not answer at all', async () => {
  const { time, cluster, call, ends } = chartOf(Array.from({ length: 100 }, (_, i) => `web-${i}`));
  cluster.fault = () => ({ kind: 'refused' });
  expect(await call()).toBe(1);
  expect(time.now()).toBeLessThan(9 * 60_000);
  expect(ends[0]).toMatch(/^100 of 100 services failed \| web-/);
  expect(ends[0].length).toBeLessThan(2_048);
});

test('tells each service\'s findings where that service wants them', async () => {
  const posts: string[] = [];
  const { call } = chartOf([{ name: 'queue', webhook: 'A' }, { name: 'payment', webhook: 'B' }, 'registration'], {
    postTo: variable => async body => void posts.push(`${variable} ${JSON.parse(body).service}`),
  });
  await call();
  expect(posts.sort()).toEqual(['A queue', 'B payment']);
});

test('a list that cannot be read is refused, and the end of the log says what to do', async () => {
  const { ends, call } = chartOf([], { readRepaired: () => '{ "version": 9 }' });
  expect(await call()).toBe(2);
  expect(ends).toEqual(['the list of services to repair has version 9, this program reads version 1; deploy list and keeper together, from one release of cdk8s-prewarm']);
});

function planMap(name: string, more: Partial<Plan> = {}) {
  return configMap({ 'plan.json': encodePlan(planOf(name, [opening('sale', { from: 60, at: 120, until: 180 }, 40)], { repair: SELF, ...more })) });
}

/** A repair, and the services of its chart; their autoscalers stand at Kubernetes' default floor. */
function chartOf(services: readonly (string | RepairedService)[], own: Partial<Ports> = {}) {
  const time = new VirtualTime();
  const cluster = new FakeCluster(time);
  const listed = services.map(service => typeof service === 'string' ? { name: service } : service);
  for (const { name } of listed) {
    cluster.create(`horizontalpodautoscalers/${name}`, autoscaler({ maxReplicas: 10 }));
    cluster.create(`deployments/${name}`, deployment(2));
    cluster.replace(`configmaps/${name}-prewarm`, planMap(name));
  }
  const stopper = new AbortController();
  // as main does
  setMaxListeners(0, stopper.signal);
  const lines: any[] = [];
  const ends: string[] = [];
  const ports: Ports = {
    readPlan: () => '',
    readRepaired: () => encodeRepaired({ repair: SELF, services: listed }),
    postTo: () => undefined,
    readNamespace: () => NAMESPACE,
    readToken: () => 'token-1',
    podName: 'repair-1',
    send: async request => cluster.send(request),
    timers: time,
    localTime: () => START,
    random: () => 0.5,
    pace: PACE,
    stop: stopper.signal,
    out: line => lines.push(JSON.parse(line)),
    err: line => ends.push(line),
    ...own,
  };
  return {
    cluster,
    time,
    lines,
    ends,
    call: async () => time.play(run(['repair'], ports)),
    floorOf: (name: string) => cluster.get(`horizontalpodautoscalers/${name}`)?.spec.minReplicas ?? 1,
    lower: (name: string) => {
      cluster.remove(`horizontalpodautoscalers/${name}`);
      cluster.create(`horizontalpodautoscalers/${name}`, autoscaler({ maxReplicas: 10 }));
    },
  };
}
