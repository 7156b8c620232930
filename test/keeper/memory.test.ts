import { opening, planOf } from './harness';
import { nodeFlags } from '../../src/private/keeper-pod-settings';
import { Crowd } from '../support/crowd';

const plan = (pods: number) => planOf([opening('sale', { from: 0, at: 60, until: 120 }, pods)], { guards: 0 });

let crowd: Crowd;
afterEach(async () => crowd.close());

test('looks at 5,000 pods of 20 KB that are not ready within 100 MB, and the third look takes no more than the first', async () => {
  crowd = new Crowd(plan(5_000), 5_000, 20);
  const looks = await crowd.look(3, nodeFlags({}));
  expect(looks.map(({ missing }) => missing)).toEqual(Array.from(looks, () => [
    '0 of 5000 ready, 5000 missing: 2500 not ready (readiness probe), 2500 pulling image',
  ]));
  expect(looks.map(({ requests }) => requests)).toEqual([103, 103, 103]);
  expect(crowd.bytes / 3 / 5_000).toBeGreaterThan(20_000);
  const peaks = looks.map(({ peakMegabytes }) => peakMegabytes);
  expect(Math.max(...peaks)).toBeLessThan(100);
  expect(peaks[2] - peaks[0]).toBeLessThan(8);
}, 120_000);

test('reads fewer pods at a time where one is as large as the API allows', async () => {
  crowd = new Crowd(plan(12), 12, 1_400);
  const [{ peakMegabytes, missing }] = await crowd.look(1, nodeFlags({}));
  expect(missing[0]).toBe('0 of 12 ready, 12 missing: 12 pulling image');
  expect(peakMegabytes).toBeLessThan(100);
}, 60_000);
