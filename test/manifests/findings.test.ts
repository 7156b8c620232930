import { DAY, HOUR, MARATHON, MINUTE, NOW, autoscaler, configMap, deployed, deployment, keeperObjects, openingAt, other, planOf } from './plans';
import { textOf } from '../../src/core/finding';
import { PLAN_KEY } from '../../src/core/plan/names';
import { PlanFinding } from '../../src/manifests/finding';
import { findingsOf } from '../../src/manifests/findings';

const CONFIG = configMap(MARATHON);
const OPENS = MARATHON.openings[0].at;

function findingsIn(...objects: readonly any[]): PlanFinding[] {
  return findingsOf({ deployed: deployed(...objects), now: NOW, isExcerpt: true });
}

/** Identity and place of what is found. */
function found(...objects: readonly any[]): string[] {
  return findingsIn(...objects).map(({ id, position }) => `${id} ${position?.line}:${position?.file}`);
}

function sentences(...objects: readonly any[]): string[] {
  return findingsIn(...objects).map(textOf);
}

test('nothing is found in what the constructs write', () => {
  expect(found(CONFIG, deployment('registration'), autoscaler('registration'))).toEqual([]);
});

test('a plan that cannot be decoded is found at its key, with the way out', () => {
  const old = { ...CONFIG, data: { [PLAN_KEY]: CONFIG.data[PLAN_KEY].replace('"version": 1', '"version": 7') } };
  expect(found(old)).toEqual(['plan-unreadable 1:data.plan.json']);
  expect(sentences(old)[0]).toContain('the plan has version 7, this program reads version 1');
});

test("a plan.json that is not ours is somebody else's", () => {
  expect(found(other('v1', 'ConfigMap', 'terraform', { data: { [PLAN_KEY]: '{}' } }))).toEqual([]);
});

test('two plans of one service are found at the second', () => {
  expect(found(CONFIG, CONFIG)).toEqual(['service-twice 2:metadata.name']);
});

test("spec.replicas is found where it stands, and only on the plan's workload", () => {
  const objects = [CONFIG, deployment('registration', { replicas: 3 }), deployment('another', { replicas: 3 })];
  expect(found(...objects)).toEqual(['replicas-set 2:spec.replicas']);
  expect(sentences(...objects)[0]).toBe("Deployment 'registration' has 'replicas: 3': an apply in the middle of an event kills all pods but those; "
    + "take the field out, the autoscaler writes it; of one that lives already only after 'prewarm adopt', or the deploy leaves one pod");
});

test('minReplicas is found on a rendered target, of an HPA and of a ScaledObject', () => {
  expect(found(CONFIG, autoscaler('registration', { minReplicas: 2 }))).toEqual(['min-replicas-set 2:spec.minReplicas']);
  const keda = planOf('pay', [openingAt('sale', OPENS, 30)], { target: { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', name: 'pay' } });
  expect(found(configMap(keda), other('keda.sh/v1alpha1', 'ScaledObject', 'pay', { spec: { minReplicaCount: 1 } })))
    .toEqual(['min-replicas-set 2:spec.minReplicaCount']);
});

test('objects read from a cluster have these fields rightly', () => {
  const live = (object: any) => ({ ...object, metadata: { ...object.metadata, uid: '3f2a' } });
  expect(found(CONFIG, live(deployment('registration', { replicas: 108 })), live(autoscaler('registration', { minReplicas: 108 })))).toEqual([]);
});

test("a maxReplicas below the plan's floor is found where the ceiling is fixed", () => {
  expect(found(CONFIG, autoscaler('registration', { maxReplicas: 107 }))).toEqual(['ceiling-too-low 2:spec.maxReplicas']);
  expect(found(CONFIG, autoscaler('registration', { maxReplicas: 108 }))).toEqual([]);
  expect(found(configMap({ ...MARATHON, fixedCeiling: undefined }), autoscaler('registration', { maxReplicas: 10 }))).toEqual([]);
});

test('a second autoscaler of the workload is found, in the same namespace only', () => {
  const second = autoscaler('second', { scaleTargetRef: { kind: 'Deployment', name: 'registration' } });
  expect(found(CONFIG, autoscaler('registration'), second)).toEqual(['two-autoscalers 3:spec.scaleTargetRef']);
  expect(found(CONFIG, autoscaler('registration'), { ...second, metadata: { name: 'second', namespace: 'another' } })).toEqual([]);
});

test('an autoscaler that scales another workload than the plan names is found, whatever its version', () => {
  const scales = (kind: string, name: string, apiVersion = 'apps/v1') => autoscaler('registration', { scaleTargetRef: { apiVersion, kind, name } });
  expect(found(CONFIG, scales('Deployment', 'registration-web'))).toEqual(['workload-differs 2:spec.scaleTargetRef']);
  expect(found(CONFIG, scales('StatefulSet', 'registration'))).toEqual(['workload-differs 2:spec.scaleTargetRef']);
  expect(found(CONFIG, scales('Deployment', 'registration', 'apps/v1beta2'))).toEqual([]);
  expect(sentences(CONFIG, scales('Deployment', 'registration-web'))[0]).toBe("HorizontalPodAutoscaler 'registration' scales Deployment 'registration-web', "
    + "and the plan names Deployment 'registration'; name it as the 'workload' of the schedule's target");
});

test('a container without CPU request is found where the autoscaler looks at CPU', () => {
  const bare = deployment('registration', { resources: { requests: { memory: '1Gi' } } });
  expect(found(CONFIG, bare)).toEqual(['no-cpu-request 2:spec.template.spec.containers.0']);
  expect(found(CONFIG, deployment('registration', { resources: { limits: { cpu: '1' } } }))).toEqual([]);
  const onQueue = autoscaler('registration', { metrics: [{ type: 'External', external: { metric: { name: 'queue' } } }] });
  expect(found(CONFIG, bare, onQueue)).toEqual([]);
});

test.each([
  ['that one container is followed', 'autoscaling/v2', {
    metrics: [{
      type: 'ContainerResource', containerResource: { name: 'cpu', container: 'log', target: { type: 'Utilization', averageUtilization: 60 } },
    }],
  }, ['no-cpu-request 2:spec.template.spec.containers.1']],
  ['that another container is followed', 'autoscaling/v2', {
    metrics: [{
      type: 'ContainerResource', containerResource: { name: 'cpu', container: 'main', target: { type: 'Utilization', averageUtilization: 60 } },
    }],
  }, []],
  ['that CPU is followed as an amount', 'autoscaling/v2', {
    metrics: [{
      type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '500m' } },
    }],
  }, []],
  ['of an old version with a target of CPU', 'autoscaling/v2beta1', {
    metrics: [{
      type: 'Resource', resource: { name: 'cpu', targetAverageUtilization: 60 },
    }],
  }, ['no-cpu-request 2:spec.template.spec.containers.1']],
  ['without any metric, which the API server takes for 80 % of CPU', 'autoscaling/v1', {}, ['no-cpu-request 2:spec.template.spec.containers.1']],
])('a container without CPU request is judged by what an autoscaler says %s', (_, apiVersion, spec, expected) => {
  const workload = deployment('registration', { name: 'app', resources: { requests: { cpu: '1' } } });
  workload.spec.template.spec.containers.push({ name: 'log', image: 'log:1' });
  const about = found(CONFIG, workload, { ...autoscaler('registration', spec), apiVersion });
  expect(about.filter(finding => !finding.startsWith('version-unserved'))).toEqual(expected);
});

test('no container needs a CPU request where the pod has one as a whole', () => {
  const workload = deployment('registration', { resources: {} });
  workload.spec.template.spec.resources = { requests: { cpu: '2' } };
  expect(found(CONFIG, workload)).toEqual([]);
});

test('an autoscaler without a metric of others cannot have a floor of 0', () => {
  const sleeper = configMap({ ...MARATHON, baseline: { floor: 0, ceiling: 10 } });
  const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } };
  const queue = { type: 'External', external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '30' } } };
  expect(found(sleeper, autoscaler('registration', { metrics: [cpu] }))).toEqual(['cannot-sleep 2:spec.metrics']);
  expect(sentences(sleeper, autoscaler('registration', { metrics: [cpu] }))[0]).toBe("HorizontalPodAutoscaler 'registration' is to have a floor of 0 between events: "
    + 'it needs Kubernetes 1.37 or later, and a metric of type Object or External; add such a metric, or pass a baseline with a floor of at least 1');
  expect(found(sleeper, autoscaler('registration', { metrics: [cpu, queue] }))).toEqual([]);
  expect(found(sleeper)).toEqual([]);
});

test('a workload without an autoscaler gets its size from the keeper', () => {
  const reference = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'registration' };
  const objects = [configMap({ ...MARATHON, target: reference }), deployment('registration', { replicas: 3 })];
  expect(found(...objects)).toEqual(['replicas-set 2:spec.replicas']);
  expect(sentences(...objects)[0]).toContain('take the field out, the keeper writes it');
});

test('a sidecar without CPU request counts, an init container does not', () => {
  const workload = (restartPolicy: string | undefined) => {
    const object = deployment('registration');
    object.spec.template.spec.initContainers = [{ name: 'mesh', restartPolicy }];
    return object;
  };
  expect(found(CONFIG, workload('Always'))).toEqual(['no-cpu-request 2:spec.template.spec.initContainers.0']);
  expect(found(CONFIG, workload(undefined))).toEqual([]);
});

test.each([
  ['pods', '107', '108'],
  ['count/pods', '107', '108'],
  ['requests.cpu', '107', '108'],
  ['requests.cpu', '107500m', '108000m'],
  ['requests.memory', '100Gi', '108Gi'],
  ['memory', '107Gi', '108Gi'],
])('a quota of %s that the floor exceeds is found: %s', (field, hard, needed) => {
  const quota = other('v1', 'ResourceQuota', 'team', { spec: { hard: { [field]: hard } } });
  expect(found(CONFIG, deployment('registration'), quota)).toEqual([`quota-exceeded 3:spec.hard.${field}`]);
  expect(sentences(CONFIG, deployment('registration'), quota)[0]).toBe(`ResourceQuota 'team' allows ${hard} of '${field}'; the floors of `
    + `'marathon/registration' alone ask for ${needed} from Sat 2026-12-05 07:00 on; raise the quota first`);
});

test('a sidecar that starts first counts in the sum for a quota, an init container does not', () => {
  const quota = other('v1', 'ResourceQuota', 'team', { spec: { hard: { 'requests.cpu': '108' } } });
  const workload = (restartPolicy: string | undefined) => {
    const object = deployment('registration');
    object.spec.template.spec.initContainers = [{ name: 'mesh', restartPolicy, resources: { requests: { cpu: '100m' } } }];
    return object;
  };
  expect(sentences(CONFIG, workload('Always'), quota)[0]).toContain('alone ask for 118.8 from');
  expect(found(CONFIG, workload(undefined), quota)).toEqual([]);
});

test('what a pod asks for as a whole, and its overhead, is what a quota counts', () => {
  const workload = deployment('registration');
  Object.assign(workload.spec.template.spec, { resources: { requests: { cpu: '2' } }, overhead: { cpu: '500m' } });
  const quota = (cpu: string) => other('v1', 'ResourceQuota', 'team', { spec: { hard: { 'requests.cpu': cpu } } });
  expect(found(CONFIG, workload, quota('269'))).toEqual(['quota-exceeded 3:spec.hard.requests.cpu']);
  expect(found(CONFIG, workload, quota('270'))).toEqual([]);
});

test('a quota that holds the floor, has scopes, or is of another namespace is no finding', () => {
  const quota = (spec: any, namespace?: string) => other('v1', 'ResourceQuota', 'team', { spec }, namespace);
  expect(found(CONFIG, quota({ hard: { pods: '108' } }), quota({ hard: { pods: '1' }, scopes: ['BestEffort'] }), quota({ hard: { pods: '1' } }, 'other')))
    .toEqual([]);
});

test('floors of several services count together against a quota only where they overlap', () => {
  const quota = other('v1', 'ResourceQuota', 'team', { spec: { hard: { pods: '160' } } });
  const second = (at: number) => configMap(planOf('queue', [openingAt('sale', at, 60)]));
  expect(found(CONFIG, second(OPENS + HOUR), quota)).toEqual(['quota-exceeded 3:spec.hard.pods']);
  expect(found(CONFIG, second(OPENS + DAY), quota)).toEqual([]);
});

test('a lead that start-up does not allow is a warning, one that no cluster can meet an error', () => {
  const withLead = (leadMs: number) => findingsIn(configMap(planOf('web', [openingAt('sale', OPENS, 108, { leadMs })])));
  // 30 s job, 15 s autoscaler, 3.8 s creation, 45 s start-up; with nodes and image 6 min 4 s
  expect(withLead(22 * MINUTE)).toEqual([]);
  expect(withLead(21 * MINUTE).map(({ severity }) => severity)).toEqual(['warning']);
  expect(withLead(16 * MINUTE).map(({ severity }) => severity)).toEqual(['error']);
  expect(textOf(withLead(21 * MINUTE)[0])).toBe("'sale' asks for 108 pods only 6m before they must be Ready, which takes up to 6m3s "
    + '(job 30s, autoscaler 15s, creating 106 pods 3s, new nodes 3m30s, image 1m, start-up 45s); a \'lead\' of 22m is enough');
});

test('a ramp counts from where the whole floor is asked for', () => {
  const ramped = openingAt('sale', OPENS, 108, { leadMs: HOUR, rampUp: { overMs: 44 * MINUTE, steps: 4 } });
  expect(found(configMap(planOf('web', [ramped])))).toEqual(['lead-too-short 1:data.plan.json']);
});

test('what is past needs no longer lead', () => {
  expect(found(configMap(planOf('web', [openingAt('sale', NOW - 5 * DAY, 108, { leadMs: 16 * MINUTE }), openingAt('sale', NOW + 5 * DAY, 108)])))).toEqual([]);
});

test('pods of many services at once need longer than the lead of each', () => {
  const fleet = (count: number) => Array.from({ length: count }, (_, i) =>
    configMap(planOf(`web-${i}`, [openingAt('sale', OPENS, 302, { leadMs: 25 * MINUTE })])));
  // 300 pods each at 20 a second: 15 s; the lead leaves 10 minutes less 90 s
  expect(found(...fleet(30))).toEqual([]);
  expect(findingsIn(...fleet(40)).map(({ id }) => id)).toEqual(['fleet-too-slow']);
  expect(sentences(...fleet(40))[0]).toBe('40 services ask for 12,000 more pods at Sat 2026-12-05 09:35; a cluster creates 20 a second, the last after '
    + "9m58s, so 'marathon/web-0' is Ready 1m28s later than 'sale' wants it; lengthen the 'lead' of some of them");
});

test('a season that ends soon is found once for all services, a one-off event never', () => {
  const season = (last: number) => [3, 2, 1, 0].map(weeks => openingAt('friday', last - weeks * 7 * DAY, 20));
  const services = (last: number) => ['queue', 'web'].map(name => configMap(planOf(name, season(last))));
  expect(found(...services(NOW + 27 * DAY))).toEqual(['season-ends-soon 1:data.plan.json']);
  expect(sentences(...services(NOW + 27 * DAY))[0]).toBe("the season 'friday' of 'marathon/queue', 'marathon/web' has its last opening on "
    + "Sat 2026-12-19 21:00, in 27d; move 'lastDate' if it goes on");
  expect(found(...services(NOW + 28 * DAY))).toEqual([]);
  expect(found(configMap(planOf('web', [openingAt('once', NOW + DAY, 20)])))).toEqual([]);
});

test('a service whose openings are all past is found', () => {
  expect(sentences(configMap(planOf('web', [openingAt('once', NOW - DAY, 20)]))))
    .toEqual(["every opening is past, the last was 'once' on Sat 2026-11-21; add the next, or take the events out"]);
});

test('an opening in the far future is found once for all services, whether of a season or not', () => {
  const at = (days: number) => ['queue', 'web'].map(name => configMap(planOf(name, [openingAt('sale', NOW + days * DAY, 20)])));
  expect(found(...at(399))).toEqual([]);
  expect(found(...at(400))).toEqual(['far-ahead 1:data.plan.json']);
  expect(sentences(...at(13_161))[0]).toBe("'sale' of 'marathon/queue', 'marathon/web' has its last opening on Mon 2062-12-04 21:00, in 36y; is the year right?");
  expect(found(configMap(planOf('web', [0, 1, 2, 500].map(days => openingAt('daily', NOW + days * DAY, 20)))))).toEqual(['far-ahead 1:data.plan.json']);
});

test('an event that asks for less than the baseline is found, once for all its openings', () => {
  const of = (floor: number) => configMap(planOf('web', [5, 6].map(days => openingAt('sale', NOW + days * DAY, floor)), { baseline: { floor: 80, ceiling: 100 } }));
  expect(found(of(80))).toEqual([]);
  expect(sentences(of(50))).toEqual(["'sale' asks for 50 pods, the baseline is 80: the event changes nothing; 2 openings alike"]);
  expect(found(configMap(planOf('web', [openingAt('sale', NOW - DAY, 1), openingAt('sale', NOW + DAY, 9)])))).toEqual([]);
});

test('more pods than a cluster can have is an error', () => {
  const of = (floor: number) => findingsIn(configMap(planOf('web', [openingAt('sale', OPENS, floor, { leadMs: 20 * HOUR })])));
  expect(of(150_000)).toEqual([]);
  expect(of(150_001)).toMatchObject([{ id: 'too-many-pods', severity: 'error' }]);
  expect(of(150_001).map(textOf))
    .toEqual(["'sale' asks for 150,001 pods, and Kubernetes is built for 150,000 in a cluster; are the demand and the capacity of a pod right?"]);
});

test('a lead a day longer than pods need is found with what it costs', () => {
  const of = (lead: number, more: object = {}) => configMap(planOf('web', [openingAt('sale', OPENS, 102, { leadMs: lead, ...more })], { startupMs: HOUR }));
  expect(found(of(25 * HOUR + 20 * MINUTE))).toEqual([]);
  expect(found(of(25 * HOUR + 21 * MINUTE))).toEqual(['lead-too-long 1:data.plan.json']);
  expect(sentences(of(3 * DAY))).toEqual(["'sale' keeps 102 pods for 3d before it opens, 7,200 pod-hours more than the baseline; "
    + "they are Ready within 1h5m, so a shorter 'lead' is enough"]);
  // 49 beyond the baseline for 72 h, 51 more for 48 h
  expect(sentences(of(3 * DAY, { rampUp: { overMs: DAY, steps: 2 } }))[0]).toContain(' 5,976 pod-hours');
});

test.each([
  ['registry.example.com/main', true], ['main:latest', true], ['localhost:5000/main', true], ['main@latest:5', false],
  ['localhost:5000/main:2.8.1', false], ['main@sha256:0123', false], ['main:latest@sha256:0123', false], ['', false],
])("whether the image '%s' may be another at each pull: %s", (image, isMoving) => {
  const workload = deployment('registration', { template: { spec: { containers: [{ name: 'main', image, resources: { requests: { cpu: '1' } } }] } } });
  expect(found(CONFIG, workload)).toEqual(isMoving ? ['moving-tag 2:spec.template.spec.containers.0.image'] : []);
});

test("the jobs' image is found once", () => {
  const job = (kind: string, role: string, image: string) => {
    const object = keeperObjects(MARATHON).find(one => one.kind === kind && one.metadata.labels['cdk8s-prewarm/role'] === role);
    object.metadata.name = `registration-${role}`;
    (kind === 'Job' ? object : object.spec.jobTemplate).spec.template.spec.containers[0].image = image;
    return object;
  };
  expect(found(CONFIG, job('CronJob', 'bump', 'node'), job('CronJob', 'drop', 'node'), job('Job', 'arm', 'node')))
    .toEqual(['moving-tag 2:spec.jobTemplate.spec.template.spec.containers.0.image']);
  expect(sentences(CONFIG, job('CronJob', 'bump', 'node:latest'))[0]).toBe("container 'keeper' of CronJob 'registration-bump' has image 'node:latest', "
    + 'which may be another at each pull; name a tag that does not move, or a digest');
});
