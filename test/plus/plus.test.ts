import { App, Testing } from 'cdk8s';
import { app as app28 } from './app-28';
import { app as app32 } from './app-32';
import { app as app34 } from './app-34';

const APPS: { readonly [version: string]: App } = { 28: app28, 32: app32, 34: app34 };
const VERSIONS = Object.keys(APPS);

test.each(VERSIONS)('objects of cdk8s-plus-%s are rendered as they are', version => {
  const { autoscaler, deployment } = objectsOf(version);
  expect(autoscaler.spec.metrics).toEqual([
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
    { type: 'Resource', resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: 80 } } },
  ]);
  const [container] = deployment.spec.template.spec.containers;
  expect([container.env, container.resources.requests.cpu, container.imagePullPolicy]).toEqual([[{ name: 'REGION', value: 'seoul' }], '500m', 'Always']);
});

test.each(VERSIONS)('fragments of a manifest stand over what else is said, beside cdk8s-plus-%s', version => {
  const { autoscaler, deployment } = objectsOf(version);
  const { spec } = deployment.spec.template;
  expect(spec.containers[0].readinessProbe).toEqual({ httpGet: { path: '/ready', port: 8080 } });
  expect(spec.dnsPolicy).toBe('Default');
  expect(spec.volumes.map(({ name }: { name: string }) => name)).toEqual(['tmp', 'cache']);
  expect(autoscaler.spec.behavior).toEqual({ scaleDown: { selectPolicy: 'Disabled' } });
});

test.each(VERSIONS)('the floor of an autoscaler of cdk8s-plus-%s leaves its manifest', version => {
  const { search } = objectsOf(version);
  expect(search.spec).toMatchObject({ maxReplicas: 60 });
  expect(search.spec).not.toHaveProperty('minReplicas');
});

test('all versions render the same', () => {
  const [first, ...others] = VERSIONS.map(version => objectsOf(version).autoscaler);
  others.forEach(other => expect(other).toEqual(first));
});

function objectsOf(version: string) {
  const objects = Testing.synth(APPS[version].charts[0]);
  const find = (kind: string, name: string) => objects.find(object => object.kind === kind && object.metadata.name === name);
  return {
    autoscaler: find('HorizontalPodAutoscaler', 'queue'), deployment: find('Deployment', 'queue'), search: find('HorizontalPodAutoscaler', 'search'),
  };
}
