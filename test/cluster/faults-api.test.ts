import { eventually, onCluster, simulate, sleep } from './support/cluster';
import { MINUTE } from '../support/durations';
import { manifestsIn, minuteAfter } from './support/manifests';
import { Namespace } from './support/namespace';
import { armed, bump, eventFrom, guarded, serviceIn } from './support/services';
import { Recorder } from './support/watching';

const FLOOR = 20;

onCluster('a whole window on an API server that misbehaves', { simulation: true }, () => {
  const namespace = Namespace.forGroup('flaky');
  afterAll(() => simulate({ api: {} }));

  test('with 30 % errors, 10 % resets, 5 % hangs, 200 ms latency and watches cut every 3 s, the floor goes up, stays, and comes down', async () => {
    const from = minuteAfter(25_000);
    const until = from + 3 * MINUTE;
    await namespace.apply(manifestsIn(namespace.name, chart => serviceIn(chart, 'shop', FLOOR, eventFrom(from, { minutes: 3 }))));
    await armed(namespace);
    await simulate({ api: { latency: '200ms', errorRate: 0.3, codes: [429, 500, 503, 504], resetRate: 0.1, hangRate: 0.05, cutWatches: '3s' } });
    await bump(namespace, 'shop');
    const recorder = await Recorder.ofAutoscaler(namespace.name, 'shop');
    try {
      await eventually('the floor to be up', 150_000, async () => await namespace.floor('shop') === FLOOR);
      const up = recorder.changes.find(({ object }) => object.spec.minReplicas === FLOOR)!.at;
      await sleep(15_000);
      const restored: number[] = [];
      while (Date.now() < until - 30_000) {
        const lowered = Date.now();
        await namespace.patch('hpa', 'shop', { spec: { minReplicas: 2 } });
        await eventually('the floor to be back', 25_000, async () => await namespace.floor('shop') === FLOOR);
        await sleep(4_000);
        restored.push(...recorder.floorBelow(FLOOR, lowered - 100));
      }
      await sleep(until - Date.now());
      await eventually('the floor to be down', 60_000, async () => await namespace.floor('shop') === 2);
      const down = recorder.changes.filter(({ object }) => object.spec.minReplicas === 2).pop()!.at;
      console.log(`up ${up - from} ms after the window began, down ${down - until} ms after it ended; lowered ${restored.length} times, `
        + `back after ${restored.sort((a, b) => a - b).join(', ')} ms`);
      expect(new Set(recorder.changes.map(({ object }) => object.spec.minReplicas))).toEqual(new Set([2, FLOOR]));
      expect(up - from).toBeLessThan(30_000);
    } finally {
      recorder.stop();
    }
  }, 420_000);
});

onCluster('an API server that refuses every token for more than a minute', { simulation: true }, () => {
  const namespace = Namespace.forGroup('tokens');
  afterAll(() => simulate({ api: {} }));

  test('has the guards back at once when it takes them again', async () => {
    await namespace.apply(manifestsIn(namespace.name, chart => serviceIn(chart, 'shop', FLOOR, eventFrom(minuteAfter(-2 * MINUTE), { minutes: 20 }))));
    await guarded(namespace, 'shop');
    const before = (await namespace.pods('cdk8s-prewarm/role=guard')).map(({ metadata }) => metadata.name);
    await simulate({ api: { errorRate: 1, codes: [401] } });
    await sleep(75_000);
    await namespace.patch('hpa', 'shop', { spec: { minReplicas: 2 } });
    await sleep(3_000);
    expect(await namespace.floor('shop')).toBe(2);
    await simulate({ api: {} });
    const since = Date.now();
    await eventually('the floor', 30_000, async () => await namespace.floor('shop') === FLOOR);
    console.log(`the floor is back ${((Date.now() - since) / 1_000).toFixed(1)} s after the API server takes tokens again`);
    expect((await namespace.pods('cdk8s-prewarm/role=guard')).map(({ metadata }) => metadata.name).sort()).toEqual(before.sort());
  }, 240_000);
});
