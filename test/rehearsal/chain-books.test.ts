import * as fc from 'fast-check';
import { PLAIN, calls, connections, provider, serviceOf, steps } from './events';
import { MINUTE } from './services';
import { planTogether } from '../../src/rehearsal/chain/event';
import { playMembers } from '../../src/rehearsal/chain/play-members';
import { ServiceStation } from '../../src/rehearsal/chain/service-station';
import { Waits } from '../../src/rehearsal/chain/waits';
import { COMPARISONS, DEPENDENCY_FAULT_NAMES, FAULT_NAMES, Scenario } from '../../src/rehearsal/types';

const SEED = 20261205;

/** A front door, two services behind it of which one calls the other, a database that all use, and a provider. */
const EVENT = (pods: number) => [
  serviceOf('registration', pods, pods * 70, [connections(4, 400), calls('payment', 0.3), calls('seats', 1)]),
  serviceOf('payment', Math.ceil(pods / 3), pods * 25, [connections(6, 400), provider(pods * 30), calls('seats', 2)]),
  serviceOf('seats', pods * 2, pods * 130, [connections(2, 400)]),
];

test('books: in each second, under any faults, what comes to a station is answered, fails in one way, or is in it; pods hold just what the station has', () => {
  const faults = fc.uniqueArray(fc.constantFrom(...FAULT_NAMES, ...DEPENDENCY_FAULT_NAMES), { maxLength: 4 });
  const assume = fc.record({
    retryPercent: fc.constantFrom(0, 50, 100),
    retryAttempts: fc.constantFrom(0, 2),
    callRetryPercent: fc.constantFrom(0, 80),
    callRetrySeconds: fc.constantFrom(0.025, 2.5),
    retryJitterPercent: fc.constantFrom(0, 40),
    retryBudgetPercent: fc.constantFrom(0, 20),
    abandonedServedPercent: fc.constantFrom(0, 40, 100),
    queueLimit: fc.constantFrom(0, 50),
    podConcurrency: fc.constantFrom(0, 5, 40),
    timeoutSeconds: fc.constantFrom(1, 10),
    callTimeoutSeconds: fc.constantFrom(0.5, 3, 15),
    dependencyMillis: fc.constantFrom(5, 60),
    dependencyQueue: fc.constantFrom(0, 200),
    unconnectedReady: fc.constantFrom(0, 1),
    memoryPerRequestKiB: fc.constantFrom(0, 2_000),
  });
  const load = fc.double({ min: 0.3, max: 2, noNaN: true });
  fc.assert(fc.property(faults, assume, fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 2, max: 20 }), load,
    fc.constantFrom('prewarmed' as const, ...COMPARISONS), (names, assumed, seed, pods, times, run) => {
      const scenario: Scenario = {
        seed,
        assume: assumed,
        faults: names.map(name => ({ name, offsetMs: name === 'node-lost' ? 20_000 : -10_000 })),
        fromMs: -MINUTE,
        untilMs: 2 * MINUTE,
        traffic: steps([-120, pods * 20], [0, pods * 100 * times], [60, pods * 30]),
      };
      const { plan } = planTogether(EVENT(pods), scenario);
      const before = new Map<string, number>();
      const played = playMembers(plan, run, (second, chain) => {
        for (const station of chain.stations) {
          const { arrived, answered, refused, timedOut, lost } = station.books;
          const { inside } = station.look();
          const size = 1e-6 * (1 + arrived + inside);
          expect(Math.abs((before.get(station.id) ?? 0) + arrived - answered - refused - timedOut - lost - inside)).toBeLessThan(size);
          before.set(station.id, inside);
          const { batches, places, held } = station.contents();
          expect(Math.abs(batches - places)).toBeLessThan(1e-6 * (1 + batches) + size);
          expect(held).toBeLessThan(batches + size);
        }
        for (const [, door] of chain.doors) {
          expect(door.served[second]).toBeGreaterThanOrEqual(0);
        }
      });
      for (const [, { arrived, served, failures }] of played.doors) {
        const sum = (list: Float64Array) => list.reduce((a, b) => a + b, 0);
        expect(sum(served) + sum(failures)).toBeLessThanOrEqual(sum(arrived) * (1 + 1e-9) + 1e-6);
      }
    }), { seed: SEED, numRuns: 60 });
}, 120_000);

describe('against theory', () => {
  test.each([[1, 0.5], [1, 0.9], [5, 0.7], [5, 0.95], [40, 0.9]])('%i servers at a load of %f wait as in M/M/c, by its stationary distribution', (servers, load) => {
    expect(new Waits(servers, 0.05).meanAt(load)).toBeCloseTo(meanWaitOf(servers, 0.05, load + 0.0025), 6);
  });

  test('two stations in a row take as long as M/M/c after M/M/c', () => {
    const percent = fc.integer({ min: 1, max: 94 });
    fc.assert(fc.property(percent, percent, fc.integer({ min: 1, max: 30 }), (first, second, pods) => {
      // five requests at a time in each of the first service's pods, and in as many of the second as it has the load
      const rps = pods * 100 * first / 100;
      const behind = Math.max(1, Math.round(rps / second));
      const event = [serviceOf('web', pods, rps, [calls('api', 1)]), serviceOf('api', behind, rps)];
      const { plan } = planTogether(event, { fromMs: 0, untilMs: 30_000, traffic: [{ atMs: 0, rps }], assume: PLAIN });
      let response = 0;
      playMembers(plan, 'prewarmed', (_, chain) => { response = chain.stations[0].response; });
      const loads = [first / 100, rps / behind / 100];
      const [low, high] = [-0.005, 0.005].map(error =>
        loads.reduce((sum, load) => sum + 0.05 + meanWaitOf(5, 0.05, Math.max(0.001, load + error)), 0));
      if (loads[1] < 0.97) {
        expect(response).toBeGreaterThanOrEqual(low * 0.9999);
        expect(response).toBeLessThanOrEqual(high * 1.0001);
      }
    }), { seed: SEED, numRuns: 30 });
  });

  test('a short overload leaves the area under the queue that theory draws: at each station, and for the whole', () => {
    // 120 % for 10 s, then 60 %: 2 s of work wait at the most, and are done 5 s later
    const rps = 1_000;
    const event = [serviceOf('web', 30, rps, [calls('api', 1)]), serviceOf('api', 10, rps)];
    const assume = { ...PLAIN, timeoutSeconds: 1_000, callTimeoutSeconds: 1_000 };
    const { plan } = planTogether(event, { fromMs: 0, untilMs: 60_000, traffic: steps([-60, 600], [10, 1_200], [20, 600]), assume });
    const area = { web: 0, api: 0 };
    const waits: number[] = [];
    playMembers(plan, 'prewarmed', (_, chain) => {
      chain.stations.forEach(station => { area[station.name as 'web'] += station.look().inside; });
      const [web] = chain.stations as ServiceStation[];
      waits.push(web.contents().held - chain.stations[1].look().inside);
    });
    const theory = 0.5 * 2 * rps * (10 + 5);
    expect(Math.abs(area.api / theory - 1)).toBeLessThan(0.02);
    // whoever calls waits exactly as long as what it calls works
    expect(Math.abs(area.web / area.api - 1)).toBeLessThan(1e-6);
    expect(Math.max(...waits.map(Math.abs))).toBeLessThan(1e-6);
  });

  test('what a slow dependency lets through is what places and its time allow', () => {
    // 20 places a pod, 400 ms of a provider and 50 ms of their own: 20 / 0.45 a second and pod
    const event = [serviceOf('web', 10, 900, [provider(100_000)])];
    const assume = { ...PLAIN, podConcurrency: 20, dependencyMillis: 400, timeoutSeconds: 5 };
    const { plan } = planTogether(event, { fromMs: 0, untilMs: MINUTE, traffic: [{ atMs: 0, rps: 900 }], assume });
    const answered: number[] = [];
    playMembers(plan, 'prewarmed', (_, chain) => { answered.push(chain.stations[0].books.answered + chain.stations[0].books.wasted); });
    expect(Math.abs(answered[30] / (10 * 20 / 0.45) - 1)).toBeLessThan(0.01);
  });
});

/** The mean wait of an M/M/c queue, summed over its states. */
function meanWaitOf(servers: number, serviceSeconds: number, load: number): number {
  let weight = 1;
  let [all, waiting] = [0, 0];
  for (let n = 0; n < servers + 20_000; n++) {
    all += weight;
    waiting += weight * Math.max(0, n - servers);
    weight *= load * servers / Math.min(n + 1, servers);
  }
  return waiting / all / (load * servers / serviceSeconds);
}
