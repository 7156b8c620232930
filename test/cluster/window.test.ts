import { Duration } from 'cdk8s';
import { eventually, onCluster, sleep } from './support/cluster';
import { bumpAfter, instant, manifestsIn } from './support/manifests';
import { Namespace } from './support/namespace';
import { argoDiff, deliver } from './support/pipelines';
import { armed, eventFrom, foreignManifests, guarded, serviceIn } from './support/services';
import { Recorder } from './support/watching';
import { Demand, EventScaleSchedule, ScheduleTarget } from 'cdk8s-prewarm';

const FLOOR = 20;
const RESTORED_WITHIN_MS = 1_000;

/** What a fresh deploy of one service looks like; each pipeline has a service of its own, since they do not share objects in real life. */
const OWNERS: { readonly [service: string]: readonly string[] } = {
  kube: ['kubectl apply', 'kubectl apply --server-side', 'kubectl apply --server-side --force-conflicts'],
  flux: ['flux'],
  argo: ['argo'],
  argoserver: ['argo --server-side'],
  helm3: ['helm3'],
  helm4: ['helm4'],
};

onCluster('while a window is open', { tools: true }, () => {
  const namespaces = Object.fromEntries([...Object.keys(OWNERS), 'hands', 'foreign'].map(name => [name, Namespace.forGroup(name)]));
  const manifests: { [service: string]: string } = {};
  const restored: { way: string; ms: number; podsLost: number }[] = [];

  beforeAll(async () => {
    const event = eventFrom(bumpAfter(40_000), { minutes: 6 });
    await Promise.all([...Object.keys(OWNERS), 'hands'].map(async name => {
      manifests[name] = manifestsIn(namespaces[name].name, chart => serviceIn(chart, name, FLOOR, event));
      await deliver(OWNERS[name]?.[0] ?? 'kubectl apply', namespaces[name], manifests[name]);
    }));
    const foreign = namespaces.foreign;
    await foreign.apply(foreignManifests('payment', { floor: 3, ceiling: 10 }));
    manifests.foreign = manifestsIn(foreign.name, chart => new EventScaleSchedule(chart, 'payment', {
      target: ScheduleTarget.fromAutoscalerName('payment'),
      baseline: { floor: 3, ceiling: 10 },
      events: [{ event, demand: Demand.replicas(FLOOR) }],
      startupTime: Duration.seconds(5),
    }));
    await foreign.apply(manifests.foreign);
  });
  afterAll(() => {
    if (restored.length > 0) {
      console.log(['way of lowering the floor | back after | pods lost',
        ...restored.map(({ way, ms, podsLost }) => `${way} | ${ms} ms | ${podsLost}`)].join('\n'));
    }
  });

  test('every pipeline delivers a service that arms itself at the baseline', async () => {
    for (const name of Object.keys(namespaces)) {
      await armed(namespaces[name]);
    }
    expect(await Promise.all(Object.keys(OWNERS).map(name => namespaces[name].floor(name)))).toEqual(Object.keys(OWNERS).map(() => 2));
    expect(await namespaces.foreign.floor('payment')).toBe(3);
  });

  test('bump raises every floor, and the ceiling of the one known by name, and two guards stay', async () => {
    for (const name of [...Object.keys(OWNERS), 'hands']) {
      await eventually(`floor of ${name}`, 400_000, async () => await namespaces[name].floor(name) === FLOOR);
      await guarded(namespaces[name], name);
    }
    await eventually('floor of payment', 30_000, async () => await namespaces.foreign.floor('payment') === FLOOR);
    await guarded(namespaces.foreign, 'payment');
    expect(await namespaces.foreign.ceiling('payment')).toBe(1.5 * FLOOR);
  }, 480_000);

  test('all pods of the floor become Ready', async () => {
    for (const name of Object.keys(OWNERS)) {
      await eventually(`pods of ${name}`, 60_000, async () => await namespaces[name].readyPods(`app.kubernetes.io/name=${name}`) >= FLOOR);
    }
  });

  const reApplied = Object.entries(OWNERS).flatMap(([service, ways]) => ways.map(way => ({ service, way })));
  test.each(reApplied)('$way of everything moves no floor and ends no pod', async ({ service, way }) => {
    const namespace = namespaces[service];
    const floor = await Recorder.ofAutoscaler(namespace.name, service);
    const pods = await Recorder.ofPods(namespace.name, `app.kubernetes.io/name=${service}`);
    try {
      await deliver(way, namespace, manifests[service]);
      await sleep(1_500);
      expect(floor.floorBelow(FLOOR)).toEqual([]);
      expect(pods.podsEnded()).toEqual(new Set());
      expect(await namespace.floor(service)).toBe(FLOOR);
    } finally {
      floor.stop();
      pods.stop();
    }
  });

  test.each(['flux', 'argo'])('an override is in force also after %s has applied everything', async way => {
    const namespace = namespaces[way];
    await namespace.kubectl(['create', 'configmap', `${way}-override`, '--from-literal', `floor=${FLOOR + 4}`,
      '--from-literal', `until=${instant(Date.now() + 3_600_000)}`]);
    await eventually('the override', 5_000, async () => await namespace.floor(way) === FLOOR + 4);
    await deliver(way, namespace, manifests[way]);
    await sleep(1_500);
    expect(await namespace.floor(way)).toBe(FLOOR + 4);
    await namespace.kubectl(['delete', 'configmap', `${way}-override`]);
    await eventually('the plan', 5_000, async () => await namespace.floor(way) === FLOOR);
  });

  test('Argo CD reports nothing out of sync', async () => {
    expect((await argoDiff(manifests.argo)).stdout).toContain('0 of');
    expect((await argoDiff(manifests.argoserver, '--server-side')).stdout).toContain('0 of');
  });

  const lowerings: { [way: string]: (namespace: Namespace, name: string, manifest: string) => Promise<unknown> } = {
    'patch of minReplicas to 2': (namespace, name) => namespace.patch('hpa', name, { spec: { minReplicas: 2 } }),
    'kubectl replace': (namespace, name, manifest) => namespace.kubectl(['replace', '-f', '-'], onlyAutoscaler(manifest, name)),
    'delete and create': async (namespace, name, manifest) => {
      await namespace.kubectl(['delete', 'hpa', name]);
      await namespace.kubectl(['create', '-f', '-'], onlyAutoscaler(manifest, name));
    },
  };
  test.each(Object.keys(lowerings))('after a %s the floor is back within a second', async way => {
    restored.push({
      way,
      ...await lower(namespaces.hands, 'hands', 'app.kubernetes.io/name=hands', () =>
        lowerings[way](namespaces.hands, 'hands', manifests.hands)),
    });
  });

  const foreignOldManifest = foreignManifests('payment', { floor: 3, ceiling: 10 });
  test.each([['kubectl apply'], ['kubectl apply --server-side --force-conflicts']])('somebody else\'s %s with both fields in the manifest is undone within a second', async way => {
    // floor and ceiling of the manifest are both below what is in force
    const manifest = foreignOldManifest.replace('minReplicas: 3', 'minReplicas: 4');
    restored.push({
      way: `somebody else's ${way}`,
      ...await lower(namespaces.foreign, 'payment', 'app=payment', () =>
        deliver(way, namespaces.foreign, manifest)),
    });
    expect(await namespaces.foreign.ceiling('payment')).toBe(1.5 * FLOOR);
    // and the manifest goes back to what it was, so that the next way changes something again
    await deliver(way, namespaces.foreign, foreignOldManifest);
    await eventually('floor of payment', 2_000, async () => await namespaces.foreign.floor('payment') === FLOOR);
  });

  test('a hand that patches the floor up is left alone, and reported', async () => {
    const namespace = namespaces.hands;
    await namespace.patch('hpa', 'hands', { spec: { minReplicas: FLOOR + 5 } });
    await sleep(3_000);
    expect(await namespace.floor('hands')).toBe(FLOOR + 5);
    await eventually('an Event that reports the hand', 10_000, async () =>
      (await namespace.list('events')).some(event => event.involvedObject.name === 'hands' && event.message?.includes(`${FLOOR + 5}`)));
  });

  async function lower(namespace: Namespace, name: string, selector: string, act: () => Promise<unknown>): Promise<{ ms: number; podsLost: number }> {
    const floor = await Recorder.ofAutoscaler(namespace.name, name);
    const pods = await Recorder.ofPods(namespace.name, selector);
    try {
      await act();
      await sleep(2_500);
      const spans = floor.floorBelow(FLOOR);
      expect(spans).not.toEqual([]);
      expect(Math.max(...spans)).toBeLessThan(RESTORED_WITHIN_MS);
      return { ms: Math.max(...spans), podsLost: pods.podsEnded().size };
    } finally {
      floor.stop();
      pods.stop();
    }
  }
});

function onlyAutoscaler(manifests: string, name: string): string {
  const document = manifests.split(/^---$/m).find(text => /^kind: HorizontalPodAutoscaler$/m.test(text));
  if (!document) {
    throw new Error(`no autoscaler ${name}`);
  }
  return document;
}
