import { Live } from './target';
import { Wanted } from '../core/plan/override';
import { ReplicaBounds } from '../core/plan/plan';
import { isoOf } from '../core/time/instant';

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
