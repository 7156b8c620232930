import { ASSUMPTIONS, AssumptionName } from './assumptions';
import { parseFault } from './faults';
import { MOMENT_FORM, parseMoment } from './interventions';
import { ScenarioError } from './prepare';
import { RequirementError, parseRequirement } from './requirements';
import {
  COMPARISONS, Comparison, Fault, GivenDependency, GivenMetric, GivenMetrics, GivenService, HandWish, MetricPoint, Moment, OverrideWish, Scenario,
  TrafficPoint,
} from './types';
import { EpochMs } from '../core/time/instant';
import { parseOffset } from '../core/time/offset';

type Path = readonly (string | number)[];
type Mutable<T> = { -readonly [key in keyof T]: T[key] };

/** Each field of the document and how it is read. */
const FIELDS: { readonly [key: string]: (value: unknown, path: Path, scenario: Mutable<Scenario>) => void } = {
  event: (value, path, scenario) => { scenario.event = text(value, path); },
  opening: (value, path, scenario) => { scenario.at = instant(value, path); },
  from: (value, path, scenario) => { scenario.fromMs = offset(value, path); },
  until: (value, path, scenario) => { scenario.untilMs = offset(value, path); },
  traffic: (value, path, scenario) => { scenario.traffic = traffic(value, path); },
  faults: (value, path, scenario) => { scenario.faults = list(value, path).map((entry, i) => fault(entry, [...path, i])); },
  overrides: (value, path, scenario) => { scenario.overrides = list(value, path).map((entry, i) => override(entry, [...path, i])); },
  metrics: (value, path, scenario) => { scenario.metrics = metrics(value, path); },
  hands: (value, path, scenario) => { scenario.hands = list(value, path).map((entry, i) => hand(entry, [...path, i])); },
  assume: (value, path, scenario) => { scenario.assume = assumptions(value, path); },
  services: (value, path, scenario) => { scenario.services = byName(value, path, service); },
  dependencies: (value, path, scenario) => { scenario.dependencies = byName(value, path, dependency); },
  seed: (value, path, scenario) => { scenario.seed = number(value, path, 0); },
  compare: (value, path, scenario) => { scenario.compare = list(value, path).map((entry, i) => comparison(entry, [...path, i])); },
  require: (value, path, scenario) => { scenario.require = list(value, path).map((entry, i) => requirement(entry, [...path, i])); },
};

/**
 * Reads a scenario's document: a parsed YAML or JSON object whose fields are all optional.
 *
 * `event`, `opening` (an instant with an offset), `from` and `until` (offsets from the opening such as `-2h`), `traffic` (a list of
 * `{ at: +5s, rps: 15000 }`, linear in between), `faults` (`NAME` or `NAME@OFFSET`), `overrides` (`{ floor, until }`, and `ceiling`,
 * `from`, `reason`), `hands` (`{ at, floor, ceiling, hand }`, of which one of the two in the middle may be left out), `metrics` (by name:
 * `requests`, or a list of `{ at: +5s, value: 15 }`), `assume` (numbers by the name of the assumption), `services` (by name: `{ traffic,
 * assume }` of one of several), `dependencies` (by name: `{ limit, serviceMillis, queue, callsPerRequest }`), `seed`, `compare`, `require`.
 *
 * @throws ScenarioError with the path to the field that is wrong
 */
export function readScenario(document: unknown): Scenario {
  if (document === null || document === undefined) {
    return {};
  }
  const scenario: Mutable<Scenario> = {};
  for (const [key, value] of Object.entries(record(document, []))) {
    const read = Object.prototype.hasOwnProperty.call(FIELDS, key) ? FIELDS[key] : undefined;
    if (!read) {
      throw new ScenarioError(`unknown field '${key}'; known are ${Object.keys(FIELDS).join(', ')}`, [key]);
    }
    read(value, [key], scenario);
  }
  return scenario;
}

function fail(path: Path, wants: string, value: unknown): never {
  throw new ScenarioError(`'${path.join('.') || 'the scenario'}' must be ${wants}, got ${JSON.stringify(value)}`, path);
}

function record(value: unknown, path: Path): { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as { [key: string]: unknown } : fail(path, 'an object', value);
}

function list(value: unknown, path: Path): readonly unknown[] {
  return Array.isArray(value) ? value : fail(path, 'a list', value);
}

function text(value: unknown, path: Path): string {
  return typeof value === 'string' && value !== '' ? value : fail(path, 'a text', value);
}

function number(value: unknown, path: Path, least: number): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= least ? value : fail(path, `a number of at least ${least}`, value);
}

function offset(value: unknown, path: Path): number {
  // a bare span is more often one with a forgotten minus than one with a forgotten plus
  return parseOffset(typeof value === 'string' ? value : '') ?? fail(path, "an offset from the opening such as '-10m' or '+1h30m'", value);
}

function instant(value: unknown, path: Path): EpochMs {
  const at = /(Z|[+-]\d\d:\d\d)$/.test(written(value)) ? Date.parse(written(value)) : NaN;
  return Number.isNaN(at) ? fail(path, "an instant with an offset such as '2026-12-05T10:00:00+09:00'", value) : at;
}

/** YAML reads an instant as a date. */
function written(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

function traffic(value: unknown, path: Path): TrafficPoint[] {
  const points = list(value, path).map((entry, i): TrafficPoint => {
    const { at, rps, ...rest } = record(entry, [...path, i]);
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) {
      throw new ScenarioError(`unknown field '${unknown}'; a point of the traffic has 'at' and 'rps'`, [...path, i, unknown]);
    }
    return { atMs: offset(at, [...path, i, 'at']), rps: number(rps, [...path, i, 'rps'], 0) };
  });
  if (points.length === 0) {
    fail(path, 'a list of at least one point', value);
  }
  refuseDisorder(points, path);
  return points;
}

function metrics(value: unknown, path: Path): GivenMetrics {
  return Object.fromEntries(Object.entries(record(value, path)).map(([name, entry]) => [name, metric(entry, [...path, name])]));
}

function metric(value: unknown, path: Path): GivenMetric {
  if (value === 'requests') {
    return value;
  }
  if (!Array.isArray(value) || value.length === 0) {
    fail(path, "'requests', or a list of at least one point such as { at: +0s, value: 5 }", value);
  }
  const points = value.map((entry, i): MetricPoint => {
    const point = fieldsOf(entry, [...path, i], 'a point of a metric', ['at', 'value']);
    return { atMs: offset(point.at, [...path, i, 'at']), value: number(point.value, [...path, i, 'value'], 0) };
  });
  refuseDisorder(points, path);
  return points;
}

function refuseDisorder(points: readonly { readonly atMs: number }[], path: Path): void {
  points.forEach(({ atMs }, i) => {
    if (i > 0 && atMs < points[i - 1].atMs) {
      throw new ScenarioError(`'${[...path, i, 'at'].join('.')}' must not be before the point above it`, [...path, i, 'at']);
    }
  });
}

function fault(value: unknown, path: Path): Fault {
  try {
    return parseFault(text(value, path));
  } catch (error) {
    throw error instanceof ScenarioError ? error : new ScenarioError((error as Error).message, path);
  }
}

/** The fields of an object, of which none may be unknown. */
function fieldsOf(value: unknown, path: Path, what: string, known: readonly string[]): { readonly [key: string]: unknown } {
  const fields = record(value, path);
  const unknown = Object.keys(fields).find(key => !known.includes(key));
  if (unknown !== undefined) {
    throw new ScenarioError(`unknown field '${unknown}'; ${what} has ${known.map(name => `'${name}'`).join(', ')}`, [...path, unknown]);
  }
  return fields;
}

function override(value: unknown, path: Path): OverrideWish {
  const { floor, ceiling, from, until, reason } = fieldsOf(value, path, 'an override', ['floor', 'ceiling', 'from', 'until', 'reason']);
  return {
    floor: count(floor, [...path, 'floor']),
    ...(ceiling === undefined ? {} : { ceiling: count(ceiling, [...path, 'ceiling']) }),
    ...(from === undefined ? {} : { from: moment(from, [...path, 'from']) }),
    until: moment(until, [...path, 'until']),
    ...(reason === undefined ? {} : { reason: text(reason, [...path, 'reason']) }),
  };
}

function hand(value: unknown, path: Path): HandWish {
  const { at, floor, ceiling, hand: name } = fieldsOf(value, path, 'a hand', ['at', 'floor', 'ceiling', 'hand']);
  if (floor === undefined && ceiling === undefined) {
    fail(path, "an object with a 'floor', a 'ceiling' or both", value);
  }
  return {
    at: moment(at, [...path, 'at']),
    ...(name === undefined ? {} : { hand: text(name, [...path, 'hand']) }),
    ...(floor === undefined ? {} : { floor: count(floor, [...path, 'floor']) }),
    ...(ceiling === undefined ? {} : { ceiling: count(ceiling, [...path, 'ceiling']) }),
  };
}

function byName<Given>(value: unknown, path: Path, read: (value: unknown, path: Path) => Given): { readonly [name: string]: Given } {
  return Object.fromEntries(Object.entries(record(value, path)).map(([name, entry]) => [name, read(entry, [...path, name])]));
}

function service(value: unknown, path: Path): GivenService {
  const fields = fieldsOf(value, path, 'a service', ['traffic', 'assume']);
  return {
    ...(fields.traffic === undefined ? {} : { traffic: traffic(fields.traffic, [...path, 'traffic']) }),
    ...(fields.assume === undefined ? {} : { assume: assumptions(fields.assume, [...path, 'assume']) }),
  };
}

function dependency(value: unknown, path: Path): GivenDependency {
  const fields = fieldsOf(value, path, 'a dependency', ['limit', 'serviceMillis', 'queue', 'callsPerRequest']);
  return Object.fromEntries(Object.entries(fields).map(([name, amount]) => {
    const isPositive = name !== 'queue';
    const read = number(amount, [...path, name], 0);
    return [name, isPositive && read === 0 ? fail([...path, name], 'a number above 0', amount) : read];
  }));
}

function count(value: unknown, path: Path): number {
  return Number.isSafeInteger(value) && (value as number) >= 1 ? value as number : fail(path, 'a whole number of at least 1', value);
}

function moment(value: unknown, path: Path): Moment {
  return parseMoment(written(value)) ?? fail(path, MOMENT_FORM, value);
}

function assumptions(value: unknown, path: Path): Scenario['assume'] {
  const given = record(value, path);
  for (const [name, amount] of Object.entries(given)) {
    if (!Object.prototype.hasOwnProperty.call(ASSUMPTIONS, name)) {
      throw new ScenarioError(`unknown assumption '${name}'; known are ${Object.keys(ASSUMPTIONS).join(', ')}`, [...path, name]);
    }
    number(amount, [...path, name], 0);
  }
  return given as { readonly [name in AssumptionName]?: number };
}

function comparison(value: unknown, path: Path): Comparison {
  return COMPARISONS.includes(value as Comparison) ? value as Comparison : fail(path, `one of ${COMPARISONS.join(', ')}`, value);
}

function requirement(value: unknown, path: Path): string {
  const expression = text(value, path);
  try {
    return parseRequirement(expression).text;
  } catch (error) {
    throw error instanceof RequirementError ? new ScenarioError(error.message, path) : error;
  }
}
