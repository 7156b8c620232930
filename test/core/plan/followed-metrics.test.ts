import * as fc from 'fast-check';
import { FollowedMetric, cpuPercentOf, cpuTargetsOf, followedMetricsOf } from '../../../src/core/plan/followed-metrics';

const ANNOTATION = 'autoscaling.alpha.kubernetes.io/metrics';

describe('a HorizontalPodAutoscaler', () => {
  test.each([
    ['autoscaling/v1', { targetCPUUtilizationPercentage: 40 }],
    ['autoscaling/v2', { metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 40 } } }] }],
    ['autoscaling/v2beta2', { metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 40 } } }] }],
    ['autoscaling/v2beta1', { metrics: [{ type: 'Resource', resource: { name: 'cpu', targetAverageUtilization: 40 } }] }],
  ])('of %s has its CPU target where that version keeps it', (apiVersion, spec) => {
    expect(cpuTargetsOf(hpa(apiVersion, spec))).toEqual([{ percent: 40 }]);
  });

  test.each(['autoscaling/v1', 'autoscaling/v2', 'autoscaling/v2beta1', 'autoscaling/v2beta2'])('of %s that names no metric follows 80 %% of CPU', apiVersion => {
    expect(cpuTargetsOf(hpa(apiVersion, {}))).toEqual([{ percent: 80 }]);
    expect(cpuTargetsOf(hpa(apiVersion, { metrics: [] }))).toEqual([{ percent: 80 }]);
  });

  test('of autoscaling/v1 keeps its other metrics in an annotation, and then has no default', () => {
    const memory = [{ type: 'Resource', resource: { name: 'memory', targetAverageUtilization: 60 } }];
    expect(followedMetricsOf({ ...hpa('autoscaling/v1', {}), metadata: { annotations: { [ANNOTATION]: JSON.stringify(memory) } } }))
      .toEqual([{ type: 'Resource', name: 'memory', averageUtilization: 60 }]);
  });

  test('of autoscaling/v1 has no field for metrics', () => {
    const metrics = [{ type: 'Resource', resource: { name: 'memory', target: { averageUtilization: 60 } } }];
    expect(followedMetricsOf(hpa('autoscaling/v1', { targetCPUUtilizationPercentage: 40, metrics })))
      .toEqual([{ type: 'Resource', name: 'cpu', averageUtilization: 40 }]);
  });

  test('that follows the CPU of one container names it', () => {
    const metrics = [{ type: 'ContainerResource', containerResource: { name: 'cpu', container: 'web', target: { type: 'Utilization', averageUtilization: 60 } } }];
    expect(cpuTargetsOf(hpa('autoscaling/v2', { metrics }))).toEqual([{ percent: 60, container: 'web' }]);
  });

  test('that aims at an amount of CPU has no percentage of it', () => {
    const metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '500m' } } }];
    expect(cpuPercentOf(hpa('autoscaling/v2', { metrics }))).toBeUndefined();
    expect(followedMetricsOf(hpa('autoscaling/v2', { metrics }))).toEqual([{ type: 'Resource', name: 'cpu', averageValue: '500m' }]);
  });

  test('adds pods from the lowest of its CPU targets on', () => {
    const cpu = (container: string, averageUtilization: number) =>
      ({ type: 'ContainerResource', containerResource: { name: 'cpu', container, target: { type: 'Utilization', averageUtilization } } });
    expect(cpuPercentOf(hpa('autoscaling/v2', { metrics: [cpu('web', 80), cpu('proxy', 55)] }))).toBe(55);
  });
});

describe('a ScaledObject', () => {
  const cpuTrigger = (trigger: object) => scaledObject([{ type: 'cpu', ...trigger }]);

  test.each([
    ['metricType', { metricType: 'Utilization', metadata: { value: '65' } }],
    ['metadata.type, as formerly', { metadata: { type: 'Utilization', value: '65' } }],
  ])('says by %s that its trigger is a percentage', (_, trigger) => {
    expect(cpuTargetsOf(cpuTrigger(trigger))).toEqual([{ percent: 65 }]);
  });

  test('may follow the CPU of one container', () => {
    expect(cpuTargetsOf(cpuTrigger({ metricType: 'Utilization', metadata: { value: '65', containerName: 'web' } })))
      .toEqual([{ percent: 65, container: 'web' }]);
  });

  test.each([
    ['an amount', { metricType: 'AverageValue', metadata: { value: '500m' } }],
    ['no type, which KEDA refuses', { metadata: { value: '65' } }],
    ['no value, which KEDA refuses', { metricType: 'Utilization' }],
  ])('whose CPU trigger has %s has no percentage', (_, trigger) => {
    expect(cpuTargetsOf(cpuTrigger(trigger))).toEqual([]);
  });

  test('without triggers follows nothing', () => {
    expect(followedMetricsOf(scaledObject([]))).toEqual([]);
    expect(followedMetricsOf({ apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject' })).toEqual([]);
  });

  test('hands the other triggers on as external metrics', () => {
    expect(followedMetricsOf(scaledObject([
      { type: 'prometheus', metadata: { threshold: '100' } }, { type: 'kafka', metricType: 'Value', metadata: { value: '5' } },
    ]))).toEqual([
      { type: 'External', name: 'prometheus', averageValue: '100' }, { type: 'External', name: 'kafka', value: '5' },
    ]);
  });
});

test.each(['Deployment', 'StatefulSet'])('a %s follows nothing', kind => {
  expect(followedMetricsOf({ apiVersion: 'apps/v1', kind, spec: { metrics: [{ type: 'Resource' }] } })).toEqual([]);
});

// ---- every shape of one truth reads as that truth

const percent = fc.integer({ min: 1, max: 100 });
const quantity = fc.constantFrom('500m', '1', '2Gi', '150');
const container = fc.constantFrom('web', 'proxy');
const resource = fc.constantFrom('cpu', 'memory');

const ofPod: fc.Arbitrary<FollowedMetric> = fc.oneof(
  fc.record({ type: fc.constant('Resource' as const), name: resource, averageUtilization: percent }),
  fc.record({ type: fc.constant('Resource' as const), name: resource, averageValue: quantity }),
  fc.record({ type: fc.constant('ContainerResource' as const), name: resource, container, averageUtilization: percent }),
  fc.record({ type: fc.constant('ContainerResource' as const), name: resource, container, averageValue: quantity }),
);
const foreign: fc.Arbitrary<FollowedMetric> = fc.oneof(
  fc.record({ type: fc.constant('Pods' as const), name: fc.constant('rps'), averageValue: quantity }),
  fc.record({ type: fc.constant('Object' as const), name: fc.constant('hits'), value: quantity }),
  fc.record({ type: fc.constant('External' as const), name: fc.constant('queue'), averageValue: quantity }),
  fc.record({ type: fc.constant('External' as const), name: fc.constant('queue'), value: quantity }),
);
const truths = fc.array(fc.oneof(ofPod, foreign), { maxLength: 4 });

/** How each version of the API writes what is followed. */
const WRITERS: { readonly [shape: string]: (truth: readonly FollowedMetric[]) => object } = {
  'autoscaling/v2': truth => hpa('autoscaling/v2', { metrics: truth.map(inSecond) }),
  'autoscaling/v2beta2': truth => hpa('autoscaling/v2beta2', { metrics: truth.map(inSecond) }),
  'autoscaling/v2beta1': truth => hpa('autoscaling/v2beta1', { metrics: truth.map(inBeta) }),
  // as the API server writes it: the first percentage of the pod's CPU has a field, all else is in the annotation
  'autoscaling/v1': truth => {
    const first = truth.findIndex(({ type, name, averageUtilization }) => type === 'Resource' && name === 'cpu' && averageUtilization !== undefined);
    const others = truth.filter((_, i) => i !== first);
    return {
      ...hpa('autoscaling/v1', first < 0 ? {} : { targetCPUUtilizationPercentage: truth[first].averageUtilization }),
      metadata: others.length === 0 ? {} : { annotations: { [ANNOTATION]: JSON.stringify(others.map(inBeta)) } },
    };
  },
};

test.each(Object.keys(WRITERS))('whatever is followed is read alike out of %s', shape => {
  fc.assert(fc.property(truths, truth => {
    const object = WRITERS[shape](truth) as any;
    const expected: readonly FollowedMetric[] = truth.length === 0 ? [{ type: 'Resource', name: 'cpu', averageUtilization: 80 }] : truth;
    expect(sorted(followedMetricsOf(object))).toEqual(sorted(expected));
    expect(cpuPercentOf(object)).toBe(lowestCpu(expected));
  }), { seed: 20261205 });
});

test('whatever is followed is read alike out of the triggers of a ScaledObject', () => {
  fc.assert(fc.property(fc.array(ofPod, { maxLength: 4 }), fc.boolean(), (truth, isOld) => {
    const object = scaledObject(truth.map(({ name, container: containerName, averageUtilization, averageValue }) => {
      const type = averageUtilization === undefined ? 'AverageValue' : 'Utilization';
      const metadata = { value: String(averageUtilization ?? averageValue), ...(containerName === undefined ? {} : { containerName }) };
      return isOld ? { type: name, metadata: { type, ...metadata } } : { type: name, metricType: type, metadata };
    }));
    expect(followedMetricsOf(object)).toEqual(truth);
    expect(cpuPercentOf(object)).toBe(lowestCpu(truth));
  }), { seed: 20261205 });
});

test('nothing that can be parsed makes the reader fail', () => {
  const anything = fc.jsonValue({ maxDepth: 3 });
  const source = fc.oneof(anything, fc.record({ name: anything, target: anything, metric: anything, container: anything }));
  const metric = fc.record({ type: fc.oneof(fc.constantFrom('Resource', 'Pods', 'toString'), anything), resource: source, pods: source });
  const trigger = fc.record({
    type: fc.oneof(fc.constantFrom('cpu', 'kafka'), anything), metricType: fc.oneof(fc.constant('Utilization'), anything), metadata: source,
  });
  const list = (item: fc.Arbitrary<unknown>) => fc.oneof(anything, fc.array(fc.oneof(anything, item)));
  const spec = fc.record({ metrics: list(metric), triggers: list(trigger), targetCPUUtilizationPercentage: anything });
  const junk = fc.oneof(anything, spec) as fc.Arbitrary<any>;
  fc.assert(fc.property(junk, fc.constantFrom(...Object.keys(WRITERS)), (parsed, apiVersion) => {
    followedMetricsOf(hpa(apiVersion, parsed));
    followedMetricsOf({ ...scaledObject([]), spec: parsed });
  }), { seed: 20261205 });
});

/** What of a truth decides about CPU, found the slow way. */
function lowestCpu(truth: readonly FollowedMetric[]): number | undefined {
  for (let lowest = 1; lowest <= 100; lowest++) {
    if (truth.some(({ name, averageUtilization }) => name === 'cpu' && averageUtilization === lowest)) {
      return lowest;
    }
  }
  return undefined;
}

function inSecond({ type, name, container: of, ...target }: FollowedMetric): object {
  const isResource = type === 'Resource' || type === 'ContainerResource';
  return { type, [fieldOf(type)]: { ...(isResource ? { name } : { metric: { name } }), ...(of === undefined ? {} : { container: of }), target } };
}

function inBeta({ type, name, container: of, averageUtilization, averageValue, value }: FollowedMetric): object {
  const isResource = type === 'Resource' || type === 'ContainerResource';
  return {
    type,
    [fieldOf(type)]: {
      ...(isResource ? { name } : { metricName: name }),
      ...(of === undefined ? {} : { container: of }),
      ...(averageUtilization === undefined ? {} : { targetAverageUtilization: averageUtilization }),
      ...(averageValue === undefined ? {} : { [type === 'Object' ? 'averageValue' : 'targetAverageValue']: averageValue }),
      ...(value === undefined ? {} : { targetValue: value }),
    },
  };
}

function fieldOf(type: string): string {
  return type[0].toLowerCase() + type.slice(1);
}

function sorted(metrics: readonly FollowedMetric[]): FollowedMetric[] {
  const key = (metric: FollowedMetric) => JSON.stringify(Object.entries(metric).sort());
  return [...metrics].sort((a, b) => key(a) < key(b) ? -1 : 1);
}

function hpa(apiVersion: string, spec: object) {
  return { apiVersion, kind: 'HorizontalPodAutoscaler', spec };
}

function scaledObject(triggers: readonly object[]) {
  return { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', spec: { triggers } };
}
