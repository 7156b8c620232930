import { decide } from '../../../src/core/plan/decide';
import { Live } from '../../../src/core/plan/live';
import { wantedAt } from '../../../src/core/plan/override';
import { openingAt, planOf } from '../../support/plans';

const OPENS = '2026-12-05T10:00:00+09:00';
const PLAN = planOf('worker', [openingAt('sale', OPENS, 20)], { baseline: { floor: 0, ceiling: 10 } });
const LIVE: Live = { floor: 0, ceiling: 10, ownsFloor: true, ownsCeiling: true, ownsCeilingAlone: true, isDisabled: false };

test('a planned 0 between events is not woken', () => {
  const { write, scale, findings } = decide(wantedAt(PLAN, undefined, Date.parse('2026-12-01T10:00:00+09:00')), LIVE, { asked: 0, most: 0 });
  expect([write, scale, findings]).toEqual([undefined, undefined, []]);
});

test('a 0 inside a window is brought to the floor, whoever set it', () => {
  const { write, scale } = decide(wantedAt(PLAN, undefined, Date.parse(OPENS)), LIVE, { asked: 0, most: 0 });
  expect([write, scale]).toEqual([{ floor: 20, ceiling: 30 }, { from: 0, to: 20 }]);
});
