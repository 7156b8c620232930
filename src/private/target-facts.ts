import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { KIND, isOfKnownGroup, likelyPlural, pluralFrom } from './custom-kinds';
import { cpuPercentOf } from '../core/plan/followed-metrics';
import { ObjectReference, ReplicaBounds } from '../core/plan/plan';
import { groupOf, isSameObject } from '../core/plan/reference';
import { maySleep } from '../core/plan/sleep';
import {
  TARGET_KINDS, TargetKind, boundsOf, listedKindOf, servedReference, targetKindNames, targetKindOf, workloadOf,
} from '../core/plan/target-kind';
import { IScheduleTarget, ScheduleTarget } from '../schedule-target';

/** What a schedule must know of whom it scales. */
export interface TargetFacts {
  readonly kind: TargetKind;
  readonly target: ObjectReference;
  readonly workload: ObjectReference;
  /**
   * There may be no pod at all between events. An autoscaler of Kubernetes needs a metric for that which is not of its pods; of one that is known by
   * name, arm proves it.
   */
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
  const reference = referenceTo(target);
  const kind = targetKindOf(reference);
  if (!kind) {
    throw new Error(`'target' is a ${target.kind} of ${target.apiVersion}; the keeper can scale ${
      TARGET_KINDS.map(row => `${row.kind} (${groupOf(row.apiVersion)})`).join(', ')}, and a custom kind with /scale that is named by ScheduleTarget.fromScale`);
  }
  const object = objectOf(target);
  if (!object) {
    const workload = checkedWorkload(target instanceof ScheduleTarget ? referenceTo(target._workload) : workloadOf(reference));
    return { kind, target: reference, workload, canSleep: true };
  }

  if (object.metadata.namespace !== namespace) {
    throw new Error(`'target' ${target.kind} '${target.name}' is in namespace '${object.metadata.namespace ?? ''}', the schedule's chart in '${namespace}'; `
      + 'put the schedule into a chart of the target\'s namespace');
  }
  const manifest = object.toJson();
  const { floor, ceiling = kind.ceiling ? undefined : floor } = boundsOf(manifest);
  const workload = checkedWorkload(workloadOf(reference, manifest.spec));
  return {
    kind,
    target: reference,
    workload,
    canSleep: maySleep(manifest),
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
  const references = given.map(referenceTo);
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

/** What a target points at, in a version that is served; with the plural of a kind that somebody has given it. */
function referenceTo(target: IScheduleTarget): ObjectReference {
  const { apiVersion, kind, name } = target;
  const plural = target instanceof ScheduleTarget ? target._plural : undefined;
  return servedReference({ apiVersion, kind, name, ...plural === undefined ? {} : { plural } });
}

/** Others with `/scale` that are no targets of their own. */
const OTHER_WORKLOADS: readonly string[] = ['ReplicaSet', 'ReplicationController'];

/**
 * A workload that has pods, and is of a kind that is spelt right: the keeper would ask for another in vain. One of a custom kind has a plural.
 *
 * @throws an error that says what a workload is
 */
function checkedWorkload(workload: ObjectReference): ObjectReference {
  const { apiVersion, kind, name } = workload;
  const row = listedKindOf(workload);
  const known = TARGET_KINDS.filter(one => one.workloadField === undefined).map(one => one.kind);
  const must = `a workload is a ${[...known, ...OTHER_WORKLOADS].join(', ')}, or of a kind of your own that has /scale, named by ScheduleTarget.fromScale`;
  if (row?.workloadField !== undefined) {
    throw new Error(`the workload '${name}' is a ${kind}, which has no pods of its own; ${must}`);
  }
  if (!KIND.test(kind)) {
    throw new Error(`the workload '${name}' is a '${kind}', and no kind is spelt so: kinds begin with a capital letter, as in manifests; ${must}`);
  }
  if (row || isOfKnownGroup(apiVersion)) {
    if (!row && !OTHER_WORKLOADS.includes(kind)) {
      throw new Error(`the workload '${name}' is a ${kind} of ${apiVersion}, which nothing scales; ${must}`);
    }
    return workload;
  }
  const plural = workload.plural ?? pluralFrom(kind);
  if (plural === undefined) {
    throw new Error(`the workload '${name}' is a ${kind} of ${apiVersion}, whose plural cannot be told from its kind; name the autoscaler, and its workload by `
      + `ScheduleTarget.fromScale({ apiVersion: '${apiVersion}', kind: '${kind}', plural: '${likelyPlural(kind)}', name: '${name}' })`);
  }
  return { ...workload, plural };
}
