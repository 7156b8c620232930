/** The part of a container's manifest that its CPU or memory request depends on. */
export interface RequestingContainer {
  readonly name: string;
  /** Absent: none. */
  readonly request?: number;
  /** Init containers only; `Always` makes one a sidecar that counts. */
  readonly restartPolicy?: string;
}

/**
 * What a pod requests in the eyes of the autoscaler: the sum over its containers and sidecars, or one container's.
 *
 * Absent if one has no request: the metric is then invalid, unless the pod itself has one (`podLevel`).
 */
export function requestOf(
  containers: readonly RequestingContainer[], initContainers: readonly RequestingContainer[] = [], container?: string, podLevel?: number,
): number | undefined {
  if (!container && podLevel !== undefined) {
    return podLevel;
  }
  let sum = 0;
  for (const { name, request } of [...containers, ...initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always')]) {
    if (container && name !== container) {
      continue;
    }
    if (request === undefined) {
      return undefined;
    }
    sum += request;
  }
  return sum;
}
