import type { DECISION_FINDINGS } from './decision-findings';
import { Live, Pods, UNKNOWN_PODS, mayLowerCeiling } from './live';
import { Override, Wanted, wantedAt } from './override';
import { LiveBounds, ObjectReference, Plan, ReplicaBounds } from './plan';
import { FindingOf } from '../finding';
import { EpochMs, isoOf } from '../time/instant';

/** What a decision has to say; each is told once as long as it stays as it is. */
export type DecisionFinding = FindingOf<typeof DECISION_FINDINGS> & {
  /** Tells one occurrence from the next that reads the same. */
  readonly occurrence?: string;
};

/**
 * What to do with the floor.
 *
 * `raise` and `lower` write what is wanted. `adopt` writes what stands already, so that it stays when the hand that wrote it takes it
 * out of a manifest. `keep` leaves another hand's higher floor alone.
 */
export type FloorAction = 'right' | 'raise' | 'lower' | 'adopt' | 'keep';

/** What to do with the ceiling; `wait` lowers it only once fewer pods live. */
export type CeilingAction = 'right' | 'raise' | 'lower' | 'wait' | 'keep';

/** Another size for the workload itself. */
export interface Scale {
  /** What it is asked for now. */
  readonly from: number;
  readonly to: number;
}

/** What to do with a target and its workload. */
export interface Decision {
  readonly floor: FloorAction;
  /** Absent: the target has no ceiling. */
  readonly ceiling?: CeilingAction;
  /** What an apply must carry; absent: leave the target alone. */
  readonly write?: Partial<ReplicaBounds>;
  /** The apply must carry too that pods stay above 0, or an idle size; one that leaves it out takes it back. */
  readonly activates?: true;
  /** Floor and ceiling after that. */
  readonly then: LiveBounds;
  /** The workload stands below its floor: its autoscaler would need up to 15 s, or, at 0, do nothing at all. */
  readonly scale?: Scale;
  readonly findings: readonly DecisionFinding[];
}

const NONE: readonly DecisionFinding[] = [];

/**
 * Compares what is wanted with what stands.
 *
 * A floor or ceiling that is too low is raised, whoever wrote it; one that is too high is lowered only if it is the keeper's own. A
 * floor that is right but another's is written all the same. The ceiling is lowered only to where no pod is cut: to the count of live
 * pods or above.
 */
export function decide(wanted: Wanted, live: Live, pods: Pods = UNKNOWN_PODS): Decision {
  const floorAction = floorActionOf(wanted, live);
  const floor = floorAction === 'keep' ? live.floor : wanted.floor;
  const writesFloor = floorAction !== 'right' && floorAction !== 'keep';
  if (live.ceiling === undefined) {
    return { floor: floorAction, write: writesFloor ? { floor } : undefined, then: { floor }, findings: findingsOf(wanted, live, pods, floorAction) };
  }

  // the API server refuses a ceiling below the floor
  const lowest = Math.max(wanted.ceiling, floor);
  const ceilingAction = ceilingActionOf(lowest, live, live.ceiling, pods);
  const writesCeiling = ceilingAction === 'raise' || ceilingAction === 'lower';
  const ceiling = writesCeiling ? lowest : live.ceiling;
  const bounds = { floor, ceiling };
  const { activation } = live;
  const activates = activation !== undefined && isAwaited(wanted) && (activation.isOwn || !activation.isOn);
  const isOtherwise = activation !== undefined && activates !== activation.isOwn;
  return {
    floor: floorAction,
    ceiling: ceilingAction,
    write: writesFloor || writesCeiling || isOtherwise ? applyOf(bounds, live, writesFloor, writesCeiling) : undefined,
    ...(activates ? { activates } : {}),
    then: bounds,
    scale: scaleOf(wanted, askedOf(live, pods), floor),
    findings: findingsOf(wanted, live, pods, floorAction, ceilingAction, lowest),
  };
}

function floorActionOf(wanted: Wanted, live: Live): FloorAction {
  if (live.floor < wanted.floor) {
    return 'raise';
  }
  if (live.floor > wanted.floor) {
    return live.ownsFloor ? 'lower' : 'keep';
  }
  return live.ownsFloor ? 'right' : 'adopt';
}

function ceilingActionOf(lowest: number, live: Live, ceiling: number, pods: Pods): CeilingAction {
  if (ceiling < lowest) {
    return 'raise';
  }
  if (ceiling === lowest) {
    return 'right';
  }
  if (!mayLowerCeiling(live)) {
    return 'keep';
  }
  return pods.most > lowest ? 'wait' : 'lower';
}

/** What is written, and what only the keeper holds: an apply that leaves that out would remove it. */
function applyOf({ floor, ceiling }: ReplicaBounds, live: Live, writesFloor: boolean, writesCeiling: boolean): Partial<ReplicaBounds> {
  return {
    ...(writesFloor || live.ownsFloor ? { floor } : {}),
    ...(writesCeiling || live.ownsCeilingAlone ? { ceiling } : {}),
  };
}

/** Whether somebody counts on pods: in a window, or because a person asked for them. Between windows a workload may be at 0 on purpose. */
function isAwaited(wanted: Wanted): boolean {
  return wanted.openings.length > 0 || wanted.override !== undefined;
}

/** What the workload is asked for; an autoscaler that is switched off tells it of 0. Undefined: unknown. */
function askedOf(live: Live, pods: Pods): number | undefined {
  return pods.asked ?? (live.isDisabled ? 0 : undefined);
}

/**
 * What to make of a workload that stands below a floor that is in force.
 *
 * @param from what the workload is asked for; undefined: unknown
 * @param floor the live floor; more than that the autoscaler would take away again
 */
export function scaleOf(wanted: Wanted, from: number | undefined, floor: number): Scale | undefined {
  const to = Math.min(wanted.floor, floor);
  return from !== undefined && from < to && isAwaited(wanted) ? { from, to } : undefined;
}

function findingsOf(
  wanted: Wanted, live: Live, pods: Pods, floorAction: FloorAction, ceilingAction?: CeilingAction, lowest = 0,
): readonly DecisionFinding[] {
  const isAtZero = live.ceiling !== undefined && wanted.floor > 0 && !isAwaited(wanted) && askedOf(live, pods) === 0;
  const isCeilingSpecial = ceilingAction === 'keep' || ceilingAction === 'wait' && pods.most < Infinity;
  // asked for every second of a rehearsal
  if (floorAction !== 'keep' && !isCeilingSpecial && !isAtZero && !wanted.overruled) {
    return NONE;
  }
  const findings: DecisionFinding[] = [];
  if (floorAction === 'keep') {
    findings.push({
      id: 'higher-floor-kept',
      severity: 'warning',
      sentence: `floor ${live.floor} of ${live.floorHand?.manager ?? 'another hand'} stays, ${whyOf(wanted)} asks for ${wanted.floor}`,
      occurrence: live.floorHand?.time,
    });
  }
  if (isAtZero) {
    findings.push({
      id: 'workload-at-zero',
      severity: 'warning',
      sentence: 'the workload stands at 0, where its autoscaler does nothing; from the next window on it is brought to the floor',
    });
  }
  if (ceilingAction === 'keep') {
    findings.push({
      id: 'higher-ceiling-kept',
      severity: 'warning',
      sentence: `ceiling ${live.ceiling} of ${live.ceilingHand?.manager ?? 'another hand'} stays, ${whyOf(wanted)} asks for ${lowest}`,
      occurrence: live.ceilingHand?.time,
    });
  }
  if (ceilingAction === 'wait' && isCeilingSpecial) {
    findings.push({
      id: 'ceiling-waits',
      severity: 'note',
      sentence: `ceiling ${live.ceiling} stays until at most ${lowest} pods run, now ${pods.most}: nothing cuts live pods`,
    });
  }
  return [...findings, ...overrideLowers(wanted)];
}

/** An override that asks for less than the plan. */
export function overrideLowers(wanted: Wanted): readonly DecisionFinding[] {
  const { floor, overruled } = wanted;
  return overruled && floor < overruled.floor
    ? [{ id: 'override-lowers', severity: 'warning', sentence: `${whyOf(wanted)} asks for floor ${floor}, the plan for ${overruled.floor}` }]
    : NONE;
}

/** By whose word: `override until ...`, the events, or the baseline. */
export function whyOf(wanted: Wanted): string {
  if (wanted.override) {
    const { until, reason } = wanted.override;
    return `override until ${isoOf(until)}${reason ? ` (${reason})` : ''}`;
  }
  return [...new Set(wanted.openings.map(opening => opening.event))].join(', ') || 'baseline';
}

/** Keepers whose clocks differ by less do not undo each other's work at an edge. */
const EDGE_TOLERANCE_MS = 2_000;

/**
 * What is wanted now.
 *
 * Just before an edge, what a keeper whose clock is ahead has written already counts as right.
 */
export function wantedNear(plan: Plan, override: Override | undefined, live: Live, now: EpochMs): Wanted {
  const wanted = wantedAt(plan, override, now);
  const soon = wantedAt(plan, override, now + EDGE_TOLERANCE_MS);
  return isWrittenAhead(wanted.floor, soon.floor, live.floor, live.ownsFloor)
    || wanted.floor === soon.floor && isWrittenAhead(wanted.ceiling, soon.ceiling, live.ceiling, live.ownsCeiling)
    ? soon : wanted;
}

function isWrittenAhead(wanted: number, soon: number, live: number | undefined, isOwn: boolean): boolean {
  return isOwn && live === soon && soon !== wanted;
}

// ---- where the ceiling may not be raised

/** What is done instead of a write that was refused. */
export interface Shortfall {
  readonly decision: Decision;
  /** What is not so, and the way out. */
  readonly sentence: string;
}

/**
 * What to do instead where a write was refused that raises the ceiling: the floor goes as high as the ceiling that stands.
 *
 * Undefined where the decision does not raise the ceiling; it was refused for another reason then.
 *
 * @param said the words of whoever refused
 */
export function belowCeiling(decision: Decision, wanted: Wanted, live: Live, said: string): Shortfall | undefined {
  const { ceiling } = live;
  if (decision.ceiling !== 'raise' || ceiling === undefined) {
    return undefined;
  }
  const floor = Math.min(decision.then.floor, ceiling);
  const isThere = decision.floor === 'keep' || live.ownsFloor && live.floor === floor;
  const refused = `the ceiling may not go from ${ceiling} to ${decision.then.ceiling}; raise it by hand, or ask whoever refuses it (${said})`;
  return {
    decision: {
      ...decision,
      write: isThere ? undefined : applyOf({ floor, ceiling }, live, true, false),
      then: { floor, ceiling },
      scale: decision.scale && { ...decision.scale, to: Math.min(decision.scale.to, floor) },
    },
    sentence: floor < wanted.floor ? `floor ${floor} instead of ${wanted.floor}: ${refused}` : refused,
  };
}

// ---- what has happened

/** Something that was done, as a person reads it. */
export type Change = DecisionFinding & { readonly did: 'raised' | 'lowered' | 'adopted' | 'scaled' };

/** What happened to a target between two looks at it; undefined: nothing that is told. */
export function changeOf(before: Live, after: Live, wanted: Wanted): Change | undefined {
  const hand = before.floor < after.floor && !before.ownsFloor && before.floorHand ? ` (${before.floor} was ${before.floorHand.manager}'s)` : '';
  const floor = after.floor !== before.floor ? [`floor ${before.floor} -> ${after.floor}${hand}`] : [];
  const ceiling = after.ceiling !== before.ceiling ? [`ceiling ${before.ceiling} -> ${after.ceiling}`] : [];
  const sentence = `${[...floor, ...ceiling].join(', ')} for ${whyOf(wanted)}`;
  if (floor.length) {
    return after.floor > before.floor
      ? { id: 'floor-raised', did: 'raised', severity: 'note', sentence }
      : { id: 'floor-lowered', did: 'lowered', severity: 'note', sentence };
  }
  if (ceiling.length) {
    return after.ceiling! > before.ceiling!
      ? { id: 'ceiling-raised', did: 'raised', severity: 'note', sentence }
      : { id: 'ceiling-lowered', did: 'lowered', severity: 'note', sentence };
  }
  return after.ownsFloor && !before.ownsFloor
    ? { id: 'floor-adopted', did: 'adopted', severity: 'note', sentence: `floor ${after.floor} is held by ${whyOf(wanted)} too, whoever else takes it back` }
    : undefined;
}

/** What was done to a workload that somebody has scaled below its floor. */
export function scaledOf(workload: ObjectReference, scale: Scale): Change {
  return { id: 'workload-scaled', did: 'scaled', severity: 'note', sentence: `${stepOf(workload, scale)}: ${scale.from === 0 ? AT_ZERO : 'that is below its floor'}` };
}

/** What was done to a workload above which its floor has risen. */
export function followingOf(workload: ObjectReference, scale: Scale): Change {
  return { id: 'workload-raised', did: 'scaled', severity: 'note', sentence: `${stepOf(workload, scale)}${scale.from === 0 ? `: ${AT_ZERO}` : ', as its floor'}` };
}

const AT_ZERO = 'at 0 its autoscaler does nothing';

function stepOf({ kind, name }: ObjectReference, { from, to }: Scale): string {
  return `${kind} ${name} ${from} -> ${to}`;
}
