import { ApiObject, Chart, Testing } from 'cdk8s';
import { chartIn, find } from './support/charts';
import { decodePlan, encodePlan } from '../src/core/plan/document';
import { targetCodeOf } from '../src/core/plan/target-troubles';
import { Demand, EventScaleSchedule, EventScaleScheduleProps, OpeningEvent, PrewarmAlerts, ScaleReferenceOptions, ScheduleTarget } from 'cdk8s-prewarm';

const LOBBY: ScaleReferenceOptions = { apiVersion: 'games.example.com/v1', kind: 'GameServerSet', name: 'lobby' };

describe('a target that is named by fromScale', () => {
  test('is in the plan with its plural, and is its own workload', () => {
    const { target, workload } = planIn(chartWith(ScheduleTarget.fromScale(LOBBY)));
    expect([target, workload]).toEqual([{ ...LOBBY, plural: 'gameserversets' }, { ...LOBBY, plural: 'gameserversets' }]);
  });

  test('is in the plan with the plural that it is given', () => {
    const edge = { apiVersion: 'net.example.com/v1beta2', kind: 'EdgeProxy', plural: 'edgeproxies', name: 'edge' };
    expect(planIn(chartWith(ScheduleTarget.fromScale(edge))).target).toEqual(edge);
  });

  test('has no ceiling, and may be at 0 between events', () => {
    const schedule = scheduleIn(chartIn(), ScheduleTarget.fromScale(LOBBY), { baseline: { floor: 0 } });
    expect(schedule.baseline).toMatchObject({ floor: 0 });
    expect(() => scheduleIn(chartIn(), ScheduleTarget.fromScale(LOBBY), { baseline: { floor: 2, ceiling: 9 } }))
      .toThrow("'baseline.ceiling' (9) has no meaning for GameServerSet 'lobby', which no autoscaler scales beyond the floor; leave it out");
  });

  test('gets rights on it and on its /scale by name', () => {
    expect(rightsOn('games.example.com', chartWith(ScheduleTarget.fromScale(LOBBY)))).toEqual([
      ['gameserversets', 'get,watch,patch', 'lobby'], ['gameserversets/scale', 'get,patch', 'lobby'],
    ]);
  });

  test('gets the right to read its /scale also where pods are not explained', () => {
    expect(rightsOn('games.example.com', chartWith(ScheduleTarget.fromScale(LOBBY), { keeper: { explainsPods: false } }))).toEqual([
      ['gameserversets', 'get,watch,patch', 'lobby'], ['gameserversets/scale', 'get,patch', 'lobby'],
    ]);
  });

  test('gives the repair of its chart the rights to read and write its /scale', () => {
    const chart = chartWith(ScheduleTarget.fromScale(LOBBY));
    const repair = Testing.synth(chart).filter(({ kind, metadata }) => kind === 'Role' && metadata.name.endsWith('-repair'));
    expect(repair.flatMap(({ rules }) => rightsIn(rules, 'games.example.com'))).toEqual([
      ['gameserversets', 'get,patch', 'lobby'], ['gameserversets/scale', 'get,patch', 'lobby'],
    ]);
  });

  test('has no alert on series that nobody is known to show', () => {
    const alerts = new PrewarmAlerts(chartIn('alerts'), 'alerts', { schedules: [scheduleIn(chartIn(), ScheduleTarget.fromScale(LOBBY))] });
    const rules = alerts.rules[0].toJson().spec.groups.flatMap((group: any) => group.rules);
    expect(rules.map(({ alert }: any) => alert).filter(Boolean).sort())
      .toEqual(['PrewarmArmFailed', 'PrewarmNoGuard', 'PrewarmVerifyFailed', 'PrewarmVerifyNotRunning']);
  });
});

describe('the workload of an autoscaler', () => {
  test.each([
    ['named by fromScale', ScheduleTarget.fromAutoscalerName('lobby', { workload: ScheduleTarget.fromScale({ ...LOBBY, plural: 'gamesets' }) }), 'gamesets'],
    ['named by fromScale, of a ScaledObject', ScheduleTarget.fromScaledObjectName('lobby', { workload: ScheduleTarget.fromScale(LOBBY) }), 'gameserversets'],
    ['said as it stands', ScheduleTarget.fromAutoscalerName('lobby', { workload: LOBBY }), 'gameserversets'],
  ])('that is of a custom kind, %s, gets rights on its plural', (_, target, plural) => {
    const chart = chartWith(target, { baseline: { floor: 2, ceiling: 9 } });
    expect(planIn(chart).workload).toEqual({ ...LOBBY, plural });
    expect(rightsOn('games.example.com', chart)).toEqual([[plural, 'get,watch', 'lobby'], [`${plural}/scale`, 'get,patch', 'lobby']]);
  });

  test('that a rendered autoscaler names gets rights on its plural', () => {
    const chart = chartIn();
    scheduleIn(chart, new ApiObject(chart, 'Hpa', {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'lobby' },
      spec: { maxReplicas: 80, scaleTargetRef: { apiVersion: LOBBY.apiVersion, kind: LOBBY.kind, name: 'lobby' } },
    }));
    expect(rightsOn('games.example.com', chart)).toEqual([['gameserversets', 'get,watch', 'lobby'], ['gameserversets/scale', 'get,patch', 'lobby']]);
  });

  test('of a kind of Kubernetes has no plural in the plan, which tables tell', () => {
    const workload = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'lobby' };
    expect(planIn(chartWith(ScheduleTarget.fromAutoscalerName('lobby', { workload }), { baseline: { floor: 2, ceiling: 9 } })).workload).toEqual(workload);
  });

  test('whose plural cannot be told from its kind must be named by fromScale', () => {
    const workload = { apiVersion: 'net.example.com/v1', kind: 'Proxy', name: 'edge' };
    expect(() => chartWith(ScheduleTarget.fromAutoscalerName('edge', { workload }), { baseline: { floor: 2, ceiling: 9 } })).toThrow(
      "the workload 'edge' is a Proxy of net.example.com/v1, whose plural cannot be told from its kind; name the autoscaler, and its workload by "
      + "ScheduleTarget.fromScale({ apiVersion: 'net.example.com/v1', kind: 'Proxy', plural: 'proxies', name: 'edge' })");
  });
});

describe('fromScale refuses', () => {
  test.each<readonly [string, Partial<ScaleReferenceOptions>, string]>([
    ['a Deployment', { apiVersion: 'apps/v1', kind: 'Deployment' },
      "'options.kind' (Deployment of apps/v1) has a function of its own, which knows more of it; call ScheduleTarget.fromDeploymentName('lobby')"],
    ['an autoscaler', { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler' }, "call ScheduleTarget.fromAutoscalerName('lobby')"],
    ['a ScaledObject', { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject' }, "call ScheduleTarget.fromScaledObjectName('lobby')"],
    ['a Rollout', { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' }, "call ScheduleTarget.fromRolloutName('lobby')"],
    ['a DaemonSet', { apiVersion: 'apps/v1', kind: 'DaemonSet' }, "'options.kind' (DaemonSet of apps/v1) is no custom kind, and nothing scales it; name a Deployment"],
    ['a version without a group', { apiVersion: 'v1' }, "'options.apiVersion' must be a group and a version, such as 'games.example.com/v1', got 'v1'"],
    ['a kind in lower case', { kind: 'gameserverset' }, "'options.kind' must be a kind as manifests have it, such as 'GameServerSet', got 'gameserverset'"],
    ['a plural with capitals', { plural: 'GameServerSets' }, "'options.plural' must be the kind as paths of the API have it, such as 'gameserversets'; 'kubectl api-resources' "
      + "lists it as NAME, got 'GameServerSets'"],
    ['a name that no object has', { name: 'Lobby' }, "'Lobby' cannot be the name of a GameServerSet: use lower-case letters"],
    ['a plural that cannot be told', { kind: 'Redis' }, "'options.plural' is required for the kind Redis, whose plural cannot be told from it; pass what 'kubectl api-resources' "
      + "lists as its NAME, such as plural: 'redises'"],
  ])('%s', (_, options, sentence) => {
    expect(() => ScheduleTarget.fromScale({ ...LOBBY, ...options })).toThrow(sentence);
  });

  test('no kind of that name of another group', () => {
    expect(ScheduleTarget.fromScale({ ...LOBBY, apiVersion: 'acme.example/v1', kind: 'Deployment' })).toMatchObject({ kind: 'Deployment', apiVersion: 'acme.example/v1' });
  });
});

test('an object of a custom kind as the target is refused, with the function that names it', () => {
  const chart = chartIn();
  const target = new ApiObject(chart, 'Set', { apiVersion: LOBBY.apiVersion, kind: LOBBY.kind, metadata: { name: 'lobby' } });
  expect(() => scheduleIn(chart, target)).toThrow(/^shop\/lobby: 'target' is a GameServerSet of games.example.com\/v1; the keeper can scale .*, and a custom kind with \/scale that is named by ScheduleTarget.fromScale$/);
});

test('a target of before is named by the function that names it', () => {
  expect(targetCodeOf({ ...LOBBY, plural: 'gameserversets' }))
    .toBe("ScheduleTarget.fromScale({ apiVersion: 'games.example.com/v1', kind: 'GameServerSet', plural: 'gameserversets', name: 'lobby' })");
  const schedule = scheduleIn(chartIn(), ScheduleTarget.fromDeploymentName('lobby'), { formerTargets: [ScheduleTarget.fromScale(LOBBY)] });
  expect(schedule._plan.formerTargets).toEqual([{ ...LOBBY, plural: 'gameserversets' }]);
  expect(rightsOn('games.example.com', Chart.of(schedule))).toEqual([['gameserversets', 'get,patch', 'lobby'], ['gameserversets/scale', 'get,patch', 'lobby']]);
});

test('the plan document keeps the plural, and a plan without one is read as before', () => {
  const plan = scheduleIn(chartIn(), ScheduleTarget.fromScale(LOBBY))._plan;
  expect(decodePlan(encodePlan(plan)).target).toEqual({ ...LOBBY, plural: 'gameserversets' });
  expect(decodePlan(encodePlan({ ...plan, workload: LOBBY })).workload).toEqual(LOBBY);
});

function scheduleIn(chart: Chart, target: EventScaleScheduleProps['target'], props: Partial<EventScaleScheduleProps> = {}): EventScaleSchedule {
  return new EventScaleSchedule(chart, 'lobby', {
    target,
    baseline: { floor: 2 },
    events: [{ event: OpeningEvent.once('season', { at: '2026-12-05T10:00:00Z' }), demand: Demand.replicas(60) }],
    ...props,
  });
}

function chartWith(target: EventScaleScheduleProps['target'], props: Partial<EventScaleScheduleProps> = {}): Chart {
  const chart = chartIn();
  scheduleIn(chart, target, props);
  return chart;
}

function planIn(chart: Chart): any {
  return JSON.parse(find(chart, 'ConfigMap', 'lobby-prewarm').data['plan.json']);
}

function rightsOn(group: string, chart: Chart): string[][] {
  return rightsIn(find(chart, 'Role', 'lobby-prewarm').rules, group);
}

function rightsIn(rules: any[], group: string): string[][] {
  return rules.filter(({ apiGroups }) => apiGroups[0] === group)
    .map(({ resources, verbs, resourceNames }) => [resources.join(), verbs.join(), resourceNames.join()]);
}
