import * as fc from 'fast-check';
import { OPENING, marathon } from './services';
import { ScenarioError, rehearse } from '../../src/rehearsal/rehearse';
import { readScenario } from '../../src/rehearsal/scenario';
import { arrivalsOf, openingTraffic } from '../../src/rehearsal/traffic';

test('a document with every field', () => {
  expect(readScenario({
    event: 'seoul-marathon',
    opening: '2026-12-05T10:00:00+09:00',
    from: '-1h',
    until: '+30m',
    traffic: [{ at: '-1m', rps: 20 }, { at: '+0s', rps: 20 }, { at: '+1s', rps: 15_000 }],
    faults: ['re-apply', 'late-bump@-5m'],
    overrides: [{ floor: 150, ceiling: 200, from: '-30m', until: '2026-12-05T10:00:00+09:00', reason: 'a second sale' }],
    metrics: { rps: 'requests', lag: [{ at: '-1m', value: 0 }, { at: '+1m', value: 5_000 }] },
    hands: [{ at: '-20m', floor: 120, ceiling: 500, hand: 'kubectl-edit' }],
    assume: { imageMiB: 900, pricePerNodeHour: 0.5 },
    seed: 7,
    compare: ['hpa-only'],
    require: ['success>=0.999'],
  })).toEqual({
    event: 'seoul-marathon',
    at: OPENING,
    fromMs: -3_600_000,
    untilMs: 1_800_000,
    traffic: [{ atMs: -60_000, rps: 20 }, { atMs: 0, rps: 20 }, { atMs: 1_000, rps: 15_000 }],
    faults: [{ name: 're-apply' }, { name: 'late-bump', offsetMs: -300_000 }],
    overrides: [{ floor: 150, ceiling: 200, from: { offsetMs: -1_800_000 }, until: { at: OPENING }, reason: 'a second sale' }],
    metrics: { rps: 'requests', lag: [{ atMs: -60_000, value: 0 }, { atMs: 60_000, value: 5_000 }] },
    hands: [{ at: { offsetMs: -1_200_000 }, floor: 120, ceiling: 500, hand: 'kubectl-edit' }],
    assume: { imageMiB: 900, pricePerNodeHour: 0.5 },
    seed: 7,
    compare: ['hpa-only'],
    require: ['success>=0.999'],
  });
});

test('an empty document is all defaults', () => {
  expect(readScenario(null)).toEqual({});
  expect(readScenario(undefined)).toEqual({});
  expect(readScenario({})).toEqual({});
});

test('an instant that YAML has read as a date is one', () => {
  expect(readScenario({ opening: new Date(OPENING) })).toEqual({ at: OPENING });
  expect(readScenario({ overrides: [{ floor: 5, until: new Date(OPENING) }] })).toEqual({ overrides: [{ floor: 5, until: { at: OPENING } }] });
});

test.each([
  ['no object', 'fast', [], "'the scenario' must be an object, got \"fast\""],
  ['a list', [], [], "'the scenario' must be an object"],
  ['an unknown field', { speed: 1 }, ['speed'], "unknown field 'speed'; known are event, opening, from"],
  ['an unknown field that every object has', { toString: 1 }, ['toString'], "unknown field 'toString'"],
  ['an event without a name', { event: '' }, ['event'], "'event' must be a text, got \"\""],
  ['an instant without an offset', { opening: '2026-12-05T10:00' }, ['opening'], "an instant with an offset such as '2026-12-05T10:00:00+09:00'"],
  ['an offset that is none', { from: 'early' }, ['from'], "an offset from the opening such as '-10m' or '+1h30m', got \"early\""],
  ['an offset without its sign', { from: '30m' }, ['from'], "an offset from the opening such as '-10m' or '+1h30m', got \"30m\""],
  ['a number for an offset', { until: 30 }, ['until'], 'an offset from the opening'],
  ['traffic that is no list', { traffic: 5 }, ['traffic'], "'traffic' must be a list, got 5"],
  ['no traffic at all', { traffic: [] }, ['traffic'], 'a list of at least one point'],
  ['a point without rate', { traffic: [{ at: '+0s' }] }, ['traffic', 0, 'rps'], "'traffic.0.rps' must be a number of at least 0"],
  ['a negative rate', { traffic: [{ at: '+0s', rps: -1 }] }, ['traffic', 0, 'rps'], 'must be a number of at least 0, got -1'],
  ['a misspelt field of a point', { traffic: [{ at: '+0s', rps: 1, qps: 2 }] }, ['traffic', 0, 'qps'], "a point of the traffic has 'at' and 'rps'"],
  ['points out of order', { traffic: [{ at: '+1s', rps: 1 }, { at: '+0s', rps: 1 }] }, ['traffic', 1, 'at'], "'traffic.1.at' must not be before the point above it"],
  ['an unknown fault', { faults: ['rollout', 'flood'] }, ['faults', 1], "unknown fault 'flood'"],
  ['a fault that is no text', { faults: [5] }, ['faults', 0], "'faults.0' must be a text, got 5"],
  ['a metric of one number', { metrics: { lag: 5 } }, ['metrics', 'lag'], "'metrics.lag' must be 'requests', or a list of at least one point"],
  ['a metric without points', { metrics: { lag: [] } }, ['metrics', 'lag'], 'a list of at least one point'],
  ['a metric whose points are out of order', { metrics: { lag: [{ at: '+1s', value: 1 }, { at: '+0s', value: 1 }] } }, ['metrics', 'lag', 1, 'at'],
    "'metrics.lag.1.at' must not be before the point above it"],
  ['a misspelt field of a metric\'s point', { metrics: { lag: [{ at: '+0s', rps: 1 }] } }, ['metrics', 'lag', 0, 'rps'], "a point of a metric has 'at', 'value'"],
  ['overrides that are no list', { overrides: { floor: 5 } }, ['overrides'], "'overrides' must be a list"],
  ['an override without an end', { overrides: [{ floor: 5 }] }, ['overrides', 0, 'until'], "'overrides.0.until' must be an offset from the opening such as '-10m', or an instant"],
  ['an override without a floor', { overrides: [{ until: '+1h' }] }, ['overrides', 0, 'floor'], "'overrides.0.floor' must be a whole number of at least 1"],
  ['a misspelt field of an override', { overrides: [{ floor: 5, untill: '+1h' }] }, ['overrides', 0, 'untill'], "unknown field 'untill'; an override has 'floor', 'ceiling'"],
  ['a hand that writes nothing', { hands: [{ at: '+0s' }] }, ['hands', 0], "an object with a 'floor', a 'ceiling' or both"],
  ['a hand that writes half a pod', { hands: [{ at: '+0s', floor: 0.5 }] }, ['hands', 0, 'floor'], 'must be a whole number of at least 1, got 0.5'],
  ['an unknown assumption', { assume: { imageMB: 5 } }, ['assume', 'imageMB'], "unknown assumption 'imageMB'; known are"],
  ['an assumption that is no number', { assume: { imageMiB: '5' } }, ['assume', 'imageMiB'], "'assume.imageMiB' must be a number of at least 0, got \"5\""],
  ['an unknown comparison', { compare: ['nothing'] }, ['compare', 0], "'compare.0' must be one of hpa-only, always-at-peak"],
  ['a requirement that cannot be read', { require: ['success>=0.9', 'p99<=fast'] }, ['require', 1], "'fast' in 'p99<=fast' must be a time"],
  ['a negative seed', { seed: -1 }, ['seed'], "'seed' must be a number of at least 0, got -1"],
])('refuses %s, with the path to it', (_, document, path, message) => {
  const refused = () => readScenario(document);
  expect(refused).toThrow(ScenarioError);
  expect(refused).toThrow(message);
  try {
    refused();
  } catch (error) {
    expect((error as ScenarioError).path).toEqual(path);
  }
});

describe('traffic', () => {
  test('arrives linearly between the points, and steadily before the first and after the last', () => {
    const arrivals = arrivalsOf([{ atMs: 0, rps: 100 }, { atMs: 4_000, rps: 500 }], -2_000, 8);
    expect([...arrivals]).toEqual([100, 100, 150, 250, 350, 450, 500, 500]);
  });

  test('a step inside a second counts for its part of it', () => {
    const [arrived] = arrivalsOf([{ atMs: 250, rps: 0 }, { atMs: 250, rps: 1_000 }], 0, 1);
    expect(arrived).toBeCloseTo(750, 6);
  });

  test('is the integral of the rate, for any points', () => {
    const point = fc.record({ gapMs: fc.integer({ min: 1, max: 5_000 }), rps: fc.integer({ min: 0, max: 1_000 }) });
    const points = fc.array(point, { minLength: 1, maxLength: 8 });
    fc.assert(fc.property(points, gaps => {
      let atMs = -1_500;
      const list = gaps.map(({ gapMs, rps }) => ({ atMs: atMs += gapMs, rps }));
      const arrived = arrivalsOf(list, -5_000, 60).reduce((sum, each) => sum + each, 0);
      const [first, last] = [list[0], list[list.length - 1]];
      let expected = first.rps * (first.atMs + 5_000) + last.rps * (55_000 - last.atMs);
      list.slice(1).forEach((each, i) => { expected += (each.rps + list[i].rps) / 2 * (each.atMs - list[i].atMs); });
      expect(arrived).toBeCloseTo(expected / 1_000, 3);
    }), { seed: 20261205, numRuns: 200 });
  });

  test('of an opening: hardly any, then all of it within a second, for ten minutes, then less and less', () => {
    const { plan } = marathon();
    const points = openingTraffic(plan, plan.openings[0], 15_000, 200);
    expect(points.slice(0, 4)).toEqual([
      { atMs: 0, rps: 120 }, { atMs: 1_000, rps: 15_000 }, { atMs: 600_000, rps: 15_000 }, { atMs: 1_200_000, rps: 7_500 },
    ]);
    expect(points[points.length - 1].rps).toBe(120);
  });

  test('of a scenario is played instead', () => {
    const { prewarmed } = rehearse(marathon(), { traffic: [{ atMs: 0, rps: 10 }] });
    expect(Math.max(...prewarmed.series.arrived)).toBe(10);
  });
});
