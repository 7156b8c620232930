import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiObject, App, Chart, Duration } from 'cdk8s';
import { parseAllDocuments } from 'yaml';
import { manifestsOfExamples } from './support/examples';
import { fluxPostBuild, gnuEnvsubst } from './support/substituters';
import { decodePlan } from '../src/core/plan/document';
import { Demand, EventScaleSchedule, OpeningEvent, PrewarmAlerts, ScheduleTarget } from 'cdk8s-prewarm';

// Flux's postBuild and envsubst replace variables in all text of a manifest, programs in it included

const KEEPER = readFileSync(join(__dirname, '..', 'assets', 'keeper', 'main', 'index.js'), 'utf8');
/** What one of them would take for a variable, or for an escaped dollar. */
const VARIABLE = /\$[A-Za-z_{$]/;

test('the keeper has nothing that could be taken for a variable, nor for a template of Helm', () => {
  expect(linesWith(VARIABLE, KEEPER)).toEqual([]);
  expect(linesWith(/\{\{/, KEEPER)).toEqual([]);
});

describe.each([
  ['the examples', manifestsOfExamples()],
  ['a schedule by name, with alerts', [manifestsWithAlerts()]],
])('the manifests of %s', (_, manifests) => {
  test('have no variable', () => {
    expect(manifests.flatMap(text => linesWith(VARIABLE, text))).toEqual([]);
  });

  test('come out of envsubst as they went in', () => {
    expect(manifests.map(text => gnuEnvsubst(text))).toEqual(manifests);
  });

  test('come out of Flux\'s postBuild as they went in', () => {
    expect(manifests.map(text => fluxPostBuild(text))).toEqual(manifests);
  });
});

test('all examples are among them', () => {
  expect(manifestsOfExamples()).toHaveLength(2);
  expect(manifestsOfExamples().every(text => text.includes('keeper.js: '))).toBe(true);
});

test('variables in names, namespace and image are replaced everywhere alike, in the plan too', () => {
  const app = new App();
  const chart = new Chart(app, 'shop', { namespace: '${namespace}' });
  const target = new ApiObject(chart, 'Autoscaler', {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: '${cluster}-payment' },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: '${cluster}-api' }, minReplicas: 2, maxReplicas: 9 },
  });
  new EventScaleSchedule(chart, 'payment', { target, keeper: { image: '${registry}/node:24.21.0-alpine' } });
  const variables = { namespace: 'shop', cluster: 'east', registry: 'registry.example.com' };
  const objects: any[] = parseAllDocuments(fluxPostBuild(app.synthYaml(), variables)).map(document => document.toJS());
  expect(JSON.stringify(objects)).not.toMatch(VARIABLE);
  const plan = decodePlan(objects.find(({ kind }) => kind === 'ConfigMap').data['plan.json']);
  expect([plan.target.name, plan.workload.name]).toEqual(['east-payment', 'east-api']);
  expect(JSON.stringify(objects.find(({ kind }) => kind === 'Role').rules)).toContain('east-payment');
});

describe('the substituters of these tests', () => {
  test('replace what the real ones replace', () => {
    expect(gnuEnvsubst('$a ${a} $ab ${a:-b} $1 a$ $$', { a: 'x' })).toBe('x x  ${a:-b} $1 a$ $$');
    expect(fluxPostBuild('$a ${a} ${b} ${b:-c} $${a} $1 a$', { a: 'x' })).toBe('$a x  c ${a} $1 a$');
  });

  test.each([
    ['a call of a program', '`${this.pathOf(ref)}/scale`', 'missing closing brace'],
    ['an expression', '`${[a].join()}`', 'unable to parse variable name'],
  ])('Flux refuses %s', (_, text, message) => {
    expect(() => fluxPostBuild(text)).toThrow(message);
  });
});

function manifestsWithAlerts(): string {
  const app = new App();
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const schedule = new EventScaleSchedule(chart, 'payment', {
    target: ScheduleTarget.fromAutoscalerName('payment-hpa'),
    baseline: { floor: 2, ceiling: 9 },
    events: [{ event: OpeningEvent.once('night', { at: '2026-12-05T10:00:00Z', lead: Duration.hours(2) }), demand: Demand.replicas(60) }],
  });
  new PrewarmAlerts(chart, 'alerts', { schedules: [schedule] });
  return app.synthYaml();
}

function linesWith(pattern: RegExp, text: string): string[] {
  return text.split('\n').filter(line => pattern.test(line));
}
