import { chartIn, find } from './support/charts';
import { ManifestFragments, PrewarmedService } from 'cdk8s-prewarm';

test('fields that cdk8s-plus does not know are rendered', () => {
  const chart = chartIn('shop');
  serviceIn(chart, { pod: { newField: { deep: 1 } }, container: { resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }] } });
  const { spec } = find(chart, 'Deployment').spec.template;
  expect([spec.newField, spec.containers[0].resizePolicy]).toEqual([{ deep: 1 }, [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }]]);
});

test('what is undefined says nothing', () => {
  const [plain, same] = [{}, { container: { lifecycle: undefined } }].map(manifest => {
    const chart = chartIn('shop');
    serviceIn(chart, manifest);
    return find(chart, 'Deployment');
  });
  expect(same).toEqual(plain);
});

test('a platform and a squad may each have some', () => {
  const merged = PrewarmedService.mergeOptions({ manifest: { pod: { dnsPolicy: 'Default' } } }, { manifest: { pod: { hostNetwork: false }, container: { tty: true } } });
  expect(merged.manifest).toEqual({ pod: { dnsPolicy: 'Default', hostNetwork: false }, container: { tty: true } });
});

test.each<[ManifestFragments, string]>([
  [{ container: { image: 'x' } }, "'manifest.container' must not have 'image': say 'image'"],
  [{ container: { resources: {} } }, "'manifest.container' must not have 'resources': say 'cpu' and 'memory', or 'container.resources'"],
  [{ pod: { containers: [] } }, "'manifest.pod' must not have 'containers': say 'container' and 'pod.containers'"],
  [{ autoscaler: { minReplicas: 3 } }, "'manifest.autoscaler' must not have 'minReplicas': the keeper writes it; say 'baseline.floor'"],
  [{ autoscaler: { metrics: [] } }, "'manifest.autoscaler' must not have 'metrics': say 'autoscaling.metrics'"],
  [{ pod: [] as any }, "'manifest.pod' must be the fields of a pod as in a manifest, such as { dnsPolicy: 'Default' }"],
])('%j is refused', (manifest, message) => {
  expect(() => serviceIn(chartIn('shop'), manifest)).toThrow(message);
});

test('a metric that is none is refused', () => {
  expect(() => new PrewarmedService(chartIn('shop'), 'queue', { image: 'queue:1', autoscaling: { metrics: [{ type: 'Resource' }] } }))
    .toThrow("'autoscaling.metrics[0]' must be a Metric, such as Metric.resourceCpu(MetricTarget.averageUtilization(70))");
});

function serviceIn(chart: ReturnType<typeof chartIn>, manifest: ManifestFragments): PrewarmedService {
  return new PrewarmedService(chart, 'queue', { image: 'queue:5.0.2', manifest });
}
