import { RunResult, Verdict } from './types';
import { inWords } from '../core/time/offset';

type Unit = 'share' | 'ms' | 'count' | 'hours' | 'money';

interface Measure {
  readonly unit: Unit;
  /** Infinity where it never came to be. */
  readonly of: (run: RunResult) => number;
}

const NEVER = Infinity;

/** What can be required. */
export const MEASURES = {
  'success': { unit: 'share', of: run => run.success },
  'served': { unit: 'count', of: run => run.served },
  'refused': { unit: 'count', of: run => run.refused },
  'timed-out': { unit: 'count', of: run => run.timedOut },
  'lost': { unit: 'count', of: run => run.lost },
  'first-success': { unit: 'ms', of: run => run.firstSuccessMs ?? NEVER },
  'sustained': { unit: 'ms', of: run => run.sustainedMs ?? NEVER },
  'p50': { unit: 'ms', of: run => run.latency.p50 },
  'p95': { unit: 'ms', of: run => run.latency.p95 },
  'p99': { unit: 'ms', of: run => run.latency.p99 },
  'restarts': { unit: 'count', of: run => run.restarts },
  'oom-kills': { unit: 'count', of: run => run.oomKills },
  'floor-violations': { unit: 'ms', of: run => run.floorViolationSeconds * 1000 },
  'ready-violations': { unit: 'ms', of: run => run.readyViolationSeconds * 1000 },
  'pods-taken': { unit: 'count', of: run => run.podsTaken },
  'max-replicas': { unit: 'count', of: run => run.maxReplicas },
  'max-nodes': { unit: 'count', of: run => run.maxNodes },
  'pod-hours': { unit: 'hours', of: run => run.podHours },
  'node-hours': { unit: 'hours', of: run => run.nodeHours },
  'cost': { unit: 'money', of: run => run.cost },
  'verify': { unit: 'count', of: run => Number(run.verify.ok) },
} satisfies Record<string, Measure>;

export type MeasureName = keyof typeof MEASURES;

/** What is required of requests, and so of the services that have clients. */
export const OF_REQUESTS: readonly MeasureName[] = [
  'success', 'served', 'refused', 'timed-out', 'lost', 'first-success', 'sustained', 'p50', 'p95', 'p99',
];

const OPERATORS = {
  '>=': { holds: (a: number, b: number) => a >= b, says: 'at least' },
  '<=': { holds: (a: number, b: number) => a <= b, says: 'at most' },
  '==': { holds: (a: number, b: number) => a === b, says: 'exactly' },
  '!=': { holds: (a: number, b: number) => a !== b, says: 'anything but' },
  '>': { holds: (a: number, b: number) => a > b, says: 'more than' },
  '<': { holds: (a: number, b: number) => a < b, says: 'less than' },
};

export interface Requirement {
  readonly text: string;
  readonly measure: MeasureName;
  readonly operator: keyof typeof OPERATORS;
  readonly value: number;
}

/** Why an expression cannot be read. */
export class RequirementError extends Error {
  /** `column` counts from 1. */
  constructor(message: string, readonly column: number) {
    super(message);
  }
}

const MILLISECONDS: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 };

/**
 * Reads `success>=0.999`, `success>=99.9%`, `p99<=500ms`, `floor-violations<=0s` or `restarts==0`.
 *
 * @throws RequirementError with the column at which it stops making sense
 */
export function parseRequirement(text: string): Requirement {
  const match = /^(\s*)([a-zA-Z0-9-]+)(\s*)(>=|<=|==|!=|>|<)?(\s*)(.*?)\s*$/.exec(text);
  if (!match) {
    throw new RequirementError(`'${text}' must begin with what is required; known are ${Object.keys(MEASURES).join(', ')}`, 1);
  }
  const [, indent, name, gap, operator, space, wanted] = match;
  const operatorColumn = indent.length + name.length + gap.length + 1;
  const valueColumn = operatorColumn + (operator ?? '').length + space.length;
  if (!Object.prototype.hasOwnProperty.call(MEASURES, name)) {
    throw new RequirementError(`unknown '${name}' in '${text}'; known are ${Object.keys(MEASURES).join(', ')}`, indent.length + 1);
  }
  if (!operator) {
    throw new RequirementError(`'${text}' needs one of ${Object.keys(OPERATORS).join(' ')} after '${name}'`, operatorColumn);
  }
  const measure: Measure = MEASURES[name as MeasureName];
  const value = readValue(wanted, measure.unit);
  if (value === undefined) {
    throw new RequirementError(`'${wanted}' in '${text}' must be ${EXPECTED[measure.unit]}`, valueColumn);
  }
  return { text, measure: name as MeasureName, operator: operator as keyof typeof OPERATORS, value };
}

const EXPECTED: { readonly [unit in Unit]: string } = {
  share: "a share such as '0.999' or '99.9%'",
  ms: "a time such as '500ms', '2s' or '5m'",
  count: "a number such as '0'",
  hours: "a number of hours such as '12'",
  money: "a number such as '100'",
};

function readValue(text: string, unit: Unit): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(%|[a-z]+)?$/.exec(text);
  if (!match) {
    return undefined;
  }
  const [, digits, suffix] = match;
  const value = Number(digits);
  switch (unit) {
    case 'ms':
      return readTime(value, suffix);
    case 'share': {
      const share = suffix === '%' ? value / 100 : value;
      return (suffix === undefined || suffix === '%') && share <= 1 ? share : undefined;
    }
    case 'hours':
      return suffix === undefined || suffix === 'h' ? value : undefined;
    default:
      return suffix === undefined ? value : undefined;
  }
}

/** Only a zero needs no unit. */
function readTime(value: number, unit: string | undefined): number | undefined {
  if (unit === undefined) {
    return value === 0 ? 0 : undefined;
  }
  const factor = MILLISECONDS[unit];
  return factor === undefined ? undefined : value * factor;
}

/** Compares one run with one requirement. */
export function judge({ text, measure, operator, value }: Requirement, run: RunResult): Verdict {
  const { unit, of }: Measure = MEASURES[measure];
  const is = of(run);
  const { holds, says } = OPERATORS[operator];
  return { text, met: holds(is, value), says: `${measure} is ${formatMeasure(is, unit)}, required is ${says} ${formatMeasure(value, unit)}` };
}

function formatMeasure(value: number, unit: Unit): string {
  if (value === NEVER) {
    return 'never';
  }
  switch (unit) {
    case 'share':
      // never rounded up to what was required
      return `${Math.floor(value * 100_000) / 1000} %`;
    case 'ms':
      return value > 0 && value < 1000 ? `${Math.round(value)} ms` : inWords(Math.round(value / 100) * 100);
    case 'hours':
      return `${Math.round(value * 10) / 10} h`;
    case 'money':
      return (Math.round(value * 100) / 100).toFixed(2);
    case 'count':
      return Math.round(value).toLocaleString('en-US');
  }
}
