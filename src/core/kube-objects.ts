import { KindReference } from './plan/reference';

/**
 * Kubernetes objects as the API server answers them, with the fields that are read and no others: a field that is misspelt is a type error.
 *
 * What a server leaves out is absent here too, so every field is optional that the API does not promise for each object of the kind.
 */

export interface ObjectMeta {
  readonly name?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly labels?: { readonly [label: string]: string };
  readonly annotations?: { readonly [annotation: string]: string };
  readonly ownerReferences?: readonly OwnerReference[];
  /** ISO UTC, in whole seconds. */
  readonly creationTimestamp?: string;
  /** Set once the object is being deleted. */
  readonly deletionTimestamp?: string;
  readonly managedFields?: readonly ManagedFields[];
}

/** Whose part an object is. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** That owner acts upon the object; there is one at most. */
  readonly controller?: boolean;
}

/** Which fields one field manager holds. */
export interface ManagedFields {
  readonly manager?: string;
  /** `Apply` takes fields back that a later apply leaves out; `Update` never does. */
  readonly operation?: string;
  readonly apiVersion?: string;
  readonly time?: string;
  readonly fieldsType?: string;
  /** Absent: of the object itself. */
  readonly subresource?: string;
  readonly fieldsV1?: { readonly [part: string]: { readonly [field: string]: unknown } };
}

/** A condition of an object's status. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

/** An object whose status has conditions. */
export interface Conditioned {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** The condition of an object that has that type; undefined: it says nothing of it. */
export function conditionOf(object: Conditioned | undefined, type: string): Condition | undefined {
  return object?.status?.conditions?.find(condition => condition.type === type);
}

/** An object of any kind. */
export interface KubeObject extends KindReference {
  readonly metadata: ObjectMeta;
}

/** `CronJob registration-final-bump` */
export function titleOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.name}`;
}

/** An object that the API server has stored: it has an identity, and a version that grows with each change. */
export type Stored<T extends KubeObject = KubeObject> = T & {
  readonly apiVersion: string;
  readonly metadata: { readonly name: string; readonly namespace: string; readonly uid: string; readonly resourceVersion: string };
};

/** An object whose floor is moved: an autoscaler, or a workload without one. */
export interface TargetObject extends KubeObject {
  /** Which fields are floor and ceiling is the kind's matter. */
  readonly spec?: { readonly [field: string]: unknown };
  readonly status?: {
    /** Of an autoscaler. */
    readonly currentReplicas?: number;
    readonly desiredReplicas?: number;
    /** Of a workload. */
    readonly replicas?: number;
    /** Of a workload that is read by its `/scale`. */
    readonly selector?: string;
    /** Of a ScaledObject: the autoscaler that KEDA has made of it. */
    readonly hpaName?: string;
    readonly conditions?: readonly Condition[];
  };
}

/** A Deployment, a StatefulSet, or what else has pods that are scaled. */
export interface Workload extends KubeObject {
  readonly spec?: {
    /** Absent: 1. */
    readonly replicas?: number;
    readonly selector?: LabelSelector;
  };
  readonly status?: {
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly conditions?: readonly Condition[];
  };
}

/** What the `/scale` of a workload says of it, whatever its kind. */
export interface ScaleObject {
  readonly metadata?: ObjectMeta;
  readonly spec?: {
    /** The API leaves a 0 out. */
    readonly replicas?: number;
  };
  readonly status?: {
    readonly replicas?: number;
    /** As text. */
    readonly selector?: string;
  };
}

export interface LabelSelector {
  readonly matchLabels?: { readonly [label: string]: string };
  readonly matchExpressions?: readonly LabelRequirement[];
}

export interface LabelRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

export interface ConfigMap extends KubeObject {
  readonly data?: { readonly [key: string]: string };
}

export interface Pod {
  readonly metadata?: ObjectMeta;
  readonly spec?: {
    readonly nodeName?: string;
    readonly readinessGates?: readonly { readonly conditionType: string }[];
  };
  readonly status?: {
    readonly phase?: string;
    /** Why it is in that phase, where its containers do not say it. */
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly Condition[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

export interface ContainerStatus {
  readonly name?: string;
  readonly image?: string;
  readonly ready?: boolean;
  readonly started?: boolean;
  readonly restartCount?: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

/** One of the three is there. */
export interface ContainerState {
  readonly waiting?: Waiting;
  readonly running?: { readonly startedAt?: string };
  readonly terminated?: { readonly exitCode?: number; readonly reason?: string; readonly message?: string };
}

/** Why a container does not run yet, or again. */
export interface Waiting {
  readonly reason?: string;
  readonly message?: string;
}

/** A Kubernetes Event, as it is told on another object. */
export interface EventObject {
  readonly apiVersion: 'v1';
  readonly kind: 'Event';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly involvedObject: {
    readonly apiVersion: string; readonly kind: string; readonly name: string; readonly namespace: string; readonly uid: string;
  };
  readonly type: 'Normal' | 'Warning';
  /** CamelCase. */
  readonly reason: string;
  readonly message: string;
  readonly source?: { readonly component: string };
  readonly firstTimestamp?: string;
  readonly lastTimestamp?: string;
  readonly count?: number;
}

/** How the API server says that it refuses something. */
export interface Status {
  /** As of HTTP. */
  readonly code?: number;
  readonly message?: string;
}
