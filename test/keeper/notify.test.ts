import { HPA, MANAGER, Stage, opening, planOf } from './harness';

const PLAN = planOf([opening('sale', { from: 60, at: 120, until: 180 }, 40, 60)]);

test('an Event carries what `kubectl describe` looks for', async () => {
  const stage = new Stage(PLAN);
  await stage.run('drop');
  expect(stage.cluster.events).toEqual([{
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: expect.stringMatching(/^queue\.[0-9a-f]{16}$/), namespace: 'shop' },
    involvedObject: {
      apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'queue', namespace: 'shop', uid: stage.cluster.get(HPA)!.metadata.uid,
    },
    type: 'Normal',
    reason: 'FloorRaised',
    message: 'floor 1 -> 2 for baseline',
    source: { component: MANAGER },
    firstTimestamp: '2026-12-05T00:00:00Z',
    lastTimestamp: '2026-12-05T00:00:00Z',
    count: 1,
  }]);
});

test('the webhook gets one line of text, and the same as fields', async () => {
  const bodies: object[] = [];
  const stage = new Stage(PLAN);
  await stage.until(61);
  await stage.run('drop', { post: async body => void bodies.push(JSON.parse(body)) });
  expect(bodies).toEqual([{
    text: 'queue: floor 1 -> 40, ceiling 10 -> 60 for sale',
    service: 'queue',
    event: 'sale',
    role: 'drop',
    reason: 'FloorRaised',
    type: 'Normal',
    message: 'floor 1 -> 40, ceiling 10 -> 60 for sale',
    time: '2026-12-05T01:01:00Z',
  }]);
});

test('what several pods find is told by one of them', async () => {
  const bodies: string[] = [];
  const post = async (body: string) => void bodies.push(body);
  const stage = new Stage(PLAN);
  await stage.until(61);
  stage.cluster.patch(HPA, 'kubectl-patch', { maxReplicas: 90 });
  stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 70 });
  stage.start('guard', { post });
  stage.start('guard', { post });
  await stage.time.pass(60_000);
  expect(stage.cluster.events.map(event => event.reason).sort()).toEqual(['HigherCeilingKept', 'HigherFloorKept', 'WorkloadRaised']);
  expect(bodies).toHaveLength(3);
});

test('neither a webhook nor events that fail harm the floor, and both are complained about', async () => {
  const stage = new Stage(PLAN);
  await stage.until(61);
  stage.cluster.fault = ({ path }) => path.includes('/events') ? { kind: 'status', status: 403, message: 'cannot create resource "events"' } : undefined;
  const pod = stage.start('drop', { post: async () => Promise.reject(new Error('it answered 500')) });
  expect(await stage.time.play(pod.ending)).toMatchObject({ exitCode: 0, floor: 40 });
  expect(pod.lines.filter(line => line.did === 'complained').map(line => line.message)).toEqual([
    expect.stringMatching(/^no Event \(FloorRaised\): may not create events in namespace shop/),
    'no webhook (FloorRaised): it answered 500',
  ]);
});

test('a storm of changes is not a storm of Events', async () => {
  const stage = new Stage(PLAN);
  await stage.until(61);
  stage.start('guard');
  await stage.time.pass(1_000);
  for (let i = 0; i < 100; i++) {
    stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 1 + i % 30 });
    await stage.time.pass(300);
  }
  expect(stage.floor).toBe(40);
  expect(stage.cluster.events.length).toBeLessThanOrEqual(30);
});
