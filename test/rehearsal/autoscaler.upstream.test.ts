import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { measuredRequestOf } from '../../src/core/plan/pod-shape';
import { limitByFactor, limitByRate, scaleDownLimit, scaleUpLimit } from '../../src/rehearsal/autoscaler/limits';
import { AutoscalerMemory, NO_MEMORY, changeWithin, remember, stabilizeBothWays, stabilizeDown } from '../../src/rehearsal/autoscaler/memory';
import { PodGroup, Reading, Sample, classify, propose } from '../../src/rehearsal/autoscaler/metrics';
import { Pass, reconcile } from '../../src/rehearsal/autoscaler/reconcile';
import { AutoscalerSpec, Behavior, CONTROLLER_DEFAULTS, MetricSpec, ScalingRules, defaultBehavior } from '../../src/rehearsal/autoscaler/spec';

// facts from upstream's own tests, and passes decided by upstream's own code; further cases can be tried from another folder
const FOLDER = process.env.HPA_CASES_DIR ?? join(__dirname, '../hpa-cases');
const read = (file: string) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8'));
const cases = read('cases.json');
const suite = (name: string): any[] => cases.suites.find((candidate: any) => candidate.name === name).cases;
const ran = (list: any[]) => list.filter(each => !each.skippedUpstream).map(each => [each.name ?? each.test ?? each.sourceTest, each]);

const NOW = Date.parse('2026-12-05T01:00:00Z');
const LONG_AGO = -62_135_596_800_000; // Go's zero time
const TEST_CONTROLLER = { ...CONTROLLER_DEFAULTS, cpuInitializationMs: 120_000, initialReadinessMs: 10_000, scaleUpLimitFactor: 8 };

// upstream stamps what is old just before it looks at the clock
const ago = (seconds: number) => NOW - seconds * 1000 - 0.001;
const eventsOf = (list: any[]) => (list ?? []).map(({ replicaChange, ageSeconds }) => ({ change: replicaChange, at: ago(ageSeconds) }));
const recommendationsOf = (list: any[]) => list.map(({ recommendation, ageSeconds }) => ({ replicas: recommendation, at: ago(ageSeconds) }));

describe('clamps and rate policies', () => {
  test.each(ran(suite('convertDesiredReplicasWithRules')))('without behavior: %s', (_, it) => {
    const limit = (settings = CONTROLLER_DEFAULTS) =>
      limitByFactor(it.desiredReplicas, it.currentReplicas, it.minReplicas, it.maxReplicas, settings);
    expect(limit()).toEqual({ replicas: it.expectedReplicas, reason: it.expectedCondition });
    expect(limit(TEST_CONTROLLER).replicas).toBe(it.expectedReplicasWithTestFactor8 ?? it.expectedReplicas);
  });

  test.each(ran(suite('calculateScaleUpLimitWithScalingRules')))('scale-up limit: %s', (_, it) => {
    const events = { scaleUps: eventsOf(it.scaleUpEvents), scaleDowns: eventsOf(it.scaleDownEvents) };
    expect(scaleUpLimit(it.currentReplicas, it.rules, events, NOW)).toBe(it.expectedLimit);
  });

  test.each(ran(suite('calculateScaleDownLimitWithBehaviors')))('scale-down limit: %s', (_, it) => {
    const events = { scaleUps: eventsOf(it.scaleUpEvents), scaleDowns: eventsOf(it.scaleDownEvents) };
    expect(scaleDownLimit(it.currentReplicas, it.rules, events, NOW)).toBe(it.expectedLimit);
  });

  test.each(ran(suite('convertDesiredReplicasWithBehaviorRate')))('with behavior: %s', (_, it) => {
    const behavior = defaultBehavior({ scaleUp: it.scaleUpRules ?? {}, scaleDown: it.scaleDownRules ?? {} });
    const events = { scaleUps: eventsOf(it.scaleUpEvents), scaleDowns: eventsOf(it.scaleDownEvents) };
    expect(limitByRate(it.prenormalizedDesiredReplicas, it.currentReplicas, it.minReplicas, it.maxReplicas, behavior, events, NOW))
      .toEqual({ replicas: it.expectedReplicas, reason: it.expectedCondition });
  });
});

describe('what is remembered', () => {
  test.each(ran(suite('stabilizeRecommendation')))('without behavior: %s', (_, it) => {
    const stable = stabilizeDown(recommendationsOf(it.recommendations), it.prenormalizedDesiredReplicas, NOW, CONTROLLER_DEFAULTS);
    expect(stable.replicas).toBe(it.expectedStabilizedReplicas);
    expect(stable.recommendations).toHaveLength(it.expectedLogLength);
  });

  test.each(ran(suite('stabilizeRecommendationWithBehaviors')))('with behavior: %s', (_, it) => {
    const behavior = defaultBehavior({
      scaleUp: { stabilizationWindowSeconds: it.scaleUpStabilizationWindowSeconds },
      scaleDown: { stabilizationWindowSeconds: it.scaleDownStabilizationWindowSeconds },
    });
    const stable = stabilizeBothWays(
      recommendationsOf(it.recommendations), it.prenormalizedDesiredReplicas, it.currentReplicas, behavior, NOW, CONTROLLER_DEFAULTS);
    expect(stable.replicas).toBe(it.expectedStabilizedReplicas);
    if (it.expectedRecommendations) {
      expect(stable.recommendations.map(({ replicas }) => replicas)).toEqual(it.expectedRecommendations);
    }
  });

  test.each(ran(suite('storeScaleEvent')))('scale events: %s', (_, it) => {
    const before = eventsOf(it.prevScaleEvents);
    const longest = Math.max(0, ...(it.rules?.policies ?? []).map(({ periodSeconds }: any) => periodSeconds));
    const behavior: Behavior | undefined = it.rules ? { scaleUp: it.rules, scaleDown: it.rules } : undefined;
    expect(changeWithin(before, longest, NOW)).toBe(it.expectedReplicasChange);
    const ups = remember({ scaleUps: before, scaleDowns: [] }, behavior, 10, 15, NOW).scaleUps;
    const downs = remember({ scaleUps: [], scaleDowns: before }, behavior, 10, 5, NOW).scaleDowns;
    for (const events of [ups, downs]) {
      expect(events.map(({ change, outdated }) => ({ replicaChange: change, outdated: outdated ?? false }))).toEqual(it.expectedEvents);
    }
  });
});

describe('metrics', () => {
  test.each(ran([...suite('getResourceReplicas'), ...suite('getResourceReplicas/standalone')]))('utilisation: %s', (_, it) => {
    const pods = podsOf(it, Math.max(it.currentReplicas, it.podPhase?.length ?? 0));
    const level = (entry: number | number[] | undefined, at: number) => Array.isArray(entry) ? entry[at] : entry;
    const values = pods.map((_pod, i) => {
      const [one, two] = [level(it.levels[i], 0), level(it.levels[i], 1)];
      return it.container ? two : one === undefined ? undefined : one + (two ?? 0);
    });
    const known = it.podNames ? pods.map(() => undefined) : values;
    const request = (i: number) => it.cpuRequestsMilli[i] === undefined ? undefined : it.cpuRequestsMilli[i] * (it.container ? 1 : 2);
    const reading: Reading = {
      samples: [...known, ...(it.podNames ? values : [])].map(value => value === undefined ? undefined : { value, at: LONG_AGO, windowMs: 60_000 }),
      requests: pods.map((_pod, i) => request(i)),
    };
    const metric: MetricSpec = it.container
      ? { type: 'ContainerResource', name: 'cpu', container: it.container, averageUtilization: it.targetUtilization }
      : { type: 'Resource', name: 'cpu', averageUtilization: it.targetUtilization };
    const proposal = propose(metric, passOf(it, metric, pods), reading, TEST_CONTROLLER);
    if (it.expectedErrorContains) {
      expect(proposal.failure).toContain(it.expectedErrorContains);
    } else {
      expect(proposal).toEqual({ replicas: it.expectedReplicas, utilization: it.expectedUtilization, usage: it.expectedRawValue });
    }
  });

  test.each(ran(suite('customAndExternalMetrics')))('custom and external: %s', (_, it) => {
    const pods = podsOf(it, Math.max(it.currentReplicas, it.podPhase?.length ?? 0));
    const isPods = it.kind === 'pods';
    const metric: MetricSpec = {
      type: isPods ? 'Pods' : it.kind.startsWith('object') ? 'Object' : 'External',
      name: 'qps',
      ...(isPods || it.kind.endsWith('PerPod') ? { averageValue: it.target } : { value: it.target }),
    };
    const reading: Reading = isPods
      ? { samples: pods.map((_pod, i) => it.levels[i] === undefined ? undefined : { value: it.levels[i], at: LONG_AGO, windowMs: 60_000 }) }
      : { value: it.levels.reduce((sum: number, level: number) => sum + level, 0) };
    expect(propose(metric, passOf(it, metric, pods), reading, TEST_CONTROLLER))
      .toMatchObject({ replicas: it.expectedReplicas, usage: it.expectedUsage });
  });

  test.each(ran(suite('groupPods')))('classes of pods: %s', (_, it) => {
    const found: { [kind: string]: string[] } = { ready: [], unready: [], missing: [], ignored: [] };
    for (const pod of it.pods) {
      const metric = it.metrics[pod.name];
      const group: PodGroup = {
        count: 1,
        phase: pod.phase,
        deleting: pod.deleting,
        ...(pod.startAgeSeconds === null ? {} : { startedAt: NOW - pod.startAgeSeconds * 1000 }),
        ...(pod.ready === null ? {} : { ready: pod.ready.status, readySince: NOW - pod.ready.transitionAgeSeconds * 1000 }),
      };
      const sample: Sample | undefined = metric && {
        value: metric.value, at: metric.ageSeconds === null ? LONG_AGO : NOW - metric.ageSeconds * 1000, windowMs: metric.windowSeconds * 1000,
      };
      found[classify(group, sample, it.resource, NOW, TEST_CONTROLLER)].push(pod.name);
    }
    expect({ readyPodCount: found.ready.length, unready: found.unready, missing: found.missing, ignored: found.ignored }).toEqual(it.expect);
  });

  test.each(ran(suite('calculateRequests')))('requests: %s', (_, it) => {
    const resources = (request: number | null | undefined) => request === null || request === undefined ? {} : { requests: { cpu: `${request}m` } };
    const containers = (list: any[] = []) => list.map(({ request, ...container }) => ({ ...container, resources: resources(request) }));
    const requests = it.pods.map((pod: any) => {
      const request = measuredRequestOf({
        containers: containers(pod.containers),
        initContainers: containers(pod.initContainers),
        resources: resources(it.podLevelResources ? pod.podRequest : undefined),
      }, 'cpu', it.container || undefined);
      return [pod.name, request === undefined ? undefined : Math.round(request * 1000)];
    });
    expect(it.expectedError ? requests[0][1] : Object.fromEntries(requests)).toEqual(it.expectedError ? undefined : it.expected);
  });
});

describe('whole passes', () => {
  test.each(ran(suite('reconcile')))('%s', (_, it) => {
    for (const settings of [TEST_CONTROLLER, { ...TEST_CONTROLLER, scaleUpLimitFactor: 2 }]) {
      const pods = podsOf(it, it.cpuRequestsMilli ? it.cpuRequestsMilli.length : it.statusReplicas);
      const decision = reconcile({
        now: NOW,
        spec: specOf(it),
        replicas: it.specReplicas,
        statusReplicas: it.statusReplicas,
        pods,
        readings: it.metrics.map((metric: any) => readingOf(metric, it, pods)),
        memory: it.recommendations ? { ...NO_MEMORY, recommendations: recommendationsOf(it.recommendations) } : NO_MEMORY,
      }, settings);
      expect(decision.desired).toBe(it.expectedReplicas);
      expect(reasonsOf(decision.conditions)).toEqual(it.expectedConditions);
      if (it.expectedCpuUtilization !== undefined && it.expectedCpuUtilization !== null) {
        expect(decision.utilization).toBe(it.expectedCpuUtilization);
      }
    }
  });
});

describe('timelines', () => {
  test.each(cases.derived.cases.map((each: any) => [each.name, each]))('a floor of 100, and back to 2: %s', (...[, it]: any[]) => {
    const behavior = it.behavior === null ? undefined : defaultBehavior(it.behavior as { scaleDown?: Partial<ScalingRules> });
    const until = Math.max(...it.events.map(([at]: number[]) => at)) + 300;
    const events: number[][] = [];
    let memory: AutoscalerMemory = NO_MEMORY;
    let replicas = 2;
    for (let second = -308; second < until; second += 15) {
      const spec: AutoscalerSpec = {
        minReplicas: second >= 0 && second < it.holdSeconds ? 100 : 2,
        maxReplicas: 200,
        metrics: [{ type: 'External', name: 'idle', averageValue: 1000 }],
        ...(behavior ? { behavior } : {}),
      };
      const decision = reconcile({
        now: second * 1000,
        spec,
        replicas,
        statusReplicas: replicas,
        pods: [{ count: replicas, phase: 'Running', ready: true }],
        readings: [{ value: 1000 }],
        memory,
      });
      if (decision.desired !== replicas) {
        events.push([second, replicas, decision.desired]);
      }
      replicas = decision.desired;
      memory = decision.memory;
    }
    expect(events).toEqual(it.events);
  });

  test.each(read('timelines.json').timelines.map((each: any) => [each.name, each]))('as the controller itself decides: %s', (...[, it]: any[]) => {
    let memory: AutoscalerMemory = NO_MEMORY;
    for (const step of it.steps) {
      const now = step.t * 1000;
      const pods = step.pods.map(groupOf);
      const samples = step.pods.map(({ cpu }: any) => cpu === null ? undefined : { value: cpu, at: now - step.metricAge * 1000, windowMs: 15_000 });
      const isDown = step.metricsDown || samples.every((sample: unknown) => !sample);
      const decision = reconcile({
        now,
        spec: {
          minReplicas: step.minReplicas,
          maxReplicas: step.maxReplicas,
          metrics: [{ type: 'Resource', name: 'cpu', averageUtilization: it.targetUtilization }],
          ...(it.behavior === null ? {} : { behavior: it.behavior }),
        },
        replicas: step.replicas,
        statusReplicas: pods.reduce((sum: number, { count }: PodGroup) => sum + count, 0),
        pods,
        readings: [isDown ? { failure: 'the metrics API is down' } : { samples, requests: pods.map(() => it.request) }],
        memory,
      });
      memory = decision.memory;
      const conditions = Object.fromEntries(Object.entries(decision.conditions)
        .map(([type, { status, reason }]) => [type, `${status ? 'True' : 'False'} ${reason}`]));
      expect({ t: step.t, desired: decision.desired, conditions }).toEqual({ t: step.t, desired: step.desired, conditions: step.conditions });
    }
  });
});

// ---- the harness of upstream's tests

function podsOf(it: any, count: number): PodGroup[] {
  const started: { [name: string]: number } = { hot: NOW, cool: NOW - 180_000, zero: LONG_AGO };
  return Array.from({ length: count }, (_, i) => ({
    count: 1,
    phase: it.podPhase?.[i] ?? 'Running',
    deleting: it.podDeleting?.[i] ?? false,
    startedAt: started[it.podStart?.[i] ?? 'zero'],
    ready: it.podReady?.[i] ?? true,
    // reconcile stamps readiness with the start, the calculator's harness long ago
    readySince: it.test ? started[it.podStart?.[i] ?? 'zero'] : LONG_AGO,
  }));
}

function passOf(it: any, metric: MetricSpec, pods: PodGroup[]): Pass {
  const behavior = defaultBehavior({ scaleUp: { tolerance: it.tolerance.scaleUp }, scaleDown: { tolerance: it.tolerance.scaleDown } });
  const spec: AutoscalerSpec = { maxReplicas: 1_000, metrics: [metric], behavior };
  return { now: NOW, spec, replicas: it.currentReplicas, statusReplicas: it.currentReplicas, pods, readings: [], memory: NO_MEMORY };
}

function specOf(it: any): AutoscalerSpec {
  return {
    minReplicas: it.minReplicas,
    maxReplicas: it.maxReplicas,
    metrics: it.metrics.map(({ type, name, averageUtilization, averageValueMilli, valueMilli }: any) => ({
      type,
      name,
      ...(averageUtilization === undefined ? {} : { averageUtilization }),
      ...(averageValueMilli === undefined ? {} : { averageValue: averageValueMilli }),
      ...(valueMilli === undefined ? {} : { value: valueMilli }),
    })),
    ...(it.behavior ? { behavior: defaultBehavior(it.behavior) } : {}),
  };
}

function readingOf(metric: any, it: any, pods: PodGroup[]): Reading {
  if (metric.fails) {
    return { failure: 'the metrics API says no' };
  }
  if (metric.type === 'Object' || metric.type === 'External') {
    return { value: metric.type === 'Object' ? it.levels[0] : it.levels.reduce((sum: number, level: number) => sum + level, 0) };
  }
  const half = (value: number) => Math.floor(value / 2) * 2;
  const samples = it.levels.map((level: number) => ({ value: metric.type === 'Pods' ? level : half(level), at: NOW, windowMs: 60_000 }));
  return { samples: pods.map((_, i) => samples[i]), requests: pods.map((_, i) => half(it.cpuRequestsMilli?.[i] ?? 1000)) };
}

function groupOf(pod: any): PodGroup {
  return {
    count: pod.count,
    phase: pod.phase,
    deleting: pod.deleting ?? false,
    ...(pod.startedAt === null ? {} : { startedAt: pod.startedAt * 1000 }),
    ...(pod.ready === null ? {} : { ready: pod.ready, readySince: pod.readySince * 1000 }),
  };
}

function reasonsOf(conditions: object): object {
  return Object.fromEntries(Object.entries(conditions).map(([type, { reason }]) => [type, reason]));
}
