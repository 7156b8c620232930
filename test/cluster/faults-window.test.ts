import { eventually, kubectl, onCluster, simulate, simulation, sleep, tryKubectl } from './support/cluster';
import { MINUTE } from '../support/durations';
import { manifestsIn, minuteAfter } from './support/manifests';
import { Namespace } from './support/namespace';
import { armed, bump, eventFrom, guarded, serviceIn } from './support/services';
import { Recorder } from './support/watching';

const FLOOR = 12;
const WINDOW_MINUTES = 6;

onCluster('whatever breaks in the middle of a window', { simulation: true }, () => {
  const namespace = Namespace.forGroup('breaks');
  let until: number;

  beforeAll(async () => {
    const from = minuteAfter(30_000);
    until = from + WINDOW_MINUTES * MINUTE;
    const event = eventFrom(from, { minutes: WINDOW_MINUTES });
    await namespace.apply(manifestsIn(namespace.name, chart => {
      for (const name of ['shop', 'missed', 'asleep']) {
        // repair, every ten minutes, would raise what bump has missed
        serviceIn(chart, name, FLOOR, event, { keeper: { repair: name !== 'missed' } });
      }
    }));
    await armed(namespace);
    await namespace.patch('cronjob', 'missed-opening-bump', { spec: { suspend: true } });
    // arm had them stand some minutes before the window
    await namespace.kubectl(['scale', 'deployment/missed-prewarm-guards', '--replicas=0']);
    for (const name of ['shop', 'asleep']) {
      await bump(namespace, name);
    }
    for (const name of ['shop', 'asleep']) {
      await eventually(`floor of ${name}`, 150_000, async () => await namespace.floor(name) === FLOOR);
      await guarded(namespace, name);
    }
    await eventually('all pods', 60_000, async () => await namespace.readyPods('app.kubernetes.io/name=shop') === FLOOR);
  });
  afterAll(async () => {
    await simulate({ registryDown: false });
    await kubectl(['annotate', 'nodes', '--all', 'simulation/down-']);
  });

  test('a guard that is killed: the other one restores the floor, and a new one comes', async () => {
    const before = await guards('shop');
    const [victim] = before;
    await namespace.kubectl(['delete', 'pod', victim.metadata.name, '--grace-period=0', '--force']);
    expect(await restored('shop')).toBeLessThan(1_000);
    const known = before.map(({ metadata }) => metadata.name);
    await eventually('a new guard', 60_000, async () => (await guards('shop')).some(({ metadata }) => !known.includes(metadata.name)));
  });

  test('a workload that somebody scales to zero is asked for again within a second', async () => {
    const recorder = await Recorder.ofDeployment(namespace.name, 'asleep');
    try {
      await namespace.kubectl(['scale', 'deployment/asleep', '--replicas=0']);
      await eventually('the floor of pods', 10_000, async () => (await namespace.get('deployment', 'asleep')).spec.replicas === FLOOR);
      const [span] = recorder.below(({ spec }) => spec.replicas, FLOOR);
      console.log(`asked for again after ${span} ms`);
      expect(span).toBeLessThan(1_000);
    } finally {
      recorder.stop();
    }
    await eventually('an Event that says so', 10_000, async () =>
      (await namespace.list('events')).some(({ involvedObject, message, source, reportingComponent }) => involvedObject.name === 'asleep'
        && `${source?.component}${reportingComponent}`.includes('prewarm') && /\b0\b/.test(message)));
  });

  test('the controller manager stopped: the floor is restored all the same', async () => {
    await simulation('stop', 'kube-controller-manager');
    try {
      expect(await restored('shop')).toBeLessThan(1_000);
    } finally {
      await simulation('start', 'kube-controller-manager');
    }
  });

  test('the API server restarted: the guards are back as soon as it is', async () => {
    await simulation('restart', 'kube-apiserver');
    await eventually('the API server', 60_000, async () => (await tryKubectl(['get', '--raw', '/readyz'])).code === 0);
    console.log(`restored after ${await restored('shop', 20_000)} ms`);
    // and from then on at once
    await sleep(5_000);
    expect(await restored('shop')).toBeLessThan(1_000);
  });

  test('etcd paused: what was lowered just before is restored when it goes on', async () => {
    await namespace.patch('hpa', 'shop', { spec: { minReplicas: 2 } });
    await simulation('pause', 'etcd');
    await sleep(12_000);
    await simulation('resume', 'etcd');
    await eventually('the floor', 30_000, async () => await namespace.floor('shop') === FLOOR);
    await sleep(2_000);
    expect(await restored('shop', 5_000)).toBeLessThan(5_000);
  });

  test('a guard\'s node lost while the registry is down: the other one acts, and the lost one is replaced within about a minute', async () => {
    const [{ spec: { nodeName }, metadata: { name } }, other] = await guards('shop');
    expect(nodeName).not.toBe(other.spec.nodeName);
    await simulate({ registryDown: true });
    await kubectl(['annotate', 'node', nodeName, 'simulation/down=true']);
    const lost = Date.now();
    expect(await restored('shop')).toBeLessThan(1_000);
    await eventually('a replacement to be scheduled', 150_000, async () =>
      (await guards('shop', false)).filter(({ metadata }) => ![name, other.metadata.name].includes(metadata.name)).length > 0);
    console.log(`a new guard ${Math.round((Date.now() - lost) / 1000)} s after the node was lost`);
    expect(await restored('shop')).toBeLessThan(1_000);
    await simulate({ registryDown: false });
    await kubectl(['annotate', 'node', nodeName, 'simulation/down-']);
  });

  test('a bump that was missed altogether: the next run inside the window raises the floor', async () => {
    expect(await namespace.floor('missed')).toBe(2);
    await namespace.patch('cronjob', 'missed-opening-bump', { spec: { suspend: false } });
    await eventually('floor of missed', 150_000, async () => await namespace.floor('missed') === FLOOR);
  });

  test('a quota that is full when drop wants to run: the guards lower the floor as their last act', async () => {
    await namespace.apply(JSON.stringify({
      apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'full', namespace: namespace.name }, spec: { hard: { pods: '0' } },
    }));
    expect(Date.now()).toBeLessThan(until);
    await sleep(until - Date.now());
    for (const name of ['shop', 'asleep', 'missed']) {
      await eventually(`floor of ${name} to be down`, 30_000, async () => await namespace.floor(name) === 2);
    }
  }, 600_000);

  async function guards(service: string, running = true): Promise<any[]> {
    const pods = await namespace.pods(`cdk8s-prewarm/service=${service},cdk8s-prewarm/role=guard`);
    return running ? pods.filter(pod => pod.status.phase === 'Running') : pods;
  }

  /** Lowers the floor by hand, and says for how many milliseconds it was down. */
  async function restored(name: string, within = 2_500): Promise<number> {
    const recorder = await Recorder.ofAutoscaler(namespace.name, name);
    try {
      await namespace.patch('hpa', name, { spec: { minReplicas: 2 } });
      await eventually('the floor to be back', within, async () => await namespace.floor(name) === FLOOR);
      await sleep(500);
      return Math.max(...recorder.floorBelow(FLOOR));
    } finally {
      recorder.stop();
    }
  }
});
