import { ApiObject, App, Chart, Testing, Yaml } from 'cdk8s';
import { find } from './support/charts';
import { Demand, EventScaleSchedule, OpeningEvent, PodCapacity, PrewarmedService, ScheduleTarget } from 'cdk8s-prewarm';

// one program a chart; what each service carries of it are the lines that find it

const MARATHON = OpeningEvent.once('marathon', { at: '2026-12-05T10:00', timeZone: 'Asia/Seoul' });

let release = '';
jest.mock('../src/private/keeper-file', () => {
  const actual = jest.requireActual('../src/private/keeper-file');
  return { ...actual, keeperFile: () => ({ ...actual.keeperFile(), text: `${actual.keeperFile().text}${release}`, hash: `${actual.keeperFile().hash}${release}` }) };
});

afterEach(() => {
  release = '';
  jest.restoreAllMocks();
});

test('all services of a chart share one program, which bears the name of the first', () => {
  const chart = chartOf('shop', 'queue', 'registration', 'payment');
  const programs = Testing.synth(chart).filter(({ data }) => data?.['program.js']);
  expect(programs.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(['ConfigMap queue-prewarm-keeper']);
  for (const name of ['queue', 'registration', 'payment']) {
    expect(find(chart, 'ConfigMap', `${name}-prewarm`).data['program-configmap']).toBe('queue-prewarm-keeper');
    expect(find(chart, 'Role', `${name}-prewarm`).rules).toContainEqual({
      apiGroups: [''], resources: ['configmaps'], resourceNames: ['queue-prewarm-keeper'], verbs: ['get'],
    });
  }
});

test('charts of one app, and apps, that deploy into one namespace have no object in common', () => {
  const app = new App();
  const charts = [chartOf('shop', 'queue', 'registration', 'payment'), new Chart(app, 'a', { namespace: 'shop' }), new Chart(app, 'b', { namespace: 'shop' })];
  serviceIn(charts[1], 'search');
  serviceIn(charts[2], 'seats');
  const names = charts.flatMap(chart => Testing.synth(chart).map(({ kind, metadata }) => `${kind} ${metadata.name}`));
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter(name => name.endsWith('-prewarm-keeper')))
    .toEqual(['ConfigMap queue-prewarm-keeper', 'ConfigMap search-prewarm-keeper', 'ConfigMap seats-prewarm-keeper']);
});

test('an upgrade of the program changes the program, the guards that run it, and the name of each arm', () => {
  const [before, after] = ['', '// next release'].map(text => {
    release = text;
    return new Map(Testing.synth(chartOf('shop', 'queue', 'registration')).map(object => [`${object.kind} ${object.metadata.name}`, JSON.stringify(object)]));
  });
  const changed = [...after].filter(([name, text]) => before.get(name) !== text).map(([name]) => name.replace(/-[0-9a-f]{8}$/, '-HASH'));
  expect(changed.sort()).toEqual([
    'ConfigMap queue-prewarm-keeper', 'Deployment queue-prewarm-guards', 'Deployment registration-prewarm-guards', 'Job queue-arm-HASH', 'Job registration-arm-HASH',
  ]);
  const armsOf = (objects: typeof before) => [...objects].filter(([name]) => name.startsWith('Job ')).map(([name, text]) => text.replace(name.slice(4), ''));
  expect(armsOf(after)).toEqual(armsOf(before));
});

test('the program is written before all jobs that run it, wherever the first schedule stands', () => {
  const chart = new Chart(Testing.app(), 'shop', { namespace: 'shop' });
  const [first, second] = [new Chart(chart, 'nested', { namespace: 'shop' }), chart];
  serviceIn(second, 'queue');
  serviceIn(first, 'registration');
  for (const one of [first, second]) {
    const kinds = Testing.synth(one).map(({ kind, data }) => data?.['program.js'] ? 'program' : kind).filter(kind => kind === 'program' || kind === 'Job');
    expect(kinds).toEqual(['program', 'Job']);
  }
});

test('the program does not go when what bears the label of the first service goes', () => {
  const { metadata } = find(chartOf('shop', 'queue'), 'ConfigMap', 'queue-prewarm-keeper');
  expect(metadata.labels).toEqual({ 'cdk8s-prewarm/role': 'keeper' });
});

test('a service is at most 23 KB of YAML beside what all services of a chart share', () => {
  const objects = Testing.synth(chartOf('shop', 'registration')).filter(({ metadata }) => metadata.labels?.['cdk8s-prewarm/service']);
  expect(Yaml.stringify(...objects).length).toBeLessThan(23 * 1024);
});

test('each object is rendered once, also those that the name of arm depends on', () => {
  const render = jest.spyOn(ApiObject.prototype, 'toJson');
  const chart = chartOf('shop', 'queue', 'registration');
  const objects = Testing.synth(chart);
  expect(render.mock.contexts.length).toBe(objects.length);
  expect(new Set(render.mock.contexts).size).toBe(objects.length);
});

test('a change of the target between two synths is in the name of arm', () => {
  const chart = new Chart(Testing.app(), 'shop', { namespace: 'shop' });
  const { autoscaler } = serviceIn(chart, 'queue');
  const before = find(chart, 'Job').metadata.name;
  autoscaler.metadata.addAnnotation('team', 'night');
  expect(find(chart, 'Job').metadata.name).not.toBe(before);
});

test('an object of another construct that has the name of the program is refused', () => {
  const chart = chartOf('shop', 'queue');
  new ApiObject(chart, 'Theirs', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'queue-prewarm-keeper' } });
  expect(() => Testing.synth(chart)).toThrow("ConfigMap 'queue-prewarm-keeper' in namespace 'shop' is rendered twice");
});

test('a schedule hands out the program that it shares', () => {
  const chart = new Chart(Testing.app(), 'shop', { namespace: 'shop' });
  const schedules = ['a', 'b'].map(name => new EventScaleSchedule(chart, name, {
    target: ScheduleTarget.fromAutoscalerName(name), baseline: { floor: 2, ceiling: 10 },
  }));
  expect(schedules[1].program).toBe(schedules[0].program);
});

function chartOf(namespace: string, ...names: string[]): Chart {
  const chart = new Chart(Testing.app(), namespace, { namespace });
  names.forEach(name => serviceIn(chart, name));
  return chart;
}

function serviceIn(chart: Chart, name: string): PrewarmedService {
  return new PrewarmedService(chart, name, {
    image: `registry.example.com/${name}:1`,
    podCapacity: PodCapacity.requestsPerSecond(200),
    events: [{ event: MARATHON, demand: Demand.requestsPerSecond(15_000) }],
  });
}
