/** Drains of nodes shall take at most a tenth of the pods at a time, where so few are one at least. */
const STRICTEST_PERCENT = 90;

/** How many pods may be missing, in the fields of a PodDisruptionBudget. */
export type Disruption = { readonly minAvailable: string } | { readonly maxUnavailable: string };

/**
 * What evictions must leave of a service's pods.
 *
 * Percentages round up, in favour of `maxUnavailable` as of `minAvailable`: 10 % may be missing of one pod is that pod. So the least that must be
 * there is said: of one pod it is that pod, also where an autoscaler that was lost has left no more. Of as many as the baseline has, one may
 * always go, or a drain would wait for ever between events. Where one pod is all that the baseline asks for, it may go for the same reason.
 *
 * @param floor of the baseline
 */
export function disruptionOf(floor: number): Disruption {
  return floor === 1
    ? { maxUnavailable: `${100 - STRICTEST_PERCENT}%` }
    : { minAvailable: `${Math.min(STRICTEST_PERCENT, Math.floor((floor - 1) * 100 / floor))}%` };
}
