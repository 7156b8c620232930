import { textOf } from '../../src/core/finding';
import { DependencyFacts, PlannedUse } from '../../src/core/plan/use-facts';
import { findingsOf } from '../../src/manifests/findings';
import { HOUR, MINUTE } from '../support/durations';
import { autoscaler, configMap, deployed, deployment } from '../support/objects';
import { NOW, OpeningOptions, openingAt, planOf } from '../support/plans';

const OPENS = Date.parse('2026-12-05T10:00:00+09:00');

const FINDINGS = ['dependency-exceeded', 'dependency-turnover', 'ceilings-over-limit', 'connection-storm', 'callee-too-small', 'dependency-differs'];

interface ServiceOptions extends OpeningOptions {
  readonly fixedCeiling?: number;
  readonly podCapacity?: number;
  readonly strategy?: object;
  readonly baseline?: { readonly floor: number; readonly ceiling: number };
  readonly manifests?: boolean;
}

/** The objects of one service for one opening. */
function service(name: string, floor: number, uses: readonly PlannedUse[], options: ServiceOptions = {}): any[] {
  const { fixedCeiling, podCapacity, baseline = { floor: 1, ceiling: 2 }, strategy = { type: 'Recreate' }, manifests = true, ...opening } = options;
  const ceiling = opening.ceiling ?? floor;
  const plan = planOf(name, [openingAt('sale', OPENS, floor, { ...opening, ceiling })], {
    uses, baseline, ...fixedCeiling ? { fixedCeiling } : {}, ...podCapacity ? { podCapacity } : {},
  });
  return [configMap(plan), ...manifests ? [deployment(name, { strategy }), autoscaler(name)] : []];
}

function connections(name: string, perPod: number, facts: DependencyFacts): PlannedUse {
  return { kind: 'connections', name, perPod, ...facts };
}

function found(...objects: readonly any[]): string[] {
  return findingsOf({ deployed: deployed(...objects), now: NOW, isExcerpt: true }).filter(({ id }) => FINDINGS.includes(id))
    .map(finding => `${finding.id}: ${textOf(finding)}`);
}

describe('stories that were told in public, by their figures', () => {
  test('five pods with pools of 25 against 100 connections: an error', () => {
    expect(found(...service('api', 5, [connections('db', 25, { limit: 100 })]))).toEqual([
      "dependency-exceeded: dependency 'db' has 100 connections, and the floors need 125 from Sat 2026-12-05 07:00 Asia/Seoul (UTC+09:00) on: "
      + "'api' 125 (5 pods x 25); raise the limit ('limitIn' for that time), let each pod hold fewer, put a pooler between, or lower a demand",
    ]);
  });

  test("an autoscaler at its ceiling and a rollout's surge against a shared 200: a finding", () => {
    const rolling = { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } };
    expect(found(...service('api', 4, [connections('db', 18, { limit: 200 })], { ceiling: 10, strategy: rolling }))).toEqual([
      "dependency-turnover: dependency 'db' has 200 connections, and pods at their ceilings with those of a rollout and those that are ending need 288 "
      + "from Sat 2026-12-05 07:00 Asia/Seoul (UTC+09:00) on: 'api' 288; do not roll out in that time, lower maxSurge or the grace period, or raise the limit for longer",
    ]);
  });

  test('pools that double at a deploy, old and new pods at once: a finding', () => {
    const double = { type: 'RollingUpdate', rollingUpdate: { maxSurge: '100%', maxUnavailable: 0 } };
    expect(found(...service('api', 40, [connections('db', 10, { limit: 500 })], { strategy: double }))[0]).toContain(
      "dependency-turnover: dependency 'db' has 500 connections, and pods at their floors with those of a rollout and those that are ending need 1,200");
  });

  test('9,200 connections wanted against 6,000: an error', () => {
    const db = (perPod: number) => [connections('db', perPod, { limit: 6_000, connectsPerMinute: 100_000 })];
    expect(found(...service('web', 400, db(20)), ...service('batch', 60, db(20)))[0]).toContain(
      "dependency-exceeded: dependency 'db' has 6,000 connections, and the floors need 9,200 from Sat 2026-12-05 07:00 Asia/Seoul (UTC+09:00) on: "
      + "'web' 8,000 (400 pods x 20), 'batch' 1,200 (60 pods x 20)");
  });
});

test('what fits is not told', () => {
  expect(found(...service('api', 10, [connections('db', 10, { limit: 140, reserved: 40 })]))).toEqual([]);
});

test('what is reserved is taken off', () => {
  expect(found(...service('api', 10, [connections('db', 10, { limit: 139, reserved: 40 })]))[0]).toContain("dependency 'db' has 139 connections less 40 reserved");
});

test('a limit that is higher in the window holds there', () => {
  const inWindow = (hours: number) => ({ limit: 50, limitIn: [{ limit: 100, times: [{ from: OPENS - 3 * HOUR, until: OPENS + hours * HOUR }] }] });
  expect(found(...service('api', 10, [connections('db', 10, inWindow(3))]))).toEqual([]);
  expect(found(...service('api', 10, [connections('db', 10, inWindow(1))]))[0]).toContain(
    "dependency-exceeded: dependency 'db' has 50 connections, and the floors need 100 from Sat 2026-12-05 11:00 Asia/Seoul (UTC+09:00) on");
});

test('what is past is not told', () => {
  const uses = [connections('db', 25, { limit: 100 })];
  const objects = deployed(...service('api', 5, uses));
  expect(findingsOf({ deployed: objects, now: OPENS + 3 * HOUR, isExcerpt: true }).filter(({ id }) => FINDINGS.includes(id))).toEqual([]);
});

test('pods of a floor that has just fallen are still there when another rises', () => {
  const uses = [connections('db', 10, { limit: 150 })];
  const second = service('b', 10, uses, { leadMs: -2 * HOUR, holdMs: 4 * HOUR });
  expect(found(...service('a', 10, uses), ...second)[0]).toContain("dependency-turnover: dependency 'db' has 150 connections, and pods at their floors "
    + 'with those of a rollout and those that are ending need 200 from Sat 2026-12-05 12:00');
});

test('pods that are still there when a higher limit ends are told, in the zone of the event', () => {
  const facts = { limit: 50, limitIn: [{ limit: 200, times: [{ from: OPENS - 3 * HOUR, until: OPENS + 2 * HOUR }] }] };
  expect(found(...service('a', 20, [connections('db', 10, facts)]))[0]).toContain("dependency-turnover: dependency 'db' has 50 connections, and pods at their "
    + 'floors with those of a rollout and those that are ending need 200 from Sat 2026-12-05 12:00 Asia/Seoul (UTC+09:00) on');
});

test('ceilings that are too high together are told with the highest that are safe', () => {
  const uses = [connections('db', 4, { limit: 100 })];
  expect(found(...service('a', 10, uses, { ceiling: 30 }), ...service('b', 5, uses, { ceiling: 10 }))).toEqual([
    "ceilings-over-limit: dependency 'db' has 100 connections, and all ceilings together need 160 from Sat 2026-12-05 07:00 Asia/Seoul (UTC+09:00) on; "
    + "the highest that are safe then are 'a' 18 instead of 30, 'b' 7 instead of 10; set 'ceiling', or raise the limit",
  ]);
});

test('ceilings that are fixed all year cannot be below the highest floor', () => {
  const facts = { limit: 50, limitIn: [{ limit: 200, times: [{ from: OPENS - 3 * HOUR, until: OPENS + 2 * HOUR }] }] };
  expect(found(...service('a', 20, [connections('db', 10, facts)], { fixedCeiling: 20 }))).toContainEqual(
    "ceilings-over-limit: dependency 'db' has 50 connections, and all ceilings together need 200 between events, where ceilings that are fixed all year must be "
    + "as high as the highest floor; raise the limit, or pass 'ceilingPolicy: CeilingPolicy.PER_WINDOW'",
  );
});

test('a rise that opens more connections within a minute than are taken is a storm, and the ramp that ends it is named', () => {
  const db = connections('db', 8, { limit: 2_000, connectsPerMinute: 300 });
  expect(found(...service('api', 101, [db]))).toEqual([
    "connection-storm: dependency 'db' takes 300 new connections a minute, and the rise of 'api' opens 800 at Sat 2026-12-05 07:00 Asia/Seoul (UTC+09:00); "
    + "raise the floors in steps, 'rampUp: { over: Duration.minutes(10), steps: 3 }', or say 'connectsPerMinute' where it takes more",
  ]);
  expect(found(...service('api', 101, [db], { rampUp: { overMs: 10 * MINUTE, steps: 3 } }))).toEqual([]);
});

test('a service that its callers need larger is told', () => {
  const web = service('web', 100, [{ kind: 'service', name: 'payment', perRequest: 0.04 }], { podCapacity: 200, demand: { requestsPerSecond: 15_000 } });
  expect(found(...web, ...service('payment', 10, [], { podCapacity: 50 }))).toEqual([
    "callee-too-small: service 'payment' serves 500 requests/s at its floor, and its callers send 600 from Sat 2026-12-05 10:00 Asia/Seoul (UTC+09:00) on: "
    + "'web' 600; have its demand follow them, by Demand.fromCallers()",
  ]);
});

test('a plan that says something else of a dependency is told', () => {
  expect(found(...service('a', 1, [connections('db', 1, { limit: 100 })]), ...service('b', 1, [connections('db', 1, { limit: 90 })]))).toEqual([
    "dependency-differs: the plan of 'marathon/b' says something else of dependency 'db' than the others do, and is not believed; "
    + 'declare it once, in a package that all apps share',
  ]);
});

test('a budget counts what pods request, in the units of people', () => {
  const memory: PlannedUse = { kind: 'memory', name: 'pool', perPod: 1.5 * 2 ** 30, limit: 12 * 2 ** 30 };
  expect(found(...service('a', 10, [memory]))[0]).toContain("dependency-exceeded: budget 'pool' has 12 GiB, and the floors need 15 from Sat 2026-12-05 07:00 "
    + "Asia/Seoul (UTC+09:00) on: 'a' 15 (10 pods x 1.5); add room ('roomIn' for that time)");
});
