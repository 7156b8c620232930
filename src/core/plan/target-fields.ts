import { ReplicaBounds } from './plan';

/** A parsed Kubernetes object; only what is read is looked at. */
type KubeObject = any;

/** Which fields of a kind's `spec` are its floor and ceiling. */
export interface TargetFields {
  readonly floor: string;
  /** Absent: the kind has no ceiling, its floor is its size. */
  readonly ceiling?: string;
}

/** The kinds whose floor can be moved. */
export const TARGET_FIELDS: { readonly [kind: string]: TargetFields } = {
  HorizontalPodAutoscaler: { floor: 'minReplicas', ceiling: 'maxReplicas' },
  ScaledObject: { floor: 'minReplicaCount', ceiling: 'maxReplicaCount' },
  Deployment: { floor: 'replicas' },
  StatefulSet: { floor: 'replicas' },
};

/** KEDA's own default, in force where a ScaledObject has no `maxReplicaCount`. */
const KEDA_CEILING = 100;

/** The floor and ceiling of a live target; what its `spec` leaves out is what the API server or KEDA takes it for. */
export function boundsOf({ kind, spec = {} }: KubeObject): Pick<ReplicaBounds, 'floor'> & Partial<ReplicaBounds> {
  const { floor, ceiling } = TARGET_FIELDS[kind];
  return {
    floor: spec[floor] ?? (kind === 'ScaledObject' ? 0 : 1),
    ...(ceiling ? { ceiling: spec[ceiling] ?? KEDA_CEILING } : {}),
  };
}

/** The pods of a workload, as the API and `kubectl -l` take a selector; empty where it has none. */
export function podSelectorOf(workload: KubeObject): string {
  const { matchLabels = {}, matchExpressions = [] } = workload?.spec?.selector ?? {};
  return [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values }: KubeObject) => ({
      In: `${key} in (${values})`, NotIn: `${key} notin (${values})`, Exists: key, DoesNotExist: `!${key}`,
    })[operator as string]),
  ].join(',');
}
