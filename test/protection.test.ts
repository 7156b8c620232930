import { Chart, Testing } from 'cdk8s';
import { chartIn } from './support/charts';
import { deployed } from './support/objects';
import { decodePlan } from '../src/core/plan/document';
import { findingsOf } from '../src/manifests/findings';
import { Demand, EventScaleSchedule, EventScaleScheduleProps, OpeningEvent, PrewarmAlerts, Protection, ScheduleTarget } from 'cdk8s-prewarm';

const SALE = OpeningEvent.once('sale', { at: '2026-12-05T10:00Z' });
const BEFORE = Date.parse('2026-11-25T00:00Z');

describe('a schedule that is scheduled only', () => {
  test('is arm, bump and drop: no guards, no verify, no repair', () => {
    expect(namesIn(chartWith(Protection.SCHEDULED))).toEqual([
      'ConfigMap payment-prewarm', 'ConfigMap payment-prewarm-keeper', 'CronJob payment-sale-bump', 'CronJob payment-sale-drop',
      expect.stringMatching(/^Job payment-arm-/), 'Role payment-prewarm', 'RoleBinding payment-prewarm', 'ServiceAccount payment-prewarm',
    ]);
  });

  test('says so in its plan, where nobody guards and nothing repairs', () => {
    expect(planIn(chartWith(Protection.SCHEDULED))).toMatchObject({ protection: 'Scheduled', guards: 0 });
    expect(planIn(chartWith(Protection.SCHEDULED)).repair).toBeUndefined();
  });

  test('hands out no verify', () => {
    const { repair, guards, ...schedule } = scheduleIn(chartIn('shop'), { protection: Protection.SCHEDULED });
    expect([repair, guards]).toEqual([undefined, undefined]);
    expect(schedule).toBeDefined();
    expect(scheduleIn(chartIn('shop'), { protection: Protection.SCHEDULED }).jobsOf(SALE).verify).toBeUndefined();
  });

  test('may watch nothing and list no pods', () => {
    const { rules } = Testing.synth(chartWith(Protection.SCHEDULED)).find(({ kind }) => kind === 'Role');
    expect(new Set(rules.flatMap(({ verbs }: any) => verbs))).toEqual(new Set(['get', 'patch', 'create']));
    expect(rules.filter(({ resourceNames }: any) => !resourceNames).map(({ resources }: any) => resources[0])).toEqual(['events']);
  });

  test('lacks nothing', () => {
    expect(findingsOf({ deployed: deployed(...Testing.synth(chartWith(Protection.SCHEDULED))), now: BEFORE, isExcerpt: false })).toEqual([]);
  });

  test('has no alert of a verify that failed', () => {
    const chart = chartIn('shop');
    new PrewarmAlerts(chart, 'alerts', { schedules: [scheduleIn(chart, { protection: Protection.SCHEDULED })] });
    expect(JSON.stringify(Testing.synth(chart))).not.toContain('PrewarmVerify');
  });

  test.each([
    [{ guards: 2 }, "'keeper.guards' (2) has no meaning with Protection.SCHEDULED, which has neither guards nor a repair; leave it out, or pass Protection.GUARDED"],
    [{ repair: true }, "'keeper.repair' (true) has no meaning with Protection.SCHEDULED"],
  ])('refuses %j', (keeper, sentence) => {
    expect(() => scheduleIn(chartIn('shop'), { protection: Protection.SCHEDULED, keeper })).toThrow(sentence);
  });

  test('is no part of the repair of its chart', () => {
    const chart = chartWith(Protection.SCHEDULED);
    scheduleIn(chart, {}, 'queue');
    const list = Testing.synth(chart).find(({ data }) => data?.['repaired.json']).data['repaired.json'];
    expect(JSON.parse(list).services).toEqual([{ name: 'queue' }]);
  });
});

test('guarded is the default, and is what it is called', () => {
  expect(Testing.synth(chartWith(Protection.GUARDED))).toEqual(Testing.synth(chartWith(undefined)));
});

function scheduleIn(chart: Chart, props: Partial<EventScaleScheduleProps>, name = 'payment'): EventScaleSchedule {
  return new EventScaleSchedule(chart, name, {
    target: ScheduleTarget.fromAutoscalerName(name),
    baseline: { floor: 2, ceiling: 10 },
    events: [{ event: SALE, demand: Demand.replicas(40) }],
    ...props,
  });
}

function chartWith(protection: Protection | undefined): Chart {
  const chart = chartIn('shop');
  scheduleIn(chart, { protection });
  return chart;
}

function namesIn(chart: Chart): string[] {
  return Testing.synth(chart).map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();
}

function planIn(chart: Chart) {
  return decodePlan(Testing.synth(chart).find(({ metadata }) => metadata.name === 'payment-prewarm').data['plan.json']);
}
