import { autoscaler } from './fake-cluster';
import { MINUTE, Stage, WORKLOAD, opening, planOf } from './harness';

const SALE = opening('sale', { from: 60, at: 120, until: 180 }, 40, 60);
const TARGET = { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', name: 'queue' };
const KEY = 'scaledobjects/queue';
const MADE = 'horizontalpodautoscalers/keda-hpa-queue';
const FORCE = 'autoscaling.keda.sh/force-activation';

describe('a ScaledObject with an idle size', () => {
  test('is kept active through the window, and no longer', async () => {
    const stage = stageOf({ minReplicaCount: 2, maxReplicaCount: 10, idleReplicaCount: 0 });
    await stage.run('drop');
    expect(annotations(stage)).toEqual({});
    await stage.until(61);
    await stage.run('drop');
    expect([stage.cluster.get(KEY)!.spec.minReplicaCount, annotations(stage)]).toEqual([40, { [FORCE]: 'true' }]);
    await stage.until(181);
    await stage.run('drop');
    expect([stage.cluster.get(KEY)!.spec.minReplicaCount, annotations(stage)]).toEqual([2, {}]);
  });

  test('is kept active where another hand has set a higher floor', async () => {
    const stage = stageOf({ minReplicaCount: 50, maxReplicaCount: 90, idleReplicaCount: 0 });
    await stage.until(61);
    await stage.run('drop');
    expect([stage.cluster.get(KEY)!.spec.minReplicaCount, annotations(stage)]).toEqual([50, { [FORCE]: 'true' }]);
  });

  test('a second run writes nothing', async () => {
    const stage = stageOf({ minReplicaCount: 2, maxReplicaCount: 10, idleReplicaCount: 0 });
    await stage.until(61);
    await stage.run('drop');
    const { length } = stage.cluster.writes;
    await stage.run('drop');
    expect(stage.cluster.writes).toHaveLength(length);
  });
});

test('a ScaledObject without an idle size gets no annotation', async () => {
  const stage = stageOf({ minReplicaCount: 2, maxReplicaCount: 10 });
  await stage.until(61);
  await stage.run('drop');
  expect(annotations(stage)).toEqual({});
});

test.each<readonly [string, readonly string[], boolean]>([
  ['a cron trigger, without which KEDA would take all pods away as soon as a re-apply takes the floor to 0', ['cron'], true],
  ['a queue beside CPU', ['cpu', 'rabbitmq'], true],
  ['CPU and memory alone, which are always active', ['cpu', 'memory'], false],
])('a ScaledObject with %s, is kept active in the window only where it may go to 0', async (_, types, isKept) => {
  const stage = stageOf({ minReplicaCount: 0, maxReplicaCount: 10, triggers: types.map(type => ({ type })) });
  await stage.until(61);
  await stage.run('drop');
  expect(annotations(stage)).toEqual(isKept ? { [FORCE]: 'true' } : {});
});

describe('arm', () => {
  test('succeeds where KEDA follows', async () => {
    expect(await stageOf({ minReplicaCount: 2, maxReplicaCount: 10 }).run('arm')).toMatchObject({ exitCode: 0 });
  });

  test('fails where KEDA does not follow, after a minute', async () => {
    const stage = stageOf({ minReplicaCount: 1, maxReplicaCount: 12 });
    const ending = await stage.run('arm');
    expect(ending).toMatchObject({
      exitCode: 1,
      message: 'KEDA has not followed: its HorizontalPodAutoscaler keda-hpa-queue is at 2 to 10, ScaledObject queue at 2 to 12; does its operator run?',
    });
    expect(stage.time.now()).toBeGreaterThanOrEqual(MINUTE);
  });

  test.each<readonly [string, object, object, string]>([
    ['paused by its annotation', { annotations: { 'autoscaling.keda.sh/paused-replicas': '3' } }, {}, 'is paused by the annotation autoscaling.keda.sh/paused-replicas'],
    ['paused by its condition', {}, { conditions: [{ type: 'Paused', status: 'True' }] }, 'ScaledObject queue is paused: KEDA follows no floor of it; end the pause'],
    ['not Ready', {}, { conditions: [{ type: 'Ready', status: 'False', message: 'no trigger' }] }, 'is not Ready (no trigger): KEDA may follow no floor of it'],
    ['without an autoscaler', {}, { hpaName: 'another' }, 'KEDA has made no autoscaler of ScaledObject queue: does its operator run?'],
  ])('fails for one that is %s', async (_, metadata, status, sentence) => {
    const ending = await stageOf({ minReplicaCount: 2, maxReplicaCount: 10 }, metadata, status).run('arm');
    expect(ending).toMatchObject({ exitCode: 1, message: expect.stringContaining(sentence) });
  });

  test('fails for the autoscaler that KEDA has made, and names the ScaledObject', async () => {
    const stage = new Stage(planOf([SALE]));
    stage.cluster.remove('horizontalpodautoscalers/queue');
    const ownerReferences = [{ apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', name: 'shop', controller: true }];
    stage.cluster.create('horizontalpodautoscalers/queue', { ...autoscaler({ maxReplicas: 10 }), metadata: { ownerReferences } });
    const ending = await stage.run('arm');
    expect(ending.exitCode).toBe(1);
    expect(ending.message).toBe('HorizontalPodAutoscaler queue belongs to ScaledObject shop, which undoes every other floor; '
      + "take that one as the target: ScheduleTarget.fromScaledObjectName('shop', ...)");
  });

  test('fails for a Deployment that an autoscaler scales of which the plan does not know', async () => {
    const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'queue' };
    const stage = new Stage(planOf([SALE], { target, workload: target }));
    stage.cluster.replace('horizontalpodautoscalers/queue', autoscaler({ maxReplicas: 10, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'queue' } }));
    const ending = await stage.run('arm');
    expect(ending).toMatchObject({ exitCode: 1, message: expect.stringContaining('HorizontalPodAutoscaler queue scales Deployment queue too, and would undo the floor') });
    expect(stage.cluster.get(WORKLOAD)!.spec.replicas).toBe(2);
  });
});

describe('a guard, while KEDA does not follow', () => {
  async function guardedFor(seconds: number): Promise<Stage> {
    const stage = stageOf({ minReplicaCount: 2, maxReplicaCount: 10 });
    await stage.until(61);
    stage.start('guard');
    await stage.time.pass(seconds * 1_000);
    return stage;
  }

  const told = ({ cluster }: Stage) => cluster.events.filter(({ reason }) => reason === 'TargetNotFollowed').map(({ message }) => message);

  test('asks for no pods that its autoscaler would take away again, and tells it after ten seconds', async () => {
    const stage = await guardedFor(9);
    expect([stage.cluster.get(KEY)!.spec.minReplicaCount, stage.cluster.get(WORKLOAD)!.spec.replicas, told(stage)]).toEqual([40, 2, []]);
    await stage.time.pass(5_000);
    expect(told(stage)).toEqual([
      'KEDA has not followed: its HorizontalPodAutoscaler keda-hpa-queue is at 2 to 10, ScaledObject queue at 40 to 60; does its operator run?',
    ]);
  });

  test('asks for all of them within seconds once KEDA has followed', async () => {
    const stage = await guardedFor(30);
    stage.cluster.patch(MADE, 'keda', { minReplicas: 40, maxReplicas: 60 });
    await stage.time.pass(6_000);
    expect(stage.cluster.get(WORKLOAD)!.spec.replicas).toBe(40);
  });

  test('wakes a workload that stands at 0 to what its autoscaler keeps', async () => {
    const stage = stageOf({ minReplicaCount: 2, maxReplicaCount: 10 });
    stage.cluster.patch(WORKLOAD, 'kubectl', { replicas: 0 });
    await stage.until(61);
    stage.start('guard');
    await stage.time.pass(3_000);
    expect(stage.cluster.get(WORKLOAD)!.spec.replicas).toBe(2);
  });
});

test('a guard asks for the pods of a ScaledObject within a second where KEDA follows', async () => {
  const stage = stageOf({ minReplicaCount: 2, maxReplicaCount: 10 });
  await stage.until(61);
  stage.start('guard');
  await stage.time.pass(100);
  stage.cluster.patch(MADE, 'keda', { minReplicas: 40, maxReplicas: 60 });
  await stage.time.pass(1_000);
  expect(stage.cluster.get(WORKLOAD)!.spec.replicas).toBe(40);
});

/** A ScaledObject that KEDA has followed once, at 2 to 10. */
function stageOf(spec: object, metadata: object = {}, status: object = {}): Stage {
  const stage = new Stage(planOf([SALE], { target: TARGET }));
  const ownerReferences = [{ ...TARGET, controller: true }];
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'queue' };
  stage.cluster.remove('horizontalpodautoscalers/queue');
  stage.cluster.create(KEY, { ...TARGET, metadata, spec: { scaleTargetRef: { name: 'queue' }, ...spec }, status: { hpaName: 'keda-hpa-queue', ...status } });
  stage.cluster.create(MADE, { ...autoscaler({ minReplicas: 2, maxReplicas: 10, scaleTargetRef }), metadata: { ownerReferences } });
  return stage;
}

function annotations(stage: Stage): object {
  return stage.cluster.get(KEY)!.metadata.annotations ?? {};
}
