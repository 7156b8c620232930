import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chart } from 'cdk8s';
import { SIMULATION_DIR, eventually, kubectl, onCluster, sleep, tryKubectl } from './support/cluster';
import { prewarm } from './support/command-line';
import { manifestsIn, minuteAfter } from './support/manifests';
import { Namespace } from './support/namespace';
import { armed, eventFrom, foreignManifests, guarded } from './support/services';
import { MINUTE } from '../support/durations';
import { Demand, EventScaleSchedule, ScheduleTarget } from 'cdk8s-prewarm';

onCluster('a fight over the floor', { simulation: true }, () => {
  const namespace = Namespace.forGroup('fights');
  const names = ['annotated', 'silent', 'rival'];

  beforeAll(async () => {
    const event = eventFrom(minuteAfter(0) - 2 * MINUTE, { minutes: 12 });
    const define = (chart: Chart) => names.forEach(name => new EventScaleSchedule(chart, name, {
      target: ScheduleTarget.fromAutoscalerName(name), baseline: { floor: 2, ceiling: 20 }, events: [{ event, demand: Demand.replicas(6) }],
    }));
    await Promise.all(names.map(name => namespace.apply(foreignManifests(name, { ceiling: 20 }))));
    await namespace.apply(manifestsIn(namespace.name, define));
    await armed(namespace);
    await Promise.all(names.map(name => guarded(namespace, name)));
  });

  afterAll(async () => {
    await tryKubectl(['delete', 'mutatingadmissionpolicy,mutatingadmissionpolicybinding', ...['annotated', 'silent'].map(name => `${namespace.name}-${name}`)]);
  });

  test('with a policy that sets it back makes few requests, and the floor is up within seconds of its end', async () => {
    // one leaves no trace; the other changes an annotation each time, of which the watches tell
    await Promise.all([['silent', false], ['annotated', true]].map(async ([name, isAnnotated]) => underPolicy(name as string, isAnnotated as boolean)));
  }, 120_000);

  test('with a rival is a Warning that names it, and a no-go', async () => {
    const until = Date.now() + 15_000;
    let writes = 0;
    while (Date.now() < until) {
      if (await namespace.floor('rival') === 6) {
        await namespace.patch('hpa', 'rival', { spec: { minReplicas: 2 } }, '--field-manager', 'downscaler');
        writes++;
      }
    }
    console.log(`rival: the floor was put back ${writes} times in 15 s`);
    expect(writes).toBeLessThanOrEqual(5 + 15);
    const { exitCode, out } = await prewarm(namespace, 'status');
    expect(exitCode).toBe(1);
    expect(out.replace(/\s+/g, ' ')).toContain('! downscaler takes the floor down again and again');
    await eventually('the floor is up', 5_500, async () => await namespace.floor('rival') === 6);
  }, 90_000);

  async function underPolicy(name: string, isAnnotated: boolean): Promise<void> {
    await kubectl(['apply', '-f', '-'], backTo2(namespace, name, isAnnotated));
    await eventually('the floor is set back', 60_000, async () => {
      await namespace.patch('hpa', name, { metadata: { labels: { probe: String(Date.now()) } } });
      return await namespace.floor(name) === 2;
    });
    // the first five tries
    await sleep(5_000);
    const before = requestsOf(name);
    await sleep(10_000);
    const perSecond = (requestsOf(name) - before) / 10;
    console.log(`${name}: ${perSecond} requests a second, of two guards`);
    expect(perSecond).toBeLessThan(8);
    await kubectl(['delete', 'mutatingadmissionpolicy,mutatingadmissionpolicybinding', `${namespace.name}-${name}`]);
    const ended = Date.now();
    // a policy that is deleted is in force for a second more
    await eventually('the floor is up', 10_000, async () => await namespace.floor(name) === 6);
    console.log(`${name}: up ${Date.now() - ended} ms after the policy was deleted`);
  }

  function requestsOf(service: string): number {
    return readFileSync(join(SIMULATION_DIR!, 'audit.jsonl'), 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line))
      .filter(({ user, stage }) => stage !== 'RequestReceived' && user.username === `system:serviceaccount:${namespace.name}:${service}-prewarm`).length;
  }
});

/** Each write of an autoscaler comes out with a floor of 2. */
function backTo2({ name }: Namespace, service: string, isAnnotated: boolean): string {
  const metadata = { name: `${name}-${service}` };
  const annotation = isAnnotated ? ', metadata: Object.metadata{annotations: {"policy/at": string(object.metadata.resourceVersion)}}' : '';
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'MutatingAdmissionPolicy',
        metadata,
        spec: {
          matchConstraints: {
            resourceRules: [{ apiGroups: ['autoscaling'], apiVersions: ['v2'], operations: ['UPDATE'], resources: ['horizontalpodautoscalers'], resourceNames: [service] }],
          },
          reinvocationPolicy: 'Never',
          mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: `Object{spec: Object.spec{minReplicas: 2}${annotation}}` } }],
        },
      },
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'MutatingAdmissionPolicyBinding',
        metadata,
        spec: {
          policyName: metadata.name, matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } },
        },
      },
    ],
  });
}
