import { ApiObject, Chart, Duration } from 'cdk8s';
import { MINUTE } from '../support/durations';
import { eventually, onCluster } from './support/cluster';
import { prewarm } from './support/command-line';
import { ANYTHING, CustomKind, defineKinds } from './support/custom-kinds';
import { manifestsIn, minuteAfter } from './support/manifests';
import { Namespace } from './support/namespace';
import { armed, bump, eventFrom, guarded } from './support/services';
import { Demand, EventScaleSchedule, ReplicaRange, ScaleReferenceOptions, ScheduleTarget } from 'cdk8s-prewarm';

const FLOOR = 6;
const GROUP = 'games.example.com';
const SETS: Omit<ScaleReferenceOptions, 'name'> = { apiVersion: `${GROUP}/v1`, kind: 'GameServerSet' };

onCluster('a kind of somebody else\'s with /scale', {}, () => {
  const namespace = Namespace.forGroup('scale');

  beforeAll(async () => {
    await defineKinds(...KINDS);
  });

  test('has its size, wherever that is, at the floor through the window, and at the baseline after it', async () => {
    await namespace.apply(manifestsIn(namespace.name, chart => {
      new ApiObject(chart, 'Set', { ...SETS, metadata: { name: 'lobby' }, spec: { size: 2, image: 'lobby:1' } });
    }));
    const manifestsOf = (floor: number) => manifestsIn(namespace.name, chart => scheduleIn(chart, 'lobby', SETS, floor));
    await namespace.apply(manifestsOf(FLOOR));
    await armed(namespace);
    await bump(namespace, 'lobby');
    await guarded(namespace, 'lobby', 1);
    expect(await sizeNow()).toBe(FLOOR);

    await namespace.kubectl(['scale', `gameserversets.${GROUP}/lobby`, '--replicas=3']);
    await eventually('the size after kubectl scale', 5_000, async () => await sizeNow() === FLOOR);
    await namespace.patch(`gameserversets.${GROUP}`, 'lobby', { spec: { size: 1 } });
    await eventually('the size after a write of its own field', 5_000, async () => await sizeNow() === FLOOR);
    await namespace.apply(manifestsIn(namespace.name, chart => {
      new ApiObject(chart, 'Set', { ...SETS, metadata: { name: 'lobby' }, spec: { image: 'lobby:2' } });
    }));
    await eventually('the size after a deploy without it', 5_000, async () => await sizeNow() === FLOOR);

    // as at the end of the window
    await namespace.apply(manifestsOf(1));
    await eventually('the size of between events', 60_000, async () => await sizeNow() === 2);
  });

  test('is known to status, and given back by leave', async () => {
    await namespace.kubectl(['scale', `gameserversets.${GROUP}/lobby`, '--replicas=9']);
    const [{ live }] = JSON.parse((await prewarm(namespace, 'status', '--json')).out).services;
    expect(live).toMatchObject({ floor: 9, floorOwners: [{ manager: expect.stringMatching(/^(another hand|kubectl)$/) }] });
    expect(await prewarm(namespace, 'leave', 'lobby', '--floor', '4')).toMatchObject({ exitCode: 0, err: '' });
    const { spec, metadata } = await namespace.get(`gameserversets.${GROUP}`, 'lobby');
    expect(spec.size).toBe(4);
    expect(metadata.annotations).not.toHaveProperty(['cdk8s-prewarm/size']);
    expect(metadata.managedFields.map(({ manager }: any) => manager)).not.toContain('cdk8s-prewarm-lobby');
  });

  test('is the workload of an autoscaler, and is woken in the window', async () => {
    await namespace.apply(manifestsIn(namespace.name, chart => {
      new ApiObject(chart, 'Set', { ...SETS, metadata: { name: 'arena' }, spec: { size: 2 } });
      new ApiObject(chart, 'Hpa', {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'arena' },
        spec: { scaleTargetRef: { ...SETS, name: 'arena' }, maxReplicas: 20 },
      });
    }));
    const target = ScheduleTarget.fromAutoscalerName('arena', { workload: ScheduleTarget.fromScale({ ...SETS, name: 'arena' }) });
    await namespace.apply(manifestsIn(namespace.name, chart => scheduleOf(chart, 'arena', target, { floor: 2, ceiling: 20 }, FLOOR)));
    await armed(namespace, 'cdk8s-prewarm/service=arena,cdk8s-prewarm/role=arm');
    await guarded(namespace, 'arena', 1);
    await eventually('the size', 30_000, async () => await sizeNow('arena') === FLOOR);
    await namespace.kubectl(['scale', `gameserversets.${GROUP}/arena`, '--replicas=0']);
    await eventually('the size after a 0', 5_000, async () => await sizeNow('arena') === FLOOR);
  });

  test('is refused where it is called otherwise, has no /scale or no namespaces, with a sentence for each', async () => {
    const refused: { readonly [name: string]: readonly [Omit<ScaleReferenceOptions, 'name'>, string] } = {
      misnamed: [{ ...SETS, plural: 'gamesets' }, "the plural of GameServerSet is 'gameserversets' in this cluster, not 'gamesets'; pass plural: 'gameserversets'"],
      sizeless: [{ ...SETS, kind: 'Map' }, `Map of ${GROUP}/v1 has no /scale, where alone a keeper reads and writes the size of such a kind`],
      everywhere: [{ ...SETS, kind: 'Region' }, `Region of ${GROUP}/v1 belongs to no namespace`],
      unknown: [{ ...SETS, kind: 'Arena' }, `${GROUP}/v1 has no kind Arena in this cluster`],
    };
    await namespace.apply(manifestsIn(namespace.name, chart =>
      Object.entries(refused).forEach(([name, [reference]]) => scheduleIn(chart, name, reference, 2))));
    // it is given a minute, in which its definition may land; what is missing is said at once
    for (const [name, [, sentence]] of Object.entries(refused)) {
      await eventually(`the word of arm on ${name}`, 60_000, async () =>
        (await namespace.tryKubectl(['logs', '-l', `cdk8s-prewarm/service=${name},cdk8s-prewarm/role=arm`, '--tail=-1'])).stdout.includes(sentence));
    }
  });

  async function sizeNow(name = 'lobby'): Promise<number> {
    return (await namespace.get(`gameserversets.${GROUP}`, name)).spec.size;
  }
});

/** A window that is on, and longer than a test. */
function scheduleIn(chart: Chart, name: string, reference: Omit<ScaleReferenceOptions, 'name'>, floor: number): EventScaleSchedule {
  return scheduleOf(chart, name, ScheduleTarget.fromScale({ ...reference, name }), { floor: 2 }, floor);
}

function scheduleOf(chart: Chart, name: string, target: ScheduleTarget, baseline: ReplicaRange, floor: number): EventScaleSchedule {
  return new EventScaleSchedule(chart, name, {
    target,
    startupTime: Duration.seconds(5),
    baseline,
    keeper: { guards: 1 },
    events: [{ event: eventFrom(minuteAfter(-2 * MINUTE), { minutes: 20 }), demand: Demand.replicas(floor) }],
  });
}

const SCALE = { specReplicasPath: '.spec.size', statusReplicasPath: '.status.servers', labelSelectorPath: '.status.selector' };
const SPEC = { type: 'object', properties: { size: { type: 'integer', minimum: 0, maximum: 500 }, image: { type: 'string' } } };
const schema = { type: 'object', properties: { spec: SPEC, status: ANYTHING } };
const KINDS: readonly CustomKind[] = [
  { ...SETS, plural: 'gameserversets', scale: SCALE, schema },
  { ...SETS, kind: 'Map', plural: 'maps', schema },
  { ...SETS, kind: 'Region', plural: 'regions', scope: 'Cluster', scale: SCALE, schema },
];
