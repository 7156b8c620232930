import * as fc from 'fast-check';
import { planAt } from '../../../src/core/plan/plan';
import {
  LoadLevel, LoadingPlan, StationLoad, isOver, safeCeilingsAt, sharesAt, stationLoadsOf, tightestOf, usedOf, weightOf,
} from '../../../src/core/plan/station-load';
import { heldOver, valueAt } from '../../../src/core/plan/steps';
import { Turnover, turnoverOf } from '../../../src/core/plan/turnover';
import { DependencyFacts, PlannedUse, usableAt } from '../../../src/core/plan/use-facts';
import { EpochMs } from '../../../src/core/time/instant';
import { HOUR, MINUTE, SECOND } from '../../support/durations';
import { NOW, openingAt, planOf } from '../../support/plans';

/** Fleets of services that share up to three dependencies, and call each other. */

interface Fleet {
  readonly plans: readonly LoadingPlan[];
  readonly facts: ReadonlyMap<string, DependencyFacts>;
}

const someOpening = fc.record({
  at: fc.integer({ min: 0, max: 40 }),
  floor: fc.integer({ min: 1, max: 60 }),
  above: fc.integer({ min: 0, max: 40 }),
  hold: fc.integer({ min: 1, max: 6 }),
  ramp: fc.boolean(),
  rate: fc.option(fc.integer({ min: 1, max: 4_000 }), { nil: undefined }),
});

const someService = fc.record({
  baseline: fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 0, max: 30 })),
  openings: fc.array(someOpening, { maxLength: 4 }),
  fixed: fc.boolean(),
  capacity: fc.integer({ min: 10, max: 200 }),
  connections: fc.array(fc.record({ db: fc.integer({ min: 0, max: 1 }), perPod: fc.integer({ min: 1, max: 20 }) }), { maxLength: 3 }),
  bank: fc.option(fc.constantFrom(0.04, 0.5, 1), { nil: undefined }),
  turnover: fc.option(fc.record({ surge: fc.integer({ min: 0, max: 10 }), minutes: fc.integer({ min: 0, max: 90 }) }), { nil: undefined }),
});

const someFacts = fc.record({
  limit: fc.integer({ min: 50, max: 2_000 }),
  reserved: fc.integer({ min: 0, max: 40 }),
  larger: fc.option(fc.record({
    from: fc.integer({ min: -4, max: 40 }), hours: fc.integer({ min: 1, max: 10 }), limit: fc.integer({ min: 50, max: 4_000 }),
  })),
}).map(({ limit, reserved, larger }): DependencyFacts => ({
  limit,
  reserved,
  ...larger ? {
    limitIn: [{ limit: larger.limit, times: [{ from: NOW + larger.from * HOUR, until: NOW + (larger.from + larger.hours) * HOUR }] }],
  } : {},
}));

const someFleet: fc.Arbitrary<Fleet> = fc.record({
  services: fc.array(someService, { minLength: 1, maxLength: 5 }), dbs: fc.tuple(someFacts, someFacts), bank: someFacts,
}).map(({ services, dbs, bank }) => ({
  facts: new Map([['connections/db0', dbs[0]], ['connections/db1', dbs[1]], ['requestsPerSecond/bank', bank]]),
  plans: services.map(({ baseline: [floor, above], openings, fixed, capacity, connections, bank: perRequest, turnover }, i): LoadingPlan => {
    const uses: PlannedUse[] = [
      ...connections.map(({ db, perPod }): PlannedUse => ({ kind: 'connections', name: `db${db}`, perPod, ...dbs[db] })),
      ...perRequest === undefined ? [] : [{ kind: 'requestsPerSecond', name: 'bank', perRequest, ...bank } as const],
    ];
    const planned = openings.map((one, j) => openingAt(`e${j}`, NOW + one.at * HOUR, one.floor, {
      ceiling: one.floor + one.above,
      holdMs: one.hold * HOUR,
      demand: one.rate === undefined ? { replicas: one.floor } : { requestsPerSecond: one.rate },
      ...one.ramp ? { rampUp: { overMs: HOUR, steps: 3 } } : {},
    }));
    const highest = Math.max(floor + above, ...planned.map(({ ceiling }) => ceiling));
    return {
      namespace: 'shop',
      plan: planOf(`s${i}`, planned, {
        baseline: { floor, ceiling: floor + above }, podCapacity: capacity, uses, ...fixed ? { fixedCeiling: highest } : {},
      }),
      ...turnover ? { turnover: { more: pods => Math.min(turnover.surge, pods), lingerMs: turnover.minutes * MINUTE } } : {},
    };
  }),
}));

/** Every half hour, as no edge lies between, and a moment after each. */
function instants(): EpochMs[] {
  return Array.from({ length: 2 * 60 }, (_, i) => NOW + (i - 10) * HOUR / 2);
}

/** Without steps, stretches or sweeps: what is used at an instant by going through everything. */
function bruteForce({ plans }: Fleet, id: string, level: LoadLevel, at: EpochMs): number {
  return plans.reduce((total, { plan, turnover }) => (plan.uses ?? []).filter(({ kind, name }) => `${kind}/${name}` === id).reduce((sum, use) => {
    const podsAt = (instant: EpochMs) => level.startsWith('floor') || level === 'turning' ? planAt(plan, instant).floor : planAt(plan, instant).ceiling;
    let pods = podsAt(at);
    if (turnover && level.toLowerCase().includes('turning')) {
      for (let before = at; before > at - turnover.lingerMs; before -= MINUTE / 2) {
        pods = Math.max(pods, podsAt(before));
      }
      pods += turnover.more(pods);
    }
    const open = plan.openings.filter(opening => opening.at <= at && at < Math.max(...opening.windows.map(({ until }) => until)));
    const expected = Math.max(0, ...open.map(({ demand }) => demand.requestsPerSecond ?? demand.replicas! * plan.podCapacity!));
    const { floor, ceiling } = planAt(plan, at);
    const requests = level.startsWith('ceiling') ? ceiling * plan.podCapacity! : Math.min(expected, floor * plan.podCapacity!);
    return sum + (use.perPod ?? 0) * pods + (use.perRequest ?? 0) * requests;
  }, total), 0);
}

function loadOf(fleet: Fleet, id: string): StationLoad | undefined {
  return stationLoadsOf(fleet.plans).find(({ station }) => station.id === id);
}

test.each<LoadLevel>(['floor', 'turning', 'ceiling', 'ceilingTurning'])('what is used at the level %s is what brute force adds up, at every instant', level => {
  fc.assert(fc.property(someFleet, fleet => {
    for (const id of fleet.facts.keys()) {
      const load = loadOf(fleet, id);
      const used = load && usedOf(load, level);
      for (const at of used ? instants() : []) {
        expect(valueAt(used!, at)).toBeCloseTo(bruteForce(fleet, id, level, at), 6);
      }
    }
  }), { seed: 20261125, numRuns: 40 });
});

test('of 1,000 fleets, those are over a limit at their floors that brute force finds over it, and no others', () => {
  fc.assert(fc.property(someFleet, fleet => {
    for (const [id, facts] of fleet.facts) {
      const load = loadOf(fleet, id);
      const tightest = load && tightestOf(load, 'floor');
      const isReally = instants().some(at => bruteForce(fleet, id, 'floor', at) > usableAt(facts, at)! + 1e-6);
      expect(tightest !== undefined && isOver(tightest)).toBe(isReally);
    }
  }), { seed: 20261126, numRuns: 1_000 });
});

test('the tightest moment is the first at which no other uses a greater part', () => {
  fc.assert(fc.property(someFleet, fleet => {
    for (const [id, facts] of fleet.facts) {
      const load = loadOf(fleet, id);
      const tightest = load && tightestOf(load, 'floor', NOW);
      if (tightest) {
        const partAt = (at: EpochMs) => bruteForce(fleet, id, 'floor', at) / Math.max(1e-9, usableAt(facts, at)!);
        expect(valueAt(usedOf(load, 'floor'), tightest.from)).toBe(tightest.used);
        const most = partAt(Math.max(NOW, tightest.from)) * (1 + 1e-6) + 1e-6;
        expect(instants().filter(at => at >= NOW && partAt(at) > most && facts.limit! > 50)).toEqual([]);
      }
    }
  }), { seed: 20261127, numRuns: 100 });
});

test('safe ceilings fit, none of them could be higher, and none is below a floor', () => {
  fc.assert(fc.property(someFleet, fleet => {
    for (const id of fleet.facts.keys()) {
      const load = loadOf(fleet, id);
      const tightest = load && tightestOf(load, 'ceiling');
      const safe = tightest && safeCeilingsAt(load, tightest.from);
      if (safe) {
        const used = safe.reduce((sum, one) => sum + one.safe * weightOf(one.user), 0);
        expect(used).toBeLessThanOrEqual(tightest.usable * (1 + 1e-6));
        for (const one of safe) {
          expect(one.safe).toBeGreaterThanOrEqual(planAt(one.user.plan, tightest.from).floor);
          expect(one.safe === one.ceiling || used + weightOf(one.user) > tightest.usable).toBe(true);
        }
      }
    }
  }), { seed: 20261128, numRuns: 300 });
});

test('of nothing that is over there are no safe ceilings', () => {
  const plans = [{ plan: planOf('web', [], { uses: [{ kind: 'connections', name: 'db', perPod: 8, limit: 10 }] }) }];
  expect(safeCeilingsAt(stationLoadsOf(plans)[0], 0)).toBeUndefined();
});

test('shares are told with the most first', () => {
  const of = (name: string, perPod: number) => ({ plan: planOf(name, [], { uses: [{ kind: 'connections', name: 'db', perPod, limit: 10 }] }) });
  const [load] = stationLoadsOf([of('a', 1), of('b', 3)]);
  expect(sharesAt(load, 'floor', 0).map(({ user, used }) => [user.plan.service, used])).toEqual([['b', 6], ['a', 2]]);
});

test('a service that is called is as large as what the pods of its floor serve', () => {
  const at = NOW + 10 * HOUR;
  const payment = planOf('payment', [openingAt('sale', at, 10)], { podCapacity: 50 });
  const web = planOf('web', [openingAt('sale', at, 100, { demand: { requestsPerSecond: 15_000 } })], {
    podCapacity: 200, uses: [{ kind: 'service', name: 'payment', perRequest: 0.04 }],
  });
  const [load] = stationLoadsOf([{ plan: payment }, { plan: web }]);
  expect(tightestOf(load, 'floor')).toMatchObject({ from: at, used: 600, usable: 500 });
});

test('between events, nobody has said how many requests there are', () => {
  const web = planOf('web', [], { podCapacity: 200, uses: [{ kind: 'requestsPerSecond', name: 'bank', perRequest: 1, limit: 100 }] });
  expect(tightestOf(stationLoadsOf([{ plan: web }])[0], 'floor')).toMatchObject({ used: 0, usable: 100 });
});

test('what fell is felt for a while, but never after it', () => {
  const steps = [{ from: -Infinity, value: 2 }, { from: 100, value: 9 }, { from: 200, value: 4 }, { from: 210, value: 3 }];
  expect(heldOver(steps, 50)).toEqual([{ from: -Infinity, value: 2 }, { from: 100, value: 9 }, { from: 250, value: 4 }, { from: 260, value: 3 }]);
});

describe('pods beside those that are asked for', () => {
  const workload = (strategy: object, grace = 30) => ({ spec: { strategy, template: { spec: { terminationGracePeriodSeconds: grace } } } });
  const rolling = (maxSurge: number | string, maxUnavailable: number | string, grace?: number) =>
    workload({ type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } }, grace);
  const more = (given: object, pods: number, kind = 'Deployment'): number => turnover(given, kind).more(pods);
  const turnover = (given: object, kind: string): Turnover => turnoverOf({ kind, workload: given, startupMs: 45 * SECOND });

  test.each([
    ['are a quarter more, and the half that ends meanwhile, by the defaults of a Deployment', {}, 100, 75],
    ['are those of the surge and as many that end', rolling('10%', 0), 100, 20],
    ['are those of each step that is still ending', rolling('10%', 0, 60), 100, 30],
    ['are twice as many at most, and the surge', rolling('100%', 0), 10, 20],
    ['are the new ones of a whole template, with blue and green', workload({ blueGreen: {} }), 10, 10],
    ['are none where all old ones go first', workload({ type: 'Recreate' }), 10, 0],
    ['are those that end, where none comes before one goes', rolling(0, 2), 10, 2],
  ])('%s', (_, given, pods, count) => {
    expect(more(given, pods)).toBe(count);
  });

  test('are none of a StatefulSet, which waits for each to end', () => {
    expect(more({}, 10, 'StatefulSet')).toBe(0);
  });

  test('linger for the stabilization of the autoscaler, and for their grace period', () => {
    const autoscaler = { spec: { behavior: { scaleDown: { stabilizationWindowSeconds: 60 } } } };
    expect(turnoverOf({ kind: 'Deployment', workload: workload({}), autoscaler, startupMs: 0 }).lingerMs).toBe(90 * SECOND);
    expect(turnoverOf({ kind: 'Deployment', workload: workload({}), autoscaler: {}, startupMs: 0 }).lingerMs).toBe(330 * SECOND);
    expect(turnover(workload({}), 'Deployment').lingerMs).toBe(30 * SECOND);
  });
});
