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
    expect(notes).toEqual(["Pods metric 'http_requests' is taken as requests per second", "External metric 'queue' is taken as requests per second"]);
  });

  test('an autoscaler that says nothing has the API server\'s default of 80 % CPU, and no behavior', () => {
    expect(of(hpa({ maxReplicas: 9 })).autoscaler).toEqual({ maxReplicas: 9, metrics: [{ type: 'Resource', name: 'cpu', averageUtilization: 80 }] });
  });

  test('requests per second as a metric scale up without CPU', () => {
    const service = of(hpa({
      maxReplicas: 162, metrics: [{ type: 'Pods', pods: { metric: { name: 'rps' }, target: { type: 'AverageValue', averageValue: '140' } } }],
    }), deployment({}));
    const { prewarmed } = rehearse(service, { traffic: [{ atMs: 0, rps: 100 }, { atMs: 1, rps: 500 }], faults: [{ name: 'no-prewarm' }] });
    expect(prewarmed.series.replicas[prewarmed.series.replicas.length - 1]).toBe(4);
  });

  test('a ScaledObject has KEDA\'s field names', () => {
    const target = { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', name: 'registration' };
    const { autoscaler, notes } = of({
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
    expect(notes[0]).toBe("External metric 'prometheus' is taken as requests per second");
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

function of(target: any, workload?: any, reference?: { apiVersion: string; kind: string; name: string }) {
  const plan = { ...marathon().plan, ...(reference ? { target: reference } : {}) };
  expect(plan.openings[0].at).toBe(OPENING);
  const config = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'registration-prewarm', labels: { 'cdk8s-prewarm/service': 'registration' } },
    data: { 'plan.json': encodePlan(plan) },
  };
  return serviceIn([config, target, ...(workload ? [workload] : [])]);
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
