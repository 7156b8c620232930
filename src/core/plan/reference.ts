/** What says of which kind an object is; an object out of a list may not carry its version. */
export interface KindReference {
  readonly apiVersion?: string;
  readonly kind: string;
  /**
   * The kind as paths and rights of the API say it; only of a kind of somebody else's, whose size is read and written at `/scale`.
   *
   * Nobody can tell it from the kind for sure. It is no part of what makes two references one.
   */
  readonly plural?: string;
}

/** The group in an API version: `apps` of `apps/v1`, and nothing of `v1`, the core group's. */
export function groupOf(apiVersion: string): string {
  // a reference in a manifest may hold anything
  const [group, version] = String(apiVersion).split('/');
  return version === undefined ? '' : group;
}

/** Whether two references are of one kind: group and kind decide, never the version; of one without a version the kind alone. */
export function isSameKind(a: KindReference, b: KindReference): boolean {
  const isOpen = a.apiVersion === undefined || b.apiVersion === undefined;
  return a.kind === b.kind && (isOpen || groupOf(a.apiVersion!) === groupOf(b.apiVersion!));
}

/** What says which object of a namespace is meant. */
export interface NamedReference extends KindReference {
  readonly name: string;
}

/**
 * Whether two references name one object of a namespace.
 *
 * Group, kind and name decide, never the version: Kubernetes serves one object in all versions of its group, and an autoscaler follows a
 * `scaleTargetRef` whose version is no longer served.
 */
export function isSameObject(a: NamedReference, b: NamedReference): boolean {
  return a.name === b.name && isSameKind(a, b);
}
