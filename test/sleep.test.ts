import { ApiObject, Testing } from 'cdk8s';
import { chartIn, find } from './support/charts';
import { decodePlan } from '../src/core/plan/document';
import { EventScaleSchedule, IScheduleTarget, PrewarmedService, ScheduleTarget } from 'cdk8s-prewarm';

const CPU = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } };
const PODS = { type: 'Pods', pods: { metric: { name: 'requests' }, target: { type: 'AverageValue', averageValue: '100' } } };
const QUEUE = { type: 'External', external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '30' } } };
const INGRESS = { type: 'Object', object: { metric: { name: 'hits' }, describedObject: { kind: 'Ingress', name: 'shop' }, target: { type: 'Value', value: '1k' } } };

type Chart = ReturnType<typeof chartIn>;

describe('a floor of 0 between events', () => {
  test.each<[string, (chart: Chart) => IScheduleTarget, number | undefined]>([
    ['a ScaledObject by name', () => ScheduleTarget.fromScaledObjectName('worker'), 10],
    ['a Deployment by name', () => ScheduleTarget.fromDeploymentName('worker'), undefined],
    ['a StatefulSet by name', () => ScheduleTarget.fromStatefulSetName('worker'), undefined],
    ['an autoscaler by name, which arm proves', () => ScheduleTarget.fromAutoscalerName('worker'), 10],
    ['an autoscaler with an External metric', chart => hpaIn(chart, [CPU, QUEUE]), undefined],
    ['an autoscaler with an Object metric', chart => hpaIn(chart, [INGRESS]), undefined],
  ])('is taken for %s', (_, targetOf, ceiling) => {
    const chart = chartIn();
    scheduleOn(chart, targetOf(chart), ceiling);
    expect(planIn(chart).baseline.floor).toBe(0);
  });

  test.each([[[CPU]], [[CPU, PODS]], [undefined]])('is refused for an autoscaler with the metrics %j', metrics => {
    const chart = chartIn();
    expect(() => scheduleOn(chart, hpaIn(chart, metrics))).toThrow("'baseline.floor' (0) is no floor for HorizontalPodAutoscaler 'worker', whose metrics are all of its own pods: "
      + 'where there is none, nothing asks for one; pass at least 1, or give it a metric of type Object or External');
  });

  test('is refused for a PrewarmedService', () => {
    expect(() => new PrewarmedService(chartIn(), 'shop', { image: 'shop:1', baseline: { floor: 0 } })).toThrow("'baseline.floor' must be a whole number of at least 1, got 0");
  });

  test('is in no manifest of the autoscaler, as no floor is', () => {
    const chart = chartIn();
    scheduleOn(chart, hpaIn(chart, [QUEUE], { minReplicas: 0 }));
    expect(find(chart, 'HorizontalPodAutoscaler').spec.minReplicas).toBeUndefined();
  });
});

function hpaIn(chart: Chart, metrics: readonly object[] | undefined, more: object = {}): ApiObject {
  return new ApiObject(chart, 'Hpa', {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'worker' },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'worker' }, maxReplicas: 10, metrics, ...more },
  });
}

function scheduleOn(chart: Chart, target: IScheduleTarget, ceiling?: number): void {
  new EventScaleSchedule(chart, 'worker', { target, baseline: { floor: 0, ceiling } });
}

function planIn(chart: Chart) {
  return decodePlan(Testing.synth(chart).find(({ data }) => data?.['plan.json']).data['plan.json']);
}
