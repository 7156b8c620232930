import { ApiObject, Chart, Duration } from 'cdk8s';
import { MINUTE } from '../support/durations';
import { eventually, onCluster } from './support/cluster';
import { manifestsIn, minuteAfter } from './support/manifests';
import { Namespace } from './support/namespace';
import { armed, bump, eventFrom } from './support/services';
import { Demand, EventScaleSchedule, IScheduleTarget } from 'cdk8s-prewarm';

const FLOOR = 6;

onCluster('targets of other people', {}, () => {
  const namespace = Namespace.forGroup('targets');

  test('an autoscaler that names its workload in a version no longer served is armed, and its floor raised', async () => {
    await namespace.apply(manifestsIn(namespace.name, chart => {
      deploymentIn(chart, 'stale');
      scheduleOf(chart, 'stale', new ApiObject(chart, 'Hpa', {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'stale' },
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1beta2', kind: 'Deployment', name: 'stale' },
          maxReplicas: 10,
          metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } }],
        },
      }));
    }));
    await armed(namespace, 'cdk8s-prewarm/service=stale,cdk8s-prewarm/role=arm');
    await bump(namespace, 'stale');
    await eventually('the floor', 60_000, async () => await namespace.floor('stale') === FLOOR);
    await eventually('the pods', 60_000, async () => (await namespace.get('deployment', 'stale')).spec.replicas === FLOOR);
  });
});

/** A window that is on, and longer than a test. */
function scheduleOf(chart: Chart, name: string, target: IScheduleTarget): EventScaleSchedule {
  return new EventScaleSchedule(chart, name, {
    target,
    startupTime: Duration.seconds(5),
    baseline: { floor: 2, ceiling: 10 },
    events: [{ event: eventFrom(minuteAfter(-2 * MINUTE), { minutes: 20 }), demand: Demand.replicas(FLOOR) }],
  });
}

function deploymentIn(chart: Chart, name: string): ApiObject {
  const securityContext = {
    runAsNonRoot: true, runAsUser: 1000, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' },
  };
  const containers = [{ name: 'main', image: `registry.example.com/${name}:1`, resources: { requests: { cpu: '100m' } }, securityContext }];
  return new ApiObject(chart, 'Deployment', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: { containers } } },
  });
}
