import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { cpuPercentOf } from '../core/plan/followed-metrics';
import { ObjectReference, ReplicaBounds } from '../core/plan/plan';
import { groupOf, isSameObject } from '../core/plan/reference';
import { TARGET_KINDS, TargetKind, boundsOf, servedReference, targetKindNames, targetKindOf, workloadOf } from '../core/plan/target-kind';
import { IScheduleTarget, ScheduleTarget } from '../schedule-target';

/** What a schedule must know of whom it scales. */
export interface TargetFacts {
  readonly kind: TargetKind;
  readonly target: ObjectReference;
  readonly workload: ObjectReference;
  /** There may be no pod at all between events: an autoscaler of Kubernetes needs a metric for that which is not of pods. */
  readonly canSleep?: boolean;
  /** Absent for a target known by name. */
  readonly rendered?: RenderedTarget;
}

export interface RenderedTarget {
  /** The bounds in the manifest; without a ceiling where it lacks one that has no default. */
  readonly own: Pick<ReplicaBounds, 'floor'> & Partial<ReplicaBounds>;
  /** The floor that somebody gives it in this app; absent: its manifest has none, or one of ours. */
  readonly givenFloor?: number;
  /** Of CPU; absent where the autoscaler follows something else. */
  readonly targetPercent?: number;
}

/** The object of this app that a target is; absent: it is known by name only. */
export function objectOf(target: IScheduleTarget): ApiObject | undefined {
  if (target instanceof ScheduleTarget) {
    return target._object;
  }
  return Construct.isConstruct(target) ? ApiObject.of(target) : undefined;
}

/** Reads the target, and its manifest if this app renders it. */
export function factsOf(target: IScheduleTarget, namespace: string): TargetFacts {
  if ([target?.apiVersion, target?.kind, target?.name].some(part => typeof part !== 'string' || part === '')) {
    throw new Error("'target' is missing, or lacks apiVersion, kind or name; pass an autoscaler of this app, or ScheduleTarget.fromAutoscalerName");
  }
  const reference = servedReference(target);
  const kind = targetKindOf(reference);
  if (!kind) {
    throw new Error(`'target' is a ${target.kind} of ${target.apiVersion}; the keeper can scale ${
      TARGET_KINDS.map(row => `${row.kind} (${groupOf(row.apiVersion)})`).join(', ')}`);
  }
  const object = objectOf(target);
  if (!object) {
    const workload = target instanceof ScheduleTarget ? servedReference(target._workload) : workloadOf(reference);
    checkWorkload(workload);
    return { kind, target: reference, workload, canSleep: kind.follows !== 'autoscaling' };
  }

  if (object.metadata.namespace !== namespace) {
    throw new Error(`'target' ${target.kind} '${target.name}' is in namespace '${object.metadata.namespace ?? ''}', the schedule's chart in '${namespace}'; `
      + 'put the schedule into a chart of the target\'s namespace');
  }
  const manifest = object.toJson();
  const { floor, ceiling = kind.ceiling ? undefined : floor } = boundsOf(manifest);
  const workload = workloadOf(reference, manifest.spec);
  checkWorkload(workload);
  return {
    kind,
    target: reference,
    workload,
    canSleep: kind.follows !== 'autoscaling' || hasOtherMetric(manifest.spec?.metrics),
    rendered: {
      own: { floor, ceiling },
      ...manifest.spec?.[kind.floor.field] === undefined ? {} : { givenFloor: floor },
      targetPercent: cpuPercentOf(manifest),
    },
  };
}

/**
 * The targets of before, as they are read and written.
 *
 * @throws Error for one that is the target or its workload today, is of an unknown kind, or stands there twice
 */
export function formerTargetsOf(given: readonly IScheduleTarget[], { target, workload }: TargetFacts): ObjectReference[] {
  const references = given.map(servedReference);
  references.forEach((former, i) => {
    const what = `'formerTargets[${i}]' (${former.kind} '${former.name}')`;
    if (!targetKindOf(former)) {
      throw new Error(`${what} is of a kind without a floor; a target was a ${targetKindNames()}`);
    }
    if (isSameObject(former, target)) {
      throw new Error(`${what} is the target of today; leave it out`);
    }
    if (isSameObject(former, workload)) {
      throw new Error(`${what} is what ${target.kind} '${target.name}' scales now, so nothing of it is lowered; leave it out`);
    }
    if (references.findIndex(other => isSameObject(other, former)) < i) {
      throw new Error(`${what} is there twice; name it once`);
    }
  });
  return references;
}

function hasOtherMetric(metrics: unknown): boolean {
  return Array.isArray(metrics) && metrics.some(metric => metric?.type === 'Object' || metric?.type === 'External');
}

/** Groups of Kubernetes and KEDA: of what is scaled there, every kind is known. */
const KNOWN_GROUPS: readonly string[] = ['', 'apps', 'autoscaling', 'batch', 'policy', 'networking.k8s.io', 'keda.sh'];

/** Others with `/scale` that are no targets of their own. */
const OTHER_WORKLOADS: readonly string[] = ['ReplicaSet', 'ReplicationController'];

/** Refuses a workload that has no pods to scale, or whose kind is misspelt: the keeper would ask for it in vain. */
function checkWorkload({ apiVersion, kind, name }: ObjectReference): void {
  const row = targetKindOf({ apiVersion, kind });
  const known = TARGET_KINDS.filter(one => one.workloadField === undefined).map(one => one.kind);
  const must = `a workload is a ${[...known, ...OTHER_WORKLOADS].join(', ')}, or of a kind of your own that has /scale`;
  if (row?.workloadField !== undefined) {
    throw new Error(`the workload '${name}' is a ${kind}, which has no pods of its own; ${must}`);
  }
  if (!/^[A-Z][A-Za-z0-9]*$/.test(kind)) {
    throw new Error(`the workload '${name}' is a '${kind}', and no kind is spelt so: kinds begin with a capital letter, as in manifests; ${must}`);
  }
  if (!row && KNOWN_GROUPS.includes(groupOf(apiVersion)) && !OTHER_WORKLOADS.includes(kind)) {
    throw new Error(`the workload '${name}' is a ${kind} of ${apiVersion}, which nothing scales; ${must}`);
  }
}
