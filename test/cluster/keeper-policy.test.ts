import { ApiObject, App, Chart, Testing, Yaml } from 'cdk8s';
import { eventually, kubectl, onCluster, tryKubectl } from './support/cluster';
import { manifestsIn } from './support/manifests';
import { Namespace } from './support/namespace';
import { armed, foreignDeployment, foreignManifests } from './support/services';
import { EventScaleSchedule, KeeperAdmissionPolicy, ScheduleTarget } from 'cdk8s-prewarm';

const ELSEWHERE = { spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'elsewhere' } } };

onCluster('a keeper that the admission policy holds', {}, () => {
  const namespace = Namespace.forGroup('held');
  const account = (service: string) => ['--as', `system:serviceaccount:${namespace.name}:${service}-prewarm`];

  beforeAll(async () => {
    await namespace.apply(foreignManifests('shop', { ceiling: 10 }));
    await namespace.apply(foreignManifests('bare', { ceiling: 10, replicas: 2 }));
    await namespace.kubectl(['delete', 'hpa', 'bare']);
    await namespace.apply(schedulesIn(namespace));
    await armed(namespace);
    await kubectl(['apply', '-f', '-'], policyOf(namespace));
    await eventually('the policy is in force', 60_000, async () =>
      /a keeper may/.test((await patched('hpa', 'shop', { metadata: { labels: { probe: String(Date.now()) } } }, 'shop')).stderr));
  });

  afterAll(async () => {
    await tryKubectl(['delete', 'validatingadmissionpolicy,validatingadmissionpolicybinding', namespace.name]);
  });

  test('does all of its work', async () => {
    await namespace.kubectl(['delete', 'jobs', '--all']);
    await namespace.patch('hpa', 'shop', { spec: { minReplicas: 1 } });
    await namespace.patch('deployment', 'bare', { spec: { replicas: 1 } });
    await namespace.apply(schedulesIn(namespace));
    await armed(namespace);
    expect(await namespace.floor('shop')).toBe(3);
    expect((await namespace.get('deployment', 'bare')).spec.replicas).toBe(4);
  });

  test.each<[string, string, object]>([
    ['point its autoscaler at another workload', 'hpa/shop', ELSEWHERE],
    ['take the metrics of its autoscaler away', 'hpa/shop', { spec: { metrics: null } }],
    ['label its autoscaler', 'hpa/shop', { metadata: { labels: { team: 'mallory' } } }],
    ['annotate its autoscaler', 'hpa/shop', { metadata: { annotations: { note: 'hello' } } }],
    ['give its Deployment another image', 'deployment/bare', { spec: { template: { spec: { containers: [{ name: 'main', image: 'evil:1' }] } } } }],
  ])('may not %s', async (_, target, patch) => {
    const [kind, name] = target.split('/');
    const { code, stderr } = await patched(kind, name, patch, name);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/a keeper may (not change labels, finalizers|change no annotations of this object but|change nothing of this object but (minReplicas and maxReplicas|replicas))/);
  });

  test('has a service that moves in forgotten by who applies it', async () => {
    const moving = manifestsIn(namespace.name, chart => new EventScaleSchedule(chart, 'mover', {
      target: new ApiObject(chart, 'Target', foreignDeployment('mover', { replicas: 3 })),
      movingIn: true,
    }));
    await namespace.apply(moving);
    await armed(namespace);
    const { metadata } = await namespace.get('deployment', 'mover');
    expect(JSON.parse(metadata.annotations['kubectl.kubernetes.io/last-applied-configuration']).spec.replicas).toBeUndefined();
  });

  test('is refused nothing else, and others are refused nothing', async () => {
    expect(await patched('hpa', 'shop', { spec: { minReplicas: 5, maxReplicas: 20 } }, 'shop')).toMatchObject({ code: 0 });
    expect(await namespace.tryKubectl(['patch', 'hpa', 'shop', '--type', 'merge', '-p', JSON.stringify(ELSEWHERE)])).toMatchObject({ code: 0 });
  });

  /** By the account of a service's jobs, which had a right to it all. */
  function patched(kind: string, name: string, patch: object, service: string) {
    return namespace.tryKubectl(['patch', kind, name, '--type', 'strategic', '-p', JSON.stringify(patch), ...account(service)]);
  }
});

function schedulesIn(namespace: Namespace): string {
  return manifestsIn(namespace.name, chart => {
    new EventScaleSchedule(chart, 'shop', { target: ScheduleTarget.fromAutoscalerName('shop'), baseline: { floor: 3, ceiling: 12 } });
    new EventScaleSchedule(chart, 'bare', { target: ScheduleTarget.fromDeploymentName('bare'), baseline: { floor: 4 } });
  });
}

function policyOf({ name }: Namespace): string {
  const chart = new Chart(new App(), 'policy');
  new KeeperAdmissionPolicy(chart, 'keepers', { name, namespaces: [name] });
  return Yaml.stringify(...Testing.synth(chart));
}
