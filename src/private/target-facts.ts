import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { ObjectReference, ReplicaBounds } from '../core/plan/plan';
import { IScheduleTarget, ScheduleTarget } from '../schedule-target';

/** What a schedule must know of whom it scales. */
export interface TargetFacts {
  readonly target: ObjectReference;
  readonly workload: ObjectReference;
  /** Absent for a target known by name. */
  readonly rendered?: RenderedTarget;
  /** Absent where the kind has no such field: a workload without an autoscaler has no ceiling. */
  readonly ceilingField?: string;
}

export interface RenderedTarget {
  /** The bounds in the manifest. */
  readonly own: ReplicaBounds;
  /** Of CPU; absent where the autoscaler follows something else. */
  readonly targetPercent?: number;
}

interface Kind {
  readonly group: string;
  readonly floorField: string;
  readonly ceilingField?: string;
  readonly workloadField?: string;
  /** What the API server takes where the manifest says nothing. */
  readonly defaults: ReplicaBounds;
}

const KINDS: { readonly [kind: string]: Kind } = {
  HorizontalPodAutoscaler: {
    group: 'autoscaling', floorField: 'minReplicas', ceilingField: 'maxReplicas', workloadField: 'scaleTargetRef', defaults: { floor: 1, ceiling: NaN },
  },
  ScaledObject: {
    group: 'keda.sh', floorField: 'minReplicaCount', ceilingField: 'maxReplicaCount', workloadField: 'scaleTargetRef', defaults: { floor: 0, ceiling: 100 },
  },
  Deployment: { group: 'apps', floorField: 'replicas', defaults: { floor: 1, ceiling: 1 } },
  StatefulSet: { group: 'apps', floorField: 'replicas', defaults: { floor: 1, ceiling: 1 } },
};

/** Where the manifest of a target has its floor. */
export function floorFieldOf(target: ObjectReference): string {
  return KINDS[target.kind].floorField;
}

/** Reads the target, and its manifest if this app renders it. */
export function factsOf(target: IScheduleTarget, namespace: string): TargetFacts {
  if (!target?.apiVersion || !target.kind || !target.name) {
    throw new Error("'target' is missing, or lacks apiVersion, kind or name; pass an autoscaler of this app, or ScheduleTarget.fromAutoscalerName");
  }
  const { apiVersion, kind, name } = target;
  const reference = { apiVersion, kind, name };
  const known = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (known?.group !== apiVersion.split('/')[0]) {
    throw new Error(`'target' is a ${kind} of ${apiVersion}; the keeper can scale ${
      Object.entries(KINDS).map(([one, { group }]) => `${one} (${group})`).join(', ')}`);
  }
  const { ceilingField } = known;
  if (!Construct.isConstruct(target)) {
    const workload = target instanceof ScheduleTarget ? target._workload
      : ceilingField === undefined ? reference : { apiVersion: 'apps/v1', kind: 'Deployment', name };
    return { target: reference, workload: referenceOf(workload), ceilingField };
  }

  const object = ApiObject.of(target);
  if (object.metadata.namespace !== namespace) {
    throw new Error(`'target' ${kind} '${name}' is in namespace '${object.metadata.namespace ?? ''}', the schedule's chart in '${namespace}'; `
      + 'put the schedule into a chart of the target\'s namespace');
  }
  const { workload, own, targetPercent } = readManifest(object, known, reference);
  return { target: reference, workload, ceilingField, rendered: { own, targetPercent } };
}

/** What the manifest of a target says. */
interface ManifestFacts {
  readonly workload: ObjectReference;
  readonly own: ReplicaBounds;
  readonly targetPercent?: number;
}

function readManifest(object: ApiObject, { workloadField, floorField, ceilingField, defaults }: Kind, reference: ObjectReference): ManifestFacts {
  const spec = object.toJson().spec ?? {};
  const scaled = workloadField === undefined ? undefined : spec[workloadField];
  const floor = spec[floorField] ?? defaults.floor;
  return {
    workload: workloadField === undefined ? reference
      // KEDA leaves both out for a Deployment
      : { apiVersion: scaled?.apiVersion ?? 'apps/v1', kind: scaled?.kind ?? 'Deployment', name: scaled?.name ?? reference.name },
    own: { floor, ceiling: ceilingField === undefined ? floor : spec[ceilingField] ?? defaults.ceiling },
    targetPercent: targetPercentOf(reference.kind, spec),
  };
}

/** The CPU percentage that an autoscaler aims at; undefined where it follows something else. */
export function targetPercentOf(kind: string, spec: any): number | undefined {
  return kind === 'HorizontalPodAutoscaler' ? cpuTargetOf(spec) ?? cpuTargetWithoutMetrics(spec) : cpuTargetOf(spec);
}

function referenceOf({ apiVersion, kind, name }: IScheduleTarget): ObjectReference {
  return { apiVersion, kind, name };
}

/**
 * What the API server has an HPA without any metric follow.
 *
 * The API reference says of HorizontalPodAutoscalerSpec's `metrics`: "If not set, the default metric will be set to 80% average CPU
 * utilization"; what autoscaling/v1 leaves out becomes the same.
 */
function cpuTargetWithoutMetrics({ metrics }: any): number | undefined {
  return metrics?.length ? undefined : 80;
}

/** The CPU percentage that an HPA (either version) or a ScaledObject aims at. */
function cpuTargetOf(spec: any): number | undefined {
  const metric = spec.metrics?.find((m: any) =>
    (m.resource ?? m.containerResource)?.name === 'cpu' && (m.resource ?? m.containerResource).target?.averageUtilization);
  const trigger = spec.triggers?.find((t: any) => t.type === 'cpu' && (t.metricType ?? t.metadata?.type) === 'Utilization');
  const percent = (metric?.resource ?? metric?.containerResource)?.target.averageUtilization
    ?? spec.targetCPUUtilizationPercentage
    ?? trigger?.metadata.value;
  return percent === undefined ? undefined : Number(percent);
}
