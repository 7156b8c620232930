import { ApiObject, Chart, Duration } from 'cdk8s';
import { MINUTE } from '../support/durations';
import { eventually, onCluster } from './support/cluster';
import { ANYTHING, CustomKind, defineKinds } from './support/custom-kinds';
import { manifestsIn, minuteAfter } from './support/manifests';
import { Namespace } from './support/namespace';
import { armed, bump, eventFrom, foreignManifests } from './support/services';
import { Demand, EventScaleSchedule, IScheduleTarget, ScheduleTarget } from 'cdk8s-prewarm';

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

  test('an autoscaler of CPU alone that is to have no pods between events is refused by arm', async () => {
    await namespace.apply(foreignManifests('sleeper', { ceiling: 10 }));
    await namespace.apply(manifestsIn(namespace.name, chart => new EventScaleSchedule(chart, 'sleeper', {
      target: ScheduleTarget.fromAutoscalerName('sleeper'), baseline: { floor: 0, ceiling: 10 },
    })));
    await eventually('the sentence of arm', 60_000, async () => /HorizontalPodAutoscaler sleeper cannot have a floor of 0 between events: it needs Kubernetes 1.37/.test(
      (await namespace.tryKubectl(['logs', '-l', 'cdk8s-prewarm/service=sleeper,cdk8s-prewarm/role=arm', '--tail=-1'])).stdout));
    expect(await namespace.floor('sleeper')).toBe(1);
  });

  test('a Rollout is armed, its floor raised, and of the namespace\'s pods only its own are counted', async () => {
    await defineKinds(ROLLOUTS);
    await namespace.apply(manifestsIn(namespace.name, chart => {
      // two pods of the Rollout, as its controller would make them, and ten of another
      deploymentIn(chart, 'canary', 2);
      deploymentIn(chart, 'other', 10);
      new ApiObject(chart, 'Rollout', {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Rollout',
        metadata: { name: 'canary' },
        spec: { workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'canary' } },
      });
      scheduleOf(chart, 'canary', ScheduleTarget.fromRolloutName('canary'));
    }));
    await namespace.patch('rollout', 'canary', { status: { selector: 'app=canary', HPAReplicas: 2 } }, '--subresource', 'status');
    await armed(namespace, 'cdk8s-prewarm/service=canary,cdk8s-prewarm/role=arm');
    await eventually('the pods', 60_000, async () => await namespace.readyPods('app=other') === 10 && await namespace.readyPods('app=canary') === 2);
    await bump(namespace, 'canary');
    await eventually('the floor', 60_000, async () => (await namespace.get('rollout', 'canary')).spec.replicas === FLOOR);
    await namespace.kubectl(['create', 'job', 'canary-looks', '--from=cronjob/canary-opening-verify']);
    await eventually('the word of verify', 60_000, async () => (await namespace.logsOf('canary-looks')).includes(`2 of ${FLOOR} ready`));
  });
});

/** The kind as Argo Rollouts' own manifests define it, without its schema; nobody acts upon its objects here. */
const ROLLOUTS: CustomKind = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  plural: 'rollouts',
  shortNames: ['ro'],
  scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.HPAReplicas', labelSelectorPath: '.status.selector' },
  schema: ANYTHING,
};

/** A window that is on, and longer than a test. */
function scheduleOf(chart: Chart, name: string, target: IScheduleTarget): EventScaleSchedule {
  return new EventScaleSchedule(chart, name, {
    target,
    startupTime: Duration.seconds(5),
    baseline: { floor: 2 },
    events: [{ event: eventFrom(minuteAfter(-2 * MINUTE), { minutes: 20 }), demand: Demand.replicas(FLOOR) }],
  });
}

function deploymentIn(chart: Chart, name: string, replicas?: number): ApiObject {
  const securityContext = {
    runAsNonRoot: true, runAsUser: 1000, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' },
  };
  const containers = [{ name: 'main', image: `registry.example.com/${name}:1`, resources: { requests: { cpu: '100m' } }, securityContext }];
  return new ApiObject(chart, `Deployment-${name}`, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { replicas, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: { containers } } },
  });
}
