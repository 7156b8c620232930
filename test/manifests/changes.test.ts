import { HOUR, MARATHON, NOW, autoscaler, configMap, deployed, deployment, openingAt, planOf, synthOf, yamlOf } from './plans';
import { textOf } from '../../src/core/finding';
import { findingsOf } from '../../src/manifests/findings';
import { FakeCluster } from '../cli/fake-cluster';
import { prewarm } from '../cli/fake-io';

/** A window that is on. */
const SALE = openingAt('sale', NOW + HOUR, 60);
const ON = planOf('shop', [SALE], { fixedCeiling: 90 });
const CALM = planOf('shop', [openingAt('later', NOW + 1000 * HOUR, 6)], { fixedCeiling: 10 });

function found(before: readonly any[], after: readonly any[], given: any[] = []): string[] {
  return findingsOf({ deployed: deployed(...after), before: deployed(...before), now: NOW, isExcerpt: true }, given)
    .map(finding => `${finding.id} ${finding.severity}: ${textOf(finding)}`);
}

const of = (plan: any, spec: object = {}, workload: object = {}) => [configMap(plan), deployment('shop', workload), autoscaler('shop', spec)];

test('the same again hurts nobody', () => {
  expect(found(of(ON, { maxReplicas: 90 }), of(ON, { maxReplicas: 90 }))).toEqual([]);
});

test('a ceiling that falls while more may run is found, with the way out', () => {
  const before = of({ ...CALM, fixedCeiling: 162 }, { maxReplicas: 162 });
  expect(found(before, of(CALM, { maxReplicas: 10 }))).toEqual([
    "ceiling-falls warning: HorizontalPodAutoscaler 'shop' falls from 'maxReplicas: 162' to 10, and up to 162 pods may run: what is above goes at once; "
    + "say 'ceiling: 162' for shop until fewer run, or deploy in a quiet hour",
  ]);
});

test('a ceiling below what the floor holds, or what is seen to run, is an error', () => {
  expect(found(of(ON, { maxReplicas: 90 }), of({ ...ON, fixedCeiling: 60 }, { maxReplicas: 59 }))[0])
    .toContain("ceiling-too-low error: HorizontalPodAutoscaler 'shop' has 'maxReplicas: 59'");
  const live = (currentReplicas: number) => [configMap(CALM), { ...autoscaler('shop', { maxReplicas: 162 }), status: { currentReplicas } }];
  expect(found(live(22), of(CALM, { maxReplicas: 10 }))).toEqual([expect.stringContaining('ceiling-falls error')]);
  expect(found(live(22), of(CALM, { maxReplicas: 10 }))[0]).toContain('22 pods run now: 12 of them go at once');
  expect(found(live(10), of(CALM, { maxReplicas: 10 }))).toEqual([]);
});

test('an event that is taken out while its window is on is found', () => {
  expect(found([configMap(ON)], [configMap({ ...ON, openings: CALM.openings })])).toEqual([
    "floor-falls warning: the window of 'sale' is on, and its floor falls from 60 pods to 2 at the deploy, since the opening is taken out; "
    + "deploy after Mon 2026-11-23 00:00, or hold the floor by 'prewarm override'",
  ]);
});

test('a floor that falls inside a window is found, one that falls in a window ahead is not', () => {
  expect(found([configMap(ON)], [configMap({ ...ON, openings: [openingAt('sale', NOW + HOUR, 40)] })])).toEqual([
    expect.stringContaining("the window of 'sale' is on, and its floor falls from 60 pods to 40 at the deploy; deploy after"),
  ]);
  const ahead = (floor: number) => [configMap({ ...ON, openings: [openingAt('sale', NOW + 100 * HOUR, floor)] })];
  expect(found(ahead(60), ahead(40))).toEqual([]);
});

test('a service that is gone while its window is on is found', () => {
  expect(found([configMap(ON), configMap(MARATHON)], [configMap(MARATHON)])).toEqual([
    expect.stringContaining("schedule-removed warning: 'marathon/shop' is gone while the window of 'sale' is on: nothing holds its 60 pods any more"),
  ]);
  expect(found([configMap(CALM), configMap(MARATHON)], [configMap(MARATHON)])).toEqual([]);
});

describe('a target that becomes another one', () => {
  const target = (name: string) => ({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name });
  const workload = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };

  test('is found, with both ways out', () => {
    expect(found([configMap(CALM)], [configMap({ ...CALM, target: target('web'), workload })])).toEqual([
      "target-changed warning: the target was HorizontalPodAutoscaler 'shop' and becomes HorizontalPodAutoscaler 'web': the old one stays at the floor that it has at the deploy; "
      + "pass formerTargets: [ScheduleTarget.fromAutoscalerName('shop')] until a deploy is through, or run "
      + "'prewarm leave shop -n marathon --only horizontalpodautoscaler/shop' after it",
    ]);
  });

  test('of the same pods must not be there beside the old one', () => {
    expect(found([configMap(CALM)], [configMap({ ...CALM, target: target('web') })])).toEqual([
      "target-changed warning: the target was HorizontalPodAutoscaler 'shop' and becomes HorizontalPodAutoscaler 'web': while the old one is there, both scale Deployment 'shop', "
      + "and each undoes what the other does; delete HorizontalPodAutoscaler 'shop' with the deploy",
    ]);
  });

  test('is no trouble where the plan names the old one, or scales it now', () => {
    expect(found([configMap(CALM)], [configMap({ ...CALM, target: target('web'), workload, formerTargets: [CALM.target] })])).toEqual([]);
    expect(found([configMap({ ...CALM, target: CALM.workload })], [configMap(CALM)])).toEqual([]);
  });
});

test('a selector that changes is an error, since the API server refuses it', () => {
  const selecting = (app: string) => of(ON, { maxReplicas: 90 }, { selector: { matchLabels: { app } } });
  expect(found(selecting('shop'), selecting('web'))).toEqual([
    "selector-changes error: Deployment 'shop' has the selector 'app=web', and had 'app=shop': the API server refuses the change; "
    + "keep the old one, which 'selector' of a PrewarmedService takes, or give the workload another name",
  ]);
});

test('an allowance for a change is no unused one where nothing is compared', () => {
  const allowing = { ...configMap(ON), metadata: { ...configMap(ON).metadata, annotations: { 'cdk8s-prewarm/allow': 'floor-falls: cancelled' } } };
  expect(findingsOf({ deployed: deployed(allowing), now: NOW, isExcerpt: true })).toEqual([]);
  expect(found([allowing], [allowing])[0]).toContain('allowance-unused');
});

// ---- through the command line

const FILES = { 'new.yaml': yamlOf(...synthOf({ ...ON, openings: CALM.openings })), 'old.yaml': yamlOf(...synthOf(ON)) };

test('--diff tells what hurts on stderr, and --strict makes it count', async () => {
  const { exitCode, out, err } = await prewarm(['plan', 'new.yaml', '--diff', 'old.yaml', '--strict'], { files: FILES });
  expect({ exitCode, out }).toEqual({ exitCode: 1, out: expect.stringContaining('- sale: 1 opening') });
  expect(err).toContain("warning: marathon/shop: the window of 'sale' is on");
});

test('--live compares with the cluster, and with no other services of the namespace', async () => {
  const objects = [configMap(ON), configMap(MARATHON), deployment('shop'), autoscaler('shop', { maxReplicas: 90 })];
  const { spawn } = new FakeCluster(objects);
  const { exitCode, out, err } = await prewarm(['plan', 'new.yaml', '--live'], { files: FILES, spawn });
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: expect.stringContaining("the window of 'sale' is on") });
  expect(out).toContain('- sale: 1 opening');
  expect(out).not.toContain('registration');
});

test('--live and --diff together are refused', async () => {
  expect(await prewarm(['plan', 'new.yaml', '--live', '--diff', 'old.yaml'], { files: FILES }))
    .toMatchObject({ exitCode: 2, err: expect.stringContaining('take one of them') });
});

test('an autoscaler of the app that gets the highest ceiling all year is noted, that of a PrewarmedService is not', () => {
  const own = autoscaler('registration');
  delete own.metadata.labels;
  expect(found([], [configMap(MARATHON), own])).toEqual([
    "ceiling-all-year note: HorizontalPodAutoscaler 'registration' has 'maxReplicas: 162' all year, the highest ceiling of the plan, instead of its "
    + "own 10; where that is too much between events, pass 'ceilingPolicy: CeilingPolicy.PER_WINDOW', which leaves it its own",
  ]);
  expect(found([], [configMap(MARATHON), autoscaler('registration')])).toEqual([]);
});
