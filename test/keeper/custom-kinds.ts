/** A kind of somebody else's, as its CustomResourceDefinition has it. */
export interface CustomKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  /** The field of `spec` at which its `/scale` has the size; absent: it has no `/scale`. */
  readonly sizeField?: string;
}

/** A kind of game servers whose size is at `.spec.size`. */
export const GAME_SERVERS: CustomKind = {
  apiVersion: 'games.example.com/v1', kind: 'GameServerSet', plural: 'gameserversets', namespaced: true, sizeField: 'size',
};

/** What the API server has in a version of a group, by its path; undefined: it has no such version. */
export function resourcesAt(pathname: string, kinds: readonly CustomKind[]): object | undefined {
  const known = kinds.filter(({ apiVersion }) => pathname === `/apis/${apiVersion}`);
  const resources = known.flatMap(({ plural, kind, namespaced, sizeField }) => [
    { name: plural, kind, namespaced, verbs: [] },
    ...sizeField === undefined ? [] : [{ name: `${plural}/scale`, kind: 'Scale', group: 'autoscaling', version: 'v1', namespaced, verbs: [] }],
  ]);
  return known.length > 0 ? { kind: 'APIResourceList', resources } : undefined;
}

/** What an API server answers for the `/scale` of an object of a custom kind. */
export function customScaleOf({ metadata, spec, status = {} }: any, { sizeField, plural }: CustomKind): { status: number; body: object } {
  const { name, uid, resourceVersion } = metadata;
  if (sizeField === undefined) {
    return { status: 404, body: { kind: 'Status', message: `${plural} "${name}" not found` } };
  }
  const size = spec[sizeField];
  if (size === undefined) {
    return { status: 500, body: { kind: 'Status', message: `Internal error occurred: the spec replicas field ".spec.${sizeField}" does not exist` } };
  }
  const { replicas = 0, selector } = status;
  // a 0 is left out
  const scale = { kind: 'Scale', metadata: { name, uid, resourceVersion }, spec: { ...size === 0 ? {} : { replicas: size } }, status: { replicas, selector } };
  return { status: 200, body: scale };
}

/** The size that a patch of `/scale` asks for; undefined: what it takes for granted is not so. */
export function sizeIn(patch: any, size: number | undefined): number | undefined {
  if (!Array.isArray(patch)) {
    return patch.spec.replicas;
  }
  const tests = patch.filter(({ op }) => op === 'test');
  const isSo = tests.every(({ path, value }) => path === '/spec' ? size === 0 : value === size);
  return isSo ? patch.find(({ op }) => op === 'add').value : undefined;
}

/** The record of who holds what, after a merge patch of annotations. */
export function saying(entries: readonly any[], manager: string, annotations: object): any[] {
  const fields = Object.fromEntries(Object.keys(annotations).map(key => [`f:${key}`, {}]));
  const entry = { manager, operation: 'Update', time: '2026-12-05T00:00:00Z', fieldsV1: { 'f:metadata': { 'f:annotations': fields }, 'f:spec': {} } };
  return [...entries.filter(one => one.manager !== manager || one.fieldsV1['f:metadata'] === undefined), ...Object.keys(annotations).length > 0 ? [entry] : []];
}
