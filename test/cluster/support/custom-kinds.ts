import { kubectl } from './cluster';

/** A kind of somebody else's, with `status` of its own, of which nobody but a test acts upon the objects. */
export interface CustomKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly shortNames?: readonly string[];
  /** Absent: `Namespaced`. */
  readonly scope?: 'Namespaced' | 'Cluster';
  /** Where its size is, what it says of it, and which pods are its; absent: it has no `/scale`. */
  readonly scale?: { readonly specReplicasPath: string; readonly statusReplicasPath: string; readonly labelSelectorPath: string };
  readonly schema: object;
}

/** Anything at all. */
export const ANYTHING = { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** Has the cluster know kinds. */
export async function defineKinds(...kinds: readonly CustomKind[]): Promise<void> {
  const definitions = kinds.map(definitionOf);
  await kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: definitions }));
  await kubectl(['wait', '--for=condition=Established', ...definitions.map(({ metadata }) => `crd/${metadata.name}`), '--timeout=30s']);
}

function definitionOf({ apiVersion, kind, plural, shortNames, scope = 'Namespaced', scale, schema }: CustomKind) {
  const [group, name] = apiVersion.split('/');
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List`, ...shortNames ? { shortNames } : {} },
      scope,
      versions: [{ name, served: true, storage: true, subresources: { status: {}, ...scale ? { scale } : {} }, schema: { openAPIV3Schema: schema } }],
    },
  };
}
