import { CustomKind, GAME_SERVERS } from './custom-kinds';
import { autoscaler, deployment, holdersOf } from './fake-cluster';
import { MINUTE, SECOND, Stage, opening, planOf } from './harness';
import { Plan } from '../../src/core/plan/plan';

const SALE = opening('sale', { from: 60, at: 120, until: 180 }, 40);
const KEY = 'gameserversets/queue';
const TARGET = { apiVersion: 'games.example.com/v1', kind: 'GameServerSet', name: 'queue', plural: 'gameserversets' };

describe('a target that is sized by its /scale', () => {
  test('is raised at the window, and lowered after it, where the kind has its size', async () => {
    const stage = stageOf();
    await stage.until(61);
    expect(await stage.run('drop')).toMatchObject({ exitCode: 0, floor: 40, message: 'floor 3 -> 40 (3 was helm\'s) for sale' });
    expect(stage.cluster.get(KEY)!.spec).toEqual({ size: 40, image: 'lobby:1' });
    await stage.until(181);
    expect(await stage.run('drop')).toMatchObject({ exitCode: 0, floor: 2, message: 'floor 40 -> 2 for baseline' });
    expect(stage.cluster.get(KEY)!.spec.size).toBe(2);
  });

  test('is written at its /scale only, and bears who has written it', async () => {
    const stage = stageOf();
    await stage.until(61);
    await stage.run('drop');
    const written = stage.cluster.requests.filter(({ method, path }) => method === 'PATCH' && path.includes('gameserversets'));
    const object = '/apis/games.example.com/v1/namespaces/shop/gameserversets/queue';
    expect(written.map(({ path }) => path.split('?')[0])).toEqual([`${object}/scale`, object]);
    expect(stage.cluster.get(KEY)!.metadata.annotations).toEqual({ 'cdk8s-prewarm/size': '40 by cdk8s-prewarm-queue' });
  });

  test('is left alone by a second run', async () => {
    const stage = stageOf();
    await stage.until(61);
    await stage.run('drop');
    const { length } = stage.cluster.writes;
    await stage.run('drop');
    expect(stage.cluster.writes).toHaveLength(length);
  });

  test('keeps a higher size of another hand, whose name is told', async () => {
    const stage = stageOf();
    stage.cluster.patch(KEY, 'kubectl-edit', { size: 60 });
    await stage.until(61);
    expect(await stage.run('drop')).toMatchObject({ floor: 60, findings: ['floor 60 of kubectl-edit stays, sale asks for 40'] });
  });

  test('keeps a higher size of a hand that nobody can tell', async () => {
    const stage = stageOf();
    stage.cluster.patch(KEY, 'kubectl-edit', { size: 60, most: 60 });
    await stage.until(61);
    expect(await stage.run('drop')).toMatchObject({ floor: 60, findings: ['floor 60 of another hand stays, sale asks for 40'] });
  });

  test('gets a size that it does not have', async () => {
    const stage = stageOf({ spec: {} });
    await stage.until(61);
    expect(await stage.run('drop')).toMatchObject({ floor: 40 });
    expect(stage.cluster.get(KEY)!.spec.size).toBe(40);
  });

  test('is tried again where it changes between a look and the write', async () => {
    const stage = stageOf();
    await stage.until(61);
    let isFirst = true;
    stage.cluster.fault = ({ method }) => {
      if (method === 'PATCH' && isFirst) {
        isFirst = false;
        stage.cluster.patch(KEY, 'operator', { size: 4, image: 'lobby:2' });
      }
      return undefined;
    };
    expect(await stage.run('drop')).toMatchObject({ exitCode: 0, floor: 40 });
    expect(stage.cluster.get(KEY)!.spec).toEqual({ size: 40, image: 'lobby:2' });
  });

  test('is read once more where it changes between the object and its /scale', async () => {
    const stage = stageOf();
    await stage.until(61);
    const { cluster } = stage;
    const send = cluster.send.bind(cluster);
    let isFirst = true;
    cluster.send = async request => {
      const answer = await send(request);
      if (isFirst && request.path.endsWith('/gameserversets/queue')) {
        isFirst = false;
        cluster.patch(KEY, 'kubectl-edit', { size: 60 });
      }
      return answer;
    };
    expect(await stage.run('drop')).toMatchObject({ findings: ['floor 60 of kubectl-edit stays, sale asks for 40'] });
  });

  test('is the keeper\'s also where it ended before it could say so, and is lowered after the window', async () => {
    const stage = stageOf();
    await stage.until(61);
    stage.cluster.fault = ({ method, path }) => method === 'PATCH' && !path.includes('/scale') ? { kind: 'status', status: 403, message: 'no' } : undefined;
    expect(await stage.run('drop')).toMatchObject({ exitCode: 1 });
    expect(stage.cluster.get(KEY)!.spec.size).toBe(40);
    stage.cluster.fault = () => undefined;
    await stage.run('drop');
    await stage.until(181);
    expect(await stage.run('drop')).toMatchObject({ floor: 2 });
  });

  test('is lowered after the window though nobody remembers who wrote it', async () => {
    const stage = stageOf({ spec: {} });
    await stage.until(61);
    await stage.run('drop');
    expect(holdersOf(stage.cluster.get(KEY), 'size')).toEqual([]);
    await stage.until(181);
    expect(await stage.run('drop')).toMatchObject({ floor: 2 });
  });
});

describe('a guard', () => {
  test.each([
    ['at its /scale', (stage: Stage) => stage.cluster.send(scaleTo(5))],
    ['in its own field', async (stage: Stage) => stage.cluster.patch(KEY, 'kubectl-edit', { size: 5 })],
  ])('puts a size back that somebody sets %s, within a second', async (_, lower) => {
    const stage = stageOf({ plan: { guards: 1 } });
    await stage.until(61);
    const guard = stage.start('guard');
    await stage.time.pass(2 * SECOND);
    expect(stage.cluster.get(KEY)!.spec.size).toBe(40);
    await stage.time.play(Promise.resolve(lower(stage)));
    await stage.time.pass(SECOND);
    expect(stage.cluster.get(KEY)!.spec.size).toBe(40);
    guard.stop();
    await stage.time.play(guard.ending);
  });

  test('reads a target that changes a hundred times at once a few times only', async () => {
    const stage = stageOf({ plan: { guards: 1 } });
    await stage.until(61);
    const guard = stage.start('guard');
    await stage.time.pass(2 * SECOND);
    const before = stage.cluster.requests.length;
    for (let i = 0; i < 100; i++) {
      stage.cluster.patch(KEY, 'operator', { image: `lobby:${i}` });
    }
    await stage.time.pass(SECOND);
    expect(stage.cluster.requests.slice(before).filter(({ path }) => path.includes('gameserversets')).length).toBeLessThan(10);
    stage.cluster.patch(KEY, 'operator', { size: 5 });
    await stage.time.pass(SECOND);
    expect(stage.cluster.get(KEY)!.spec.size).toBe(40);
    guard.stop();
    await stage.time.play(guard.ending);
  });

  test('puts a size back that somebody sets between its own two writes', async () => {
    const stage = stageOf({ plan: { guards: 1 } });
    await stage.until(61);
    let isFirst = true;
    stage.cluster.fault = ({ method, path }) => {
      if (isFirst && method === 'PATCH' && path.includes('/gameserversets/queue?')) {
        isFirst = false;
        stage.cluster.patch(KEY, 'kubectl-edit', { size: 5 });
      }
      return undefined;
    };
    const guard = stage.start('guard');
    await stage.time.pass(SECOND);
    expect(isFirst).toBe(false);
    expect(stage.cluster.get(KEY)!.spec.size).toBe(40);
    guard.stop();
    await stage.time.play(guard.ending);
  });

  test('goes by a plan that is corrected while it finds nothing', async () => {
    const stage = stageOf({ plan: { guards: 1, target: { ...TARGET, plural: 'gamesets' }, workload: { ...TARGET, plural: 'gamesets' } } });
    await stage.until(61);
    const guard = stage.start('guard');
    await stage.time.pass(10 * SECOND);
    expect(stage.cluster.get(KEY)!.spec.size).toBe(3);
    stage.deployPlan({ ...stage.plan, target: TARGET, workload: TARGET });
    await stage.time.pass(10 * SECOND);
    expect(stage.cluster.get(KEY)!.spec.size).toBe(40);
    guard.stop();
    await stage.time.play(guard.ending);
  });

  test('asks for its target by another plural as soon as the plan has another', async () => {
    const stage = stageOf({ plan: { guards: 1 } });
    await stage.until(61);
    const guard = stage.start('guard');
    await stage.time.pass(2 * SECOND);
    stage.cluster.customKinds = [{ ...GAME_SERVERS, plural: 'gamesets' }];
    stage.cluster.create('gamesets/queue', { apiVersion: TARGET.apiVersion, kind: TARGET.kind, spec: { size: 3 }, status: {} }, 'helm');
    stage.deployPlan({ ...stage.plan, target: { ...TARGET, plural: 'gamesets' }, workload: { ...TARGET, plural: 'gamesets' } });
    await stage.time.pass(2 * SECOND);
    expect(stage.cluster.get('gamesets/queue')!.spec.size).toBe(40);
    guard.stop();
    await stage.time.play(guard.ending);
  });

  test('says that it is fought by a hand that nobody can tell', async () => {
    const stage = stageOf({ plan: { guards: 1 } });
    await stage.until(61);
    const guard = stage.start('guard');
    await stage.time.pass(2 * SECOND);
    for (let size = 5; size < 9; size++) {
      stage.cluster.patch(KEY, 'somebody', { size, most: size });
      await stage.time.pass(2 * SECOND);
    }
    expect(stage.cluster.events.filter(({ reason }) => reason === 'FloorFought').map(({ message }) => message)[0])
      .toMatch(/^another hand takes the floor down again and again/);
    guard.stop();
    await stage.time.play(guard.ending);
  });
});

test('verify counts the pods that /scale names', async () => {
  const stage = stageOf();
  stage.cluster.pods = [...Array(40).keys()].map(i => podOf('lobby', i)).concat([...Array(9).keys()].map(i => podOf('other', i)));
  await stage.until(106);
  await stage.run('drop');
  expect(await stage.run('verify')).toMatchObject({ exitCode: 0, message: 'all 40 ready for sale at 2026-12-05T02:00:00Z' });
  stage.cluster.pods.splice(0, 2);
  const late = stageOf();
  late.cluster.pods = stage.cluster.pods;
  await late.until(106);
  await late.run('drop');
  expect((await late.run('verify')).message).toContain('38 of 40 ready, 2 missing');
});

test('a workload of an autoscaler that is sized by its /scale is woken where its size is', async () => {
  const stage = stageOf({ plan: { guards: 1, target: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'queue' } } });
  stage.cluster.replace('horizontalpodautoscalers/queue', autoscaler({
    scaleTargetRef: { apiVersion: TARGET.apiVersion, kind: TARGET.kind, name: 'queue' }, minReplicas: 2, maxReplicas: 80,
  }));
  await stage.until(61);
  const guard = stage.start('guard');
  await stage.time.pass(2 * SECOND);
  expect(stage.cluster.get(KEY)!.spec.size).toBe(40);
  stage.cluster.patch(KEY, 'kubectl-edit', { size: 0 });
  await stage.time.pass(SECOND);
  expect(stage.cluster.get(KEY)!.spec.size).toBe(40);
  guard.stop();
  await stage.time.play(guard.ending);
});

describe('arm', () => {
  test('proves all, and applies the plan', async () => {
    expect(await stageOf({ spec: { size: 2 } }).run('arm')).toMatchObject({ exitCode: 0, message: 'all rights proved; floor 2 is held by baseline too, whoever else takes it back' });
  });

  test.each<[string, Partial<CustomKind> | undefined, string]>([
    ['another plural', { plural: 'gameserversetz' },
      "the plural of GameServerSet is 'gameserversetz' in this cluster, not 'gameserversets'; pass plural: 'gameserversetz' to ScheduleTarget.fromScale"],
    ['no namespaces', { namespaced: false },
      'GameServerSet of games.example.com/v1 belongs to no namespace, and a keeper has rights in its own only; take a target of a kind with namespaces'],
    ['no /scale', { sizeField: undefined },
      'GameServerSet of games.example.com/v1 has no /scale, where alone a keeper reads and writes the size of such a kind; '
        + 'its CustomResourceDefinition may define one'],
    ['another name', { kind: 'GameFleet' }, "games.example.com/v1 has no kind GameServerSet in this cluster; correct 'kind' or 'apiVersion' in the schedule"],
    ['no definition', undefined,
      "this cluster has no games.example.com/v1, of which GameServerSet was to be; install its CustomResourceDefinition, or correct 'apiVersion' in the schedule"],
  ])('fails for a kind with %s, with one sentence, after a minute', async (_, differs, message) => {
    const stage = stageOf();
    stage.cluster.customKinds = differs ? [{ ...GAME_SERVERS, ...differs }] : [];
    expect(await stage.run('arm')).toMatchObject({ exitCode: 1, message });
    expect(stage.time.now()).toBeGreaterThanOrEqual(MINUTE);
    expect(stage.time.now()).toBeLessThan(2 * MINUTE);
  });

  test('goes on where it may not look up what kinds there are', async () => {
    const stage = stageOf();
    stage.cluster.fault = ({ path }) => path === '/apis/games.example.com/v1'
      ? { kind: 'status', status: 403, message: 'forbidden: User "sa" cannot get path "/apis/games.example.com/v1"' } : undefined;
    expect(await stage.run('arm')).toMatchObject({ exitCode: 0 });
  });

  test('says what is missing also where it may not look up what kinds there are', async () => {
    const stage = stageOf();
    stage.cluster.customKinds = [{ ...GAME_SERVERS, sizeField: undefined }];
    stage.cluster.fault = ({ path }) => path === '/apis/games.example.com/v1' ? { kind: 'status', status: 403, message: 'no' } : undefined;
    expect(await stage.run('arm')).toMatchObject({
      exitCode: 1,
      message: 'GameServerSet queue is there and has no /scale, where alone its size is read and written; the CustomResourceDefinition of its kind may define one',
    });
  });

  test('waits for a target that is not there yet', async () => {
    const stage = stageOf({ spec: { size: 2 } });
    stage.cluster.remove(KEY);
    const arm = stage.start('arm');
    await stage.time.pass(5 * MINUTE);
    expect(arm.lines.map(({ message }) => message))
      .toEqual(['gameserversets/queue is not in namespace shop; deploy it, or correct the name in the schedule (gameserversets "queue" not found)']);
    stage.cluster.create(KEY, { apiVersion: TARGET.apiVersion, kind: TARGET.kind, spec: { size: 2 }, status: {} });
    expect(await stage.time.play(arm.ending)).toMatchObject({ exitCode: 0 });
  });

  test('lowers a target of before, and takes back what it has said of it', async () => {
    const stage = stageOf();
    await stage.until(61);
    await stage.run('drop');
    const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'queue' };
    stage.cluster.remove('horizontalpodautoscalers/queue');
    stage.cluster.replace('deployments/queue', deployment(40));
    stage.deployPlan({ ...stage.plan, target, workload: target, formerTargets: [TARGET] });
    expect(await stage.run('arm')).toMatchObject({ exitCode: 0 });
    const { spec, metadata } = stage.cluster.get(KEY)!;
    expect(spec).toEqual({ size: 2, image: 'lobby:1' });
    expect(metadata.annotations).toEqual({});
    expect(metadata.managedFields.map(({ manager, fieldsV1 }: any) => [manager, Object.keys(fieldsV1['f:spec'])])).toEqual([['helm', ['f:image']]]);
  });

  test('gives a target of before back with the record that the API server has of it', async () => {
    const stage = stageOf({ spec: { size: 2, image: 'lobby:1' } });
    await stage.run('drop');
    const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'queue' };
    stage.cluster.remove('horizontalpodautoscalers/queue');
    stage.deployPlan({ ...stage.plan, target, workload: target, formerTargets: [TARGET] });
    expect(await stage.run('arm')).toMatchObject({ exitCode: 0 });
    const { managedFields } = stage.cluster.get(KEY)!.metadata;
    expect(managedFields.map(({ manager, fieldsV1 }: any) => [manager, Object.keys(fieldsV1['f:spec']).sort()])).toEqual([['helm', ['f:image', 'f:size']]]);
  });

  test('fails where another schedule holds the size', async () => {
    const stage = stageOf();
    await stage.time.play(stage.cluster.send(scaleTo(4, 'cdk8s-prewarm-other')));
    expect((await stage.run('arm')).message).toContain('the floor of GameServerSet queue is held by another schedule, other');
  });

  test('fails where an autoscaler scales it', async () => {
    const stage = stageOf();
    stage.cluster.replace('horizontalpodautoscalers/queue', autoscaler({
      scaleTargetRef: { apiVersion: TARGET.apiVersion, kind: TARGET.kind, name: 'queue' }, maxReplicas: 80,
    }));
    expect((await stage.run('arm')).message)
      .toBe('HorizontalPodAutoscaler queue scales GameServerSet queue too, and would undo the floor; take that one as the target, or delete it');
  });
});

function stageOf({ spec = { size: 3, image: 'lobby:1' }, plan = {} }: { spec?: object; plan?: Partial<Plan> } = {}): Stage {
  const stage = new Stage(planOf([SALE], { target: TARGET, workload: TARGET, baseline: { floor: 2, ceiling: 2 }, guards: 0, ...plan }));
  stage.cluster.customKinds = [GAME_SERVERS];
  stage.cluster.create(KEY, { apiVersion: TARGET.apiVersion, kind: TARGET.kind, spec, status: { replicas: 40, selector: 'app=lobby' } }, 'helm');
  return stage;
}

/** What `kubectl scale` sends. */
function scaleTo(replicas: number, manager = 'kubectl') {
  return {
    method: 'PATCH',
    path: `/apis/games.example.com/v1/namespaces/shop/gameserversets/queue/scale?fieldManager=${manager}`,
    headers: { 'authorization': 'Bearer token-1', 'content-type': 'application/merge-patch+json' },
    body: JSON.stringify({ spec: { replicas } }),
    timeoutMs: 1_000,
  } as const;
}

function podOf(app: string, i: number) {
  return {
    metadata: { name: `${app}-${i}`, labels: { app }, ownerReferences: [{ apiVersion: 'games.example.com/v1', kind: 'GameServer', name: `gs-${i}`, controller: true }] },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  };
}
