import { MARATHON, MINUTE, NOW, SECOND, autoscaler, configMap, deployed, deployment, openingAt, other, planOf } from './plans';
import { textOf } from '../../src/core/finding';
import { findingsOf } from '../../src/manifests/findings';

const OPENS = MARATHON.openings[0].at;
const SHOP = planOf('shop', [openingAt('sale', OPENS, 60)]);
const CONFIG = configMap(SHOP);

function found(...objects: readonly any[]): string[] {
  return findingsOf({ deployed: deployed(...objects), now: NOW, isExcerpt: true })
    .map(finding => `${finding.id} ${finding.severity} ${finding.position?.file}: ${textOf(finding)}`);
}

/** A Deployment whose template has these fields of a pod. */
function withPod(pod: object, spec: object = {}, container: object = {}): any {
  const workload = deployment('shop', spec);
  const { template } = workload.spec;
  template.metadata = { labels: { app: 'shop' } };
  Object.assign(template.spec, pod);
  Object.assign(template.spec.containers[0], container);
  return workload;
}

// ---- pods that start one after the other

const SET = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'shop' };
const STATEFUL = planOf('shop', [openingAt('sale', OPENS, 60, { leadMs: 45 * MINUTE })], { workload: SET, startupMs: 60 * SECOND });
const LEAD = "lead-too-short error plan.json: 'sale' asks for 60 pods only 30m before they must be Ready";

/** A set of which nothing stands in the way but its order. */
function set(spec: object = {}): any {
  return { ...deployment('shop', spec), kind: 'StatefulSet' };
}

test.each([
  ['known by name', []],
  ['that leaves its podManagementPolicy to Kubernetes', [set()]],
  ['with OrderedReady', [set({ podManagementPolicy: 'OrderedReady' })]],
])('the pods of a StatefulSet %s need one start-up each', (_, objects) => {
  const [finding] = found(configMap(STATEFUL), ...objects);
  expect(finding).toContain(LEAD.replace('plan.json', 'data.plan.json'));
  expect(finding).toContain('starting 58 pods one after the other 58m');
  expect(finding).toContain("or 'podManagementPolicy: Parallel' in a new StatefulSet");
});

test('the pods of a StatefulSet with podManagementPolicy Parallel start together', () => {
  expect(found(configMap(STATEFUL), set({ podManagementPolicy: 'Parallel' }))).toEqual([]);
});

test('each pod of an ordered StatefulSet but the last waits for minReadySeconds of the one before it', () => {
  expect(found(configMap(STATEFUL), set({ minReadySeconds: 60 }))[0]).toContain('starting 58 pods one after the other 1h55m');
});

test('a lead that starts all pods one after the other is enough', () => {
  const plan = { ...STATEFUL, openings: [openingAt('sale', OPENS, 60, { leadMs: 100 * MINUTE })] };
  expect(found(configMap(plan), set())).toEqual([]);
});

// ---- probes

test.each([
  ['livenessProbe', { livenessProbe: { initialDelaySeconds: 5 } }, '35s'],
  ['startupProbe', { startupProbe: { periodSeconds: 10 }, livenessProbe: { initialDelaySeconds: 600 } }, '30s'],
])('a %s that gives up before the start-up time is found, with both figures', (probe, container, after) => {
  expect(found(CONFIG, withPod({}, {}, container))).toEqual([
    `probe-too-early warning spec.template.spec.containers.0.${probe}: the ${probe} of container 'main' of Deployment 'shop' gives up after ${after}, `
    + "and 'startupTime' is 45s: the container is killed before it can be Ready; give the probe more time (failureThreshold, periodSeconds) "
    + "or add a startupProbe that has it; say another 'startupTime' if it starts faster",
  ]);
});

test('a liveness probe that a patient startup probe holds back is none to speak of', () => {
  expect(found(CONFIG, withPod({}, {}, { livenessProbe: {}, startupProbe: { failureThreshold: 30 } }))).toEqual([]);
});

test('the probe of the container that serves counts, not that of a sidecar before it', () => {
  const workload = withPod({}, {}, { name: 'istio-proxy', startupProbe: {} });
  workload.spec.template.spec.containers.push({ name: 'app', image: 'app:1', resources: { requests: { cpu: '1' } } });
  expect(found(CONFIG, workload)).toEqual([]);
});

test('readiness gates are a note, since how long their controller takes is not known', () => {
  expect(found(CONFIG, withPod({ readinessGates: [{ conditionType: 'target-health.elbv2.k8s.aws/web' }] }))).toEqual([
    "startup-uncounted note spec.template.spec.readinessGates: pods of Deployment 'shop' are Ready only once another controller has opened their "
    + "readiness gates: target-health.elbv2.k8s.aws/web; count that time in 'startupTime'",
  ]);
});

// ---- rollouts

test.each([
  ['the strategy Recreate', { strategy: { type: 'Recreate' } }, 'rollout-hurts warning spec.strategy: '],
  ['a pause', { paused: true }, 'rollout-hurts warning spec.paused: '],
])('a workload with %s is found', (_, spec, expected) => {
  expect(found(CONFIG, withPod({}, spec))).toEqual([expect.stringContaining(expected)]);
});

// ---- where pods may run

const OWN = { labelSelector: { matchLabels: { app: 'shop' } } };
const antiAffinity = (topologyKey: string, more: object = {}) => ({
  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ ...OWN, topologyKey, ...more }] } },
});

test.each([
  ['required anti-affinity by node', antiAffinity('kubernetes.io/hostname'), 'warning', 'has one pod on a node, because of its required anti-affinity: its highest floor needs 60 nodes'],
  ['required anti-affinity by zone', antiAffinity('topology.kubernetes.io/zone'), 'warning', 'has 1 pod each by topology.kubernetes.io/zone: its highest floor of 60 pods needs 60'],
  ['a host port', { hostNetwork: false, containers: [{ name: 'main', image: 'main:1', ports: [{ hostPort: 8080 }], resources: { requests: { cpu: '1' } } }] }, 'warning',
    'has one pod on a node, because of hostPort 8080: its highest floor needs 60 nodes'],
  ['a spread that must hold', { topologySpreadConstraints: [{ ...OWN, topologyKey: 'topology.kubernetes.io/zone', maxSkew: 1 }] }, 'note',
    'may be kept from nodes by topology.kubernetes.io/zone (maxSkew 1)'],
  ['a node selector', { nodeSelector: { disktype: 'ssd' } }, 'note', 'needs nodes with disktype'],
  ['a toleration', { tolerations: [{ key: 'team', operator: 'Exists' }] }, 'note', 'tolerates team, marks of nodes that are set apart'],
])('pods with %s are found', (_, pod, severity, sentence) => {
  expect(found(CONFIG, withPod(pod))).toEqual([expect.stringContaining(`placement-limited ${severity} spec.template.spec: Deployment 'shop' ${sentence}`)]);
});

test('pods that would rather not share a node may', () => {
  const preferred = { affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { ...OWN, topologyKey: 'kubernetes.io/hostname' } }] } } };
  expect(found(CONFIG, withPod(preferred))).toEqual([]);
});

// ---- versions, and other hands

test.each(['autoscaling/v2beta1', 'autoscaling/v2beta2'])('an autoscaler written as %s is found', apiVersion => {
  expect(found(CONFIG, { ...autoscaler('shop'), apiVersion })).toEqual([
    `version-unserved warning apiVersion: HorizontalPodAutoscaler 'shop' is written as ${apiVersion}, which current Kubernetes does not serve: `
    + 'it refuses to apply it; write it as autoscaling/v2',
  ]);
});

test.each(['autoscaling/v1', 'autoscaling/v2'])('an autoscaler written as %s is served', apiVersion => {
  expect(found(CONFIG, { ...autoscaler('shop'), apiVersion })).toEqual([]);
});

function vpa(updatePolicy?: object, name = 'shop', namespace = 'marathon'): any {
  return other('autoscaling.k8s.io/v1', 'VerticalPodAutoscaler', 'vertical', {
    spec: { targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, ...updatePolicy ? { updatePolicy } : {} },
  }, namespace);
}

test('a VerticalPodAutoscaler that recreates pods of the workload is found', () => {
  expect(found(CONFIG, vpa({ updateMode: 'Recreate' }))).toEqual([
    "pods-recreated warning spec.updatePolicy: VerticalPodAutoscaler 'vertical' with updateMode Recreate takes running pods of Deployment 'shop' away "
    + "to change their requests, also inside a window; set 'updatePolicy.updateMode' to 'Initial' or 'Off'",
  ]);
  expect(found(CONFIG, vpa())).toEqual([expect.stringContaining('with updateMode Auto')]);
});

test.each([
  ['that recreates nothing', vpa({ updateMode: 'Initial' })],
  ['of another workload', vpa({ updateMode: 'Recreate' }, 'another')],
  ['of another namespace', vpa({ updateMode: 'Recreate' }, 'shop', 'another')],
])('a VerticalPodAutoscaler %s is none of our business', (_, object) => {
  expect(found(CONFIG, object)).toEqual([]);
});

test('an autoscaler that may take no pod away leaves the pods of an event there', () => {
  expect(found(CONFIG, autoscaler('shop', { behavior: { scaleDown: { selectPolicy: 'Disabled' } } }))).toEqual([
    "never-scales-down warning spec.behavior.scaleDown: HorizontalPodAutoscaler 'shop' takes no pod away (scaleDown has selectPolicy Disabled): "
    + "the pods of an event, up to 60 pods, stay after the drop; take 'selectPolicy: Disabled' out; a longer 'stabilizationWindowSeconds' lets them go slowly",
  ]);
  expect(found(CONFIG, autoscaler('shop', { behavior: { scaleUp: { selectPolicy: 'Disabled' } } }))).toEqual([]);
});

test('an autoscaler that follows a container which the pods do not have is found', () => {
  const follows = (container: string) => autoscaler('shop', {
    metrics: [{ type: 'ContainerResource', containerResource: { name: 'cpu', container, target: { type: 'Utilization', averageUtilization: 60 } } }],
  });
  expect(found(CONFIG, deployment('shop'), follows('web'))).toEqual([
    "measured-container-missing warning spec.metrics: HorizontalPodAutoscaler 'shop' follows container 'web', and Deployment 'shop' has 'main': "
    + 'the autoscaler cannot compute its metric; name a container of the pods',
  ]);
  expect(found(CONFIG, deployment('shop'), follows('main'))).toEqual([]);
});
