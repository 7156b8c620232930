import { windowsOf, WindowShape } from '../../../src/core/plan/windows';
import { isoOf } from '../../../src/core/time/instant';
import { MINUTE } from '../../support/durations';

const AT = Date.parse('2026-12-05T01:00:00Z');
const SHAPE: WindowShape = { leadMs: 120 * MINUTE, holdMs: 60 * MINUTE, readyMarginMs: 15 * MINUTE };

test('one window from the lead to the end of the hold', () => {
  expect(shown(AT, SHAPE, 108)).toEqual(['23:00 02:00 108']);
});

test('a ramp up is nested windows of ever higher floors', () => {
  expect(shown(AT, { ...SHAPE, rampUp: { overMs: 30 * MINUTE, steps: 4 } }, 10))
    .toEqual(['23:30 02:00 10', '23:00 02:00 3', '23:10 02:00 5', '23:20 02:00 8']);
});

test('a ramp down is its mirror image', () => {
  expect(shown(AT, { ...SHAPE, rampDown: { overMs: 30 * MINUTE, steps: 4 } }, 10))
    .toEqual(['23:00 01:30 10', '23:00 02:00 3', '23:00 01:50 5', '23:00 01:40 8']);
});

test('the ceiling is whole through all steps', () => {
  const windows = windowsOf(AT, { ...SHAPE, rampUp: { overMs: 30 * MINUTE, steps: 4 } }, { floor: 10, ceiling: 15 });
  expect(windows.map(window => window.ceiling)).toEqual([15, 15, 15, 15]);
});

test('begins at the minute at or before, and ends at the minute at or after', () => {
  expect(shown(AT + 1, SHAPE, 10)).toEqual(['23:00 02:01 10']);
  expect(shown(AT - 1, SHAPE, 10)).toEqual(['22:59 02:00 10']);
});

function shown(at: number, shape: WindowShape, floor: number): string[] {
  return windowsOf(at, shape, { floor, ceiling: 2 * floor }).map(window =>
    `${isoOf(window.from).slice(11, 16)} ${isoOf(window.until).slice(11, 16)} ${window.floor}`);
}
