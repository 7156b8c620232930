import { Duration } from 'cdk8s';
import { OPENING, marathon } from './services';
import { Demand, EventScaleSchedule, OpeningEvent, PodCapacity, PrewarmedService, ScheduleTarget } from '../../src';
import { encodePlan } from '../../src/core/plan/document';
import { deployedIn } from '../../src/manifests/deployed';
import { Manifest } from '../../src/manifests/manifest';
import { rehearsedServiceOf } from '../../src/rehearsal/from-objects';
import { rehearse } from '../../src/rehearsal/rehearse';
import { chartIn } from '../support/charts';

const EVENT = OpeningEvent.once('seoul-marathon', { at: '2026-12-05T10:00', timeZone: 'Asia/Seoul' });

test('a PrewarmedService is rehearsed as it is rendered, nothing is guessed', () => {
  const chart = chartIn('marathon');
  new PrewarmedService(chart, 'registration', {
    image: 'registry.example.com/registration:2.8.1',
    startupTime: Duration.seconds(45),
    podCapacity: PodCapacity.requestsPerSecond(200),
    events: [{ event: EVENT, demand: Demand.requestsPerSecond(15_000) }],
  });
  const service = serviceIn(chart.toJson());
  expect(service.notes).toEqual([]);
  expect(service.autoscaler).toMatchObject({
    maxReplicas: 162,
    metrics: [{ type: 'Resource', name: 'cpu', averageUtilization: 70 }],
    behavior: { scaleDown: { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }] } },
  });
  expect(service.workload).toMatchObject({
    image: 'registry.example.com/registration:2.8.1',
    imagePullPolicy: 'IfNotPresent',
    cpuRequestMillis: 1000,
    memoryRequestMiB: 1024,
    memoryLimitMiB: 1024,
    maxUnavailable: 0,
    maxSurge: '10%',
  });
  expect(service.workload.preStopSeconds).toBeGreaterThan(0);
  expect(service.cronJobs.map(({ role, concurrencyPolicy }) => [role, concurrencyPolicy])).toEqual(expect.arrayContaining([
    ['bump', 'Forbid'], ['verify', expect.any(String)], ['drop', expect.any(String)], ['repair', expect.any(String)],
  ]));
  expect(rehearse(service, { untilMs: 600_000 }).prewarmed).toMatchObject({ success: 1, floorViolationSeconds: 0 });
});

test('a target known by name is taken as one of ours, and the notes say so', () => {
  const chart = chartIn('marathon');
  new EventScaleSchedule(chart, 'payment', {
    target: ScheduleTarget.fromAutoscalerName('payment-hpa'),
    baseline: { floor: 3, ceiling: 20 },
    events: [{ event: EVENT, demand: Demand.replicas(60) }],
  });
  const service = serviceIn(chart.toJson());
  expect(service.notes).toEqual([
    "HorizontalPodAutoscaler 'payment-hpa' is not in the manifests; taken as one with a target of 70 % of the requested CPU, and Kubernetes' default behavior",
    "Deployment 'payment-hpa' is not in the manifests; taken as one with 1 CPU, 1 GiB of memory and a readiness probe every 5 s",
  ]);
  expect(rehearse(service).notes).toEqual([...service.notes, expect.stringContaining('so the peak of 4,200 requests/s is made up')]);
  expect(rehearse(service, { untilMs: 600_000 }).prewarmed.verify.says).toBe('60 of 60 ready');
});

test('a target that is named by fromScale has no autoscaler, and as many pods as the plan asks for', () => {
  const chart = chartIn('marathon');
  new EventScaleSchedule(chart, 'lobby', {
    target: ScheduleTarget.fromScale({ apiVersion: 'games.example.com/v1', kind: 'GameServerSet', name: 'lobby' }),
    baseline: { floor: 3 },
    events: [{ event: EVENT, demand: Demand.replicas(60) }],
  });
  const service = serviceIn(chart.toJson());
  expect(service.autoscaler).toBeUndefined();
  expect(service.notes[0]).toBe("GameServerSet 'lobby' is not in the manifests; taken as one with 1 CPU, 1 GiB of memory and a readiness probe every 5 s");
  expect(rehearse(service, { untilMs: 600_000 }).prewarmed.verify.says).toBe('60 of 60 ready');
});

describe('somebody else\'s objects', () => {
  test('an autoscaler with other metrics and its own behavior', () => {
    const { autoscaler, notes } = of(hpa({
      minReplicas: 2,
      maxReplicas: 9,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '700m' } } },
        { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '512Mi' } } },
        { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'app', target: { type: 'Utilization', averageUtilization: 60 } } },
        { type: 'Pods', pods: { metric: { name: 'http_requests' }, target: { type: 'AverageValue', averageValue: '150' } } },
        { type: 'External', external: { metric: { name: 'queue' }, target: { type: 'Value', value: '2k' } } },
      ],
      behavior: { scaleDown: { stabilizationWindowSeconds: 60, selectPolicy: 'Min', tolerance: '50m' } },
    }), deployment({}));
    expect(autoscaler).toEqual({
      minReplicas: 2,
      maxReplicas: 9,
      metrics: [
        { type: 'Resource', name: 'cpu', averageValue: 700 },
        { type: 'Resource', name: 'memory', averageValue: 512_000 },
        { type: 'ContainerResource', name: 'cpu', container: 'app', averageUtilization: 60 },
        { type: 'Pods', name: 'http_requests', averageValue: 150_000 },
        { type: 'External', name: 'queue', value: 2_000_000 },
      ],
      behavior: {
        scaleUp: {
          stabilizationWindowSeconds: 0,
          selectPolicy: 'Max',
          policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, { type: 'Percent', value: 100, periodSeconds: 15 }],
        },
        scaleDown: {
          stabilizationWindowSeconds: 60, selectPolicy: 'Min', tolerance: 0.05, policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
        },
      },
    });
    // what is not known of them is said where they are played
    expect(notes).toEqual([]);
  });

  test('an autoscaler that says nothing has the API server\'s default of 80 % CPU, and no behavior', () => {
    expect(of(hpa({ maxReplicas: 9 })).autoscaler).toEqual({ maxReplicas: 9, metrics: [{ type: 'Resource', name: 'cpu', averageUtilization: 80 }] });
  });

  test('an autoscaler of autoscaling/v1 is rehearsed as its twin of autoscaling/v2', () => {
    const first = { ...hpa({ maxReplicas: 12, targetCPUUtilizationPercentage: 40 }), apiVersion: 'autoscaling/v1' };
    const second = hpa({ maxReplicas: 12, metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 40 } } }] });
    expect(of(first).autoscaler).toEqual(of(second).autoscaler);
    expect(of(first).autoscaler!.metrics).toEqual([{ type: 'Resource', name: 'cpu', averageUtilization: 40 }]);
  });

  test('an autoscaler of autoscaling/v1 has its behavior in an annotation', () => {
    const { autoscaler } = of({
      ...hpa({ maxReplicas: 12, behavior: { scaleDown: { stabilizationWindowSeconds: 1 } } }),
      apiVersion: 'autoscaling/v1',
      metadata: { name: 'registration', annotations: { 'autoscaling.alpha.kubernetes.io/behavior': '{"scaleDown":{"stabilizationWindowSeconds":60}}' } },
    });
    expect(autoscaler!.behavior!.scaleDown.stabilizationWindowSeconds).toBe(60);
  });

  test('a metric that the scenario gives as requests per second scales up without CPU', () => {
    const service = of(hpa({
      maxReplicas: 162, metrics: [{ type: 'Pods', pods: { metric: { name: 'rps' }, target: { type: 'AverageValue', averageValue: '140' } } }],
    }), deployment({}));
    const { prewarmed } = rehearse(service, {
      traffic: [{ atMs: 0, rps: 100 }, { atMs: 1, rps: 500 }], faults: [{ name: 'no-prewarm' }], metrics: { rps: 'requests' },
    });
    expect(prewarmed.series.replicas[prewarmed.series.replicas.length - 1]).toBe(4);
  });

  test('a ScaledObject has KEDA\'s field names', () => {
    const target = { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', name: 'registration' };
    const { autoscaler } = of({
      ...target,
      metadata: { name: 'registration' },
      spec: {
        minReplicaCount: 2,
        maxReplicaCount: 50,
        triggers: [
          { type: 'cpu', metricType: 'Utilization', metadata: { value: '65' } },
          { type: 'prometheus', metadata: { threshold: '100' } },
        ],
        advanced: { horizontalPodAutoscalerConfig: { behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } } },
      },
    }, undefined, target);
    expect(autoscaler).toMatchObject({
      minReplicas: 2,
      maxReplicas: 50,
      metrics: [{ type: 'Resource', name: 'cpu', averageUtilization: 65 }, { type: 'External', name: 'prometheus', averageValue: 100_000 }],
      behavior: { scaleDown: { stabilizationWindowSeconds: 0 } },
    });
  });

  test('a Deployment with Kubernetes\' defaults, a sidecar, a pod without CPU request', () => {
    const plain = of(hpa({}), deployment({ containers: [{ name: 'app', image: 'app', readinessProbe: {} }] })).workload;
    expect(plain).toEqual({
      image: 'app',
      imagePullPolicy: 'Always',
      maxSurge: '25%',
      maxUnavailable: '25%',
      preStopSeconds: 0,
      graceSeconds: 30,
      readinessProbe: { initialDelaySeconds: 0, periodSeconds: 10, failureThreshold: 3, successThreshold: 1 },
    });
    const sidecar = of(hpa({}), deployment({
      initContainers: [
        { name: 'migrate', resources: { requests: { cpu: '2' } } },
        { name: 'mesh', restartPolicy: 'Always', resources: { requests: { cpu: '100m' } } },
      ],
      containers: [{
        name: 'app', image: 'app:1.0', resources: { limits: { cpu: '1.5', memory: '2Gi' } }, lifecycle: { preStop: { exec: { command: ['sh', '-c', 'sleep 15'] } } },
      }],
      terminationGracePeriodSeconds: 60,
    })).workload;
    // a limit without a request is the request
    expect(sidecar).toMatchObject({ cpuRequestMillis: 1600, memoryLimitMiB: 2048, preStopSeconds: 15, graceSeconds: 60, imagePullPolicy: 'IfNotPresent' });
  });

  describe('in a pod of several containers', () => {
    const proxy = {
      name: 'istio-proxy', image: 'istio/proxyv2:1.24', resources: { requests: { cpu: '100m' }, limits: { memory: '128Mi' } }, readinessProbe: { periodSeconds: 30 },
    };
    const web = {
      name: 'web', image: 'web:1.0', ports: [{ containerPort: 8080 }], resources: { requests: { cpu: '1' }, limits: { memory: '2Gi' } }, readinessProbe: { periodSeconds: 5 },
    };
    const api = { ...web, name: 'api', image: 'api:1.0', ports: [{ containerPort: 9090 }] };
    const service = {
      apiVersion: 'v1', kind: 'Service', metadata: { name: 'registration' }, spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 9090 }] },
    };
    const workloadOf = (containers: readonly object[], metadata: object, ...others: readonly object[]) => {
      const workload: any = deployment({ containers });
      workload.spec.template.metadata = metadata;
      return of(hpa({}), workload, undefined, ...others).workload;
    };

    test('the app is no known sidecar, though one stands first', () => {
      expect(workloadOf([proxy, web], {})).toMatchObject({ image: 'web:1.0', memoryLimitMiB: 2048, readinessProbe: { periodSeconds: 5 }, cpuRequestMillis: 1100 });
    });

    test('the app is the one that the annotation names', () => {
      expect(workloadOf([proxy, web, api], { annotations: { 'kubectl.kubernetes.io/default-container': 'api' } }).image).toBe('api:1.0');
    });

    test('the app is the one with the port of the Service', () => {
      expect(workloadOf([proxy, web, api], { labels: { app: 'web' } }, service).image).toBe('api:1.0');
      expect(workloadOf([proxy, web, api], { labels: { app: 'other' } }, service).image).toBe('web:1.0');
    });
  });

  test('a metric of one container needs no request of the others', () => {
    const metrics = [{ type: 'ContainerResource', containerResource: { name: 'cpu', container: 'web', target: { type: 'Utilization', averageUtilization: 60 } } }];
    const workload = deployment({ containers: [{ name: 'web', image: 'web:1.0', resources: { requests: { cpu: '500m' } } }, { name: 'log', image: 'log:1.0' }] });
    expect(of(hpa({ metrics }), workload).workload).toMatchObject({ cpuRequestMillis: 500, reservedCpuMillis: 500 });
    expect(of(hpa({}), workload).workload).not.toHaveProperty('cpuRequestMillis');
  });

  test('a pod takes of its node what starting it needs, and its overhead', () => {
    expect(of(hpa({}), deployment({
      initContainers: [{ name: 'migrate', resources: { requests: { cpu: '2' } } }],
      containers: [{ name: 'app', image: 'app:1.0', resources: { requests: { cpu: '500m' } } }],
      overhead: { cpu: '250m' },
    })).workload).toMatchObject({ cpuRequestMillis: 500, reservedCpuMillis: 2250 });
  });

  test('what a pod asks for as a whole overrides its containers', () => {
    expect(of(hpa({}), deployment({
      containers: [{ name: 'app', image: 'app:1.0', resources: { requests: { cpu: '500m' } } }],
      resources: { requests: { cpu: '2', memory: '4Gi' }, limits: { memory: '4Gi' } },
    })).workload).toMatchObject({ cpuRequestMillis: 2000, reservedCpuMillis: 2000, memoryRequestMiB: 4096, memoryLimitMiB: 4096 });
  });

  test('a workload without a pod template is rehearsed as a usual one, and the notes say so', () => {
    expect(of(hpa({}), { ...deployment({}), spec: {} }).notes)
      .toEqual(["Deployment 'registration' has no pods in its manifest; taken as one with 1 CPU, 1 GiB of memory and a readiness probe every 5 s"]);
  });

  test('without a CPU request the autoscaler has no metric, and nothing but the floor moves pods', () => {
    const service = of(hpa({ maxReplicas: 162 }), deployment({ containers: [{ name: 'app', image: 'app:1.0', readinessProbe: {} }] }));
    const { prewarmed } = rehearse(service);
    expect(prewarmed.log.map(({ says }) => says)).toContain('cannot scale: FailedGetResourceMetric');
    expect(prewarmed.series.replicas[prewarmed.series.replicas.length - 1]).toBe(2);
    expect(prewarmed.maxReplicas).toBe(2);
  });

  test('a workload that is recreated goes away at once in a rollout', () => {
    const { workload } = of(hpa({}), { ...deployment({}), spec: { ...deployment({}).spec, strategy: { type: 'Recreate' } } });
    expect(workload).toMatchObject({ maxSurge: 0, maxUnavailable: '100%' });
  });
});

function serviceIn(objects: readonly any[]) {
  const { services, unreadable } = deployedIn(objects.map(manifestOf));
  expect(unreadable).toEqual([]);
  return rehearsedServiceOf(services[0]);
}

function of(target: any, workload?: any, reference?: { apiVersion: string; kind: string; name: string }, ...others: readonly object[]) {
  const plan = { ...marathon().plan, ...(reference ? { target: reference } : {}) };
  expect(plan.openings[0].at).toBe(OPENING);
  const config = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'registration-prewarm', labels: { 'cdk8s-prewarm/service': 'registration' } },
    data: { 'plan.json': encodePlan(plan) },
  };
  return serviceIn([config, target, ...(workload ? [workload] : []), ...others]);
}

function hpa(spec: object) {
  return { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'registration' }, spec };
}

function deployment(pod: any) {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'registration' }, spec: { template: { spec: { containers: [{ name: 'app' }], ...pod } } } };
}

function manifestOf(object: any): Manifest {
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name: object.metadata.name,
    ...(object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
    object,
    at: () => ({ file: 'test', line: 1, column: 1 }),
  };
}
