import * as fc from 'fast-check';
import { Latencies } from '../../src/rehearsal/latency';
import { Outcome, PodLimits, PodQueue, waitingShare } from '../../src/rehearsal/overload';

const NO_LIMITS: PodLimits = { timeoutSeconds: Infinity, queueLimit: Infinity, memoryLimit: Infinity };

describe('memory', () => {
  test('two pods of 200 rps, 7,500 arriving at each, 512 MiB of headroom, 100 KiB a request: out of memory after 0.72 s', () => {
    const memoryLimit = 512 * 1024 / 100;
    const { killedAfter, lost, served, refused } = playFor(1, 7_500, 200, { ...NO_LIMITS, memoryLimit });
    expect(killedAfter).toBeCloseTo(memoryLimit / (7_500 - 200), 9);
    expect(killedAfter!.toFixed(2)).toBe('0.72');
    expect(lost).toBeCloseTo(memoryLimit, 6);
    expect(served).toBeCloseTo(200 * killedAfter!, 6);
    expect(refused).toBeCloseTo(7_500 * (1 - killedAfter!), 6);
  });

  test('runs out at headroom / (m (lambda - C)) for any rates, in steps of a second too', () => {
    const whole = (min: number, max: number) => fc.integer({ min, max });
    fc.assert(fc.property(whole(1, 400), whole(1, 500), whole(10, 5_000), (capacity, excess, limit) => {
      const queue = new PodQueue();
      let at = 0;
      for (let killed: number | undefined; killed === undefined; at += killed ?? 1) {
        killed = queue.play(capacity + excess, capacity, 1, { ...NO_LIMITS, memoryLimit: limit }, () => {}).killedAfter;
      }
      expect(at).toBeCloseTo(limit / excess, 6);
    }), { seed: 20261205, numRuns: 200 });
  });
});

describe('a queue with a limit', () => {
  test('is full after K / (lambda - C)', () => {
    const limits = { ...NO_LIMITS, queueLimit: 1_000 };
    expect(playFor(10, 300, 200, limits).refused).toBeCloseTo(0, 6);
    expect(playFor(11, 300, 200, limits).refused).toBeCloseTo(100, 6);
  });

  // a fluid has no chance in it: M/M/c/K loses some below capacity, and a little more just above
  test.each([[0.5, 0.001], [0.9, 0.001], [1.1, 0.01], [1.5, 0.001], [2, 0.001], [4, 0.001], [10, 0.001], [37.5, 0.001]])(
    'loses what M/M/c/K loses at %f times its capacity, within %f of all requests', (load, error) => {
      const [servers, room, capacity] = [10, 200, 200];
      const { arrived, refused } = playFor(3_600, capacity * load, capacity, { ...NO_LIMITS, queueLimit: room });
      expect(Math.abs(refused / arrived - blockingOf(servers, servers + room, load * servers))).toBeLessThan(error);
    });
});

describe('clients', () => {
  test('leave after the timeout, and their work is done all the same', () => {
    // 100 more than can be served each second, patience for 5 x 200 in the queue: reached after 10 s
    const { served, timedOut, depth } = playFor(60, 300, 200, { ...NO_LIMITS, timeoutSeconds: 5 });
    expect(served).toBeCloseTo(10 * 300, 6);
    expect(timedOut).toBeCloseTo(60 * 200 - served, 6);
    expect(depth).toBeCloseTo(60 * 100, 6);
  });

  test('are served again once the queue is shorter than their patience', () => {
    const limits = { ...NO_LIMITS, timeoutSeconds: 5 };
    const queue = new PodQueue();
    const total = sum([
      ...steps(queue, 20, 300, 200, limits), // 2,000 wait, 1,000 in vain
      ...steps(queue, 30, 100, 200, limits),
    ]);
    expect(queue.depth).toBeCloseTo(0, 6);
    expect(total.served + total.timedOut).toBeCloseTo(20 * 300 + 30 * 100, 6);
    // in vain: what arrived while more than 1,000 waited, 10 s on the way up and 10 s on the way down
    expect(total.timedOut).toBeCloseTo(10 * 300 + 10 * 100, 6);
  });
});

describe('books', () => {
  const stretch = fc.record({ arrivals: fc.integer({ min: 0, max: 900 }), seconds: fc.integer({ min: 1, max: 20 }) });
  const rates = fc.array(stretch, { minLength: 1, maxLength: 20 });

  test('every request is served, timed out, refused, lost, or waits', () => {
    fc.assert(fc.property(rates, fc.record({
      timeoutSeconds: fc.integer({ min: 1, max: 20 }),
      queueLimit: fc.integer({ min: 10, max: 4_000 }),
      memoryLimit: fc.integer({ min: 10, max: 4_000 }),
    }), (list, limits) => {
      const queue = new PodQueue();
      const outcomes = list.flatMap(({ arrivals, seconds }) => steps(queue, seconds, arrivals, 200, limits));
      const { served, timedOut, refused, lost } = sum(outcomes);
      const arrived = list.reduce((all, { arrivals, seconds }) => all + arrivals * seconds, 0);
      expect(served + timedOut + refused + lost + queue.depth).toBeCloseTo(arrived, 4);
    }), { seed: 20261205, numRuns: 500 });
  });

  test("Little's law: requests in the queue, over time, are what they waited, all together, within 1 %", () => {
    fc.assert(fc.property(rates, list => {
      const queue = new PodQueue();
      let waited = 0;
      let inQueue = 0;
      const play = (arrivals: number) => {
        const before = queue.depth;
        queue.play(arrivals, 200, 0.05, NO_LIMITS, (count, first, last) => { waited += count * (first + last) / 2; });
        inQueue += (before + queue.depth) / 2 * 0.05;
      };
      list.forEach(({ arrivals, seconds }) => Array.from({ length: seconds * 20 }, () => play(arrivals)));
      while (queue.depth > 0) {
        play(0);
      }
      expect(Math.abs(waited - inQueue)).toBeLessThanOrEqual(0.01 * inQueue + 1);
    }), { seed: 20261205, numRuns: 50 });
  });

  test('the size of the steps does not matter', () => {
    const limits = { timeoutSeconds: 5, queueLimit: 3_000, memoryLimit: 5_000 };
    const whole = sum(steps(new PodQueue(), 30, 320, 200, limits, 1));
    const fine = sum(steps(new PodQueue(), 30, 320, 200, limits, 0.125));
    expect(fine.served).toBeCloseTo(whole.served, 3);
    expect(fine.timedOut).toBeCloseTo(whole.timedOut, 3);
    expect(fine.refused).toBeCloseTo(whole.refused, 3);
  });
});

describe('below capacity', () => {
  test.each([[1, 0.7], [10, 7], [10, 9.9], [40, 10], [200, 180]])('of %d servers with a load of %f, as many wait as in M/M/c', (servers, load) => {
    // the stationary distribution of the birth-death chain, cut off where nothing is left
    const weights = [1];
    for (let n = 1; n < servers + 40_000 && weights[n - 1] > 1e-300; n++) {
      weights.push(weights[n - 1] * load / Math.min(n, servers));
    }
    const all = weights.reduce((total, weight) => total + weight, 0);
    const waiting = weights.slice(servers).reduce((total, weight) => total + weight, 0);
    expect(waitingShare(servers, load)).toBeCloseTo(waiting / all, 6);
  });

  test('percentiles are those of M/M/c, within 5 %', () => {
    const [servers, load, serviceMs, capacity] = [10, 9, 50, 200];
    const waiting = waitingShare(servers, load);
    const latencies = new Latencies();
    latencies.addWaiting(1_000_000, serviceMs, waiting, 1_000 / (capacity * 0.1));
    // P(wait > t) = waiting * exp(-(C - lambda) t)
    const expected = (share: number) => serviceMs + Math.log(waiting / (1 - share)) / (capacity * 0.1) * 1_000;
    const { p50, p95, p99 } = latencies.percentiles();
    expect(p50 / expected(0.5)).toBeCloseTo(1, 1);
    expect(Math.abs(p95 / expected(0.95) - 1)).toBeLessThan(0.05);
    expect(Math.abs(p99 / expected(0.99) - 1)).toBeLessThan(0.05);
  });

  test('percentiles of a known list are right within 2 %', () => {
    const latencies = new Latencies();
    for (let ms = 1; ms <= 10_000; ms++) {
      latencies.add(1, ms);
    }
    const { p50, p95, p99, max } = latencies.percentiles();
    expect([p50 / 5_000, p95 / 9_500, p99 / 9_900].every(ratio => Math.abs(ratio - 1) < 0.02)).toBe(true);
    expect(max).toBe(10_000);
    expect(new Latencies().percentiles()).toEqual({ p50: 0, p95: 0, p99: 0, max: 0 });
  });
});

/** M/M/c/K: the share of time in which all K places are taken. */
function blockingOf(servers: number, places: number, load: number): number {
  // from the full end, so that no power grows beyond what a number holds
  const fromFull = [1];
  for (let n = places; n > 0; n--) {
    fromFull.push(fromFull[fromFull.length - 1] * Math.min(n, servers) / load);
  }
  return 1 / fromFull.reduce((total, weight) => total + weight, 0);
}

function steps(queue: PodQueue, seconds: number, arrivals: number, capacity: number, limits: PodLimits, step = 1): Outcome[] {
  return Array.from({ length: seconds / step }, () => queue.play(arrivals, capacity, step, limits, () => {}));
}

function playFor(seconds: number, arrivals: number, capacity: number, limits: PodLimits) {
  const queue = new PodQueue();
  const outcomes = steps(queue, seconds, arrivals, capacity, limits);
  return { ...sum(outcomes), arrived: arrivals * seconds, depth: queue.depth };
}

function sum(outcomes: readonly Outcome[]): Outcome {
  return outcomes.reduce((total, each) => ({
    served: total.served + each.served,
    timedOut: total.timedOut + each.timedOut,
    refused: total.refused + each.refused,
    lost: total.lost + each.lost,
    killedAfter: total.killedAfter ?? each.killedAfter,
  }));
}
