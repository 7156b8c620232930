import { App, Chart, Duration, Testing } from 'cdk8s';
import { chartIn } from './support/charts';
import { edgesOf } from '../src/core/plan/plan';
import { Demand, EventScaleSchedule, IScheduleTarget, OpeningEvent, PrewarmAlerts, ScheduleTarget, Weekday } from 'cdk8s-prewarm';

test('a PrometheusRule for each schedule, in its namespace, with the labels by which the operator picks it', () => {
  const app = new App();
  const chart = new Chart(app, 'alerts', { namespace: 'monitoring' });
  const schedules = ['queue', 'payment'].map(name => scheduleIn(new Chart(app, name, { namespace: name }), name));
  new PrewarmAlerts(chart, 'alerts', { schedules, ruleLabels: { release: 'kube-prometheus-stack' } });
  expect(Testing.synth(chart).map(({ kind, metadata }) => [kind, metadata])).toEqual(['queue', 'payment'].map(name => ['PrometheusRule', {
    name: `${name}-prewarm`, namespace: name, labels: { 'release': 'kube-prometheus-stack', 'cdk8s-prewarm/service': name },
  }]));
});

test('no rule has a template of Prometheus, which Helm and envsubst would take for theirs', () => {
  const schedule = scheduleIn(chartIn(), 'queue');
  schedule.addEvent({ event: OpeningEvent.once('sale', { at: '2026-12-05T10:00:00Z' }), demand: Demand.replicas(37) });
  expect(JSON.stringify(rulesOf(schedule))).not.toMatch(/\{\{|\$\w|\$\{/);
});

test('the planned floor is the plan\'s at every edge, one second before it and after it', () => {
  const schedule = scheduleIn(chartIn(), 'queue');
  schedule.addEvent({
    event: OpeningEvent.weekly('friday', {
      on: [Weekday.FRIDAY], time: '20:00', timeZone: 'Europe/Berlin', firstDate: '2027-01-01', lastDate: '2027-12-31', hold: Duration.hours(2),
    }),
    demand: Demand.replicas(37),
    rampUp: { over: Duration.minutes(60), steps: 3 },
    rampDown: { over: Duration.minutes(90) },
  });
  const { expr } = rulesOf(schedule)[0];
  const at = (seconds: number) => evaluated(expr, seconds);
  const edges = edgesOf(schedule._plan);
  expect(edges.length).toBeGreaterThan(300);
  for (const seconds of edges.flatMap(edge => [edge / 1_000 - 1, edge / 1_000, edge / 1_000 + 1])) {
    expect(at(seconds)).toBe(schedule.floorAt(new Date(seconds * 1_000).toISOString()));
  }
});

test('an event that is added after the alerts counts', () => {
  const chart = chartIn();
  const schedule = scheduleIn(chart, 'queue');
  new PrewarmAlerts(chart, 'alerts', { schedules: [schedule] });
  schedule.addEvent({ event: OpeningEvent.once('later', { at: '2027-12-24T10:00:00Z' }), demand: Demand.replicas(7) });
  const rendered = Testing.synth(chart).find(({ kind }) => kind === 'PrometheusRule');
  expect(rendered.spec.groups[0].rules[2].expr).toContain('job_name=~"(queue-marathon-verify|queue-later-verify)-[0-9]+"');
});

test('a failed arm job is told by the name that the manifest gives it', () => {
  const chart = chartIn();
  const schedule = scheduleIn(chart, 'queue');
  new PrewarmAlerts(chart, 'alerts', { schedules: [schedule] });
  const objects = Testing.synth(chart);
  const { metadata: { name } } = objects.find(({ kind }) => kind === 'Job');
  const rule = objects.find(({ kind }) => kind === 'PrometheusRule').spec.groups[0].rules.find((one: any) => one.alert === 'PrewarmArmFailed');
  expect(rule.expr).toContain(`job_name="${name}"`);
});

test.each<[string, IScheduleTarget, string]>([
  ['an autoscaler', ScheduleTarget.fromAutoscalerName('x'), 'kube_horizontalpodautoscaler_spec_min_replicas{namespace="shop",horizontalpodautoscaler="x"}'],
  ['a ScaledObject', ScheduleTarget.fromScaledObjectName('x'), 'kube_horizontalpodautoscaler_spec_min_replicas{namespace="shop",horizontalpodautoscaler="keda-hpa-x"}'],
  ['a Deployment', ScheduleTarget.fromDeploymentName('x'), 'kube_deployment_spec_replicas{namespace="shop",deployment="x"}'],
  ['a StatefulSet', ScheduleTarget.fromStatefulSetName('x'), 'kube_statefulset_replicas{namespace="shop",statefulset="x"}'],
  ['a Rollout', ScheduleTarget.fromRolloutName('x'), 'rollout_info_replicas_desired{namespace="shop",name="x"}'],
])('the live floor of %s is that of kube-state-metrics, or of its own controller', (_, target, series) => {
  expect(rulesOf(scheduleIn(chartIn(), 'queue', target))[1].expr).toContain(series);
});

test('the autoscaler that KEDA makes is found by what it scales, whatever its name', () => {
  const target = ScheduleTarget.fromScaledObjectName('x', { workload: ScheduleTarget.fromStatefulSetName('web') });
  const info = 'kube_horizontalpodautoscaler_info{namespace="shop",scaletargetref_kind="StatefulSet",scaletargetref_name="web"}';
  const rules = rulesOf(scheduleIn(chartIn(), 'queue', target));
  expect(rules.filter(({ expr }) => expr.includes(info)).map(({ alert }) => alert)).toEqual(['PrewarmFloorBelowPlan', 'PrewarmCeilingReached']);
});

test.each<[string, IScheduleTarget, string]>([
  ['a Deployment', ScheduleTarget.fromDeploymentName('x'), 'kube_deployment_status_replicas_ready{namespace="shop",deployment="x"}'],
  ['a StatefulSet', ScheduleTarget.fromStatefulSetName('x'), 'kube_statefulset_status_replicas_ready{namespace="shop",statefulset="x"}'],
  ['a Rollout', ScheduleTarget.fromRolloutName('x'), 'rollout_info_replicas_available{namespace="shop",name="x"}'],
])('the Ready pods of %s are counted, and without an autoscaler there is no ceiling to reach', (_, target, series) => {
  const rules = rulesOf(scheduleIn(chartIn(), 'queue', target));
  expect(rules.find(({ alert }) => alert === 'PrewarmPodsNotReady').expr).toContain(series);
  expect(rules.map(({ alert }) => alert)).not.toContain('PrewarmCeilingReached');
});

test('a schedule without guards misses none', () => {
  const schedule = new EventScaleSchedule(chartIn(), 'queue', {
    target: ScheduleTarget.fromAutoscalerName('x'),
    baseline: { floor: 2, ceiling: 9 },
    events: [{ event: OpeningEvent.once('sale', { at: '2026-12-05T10:00:00Z' }), demand: Demand.replicas(37) }],
    keeper: { guards: 0 },
  });
  expect(rulesOf(schedule).map(({ alert }) => alert)).not.toContain('PrewarmNoGuard');
});

test('a verify that failed is told for ten minutes longer than the longest time from its start to the end of its window', () => {
  const schedule = scheduleIn(chartIn(), 'queue');
  schedule.addEvent({
    event: OpeningEvent.once('sale', { at: '2027-05-01T10:00:00Z', readyMargin: Duration.minutes(20), hold: Duration.hours(4) }), demand: Demand.replicas(7),
  });
  const verifyFailed = rulesOf(schedule).find(({ alert }) => alert === 'PrewarmVerifyFailed');
  const [, seconds] = /time\(\) - max by \(namespace, job_name\) \(kube_job_created\{.*?\}\) < (\d+)/.exec(verifyFailed.expr)!;
  expect(Number(seconds)).toBe((20 + 4 * 60 + 10) * 60);
});

test('every alert has the service, and the labels that route it', () => {
  const alerts = rulesOf(scheduleIn(chartIn(), 'queue'), { team: 'night' }).filter(({ alert }) => alert);
  expect(alerts.map(({ alert, labels }) => [alert, labels])).toEqual([
    'PrewarmFloorBelowPlan', 'PrewarmVerifyFailed', 'PrewarmVerifyNotRunning', 'PrewarmArmFailed', 'PrewarmNoGuard', 'PrewarmPodsNotReady', 'PrewarmCeilingReached',
  ].map(
    name => [name, { team: 'night', service: 'queue' }]));
});

test('a schedule without events has only arm to fail', () => {
  const schedule = new EventScaleSchedule(chartIn(), 'queue', { target: ScheduleTarget.fromAutoscalerName('x'), baseline: { floor: 2, ceiling: 9 } });
  expect(rulesOf(schedule).map(({ alert }) => alert)).toEqual(['PrewarmArmFailed']);
});

test('refuses to watch nothing', () => {
  expect(() => new PrewarmAlerts(chartIn(), 'alerts', { schedules: [] })).toThrow("'schedules' is empty; pass those to watch, such as [service.schedule]");
});

test('refuses rules that kubectl apply could not hold', () => {
  const chart = chartIn();
  const event = OpeningEvent.daily('daily', { time: '20:00', timeZone: 'UTC', firstDate: '2027-01-01', lastDate: '2036-12-31' });
  const schedule = new EventScaleSchedule(chart, 'queue', {
    target: ScheduleTarget.fromAutoscalerName('queue'), baseline: { floor: 2, ceiling: 9 }, events: [{ event, demand: Demand.replicas(60) }],
  });
  new PrewarmAlerts(chart, 'alerts', { schedules: [schedule] });
  expect(() => Testing.synth(chart)).toThrow(
    /\[shop\/alerts\] PrometheusRule 'queue-prewarm' would have \d+ KB, more than the 200 KB that 'kubectl apply' can hold; schedule fewer than 3653 openings/);
});

function scheduleIn(chart: Chart, name: string, target: IScheduleTarget = ScheduleTarget.fromAutoscalerName(name)): EventScaleSchedule {
  const hasCeiling = ['HorizontalPodAutoscaler', 'ScaledObject'].includes(target.kind);
  return new EventScaleSchedule(chart, name, {
    target,
    baseline: { floor: 2, ...hasCeiling ? { ceiling: 9 } : {} },
    events: [{ event: OpeningEvent.once('marathon', { at: '2026-12-05T10:00', timeZone: 'Asia/Seoul' }), demand: Demand.replicas(60) }],
  });
}

function rulesOf(schedule: EventScaleSchedule, alertLabels?: { [label: string]: string }): any[] {
  const { rules } = new PrewarmAlerts(schedule.node.scope!, 'alerts', { schedules: [schedule], alertLabels });
  return rules[0].toJson().spec.groups[0].rules;
}

/** The sum of steps that the recording rule is, as Prometheus would take it. */
function evaluated(expr: string, seconds: number): number {
  const [, first, rest] = /^vector\((\d+)(.*)\)$/.exec(expr)!;
  const steps = [...rest.matchAll(/ ([+-]) (\d+) \* \(time\(\) >= bool (\d+)\)/g)];
  expect(steps.map(([text]) => text).join('')).toBe(rest);
  return steps.reduce((sum, [, sign, by, at]) => sum + (seconds >= Number(at) ? Number(`${sign}${by}`) : 0), Number(first));
}
