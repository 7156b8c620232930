import * as fc from 'fast-check';
import { Interval, between, contains, joinEqual, unionOf } from '../../../src/core/time/intervals';

const SEED = { seed: 20260314 };
const LENGTH = 40;
/** Short and dense, so that they overlap, touch and nest. */
const interval = fc.tuple(fc.nat(LENGTH), fc.nat(8)).map(([from, length]): Interval => ({ from, until: from + length }));
const instants = Array.from({ length: LENGTH + 10 }, (_, at) => at);

describe('unionOf', () => {
  test('covers exactly the instants that some interval contains', () => {
    fc.assert(fc.property(fc.array(interval), intervals => {
      const union = unionOf(intervals);
      return instants.every(at => union.some(one => contains(one, at)) === intervals.some(one => contains(one, at)));
    }), SEED);
  });

  test('is sorted, and leaves a gap between neighbours', () => {
    fc.assert(fc.property(fc.array(interval), intervals => {
      const union = unionOf(intervals);
      return union.every(({ from }, i) => i === 0 || union[i - 1].until < from);
    }), SEED);
  });

  test('keeps apart what may not be joined', () => {
    expect(unionOf([{ from: 0, until: 10 }, { from: 7, until: 12 }], (earlier, later) => (later.from - earlier.from) % 5 === 0))
      .toEqual([{ from: 0, until: 10 }, { from: 7, until: 12 }]);
  });
});

describe('joinEqual', () => {
  test('says at each instant what was said before, in as few pieces as possible', () => {
    fc.assert(fc.property(fc.array(fc.nat(2)), values => {
      const pieces = values.map((value, i) => ({ from: i, until: i + 1, value }));
      const joined = joinEqual(pieces, (a, b) => a.value === b.value);
      const changes = values.filter((value, i) => value !== values[i - 1]).length;
      return joined.length === changes && values.every((value, at) => joined.find(one => contains(one, at))!.value === value);
    }), SEED);
  });

  test('joins nothing across a gap', () => {
    const pieces = [{ from: 0, until: 1 }, { from: 2, until: 3 }];
    expect(joinEqual(pieces, () => true)).toEqual(pieces);
  });
});

test('the pieces between edges touch one another', () => {
  expect(between([1, 4, 9])).toEqual([{ from: 1, until: 4 }, { from: 4, until: 9 }]);
  expect([between([]), between([1])]).toEqual([[], []]);
});
