import { nextChange, overruledBy, readOverride, wantedAt } from '../../../src/core/plan/override';
import { Plan } from '../../../src/core/plan/plan';
import { openingAt, planOf } from '../../support/plans';

const UNTIL = '2026-12-05T13:00:00+09:00';
const AT = Date.parse(UNTIL);
const PLAN: Plan = {
  service: 'queue',
  target: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'queue' },
  workload: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'queue' },
  baseline: { floor: 2, ceiling: 10 },
  guards: 2,
  startupMs: 0,
  openings: [],
};

test('reads what the person on call wrote', () => {
  expect(readOverride({ floor: '120', until: UNTIL })).toEqual({ floor: 120, until: AT });
  expect(readOverride({ floor: '120', until: UNTIL, ceiling: '200', reason: 'twice the crowd' }))
    .toEqual({ floor: 120, ceiling: 200, until: AT, reason: 'twice the crowd' });
});

test.each<[string, { [key: string]: string } | undefined]>([
  ["'floor' of the override must be a whole number of at least 1, got nothing", undefined],
  ["'floor' of the override must be a whole number of at least 1, got '0'", { floor: '0', until: UNTIL }],
  ["'floor' of the override must be a whole number of at least 1, got '1.5'", { floor: '1.5', until: UNTIL }],
  ["'floor' of the override must be a whole number of at least 1, got '99999999999999999999'", { floor: '99999999999999999999', until: UNTIL }],
  ["'floor' of the override must be at most 2147483647, the greatest number of replicas that the API takes, got '3000000000'", { floor: '3000000000', until: UNTIL }],
  ["'ceiling' of the override must be at most 2147483647, the greatest number of replicas that the API takes, got '2147483648'", { floor: '1', ceiling: '2147483648', until: UNTIL }],
  ["'ceiling' of the override must be a whole number of at least its floor (120), got '119'", { floor: '120', ceiling: '119', until: UNTIL }],
  ["'ceiling' of the override must be a whole number of at least its floor (120), got 'all'", { floor: '120', ceiling: 'all', until: UNTIL }],
  ["'until' of the override must be an instant with an offset such as '2026-12-05T13:00:00+09:00', got nothing", { floor: '1' }],
  ["'until' of the override must be an instant with an offset such as '2026-12-05T13:00:00+09:00', got '2026-12-05T13:00'", { floor: '1', until: '2026-12-05T13:00' }],
  ["'until' of the override must be an instant with an offset such as '2026-12-05T13:00:00+09:00', got '2026-02-30T13:00Z'", { floor: '1', until: '2026-02-30T13:00Z' }],
  ["'until' of the override must be an instant with an offset such as '2026-12-05T13:00:00+09:00', got '2026-13-05T13:00Z'", { floor: '1', until: '2026-13-05T13:00Z' }],
])('%s', (malformed, data) => {
  expect(readOverride(data)).toEqual({ malformed });
});

test('is in force until its time, which no longer belongs to it', () => {
  const override = { floor: 5, until: AT };
  expect(wantedAt(PLAN, override, AT - 1)).toMatchObject({ floor: 5, ceiling: 10, override });
  expect(wantedAt(PLAN, override, AT)).toEqual({ floor: 2, ceiling: 10, openings: [] });
});

test('keeps the plan\'s ceiling, raised to its own floor, unless it names one', () => {
  expect(wantedAt(PLAN, { floor: 30, until: AT }, 0).ceiling).toBe(30);
  expect(wantedAt(PLAN, { floor: 30, ceiling: 40, until: AT }, 0).ceiling).toBe(40);
  expect(wantedAt(PLAN, { floor: 3, ceiling: 4, until: AT }, 0).ceiling).toBe(4);
});

test('says what the plan asks for and does not get', () => {
  expect(wantedAt(PLAN, { floor: 1, until: AT }, AT - 1).overruled).toEqual({ floor: 2, ceiling: 10 });
  expect(wantedAt(PLAN, { floor: 1, until: AT }, AT).overruled).toBeUndefined();
});

test('overrules a plan that was asked before as one that is asked now', () => {
  const override = { floor: 30, until: AT };
  const planned = { floor: 2, ceiling: 10, openings: [] };
  expect(overruledBy(override, planned, AT - 1)).toEqual(wantedAt(PLAN, override, AT - 1));
  expect(overruledBy(undefined, planned, AT - 1)).toBe(planned);
});

test('what is wanted changes at its end, at an edge of the plan, or never', () => {
  const window = { from: AT - 1_000, until: AT + 1_000, floor: 5, ceiling: 10 };
  const plan = planOf('queue', [{ ...openingAt('sale', AT, 5), windows: [window] }]);
  const override = { floor: 30, until: AT };
  const changes = [undefined, override].map(one => [-5_000, -1_000, 0, 1_000].map(ms => nextChange(plan, one, AT + ms)));
  expect(changes).toEqual([
    [window.from, window.until, window.until, undefined],
    [window.from, AT, window.until, undefined],
  ]);
});
