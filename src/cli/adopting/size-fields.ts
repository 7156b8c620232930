import { KubeObject } from '../../core/kube-objects';
import { ObjectReference } from '../../core/plan/plan';
import { groupOf } from '../../core/plan/reference';
import { listedKindOf, pluralOf } from '../../core/plan/target-kind';
import { WrongInput } from '../io';
import { Kubectl, Named, resourceOf } from '../kubectl';

/** The field of `spec` that is the floor or the size of an object; undefined: it has none, or nobody here can tell. */
export type SizeFieldOf = (reference: Pick<ObjectReference, 'apiVersion' | 'kind'>) => string | undefined;

/** A kind that somebody has defined, as far as its `/scale` goes. */
interface Definition extends KubeObject {
  readonly spec?: {
    readonly versions?: readonly { readonly name: string; readonly subresources?: { readonly scale?: { readonly specReplicasPath?: string } } }[];
  };
}

/** What custom kinds with `/scale` mostly do. */
const USUAL = '.spec.replicas';

/**
 * Where objects have their size: by the table of kinds, or by what the cluster knows of a custom kind.
 *
 * Whoever may not read definitions gets the usual field.
 *
 * @throws WrongInput where the size is no field of `spec`, but deeper
 */
export async function sizeFieldsOf(kubectl: Kubectl, references: readonly ObjectReference[]): Promise<SizeFieldOf> {
  const customs = references.filter(reference => !listedKindOf(reference));
  const fields = new Map<string, string | undefined>();
  for (const reference of customs) {
    fields.set(keyOf(reference), fieldOf(reference, await pathOf(kubectl, reference)));
  }
  return reference => listedKindOf(reference)?.floor.field ?? fields.get(keyOf(reference));
}

async function pathOf(kubectl: Kubectl, reference: ObjectReference): Promise<string | undefined> {
  const { apiVersion } = reference;
  const name = `${pluralOf(reference)}.${groupOf(apiVersion)}`;
  const resource = resourceOf({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name });
  const [definition] = await kubectl.get<Named<Definition>>(resource).catch(error => {
    if (error instanceof WrongInput) {
      return [];
    }
    throw error;
  });
  const version = definition?.spec?.versions?.find(one => apiVersion.endsWith(`/${one.name}`));
  return version ? version.subresources?.scale?.specReplicasPath : USUAL;
}

function fieldOf({ kind, name }: ObjectReference, path: string | undefined): string | undefined {
  const field = path === undefined ? undefined : /^\.spec\.([^.]+)$/.exec(path)?.[1];
  if (path !== undefined && field === undefined) {
    throw new WrongInput(`${kind} ${name} has its size at '${path}', and only a field right under '.spec' can be kept while it leaves a manifest; leave it in the manifest`);
  }
  return field;
}

function keyOf({ apiVersion, kind }: Pick<ObjectReference, 'apiVersion' | 'kind'>): string {
  return `${groupOf(apiVersion)}/${kind}`;
}
