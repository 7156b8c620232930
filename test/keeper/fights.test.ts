import { START, deployment } from './fake-cluster';
import { HPA, MANAGER, MINUTE, Stage, WORKLOAD, opening, planOf } from './harness';

const SECOND = 1_000;
const SALE = opening('sale', { from: 60, at: 130, until: 140, readyBy: 129 }, 40, 60);
const PLAN = planOf([SALE]);

/** Two guards in the middle of the window. */
async function guarded() {
  const stage = new Stage(PLAN);
  await stage.until(61);
  stage.start('guard');
  stage.start('guard');
  await stage.time.pass(2 * SECOND);
  return stage;
}

type Send = Stage['cluster']['send'];

/** From now on, each accepted write of a guard is answered by a rival at once. */
function withRival(stage: Stage): { stop: () => void } {
  const send: Send = stage.cluster.send.bind(stage.cluster);
  let isOn = true;
  stage.cluster.send = async request => {
    const answer = await send(request);
    if (isOn && request.method === 'PATCH' && answer.status === 200) {
      stage.cluster.patch(HPA, 'rival', { minReplicas: 2 });
    }
    return answer;
  };
  stage.cluster.patch(HPA, 'rival', { minReplicas: 2 });
  return { stop: () => { isOn = false; } };
}

/** Until it is gone, an admission policy makes each floor 2. */
function withPolicy(stage: Stage): { stop: () => void } {
  const send: Send = stage.cluster.send.bind(stage.cluster);
  let isOn = true;
  stage.cluster.send = async request => {
    const body = isOn && request.method === 'PATCH' && request.path.includes('autoscalers') ? JSON.parse(request.body!) : undefined;
    return send(body ? { ...request, body: JSON.stringify({ ...body, spec: { ...body.spec, minReplicas: 2 } }) } : request);
  };
  stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 2 });
  return { stop: () => { isOn = false; } };
}

/** Writes of the guards since a moment, by the timers. */
function written(stage: Stage, from: number, until = Infinity): number {
  return stage.cluster.writes.filter(({ manager, at }) => manager === MANAGER && at >= from && at < until).length;
}

function told(stage: Stage, reason: string): any[] {
  return stage.cluster.events.filter(event => event.reason === reason);
}

test('a rival is answered five times at once, then once a second, and after a minute once in five seconds', async () => {
  const stage = await guarded();
  const from = stage.time.now();
  withRival(stage);
  await stage.time.pass(SECOND);
  expect(written(stage, from)).toBe(5);
  await stage.time.pass(59 * SECOND);
  expect(written(stage, from)).toBeGreaterThan(45);
  expect(written(stage, from)).toBeLessThanOrEqual(5 + 60);
  const later = stage.time.now() + 5 * SECOND;
  await stage.time.pass(5 * SECOND + 5 * MINUTE);
  expect(written(stage, later)).toBeGreaterThanOrEqual(60);
  expect(written(stage, later)).toBeLessThanOrEqual(70);
});

test('two guards make few requests in a fight', async () => {
  const stage = await guarded();
  withRival(stage);
  await stage.time.pass(2 * MINUTE);
  const before = stage.cluster.requests.length;
  await stage.time.pass(5 * MINUTE);
  // both, calm: 0.5 a second for each
  expect((stage.cluster.requests.length - before) / 300).toBeLessThan(2);
});

test('a fight is a Warning that names the hand, told once a minute while it lasts, and few other Events', async () => {
  const stage = await guarded();
  const before = stage.cluster.events.length;
  const rival = withRival(stage);
  await stage.time.pass(10 * MINUTE);
  const fought = told(stage, 'FloorFought');
  expect(fought[0]).toMatchObject({
    type: 'Warning',
    message: 'rival takes the floor down again and again: it was put back 3 times or more within 2 minutes; find out who that is, and have them leave it alone',
  });
  expect(fought.length).toBeGreaterThanOrEqual(9);
  expect(fought.length).toBeLessThanOrEqual(11);
  expect(stage.cluster.events.length - before - fought.length).toBeLessThanOrEqual(5);
  rival.stop();
  await stage.time.pass(10 * SECOND);
  expect(stage.floor).toBe(40);
  const last = told(stage, 'FloorFought').length;
  await stage.time.pass(10 * MINUTE);
  expect(told(stage, 'FloorFought').length - last).toBeLessThanOrEqual(2);
});

test('a slow rival is undone at once, and found at the third time within two minutes', async () => {
  const stage = await guarded();
  for (const times of [1, 2, 3]) {
    stage.cluster.patch(HPA, 'nightly', { minReplicas: 2 });
    await stage.time.pass(100);
    expect(stage.floor).toBe(40);
    expect(told(stage, 'FloorFought').length).toBe(times === 3 ? 1 : 0);
    await stage.time.pass(40 * SECOND);
  }
});

test('Argo CD is told apart: the Warning says which fields it must ignore, and how', async () => {
  const stage = await guarded();
  for (const _ of [1, 2, 3]) {
    stage.cluster.patch(HPA, 'argocd-controller', { minReplicas: 2 });
    await stage.time.pass(5 * SECOND);
  }
  expect(told(stage, 'FloorFought')[0].message).toMatch(new RegExp('; tell Argo CD to leave /spec/minReplicas and /spec/maxReplicas alone: '
    + "ignoreDifferences of group 'autoscaling' and kind HorizontalPodAutoscaler, with the sync option RespectIgnoreDifferences=true$"));
});

test('rises that are planned, and several hands once each, are no fight', async () => {
  const step = (from: number, floor: number) => ({ from: START + from * SECOND, until: SALE.windows[0].until, floor, ceiling: 60 });
  const ramp = { ...SALE, windows: [10, 20, 30, 40].map((floor, i) => step(61 * 60 + i * 20, floor)) };
  const stage = new Stage(planOf([ramp]));
  await stage.until(60.9);
  stage.start('guard');
  await stage.until(63);
  for (const hand of ['kubectl-patch', 'helm', 'flux']) {
    stage.cluster.patch(HPA, hand, { minReplicas: 2 });
    await stage.time.pass(SECOND);
  }
  expect(stage.floor).toBe(40);
  expect(told(stage, 'FloorFought')).toEqual([]);
});

test.each([[20], [200]])('a policy that sets the floor back without a trace is tried now and then, and the floor is up within 5 s of its end after %i s', async seconds => {
  const stage = await guarded();
  const policy = withPolicy(stage);
  await stage.time.pass(seconds * SECOND);
  expect(stage.floor).toBe(2);
  const before = stage.cluster.requests.length;
  await stage.time.pass(20 * SECOND);
  expect((stage.cluster.requests.length - before) / 20).toBeLessThan(5);
  policy.stop();
  await stage.time.pass(5 * SECOND);
  expect(stage.floor).toBe(40);
  expect(told(stage, 'FloorFallsShort').length).toBe(1);
});

test('who scales the workload down again and again is named too, and undone at the same pace', async () => {
  const stage = await guarded();
  const send: Send = stage.cluster.send.bind(stage.cluster);
  const from = stage.time.now();
  stage.cluster.send = async request => {
    const answer = await send(request);
    if (request.path.includes('/scale') && answer.status === 200) {
      stage.cluster.patch(WORKLOAD, 'downscaler', { replicas: 3 });
    }
    return answer;
  };
  stage.cluster.patch(WORKLOAD, 'downscaler', { replicas: 3 });
  await stage.time.pass(MINUTE);
  expect(written(stage, from)).toBeLessThanOrEqual(2 * (5 + 60));
  expect(told(stage, 'FloorFought')[0].message).toContain('downscaler takes Deployment queue down again and again');
});

test('an override that is set in the middle of a fight is followed', async () => {
  const stage = await guarded();
  const rival = withRival(stage);
  await stage.time.pass(90 * SECOND);
  rival.stop();
  stage.override({ floor: '50', until: '2026-12-05T03:00:00Z' });
  await stage.time.pass(5 * SECOND);
  expect(stage.floor).toBe(50);
});

test('verify is not ready while a rival is undone again and again, however right the floor is between', async () => {
  const stage = await guarded();
  stage.cluster.replace(WORKLOAD, { ...deployment(40), spec: stage.cluster.get(WORKLOAD).spec });
  stage.cluster.pods = [{
    metadata: { labels: { 'cdk8s-prewarm/service': 'queue', 'cdk8s-prewarm/role': 'guard' } },
    status: { phase: 'Running', containerStatuses: [{ name: 'keeper', state: { running: {} } }] },
  }];
  await stage.until(125);
  const verify = stage.start('verify');
  await stage.time.pass(60 * SECOND);
  for (let times = 0; times < 4; times++) {
    stage.cluster.patch(HPA, 'nightly', { minReplicas: 2 });
    await stage.time.pass(50 * SECOND);
    expect(stage.floor).toBe(40);
  }
  expect(stage.now).toBeGreaterThan(SALE.readyBy);
  expect(await stage.time.play(verify.ending)).toMatchObject({
    exitCode: 1, message: expect.stringMatching(/^not ready at the opening: nightly takes the floor down again and again: .* for sale/),
  });
});
