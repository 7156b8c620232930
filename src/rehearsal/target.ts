import { Stage } from './stage';
import { RunName } from './types';
import { decide } from '../core/plan/decide';
import { Hand, Live, applied, patched } from '../core/plan/live';
import { Plan, ReplicaBounds, endOf, startOf } from '../core/plan/plan';
import { EpochMs } from '../core/time/instant';

/** What jobs, hands and the autoscaler write: the target, and how many pods its workload is asked for. */
export interface Target {
  live: Live;
  /** `spec.replicas` of the workload. */
  replicas: number;
}

/** Whoever applied the target's own manifest. */
const MANIFESTS = handOf('the manifests');

/** The target as a run finds it. */
export function targetAtFirst(stage: Stage, name: RunName): Target {
  const live = liveAtFirst(stage, name);
  return { live, replicas: live.floor };
}

function liveAtFirst({ service: { autoscaler }, plan, opening, wanted, from }: Stage, name: RunName): Live {
  const highest = Math.max(plan.fixedCeiling ?? 0, autoscaler?.maxReplicas ?? 0, opening.ceiling);
  switch (name) {
    case 'prewarmed': {
      const ceiling = autoscaler ? { ceiling: autoscaler.maxReplicas, ceilingHand: MANIFESTS } : {};
      const deployed: Live = {
        ...NOBODYS,
        manifestCeiling: plan.manifestCeiling,
        floor: autoscaler?.minReplicas ?? plan.baseline.floor,
        floorHand: MANIFESTS,
        ...ceiling,
      };
      // arm has applied the plan, and whatever was due before the rehearsal has run
      const { write } = decide(wanted.at[0], deployed, { most: deployed.floor });
      return write ? applied(deployed, write) : deployed;
    }
    case 'hpa-only':
      return { ...NOBODYS, floor: plan.baseline.floor, ...(autoscaler ? { ceiling: highest } : {}) };
    case 'always-at-peak':
      return { ...NOBODYS, floor: opening.floor, ...(autoscaler ? { ceiling: highest } : {}) };
    case 'patched':
    case 'patched-re-applied':
      return { ...NOBODYS, floor: patchedAtFirst(plan, from), ...(autoscaler ? { ceiling: highest } : {}) };
  }
}

/** The floor that CronJobs of `kubectl patch` have left when the rehearsal begins. */
function patchedAtFirst({ openings, baseline }: Plan, from: EpochMs): number {
  const begun = openings.filter(each => startOf(each) <= from && from < endOf(each));
  return Math.max(baseline.floor, ...begun.map(({ floor }) => floor));
}

/** What is true of a target that the keeper has not touched. */
const NOBODYS = { ownsFloor: false, ownsCeiling: false, ownsCeilingAlone: false, isDisabled: false };

export function handOf(manager: string): Hand {
  return { manager, time: '' };
}

/** Another hand writes. Returns why the API server refuses it; undefined: it does not. */
export function writeBy(manager: string, target: Target, bounds: Partial<ReplicaBounds>): string | undefined {
  const { live } = target;
  const { floor = live.floor, ceiling = live.ceiling } = bounds;
  if (ceiling !== undefined && floor > ceiling) {
    return `the API server refuses a floor of ${floor} above the ceiling of ${ceiling}`;
  }
  const { ceiling: hasCeiling } = live;
  target.live = patched(live, handOf(manager), hasCeiling === undefined ? { floor: bounds.floor } : bounds);
  return undefined;
}
