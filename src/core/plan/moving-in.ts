import { isHeldByAppliersAlone, isInRelease, isRemembered } from './appliers';
import { Live } from './live';
import { Plan, planAt } from './plan';
import { isSameObject } from './reference';
import { isScaled, knownTargetKindOf } from './target-kind';
import { FindingKinds } from '../finding';
import { TargetObject, Workload, titleOf } from '../kube-objects';
import { EpochMs } from '../time/instant';

/** The field of a workload that is its size. */
const SIZE = 'replicas';

/** What is told of a service that moves in, by keeper and status alike. */
export const MOVING_IN_FINDINGS = {
  'moving-in': {
    severities: ['warning'],
    meaning: 'With `movingIn`: a deploy that left the field of the floor out of the manifest would still delete it. The sentence says what stands in the way.',
  },
  'moved-in': {
    severities: ['note'],
    meaning: 'With `movingIn`: the floor stays, whoever takes its field out of a manifest. The next deploy can leave `movingIn` out.',
  },
} as const satisfies FindingKinds;

/** What of a service that moves in is still to be done by the keeper, and what only people can do. */
export interface MovingIn {
  /** Of the target, which an applier remembers and would delete: the keeper may have it forgotten. */
  readonly forgets?: string;
  /** An applier remembers the size of the workload too. */
  readonly forgetsSize?: true;
  /** The size of the workload, which only appliers hold: the keeper may hold it too. */
  readonly holds?: number;
  /** What stands in the way, and the way out; absent: the fields may leave the manifests. */
  readonly obstacle?: { readonly sentence: string; readonly remedy: string };
}

/**
 * How far a service has moved in: what would become of its floor, and of its workload's size, if a deploy left them out of the manifests.
 *
 * @param workload where it is an object of its own, as it stands; absent: it is the target, or nobody knows it
 */
export function movingInOf(plan: Plan, target: TargetObject, live: Pick<Live, 'floor' | 'ownsFloor' | 'floorHand'>, workload?: Workload): MovingIn {
  const { field } = knownTargetKindOf(target).floor;
  const title = titleOf(target);
  const other = workload && !isSameObject(plan.workload, plan.target) ? workload : undefined;
  const released = [
    ...isInRelease(target, field) ? [`'${field}' of ${title}`] : [],
    ...other && isInRelease(other, SIZE) ? [`'${SIZE}' of ${titleOf(other)}`] : [],
  ];
  if (released.length > 0) {
    return {
      obstacle: {
        sentence: `Helm 3 deletes ${released.join(' and ')} as soon as the chart lacks it, and nothing makes it forget`,
        remedy: "leave 'movingIn' as it is, or name the target by its name",
      },
    };
  }
  if (!live.ownsFloor) {
    return {
      obstacle: {
        sentence: `${title} has floor ${live.floor} of ${live.floorHand?.manager ?? 'another hand'}, which the keeper does not hold: a deploy without '${field}' would delete it`,
        remedy: `pass baseline: { floor: ${live.floor} }, or lower the floor before`,
      },
    };
  }
  const forgets = isRemembered(target, field) ? { forgets: field } : {};
  if (other && isScaled(other)) {
    return {
      ...forgets,
      obstacle: {
        sentence: `which field of ${titleOf(other)} is its size is not known here, nor whether a deploy without that field would delete it`,
        remedy: "leave the field in the manifest until 'prewarm adopt' was run",
      },
    };
  }
  const { replicas } = other?.spec ?? {};
  const forgetsSize = other && isRemembered(other, SIZE) ? { forgetsSize: true } as const : {};
  const isTheirs = other !== undefined && isHeldByAppliersAlone(other, SIZE, plan.service);
  return { ...forgets, ...forgetsSize, ...isTheirs && replicas !== undefined ? { holds: replicas } : {} };
}

/** Whether a service moves in, and no window is on: what its manifests keep costs no pod yet. */
export function movesInCalmly(plan: Plan, now: EpochMs): boolean {
  return plan.movingIn === true && planAt(plan, now).openings.length === 0;
}

/** That the next deploy may leave the fields out. */
export function movedInText(plan: Plan): string {
  const { kind, name } = plan.target;
  return `${kind} ${name} keeps '${knownTargetKindOf(plan.target).floor.field}', whoever takes it out of a manifest`;
}
