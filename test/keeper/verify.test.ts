import { START, deployment } from './fake-cluster';
import { HPA, MANAGER, MINUTE, Stage, WORKLOAD, opening, planOf } from './harness';

const SALE = opening('sale', { from: 60, at: 120, until: 130, readyBy: 105 }, 5);
const PLAN = planOf([SALE]);

test('says Ready once, as soon as the floor is ready and a guard runs, and ends well at the opening', async () => {
  const { stage, verify } = await verifying();
  await stage.until(106);
  stage.cluster.replace(WORKLOAD, deployment(5));
  stage.cluster.pods = [...pods(5, READY), ...GUARD];
  await stage.time.pass(10_000);
  expect(verify.lines[verify.lines.length - 1]).toMatchObject({
    did: 'looking', message: 'all 5 ready for sale at 2026-12-05T02:00:00Z', floor: 5,
  });
  expect(await stage.time.play(verify.ending)).toMatchObject({ exitCode: 0, did: 'ready', message: 'all 5 ready for sale at 2026-12-05T02:00:00Z' });
  expect(stage.cluster.events.filter(({ reason }) => reason === 'Ready')).toHaveLength(1);
  expect(stage.now - SALE.at).toBeLessThan(1_100);
});

test('waits for the ready margin where it begins within five minutes', async () => {
  const { stage, verify } = await verifying(101);
  stage.cluster.replace(WORKLOAD, deployment(5));
  stage.cluster.pods = [...pods(5, READY), ...GUARD];
  const before = stage.cluster.requests.length;
  await stage.until(104.99);
  expect(stage.cluster.requests.slice(before).filter(({ path }) => path.includes('deployments/queue'))).toEqual([]);
  await stage.until(105.03);
  expect(verify.lines).toEqual([expect.objectContaining({ did: 'looking' })]);
});

test('says at once what is missing and why, again at every change, and falls short at the opening', async () => {
  const { stage, verify } = await verifying();
  const messages = () => verify.lines.map(line => line.message);
  await stage.time.pass(1_000);
  expect(messages()).toEqual([
    '2 of 5 ready, 3 missing: 2 unschedulable (insufficient cpu), 1 pulling image; no guard runs (it has no pod) for sale at 2026-12-05T02:00:00Z',
  ]);
  stage.cluster.pods = [...pods(4, READY), ...pods(1, PULLING), ...GUARD];
  stage.cluster.replace(WORKLOAD, deployment(5, 4));
  await stage.until(107);
  expect(messages().slice(1)).toEqual(['4 of 5 ready, 1 missing: 1 pulling image for sale at 2026-12-05T02:00:00Z']);
  expect(await stage.time.play(verify.ending)).toMatchObject({
    exitCode: 1, did: 'failed', message: 'not ready at the opening: 4 of 5 ready, 1 missing: 1 pulling image for sale at 2026-12-05T02:00:00Z',
  });
  expect(stage.now - SALE.at).toBeLessThan(1_100);
  expect(stage.cluster.events.map(({ type, reason }) => `${type} ${reason}`)).toEqual(['Warning NotReady', 'Warning NotReady']);
});

test('pods of others are not counted for a workload that does not say which are its own', async () => {
  const { stage, verify } = await verifying();
  const { selector, ...spec } = deployment(5, 2).spec;
  stage.cluster.replace(WORKLOAD, { ...deployment(5, 2), spec });
  stage.cluster.pods = [...pods(5, READY), ...GUARD];
  await stage.time.pass(5_000);
  expect(verify.lines[verify.lines.length - 1].message).toContain('2 of 5 ready, 3 missing: 3 not looked at');
});

test('a Rollout counts the pods that its status selects', async () => {
  const { stage, verify } = await verifying(106, planOf([SALE], { workload: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'queue' } }));
  stage.cluster.create('rollouts/queue', { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', spec: { replicas: 5 }, status: { selector: 'app=queue' } });
  stage.cluster.pods = [...pods(2, READY), ...pods(30, READY).map((pod: any) => ({ ...pod, metadata: { labels: { app: 'other' } } }))];
  await stage.time.pass(5_000);
  expect(verify.lines[verify.lines.length - 1].message).toContain('2 of 5 ready');
});

describe('a workload without a selector of its own', () => {
  const FLEET = { apiVersion: 'example.com/v1', kind: 'Fleet', name: 'queue' };
  const fleet = async (status: object) => {
    const { stage, verify } = await verifying(106, planOf([SALE], { workload: FLEET }));
    stage.cluster.replace(HPA, { spec: { ...stage.cluster.get(HPA)!.spec, scaleTargetRef: FLEET } });
    stage.cluster.create('fleets/queue', { apiVersion: FLEET.apiVersion, kind: FLEET.kind, spec: { replicas: 5 }, status });
    const own = [{ apiVersion: FLEET.apiVersion, kind: 'Fleet', name: 'queue', controller: true }];
    const others = [{ apiVersion: 'batch/v1', kind: 'Job', name: 'queue-load', controller: true }];
    const foreign = pods(20, READY).map((pod: any) => ({ ...pod, metadata: { ...pod.metadata, ownerReferences: others } }));
    const ours = pods(2, READY).map((pod: any) => ({ ...pod, metadata: { ...pod.metadata, ownerReferences: own } }));
    stage.cluster.pods = [...ours, ...foreign, ...GUARD];
    await stage.time.pass(5_000);
    return { stage, message: verify.lines[verify.lines.length - 1].message };
  };

  test('has the pods that its /scale selects and that belong to it', async () => {
    const { stage, message } = await fleet({ replicas: 5, selector: 'app=queue' });
    expect(message).toMatch(/^2 of 5 ready, 3 missing: 3 not created yet/);
    expect(stage.cluster.requests.map(({ path }) => path).filter(path => path.endsWith('fleets/queue/scale')).length).toBeGreaterThan(0);
  });

  test('is said to be uncounted where nothing says which pods are its own', async () => {
    expect((await fleet({ replicas: 5 })).message).toMatch(
      /^it is not known how many of 5 are ready: pods not looked at \(the workload does not say which pods are its own\)/);
  });
});

test('a Role of an earlier release, which may not read /scale, still counts by the selector of the workload', async () => {
  const { stage, verify } = await verifying();
  const fault = { kind: 'status', status: 403, message: 'cannot get resource "x"' } as const;
  stage.cluster.fault = ({ method, path }) => method === 'GET' && path.endsWith('/scale') ? fault : undefined;
  await stage.time.pass(3_500);
  expect(verify.lines[verify.lines.length - 1].message).toMatch(/^2 of 5 ready, 3 missing: 2 unschedulable \(insufficient cpu\), 1 pulling image/);
});

test('a guard that cannot start is named with its reason', async () => {
  const { stage, verify } = await verifying();
  stage.cluster.replace(WORKLOAD, deployment(5));
  stage.cluster.pods = [...pods(5, READY), ...GUARD.map(pod => ({ ...pod, ...UNSCHEDULABLE }))];
  await stage.time.pass(5_000);
  expect(verify.lines[verify.lines.length - 1].message).toBe('no guard runs (unschedulable (insufficient cpu)) for sale at 2026-12-05T02:00:00Z');
});

test('a guard is not asked for where the schedule has none', async () => {
  const { stage, verify } = await verifying(106, planOf([SALE], { guards: 0 }));
  stage.cluster.replace(WORKLOAD, deployment(5));
  expect(await stage.time.play(verify.ending)).toMatchObject({ exitCode: 0 });
});

test('a live floor below the plan is no go, however many pods are ready', async () => {
  const { stage, verify } = await verifying();
  stage.cluster.pods = [...pods(5, READY), ...GUARD];
  stage.cluster.replace(WORKLOAD, deployment(5));
  stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 2 });
  await stage.time.pass(5_000);
  expect(verify.lines[verify.lines.length - 1].message).toBe('floor is 2 instead of 5 for sale at 2026-12-05T02:00:00Z');
});

test('an override is what must be ready', async () => {
  const { stage, verify } = await verifying();
  stage.cluster.pods = [...pods(2, READY), ...GUARD];
  stage.override({ floor: '2', until: '2026-12-05T02:30:00Z' });
  expect(await stage.time.play(verify.ending)).toMatchObject({ exitCode: 0, floor: 2 });
});

test('an opening that is taken out of the plan is no longer verified', async () => {
  const { stage, verify } = await verifying();
  await stage.time.pass(1_000);
  stage.deployPlan(planOf([]));
  expect(await stage.time.play(verify.ending)).toMatchObject({ exitCode: 0, message: 'sale at 2026-12-05T02:00:00Z is no longer in the plan, nothing to verify' });
});

test('far from any opening there is nothing to verify', async () => {
  expect(await new Stage(PLAN).run('verify')).toMatchObject({ exitCode: 0, message: 'no opening of sale is due, nothing to verify' });
});

test('an API server that is away until the opening makes it fall short', async () => {
  const { stage, verify } = await verifying();
  await stage.time.pass(5_000);
  stage.cluster.fault = () => ({ kind: 'refused' });
  expect(await stage.time.play(verify.ending)).toMatchObject({ exitCode: 1, message: expect.stringContaining('could not') });
  expect(stage.now - SALE.at).toBeLessThan(15_000);
});

test('a missing right is said at once, and falls short where it is still missing at the opening', async () => {
  const { stage, verify } = await verifying();
  stage.cluster.fault = ({ path }) => path.includes('/pods') ? { kind: 'status', status: 403, message: 'cannot list resource "pods"' } : undefined;
  await stage.time.pass(1_000);
  expect(verify.lines).toEqual([expect.objectContaining({ did: 'waiting', message: expect.stringMatching(/^may not list pods in namespace shop/) })]);
  expect(await stage.time.play(verify.ending)).toMatchObject({
    exitCode: 1, message: expect.stringMatching(/^not ready at the opening: may not list pods in namespace shop/),
  });
  expect(stage.now - SALE.at).toBeLessThan(15_000);
});

test.each([
  ['403', { kind: 'status', status: 403, message: 'User "sa" cannot get resource "x"' }],
  ['404', { kind: 'status', status: 404 }],
  ['503', { kind: 'status', status: 503 }],
  ['a refused connection', { kind: 'refused' }],
] as const)('%s for some seconds, also at the start and at the opening, is not taken for the last word', async (_, fault) => {
  const stage = new Stage(PLAN);
  await stage.until(106);
  stage.cluster.apply(HPA, MANAGER, { minReplicas: 5 });
  stage.cluster.replace(WORKLOAD, deployment(5));
  stage.cluster.pods = GUARD;
  const troubles = [[106, 106.5], [110, 110.1], [120, 120.05]];
  const isIn = ([from, until]: number[]) => stage.now >= START + from * MINUTE && stage.now < START + until * MINUTE;
  stage.cluster.fault = () => troubles.some(isIn) ? fault : undefined;
  expect(await stage.time.play(stage.start('verify').ending)).toMatchObject({ exitCode: 0, message: 'all 5 ready for sale at 2026-12-05T02:00:00Z' });
});

describe('after all was ready', () => {
  const ready = async () => {
    const { stage, verify } = await verifying();
    stage.cluster.replace(WORKLOAD, deployment(5));
    stage.cluster.pods = [...pods(5, READY), ...GUARD];
    await stage.until(107);
    const lose = (count: number) => {
      stage.cluster.replace(WORKLOAD, deployment(5, 5 - count));
      stage.cluster.pods = [...pods(5 - count, READY), ...pods(count, PULLING), ...GUARD];
    };
    const told = () => stage.cluster.events.map(({ type, reason, message }) => `${type} ${reason}: ${message.split(' for ')[0]}`);
    stage.cluster.events.length = 0;
    return { stage, verify, lose, told };
  };

  test('what is lost is a Warning at once, each time, and so is its return', async () => {
    const { stage, verify, lose, told } = await ready();
    const lost = 'Warning NotReady: 3 of 5 ready, 2 missing: 2 pulling image';
    for (const minutes of [108, 112]) {
      await stage.until(minutes);
      lose(2);
      await stage.time.pass(5_500);
      expect(told().pop()).toBe(lost);
      lose(0);
      await stage.time.pass(60_000);
    }
    expect(told()).toEqual([lost, 'Normal Ready: all 5 ready', lost, 'Normal Ready: all 5 ready']);
    expect(await stage.time.play(verify.ending)).toMatchObject({ exitCode: 0 });
  });

  test('an opening without them falls short', async () => {
    const { stage, verify, lose } = await ready();
    await stage.until(119);
    lose(5);
    expect(await stage.time.play(verify.ending)).toMatchObject({
      exitCode: 1, did: 'failed', message: 'not ready at the opening: 0 of 5 ready, 5 missing: 5 pulling image for sale at 2026-12-05T02:00:00Z',
    });
  });

  test('a plan that asks for more is verified anew', async () => {
    const { stage, verify, told } = await ready();
    stage.deployPlan(planOf([opening('sale', { from: 60, at: 120, until: 130, readyBy: 105 }, 8)]));
    await stage.time.pass(25_000);
    expect(told()).toEqual([expect.stringContaining('Warning NotReady: floor is 5 instead of 8; 5 of 8 ready')]);
    expect(await stage.time.play(verify.ending)).toMatchObject({ exitCode: 1, floor: 8 });
  });
});

test('a guard looks on after all was ready, and after it could not look', async () => {
  const stage = new Stage(PLAN);
  await stage.until(61);
  stage.start('guard');
  stage.cluster.replace(WORKLOAD, deployment(5));
  await stage.until(106);
  stage.cluster.fault = ({ path }) => path.includes('/pods') ? { kind: 'status', status: 403, message: 'cannot list resource "pods"' } : undefined;
  stage.cluster.replace(WORKLOAD, deployment(5, 4));
  await stage.until(107);
  stage.cluster.fault = () => undefined;
  stage.cluster.pods = [...pods(4, READY), ...pods(1, PULLING)];
  await stage.until(108);
  expect(stage.cluster.events.filter(({ reason }) => /Ready/.test(reason)).map(({ reason, message }) => `${reason}: ${message.split(' (')[0].split(' for ')[0]}`)).toEqual([
    'Ready: all 5 ready', 'NotReady: 4 of 5 ready, 1 missing: 1 not looked at', 'NotReady: 4 of 5 ready, 1 missing: 1 pulling image',
  ]);
});

test('a guard says from the ready margin on what verify would say, and one pod alone tells it', async () => {
  const stage = new Stage(PLAN);
  await stage.until(61);
  const guards = [stage.start('guard'), stage.start('guard')];
  stage.cluster.pods = [...pods(2, READY), ...pods(3, UNSCHEDULABLE)];
  stage.cluster.replace(WORKLOAD, deployment(5, 2));
  await stage.until(104.9);
  const told = () => stage.cluster.events.filter(({ reason }) => /Ready/.test(reason)).map(({ reason }) => reason);
  expect(told()).toEqual([]);
  await stage.until(105.2);
  expect(told()).toEqual(['NotReady']);
  stage.cluster.pods = pods(5, READY);
  stage.cluster.replace(WORKLOAD, deployment(5));
  await stage.until(106);
  expect(told()).toEqual(['NotReady', 'Ready']);
  expect(guards.map(guard => guard.lines.filter(line => line.did === 'ready').length)).toEqual([1, 1]);
});

const READY = { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } };
const UNSCHEDULABLE = {
  status: {
    phase: 'Pending',
    conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes are available: 3 Insufficient cpu. preemption: no' }],
  },
};
const PULLING = {
  status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'True' }], containerStatuses: [{ state: { waiting: { reason: 'ContainerCreating' } } }] },
};
const GUARD = [{
  metadata: { labels: { 'cdk8s-prewarm/service': 'queue', 'cdk8s-prewarm/role': 'guard' } }, status: { phase: 'Running' },
}];

function pods(count: number, pod: object): object[] {
  return Array.from({ length: count }, () => ({ metadata: { labels: { app: 'queue' } }, ...pod }));
}

/** A stage whose floor is up, two of five pods ready, no guard; and verify, started that many minutes after the start. */
async function verifying(minutes = 106, plan = PLAN) {
  const stage = new Stage(plan);
  stage.cluster.apply(HPA, MANAGER, { minReplicas: 5 });
  stage.cluster.replace(WORKLOAD, deployment(5, 2));
  stage.cluster.pods = [...pods(2, READY), ...pods(2, UNSCHEDULABLE), ...pods(1, PULLING)];
  await stage.until(minutes);
  return { stage, verify: stage.start('verify') };
}
