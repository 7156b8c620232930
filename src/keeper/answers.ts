import { Pod, ScaleObject, Stored, TargetObject } from '../core/kube-objects';

/** What a parsed body must be to be the API server's answer, and not some proxy's. */

/** A resource of a version of a group, as the API server lists it. */
export interface ApiResource {
  /** The plural of the kind, and a subresource after a slash. */
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** What the API server has in a version of a group. */
export interface ResourceList {
  readonly resources: readonly ApiResource[];
}

/** A page of pods. */
export interface PodList {
  readonly items: readonly Pod[];
  readonly metadata?: { readonly continue?: string };
}

/** All autoscalers of a namespace. */
export interface AutoscalerList {
  readonly items: readonly TargetObject[];
}

export function isRecord(body: unknown): body is { readonly [field: string]: unknown } {
  return typeof body === 'object' && body !== null;
}

export function isStored(body: unknown): body is Stored {
  return isRecord(body) && isRecord(body.metadata) && typeof body.metadata.resourceVersion === 'string';
}

export function isList(body: unknown): body is AutoscalerList {
  return isRecord(body) && Array.isArray(body.items);
}

export function isPodList(body: unknown): body is PodList {
  return isRecord(body) && Array.isArray(body.items);
}

export function isScale(body: unknown): body is ScaleObject {
  return isRecord(body) && body.kind === 'Scale';
}

export function isResourceList(body: unknown): body is ResourceList {
  return isRecord(body) && Array.isArray(body.resources);
}

export function isAnything(_body: unknown): _body is unknown {
  return true;
}
