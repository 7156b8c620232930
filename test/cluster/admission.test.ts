import { Cpu } from 'cdk8s-plus-28';
import { eventually, kubectl, onCluster, tryKubectl } from './support/cluster';
import { prewarm } from './support/command-line';
import { manifestsIn } from './support/manifests';
import { Namespace } from './support/namespace';
import { armed, foreignManifests } from './support/services';
import { EventScaleSchedule, KeeperOptions, ScheduleTarget } from 'cdk8s-prewarm';

onCluster('a namespace that admits only users of its own range, and limits of CPU near the requests', {}, () => {
  const namespace = Namespace.forGroup('admission');

  beforeAll(async () => {
    await kubectl(['apply', '-f', '-'], usersFrom(namespace, 1000680000));
    await namespace.apply(JSON.stringify({
      apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'ratio' }, spec: { limits: [{ type: 'Container', maxLimitRequestRatio: { cpu: '4' } }] },
    }));
    await namespace.apply(foreignManifests('shop', { ceiling: 10 }));
  });

  afterAll(async () => {
    await tryKubectl(['delete', 'validatingadmissionpolicy,validatingadmissionpolicybinding', namespace.name]);
  });

  const near = { cpu: { request: Cpu.millis(125) } };

  test.each<[string, KeeperOptions, RegExp]>([
    ['LimitRange', { runAsUser: 1000680000 }, /cpu max limit to request ratio per Container is 4, but provided ratio is 10/],
    ['policy', { resources: near }, /runAsUser must be in the range from 1000680000/],
  ])('status and wait quote the %s that refuses the pod of arm', async (_, keeper, words) => {
    await namespace.apply(scheduleIn(namespace, keeper));
    await eventually('status says why', 30_000, async () => words.test(flat((await prewarm(namespace, 'status')).out)));
    const { err } = await prewarm(namespace, 'wait', '--timeout', '1s');
    expect(flat(err)).toMatch(words);
    await namespace.kubectl(['delete', 'jobs', '--all']);
  });

  test('arms with resources and a user that it takes', async () => {
    await namespace.apply(scheduleIn(namespace, { resources: near, runAsUser: 1000680000 }));
    await armed(namespace);
    expect(await namespace.floor('shop')).toBe(3);
  });

  test('takes pods whose user the platform is to assign', async () => {
    await namespace.kubectl(['delete', 'jobs', '--all']);
    await namespace.apply(scheduleIn(namespace, { resources: near, platformAssignsUser: true }));
    // this platform assigns none, so it is created and not started
    await eventually('the pod of arm', 20_000, async () => (await namespace.pods('cdk8s-prewarm/role=arm')).length > 0);
  });
});

function scheduleIn(namespace: Namespace, keeper: KeeperOptions): string {
  return manifestsIn(namespace.name, chart => new EventScaleSchedule(chart, 'shop', {
    target: ScheduleTarget.fromAutoscalerName('shop'), baseline: { floor: 3, ceiling: 10 }, keeper,
  }));
}

/** As OpenShift's `restricted-v2`: a pod that names no user is given one, another than those of the namespace is refused. */
function usersFrom(namespace: Namespace, least: number): string {
  const { name } = namespace;
  const user = 'object.spec.securityContext.runAsUser';
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name },
        spec: {
          matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }] },
          validations: [{
            expression: `!has(object.spec.securityContext) || !has(${user}) || ${user} >= ${least}`, message: `runAsUser must be in the range from ${least}`,
          }],
        },
      },
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { name },
        spec: {
          policyName: name,
          validationActions: ['Deny'],
          matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } },
        },
      },
    ],
  });
}

function flat(text: string): string {
  return text.replace(/\s+/g, ' ');
}
