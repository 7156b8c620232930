import { eventually, kubectl, onCluster } from './support/cluster';
import { prewarm } from './support/command-line';
import { manifestsIn, minuteAfter } from './support/manifests';
import { Namespace } from './support/namespace';
import { armed, eventFrom, guarded, serviceIn } from './support/services';

const FLOOR = 4;
const OPT_OUT = 'mesh.example.com/inject';

/** What a mesh does that we do not know: a container that never ends comes into every pod that has not opted out. */
const injector = (namespace: string) => [
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingAdmissionPolicy',
    metadata: { name: namespace },
    spec: {
      failurePolicy: 'Fail',
      reinvocationPolicy: 'Never',
      matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }] },
      matchConditions: [{
        name: 'not-opted-out',
        expression: `object.metadata.?annotations['${OPT_OUT}'].orValue('') != 'false'`,
      }],
      mutations: [{
        patchType: 'JSONPatch',
        jsonPatch: {
          expression: `[JSONPatch{op: "add", path: "/spec/containers/-", value: Object.spec.containers{name: "proxy", image: "node:22",
            args: ["-e", "setInterval(() => {}, 1e9)"], securityContext: Object.spec.containers.securityContext{runAsUser: 65532, runAsNonRoot: true,
            allowPrivilegeEscalation: false, capabilities: Object.spec.containers.securityContext.capabilities{drop: ["ALL"]}}}}]`,
        },
      }],
    },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingAdmissionPolicyBinding',
    metadata: { name: namespace },
    spec: { policyName: namespace, matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } } },
  },
];

onCluster('a mesh that puts a container which never ends into every pod', {}, () => {
  const namespace = Namespace.forGroup('sidecars');
  const KINDS = ['mutatingadmissionpolicybinding', 'mutatingadmissionpolicy'];

  beforeAll(async () => {
    for (const object of injector(namespace.name)) {
      await kubectl(['apply', '-f', '-'], JSON.stringify(object));
    }
    // the window is on: arm raises the floor, and has the guards stand
    const event = eventFrom(minuteAfter(-120_000), { minutes: 20 });
    await namespace.apply(manifestsIn(namespace.name, chart => {
      serviceIn(chart, 'meshed', FLOOR, event);
      serviceIn(chart, 'apart', FLOOR, event, { keeper: { podAnnotations: { [OPT_OUT]: 'false' } } });
    }));
  });

  afterAll(async () => {
    for (const kind of KINDS) {
      await kubectl(['delete', kind, namespace.name, '--ignore-not-found']);
    }
  });

  test('does not keep the floor down, nor the guards away', async () => {
    await guarded(namespace, 'meshed');
    const [guard] = await namespace.pods('cdk8s-prewarm/service=meshed,cdk8s-prewarm/role=guard');
    expect(guard.spec.containers.map(({ name }: { name: string }) => name)).toContain('proxy');
    await eventually('the floor', 60_000, async () => await namespace.floor('meshed') === FLOOR);
    await namespace.patch('hpa', 'meshed', { spec: { minReplicas: 1 } });
    await eventually('the floor again', 5_000, async () => await namespace.floor('meshed') === FLOOR);
  });

  test('is named by status as what keeps the arm job from its end', async () => {
    await eventually('the words of status', 90_000, async () => {
      const { out } = await prewarm(namespace, 'status');
      return /its keeper has ended, but container proxy beside it has not/.test(out);
    });
  });

  test('leaves alone what keeper.podAnnotations has opted out', async () => {
    await armed(namespace, 'cdk8s-prewarm/service=apart,cdk8s-prewarm/role=arm');
    await guarded(namespace, 'apart');
  });
});
