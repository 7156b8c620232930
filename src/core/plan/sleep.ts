import { ParsedObject, targetKindOf } from './target-kind';

/** Targets that may have no pod at all between events. */

/**
 * Whether an object may have a floor of 0, by what its manifest says.
 *
 * An autoscaler of Kubernetes takes that only with a metric that is not of its pods: where there is no pod, no metric of pods asks for one. The API
 * server takes it from Kubernetes 1.37 on, which no manifest tells.
 */
export function maySleep(object: ParsedObject): boolean {
  const metrics: unknown = object.spec?.metrics;
  return targetKindOf(object)?.follows !== 'autoscaling'
    || Array.isArray(metrics) && metrics.some(metric => metric?.type === 'Object' || metric?.type === 'External');
}

/** What an autoscaler needs for a floor of 0, for people. */
export const SLEEP_NEEDS = 'it needs Kubernetes 1.37 or later, and a metric of type Object or External';
