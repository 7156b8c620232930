import { eventually, onCluster } from './support/cluster';
import { manifestsIn, minuteAfter } from './support/manifests';
import { Namespace } from './support/namespace';
import { armed, eventFrom, serviceIn } from './support/services';

const DAY = 24 * 3_600_000;

onCluster('the repair of a chart', {}, () => {
  const namespace = Namespace.forGroup('repair');
  const manifests = () => manifestsIn(namespace.name, chart => ['first', 'lost', 'gone'].forEach(name =>
    serviceIn(chart, name, 8, eventFrom(minuteAfter(DAY), { minutes: 5 }), { keeper: { networkPolicy: {} } })));

  beforeAll(async () => {
    await namespace.apply(manifests());
    await armed(namespace);
  });

  test('brings an autoscaler that was made again between events back to its baseline, with its own account and no other service\'s help', async () => {
    // what is selected by a service's label to delete it: the service that the repair is named by
    await namespace.kubectl(['delete', 'configmaps,serviceaccounts,roles,rolebindings,cronjobs,jobs,hpa', '-l', 'cdk8s-prewarm/service=first']);
    await namespace.kubectl(['delete', 'hpa', 'lost', 'gone']);
    const lost = JSON.stringify({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'lost' },
      spec: { maxReplicas: 12, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'lost' } },
    });
    await namespace.apply(lost);
    expect(await namespace.floor('lost')).toBe(1);
    await namespace.kubectl(['create', 'job', 'by-hand', '--from=cronjob/first-prewarm-repair']);
    await eventually('the baseline', 60_000, async () => await namespace.floor('lost') === 2);
    await namespace.kubectl(['wait', '--for=condition=failed', '--timeout=30s', 'job/by-hand']);
    expect((await namespace.logsOf('by-hand')).trim().split('\n').pop())
      .toMatch(/^1 of 3 services failed \| gone: .*horizontalpodautoscalers\/gone/);
  });
});
