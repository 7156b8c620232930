import * as fc from 'fast-check';
import { anyPlan } from './random-plans';
import { readOverriding } from '../../../src/core/plan/override';
import { planAt } from '../../../src/core/plan/plan';
import { postponedPlan, readPostponements, writePostponements } from '../../../src/core/plan/postpone';
import { HOUR, MINUTE } from '../../support/durations';
import { MARATHON, openingAt, planOf } from '../../support/plans';

const [OPENING] = MARATHON.openings;
const LINE = 'seoul-marathon 2026-12-05T10:00:00+09:00 -> 2026-12-05T10:30:00+09:00';
const HALF_AN_HOUR = { event: 'seoul-marathon', at: OPENING.at, to: OPENING.at + 30 * MINUTE };

describe('a postponed opening', () => {
  const postponed = postponedPlan(MARATHON, [HALF_AN_HOUR]);

  test('opens, must be ready and falls later, and rises when it was planned to', () => {
    const [{ at, readyBy, plannedAt, windows }] = postponed.openings;
    expect([at, readyBy, windows[0].until].map((instant, i) => instant - [OPENING.at, OPENING.readyBy, OPENING.windows[0].until][i]))
      .toEqual([30 * MINUTE, 30 * MINUTE, 30 * MINUTE]);
    expect([plannedAt, windows[0].from]).toEqual([OPENING.at, OPENING.windows[0].from]);
  });

  test('keeps every step of its ramp down', () => {
    const ramped = planOf('queue', [openingAt('sale', OPENING.at, 60, { rampDown: { overMs: HOUR, steps: 3 } })]);
    const later = postponedPlan(ramped, [{ ...HALF_AN_HOUR, event: 'sale' }]);
    const moved = later.openings[0].windows.map(({ until }, i) => (until - ramped.openings[0].windows[i].until) / MINUTE);
    expect(moved).toEqual([30, 30, 30]);
  });

  test('is as planned again where nothing postpones it', () => {
    expect(postponedPlan(postponed, [])).toEqual(MARATHON);
  });

  test('leaves openings of other events and instants alone', () => {
    expect(postponedPlan(MARATHON, [{ ...HALF_AN_HOUR, event: 'other' }, { ...HALF_AN_HOUR, at: OPENING.at + 1 }])).toEqual(MARATHON);
  });
});

test('whatever is postponed, no floor is lower than planned at any time before, and postponing again changes nothing', () => {
  fc.assert(fc.property(anyPlan, fc.nat(), fc.integer({ min: 1, max: 120 }), fc.nat(), ({ plan }, pick, minutes, when) => {
    fc.pre(plan.openings.length > 0);
    const { event, at, windows } = plan.openings[pick % plan.openings.length];
    const postponements = [{ event, at, to: at + minutes * MINUTE }];
    const later = postponedPlan(plan, postponements);
    expect(postponedPlan(later, postponements)).toEqual(later);
    const instant = windows[0].from + when % (3 * HOUR);
    expect(planAt(later, instant).floor).toBeGreaterThanOrEqual(planAt(plan, instant).floor);
  }), { seed: 20261207, numRuns: 300 });
});

describe('the text of an override', () => {
  test('is read as it was written', () => {
    expect(writePostponements([HALF_AN_HOUR], 'Asia/Seoul')).toBe(LINE);
    expect(readPostponements(`\n${LINE}\n`)).toEqual({ postponements: [HALF_AN_HOUR] });
  });

  test.each([
    ['soon', 'no instants'],
    ['seoul-marathon 2026-12-05T10:00:00 -> 2026-12-05T10:30:00', 'no offsets'],
    ['seoul-marathon 2026-12-05T10:00:00+09:00 -> 2026-12-05T09:30:00+09:00', 'an earlier opening'],
    ['seoul-marathon 2026-12-05T10:00:00+09:00 -> 2026-12-05T12:00:01+09:00', 'more than two hours'],
  ])('%s is not taken: %s', line => {
    expect(readPostponements(`${line}\n${LINE}`)).toEqual({
      postponements: [HALF_AN_HOUR],
      malformed: `'postponed' of the override must be lines such as '${LINE}', at most 2 hours later, got '${line}'`,
    });
  });

  test('may have postponed openings without a floor, and a floor without them', () => {
    const floor = { floor: '120', until: '2026-12-05T13:00:00+09:00' };
    expect(readOverriding({ postponed: LINE })).toEqual({ postponements: [HALF_AN_HOUR], malformed: [] });
    expect(readOverriding(floor)).toMatchObject({ override: { floor: 120 }, postponements: [], malformed: [] });
    expect(readOverriding({ ...floor, postponed: LINE })).toMatchObject({ override: { floor: 120 }, postponements: [HALF_AN_HOUR], malformed: [] });
  });

  test('says each part that cannot be read', () => {
    expect(readOverriding({ floor: 'many', until: 'later', postponed: 'soon' }).malformed).toEqual([
      expect.stringContaining("'floor' of the override"), expect.stringContaining("'postponed' of the override"),
    ]);
  });
});
