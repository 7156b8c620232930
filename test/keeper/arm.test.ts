import { autoscaler } from './fake-cluster';
import { HPA, MINUTE, Stage, WORKLOAD, opening, planOf } from './harness';

const PLAN = planOf([opening('sale', { from: 60, at: 120, until: 180 }, 40, 60)]);

test('uses every right once, then applies the plan', async () => {
  const stage = new Stage(PLAN);
  expect(await stage.run('arm')).toMatchObject({ exitCode: 0, message: 'all rights proved; floor 1 -> 2 for baseline' });
  const asked = stage.cluster.requests.map(({ method, path }) => {
    const { pathname, searchParams } = new URL(path, 'https://api');
    const how = searchParams.get('watch') ? ' watch' : searchParams.get('dryRun') ? ' dry' : '';
    return `${method}${how} ${pathname.split('/shop/')[1]}`;
  });
  expect(asked.sort()).toEqual([
    'GET configmaps/queue-override',
    'GET configmaps/queue-override',
    // it looks again before it claims anything
    'GET configmaps/queue-override',
    'GET configmaps/queue-prewarm',
    'GET deployments/queue',
    'GET deployments/queue/scale',
    'GET horizontalpodautoscalers/queue',
    'GET horizontalpodautoscalers/queue',
    'GET horizontalpodautoscalers/queue',
    'GET pods',
    'GET watch configmaps',
    'GET watch configmaps',
    'GET watch deployments',
    'GET watch horizontalpodautoscalers',
    'PATCH deployments/queue-prewarm-guards/scale',
    'PATCH dry deployments/queue-prewarm-guards/scale',
    'PATCH dry deployments/queue/scale',
    'PATCH dry horizontalpodautoscalers/queue',
    'PATCH horizontalpodautoscalers/queue',
    'POST dry events',
    'POST events',
  ]);
});

test('the dry run carries the plan\'s highest floor and ceiling', async () => {
  const stage = new Stage(PLAN);
  const bodies: object[] = [];
  stage.cluster.fault = request => {
    if (request.path.includes('dryRun') && request.path.includes('autoscalers')) {
      bodies.push(JSON.parse(request.body!).spec);
    }
    return undefined;
  };
  await stage.run('arm');
  expect(bodies).toEqual([{ minReplicas: 40, maxReplicas: 60 }]);
});

const RIGHTS: [string, string, RegExp, string?][] = [
  ['get the target', 'GET', /autoscalers\/queue/, 'get horizontalpodautoscalers/queue'],
  ['patch the target', 'PATCH', /autoscalers\/queue/, 'patch horizontalpodautoscalers/queue'],
  ['watch the target', 'GET', /autoscalers\?watch/, 'watch horizontalpodautoscalers/queue'],
  ['get the workload', 'GET', /deployments\/queue/, 'get deployments/queue'],
  ['watch the workload', 'GET', /deployments\?watch/, 'watch deployments/queue'],
  ['scale the workload', 'PATCH', /scale/, 'patch deployments/queue/scale'],
  ['get the plan', 'GET', /configmaps\/queue-prewarm/, 'get configmaps/queue-prewarm'],
  ['watch the plan', 'GET', /configmaps\?watch.*queue-prewarm/, 'watch configmaps/queue-prewarm'],
  ['get the override', 'GET', /configmaps\/queue-override/, 'get configmaps/queue-override'],
  ['watch the override', 'GET', /configmaps\?watch.*queue-override/, 'watch configmaps/queue-override'],
  ['list pods', 'GET', /pods/, 'list pods'],
  ['create events', 'POST', /events/, 'create events'],
];

describe.each(RIGHTS)('without the right to %s', (_, method, path, named) => {
  const denying = (stage: Stage, isDenied: () => boolean) => {
    stage.cluster.fault = request => request.method === method && path.test(request.path) && isDenied()
      ? { kind: 'status', status: 403, message: 'User "sa" cannot do resource "x"' } : undefined;
  };

  test('it fails after a minute, and names it', async () => {
    const stage = new Stage(PLAN);
    denying(stage, () => true);
    const ending = await stage.run('arm');
    expect(ending).toMatchObject({ exitCode: 1, did: 'failed' });
    expect(ending.message).toContain(`may not ${named} in namespace shop`.replace(/not (\w+) /, 'not $1 '));
    expect(stage.time.now()).toBeGreaterThanOrEqual(MINUTE);
    expect(stage.time.now()).toBeLessThan(MINUTE + 5_000);
    expect(stage.floor).toBe(1);
  });

  test('it goes on when the right comes', async () => {
    const stage = new Stage(PLAN);
    denying(stage, () => stage.time.now() < 30_000);
    expect(await stage.run('arm')).toMatchObject({ exitCode: 0, floor: 2 });
  });
});

test('waits until target and workload exist', async () => {
  const stage = new Stage(PLAN);
  stage.cluster.remove(HPA);
  stage.cluster.remove(WORKLOAD);
  const pod = stage.start('arm');
  await stage.time.pass(5 * MINUTE);
  stage.cluster.create(WORKLOAD, { apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 1 } });
  await stage.time.pass(MINUTE);
  stage.cluster.create(HPA, autoscaler({ maxReplicas: 10 }));
  expect(await stage.time.play(pod.ending)).toMatchObject({ exitCode: 0, floor: 2 });
  expect(pod.lines.map(line => line.did)).toEqual(['waiting', 'waiting', 'raised']);
});

test('gives up on a target that does not come, and names it', async () => {
  const stage = new Stage(PLAN);
  stage.cluster.remove(HPA);
  expect(await stage.run('arm')).toMatchObject({ exitCode: 1, message: expect.stringContaining('horizontalpodautoscalers/queue is not in namespace shop') });
  expect(stage.time.now()).toBeLessThan(11 * MINUTE);
});

test('a ceiling that would be refused on the night fails the deploy at once, in the server\'s words', async () => {
  const stage = new Stage(PLAN);
  stage.cluster.fault = request => request.path.includes('dryRun') && request.path.includes('autoscalers')
    ? { kind: 'status', status: 422, message: 'spec.maxReplicas: at most 50 in this cluster' } : undefined;
  expect(await stage.run('arm')).toMatchObject({
    exitCode: 1, message: 'could not patch horizontalpodautoscalers/queue: 422 spec.maxReplicas: at most 50 in this cluster',
  });
  expect(stage.time.now()).toBeLessThan(5_000);
  expect(stage.floor).toBe(1);
});

test('refuses a target that another schedule holds, with the way out', async () => {
  const stage = new Stage(PLAN);
  stage.cluster.apply(HPA, 'cdk8s-prewarm-old', { minReplicas: 7 });
  const ending = await stage.run('arm');
  expect(ending).toMatchObject({ exitCode: 1 });
  expect(ending.message).toContain('the floor of HorizontalPodAutoscaler queue is held by another schedule, old: one target takes one schedule');
  expect(ending.message).toContain('If old is gone, or has another target now, this gives the floor back, as it stands: '
    + 'prewarm leave old -n shop --only horizontalpodautoscaler/queue');
  expect(stage.floor).toBe(7);
});

test('refuses a kind that has no floor', async () => {
  const stage = new Stage(planOf([], { target: { apiVersion: 'batch/v1', kind: 'Job', name: 'queue' } }));
  expect(await stage.run('arm')).toMatchObject({ exitCode: 1, message: expect.stringContaining('Job is no kind that has a floor') });
});
