import { Testing } from 'cdk8s';
import { chartIn, find } from './support/charts';
import { decodePlan } from '../src/core/plan/document';
import { EventScaleSchedule, EventScaleScheduleProps, ScheduleTarget } from 'cdk8s-prewarm';

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

function scheduleIn(chart: ReturnType<typeof chartIn>, more: Partial<EventScaleScheduleProps>): EventScaleSchedule {
  return new EventScaleSchedule(chart, 'payment', { target: ScheduleTarget.fromAutoscalerName('payment'), baseline: { floor: 3, ceiling: 20 }, ...more });
}

function planOf(more: Partial<EventScaleScheduleProps>) {
  const chart = chartIn();
  scheduleIn(chart, more);
  return decodePlan(Testing.synth(chart).find(({ data }) => data?.['plan.json']).data['plan.json']);
}
