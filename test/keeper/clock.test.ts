import * as fc from 'fast-check';
import { ServerClock } from '../../src/keeper/clock';

const SERVER_START = Date.parse('2026-12-05T01:00:00.250Z');

test('the time is not known before the first answer', () => {
  expect(() => new ServerClock(timersAt(0)).now()).toThrow('the API server sent no usable Date header, so the time is not known');
});

test('is never ahead of the server, and less than a second and the way there behind it', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 1e6 }), fc.nat(500), fc.nat(500), (askedAt, there, back) => {
    const timers = timersAt(askedAt);
    const clock = new ServerClock(timers);
    answer(clock, timers, there, back);
    const truth = SERVER_START + timers.time;
    expect(clock.now()).toBeLessThanOrEqual(truth);
    expect(truth - clock.now()).toBeLessThan(1_000 + there + back);
  }), { seed: 20261122 });
});

test('answers at random moments narrow it to milliseconds', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 997 }), { minLength: 200, maxLength: 200 }), pauses => {
    const timers = timersAt(0);
    const clock = new ServerClock(timers);
    for (const pause of pauses) {
      timers.time += pause;
      answer(clock, timers, 1, 1);
    }
    const truth = SERVER_START + timers.time;
    expect(clock.now()).toBeLessThanOrEqual(truth);
    expect(truth - clock.now()).toBeLessThan(60);
  }), { seed: 20261122 });
});

test('never goes back by what is only rounding', () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(2_000), fc.nat(50), fc.integer({ min: -400, max: 400 })), { maxLength: 50 }), steps => {
    const timers = timersAt(0);
    const clock = new ServerClock(timers);
    let last = -Infinity;
    for (const [pause, way, wander] of steps) {
      timers.time += pause;
      // several servers behind one address, their clocks a little apart
      answer(clock, timers, way, way, wander);
      expect(clock.now()).toBeGreaterThanOrEqual(last);
      last = clock.now();
    }
  }), { seed: 20261122 });
});

test('follows a server whose clock is set, in both directions, at the third answer that says so', () => {
  const timers = timersAt(0);
  const clock = new ServerClock(timers);
  answer(clock, timers, 1, 1);
  for (const shift of [3 * 3_600_000, -3 * 3_600_000]) {
    answer(clock, timers, 1, 1, shift);
    answer(clock, timers, 1, 1, shift);
    expect(Math.abs(clock.now() - (SERVER_START + shift + timers.time))).toBeGreaterThan(3_600_000);
    answer(clock, timers, 1, 1, shift);
    expect(Math.abs(clock.now() - (SERVER_START + shift + timers.time))).toBeLessThan(1_100);
  }
});

test('one wrong answer between right ones changes nothing', () => {
  const timers = timersAt(0);
  const clock = new ServerClock(timers);
  for (let i = 0; i < 30; i++) {
    answer(clock, timers, 1, 1, i % 3 ? 0 : 3 * 3_600_000 * (i > 0 ? 1 : 0));
    expect(Math.abs(clock.now() - (SERVER_START + timers.time))).toBeLessThan(1_100);
  }
});

test('a local clock within what is known is not off, one outside is', () => {
  const timers = timersAt(0);
  const clock = new ServerClock(timers);
  answer(clock, timers, 1, 1);
  const truth = SERVER_START + timers.time;
  expect(clock.skewOf(truth)).toBe(0);
  expect(clock.skewOf(truth + 60_000)).toBeGreaterThan(58_000);
  expect(clock.skewOf(truth - 60_000)).toBeLessThan(-58_000);
});

function timersAt(time: number) {
  return { time, now() { return this.time; }, sleep: async () => undefined };
}

/** One exchange: the server's whole second, somewhere between there and back. */
function answer(clock: ServerClock, timers: { time: number }, there: number, back: number, shift = 0): void {
  const askedAt = timers.time;
  const server = SERVER_START + askedAt + there + shift;
  timers.time += there + back;
  clock.observe(Math.floor(server / 1_000) * 1_000, askedAt, timers.time);
}
