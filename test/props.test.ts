import * as path from 'path';
import { App, Chart, Duration, Testing } from 'cdk8s';
import { Cpu, Secret } from 'cdk8s-plus-28';
import * as ts from 'typescript';
import {
  ClusterBudget, Demand, Dependency, EventScaleSchedule, EventScaleScheduleProps,
  KeeperAdmissionPolicy, OpeningEvent, PrewarmAlerts, PrewarmedService,
  PrewarmedServiceProps, ScheduleTarget, Weekday,
} from '../src';
import { chartIn } from './support/charts';

/**
 * Every prop of every public struct gets what it must not be, as a program without types may pass it.
 *
 * The props are read from the declarations, so that a new one is tested from the day it is there.
 */

const EVENT = OpeningEvent.once('sale', { at: '2026-12-05T10:00', timeZone: 'Asia/Seoul' });
const WALL = { time: '20:00', timeZone: 'Asia/Seoul' };
const SEASON = { ...WALL, firstDate: '2026-12-05', lastDate: '2026-12-20' };
const SCHEDULE: EventScaleScheduleProps = {
  target: ScheduleTarget.fromAutoscalerName('web'), baseline: { floor: 2, ceiling: 10 }, events: [{ event: EVENT, demand: Demand.replicas(60) }],
};
const SERVICE: PrewarmedServiceProps = { image: 'registry.example.com/web:1', events: [{ event: EVENT, demand: Demand.replicas(60) }] };

/** Stands for schedules of the chart that is built. */
const ITS_OWN = ['those of the chart'];

/** Builds with a struct, and synthesizes: what is refused only there comes to light too. */
type Use = (struct: any) => void;

function schedule(props: any): void {
  const chart = chartIn();
  new EventScaleSchedule(chart, 'web', props);
  Testing.synth(chart);
}

function service(props: any): void {
  const chart = chartIn();
  new PrewarmedService(chart, 'web', props);
  Testing.synth(chart);
}

function alerts(props: any): void {
  const chart = chartIn();
  const schedules = [new EventScaleSchedule(chart, 'web', SCHEDULE)];
  new PrewarmAlerts(chart, 'alerts', props.schedules === ITS_OWN ? { ...props, schedules } : props);
  Testing.synth(chart);
}

function policy(props: any): void {
  new KeeperAdmissionPolicy(new Chart(new App(), 'policy'), 'keepers', props);
}

const TIMES = { from: '2026-12-05T09:00+09:00', until: '2026-12-05T12:00+09:00' };

function pool(options: any): void {
  service({ ...SERVICE, events: [], uses: [ClusterBudget.of('pool', options).eachPod()] });
}

/** How each struct reaches the library: what of it is right, and who takes it. */
const STRUCTS: { readonly [name: string]: { readonly right: object; readonly use: Use } } = {
  RequestsPerSecondOptions: { right: {}, use: options => Demand.requestsPerSecond(100, options) },
  KeeperToleration: { right: { key: 'dedicated' }, use: toleration => schedule({ ...SCHEDULE, keeper: { tolerations: [toleration] } }) },
  KeeperNetworkPolicyOptions: {
    right: {},
    use: networkPolicy => schedule({
      ...SCHEDULE, keeper: { networkPolicy, webhookUrl: { secret: Secret.fromSecretName(new Chart(new App(), 'secrets'), 'Hook', 'hook'), key: 'url' } },
    }),
  },
  KeeperOptions: { right: {}, use: keeper => schedule({ ...SCHEDULE, keeper }) },
  OnceOptions: { right: { at: '2026-12-05T10:00', timeZone: 'Asia/Seoul' }, use: options => OpeningEvent.once('sale', options) },
  WallTimeOptions: { right: SEASON, use: options => OpeningEvent.daily('sale', options) },
  OnDatesOptions: { right: { ...WALL, dates: ['2026-12-05'] }, use: options => OpeningEvent.onDates('sale', options) },
  DailyOptions: { right: SEASON, use: options => OpeningEvent.daily('sale', options) },
  WeeklyOptions: { right: { ...SEASON, on: [Weekday.FRIDAY] }, use: options => OpeningEvent.weekly('sale', options) },
  SingleOpening: { right: { at: '2026-12-05T10:00Z' }, use: opening => OpeningEvent.at('sale', { openings: [opening] }) },
  OpeningListOptions: { right: {}, use: options => OpeningEvent.fromJson('sale', '[{"at":"2026-12-05T10:00Z"}]', options) },
  OpeningsOptions: { right: { openings: [{ at: '2026-12-05T10:00Z' }] }, use: options => OpeningEvent.at('sale', options) },
  CsvOptions: { right: {}, use: options => OpeningEvent.fromCsv('sale', 'at\n2026-12-05T10:00Z', options) },
  CsvColumns: { right: {}, use: columns => OpeningEvent.fromCsv('sale', 'at\n2026-12-05T10:00Z', { columns }) },
  LimitTimes: { right: TIMES, use: times => Dependency.connections('db', { limit: 5_000, limitIn: [{ ...times, limit: 6_000 }] }) },
  LimitIn: { right: { ...TIMES, limit: 6_000 }, use: one => Dependency.connections('db', { limit: 5_000, limitIn: [one] }) },
  DependencyOptions: { right: {}, use: options => Dependency.connections('db', { limit: 5_000, ...options }) },
  ConnectionsOptions: { right: { limit: 5_000 }, use: options => Dependency.connections('db', options) },
  RateOptions: { right: { limit: 5_000 }, use: options => Dependency.requestsPerSecond('bank', options) },
  ClusterRoom: { right: { pods: 5_000 }, use: room => pool({ room }) },
  ClusterRoomIn: { right: { ...TIMES, room: { pods: 6_000 } }, use: one => pool({ room: { pods: 5_000 }, roomIn: [one] }) },
  ClusterBudgetOptions: { right: { room: { cpu: Cpu.units(5_000), pods: 5_000 } }, use: pool },
  PodRequests: { right: {}, use: requests => ClusterBudget.of('pool', { room: { pods: 5_000 } }).eachPod(requests) },
  PrewarmAlertsProps: { right: { schedules: ITS_OWN }, use: alerts },
  KeeperAdmissionPolicyProps: { right: {}, use: policy },
  ReplicaRange: { right: { floor: 2, ceiling: 10 }, use: baseline => schedule({ ...SCHEDULE, baseline }) },
  EventScaleScheduleOptions: { right: SCHEDULE, use: schedule },
  EventScaleScheduleProps: { right: SCHEDULE, use: schedule },
  ScaleReferenceOptions: {
    right: { apiVersion: 'games.example.com/v1', kind: 'GameServerSet', plural: 'gameserversets', name: 'lobby' },
    use: options => schedule({ ...SCHEDULE, baseline: { floor: 2 }, target: ScheduleTarget.fromScale(options) }),
  },
  AutoscalerReferenceOptions: { right: {}, use: options => schedule({ ...SCHEDULE, target: ScheduleTarget.fromAutoscalerName('web', options) }) },
  ScheduledEvent: { right: { event: EVENT, demand: Demand.replicas(60) }, use: event => service({ ...SERVICE, events: [event] }) },
  ManifestFragments: { right: {}, use: manifest => service({ ...SERVICE, manifest }) },
  AutoscalingOptions: { right: {}, use: autoscaling => service({ ...SERVICE, autoscaling }) },
  PrewarmedServiceOptions: { right: {}, use: options => PrewarmedService.mergeOptions({}, options) },
  PrewarmedServiceProps: { right: SERVICE, use: service },
  MergeRules: { right: {}, use: rules => PrewarmedService.mergeOptions({}, {}, rules) },
  WindowOptions: { right: {}, use: defaultWindow => schedule({ ...SCHEDULE, defaultWindow }) },
  Ramp: { right: { over: Duration.minutes(30) }, use: rampUp => schedule({ ...SCHEDULE, defaultWindow: { rampUp } }) },
};

/** What is handed over of jsii's own structs, that are no input of ours. */
const NO_INPUT = ['EventJobs'];

/** Values, by what they are. */
const VALUES: { readonly [what: string]: unknown } = {
  'undefined': undefined,
  'null': null,
  'a number': 5,
  'a fraction': -0.5,
  'a string': 'text',
  'a list': [5],
  'an object': { strange: 1 },
  'an empty object': {},
  'a boolean': true,
};

interface Prop {
  readonly struct: string;
  readonly prop: string;
  readonly isOptional: boolean;
}

const PROPS = propsIn(path.join(__dirname, '../src/index.ts'));

/** What is taken all the same, each with its reason. */
const TAKEN: { readonly [what: string]: { readonly [reason: string]: readonly string[] } } = {
  'a number': {
    'it is a number that fits': [
      'RequestsPerSecondOptions.headroomPercent', 'KeeperOptions.guards', 'KeeperOptions.runAsUser', 'ReplicaRange.floor', 'ReplicaRange.ceiling', '*.demandFactor', 'Ramp.steps', 'PrewarmedServiceProps.port',
      'PrewarmedServiceOptions.port', 'PrewarmedServiceOptions.ceiling', 'LimitIn.limit', 'ConnectionsOptions.limit', 'RateOptions.limit',
      'ConnectionsOptions.reserved', 'ConnectionsOptions.connectsPerMinute', 'DependencyOptions.reserved', 'RateOptions.reserved',
      'ClusterRoom.pods', 'ClusterRoom.addresses',
    ],
  },
  'a string': {
    'it is a text that fits': [
      'KeeperToleration.key', 'KeeperToleration.value', 'KeeperOptions.image', 'KeeperOptions.priorityClassName', 'SingleOpening.demand', '*.name',
      'PrewarmedServiceProps.image', 'PrewarmedServiceOptions.image', 'ScaleReferenceOptions.plural',
    ],
  },
  'an object': {
    'its fields are those of cdk8s-plus, which reads them': ['*.container', '*.pod', '*.scaleUp', '*.scaleDown'],
    'its fields are those of Kubernetes, which reads them': ['ManifestFragments.autoscaler'],
    'a preset may hand on a wider object, and nothing else has to be there': ['*.keeper', '*.defaultWindow', '*.autoscaling', '*.manifest', '*.resources', '*.networkPolicy'],
  },
  'an empty object': {
    'nothing in it has to be there': [
      '*.container', '*.pod', '*.scaleUp', '*.scaleDown', '*.keeper', '*.defaultWindow', '*.autoscaling', '*.manifest', 'ManifestFragments.autoscaler', '*.resources', '*.networkPolicy', '*.podLabels', '*.podAnnotations', '*.nodeSelector',
      '*.moved', '*.columns', '*.ruleLabels', '*.alertLabels', '*.demands', '*.demandOn', 'PrewarmedServiceOptions.selector',
    ],
  },
  'a list': { 'it is a port': ['KeeperNetworkPolicyOptions.apiServerPorts', 'KeeperNetworkPolicyOptions.webhookPorts'] },
  'a boolean': { 'it is a boolean': ['*.explainsPods', '*.repair', '*.argoCdHook', '*.platformAssignsUser', 'PrewarmedServiceProps.movingIn'] },
};

function isTaken(what: string, { struct, prop }: Prop): boolean {
  const names = Object.values(TAKEN[what] ?? {}).flat();
  return names.includes(`${struct}.${prop}`) || names.includes(`*.${prop}`);
}

/** What a use of a struct throws; undefined: nothing. */
function thrown({ struct }: Prop, value: object): unknown {
  const { right, use } = STRUCTS[struct];
  try {
    use({ ...right, ...value });
    return undefined;
  } catch (error) {
    return error;
  }
}

test('each struct that the library exports is tried', () => {
  expect([...new Set(PROPS.map(({ struct }) => struct))].filter(struct => !NO_INPUT.includes(struct)).sort()).toEqual(Object.keys(STRUCTS).sort());
});

test('what is right is taken', () => {
  expect(Object.keys(STRUCTS).flatMap(struct => thrown({ struct, prop: '', isOptional: false }, {}) ?? [])).toEqual([]);
});

const TRIED = PROPS.filter(({ struct }) => !NO_INPUT.includes(struct));

test.each(Object.keys(VALUES))('%s is refused with the prop and the value by every prop that cannot be that', what => {
  const wrong = TRIED.flatMap(prop => {
    const value = VALUES[what];
    const error = thrown(prop, { [prop.prop]: value });
    const isFine = isTaken(what, prop) || (value === undefined && prop.isOptional);
    return problemOf(prop, error, isFine, value) ?? [];
  });
  expect(wrong).toEqual([]);
});

test('a prop that is misspelt is refused with the one that was meant', () => {
  const wrong = TRIED.filter(({ prop }) => prop.length > 2).flatMap(one => {
    const { right, use } = STRUCTS[one.struct];
    const { [one.prop]: given = 5, ...rest } = right as { readonly [prop: string]: unknown };
    const misspelt = `${one.prop}${one.prop.slice(-1)}`;
    try {
      use({ ...rest, [misspelt]: given });
      return [`${one.struct}.${misspelt} is taken`];
    } catch (error) {
      const { message } = error as Error;
      return message.includes(misspelt) && message.includes(`did you mean '${one.prop}'`) ? [] : [`${one.struct}.${misspelt}: ${message}`];
    }
  });
  expect(wrong).toEqual([]);
});

function problemOf({ struct, prop }: Prop, error: unknown, isFine: boolean, value: unknown): string | undefined {
  const name = `${struct}.${prop}`;
  if (error === undefined) {
    return isFine ? undefined : `${name} is taken`;
  }
  const { message, constructor } = error as Error;
  if (error instanceof TypeError || /^(Cannot read|.* is not a function|.* is not iterable)/.test(message)) {
    return `${name}: ${constructor.name}: ${message}`;
  }
  // what may be left out can be needed by something else
  if (isFine && value !== undefined) {
    return `${name} is refused: ${message}`;
  }
  const says = value === undefined ? /missing|got undefined|lacks|neither|required/ : /got |\(.+\)|lacks|is empty/;
  return message.includes(prop) && says.test(message) ? undefined : `${name}: says too little: ${message}`;
}

/** The props of all structs that a module exports; of an interface with methods or of a class there are none. */
function propsIn(file: string): Prop[] {
  const program = ts.createProgram([file], { target: ts.ScriptTarget.ES2022, skipLibCheck: true, noLib: true, types: [] });
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(file)!)!;
  return checker.getExportsOfModule(module).flatMap(symbol => {
    const [declaration] = symbol.declarations ?? [];
    if (!declaration || !ts.isInterfaceDeclaration(declaration) || /^I[A-Z]/.test(symbol.name)) {
      return [];
    }
    return checker.getDeclaredTypeOfSymbol(symbol).getProperties().map(prop => ({
      struct: symbol.name,
      prop: prop.name,
      isOptional: (prop.declarations ?? []).some(one => ts.isPropertySignature(one) && one.questionToken !== undefined),
    }));
  });
}

// ---- bounds, names and years

test.each([
  ['more replicas than Kubernetes can count', () => Demand.replicas(2 ** 31), 'Demand.replicas needs a whole number of at most 2147483647'],
  ['a ceiling of that kind', () => schedule({ ...SCHEDULE, baseline: { floor: 2, ceiling: 2 ** 31 } }), "'baseline.ceiling' must be a whole number of at most 2147483647"],
  ['a port that there is not', () => service({ ...SERVICE, port: 65_536 }), "'port' must be a whole number of at most 65535, got 65536"],
  ['a thousand guards', () => schedule({ ...SCHEDULE, keeper: { guards: 1000 } }), "'keeper.guards' must be a whole number of at most 100, got 1000"],
  ['a label with a space', () => schedule({ ...SCHEDULE, keeper: { podLabels: { team: 'the tickets' } } }), "'keeper.podLabels['team']' must be a label's value"],
  ['the name of a label with a space', () => schedule({ ...SCHEDULE, keeper: { podLabels: { 'the team': 'tickets' } } }), "'keeper.podLabels' has 'the team'"],
  ['a label that YAML takes for a number', () => service({ ...SERVICE, selector: { app: '0o17' } }), "'selector['app']' must be a label's value"],
  ['a priority class in capitals', () => schedule({ ...SCHEDULE, keeper: { priorityClassName: 'High' } }), "'keeper.priorityClassName' must be the name of a PriorityClass"],
  ['an image with a space', () => service({ ...SERVICE, image: 'web 1' }), "'image' must be the name of an image"],
  ['a misspelt day', () => OpeningEvent.weekly('sale', { ...SEASON, on: ['friday' as Weekday] }), 'did you mean Weekday.FRIDAY?'],
  ['a year with a slip', () => OpeningEvent.once('sale', { at: '0206-12-05T10:00', timeZone: 'Asia/Seoul' }), 'is not between 1970 and 2099; is the year right?'],
  ['a year with another slip', () => OpeningEvent.onDates('sale', { ...WALL, dates: ['2206-12-05'] }), 'is not between 1970 and 2099'],
  ['a season of centuries', () => OpeningEvent.daily('sale', { ...SEASON, lastDate: '9999-12-31' }), "'lastDate' (9999-12-31) is not between 1970 and 2099"],
  ['no id', () => OpeningEvent.once(undefined as any, { at: '2026-12-05T10:00Z' }), 'the id of an event must be a text'],
  ['null for an id', () => OpeningEvent.once(null as any, { at: '2026-12-05T10:00Z' }), 'got null'],
  ['a number for an id', () => OpeningEvent.once(5 as any, { at: '2026-12-05T10:00Z' }), 'got 5'],
  ['an id that YAML takes for a number', () => OpeningEvent.once('0o17', { at: '2026-12-05T10:00Z' }), 'the id is a number to YAML'],
  ['a name that YAML takes for a number', () => schedule({ ...SCHEDULE, name: '0o17' }), "name '0o17' is a number to YAML"],
  ['no text for a list', () => OpeningEvent.fromCsv('sale', undefined as any), 'the list must be a text'],
  ['no props at all', () => schedule(undefined), 'the props must be an object'],
  ['a service in place of a schedule', () => alerts({ schedules: [{}] }), "'schedules[0]' must be an EventScaleSchedule"],
  ['a URL in place of a Secret', () => schedule({ ...SCHEDULE, keeper: { webhookUrl: 'https://hooks.example.com' } }), "'keeper.webhookUrl' must be a SecretValue"],
  ['no options for a preset', () => PrewarmedService.mergeOptions(undefined as any, {}), "'defaults' must be an object"],
])('%s is refused', (_, build, message) => {
  expect(build).toThrow(message);
});

test('a variable that a tool replaces before the apply may stand in names, labels and images', () => {
  expect(() => service({ ...SERVICE, image: '${registry}/web:${tag}', keeper: { podLabels: { team: '${team}' } } })).not.toThrow();
});

test('other keys pass, since presets hand on wider objects', () => {
  expect(() => service({ ...SERVICE, costCentre: 4711 })).not.toThrow();
});
