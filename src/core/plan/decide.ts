import { Live } from './live';
import { Override, Wanted, wantedAt } from './override';
import { Plan, ReplicaBounds } from './plan';
import { EpochMs, isoOf } from '../time/instant';

/** What is worth a person's attention; told once as long as it stays as it is. */
export interface Finding {
  /** CamelCase, the reason of the Kubernetes Event. */
  readonly reason: string;
  readonly message: string;
  /** Tells one occurrence from the next that reads the same. */
  readonly occurrence?: string;
}

/** What to do with the target. */
export interface Decision {
  /** What an apply must carry; absent: leave it alone. */
  readonly write?: Partial<ReplicaBounds>;
  /** Floor and ceiling after that. */
  readonly then: { readonly floor: number; readonly ceiling?: number };
  /** The ceiling is not lowered yet, because so many pods run. */
  readonly ceilingWaits: boolean;
  readonly findings: readonly Finding[];
}

/**
 * Compares what is wanted with what stands.
 *
 * A floor or ceiling that is too low is raised, whoever wrote it; one that is too high is lowered only if it is the keeper's own. A
 * floor that is right but another's is written all the same, so that it stays when the other takes it out of a manifest. The ceiling is
 * lowered only to where no pod is cut: to the count of live pods or above.
 *
 * @param podCount the most pods that run or are asked for; unknown counts as too many
 */
export function decide(wanted: Wanted, live: Live, podCount: number = Infinity): Decision {
  const findings: Finding[] = [];
  const writesFloor = live.floor < wanted.floor || live.ownsFloor && live.floor > wanted.floor || live.floor === wanted.floor && !live.ownsFloor;
  const floor = writesFloor ? wanted.floor : live.floor;
  if (floor > wanted.floor) {
    findings.push({
      reason: 'HigherFloorKept',
      message: `floor ${live.floor} of ${live.floorHand?.manager ?? 'another hand'} stays, ${whyOf(wanted)} asks for ${wanted.floor}`,
      occurrence: live.floorHand?.time,
    });
  }
  if (live.isDisabled && wanted.openings.length === 0) {
    findings.push({ reason: 'WorkloadAtZero', message: 'the workload stands at 0, where its autoscaler does nothing; from the next window on it is brought to the floor' });
  }
  if (live.ceiling === undefined) {
    return { ...(writesFloor ? { write: { floor } } : {}), then: { floor }, ceilingWaits: false, findings };
  }

  const lowest = Math.max(wanted.ceiling, floor);
  const isTooHigh = live.ceiling > lowest;
  const ceilingWaits = isTooHigh && live.ownsCeiling && podCount > lowest;
  const writesCeiling = live.ceiling < lowest || isTooHigh && live.ownsCeiling && !ceilingWaits;
  const ceiling = writesCeiling ? lowest : live.ceiling;
  if (isTooHigh && !live.ownsCeiling) {
    findings.push({
      reason: 'HigherCeilingKept',
      message: `ceiling ${live.ceiling} of ${live.ceilingHand?.manager ?? 'another hand'} stays, ${whyOf(wanted)} asks for ${lowest}`,
      occurrence: live.ceilingHand?.time,
    });
  }
  if (ceilingWaits && podCount < Infinity) {
    findings.push({ reason: 'CeilingWaits', message: `ceiling ${live.ceiling} stays until at most ${lowest} pods run, now ${podCount}: nothing cuts live pods` });
  }
  // an apply that leaves out what only the keeper holds would remove it
  const write = {
    ...(writesFloor || live.ownsFloor ? { floor } : {}),
    ...(writesCeiling || live.ownsCeilingAlone ? { ceiling } : {}),
  };
  return { ...(writesFloor || writesCeiling ? { write } : {}), then: { floor, ceiling }, ceilingWaits, findings };
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
  return live.ownsFloor && live.floor === soon.floor && soon.floor !== wanted.floor ? soon : wanted;
}

/** What happened to a target between two looks at it, as a person reads it; undefined: nothing. */
export function changeOf(before: Live, after: Live, wanted: Wanted): Finding | undefined {
  const hand = before.floor < after.floor && !before.ownsFloor && before.floorHand ? ` (${before.floor} was ${before.floorHand.manager}'s)` : '';
  const floor = after.floor !== before.floor ? [`floor ${before.floor} -> ${after.floor}${hand}`] : [];
  const ceiling = after.ceiling !== before.ceiling ? [`ceiling ${before.ceiling} -> ${after.ceiling}`] : [];
  const moved = [...floor, ...ceiling];
  if (moved.length) {
    const what = floor.length ? 'Floor' : 'Ceiling';
    const isRaise = floor.length ? after.floor > before.floor : after.ceiling! > before.ceiling!;
    return { reason: `${what}${isRaise ? 'Raised' : 'Lowered'}`, message: `${moved.join(', ')} for ${whyOf(wanted)}` };
  }
  return after.ownsFloor && !before.ownsFloor
    ? { reason: 'FloorAdopted', message: `floor ${after.floor} is held by ${whyOf(wanted)} too, whoever else takes it back` }
    : undefined;
}
