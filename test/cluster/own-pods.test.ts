import { eventually, onCluster, sleep } from './support/cluster';
import { manifestsIn, minuteAfter } from './support/manifests';
import { Namespace } from './support/namespace';
import { armed, bump, eventFrom, foreignManifests, guarded } from './support/services';
import { Demand, EventScaleSchedule, ScheduleTarget } from 'cdk8s-prewarm';

const FLOOR = 6;

onCluster('pods that match the selector of a workload, and are none of its', {}, () => {
  const namespace = Namespace.forGroup('own-pods');

  beforeAll(async () => {
    // more pods with the labels of the workload than its floor has, all Ready, while its own cannot be pulled
    await namespace.apply(foreignManifests('shop', { ceiling: 20 }).replace('registry.example.com/shop:1', 'registry.example.com/does-not-exist:1'));
    await namespace.apply(foreignManifests('strangers', { replicas: 2 * FLOOR, ceiling: 20 }).split('---\n')[0]
      .replaceAll('app: strangers', 'app: shop\n        team: strangers').replace('matchLabels:\n      app: shop\n        team: strangers', 'matchLabels:\n      team: strangers'));
    const event = eventFrom(minuteAfter(20_000), { minutes: 4 });
    await namespace.apply(manifestsIn(namespace.name, chart => new EventScaleSchedule(chart, 'shop', {
      target: ScheduleTarget.fromAutoscalerName('shop'), baseline: { floor: 2, ceiling: 20 }, events: [{ event, demand: Demand.replicas(FLOOR) }],
    })));
    await armed(namespace);
    await bump(namespace, 'shop');
    await guarded(namespace, 'shop');
  });

  test('are not counted by verify', async () => {
    await eventually('strangers', 60_000, async () => await namespace.readyPods('team=strangers') === 2 * FLOOR);
    await eventually('what verify says', 150_000, async () =>
      new RegExp(`0 of ${FLOOR} ready`).test((await namespace.tryKubectl(['logs', '-l', 'cdk8s-prewarm/role=verify', '--tail=-1'])).stdout));
  });

  test('and a planned rise is told as a rise, not as the deed of somebody', async () => {
    await sleep(1_000);
    const reasons = (await namespace.list('events')).filter(({ involvedObject }) => involvedObject.name === 'shop').map(({ reason }) => reason);
    expect(reasons).toContain('FloorRaised');
    expect(reasons).not.toContain('WorkloadScaled');
  });
});
