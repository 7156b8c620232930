import { LiveBounds } from './plan';
import { TargetObject, Workload, conditionOf } from '../kube-objects';

/**
 * How what lies between floor and ceiling is used up: the autoscaler wants more than its ceiling, or asks for as many pods as that allows.
 *
 * Undefined: there is room, or the target has no ceiling. Where floor and ceiling are one, that many are planned, and only wanting more counts.
 */
export function seatBeltUsed(
  target: TargetObject | undefined, workload: Pick<Workload, 'spec'> | undefined, { floor, ceiling }: LiveBounds,
): 'wants more' | 'full' | undefined {
  if (ceiling === undefined) {
    return undefined;
  }
  const limited = conditionOf(target, 'ScalingLimited');
  if (limited?.status === 'True' && limited.reason === 'TooManyReplicas') {
    return 'wants more';
  }
  // a ScaledObject does not say what its autoscaler asks for
  const asked = Math.max(target?.status?.desiredReplicas ?? 0, workload?.spec?.replicas ?? 0);
  return floor < ceiling && asked >= ceiling ? 'full' : undefined;
}

/** Said of a seat belt that is used up. */
export function seatBeltWords(used: 'wants more' | 'full', ceiling: number): string {
  return used === 'wants more' ? `the autoscaler wants more than the ceiling of ${ceiling}` : `all ${ceiling} pods that the ceiling allows are asked for`;
}
