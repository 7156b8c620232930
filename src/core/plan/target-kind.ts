import { LiveBounds, ObjectReference } from './plan';
import { KindReference, isSameKind } from './reference';

/**
 * The kinds of targets: all that the project knows of a kind whose floor can be moved stands in its row, and everybody asks the table.
 *
 * A new kind is a new row.
 */

/** What is true of every object of one kind. */
export interface TargetKind {
  readonly kind: string;
  /** The API version in which an object is read and written that is known by name only. */
  readonly apiVersion: string;
  /** Others in which the API serves it, in which an object is read and written whose manifest says so. */
  readonly alsoServed?: readonly string[];
  /** The kind as paths and rights of the API say it. */
  readonly plural: string;
  /** What people type to kubectl. */
  readonly shortName: string;
  /**
   * Its size is read and written at `/scale` alone, since nobody here knows where in its objects it is; absent: it is a field of `spec`.
   *
   * An object of such a kind is one as `withScale` makes it: with the size that `/scale` says as its floor.
   */
  readonly isScaled?: true;
  /** The field of `spec` that is the floor, and what is in force where an object leaves it out. */
  readonly floor: { readonly field: string; readonly default: number };
  /** The field of `spec` that is the ceiling; absent: the kind has none, its floor is its size. */
  readonly ceiling?: {
    readonly field: string;
    /** What is in force where an object leaves it out; absent: the API server refuses such an object. */
    readonly default?: number;
  };
  /**
   * The floor between events stays in the manifest of an object that the app renders; absent: no floor is in it.
   *
   * Who checks such an object refuses it without. A re-apply then takes a floor down until the keeper has put it back.
   */
  readonly keepsFloor?: true;
  /** What keeps its pods above 0, or above an idle size, while nothing asks for them; absent: it never goes there, or nobody can keep it. */
  readonly activation?: {
    /** With the value `true`. */
    readonly annotation: string;
    /** Whether an object may go there, by its `spec`; a floor does not tell, since it is lower until the keeper has put it back. */
    readonly isNeeded: (spec: { readonly [field: string]: any }) => boolean;
  };
  /** The field of `spec` that names the workload whose pods are scaled; absent: an object is the workload itself. */
  readonly workloadField?: string;
  /** Where an object has the selector of its pods; absent: an autoscaler has no pods of its own. */
  readonly selectorPath?: readonly string[];
  /** In whose words an object says what it follows between floor and ceiling, and how fast; absent: it follows nothing. */
  readonly follows?: 'autoscaling' | 'keda';
  /** Pods start one after the other unless `podManagementPolicy` says `Parallel`; absent: all at once. */
  readonly isOrdered?: boolean;
  /** The field of `spec` that says how pods of an older template are replaced, in the words of that kind; absent: nobody reads it. */
  readonly rolloutField?: 'strategy' | 'updateStrategy';
  /** Words for people. */
  readonly words: {
    /** Who adds and removes pods between floor and ceiling; fits into `which … scales`. */
    readonly scaler: string;
    /** Who writes the size of the workload; fits into `… writes it`. */
    readonly sizeWriter: string;
  };
  /** The series of Prometheus that shows the live floor of an object; absent: nobody is known to show it. */
  readonly floorSeries?: (name: string) => Series;
  /** The series that shows how many of its pods are Ready; absent: it has no pods of its own. */
  readonly readySeries?: (name: string) => Series;
}

/** A series of Prometheus, within a namespace. */
export interface Series {
  readonly metric: string;
  readonly labels: { readonly [label: string]: string };
}

/** A workload that nothing scales but the keeper: its size is its floor. What its row does not say is as with a Deployment. */
function workload(row: Pick<TargetKind, 'kind' | 'shortName'> & Partial<TargetKind>): TargetKind {
  return {
    apiVersion: 'apps/v1',
    plural: regularPlural(row.kind),
    floor: { field: 'replicas', default: 1 },
    selectorPath: ['spec', 'selector'],
    words: { scaler: 'no autoscaler', sizeWriter: 'the keeper' },
    ...row,
  };
}

/** A metric in which a label has the name of the object. */
function series(metric: string, label: string): (name: string) => Series {
  return name => ({ metric, labels: { [label]: name } });
}

/** The floor of a HorizontalPodAutoscaler, as kube-state-metrics shows it. */
const autoscalerSeries = series('kube_horizontalpodautoscaler_spec_min_replicas', 'horizontalpodautoscaler');

/** Triggers that KEDA takes for active at any time, as long as there are no others. */
const ALWAYS_ACTIVE: readonly string[] = ['cpu', 'memory'];

/** Whether a ScaledObject may have no active trigger: KEDA takes all pods away then when it sees a floor of 0, with an idle size at every poll. */
function mayBeInactive({ idleReplicaCount, triggers }: { readonly [field: string]: any }): boolean {
  return idleReplicaCount !== undefined || Array.isArray(triggers) && triggers.some(trigger => !ALWAYS_ACTIVE.includes(trigger?.type));
}

/** One row for each kind. */
export const TARGET_KINDS: readonly TargetKind[] = [
  {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v2',
    alsoServed: ['autoscaling/v1'],
    plural: 'horizontalpodautoscalers',
    shortName: 'hpa',
    floor: { field: 'minReplicas', default: 1 },
    ceiling: { field: 'maxReplicas' },
    workloadField: 'scaleTargetRef',
    follows: 'autoscaling',
    words: { scaler: 'the autoscaler', sizeWriter: 'the autoscaler' },
    floorSeries: autoscalerSeries,
  },
  {
    kind: 'ScaledObject',
    apiVersion: 'keda.sh/v1alpha1',
    plural: 'scaledobjects',
    shortName: 'so',
    floor: { field: 'minReplicaCount', default: 0 },
    ceiling: { field: 'maxReplicaCount', default: 100 },
    // KEDA's webhook: without it, a cpu or memory trigger alone would scale to 0
    keepsFloor: true,
    // of KEDA 2.17 and later
    activation: { annotation: 'autoscaling.keda.sh/force-activation', isNeeded: mayBeInactive },
    workloadField: 'scaleTargetRef',
    follows: 'keda',
    words: { scaler: 'KEDA\'s autoscaler', sizeWriter: 'KEDA\'s autoscaler' },
    // KEDA makes a HorizontalPodAutoscaler of it
    floorSeries: name => autoscalerSeries(autoscalerOf(name)),
  },
  workload({
    kind: 'Deployment',
    shortName: 'deploy',
    rolloutField: 'strategy',
    floorSeries: series('kube_deployment_spec_replicas', 'deployment'),
    readySeries: series('kube_deployment_status_replicas_ready', 'deployment'),
  }),
  workload({
    kind: 'StatefulSet',
    shortName: 'sts',
    rolloutField: 'updateStrategy',
    isOrdered: true,
    floorSeries: series('kube_statefulset_replicas', 'statefulset'),
    readySeries: series('kube_statefulset_status_replicas_ready', 'statefulset'),
  }),
  workload({
    kind: 'Rollout',
    apiVersion: 'argoproj.io/v1alpha1',
    shortName: 'ro',
    // with a workloadRef there is no selector in the spec; the controller says it for /scale
    selectorPath: ['status', 'selector'],
    // a metric of the controller of Argo Rollouts
    floorSeries: series('rollout_info_replicas_desired', 'name'),
    readySeries: series('rollout_info_replicas_available', 'name'),
  }),
];

/** The row that a kind of somebody else's has by its plural: it has `/scale`, and nothing else is known of it. */
function scaledKind({ apiVersion = '', kind }: KindReference, plural: string): TargetKind {
  return workload({
    kind,
    apiVersion,
    plural,
    shortName: plural,
    isScaled: true,
    // what has no size yet gets one by the first write
    floor: { field: 'replicas', default: 0 },
    selectorPath: ['status', 'selector'],
  });
}

/** The row that the table has for a kind. Without a version, the kind alone decides. */
export function listedKindOf(reference: KindReference): TargetKind | undefined {
  return TARGET_KINDS.find(row => isSameKind(row, reference));
}

/** The row of an object: that of the table, or that of any kind with `/scale`; undefined where its kind has no floor that could be moved. */
export function targetKindOf(reference: KindReference): TargetKind | undefined {
  const { plural } = reference;
  return listedKindOf(reference) ?? (plural === undefined ? undefined : scaledKind(reference, plural));
}

/** Whether the size of an object is read and written at `/scale` alone. */
export function isScaled(reference: KindReference): boolean {
  return targetKindOf(reference)?.isScaled === true;
}

/**
 * The row of an object that is known to have one.
 *
 * @throws an error that names the kind and those that have a row
 */
export function knownTargetKindOf(reference: KindReference): TargetKind {
  const row = targetKindOf(reference);
  if (!row) {
    throw new Error(`${reference.kind} is no kind that has a floor; the target must be a ${targetKindNames()}`);
  }
  return row;
}

/** `HorizontalPodAutoscaler, ScaledObject, Deployment or StatefulSet` */
export function targetKindNames(): string {
  const names = TARGET_KINDS.map(({ kind }) => kind);
  return `${names.slice(0, -1).join(', ')} or ${names[names.length - 1]}`;
}

/** A kind as paths and rights of the API say it; a kind without a row is taken to have a regular plural. */
export function pluralOf(reference: KindReference): string {
  return targetKindOf(reference)?.plural ?? regularPlural(reference.kind);
}

/** The plural of most kinds: lower case, and an `s`. */
export function regularPlural(kind: string): string {
  return `${kind.toLowerCase()}s`;
}

/** What is read of a parsed object; nobody has checked it. */
export interface ParsedObject extends KindReference {
  readonly spec?: { readonly [field: string]: any };
  readonly status?: { readonly [field: string]: any };
}

/** The floor and the ceiling of an object, with the defaults of its kind where it leaves them out. */
export function boundsOf(object: ParsedObject): LiveBounds {
  const { floor, ceiling } = knownTargetKindOf(object);
  const spec = object.spec ?? {};
  const most = ceiling && (spec[ceiling.field] ?? ceiling.default);
  return { floor: spec[floor.field] ?? floor.default, ...(most === undefined ? {} : { ceiling: most }) };
}

/** The workload that a target scales: what its `spec` names, or the target itself where it has pods of its own. */
export function workloadOf(target: ObjectReference, spec: { readonly [field: string]: any } = {}): ObjectReference {
  const field = targetKindOf(target)?.workloadField;
  if (field === undefined) {
    return target;
  }
  const { apiVersion = 'apps/v1', kind = 'Deployment', name = target.name } = spec[field] ?? {};
  return servedReference({ apiVersion, kind, name });
}

/** The name of the autoscaler that KEDA makes of a ScaledObject. */
export function autoscalerOf(name: string, spec: { readonly [field: string]: any } = {}): string {
  return spec.advanced?.horizontalPodAutoscalerConfig?.name ?? `keda-hpa-${name}`;
}

/**
 * A reference in a version that is served: its own, or else that of the table for a kind that has a row.
 *
 * An autoscaler follows `apps/v1beta2`, which the API has not served since Kubernetes 1.16; who reads the object itself must not ask for it.
 */
export function servedReference({ apiVersion, kind, name, plural }: ObjectReference): ObjectReference {
  const row = listedKindOf({ apiVersion, kind });
  const served = !row || row.alsoServed?.includes(apiVersion) ? apiVersion : row.apiVersion;
  return { apiVersion: served, kind, name, ...(row || plural === undefined ? {} : { plural }) };
}

/** Where a workload of a kind without a row may have its selector: by what Deployments do, and by what custom kinds with `/scale` do. */
const SELECTOR_PATHS = [['spec', 'selector'], ['status', 'selector']];

/** The pods of a workload, as the API and `kubectl -l` take a selector; empty where it has none, which must not be taken for all pods. */
export function podSelectorOf(object: ParsedObject | undefined): string {
  const path = object && targetKindOf(object)?.selectorPath;
  const [selector] = (path ? [path] : SELECTOR_PATHS)
    .map(keys => keys.reduce<any>((value, key) => value?.[key], object))
    .filter(found => found !== undefined);
  return typeof selector === 'string' ? selector : formatSelector(selector ?? {});
}

function formatSelector({ matchLabels = {}, matchExpressions = [] }: any): string {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values }: any) => ({
      In: `${key} in (${values})`, NotIn: `${key} notin (${values})`, Exists: key, DoesNotExist: `!${key}`,
    })[operator as string]),
  ].join(',');
}
