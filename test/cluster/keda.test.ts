import { dirname, join } from 'node:path';
import { ApiObject, Chart, Duration } from 'cdk8s';
import { MINUTE } from '../support/durations';
import { eventually, onCluster, run, sleep } from './support/cluster';
import { prewarm } from './support/command-line';
import { manifestsIn, minuteAfter } from './support/manifests';
import { Namespace } from './support/namespace';
import { armed, bump, eventFrom } from './support/services';
import { Recorder } from './support/watching';
import { Demand, EventScaleSchedule, ScheduleTarget } from 'cdk8s-prewarm';

const FLOOR = 8;
const OPERATORS = join(dirname(process.env.PREWARM_TOOLS ?? ''), 'operators');

onCluster('a ScaledObject, with the operator and the webhook of KEDA', { tools: true, simulation: true }, () => {
  const namespace = Namespace.forGroup('keda');

  beforeAll(async () => {
    const { code, stderr } = await run(OPERATORS, ['keda', 'up'], '', { env: { ...process.env } });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    await namespace.apply(manifestsIn(namespace.name, chart => ['idle', 'cpu', 'paused', 'made'].forEach(name => workloadIn(chart, name))));
  });
  afterAll(async () => {
    await run(OPERATORS, ['keda', 'down']);
  });

  test('one that is idle while no trigger is active keeps its pods through a window, and has none of ours when its schedule has left', async () => {
    await namespace.apply(manifestsIn(namespace.name, chart => {
      const target = scaledObjectIn(chart, 'idle', { minReplicaCount: 2, idleReplicaCount: 0, pollingInterval: 5, triggers: [NEVER] });
      scheduleIn(chart, 'idle', target);
    }));
    await armed(namespace, 'cdk8s-prewarm/service=idle,cdk8s-prewarm/role=arm');
    await bump(namespace, 'idle');
    await eventually(`${FLOOR} pods`, 60_000, async () => await namespace.readyPods('app=idle') === FLOOR);
    const pods = await Recorder.ofPods(namespace.name, 'app=idle');
    await sleep(16_000);
    expect([pods.leastReady(FLOOR), [...pods.podsEnded()]]).toEqual([FLOOR, []]);
    expect(await prewarm(namespace, 'leave', 'idle', '--floor', String(FLOOR))).toMatchObject({ exitCode: 0 });
    pods.stop();
    const { metadata } = await namespace.get('scaledobject', 'idle');
    expect(JSON.stringify([metadata.annotations ?? {}, metadata.managedFields])).not.toMatch(/force-activation|cdk8s-prewarm-/);
  });

  test('one with a cpu trigger alone keeps its floor of between events in the manifest, and is applied again in a window', async () => {
    const manifests = manifestsIn(namespace.name, chart => scheduleIn(chart, 'cpu', scaledObjectIn(chart, 'cpu', { triggers: [CPU] })));
    await namespace.apply(manifests);
    await armed(namespace, 'cdk8s-prewarm/service=cpu,cdk8s-prewarm/role=arm');
    await bump(namespace, 'cpu');
    await eventually(`${FLOOR} pods`, 60_000, async () => await namespace.readyPods('app=cpu') === FLOOR);
    const pods = await Recorder.ofPods(namespace.name, 'app=cpu');
    await eventually('guards', 60_000, async () => await namespace.readyPods('cdk8s-prewarm/service=cpu,cdk8s-prewarm/role=guard') > 0);
    for (let i = 0; i < 3; i++) {
      await namespace.apply(manifests);
      await sleep(1_000);
    }
    await eventually('the floor', 5_000, async () => (await namespace.get('scaledobject', 'cpu')).spec.minReplicaCount === FLOOR);
    expect([pods.leastReady(FLOOR), [...pods.podsEnded()]]).toEqual([FLOOR, []]);
    pods.stop();
  });

  test('one that is paused fails its arm job', async () => {
    await namespace.apply(manifestsIn(namespace.name, chart => {
      const target = scaledObjectIn(chart, 'paused', { minReplicaCount: 2, triggers: [CPU] }, { 'autoscaling.keda.sh/paused': 'true' });
      scheduleIn(chart, 'paused', target);
    }));
    await refused('paused', 'ScaledObject paused is paused by the annotation autoscaling.keda.sh/paused');
    expect((await prewarm(namespace, 'status')).out.replace(/\s+/g, ' ')).toContain('! ScaledObject paused is paused by the annotation');
  }, 120_000);

  test('the autoscaler that KEDA makes is refused by arm, with the ScaledObject in its place', async () => {
    await namespace.apply(manifestsIn(namespace.name, chart => scaledObjectIn(chart, 'made', { minReplicaCount: 2, triggers: [CPU] })));
    await eventually('the autoscaler', 30_000, async () => namespace.get('hpa', 'keda-hpa-made'));
    await namespace.apply(manifestsIn(namespace.name, chart => new EventScaleSchedule(chart, 'made', {
      target: ScheduleTarget.fromAutoscalerName('keda-hpa-made', { workload: ScheduleTarget.fromDeploymentName('made') }), baseline: { floor: 2, ceiling: 10 },
    })));
    await refused('made', 'HorizontalPodAutoscaler keda-hpa-made belongs to ScaledObject made');
  });

  async function refused(service: string, sentence: string): Promise<void> {
    await eventually(`arm of ${service} to say '${sentence}'`, 90_000, async () => {
      const logs = await namespace.tryKubectl(['logs', '-l', `cdk8s-prewarm/service=${service},cdk8s-prewarm/role=arm`, '--tail=-1']);
      return logs.stdout.split('\n').some(line => line.includes('"did":"failed"') && line.includes(sentence));
    });
  }
});

const CPU = { type: 'cpu', metricType: 'Utilization', metadata: { value: '70' } };
/** Active on one minute of the year. */
const NEVER = { type: 'cron', metadata: { timezone: 'UTC', start: '0 0 1 1 *', end: '1 0 1 1 *', desiredReplicas: '3' } };

function scheduleIn(chart: Chart, name: string, target: ApiObject): void {
  new EventScaleSchedule(chart, name, {
    target,
    startupTime: Duration.seconds(5),
    baseline: { floor: 2 },
    events: [{ event: eventFrom(minuteAfter(-2 * MINUTE), { minutes: 20 }), demand: Demand.replicas(FLOOR) }],
  });
}

function scaledObjectIn(chart: Chart, name: string, spec: object, annotations: { readonly [annotation: string]: string } = {}): ApiObject {
  return new ApiObject(chart, `ScaledObject-${name}`, {
    apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', metadata: { name, annotations }, spec: { scaleTargetRef: { name }, maxReplicaCount: 20, ...spec },
  });
}

function workloadIn(chart: Chart, name: string): void {
  const securityContext = {
    runAsNonRoot: true, runAsUser: 1000, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' },
  };
  const containers = [{ name: 'main', image: `registry.example.com/${name}:1`, resources: { requests: { cpu: '100m' } }, securityContext }];
  new ApiObject(chart, `Deployment-${name}`, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: { containers } } },
  });
}
