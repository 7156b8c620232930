import { eventually, onCluster, sleep } from './support/cluster';
import { manifestsIn, minuteAfter } from './support/manifests';
import { Namespace } from './support/namespace';
import { armed, bump, eventFrom, serviceIn } from './support/services';
import { Recorder } from './support/watching';

const FLOOR = 20;

onCluster('a rollout in the middle of a window', {}, () => {
  const namespace = Namespace.forGroup('rollout');

  test('never has fewer Ready pods than the floor', async () => {
    const event = eventFrom(minuteAfter(15_000), { minutes: 6 });
    const manifestsOf = (tag: string) => manifestsIn(namespace.name, chart =>
      serviceIn(chart, 'shop', FLOOR, event, { image: `registry.example.com/shop:${tag}` } as object));
    await namespace.apply(manifestsOf('1'));
    await armed(namespace);
    await bump(namespace, 'shop');
    await eventually('the floor to be Ready', 150_000, async () => await namespace.readyPods('app.kubernetes.io/name=shop') === FLOOR);
    const pods = await Recorder.ofPods(namespace.name, 'app.kubernetes.io/name=shop');
    try {
      await sleep(500);
      await namespace.apply(manifestsOf('2'));
      await namespace.kubectl(['rollout', 'status', 'deployment/shop', '--timeout=150s']);
      expect(pods.leastReady(FLOOR)).toBeGreaterThanOrEqual(FLOOR);
      expect(await namespace.floor('shop')).toBe(FLOOR);
    } finally {
      pods.stop();
    }
  });
});
