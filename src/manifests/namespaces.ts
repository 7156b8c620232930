import { Manifest } from './manifest';
import { TARGET_KINDS } from '../core/plan/target-kind';
import { formatSome } from '../core/time/numbers';

/** Kinds that we look at and that live in namespaces; others may have none rightly. */
const NAMESPACED: ReadonlySet<string> = new Set([
  'ConfigMap', 'ServiceAccount', 'Role', 'RoleBinding', 'Job', 'CronJob', 'Service', 'ResourceQuota', 'LimitRange',
  'ReplicaSet', 'PodDisruptionBudget', 'NetworkPolicy', 'VerticalPodAutoscaler', ...TARGET_KINDS.map(({ kind }) => kind),
]);

/** Objects that name no namespace, and what was made of that. */
export interface WithoutNamespace {
  readonly objects: readonly Manifest[];
  /** The namespace that they were taken to be in; absent: several are possible, and only names were compared. */
  readonly assumed?: string;
}

/** Manifests with the namespaces that they will be applied to, as far as that is known. */
export interface Placed {
  readonly manifests: readonly Manifest[];
  /** Absent: there was nothing to assume. */
  readonly without?: WithoutNamespace;
}

/**
 * Puts objects without a namespace where they belong.
 *
 * `kubectl apply -n` puts them anywhere. Unless that namespace is given, they are taken to be in the one that all others are in; where
 * there are several, nobody can tell.
 *
 * @param isPlan whether an object is the ConfigMap of a plan
 * @param given the namespace to which they will be applied
 */
export function placed(manifests: readonly Manifest[], isPlan: (manifest: Manifest) => boolean, given?: string): Placed {
  const objects = manifests.filter(({ kind, namespace }) => namespace === undefined && NAMESPACED.has(kind));
  const into = (namespace: string) => manifests.map(manifest => objects.includes(manifest) ? { ...manifest, namespace } : manifest);
  if (given !== undefined) {
    return { manifests: into(given) };
  }
  const plans = manifests.filter(isPlan);
  // where all plans name theirs, that is what counts; else what others name
  const isNamed = plans.every(({ namespace }) => namespace !== undefined);
  const named = new Set((isNamed ? plans : manifests).map(({ namespace }) => namespace).filter(namespace => namespace !== undefined));
  if (objects.length === 0 || named.size === 0) {
    return { manifests };
  }
  const [assumed, ...others] = named;
  return others.length > 0 ? { manifests, without: { objects } } : { manifests: into(assumed), without: { objects, assumed } };
}

/** `3 objects` */
export function formatObjects(objects: readonly Manifest[]): string {
  return formatSome(objects.length, 'object');
}
