import { Duration } from 'cdk8s';
import { MINUTE } from '../support/durations';
import { eventually, onCluster, sleep } from './support/cluster';
import { manifestsIn, minuteAfter } from './support/manifests';
import { Namespace } from './support/namespace';
import { armed, bump, eventFrom, foreignManifests, serviceIn } from './support/services';
import { load } from './support/traffic';
import { Recorder } from './support/watching';
import { Demand, EventScaleSchedule, ScheduleTarget } from 'cdk8s-prewarm';


onCluster('when a window ends', { simulation: true }, () => {
  const namespace = Namespace.forGroup('ends');
  let until: number;
  let pods: Recorder;

  beforeAll(async () => {
    const from = minuteAfter(20_000);
    until = from + 3 * MINUTE;
    const event = eventFrom(from, { minutes: 3 });
    await namespace.apply(foreignManifests('payment', { floor: 3, ceiling: 20 }));
    await namespace.apply(manifestsIn(namespace.name, chart => {
      serviceIn(chart, 'idle', 20, event);
      serviceIn(chart, 'raised', 20, event);
      // PER_WINDOW: the keeper moves this one's ceiling
      new EventScaleSchedule(chart, 'payment', {
        target: ScheduleTarget.fromAutoscalerName('payment'),
        baseline: { floor: 3, ceiling: 20 },
        events: [{ event, demand: Demand.replicas(60) }],
        startupTime: Duration.seconds(5),
      });
    }));
    // 60 pods at 70 % of 100m: as much as the autoscaler wants 60 pods for
    await load(namespace, 'payment', { selector: { app: 'payment' }, podRps: 50, cpuMillis: 5, steps: [{ at: from, rps: 60 * 14 }] });
    await load(namespace, 'idle', { selector: { 'app.kubernetes.io/name': 'idle' }, podRps: 50, cpuMillis: 1, steps: [{ at: from, rps: 1 }] });
    await armed(namespace);
    await Promise.all(['idle', 'raised', 'payment'].map(name => bump(namespace, name)));
    await eventually('60 pods', 150_000, async () => await namespace.readyPods('app=payment') >= 60);
    pods = await Recorder.ofPods(namespace.name, 'app=payment');
  });
  afterAll(() => pods?.stop());

  test('a hand raises a floor during the window', async () => {
    await namespace.patch('hpa', 'raised', { spec: { minReplicas: 24 } });
    expect(await namespace.floor('payment')).toBe(60);
    expect(await namespace.ceiling('payment')).toBe(90);
  });

  test('the floor is down again, and the autoscaler takes the idle pods away', async () => {
    await sleep(until - Date.now());
    await eventually('floor of idle', 20_000, async () => await namespace.floor('idle') === 2);
    await eventually('pods of idle', 60_000, async () => (await namespace.pods('app.kubernetes.io/name=idle')).length === 2);
  });

  test('60 pods under load are not cut by the ceiling of 20', async () => {
    await eventually('floor of payment', 20_000, async () => await namespace.floor('payment') === 3);
    // two looks of the autoscaler, which would cut at the first
    await sleep(35_000);
    expect(await namespace.ceiling('payment')).toBeGreaterThanOrEqual(60);
    expect((await namespace.pods('app=payment')).length).toBeGreaterThanOrEqual(58);
    expect(pods.podsEnded().size).toBeLessThanOrEqual(2);
  });

  test('once the load has gone and the pods with it, the next run lowers the ceiling', async () => {
    await load(namespace, 'payment', { selector: { app: 'payment' }, podRps: 50, cpuMillis: 5, steps: [{ at: Date.now(), rps: 10 }] });
    // by the autoscaler's own count, which lags behind by one look
    await eventually('pods of payment', 120_000, async () => (await namespace.get('hpa', 'payment')).status.currentReplicas <= 20);
    await namespace.kubectl(['create', 'job', 'by-hand', '--from=cronjob/idle-prewarm-repair']);
    await eventually('ceiling of payment', 30_000, async () => await namespace.ceiling('payment') === 20);
  });

  test('the floor raised by hand stays, and is reported', async () => {
    expect(await namespace.floor('raised')).toBe(24);
    expect((await namespace.list('events')).filter(event => event.involvedObject.name === 'raised').map(event => event.message).join('\n'))
      .toMatch(/24/);
  });
});
