import { DEPENDENCY_FAULT_NAMES, DependencyFaultName, FAULT_NAMES, Fault, FaultName, PlayedFault } from './types';
import { Opening, Plan, startOf } from '../core/plan/plan';
import { EpochMs } from '../core/time/instant';
import { formatOffset, inWords, parseOffset } from '../core/time/offset';
import { MINUTE } from '../core/time/wall-clock';

interface FaultKind {
  /** What happens, for people. */
  readonly says: string;
  /** The moment that it takes by default, measured from the opening. */
  readonly defaultOffset: (opening: Opening) => number;
  /** Absent: to the end, or a moment only. */
  readonly durationMs?: number;
}

const atOpening = (offsetMs: number) => () => offsetMs;
const atFirstRise = (afterMs: number) => (opening: Opening) => startOf(opening) - opening.at + afterMs;

/** Times that a pull takes with `registry-slow`. */
export const SLOW_REGISTRY = 10;
/** Share of the nodes for the event's floor that `nodes-short` leaves. */
export const SHORT_NODES = 0.6;
/** What `manual-raise` puts on top of the live floor. */
export const MANUAL_RAISE_PERCENT = 25;
/** Times the traffic with `double-peak`. */
export const DOUBLE_PEAK = 2;
/** Times that a call takes with `dependency-slow`. */
export const SLOW_DEPENDENCY = 10;
/** The part of its connections that `connections-halved` leaves. */
export const HALVED_CONNECTIONS = 0.5;

/** Each fault with the moment at which it hurts. */
export const FAULTS: { readonly [name in FaultName]: FaultKind } = {
  'no-prewarm': { says: 'the jobs do not exist', defaultOffset: atFirstRise(0) },
  're-apply': { says: 'somebody writes the baseline\'s floor back', defaultOffset: atOpening(-10 * MINUTE) },
  'manual-raise': { says: `somebody raises the floor by ${MANUAL_RAISE_PERCENT} % by hand, and leaves it so`, defaultOffset: atOpening(-20 * MINUTE) },
  'missed-bump': { says: 'no run of bump before this', defaultOffset: atFirstRise(MINUTE) },
  'late-bump': { says: 'the pods of the first run of bump start only now, and keep the next from starting', defaultOffset: atFirstRise(60 * MINUTE) },
  'no-guard': { says: 'nobody guards: bump runs once, raises the floor, and ends', defaultOffset: atFirstRise(0) },
  'controllers-down': { says: 'no controller manager: no jobs, no autoscaler, no new pods', defaultOffset: atFirstRise(0), durationMs: 20 * MINUTE },
  'metrics-down': { says: 'no metrics API', defaultOffset: atOpening(-5 * MINUTE), durationMs: 30 * MINUTE },
  'registry-slow': { says: `images take ${SLOW_REGISTRY} times as long`, defaultOffset: atFirstRise(0) },
  'registry-down': { says: 'no image can be pulled (the keeper\'s own is there since arm)', defaultOffset: atFirstRise(0), durationMs: 30 * MINUTE },
  'nodes-short': { says: `no more nodes than ${SHORT_NODES * 100} % of what the floor needs`, defaultOffset: atFirstRise(0) },
  'node-lost': { says: 'a node disappears with its pods', defaultOffset: atOpening(-MINUTE) },
  'double-peak': { says: `${DOUBLE_PEAK} times the expected traffic`, defaultOffset: atOpening(0) },
  'rollout': { says: 'a rolling update to a new image begins', defaultOffset: atOpening(-5 * MINUTE) },
  'dependency-slow': { says: `calls take ${SLOW_DEPENDENCY} times as long`, defaultOffset: atOpening(MINUTE), durationMs: 5 * MINUTE },
  'dependency-down': { says: 'every call fails at once', defaultOffset: atOpening(MINUTE), durationMs: 5 * MINUTE },
  'connections-halved': { says: `${HALVED_CONNECTIONS * 100} % of the connections are left`, defaultOffset: atOpening(-10 * MINUTE) },
};

/**
 * Reads `NAME` or `NAME@OFFSET`, such as `re-apply@-10m` or `late-bump@+0s`; faults of dependencies also as `NAME:DEPENDENCY@OFFSET`.
 *
 * @throws Error that names what is known
 */
export function parseFault(text: string): Fault {
  const [named, offset, ...rest] = text.split('@');
  const [name, of, ...more] = named.split(':');
  const isTargeted = of !== undefined && of !== '' && more.length === 0 && isOfDependency(name as FaultName);
  if (!KNOWN_FAULTS.includes(name as FaultName) || rest.length > 0 || (of !== undefined && !isTargeted)) {
    throw new Error(`unknown fault '${text}'; known are ${KNOWN_FAULTS.join(', ')}, each with an offset from the opening such as '@-10m'`);
  }
  const offsetMs = offset === undefined ? undefined : parseOffset(offset);
  if (offset !== undefined && offsetMs === undefined) {
    const instead = parseOffset(`+${offset}`) === undefined ? "such as '-10m' or '+30s'" : `with its sign: '-${offset}' before it, '+${offset}' after it`;
    throw new Error(`'${offset}' of fault '${text}' must be an offset from the opening ${instead}`);
  }
  return { name: name as FaultName, ...(of === undefined ? {} : { of }), ...(offsetMs === undefined ? {} : { offsetMs }) };
}

/** The faults at their moments, in that order. */
export function playedFaults(faults: readonly Fault[], opening: Opening, until: EpochMs): PlayedFault[] {
  return faults.map(({ name, of, offsetMs }): PlayedFault => {
    const { says, defaultOffset, durationMs } = FAULTS[name];
    const at = opening.at + (offsetMs ?? defaultOffset(opening));
    const ends = durationMs === undefined ? undefined : Math.min(until, at + durationMs);
    const what = isOfDependency(name) ? `${of ?? 'each dependency'}: ${says}` : says;
    return {
      name,
      ...(of === undefined ? {} : { of }),
      at,
      ...(ends === undefined ? {} : { until: ends }),
      says: durationMs === undefined ? what : `${what} for ${inWords(durationMs)}`,
    };
  }).sort((a, b) => a.at - b.at);
}

/** Whether a fault hits dependencies or called services, and nothing else. */
export function isOfDependency(name: FaultName): name is DependencyFaultName {
  return DEPENDENCY_FAULT_NAMES.includes(name as DependencyFaultName);
}

const KNOWN_FAULTS: readonly FaultName[] = [...FAULT_NAMES, ...DEPENDENCY_FAULT_NAMES];

/** Faults that are over at their moment. */
const MOMENTS: readonly FaultName[] = ['re-apply', 'manual-raise', 'missed-bump', 'late-bump', 'node-lost', 'rollout'];

/** Whether a fault changes anything between two instants. */
export function strikesBetween({ name, at, until = Infinity }: PlayedFault, from: EpochMs, end: EpochMs): boolean {
  return at < end && (MOMENTS.includes(name) ? at >= from : until > from);
}

/** The moment of a fault as people write it. */
export function formatFault({ name, of, at }: PlayedFault, opening: EpochMs): string {
  return `${of === undefined ? name : `${name}:${of}`}@${formatOffset(at - opening)}`;
}

/** The plan that a fault leaves: no windows without jobs, no guards. */
export function planUnder(plan: Plan, faults: readonly PlayedFault[]): Plan {
  return faults.some(({ name }) => name === 'no-guard') ? { ...plan, guards: 0 } : plan;
}
