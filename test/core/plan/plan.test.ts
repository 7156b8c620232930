import { decodePlan, encodePlan, PlanError } from '../../../src/core/plan/document';
import { highestOf, nextEdge, Opening, Plan, planAt, stretchesOf } from '../../../src/core/plan/plan';
import { WindowShape } from '../../../src/core/plan/windows';
import { OpeningEvent } from '../../../src/opening-event';
import { Weekday } from '../../../src/opening-options';
import { MINUTE } from '../../support/durations';
import { openingAt, planOf } from '../../support/plans';

const SHAPE: WindowShape = { leadMs: 180 * MINUTE, holdMs: 120 * MINUTE, readyMarginMs: 15 * MINUTE };
const MARATHON = opening('seoul-marathon', '2026-12-05T01:00:00Z', SHAPE, 108, 162);

test('the floor rises at the start of the lead and falls at the end of the hold, to the millisecond', () => {
  const at = (iso: string) => planAt(planWith(MARATHON), Date.parse(iso)).floor;
  expect(at('2026-12-04T21:59:59.999Z')).toBe(2);
  expect(at('2026-12-04T22:00:00.000Z')).toBe(108);
  expect(at('2026-12-05T02:59:59.999Z')).toBe(108);
  expect(at('2026-12-05T03:00:00.000Z')).toBe(2);
});

test('overlapping openings merge by maximum, floor and ceiling each by itself', () => {
  const other = opening('replay', '2026-12-05T02:00:00Z', SHAPE, 60, 200);
  const plan = planWith(MARATHON, other);
  expect(planAt(plan, Date.parse('2026-12-05T00:00:00Z'))).toMatchObject({ floor: 108, ceiling: 200, openings: [MARATHON, other] });
  expect(planAt(plan, Date.parse('2026-12-05T03:30:00Z'))).toMatchObject({ floor: 60, ceiling: 200, openings: [other] });
  expect(stretchesOf(plan).map(({ floor, ceiling }) => [floor, ceiling])).toEqual([[108, 162], [108, 200], [60, 200]]);
});

test('texts of the document have nothing that substitutes take for a variable or a template, and are read back as they were', () => {
  const odd = opening('$HOME ${HOME} $$ {{ .Value }} {{{', '2026-12-05T01:00:00Z', SHAPE, 5, 9);
  const document = encodePlan(planWith(odd));
  expect(document).not.toMatch(/\$|\{\{/);
  expect(decodePlan(document)).toEqual(planWith(odd));
});

test('a name that is a variable stays one, so that it is replaced here as in all other manifests', () => {
  const named = { ...planWith(MARATHON), target: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: '${cluster}-payment' } };
  expect(encodePlan(named)).toContain('"name":"${cluster}-payment"');
});

test('an opening below the baseline changes nothing', () => {
  const small = opening('small', '2026-12-05T01:00:00Z', SHAPE, 1, 1);
  expect(planAt(planWith(small), small.at)).toEqual({ floor: 2, ceiling: 10, openings: [small] });
});

test('a fixed ceiling is in force all year', () => {
  const plan = { ...planWith(MARATHON), fixedCeiling: 170 };
  expect(planAt(plan, 0).ceiling).toBe(170);
  expect(planAt(plan, MARATHON.at).ceiling).toBe(170);
  expect(highestOf(plan)).toEqual({ floor: 108, ceiling: 170 });
});

test('what is past is harmless: after the last edge the baseline is in force for good', () => {
  expect(nextEdge(planWith(MARATHON), MARATHON.at)).toBe(Date.parse('2026-12-05T03:00:00Z'));
  expect(nextEdge(planWith(MARATHON), Date.parse('2026-12-05T03:00:00Z'))).toBeUndefined();
  expect(planAt(planWith(MARATHON), Date.parse('2031-12-05T01:00:00Z')).floor).toBe(2);
});

test('the document can be read by a person', () => {
  expect(encodePlan(planWith(MARATHON))).toBe(`{
  "version": 1,
  "service": "registration",
  "target": {"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","name":"registration"},
  "workload": {"apiVersion":"apps/v1","kind":"Deployment","name":"registration"},
  "baseline": {"floor":2,"ceiling":10},
  "guards": 2,
  "startup": "45s",
  "podCapacity": 200,
  "openings": [
    {"event":"seoul-marathon","timeZone":"Asia/Seoul","demand":{"requestsPerSecond":15000},"floor":108,"ceiling":162,"readyBy":"-15m",`
    + `"windows":[{"from":"-3h","until":"+2h","floor":108,"ceiling":162}],"at":["2026-12-05T01:00:00Z"]}
  ]
}
`);
});

test('five years of a weekly season with ramps stay far below what a ConfigMap holds', () => {
  const season = OpeningEvent.weekly('ticket-friday', {
    on: [Weekday.FRIDAY], time: '20:00', timeZone: 'Europe/Berlin', firstDate: '2027-01-01', lastDate: '2031-12-31',
  });
  const ramp = { overMs: 30 * MINUTE, steps: 4 };
  const openings = season.openings.map(at => opening(season.id, at, { ...SHAPE, rampUp: ramp, rampDown: ramp }, 143, 215));
  expect(openings).toHaveLength(261);
  expect(Buffer.byteLength(encodePlan(planWith(...openings)))).toBe(6921);
});

test('a reader leaves out fields that it does not know, wherever they stand', () => {
  const plan = planOf('registration', [openingAt('sale', MARATHON.at, 75, { demand: { requestsPerSecond: 15_000, headroomPercent: 0 } })], {
    fixedCeiling: 162, podCapacity: 200,
  });
  const withUnknown = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      return value.map(withUnknown);
    }
    return typeof value === 'object' && value !== null
      ? { ...Object.fromEntries(Object.entries(value).map(([key, field]) => [key, withUnknown(field)])), addedLater: { floor: 999 } }
      : value;
  };
  expect(decodePlan(JSON.stringify(withUnknown(JSON.parse(encodePlan(plan)))))).toEqual(plan);
});

describe('a document that cannot be read', () => {
  const document = JSON.parse(encodePlan(planWith(MARATHON)));

  test('of another version says what to deploy', () => {
    expect(() => decodePlan(JSON.stringify({ ...document, version: 2 })))
      .toThrow(new PlanError('the plan has version 2, this program reads version 1; deploy plan and keeper together, from one release of cdk8s-prewarm'));
    expect(() => decodePlan('{}')).toThrow('the plan has version undefined');
    expect(() => decodePlan('null')).toThrow('the plan has version undefined');
  });

  test('that is no JSON says so', () => {
    expect(() => decodePlan('{"version": 1,')).toThrow(/^the plan is no JSON \(.*\); deploy the chart again$/);
  });

  test.each([
    ['service', { service: '' }, 'a text'],
    ['target.name', { target: { apiVersion: 'v1', kind: 'x' } }, 'a text'],
    ['baseline.floor', { baseline: { floor: -1, ceiling: 4 } }, 'a whole number of at least 0'],
    ['baseline.ceiling', { baseline: { floor: 3, ceiling: 2 } }, 'a whole number of at least 3'],
    ['guards', { guards: 1.5 }, 'a whole number of at least 0'],
    ['startup', { startup: '45' }, "an offset such as '-2h30m'"],
    ['openings', { openings: {} }, 'a list'],
    ['openings[0].event', changed({ event: 3 }), 'a text'],
    ['openings[0].ceiling', changed({ ceiling: 107 }), 'a whole number of at least 108'],
    ['openings[0].readyBy', changed({ readyBy: 'soon' }), "an offset such as '-2h30m'"],
    ['openings[0].demand', changed({ demand: undefined }), 'a demand'],
    ['openings[0].demand', changed({ demand: {} }), "a demand with 'replicas' or 'requestsPerSecond'"],
    ['openings[0].demand.replicas', changed({ demand: { replicas: 0 } }), 'a whole number of at least 1'],
    ['openings[0].demand.requestsPerSecond', changed({ demand: { requestsPerSecond: 0 } }), 'a number above 0'],
    ['openings[0].demand.headroomPercent', changed({ demand: { replicas: 9, headroomPercent: '1' } }), 'a number of at least 0'],
    ['podCapacity', { podCapacity: '200' }, 'a number above 0'],
    ['openings[0].windows', changed({ windows: [] }), 'a list of at least one window'],
    ['openings[0].windows[0].from', changed({ windows: [{ from: 1, until: '+1h', floor: 1, ceiling: 1 }] }), "an offset such as '-2h30m'"],
    ['openings[0].at[1]', changed({ at: ['2026-12-05T01:00:00Z', 'x'] }), 'an ISO instant in UTC'],
  ])('names %s', (field, change, wants) => {
    expect(() => decodePlan(JSON.stringify({ ...document, ...change }))).toThrow(`'${field}' of the plan must be ${wants}, got `);
  });

  function changed(change: object): object {
    return { openings: [{ ...document.openings[0], ...change }] };
  }
});

function opening(event: string, iso: string, shape: WindowShape, floor: number, ceiling: number): Opening {
  return openingAt(event, iso, floor, { ...shape, ceiling, demand: { requestsPerSecond: 15_000 } });
}

function planWith(...openings: Opening[]): Plan {
  return planOf('registration', openings, { podCapacity: 200 });
}
