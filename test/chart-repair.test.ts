import { ApiObject, Chart, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { deployed } from './support/objects';
import { decodePlan } from '../src/core/plan/document';
import { decodeRepaired } from '../src/core/plan/repaired';
import { applierRightsOf } from '../src/core/plan/rights';
import { isAllowed, rulesOf } from '../src/manifests/rbac';
import { Demand, EventScaleSchedule, EventScaleScheduleProps, KeeperOptions, OpeningEvent, ScheduleTarget } from 'cdk8s-prewarm';

const MARATHON = OpeningEvent.once('marathon', { at: '2026-12-05T10:00', timeZone: 'Asia/Seoul' });

describe('the repair of a chart', () => {
  test('is one CronJob every ten minutes, however many schedules there are', () => {
    const repairs = jobsOf(chartOf('queue', 'payment', 'registration'));
    expect(repairs.map(({ metadata, spec }) => [metadata.name, spec.schedule, spec.concurrencyPolicy]))
      .toEqual([['queue-prewarm-repair', expect.stringMatching(/^\d-59\/10 \* \* \* \*$/), 'Forbid']]);
  });

  test('lists every schedule, and the plan of each names it', () => {
    const chart = chartOf('queue', 'payment', 'registration');
    expect(listIn(chart)).toEqual({ repair: 'queue-prewarm-repair', services: ['queue', 'payment', 'registration'].map(name => ({ name })) });
    expect(['queue', 'payment', 'registration'].map(name => planIn(chart, name).repair)).toEqual(Array(3).fill('queue-prewarm-repair'));
  });

  test('may do what it needs for each of its services by name, and nothing else', () => {
    const chart = chartOf('queue', 'payment');
    const { manifests } = deployed(...Testing.synth(chart));
    const { rules = [] } = rulesOf('queue-prewarm-repair', 'shop', manifests);
    const needed = ['queue', 'payment'].flatMap(name => applierRightsOf(planIn(chart, name), 'queue-prewarm-keeper'));
    expect(needed.filter(right => !isAllowed(rules, right))).toEqual([]);
    const granted = rules.flatMap(({ verbs = [], apiGroups = [], resources = [], resourceNames = [undefined] }) =>
      verbs.flatMap(verb => resourceNames.map(name => JSON.stringify([verb, apiGroups[0], resources[0], name]))));
    const asked = needed.flatMap(({ verbs, group, resource, name }) => verbs.map(verb => JSON.stringify([verb, group, resource, name])));
    expect(granted.sort()).toEqual([...new Set(asked)].sort());
  });

  test('has several Roles where one would be too large to apply', () => {
    const names = Array.from({ length: 260 }, (_, i) => `service-with-a-long-name-${i}`);
    const chart = chartOf(...names);
    const objects = Testing.synth(chart);
    const roles = objects.filter(({ kind, metadata }) => kind === 'Role' && metadata.name.includes('-prewarm-repair'));
    expect(roles.map(({ metadata }) => metadata.name)).toEqual(['service-with-a-long-name-0-prewarm-repair', 'service-with-a-long-name-0-prewarm-repair-2']);
    roles.forEach(role => expect(JSON.stringify(role).length).toBeLessThan(200 * 1024));
    const { manifests } = deployed(...objects);
    const { rules = [] } = rulesOf('service-with-a-long-name-0-prewarm-repair', 'shop', manifests);
    const lacking = names.flatMap(name => applierRightsOf(planIn(chart, name), 'service-with-a-long-name-0-prewarm-keeper')).filter(right => !isAllowed(rules, right));
    expect(lacking).toEqual([]);
  });

  test('does not go when what bears the label of the first service goes', () => {
    const shared = Testing.synth(chartOf('queue', 'payment')).filter(({ metadata }) => metadata.name.startsWith('queue-prewarm-repair'));
    expect(shared.map(({ kind }) => kind).sort()).toEqual(['ConfigMap', 'CronJob', 'Role', 'RoleBinding', 'ServiceAccount']);
    shared.forEach(({ metadata }) => expect(metadata.labels).toEqual({ 'cdk8s-prewarm/role': 'repair' }));
    const mounted = JSON.stringify(jobsOf(chartOf('queue', 'payment'))[0].spec);
    expect(mounted).not.toContain('"queue-prewarm"');
  });

  test('leaves out schedules that want none, and takes the name of the first that does', () => {
    const chart = chartIn();
    const [queue, payment] = [scheduleIn(chart, 'queue', { repair: false }), scheduleIn(chart, 'payment')];
    expect([queue.repair, payment.repair?.name]).toEqual([undefined, 'payment-prewarm-repair']);
    expect(listIn(chart, 'payment')).toEqual({ repair: 'payment-prewarm-repair', services: [{ name: 'payment' }] });
    expect(planIn(chart, 'queue').repair).toBeUndefined();
  });

  test('is none where no schedule wants one', () => {
    const chart = chartIn();
    scheduleIn(chart, 'queue', { repair: false });
    expect(jobsOf(chart)).toEqual([]);
  });

  test('reads each webhook once, and knows which service has which', () => {
    const chart = chartIn();
    const hook = (id: string, key: string) => ({ webhookUrl: { secret: kplus.Secret.fromSecretName(chart, id, 'chat'), key } });
    scheduleIn(chart, 'queue', hook('A', 'sales'));
    scheduleIn(chart, 'payment', hook('B', 'bank'));
    scheduleIn(chart, 'search', hook('C', 'sales'));
    scheduleIn(chart, 'seats');
    expect(listIn(chart).services).toEqual([
      { name: 'queue', webhook: 'PREWARM_WEBHOOK_URL' },
      { name: 'payment', webhook: 'PREWARM_WEBHOOK_URL_2' },
      { name: 'search', webhook: 'PREWARM_WEBHOOK_URL' },
      { name: 'seats' },
    ]);
    const [{ spec }] = jobsOf(chart);
    expect(spec.jobTemplate.spec.template.spec.containers[0].env).toEqual([
      { name: 'PREWARM_WEBHOOK_URL', valueFrom: { secretKeyRef: { name: 'chat', key: 'sales', optional: true } } },
      { name: 'PREWARM_WEBHOOK_URL_2', valueFrom: { secretKeyRef: { name: 'chat', key: 'bank', optional: true } } },
    ]);
  });

  test('of charts differ in the minute, so that not all of a cluster run at once', () => {
    const minutes = ['a', 'b', 'c', 'd', 'e', 'f'].map(name => jobsOf(chartOf(name))[0].spec.schedule);
    expect(new Set(minutes).size).toBeGreaterThan(3);
  });
});

function chartIn(): Chart {
  return new Chart(Testing.app(), 'shop', { namespace: 'shop' });
}

function scheduleIn(chart: Chart, name: string, keeper?: KeeperOptions, more: Partial<EventScaleScheduleProps> = {}): EventScaleSchedule {
  return new EventScaleSchedule(chart, name, {
    target: ScheduleTarget.fromAutoscalerName(name),
    baseline: { floor: 2, ceiling: 10 },
    events: [{ event: MARATHON, demand: Demand.replicas(60) }],
    keeper,
    ...more,
  });
}

function chartOf(...names: string[]): Chart {
  const chart = chartIn();
  names.forEach(name => scheduleIn(chart, name));
  return chart;
}

function jobsOf(chart: Chart): any[] {
  return Testing.synth(chart).filter(({ kind, metadata }) => kind === 'CronJob' && metadata.labels['cdk8s-prewarm/role'] === 'repair');
}

function configIn(chart: Chart, name: string): any {
  return Testing.synth(chart).find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name).data;
}

function listIn(chart: Chart, first = 'queue') {
  return decodeRepaired(configIn(chart, `${first}-prewarm-repair`)['repaired.json']);
}

function planIn(chart: Chart, name: string) {
  return decodePlan(chart.node.findAll().filter((one): one is kplus.ConfigMap => one instanceof kplus.ConfigMap && one.name === `${name}-prewarm`)
    .map(one => kplusText(one))[0]);
}

function kplusText(config: kplus.ConfigMap): string {
  return ApiObject.of(config).toJson().data['plan.json'];
}
