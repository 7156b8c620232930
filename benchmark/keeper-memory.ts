import { nodeFlags } from '../src/private/keeper-pod-settings';
import { Crowd } from '../test/support/crowd';
import { planOf } from '../test/support/plans';

// The most memory that a keeper takes which looks three times at pods of 20 KB that are not ready, as its container starts it, and what a look costs.
// Run as `npx tsx benchmark/keeper-memory.ts`.

const AT = Date.parse('2026-12-05T10:00:00Z');

async function main(): Promise<void> {
  for (const pods of [50, 500, 5_000]) {
    const floor = { floor: pods, ceiling: pods };
    const crowd = new Crowd(planOf('queue', [{
      event: 'sale', at: AT, readyBy: AT - 900_000, demand: { replicas: pods }, ...floor, windows: [{ from: AT - 7_200_000, until: AT + 3_600_000, ...floor }],
    }], { guards: 0 }), pods, 20);
    const looks = await crowd.look(3, nodeFlags({}));
    const peaks = looks.map(({ peakMegabytes }) => peakMegabytes.toFixed(0)).join(', ');
    console.log(`${pods} pods: peak ${peaks} MB after each of three looks; ${looks[0].requests} requests and ${
      (crowd.bytes / looks.length / 1e6).toFixed(1)} MB a look`);
    await crowd.close();
  }
}

void main();
