import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020';
import { FINDINGS, PAGES, commands, filled, partsIn, pathOf } from './pages';
import { fieldsOf, pathsIn, schemaNames, schemaOf, strict } from './schemas';
import { decodePlan, encodePlan } from '../../src/core/plan/document';
import { Opening, Plan } from '../../src/core/plan/plan';
import { FakeCluster, NOVEMBER, Standing, failed, hpa, job, jobPod, kubeObject, registration } from '../cli/fake-cluster';
import { prewarm } from '../cli/fake-io';
import { DAY, MINUTE } from '../support/durations';
import { autoscaler, configMap, deployment, other, yamlOf } from '../support/objects';
import { MARATHON, openingAt, planOf } from '../support/plans';

/** With every field that a plan may have: the compiler asks for those that are added later. */
type Complete<T> = T extends readonly (infer Item)[] ? readonly Complete<Item>[] : T extends object ? { [Key in keyof T]-?: Complete<T[Key]> } : T;

/** As it stands in a document, in which no opening is postponed. */
type PlanDocument = Omit<Plan, 'openings'> & { readonly openings: readonly Omit<Opening, 'plannedAt'>[] };

const COMPLETE_PLAN: Complete<PlanDocument> = {
  service: 'registration',
  target: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'registration', plural: 'horizontalpodautoscalers' },
  workload: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'registration', plural: 'deployments' },
  formerTargets: [{ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'queue', plural: 'horizontalpodautoscalers' }],
  movingIn: true,
  takenOut: 4,
  baseline: { floor: 2, ceiling: 10 },
  protection: 'Scheduled',
  explainsPods: false,
  repair: 'queue-prewarm-repair',
  fixedCeiling: 162,
  manifestCeiling: 162,
  guards: 2,
  startupMs: 45_000,
  podCapacity: 200,
  waits: [{ event: 'seoul-marathon', bump: 60 * MINUTE, verify: 5 * MINUTE, drop: 120 * MINUTE }],
  uses: [{
    kind: 'connections',
    name: 'tickets-db',
    namespace: 'marathon',
    perPod: 8,
    perRequest: 0.04,
    limit: 1_000,
    reserved: 40,
    limitIn: [{ limit: 2_000, times: [{ from: Date.parse('2026-12-05T07:00:00+09:00'), until: Date.parse('2026-12-05T12:00:00+09:00') }] }],
    connectsPerMinute: 600,
    host: 'tickets-db.example.com',
    port: 5_432,
  }],
  openings: [{
    event: 'seoul-marathon',
    timeZone: 'Asia/Seoul',
    at: Date.parse('2026-12-05T10:00:00+09:00'),
    readyBy: Date.parse('2026-12-05T09:45:00+09:00'),
    demand: { replicas: 108, requestsPerSecond: 15_000, headroomPercent: 43, factor: 0.5 },
    floor: 108,
    ceiling: 162,
    windows: [{ from: Date.parse('2026-12-05T07:00:00+09:00'), until: Date.parse('2026-12-05T12:00:00+09:00'), floor: 108, ceiling: 162 }],
  }],
};

describe('pages', () => {
  test.each(PAGES)('%s says what the code says; `npx projen reference` writes it', async page => {
    const text = textOf(page);
    expect(text).toBe(await filled(text));
  });

  test('every command has its part on a page, and so have every schema, the findings of every room and the kinds of targets', async () => {
    const parts = PAGES.flatMap(page => partsIn(textOf(page))).filter(part => !part.startsWith('output'));
    const named = [
      ...(await commands()).map(command => `command ${command.name()}`),
      ...schemaNames().map(name => `fields ${name}`),
      ...Object.keys(FINDINGS).map(room => `findings ${room}`),
      'targets kinds',
    ];
    expect(parts.sort()).toEqual(named.sort());
  });

  test.each(schemaNames())('every field of %s is explained in a sentence', name => {
    const unexplained = fieldsOf(schemaOf(name)).filter(({ description }) => !/^[A-Z`].*\.$/.test(description)).map(({ path }) => path);
    expect(unexplained).toEqual([]);
  });
});

/** RFC 3339. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?(Z|[+-]\d\d:\d\d)$/;

/** Real output, in which together every field occurs. */
const DOCUMENTS: { readonly [schema: string]: () => Promise<unknown[]> } = {
  'plan-document': async () => [MARATHON, COMPLETE_PLAN].map(plan => JSON.parse(encodePlan(plan))),
  'prewarm-plan': async () => Promise.all([PULL_REQUEST, withoutNamespace(PULL_REQUEST)].map(async files =>
    answer(['plan', 'new', '--json', '--allow', 'season-ends-soon=the last one'], files))),
  'prewarm-plan-checklist': async () => [await answer(['plan', 'new', '--checklist', '--json', '--node', '16,64Gi', '--at', '2026-11-22T00:00:00Z'], PULL_REQUEST)],
  'prewarm-plan-diff': async () => [await answer(['plan', 'new', '--diff', 'old', '--json'], PULL_REQUEST)],
  'prewarm-rehearse': async () => [
    await answer(['rehearse', 'night', '--json', '--scenario', 'crowd.yaml'], NIGHT),
    await answer(['rehearse', 'event', '--json', '--scenario', 'burst.yaml'], EVENT),
  ],
  'prewarm-status': async () => Promise.all(STANDINGS.flatMap(standing => [[], ['--context', 'seoul'], ['--for', '10:00', '--context', 'seoul'], ['--freeze']].map(async more => {
    const cluster = standing instanceof FakeCluster ? standing : registration(standing);
    return JSON.parse((await prewarm(['status', '-n', 'marathon', '--json', ...more], { spawn: cluster.spawn, now: cluster.clock })).out);
  }))),
};

test('real output is tried against every schema', () => {
  expect(Object.keys(DOCUMENTS).sort()).toEqual(schemaNames());
});

describe.each(Object.keys(DOCUMENTS))('%s', name => {
  test('real output has the fields of the schema, and no others', async () => {
    const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).addFormat('date-time', INSTANT).compile(strict(schemaOf(name)));
    for (const document of await DOCUMENTS[name]()) {
      validate(document);
      expect(validate.errors ?? []).toEqual([]);
    }
  });

  test('every field of the schema occurs', async () => {
    const seen = new Set((await DOCUMENTS[name]()).flatMap(document => [...pathsIn(document)]));
    expect(fieldsOf(schemaOf(name)).map(({ path }) => path).filter(path => !seen.has(path))).toEqual([]);
  });
});

describe('a plan', () => {
  const [opening] = COMPLETE_PLAN.openings;
  const document = JSON.parse(encodePlan({ ...COMPLETE_PLAN, openings: [{ ...opening, demand: { replicas: 108, headroomPercent: 0 } }] }));
  const alternative = ['openings[].demand.replicas', 'openings[].demand.requestsPerSecond'];
  const fields = fieldsOf(schemaOf('plan-document')).filter(({ path }) => !alternative.includes(path));

  test.each(fields.filter(({ isRequired }) => isRequired).map(({ path }) => path))('without %s cannot be read', path => {
    expect(() => decodePlan(JSON.stringify(without(document, path)))).toThrow(/must be|has version undefined/);
  });

  test.each(fields.filter(({ isRequired }) => !isRequired).map(({ path }) => path))('can be read without %s', path => {
    expect(decodePlan(JSON.stringify(without(document, path))).service).toBe('registration');
  });
});

/** A copy that lacks a field, in each entry of a list. */
function without(value: any, path: string): unknown {
  const [, name, list, rest] = /^(\w+)(\[\])?\.?(.*)$/.exec(path)!;
  const { [name]: field, ...others } = value;
  if (rest === '') {
    return others;
  }
  return { ...others, [name]: list ? field.map((item: unknown) => without(item, rest)) : without(field, rest) };
}

function textOf(page: string): string {
  return readFileSync(pathOf(page), 'utf8');
}

async function answer(argv: readonly string[], files: Files): Promise<unknown> {
  return JSON.parse((await prewarm(argv, { files })).out);
}

type Files = { readonly [path: string]: string };

const { at: AT } = MARATHON.openings[0];

/** No pods between events. */
const SLEEPER: Plan = { ...MARATHON, baseline: { floor: 0, ceiling: 10 } };

/** Manifests before and after a change of all that can change. */
const PULL_REQUEST: Files = {
  'old/all.yaml': yamlOf(configMap(planOf('registration', [...season(AT, 40), openingAt('gala', AT, 5)]))),
  'new/all.yaml': yamlOf(
    configMap({
      ...MARATHON,
      openings: [...MARATHON.openings, ...season(AT + DAY, 50)],
      uses: [{ kind: 'service', name: 'queue', perRequest: 0.04 }],
    }),
    configMap({ ...SLEEPER, service: 'worker' }),
    configMap(planOf('queue', [...season(AT + DAY, 9), openingAt('gala', AT, 5)], {
      podCapacity: 200, uses: [{ kind: 'connections', name: 'tickets-db', perPod: 4, limit: 1_000, reserved: 40 }],
    })),
    autoscaler('registration'),
    deployment('registration', { template: { spec: { containers: [{ name: 'main', image: 'main:latest', resources: {} }] } } }),
    cronJob('bump'),
    cronJob('drop'),
  ),
};

function withoutNamespace(files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [path, text.replaceAll(/"namespace": "marathon",?/g, '')]));
}

function season(first: number, floor: number): Opening[] {
  return [0, 7, 14].map(days => openingAt('sale', first + days * DAY, floor, { demand: { requestsPerSecond: 15_000, headroomPercent: 20, factor: 0.5 } }));
}

function cronJob(role: string): any {
  const name = `registration-seoul-marathon-${role}`;
  const labels = { 'cdk8s-prewarm/service': 'registration', 'cdk8s-prewarm/role': role, 'cdk8s-prewarm/event': 'seoul-marathon' };
  const template = { spec: { containers: [{ name: 'keeper', image: 'node:latest' }] } };
  return other('batch/v1', 'CronJob', name, { metadata: { name, labels, namespace: 'marathon' }, spec: { jobTemplate: { spec: { template } } } });
}

// a short window, since every second of it is played
const NIGHT = {
  'night/all.yaml': yamlOf(
    configMap(planOf('registration', [
      openingAt('seoul-marathon', MARATHON.openings[0].at, 20, { leadMs: 20 * MINUTE, holdMs: 5 * MINUTE, readyMarginMs: 5 * MINUTE, demand: { requestsPerSecond: 2_000 } }),
    ], { podCapacity: 200 })),
    autoscaler('registration'),
    deployment('registration'),
  ),
  'crowd.yaml': JSON.stringify({
    faults: ['metrics-down', 're-apply'],
    overrides: [{ floor: 25, ceiling: 40, from: '-4m', until: '+1m', reason: 'radio spot' }],
    hands: [{ at: '-2m', floor: 30, ceiling: 50 }],
    require: ['success>=50%'],
  }),
};

/** Two services and what they use; a short overload from which they do not recover. */
const EVENT = {
  'event/all.yaml': yamlOf(...[
    { name: 'registration', floor: 10, uses: [{ kind: 'service', name: 'payment', perRequest: 0.1 } as const] },
    { name: 'payment', floor: 2, uses: [{ kind: 'requestsPerSecond', name: 'payment-provider', limit: 800, perRequest: 1 } as const] },
  ].flatMap(({ name, floor, uses }) => [
    configMap(planOf(name, [
      openingAt('seoul-marathon', MARATHON.openings[0].at, floor, { leadMs: 20 * MINUTE, holdMs: 5 * MINUTE, readyMarginMs: 5 * MINUTE, demand: { requestsPerSecond: floor * 60 } }),
    ], { podCapacity: 100, baseline: { floor, ceiling: floor }, fixedCeiling: floor, uses })),
    autoscaler(name),
    deployment(name),
  ])),
  'burst.yaml': JSON.stringify({
    from: '-1m',
    until: '+5m',
    traffic: [{ at: '-1m', rps: 600 }, { at: '+10s', rps: 600 }, { at: '+11s', rps: 1_200 }, { at: '+20s', rps: 1_200 }, { at: '+21s', rps: 600 }],
    faults: ['dependency-slow:payment-provider@+4m50s'],
    assume: { timeoutSeconds: 1, retryPercent: 100, retryAttempts: 5, retryAfterSeconds: 1, memoryPerRequestKiB: 0 },
  }),
};

const STANDINGS: readonly (Standing | FakeCluster)[] = [
  { ready: 94, unschedulable: 9, override: { floor: '120', ceiling: '200', until: '2026-12-05T13:00:00+09:00', reason: 'radio spot' } },
  { floor: 2, owner: 'kubectl-patch', override: { floor: 'many' } },
  { now: '2026-12-05T01:01:00Z' },
  { now: NOVEMBER, floor: 30, owner: 'kubectl-patch' },
  // between events it has no pods at all
  { now: NOVEMBER, plan: SLEEPER, floor: 0, ready: 0 },
  { now: '2026-12-05T00:47:00Z', plan: SLEEPER },
  {
    more: [job('arm', 'registration-arm-1a2b3c4d', '2026-11-25T01:00:00Z', failed('2026-11-25T01:00:20Z')), jobPod('arm', 'registration-arm-1a2b3c4d', 'arm-1', {
      phase: 'Failed', containerStatuses: [{ name: 'keeper', state: { terminated: { exitCode: 1, message: '{"message":"may not patch"}' } } }],
    })],
  },
  { more: [kubeObject('ConfigMap', 'registration-prewarm', { labels: { 'cdk8s-prewarm/service': 'registration' } }, { data: { 'plan.json': '{' } })] },
  { more: [{ ...hpa(25, 162, 'cdk8s-prewarm-registration'), apiVersion: 'autoscaling/v2', metadata: { ...hpa(25, 162, 'cdk8s-prewarm-registration').metadata, name: 'old' } }] },
];
