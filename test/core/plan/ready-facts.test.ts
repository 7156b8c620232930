import { earlyProbeOf, readyFactsOf } from '../../../src/core/plan/ready-facts';

const OWN = { labelSelector: { matchLabels: { app: 'web' } } };

test('a Deployment of Kubernetes\' defaults has nothing that slows it', () => {
  expect(readyFactsOf('Deployment', workload({}))).toEqual({
    isOrdered: false,
    minReadySeconds: 0,
    readinessGates: [],
    initContainers: [],
    rollout: { kind: 'rolling', maxSurge: '25%', maxUnavailable: '25%' },
    isPaused: false,
    domains: [],
    nodeRequirements: [],
    toleratedTaints: [],
  });
});

describe('one pod after the other', () => {
  test.each([
    ['a StatefulSet', 'StatefulSet', workload({}), true],
    ['one that says so', 'StatefulSet', workload({}, { podManagementPolicy: 'OrderedReady' }), true],
    ['one that is parallel', 'StatefulSet', workload({}, { podManagementPolicy: 'Parallel' }), false],
    ['one that is known by name only', 'StatefulSet', undefined, true],
    ['a Deployment', 'Deployment', workload({}), false],
    ['a Rollout that is known by name only', 'Rollout', undefined, false],
  ])('%s', (_, kind, object, isOrdered) => {
    expect(readyFactsOf(kind, object).isOrdered).toBe(isOrdered);
  });
});

describe('a rollout', () => {
  test.each<[string, string, object, object]>([
    ['with its own figures', 'Deployment', { strategy: { rollingUpdate: { maxSurge: 3, maxUnavailable: 0 } } }, { kind: 'rolling', maxSurge: 3, maxUnavailable: 0 }],
    ['that recreates', 'Deployment', { strategy: { type: 'Recreate' } }, { kind: 'recreate' }],
    ['of a StatefulSet: one pod at a time, and none more', 'StatefulSet', {}, { kind: 'rolling', maxSurge: 0, maxUnavailable: 1 }],
    ['of a kind whose strategy nobody reads', 'Pool', { strategy: { type: 'Recreate' } },
      { kind: 'rolling', maxSurge: '25%', maxUnavailable: '25%', isAssumed: true }],
    ['of a StatefulSet on delete', 'StatefulSet', { updateStrategy: { type: 'OnDelete' } }, { kind: 'on-delete' }],
  ])('%s', (_, kind, spec, rollout) => {
    expect(readyFactsOf(kind, workload({}, spec)).rollout).toEqual(rollout);
  });

  test('does not begin while the workload is paused', () => {
    expect(readyFactsOf('Deployment', workload({}, { paused: true })).isPaused).toBe(true);
  });
});

describe('pods that do not fit on one node', () => {
  test.each<[string, object, string | undefined]>([
    ['required anti-affinity by node', antiAffinity('kubernetes.io/hostname'), 'its required anti-affinity'],
    ['anti-affinity that is only preferred', { affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{}] } } }, undefined],
    ['anti-affinity against others', antiAffinity('kubernetes.io/hostname', { labelSelector: { matchLabels: { app: 'db' } } }), undefined],
    ['anti-affinity by an expression', antiAffinity('kubernetes.io/hostname', { labelSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] } }),
      'its required anti-affinity'],
    ['anti-affinity whose expression leaves them out', antiAffinity('kubernetes.io/hostname', { labelSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] } }),
      undefined],
    ['a port of the node', { containers: [{ name: 'app', ports: [{ containerPort: 80, hostPort: 8080 }] }] }, 'hostPort 8080'],
    ['the network of the node', { hostNetwork: true, containers: [{ name: 'app', ports: [{ containerPort: 9000 }] }] }, 'hostPort 9000'],
    ['a port of their own', { containers: [{ name: 'app', ports: [{ containerPort: 80 }] }] }, undefined],
  ])('%s', (_, pod, because) => {
    expect(readyFactsOf('Deployment', workload(pod)).aloneBecause).toBe(because);
  });

  test('a zone takes one pod, or not many more than the others, and only where that is required', () => {
    const zone = 'topology.kubernetes.io/zone';
    expect(readyFactsOf('Deployment', workload(antiAffinity(zone))).domains).toEqual([{ topologyKey: zone, limit: '1 pod each' }]);
    const spread = (more: object) => readyFactsOf('Deployment', workload({ topologySpreadConstraints: [{ topologyKey: zone, maxSkew: 2, ...OWN, ...more }] })).domains;
    expect(spread({ whenUnsatisfiable: 'DoNotSchedule' })).toEqual([{ topologyKey: zone, limit: 'maxSkew 2' }]);
    expect(spread({})).toEqual([{ topologyKey: zone, limit: 'maxSkew 2' }]);
    expect(spread({ whenUnsatisfiable: 'ScheduleAnyway' })).toEqual([]);
  });
});

test('what must be so before a pod is Ready, and where it may stand', () => {
  expect(readyFactsOf('Deployment', workload({
    initContainers: [{ name: 'migrate' }, { name: 'mesh', restartPolicy: 'Always' }],
    readinessGates: [{ conditionType: 'target-health.elbv2.k8s.aws/web' }],
    nodeSelector: { disktype: 'ssd' },
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'gpu', operator: 'Exists' }] }] } } },
    tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'tickets', effect: 'NoSchedule' }, { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }],
  }, { minReadySeconds: 10 }))).toMatchObject({
    minReadySeconds: 10,
    initContainers: ['migrate'],
    readinessGates: ['target-health.elbv2.k8s.aws/web'],
    nodeRequirements: ['disktype', 'gpu'],
    toleratedTaints: ['dedicated'],
  });
});

test.each<[string, any]>([
  ['nothing', undefined],
  ['an empty object', {}],
  ['no spec', { spec: null }],
  ['lists that are none', workload({ initContainers: 'a', readinessGates: 5, tolerations: {}, topologySpreadConstraints: null, nodeSelector: null, affinity: null })],
  ['entries that are none', workload({ initContainers: [null], readinessGates: [null], tolerations: ['a'], containers: [{ ports: [null] }] })],
])('%s is read without complaint', (_, object) => {
  expect(readyFactsOf('Deployment', object)).toMatchObject({ isOrdered: false, readinessGates: [], initContainers: [] });
});

describe('a probe that gives up too early', () => {
  const probe = { initialDelaySeconds: 5, periodSeconds: 10, failureThreshold: 3, successThreshold: 1 };

  test('kills a container that takes longer to start', () => {
    expect(earlyProbeOf({ livenessProbe: probe }, 60_000)).toEqual({ probe: 'livenessProbe', givesUpAfterMs: 35_000 });
    expect(earlyProbeOf({ livenessProbe: probe }, 35_000)).toBeUndefined();
    expect(earlyProbeOf({ readinessProbe: probe }, 60_000)).toBeUndefined();
  });

  test('of liveness waits for the startup probe', () => {
    const patient = { ...probe, failureThreshold: 30 };
    expect(earlyProbeOf({ startupProbe: patient, livenessProbe: probe }, 60_000)).toBeUndefined();
    expect(earlyProbeOf({ startupProbe: probe, livenessProbe: patient }, 60_000)).toEqual({ probe: 'startupProbe', givesUpAfterMs: 35_000 });
  });
});

function workload(pod: object, spec: object = {}): any {
  return { spec: { template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app' }], ...pod } }, ...spec } };
}

function antiAffinity(topologyKey: string, term: object = OWN): object {
  return { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, ...term }] } } };
}
