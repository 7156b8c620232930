import * as fc from 'fast-check';
import { Pod } from '../../../src/core/kube-objects';
import { ForecastFacts, readyAtBest } from '../../../src/core/plan/forecast';
import { creationMs } from '../../../src/core/plan/lead';

const NOW = Date.parse('2026-12-05T00:30:00Z');
const FACTS: ForecastFacts = { floor: 3, from: NOW - 60_000, startupMs: 45_000, isOrdered: false, minReadySeconds: 0, pods: [] };

const READY: Pod = { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } };

function starting(ageMs: number): Pod {
  return { status: { phase: 'Running', containerStatuses: [{ name: 'app', state: { running: { startedAt: new Date(NOW - ageMs).toISOString() } } }] } };
}

function inMs(facts: Partial<ForecastFacts>): number {
  return readyAtBest({ ...FACTS, ...facts }, NOW) - NOW;
}

test('nothing is to be waited for where all pods are Ready', () => {
  expect(inMs({ pods: [READY, READY, READY] })).toBe(0);
});

test('pods that are not there take their start-up', () => {
  expect(inMs({ pods: [READY] })).toBe(45_000);
});

test('pods that are started are credited their age', () => {
  expect(inMs({ pods: [READY, starting(40_000), starting(15_000)] })).toBe(30_000);
});

test('a pod that waits for a node or an image has not begun to start', () => {
  expect(inMs({ floor: 1, pods: [{ status: { phase: 'Pending', containerStatuses: [{ name: 'app', state: { waiting: {} } }] } }] })).toBe(45_000);
});

test('a pod that has ended, or is being taken away, does not count', () => {
  expect(inMs({ floor: 1, pods: [{ ...READY, metadata: { deletionTimestamp: '2026-12-05T00:29:00Z' } }] })).toBe(45_000);
  expect(inMs({ floor: 1, pods: [{ ...starting(40_000), status: { ...starting(40_000).status, phase: 'Failed' } }] })).toBe(45_000);
});

test('of more pods than are missing the fastest count', () => {
  expect(inMs({ floor: 1, pods: [starting(10_000), starting(40_000)] })).toBe(5_000);
});

test('pods are created no earlier than they are asked for, and many of them not at once', () => {
  expect(inMs({ floor: 50, from: NOW + 10_000 })).toBe(10_000 + 1_000 + 45_000);
});

test('pods that start one after the other each wait until the one before is available', () => {
  expect(inMs({ isOrdered: true })).toBe(3 * 45_000);
  expect(inMs({ isOrdered: true, minReadySeconds: 10 })).toBe(3 * 45_000 + 2 * 10_000);
  expect(inMs({ isOrdered: true, minReadySeconds: 10, pods: [starting(40_000)] })).toBe(5_000 + 10_000 + 45_000 + 10_000 + 45_000);
});

test('is what playing every pod by itself gives', () => {
  const facts = fc.record({
    floor: fc.integer({ min: 1, max: 60 }),
    ages: fc.array(fc.integer({ min: 0, max: 60_000 }), { maxLength: 5 }),
    ready: fc.integer({ min: 0, max: 5 }),
    from: fc.integer({ min: -60_000, max: 60_000 }),
    minReadySeconds: fc.integer({ min: 0, max: 20 }),
    isOrdered: fc.boolean(),
  });
  fc.assert(fc.property(facts, ({ floor, ages, ready, from, minReadySeconds, isOrdered }) => {
    const pods = [...Array.from({ length: ready }, () => READY), ...ages.map(starting)];
    const ends = ages.map(age => Math.max(0, 45_000 - age)).sort((a, b) => a - b).slice(0, Math.max(0, floor - ready));
    const absent = Math.max(0, floor - ready - ends.length);
    for (let i = 0; i < absent; i++) {
      const before = ends.length > 0 ? Math.max(...ends) + minReadySeconds * 1_000 : 0;
      const createdAt = isOrdered ? Math.max(from, before) : Math.max(0, from) + creationMs(absent);
      ends.push(createdAt + 45_000);
    }
    expect(inMs({ floor, pods, from: NOW + from, minReadySeconds, isOrdered })).toBe(Math.max(0, ...ends));
  }), { seed: 12, numRuns: 300 });
});
