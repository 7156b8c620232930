import { cronJob } from './services';
import { parseFault } from '../../src/rehearsal/faults';
import { rehearsedServiceOf } from '../../src/rehearsal/from-objects';
import { rehearse } from '../../src/rehearsal/rehearse';
import { RunResult, Scenario } from '../../src/rehearsal/types';
import { HOUR, MINUTE, SECOND } from '../support/durations';
import { autoscaler, configMap, deployed, other } from '../support/objects';
import { openingAt, planOf } from '../support/plans';

const OPENING = Date.parse('2026-12-05T10:00:00+09:00');
const CPU = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 40 } } };
/** Of Datadog: how late an event loop is. */
const DELAY = { type: 'External', external: { metric: { name: 'datadogmetric@shop:delay' }, target: { type: 'Value', value: '1' } } };
const REQUESTS = { type: 'Pods', pods: { metric: { name: 'http_requests' }, target: { type: 'AverageValue', averageValue: '100' } } };

describe('a metric of which nothing is known', () => {
  const alone: Scenario = { faults: [parseFault('no-prewarm')], traffic: [{ atMs: 0, rps: 100 }, { atMs: SECOND, rps: 6_000 }] };

  test('does not decide: all is as with CPU alone, and a note says how to give it', () => {
    const both = play(hpa([CPU, DELAY]), alone);
    expect(both.notes).toContain("External metric 'datadogmetric@shop:delay' is left out, since what it reads is not known: give it in a scenario, as "
      + "'metrics: { datadogmetric@shop:delay: requests }' where it is requests per second, or by its values over time");
    expect(both.prewarmed.success).toBe(play(hpa([CPU]), alone).prewarmed.success);
    expect(both.prewarmed.success).toBeLessThan(0.2);
  });

  test('decides as it reads where the scenario gives its values', () => {
    // twice its target from a minute after the opening on, for a minute
    const values = [0, 60, 61, 120, 121].map((second, i) => ({ atMs: second * SECOND, value: [1, 1, 2, 2, 1][i] }));
    const { prewarmed, notes } = play(hpa([DELAY]), {
      ...alone, traffic: [{ atMs: 0, rps: 10 }], metrics: { 'datadogmetric@shop:delay': values }, untilMs: 5 * MINUTE,
    });
    expect(notes).toEqual([]);
    expect(replicasAt(prewarmed, 59)).toBe(2);
    // twice the pods that are Ready
    expect(replicasAt(prewarmed, 120)).toBe(4);
  });

  test('of requests per second is that of each pod, or that of all', () => {
    const traffic = [{ atMs: 0, rps: 100 }, { atMs: 1, rps: 700 }];
    const perPod = play(hpa([REQUESTS]), { ...alone, traffic, metrics: { http_requests: 'requests' } });
    expect(last(perPod.prewarmed)).toBe(7);
    const total = { type: 'External', external: { metric: { name: 'rps' }, target: { type: 'AverageValue', averageValue: '100' } } };
    expect(last(play(hpa([total]), { ...alone, traffic, metrics: { rps: 'requests' } }).prewarmed)).toBe(7);
  });

  test('that is the only one leaves the floor alone to move pods, and the notes say so', () => {
    const { prewarmed, notes } = play(hpa([REQUESTS]), {});
    expect(notes).toContain('no metric is left to the autoscaler: nothing but the floor moves pods here');
    expect(prewarmed.verify.says).toBe('60 of 60 ready');
    expect(prewarmed.maxReplicas).toBe(60);
  });

  test('that nobody follows is said to be so', () => {
    expect(play(hpa([CPU]), { metrics: { lag: 'requests' } }).notes).toContain("the scenario gives a metric 'lag', which the autoscaler does not follow");
  });
});

describe('a ScaledObject with a cron trigger', () => {
  const trigger = (metadata: object) => ({ type: 'cron', metadata });
  const saturday = { timezone: 'Asia/Seoul', start: '30 9 5 12 *', end: '30 10 5 12 *', desiredReplicas: '20' };

  test('has so many pods from its start to its end, in its own zone', () => {
    const { prewarmed, notes } = play(scaledObject([trigger(saturday)]), { faults: [parseFault('no-prewarm')], untilMs: 2 * HOUR });
    expect(notes.filter(note => !note.includes('abandonedServedPercent'))).toEqual([]);
    expect(replicasAt(prewarmed, -31 * 60)).toBe(2);
    expect(replicasAt(prewarmed, -29 * 60)).toBe(20);
    expect(replicasAt(prewarmed, 29 * 60)).toBe(20);
    expect(replicasAt(prewarmed, 90 * 60)).toBe(2);
  });

  test('that KEDA would refuse is left out', () => {
    const { notes } = play(scaledObject([trigger({ ...saturday, start: 'at nine' })]), {});
    expect(notes[0]).toContain("External metric 'cron' is left out");
    expect(play(scaledObject([trigger({ ...saturday, desiredReplicas: undefined })]), {}).notes[0]).toContain("External metric 'cron' is left out");
  });
});

describe('an autoscaler that never scales down', () => {
  test('keeps the pods of the event after it, and a note says so', () => {
    const { prewarmed, notes } = play(hpa([CPU], { behavior: { scaleDown: { selectPolicy: 'Disabled' } } }), { traffic: [{ atMs: 0, rps: 10 }], untilMs: 4 * HOUR });
    expect(notes).toContain("HorizontalPodAutoscaler 'web' takes no pod away (scaleDown has selectPolicy Disabled): what an event brings stays after it");
    expect(prewarmed.series.floor[prewarmed.series.floor.length - 1]).toBe(2);
    expect(last(prewarmed)).toBe(60);
  });
});

test('an autoscaler of autoscaling/v1 is played as the same one of v2', () => {
  const traffic = [{ atMs: 0, rps: 100 }, { atMs: 2 * MINUTE, rps: 4_500 }, { atMs: 20 * MINUTE, rps: 4_500 }];
  const first = { ...hpa([]), apiVersion: 'autoscaling/v1' };
  delete first.spec.metrics;
  first.spec.targetCPUUtilizationPercentage = 40;
  const most = (target: object) => play(target, { traffic, untilMs: 20 * MINUTE }, 10).prewarmed.maxReplicas;
  // 4,500 / 100 at 40 % would be 113, more than the ceiling of 90 pods; at 80 % fewer would do
  expect(most(first)).toBe(most(hpa([CPU])));
  const { spec } = first;
  delete spec.targetCPUUtilizationPercentage;
  expect(most(first)).toBeLessThan(most(hpa([CPU])));
});

test('a metric of one container without a CPU request cannot scale, whatever the others request', () => {
  const metric = { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'app', target: { type: 'Utilization', averageUtilization: 60 } } };
  const containers = [{ name: 'app', image: 'web:1' }, { name: 'log', image: 'log:1', resources: { requests: { cpu: '50m' } } }];
  const { prewarmed } = play(hpa([metric]), { faults: [parseFault('no-prewarm')] }, 60, containers);
  expect(prewarmed.log.map(({ says }) => says)).toContain('cannot scale: FailedGetContainerResourceMetric');
  expect(prewarmed.maxReplicas).toBe(2);
});

const CONTAINERS: readonly object[] = [{
  name: 'app', image: 'web:1', resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '1Gi' } }, readinessProbe: { periodSeconds: 5 },
}];

/** Somebody's autoscaler in front of 2 pods of 100 requests a second, with a floor from two hours before the opening on. */
function play(target: any, scenario: Scenario, floor = 60, containers = CONTAINERS) {
  const reference = { apiVersion: target.apiVersion, kind: target.kind, name: 'web' };
  const plan = planOf('web', [openingAt('sale', OPENING, floor, { leadMs: 2 * HOUR, ceiling: 90 })], { podCapacity: 100, target: reference });
  const workload = other('apps/v1', 'Deployment', 'web', { spec: { template: { spec: { containers } } } });
  const { services } = deployed(configMap(plan), target, workload);
  const cronJobs = [cronJob('bump', '*/5 * * * *', { event: 'sale' })];
  return rehearse({ ...rehearsedServiceOf(services[0]), cronJobs }, { untilMs: 10 * MINUTE, ...scenario });
}

function hpa(metrics: readonly object[], more: object = {}): any {
  return autoscaler('web', { minReplicas: 2, maxReplicas: 90, metrics, ...more });
}

function scaledObject(triggers: readonly object[]): object {
  return other('keda.sh/v1alpha1', 'ScaledObject', 'web', { spec: { scaleTargetRef: { name: 'web' }, minReplicaCount: 2, maxReplicaCount: 90, triggers } });
}

function replicasAt({ series }: RunResult, second: number): number {
  return series.replicas[(OPENING - series.from) / SECOND + second];
}

function last({ series }: RunResult): number {
  return series.replicas[series.replicas.length - 1];
}
