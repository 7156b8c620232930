import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { cpuPercentOf } from '../core/plan/followed-metrics';
import { ObjectReference, ReplicaBounds } from '../core/plan/plan';
import { groupOf } from '../core/plan/reference';
import { TARGET_KINDS, TargetKind, boundsOf, servedReference, targetKindOf, workloadOf } from '../core/plan/target-kind';
import { IScheduleTarget, ScheduleTarget } from '../schedule-target';

/** What a schedule must know of whom it scales. */
export interface TargetFacts {
  readonly kind: TargetKind;
  readonly target: ObjectReference;
  readonly workload: ObjectReference;
  /** Absent for a target known by name. */
  readonly rendered?: RenderedTarget;
}

export interface RenderedTarget {
  /** The bounds in the manifest; without a ceiling where it lacks one that has no default. */
  readonly own: Pick<ReplicaBounds, 'floor'> & Partial<ReplicaBounds>;
  /** Of CPU; absent where the autoscaler follows something else. */
  readonly targetPercent?: number;
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
  if (!Construct.isConstruct(target)) {
    const workload = target instanceof ScheduleTarget ? servedReference(target._workload) : workloadOf(reference);
    return { kind, target: reference, workload };
  }

  const object = ApiObject.of(target);
  if (object.metadata.namespace !== namespace) {
    throw new Error(`'target' ${target.kind} '${target.name}' is in namespace '${object.metadata.namespace ?? ''}', the schedule's chart in '${namespace}'; `
      + 'put the schedule into a chart of the target\'s namespace');
  }
  const manifest = object.toJson();
  const { floor, ceiling = kind.ceiling ? undefined : floor } = boundsOf(manifest);
  return {
    kind,
    target: reference,
    workload: workloadOf(reference, manifest.spec),
    rendered: { own: { floor, ceiling }, targetPercent: cpuPercentOf(manifest) },
  };
}
