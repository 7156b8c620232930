import { ARRIVED, FAILED, READY, bucketsOf } from '../../src/report/buckets';

// ten steps of a second; 1 of 10 in each fails
const STEPS = [0, 0, 0, 0, 100, 50, 0, 0, 20, 0];
const none = STEPS.map(() => 0);
const SERIES: any = {
  from: 1000, stepMs: 1000, arrived: STEPS, refused: STEPS.map(rps => rps / 10), timedOut: none, lost: none, ready: [9, 9, 9, 3, 9, 9, 9, 9, 9, 9],
};

test('a bucket shows the highest traffic, the fewest pods, and the mean of failures', () => {
  expect(bucketsOf(SERIES, ARRIVED, 1000, 11_000, 2)).toEqual([[1000, 100], [6000, 50]]);
  expect(bucketsOf(SERIES, READY, 1000, 11_000, 2)).toEqual([[1000, 3], [6000, 9]]);
  expect(bucketsOf(SERIES, FAILED, 1000, 11_000, 2)).toEqual([[1000, 2], [6000, 1.4]]);
});

test('a span is cut out, and never has more points than steps', () => {
  expect(bucketsOf(SERIES, ARRIVED, 5000, 7000, 100)).toEqual([[5000, 100], [6000, 50]]);
  expect(bucketsOf(SERIES, ARRIVED, -5000, 99_000, 100)).toHaveLength(10);
});
