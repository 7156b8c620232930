import { START } from './fake-cluster';
import { HPA, MANAGER, Stage, WORKLOAD, opening, planOf } from './harness';

const SALE = opening('sale', { from: 60, at: 120, until: 180 }, 40, 60);

test('between events the floor is the baseline, and a second run writes nothing', async () => {
  const stage = new Stage(planOf([SALE]));
  expect(await stage.run('drop')).toMatchObject({ exitCode: 0, did: 'raised', floor: 2, message: 'floor 1 -> 2 for baseline' });
  expect(await stage.run('drop')).toMatchObject({ exitCode: 0, did: 'unchanged', floor: 2, message: 'floor 2 is right for baseline' });
  expect(stage.cluster.writes.map(write => write.after.spec.minReplicas)).toEqual([2]);
});

test('a run that changes nothing reads the target and the override, and writes nothing', async () => {
  const stage = new Stage(planOf([SALE]));
  await stage.run('drop');
  const before = stage.cluster.requests.length;
  await stage.run('drop');
  expect(stage.cluster.requests.slice(before).map(({ method, path }) => `${method} ${path.split('/shop/')[1]}`))
    // of what is so already, the API server makes no write
    .toEqual(['GET horizontalpodautoscalers/queue', 'GET configmaps/queue-override', 'PATCH deployments/queue-prewarm-guards/scale?fieldManager=cdk8s-prewarm-queue']);
});

test('in a window the floor goes up, and the ceiling in the same write', async () => {
  const stage = new Stage(planOf([SALE]));
  await stage.until(61);
  await stage.run('drop');
  expect(stage.cluster.writes).toHaveLength(1);
  expect([stage.floor, stage.ceiling]).toEqual([40, 60]);
  expect(stage.cluster.events.map(({ reason, message }) => [reason, message])).toEqual([['FloorRaised', 'floor 1 -> 40, ceiling 10 -> 60 for sale']]);
});

test('a floor of its own is lowered, a higher one of another hand stays and is reported', async () => {
  const stage = new Stage(planOf([SALE]));
  await stage.until(61);
  await stage.run('drop');
  stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 50 });
  await stage.until(181);
  expect(await stage.run('drop')).toMatchObject({ exitCode: 0, floor: 50, findings: [expect.stringContaining('floor 50 of kubectl-patch stays, baseline asks for 2')] });
  stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 2 });
  await stage.run('drop');
  stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 1 });
  await stage.run('drop');
  expect(stage.floor).toBe(2);
});

test('a right floor of another hand is held too, so that it stays when the other takes it out of a manifest', async () => {
  const stage = new Stage(planOf([SALE]));
  stage.cluster.apply(HPA, 'kustomize-controller', { minReplicas: 2, maxReplicas: 10 });
  expect(await stage.run('drop')).toMatchObject({ did: 'adopted', floor: 2 });
  stage.cluster.apply(HPA, 'kustomize-controller', { maxReplicas: 10 });
  expect(stage.floor).toBe(2);
});

test('a higher floor of another hand is not adopted where the ceiling may not be raised', async () => {
  const stage = new Stage(planOf([SALE]));
  await stage.until(61);
  stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 50, maxReplicas: 55 });
  stage.cluster.fault = ({ method, body }) => method === 'PATCH' && /"maxReplicas":60/.test(String(body))
    ? { kind: 'status', status: 403, message: 'denied by policy' } : undefined;
  expect(await stage.run('drop')).toMatchObject({
    exitCode: 1, message: 'the ceiling may not go from 55 to 60; raise it by hand, or ask whoever refuses it (denied by policy)',
  });
  stage.cluster.fault = () => undefined;
  await stage.until(181);
  await stage.run('drop');
  expect(stage.floor).toBe(50);
});

test('an override that lowers is told as a warning, and is followed', async () => {
  const stage = new Stage(planOf([SALE]));
  await stage.until(61);
  await stage.run('drop');
  stage.override({ floor: '20', until: '2026-12-05T01:30:00Z' });
  await stage.run('drop');
  expect(stage.floor).toBe(20);
  expect(stage.cluster.events).toContainEqual(expect.objectContaining({
    type: 'Warning', reason: 'OverrideLowers', message: 'override until 2026-12-05T01:30:00Z asks for floor 20, the plan for 40',
  }));
});

test('a lowered ceiling waits until no pod is cut', async () => {
  const stage = new Stage(planOf([SALE]));
  await stage.until(61);
  await stage.run('drop');
  stage.cluster.patch(WORKLOAD, 'hpa', { replicas: 55 });
  await stage.until(181);
  expect(await stage.run('drop')).toMatchObject({
    exitCode: 0, floor: 2, ceiling: 60, findings: ['ceiling 60 stays until at most 10 pods run, now 55: nothing cuts live pods'],
  });
  stage.cluster.replace(WORKLOAD, { spec: { replicas: 10 }, status: { replicas: 10 } });
  expect(await stage.run('drop')).toMatchObject({ exitCode: 0, floor: 2, ceiling: 10, did: 'lowered' });
});

test('a fixed ceiling that a hand has lowered goes back up with the floor, and is given back afterwards', async () => {
  const stage = new Stage(planOf([SALE], { fixedCeiling: 60 }));
  stage.cluster.apply(HPA, 'kustomize-controller', { maxReplicas: 60 });
  stage.cluster.patch(HPA, 'kubectl-patch', { maxReplicas: 20 });
  await stage.until(61);
  expect(await stage.run('drop')).toMatchObject({ floor: 40, ceiling: 60 });
  stage.cluster.apply(HPA, 'kustomize-controller', { maxReplicas: 60 });
  await stage.until(181);
  await stage.run('drop');
  expect([stage.floor, stage.ceiling]).toEqual([2, 60]);
});

test('a ceiling that may not be raised makes the floor as high as it can be, and the run fails with the reason', async () => {
  const stage = new Stage(planOf([SALE]));
  await stage.until(61);
  stage.cluster.fault = request => JSON.parse(request.body ?? '{}').spec?.maxReplicas > 10
    ? { kind: 'status', status: 403, message: 'denied by policy small-autoscalers' }
    : undefined;
  expect(await stage.run('drop')).toMatchObject({
    exitCode: 1,
    floor: 10,
    message: 'floor 10 instead of 40: the ceiling may not go from 10 to 60; raise it by hand, or ask whoever refuses it (denied by policy small-autoscalers)',
  });
  expect(stage.floor).toBe(10);
});

test('an override wins until its time, downwards too', async () => {
  const stage = new Stage(planOf([SALE]));
  await stage.until(61);
  await stage.run('drop');
  stage.override({ floor: '20', until: '2026-12-05T01:30:00Z', reason: 'half the sale' });
  expect(await stage.run('drop')).toMatchObject({ floor: 20, message: 'floor 40 -> 20 for override until 2026-12-05T01:30:00Z (half the sale)' });
  await stage.until(91);
  expect(await stage.run('drop')).toMatchObject({ floor: 40 });
});

test('a malformed override is reported and ignored', async () => {
  const stage = new Stage(planOf([SALE]));
  stage.override({ floor: 'many', until: '2026-12-05T01:30:00Z' });
  expect(await stage.run('drop')).toMatchObject({
    exitCode: 0, floor: 2, findings: ["'floor' of the override must be a whole number of at least 1, got 'many'; the plan is in force"],
  });
  expect(stage.cluster.events.map(event => event.reason)).toContain('OverrideIgnored');
});

test('drop that comes up to five minutes early waits for the edge to the millisecond', async () => {
  const stage = new Stage(planOf([SALE]));
  await stage.until(176);
  await stage.run('drop');
  const lowered = stage.cluster.writes[stage.cluster.writes.length - 1];
  expect(lowered.after.spec.minReplicas).toBe(2);
  // a Date header has whole seconds; never before the edge, and at most that second after it
  expect(START + lowered.at).toBeGreaterThanOrEqual(SALE.windows[0].until);
  expect(START + lowered.at).toBeLessThan(SALE.windows[0].until + 1_100);
});

test.each([
  ['ScaledObject', 'keda.sh/v1alpha1', 'scaledobjects/queue', { maxReplicaCount: 10 }, { minReplicaCount: 40, maxReplicaCount: 60 }],
  ['Deployment', 'apps/v1', 'deployments/queue', {}, { replicas: 40 }],
  ['StatefulSet', 'apps/v1', 'statefulsets/queue', { replicas: 3 }, { replicas: 40 }],
  ['Rollout', 'argoproj.io/v1alpha1', 'rollouts/queue', { replicas: 3 }, { replicas: 40 }],
])('%s has a floor of its own kind', async (kind, apiVersion, key, before, after) => {
  const stage = new Stage(planOf([SALE], { target: { apiVersion, kind, name: 'queue' }, workload: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'queue' } }));
  stage.cluster.remove(key);
  stage.cluster.create(key, { apiVersion, kind, spec: before });
  await stage.until(61);
  expect(await stage.run('drop')).toMatchObject({ exitCode: 0, floor: 40 });
  expect(stage.cluster.get(key)!.spec).toEqual({ ...before, ...after });
});

test.each([
  [403, 'horizontalpodautoscalers.autoscaling "queue" is forbidden: User "sa" cannot get resource "horizontalpodautoscalers"', 'may not get horizontalpodautoscalers/queue in namespace shop; deploy the schedule\'s Role and RoleBinding again, they grant it'],
  [404, 'horizontalpodautoscalers.autoscaling "queue" not found', 'horizontalpodautoscalers/queue is not in namespace shop; deploy it, or correct the name in the schedule'],
])('gives %i a minute, and then fails with what is missing and what to do', async (status, message, sentence) => {
  const stage = new Stage(planOf([SALE]));
  stage.cluster.fault = request => request.path.includes('autoscalers/') ? { kind: 'status', status, message } : undefined;
  const ending = await stage.run('drop');
  expect(ending).toMatchObject({ exitCode: 1, did: 'failed' });
  expect(ending.message).toContain(sentence);
  expect(stage.time.now()).toBeGreaterThanOrEqual(60_000);
  expect(stage.time.now()).toBeLessThan(70_000);
  expect(stage.cluster.requests.filter(({ path }) => path.includes('autoscalers/')).length).toBeLessThan(30);
});

test.each([403, 404])('an API server that answers %i for 20 seconds, as one that has just started may, is asked again', async status => {
  const stage = new Stage(planOf([SALE]));
  stage.cluster.fault = () => stage.time.now() < 20_000 ? { kind: 'status', status, message: 'User "sa" cannot get resource "x"' } : undefined;
  expect(await stage.run('drop')).toMatchObject({ exitCode: 0, floor: 2 });
  expect(stage.time.now()).toBeLessThan(30_000);
});

test('never creates a target that vanished between read and write', async () => {
  const stage = new Stage(planOf([SALE]));
  stage.cluster.fault = request => {
    if (request.method === 'PATCH') {
      stage.cluster.remove(HPA);
    }
    return undefined;
  };
  expect(await stage.run('drop')).toMatchObject({ exitCode: 1, message: expect.stringContaining('is not in namespace') });
  expect(stage.cluster.get(HPA)).toBeUndefined();
});

test('a write whose answer was lost is told as what it was', async () => {
  const stage = new Stage(planOf([SALE]));
  await stage.until(61);
  let patches = 0;
  stage.cluster.fault = request => request.method === 'PATCH' && patches++ === 0 ? { kind: 'reset-after' } : undefined;
  expect(await stage.run('drop')).toMatchObject({ exitCode: 0, did: 'raised', message: 'floor 1 -> 40, ceiling 10 -> 60 for sale' });
  expect(stage.cluster.writes.filter(write => write.manager === MANAGER)).toHaveLength(1);
});

test('an admission webhook that changes the floor is named', async () => {
  const stage = new Stage(planOf([SALE]));
  const send = stage.cluster.send.bind(stage.cluster);
  Object.assign(stage.cluster, {
    send: async (request: Parameters<typeof send>[0]) => {
      const answer = await send(request);
      return request.method === 'PATCH' ? { ...answer, body: answer.body.replace('"minReplicas":2', '"minReplicas":1') } : answer;
    },
  });
  expect(await stage.run('drop')).toMatchObject({ exitCode: 1, message: expect.stringContaining('took floor 2 and made it 1') });
});

test('what was wanted before an edge is not written after it', async () => {
  const stage = new Stage(planOf([SALE]));
  stage.cluster.fault = request => request.method === 'PATCH' && stage.time.now() < 61 * 60_000 ? { kind: 'refused' } : undefined;
  await stage.until(59);
  expect(await stage.run('drop')).toMatchObject({ exitCode: 0, floor: 40 });
  expect(stage.cluster.writes.map(write => write.after.spec.minReplicas)).toEqual([40]);
});

test('an edge that passes while the answer is on its way is made up for', async () => {
  const stage = new Stage(planOf([SALE]));
  await stage.until(59.97);
  stage.cluster.latencyMs = 1_100;
  expect(await stage.run('drop')).toMatchObject({ exitCode: 0, floor: 40, message: 'floor 1 -> 40, ceiling 10 -> 60 for sale' });
});

describe('a workload at 0, whose autoscaler is therefore disabled', () => {
  const asleep = (replicas = 0) => {
    const stage = new Stage(planOf([SALE]));
    stage.cluster.replace(WORKLOAD, { spec: { replicas } });
    stage.cluster.replace(HPA, { status: { conditions: [{ type: 'ScalingActive', status: 'False', reason: 'ScalingDisabled' }] } });
    return stage;
  };

  test('is reported between events', async () => {
    const stage = asleep();
    expect(await stage.run('drop')).toMatchObject({ exitCode: 0, findings: [expect.stringContaining('the workload stands at 0')] });
    expect(stage.cluster.get(WORKLOAD)!.spec.replicas).toBe(0);
  });

  test('is brought to the floor in a window', async () => {
    const stage = asleep();
    await stage.until(61);
    expect(await stage.run('bump')).toMatchObject({
      exitCode: 0, findings: ['Deployment queue 0 -> 40: at 0 its autoscaler does nothing'],
    });
    expect(stage.cluster.get(WORKLOAD)!.spec.replicas).toBe(40);
  });

  test('is brought to the floor of an override between events, since somebody asks for pods', async () => {
    const stage = asleep();
    stage.override({ floor: '5', until: '2026-12-05T00:30:00Z' });
    expect(await stage.run('drop')).toMatchObject({ exitCode: 0, findings: ['Deployment queue 0 -> 5: at 0 its autoscaler does nothing'] });
    expect(stage.cluster.get(WORKLOAD)!.spec.replicas).toBe(5);
  });

  test('is left alone where it woke by itself', async () => {
    const stage = asleep(7);
    await stage.until(61);
    expect(await stage.run('bump')).toMatchObject({ exitCode: 0, floor: 40 });
    expect(stage.cluster.get(WORKLOAD)!.spec.replicas).toBe(7);
  });
});
