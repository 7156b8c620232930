import { ApiObject, Testing } from 'cdk8s';
import { chartIn, find } from './support/charts';
import { decodePlan } from '../src/core/plan/document';
import { EventScaleSchedule, EventScaleScheduleProps, PrewarmedService, ScheduleTarget } from 'cdk8s-prewarm';

describe('a target that was another one before', () => {
  const FORMER = [ScheduleTarget.fromAutoscalerName('old'), ScheduleTarget.fromStatefulSetName('older')];

  test('stands in the plan', () => {
    expect(planOf({ formerTargets: FORMER }).formerTargets).toEqual([
      { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'old' }, { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'older' },
    ]);
    expect(planOf({ formerTargets: [] }).formerTargets).toBeUndefined();
  });

  test('may be read and written by the jobs, and by nobody else', () => {
    const chart = chartIn();
    scheduleIn(chart, { formerTargets: FORMER });
    const rulesOf = (role: string) => find(chart, 'Role', role).rules.filter(({ resourceNames = [] }: any) => /old/.test(resourceNames[0]));
    expect(rulesOf('payment-prewarm')).toEqual([
      { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], resourceNames: ['old'], verbs: ['get', 'patch'] },
      { apiGroups: ['apps'], resources: ['statefulsets'], resourceNames: ['older'], verbs: ['get', 'patch'] },
    ]);
    expect(rulesOf('payment-prewarm-repair')).toEqual([]);
  });

  test.each<[string, any[], string]>([
    ['the target of today', [ScheduleTarget.fromAutoscalerName('payment')], "'formerTargets[0]' (HorizontalPodAutoscaler 'payment') is the target of today; leave it out"],
    ['its workload', [FORMER[0], ScheduleTarget.fromDeploymentName('payment')],
      "'formerTargets[1]' (Deployment 'payment') is what HorizontalPodAutoscaler 'payment' scales now, so nothing of it is lowered; leave it out"],
    ['one that is there twice', [FORMER[0], FORMER[0]], "'formerTargets[1]' (HorizontalPodAutoscaler 'old') is there twice; name it once"],
    ['a kind without a floor', [{ apiVersion: 'batch/v1', kind: 'Job', name: 'old' }], "'formerTargets[0]' (Job 'old') is of a kind without a floor; a target was a "],
    ['a name alone', ['old'], "'formerTargets[0]' must be a target, such as ScheduleTarget.fromAutoscalerName('payment'), got 'old' (a string)"],
  ])('cannot be %s', (_, formerTargets, sentence) => {
    const chart = chartIn();
    expect(() => scheduleIn(chart, { formerTargets })).toThrow(sentence);
  });
});

describe('a service that moves in', () => {
  const deploymentIn = (chart: ReturnType<typeof chartIn>, spec: object = { replicas: 20 }) =>
    new ApiObject(chart, 'Deployment', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'queue' }, spec });
  const planAfter = (movingIn?: boolean, spec?: object) => {
    const chart = chartIn();
    scheduleIn(chart, { target: deploymentIn(chart, spec), baseline: undefined, movingIn });
    return { plan: planIn(chart), spec: find(chart, 'Deployment', 'queue').spec };
  };

  test('keeps its floor in the manifest, and the plan says so', () => {
    const { plan, spec } = planAfter(true);
    expect(spec).toEqual({ replicas: 20 });
    expect([plan.movingIn, plan.takenOut, plan.baseline.floor]).toEqual([true, undefined, 20]);
  });

  test('lets its jobs write the workload for as long, and no longer', () => {
    const verbs = (movingIn: boolean) => {
      const chart = chartIn();
      new PrewarmedService(chart, 'shop', { image: 'shop:1', baseline: { floor: 20 }, movingIn });
      return ['shop-prewarm', 'shop-prewarm-repair'].map(role =>
        find(chart, 'Role', role).rules.find(({ resources, resourceNames }: any) => resources[0] === 'deployments' && resourceNames[0] === 'shop').verbs);
    };
    expect([verbs(true), verbs(false)]).toEqual([[['get', 'watch', 'patch'], ['get', 'patch']], [['get', 'watch'], ['get']]]);
  });

  test('has it taken out by the deploy after that, which is no news', () => {
    const { plan, spec } = planAfter(false);
    expect(spec).toEqual({});
    expect([plan.movingIn, plan.takenOut, plan.baseline.floor]).toEqual([undefined, undefined, 20]);
  });

  test('without the prop, the plan says what has been taken out, where pods may go by that', () => {
    expect(planAfter().plan.takenOut).toBe(20);
    expect(planAfter(undefined, { replicas: 1 }).plan.takenOut).toBeUndefined();
    expect(planAfter(undefined, {}).plan.takenOut).toBeUndefined();
  });

  test('as a PrewarmedService keeps the floor of its autoscaler, which is nobody else\'s', () => {
    const chart = chartIn();
    new PrewarmedService(chart, 'shop', { image: 'shop:1', baseline: { floor: 20 }, movingIn: true });
    expect(find(chart, 'HorizontalPodAutoscaler').spec.minReplicas).toBe(20);
    expect(planIn(chart).movingIn).toBe(true);
    const after = chartIn();
    new PrewarmedService(after, 'shop', { image: 'shop:1', baseline: { floor: 20 } });
    expect(find(after, 'HorizontalPodAutoscaler').spec.minReplicas).toBeUndefined();
    expect([planIn(after).movingIn, planIn(after).takenOut]).toEqual([undefined, undefined]);
  });

  test.each<[string, (chart: ReturnType<typeof chartIn>) => Partial<EventScaleScheduleProps>, string]>([
    ['known by name', () => ({}), "'movingIn' (true) has no meaning for HorizontalPodAutoscaler 'payment', which is known by name: its manifest stays as it is; leave it out"],
    ['without a floor in its manifest', chart => ({ target: deploymentIn(chart, {}), baseline: { floor: 20 } }),
      "'movingIn' (true) has no meaning for Deployment 'queue', which has no 'replicas' in its manifest that could stay there; leave it out"],
    ['with another floor in its manifest', chart => ({ target: deploymentIn(chart), baseline: { floor: 3 } }),
      "'baseline.floor' (3) must be the 'replicas' of Deployment 'queue' (20) while 'movingIn' is true, since the manifest keeps it; change the floor with a later deploy"],
    ['that is a ScaledObject', chart => ({
      target: new ApiObject(chart, 'So', {
        apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', metadata: { name: 'so' }, spec: { scaleTargetRef: { name: 'queue' }, minReplicaCount: 20 },
      }),
      baseline: undefined,
    }), "'movingIn' (true) has no meaning for ScaledObject 'so', which always keeps its 'minReplicaCount' in the manifest; leave it out"],
  ])('is no target %s', (_, propsOf, sentence) => {
    const chart = chartIn();
    expect(() => scheduleIn(chart, { movingIn: true, ...propsOf(chart) })).toThrow(sentence);
  });
});

function scheduleIn(chart: ReturnType<typeof chartIn>, more: Partial<EventScaleScheduleProps>): EventScaleSchedule {
  return new EventScaleSchedule(chart, 'payment', { target: ScheduleTarget.fromAutoscalerName('payment'), baseline: { floor: 3, ceiling: 20 }, ...more });
}

function planOf(more: Partial<EventScaleScheduleProps>) {
  const chart = chartIn();
  scheduleIn(chart, more);
  return planIn(chart);
}

function planIn(chart: ReturnType<typeof chartIn>) {
  return decodePlan(Testing.synth(chart).find(({ data }) => data?.['plan.json']).data['plan.json']);
}
