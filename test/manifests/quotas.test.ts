import { MARATHON, MINUTE, NOW, autoscaler, configMap, deployed, deployment, keeperObjects, openingAt, other, planOf, synthOf } from './plans';
import { textOf } from '../../src/core/finding';
import { PlanFinding } from '../../src/manifests/finding';
import { findingsOf } from '../../src/manifests/findings';

const SHOP = planOf('shop', [openingAt('sale', MARATHON.openings[0].at, 12)]);

function findingsIn(...objects: readonly any[]): PlanFinding[] {
  return findingsOf({ deployed: deployed(...objects), now: NOW, isExcerpt: true });
}

function found(...objects: readonly any[]): string[] {
  return findingsIn(...objects).map(finding => `${finding.id}: ${textOf(finding)}`);
}

function quota(hard: object, more: object = {}): any {
  return other('v1', 'ResourceQuota', 'team', { spec: { hard, ...more } });
}

function limitRange(item: object): any {
  return other('v1', 'LimitRange', 'limits', { spec: { limits: [item] } });
}

const CPU_AND_MEMORY = { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '200m', memory: '64Mi' } };

// ---- what a quota makes compulsory

test.each([
  ['limits.cpu', 'cpu limit', 'limit'],
  ['limits.memory', 'memory limit', 'limit'],
])('a quota that counts %s refuses the pods of a container that has none', (field, what, side) => {
  expect(found(configMap(SHOP), deployment('shop'), quota({ [field]: '200Gi', 'requests.cpu': '200' }))).toEqual([
    `quota-needs-resources: ResourceQuota 'team' counts '${field}', and container 'main' of Deployment 'shop' has no ${what}: its pods are refused; `
    + `give it one, or the namespace a LimitRange with a default ${side}`,
  ]);
  expect(found(configMap(SHOP), deployment('shop', { resources: CPU_AND_MEMORY }), quota({ [field]: '200Gi' }))).toEqual([]);
});

test('a request that is missing is its limit, so a quota of requests refuses only what has neither', () => {
  const counted = quota({ 'requests.cpu': '200', 'memory': '200Gi' });
  expect(found(configMap(SHOP), deployment('shop', { resources: { limits: { cpu: '1', memory: '1Gi' } } }), counted)).toEqual([]);
  expect(found(configMap(SHOP), deployment('shop', { resources: { requests: { cpu: '1' } } }), counted)).toEqual([
    expect.stringContaining("ResourceQuota 'team' counts 'memory', and container 'main' of Deployment 'shop' has no memory request"),
  ]);
});

test('init containers need what a quota counts too', () => {
  const workload = deployment('shop', { resources: CPU_AND_MEMORY });
  workload.spec.template.spec.initContainers = [{ name: 'migrate', image: 'migrate:1' }];
  expect(found(configMap(SHOP), workload, quota({ 'limits.cpu': '200' }))[0]).toContain("container 'migrate' of Deployment 'shop' has no cpu limit");
});

test("a LimitRange's default gives a container what the quota counts", () => {
  const counted = quota({ 'limits.cpu': '200', 'limits.memory': '200Gi' });
  const defaults = limitRange({ type: 'Container', default: { cpu: '2', memory: '2Gi' } });
  expect(found(configMap(SHOP), deployment('shop'), counted, defaults)).toEqual([]);
  const most = limitRange({ type: 'Container', max: { cpu: '2', memory: '2Gi' } });
  expect(found(configMap(SHOP), deployment('shop'), counted, most)).toEqual([]);
});

test("what the keepers' pods lack is found at each job, and told once", () => {
  const objects = keeperObjects(SHOP);
  for (const { spec } of objects.filter(({ kind }) => kind === 'CronJob')) {
    spec.jobTemplate.spec.template.spec.containers[0].resources = {};
  }
  const texts = found(configMap(SHOP), ...objects, quota({ 'limits.cpu': '200' }));
  expect(texts).toEqual([expect.stringContaining("container 'keeper' of CronJob 'shop-sale-bump' has no cpu limit: its pods are refused; 2 more alike; ")]);
});

// ---- what a quota counts

test('guards and verify count beside the floor, and only while they run', () => {
  const within = (pods: number) => found(...synthOf(SHOP), deployment('shop', { resources: CPU_AND_MEMORY }), quota({ pods: `${pods}` }));
  expect(within(15)).toEqual([]);
  expect(within(14)).toEqual(["quota-exceeded: ResourceQuota 'team' allows 14 of 'pods'; the floors of 'marathon/shop' and the pods of their jobs "
    + 'alone ask for 15 from Sat 2026-12-05 09:45 on; raise the quota first']);
  expect(within(13)[0]).toContain('alone ask for 15 from Sat 2026-12-05 09:45 on');
});

test("the keepers' own requests and limits are in the sum", () => {
  // 12 pods of 200m, and three keepers of 500m
  const within = (cpu: string) => found(...synthOf(SHOP), deployment('shop', { resources: CPU_AND_MEMORY }), quota({ 'limits.cpu': cpu }));
  expect(within('3900m')).toEqual([]);
  expect(within('3899m')[0]).toContain('alone ask for 3900m from');
});

test('without guards, bump is gone at once and counts no pod', () => {
  const plan = { ...SHOP, guards: 0 };
  expect(found(...synthOf(plan), deployment('shop'), quota({ pods: '13' }))).toEqual([]);
  expect(found(...synthOf(plan), deployment('shop'), quota({ pods: '12' }))[0]).toContain('alone ask for 13 from Sat 2026-12-05 09:45 on');
});

test('defaults of a LimitRange are in the sum', () => {
  const objects = [configMap(SHOP), deployment('shop', { resources: {} }), limitRange({ type: 'Container', default: { cpu: '1' }, defaultRequest: { cpu: '500m' } })];
  expect(found(...objects, quota({ 'requests.cpu': '6' }))).toEqual([]);
  expect(found(...objects, quota({ 'requests.cpu': '5' }))[0]).toContain("allows 5 of 'requests.cpu'; the floors of 'marathon/shop' alone ask for 6 from");
});

test.each([
  ['count/cronjobs.batch', 3, 3],
  // arm, and of each CronJob one that runs and three that are kept
  ['count/jobs.batch', 13, 13],
  ['count/configmaps', 1, 1],
  ['configmaps', 1, 1],
  ['count/deployments.apps', 2, 2],
  ['count/roles.rbac.authorization.k8s.io', 1, 1],
])('a quota of objects counts those of the manifests: %s', (field, hard, count) => {
  const within = (most: number) => found(...synthOf(SHOP), deployment('shop'), quota({ [field]: `${most}` }));
  expect(within(hard)).toEqual([]);
  expect(within(hard - 1)).toEqual([
    `quota-exceeded: ResourceQuota 'team' allows ${hard - 1} of '${field}'; these manifests alone make ${count}; raise the quota first`,
  ]);
});

// ---- limit ranges

test.each<[object, string]>([
  [{ maxLimitRequestRatio: { cpu: '4' } }, 'has a limit of cpu that is 10 times its request, and may be at most 4 times'],
  [{ min: { cpu: '60m' } }, 'has less cpu than the least, 60m'],
  [{ max: { memory: '100Mi' } }, 'has more memory than the most, 100Mi'],
  [{ min: { 'ephemeral-storage': '1Gi' }, defaultRequest: {} }, ''],
])('a LimitRange of %j refuses the keepers', (item, text) => {
  const texts = found(...synthOf(SHOP), deployment('shop', { resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '100m', memory: '64Mi' } } }),
    limitRange({ type: 'Container', ...item }));
  expect(texts).toEqual(text === '' ? [] : [expect.stringContaining(`limit-range-broken: LimitRange 'limits' refuses the pods of Job 'shop-arm': container 'keeper' ${text}; 4 more alike; `)]);
});

test('a LimitRange for pods counts their containers together', () => {
  const workload = deployment('shop', { resources: CPU_AND_MEMORY });
  workload.spec.template.spec.containers.push({ name: 'proxy', image: 'proxy:1', resources: CPU_AND_MEMORY });
  expect(found(configMap(SHOP), workload, limitRange({ type: 'Pod', max: { cpu: '399m' } })))
    .toEqual(["limit-range-broken: LimitRange 'limits' refuses the pods of Deployment 'shop': a pod has more cpu than the most, 399m; "
      + 'change the resources or the LimitRange']);
  expect(found(configMap(SHOP), workload, limitRange({ type: 'Pod', max: { cpu: '400m' } }))).toEqual([]);
});

test('a request above the limit that a LimitRange gives is refused', () => {
  expect(found(configMap(SHOP), deployment('shop'), limitRange({ type: 'Container', default: { cpu: '500m' } }))[0])
    .toContain("container 'main' requests more cpu than the limit that it is given, 500m");
});

// ---- objects without a namespace

test('objects without a namespace are taken to be in that of the plans, and a note says so', () => {
  const nowhere = [deployment('shop', { replicas: 3 }), autoscaler('shop', { minReplicas: 2 }), quota({ pods: '5' })]
    .map(({ metadata: { name }, ...object }) => ({ ...object, metadata: { name } }));
  const findings = findingsIn(configMap(SHOP), ...nowhere);
  expect(findings.map(({ id }) => id).sort()).toEqual(['min-replicas-set', 'namespace-missing', 'quota-exceeded', 'replicas-set']);
  expect(textOf(findings.find(({ id }) => id === 'namespace-missing')!)).toBe("3 objects name no namespace, such as Deployment 'shop': "
    + "taken to be in 'marathon'; say where they will be with --namespace");
});

test('a plan without a namespace is taken to be in the one of all others', () => {
  const { metadata: { namespace, ...metadata }, ...config } = configMap(SHOP);
  expect(namespace).toBe('marathon');
  expect(findingsIn({ ...config, metadata }, deployment('shop', { replicas: 3 })).map(({ id }) => id).sort()).toEqual(['namespace-missing', 'replicas-set']);
});

test('among plans of several namespaces, objects without one are compared by name', () => {
  const { metadata, ...workload } = deployment('shop', { replicas: 3 });
  const queue = configMap(planOf('queue', [openingAt('sale', NOW + 600 * MINUTE, 12)]), 'tickets');
  const findings = findingsIn(configMap(SHOP), queue, { ...workload, metadata: { name: metadata.name } });
  expect(findings.map(({ id }) => id).sort()).toEqual(['namespace-missing', 'replicas-set']);
  expect(textOf(findings.find(({ id }) => id === 'namespace-missing')!)).toContain('compared by name where a plan names them, else left out');
});

test('where nothing names a namespace there is nothing to assume', () => {
  const nowhere = [configMap(SHOP), deployment('shop', { replicas: 3 })].map(({ metadata: { namespace, ...metadata }, ...object }) => ({ ...object, metadata }));
  expect(findingsIn(...nowhere).map(({ id }) => id)).toEqual(['replicas-set']);
});
