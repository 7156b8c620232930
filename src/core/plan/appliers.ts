import { MANAGER_PREFIX, managerName } from './names';
import { KubeObject, ManagedFields } from '../kube-objects';

/** Who applies manifests to a cluster, as the objects remember it: what they would take away when a field leaves a manifest. */

/** What `prewarm adopt` calls a way in which manifests reach a cluster. */
export type PipelineName = 'kubectl' | 'ssa' | 'flux' | 'argo' | 'argo-ssa' | 'helm3' | 'helm4';

/** Who applies server-side under which name. */
export const APPLIERS: { readonly [manager: string]: PipelineName } = {
  'kustomize-controller': 'flux', 'argocd-controller': 'argo-ssa', 'helm': 'helm4', 'kubectl': 'ssa',
};

/** Annotation in which an applier that compares on its own side keeps what it has applied last. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** By which pipeline an object has been applied, as far as its record tells; undefined: it does not. */
export function pipelineOf(object: KubeObject): PipelineName | undefined {
  const entries = (object.metadata.managedFields ?? []).filter(({ manager = '' }) => !manager.startsWith(MANAGER_PREFIX));
  const applier = entries.find(({ operation, manager }) => operation === 'Apply' && manager !== undefined && manager in APPLIERS);
  if (applier) {
    return APPLIERS[applier.manager!];
  }
  const has = (manager: string) => entries.some(entry => entry.manager === manager);
  if (has('helm')) {
    return 'helm3';
  }
  if (lastApplied(object) === undefined) {
    return undefined;
  }
  return has('argocd-controller') || object.metadata.annotations?.['argocd.argoproj.io/tracking-id'] !== undefined ? 'argo' : 'kubectl';
}

/** What an applier that compares on its own side has applied last; undefined: nothing says it, or nobody can read it. */
export function lastApplied({ metadata }: KubeObject): { readonly spec?: { readonly [field: string]: unknown } } | undefined {
  const text = metadata.annotations?.[LAST_APPLIED];
  if (text === undefined) {
    return undefined;
  }
  try {
    const applied = JSON.parse(text);
    return typeof applied === 'object' && applied !== null ? applied : undefined;
  } catch {
    return undefined;
  }
}

/** The annotation without some fields of `spec`: whoever compares with it takes nothing away then. */
export function forgetting(object: KubeObject, fields: readonly string[]): { readonly annotations: { readonly [annotation: string]: string } } {
  const applied = lastApplied(object) ?? {};
  const spec = Object.fromEntries(Object.entries(applied.spec ?? {}).filter(([field]) => !fields.includes(field)));
  return { annotations: { [LAST_APPLIED]: `${JSON.stringify({ ...applied, spec })}\n` } };
}

/** Whether whoever compares on its own side deletes a field of `spec` when it leaves the manifest. */
export function isRemembered(object: KubeObject, field: string): boolean {
  return lastApplied(object)?.spec?.[field] !== undefined;
}

/** Whether the release of a chart of Helm 3 holds a field of `spec`: a Secret then remembers it, which nobody else can write. */
export function isInRelease(object: KubeObject, field: string): boolean {
  return pipelineOf(object) === 'helm3' && entriesOf(object, field).some(({ manager }) => manager === 'helm');
}

/** Whether only appliers hold a field of `spec` server-side, and the keeper of a service does not: it goes when they let it go. */
export function isHeldByAppliersAlone(object: KubeObject, field: string, service: string): boolean {
  const entries = entriesOf(object, field);
  return entries.some(({ operation }) => operation === 'Apply') && !entries.some(({ manager }) => manager === managerName(service));
}

function entriesOf({ metadata }: KubeObject, field: string): ManagedFields[] {
  return (metadata.managedFields ?? []).filter(({ fieldsV1 }) => fieldsV1?.['f:spec']?.[`f:${field}`] !== undefined);
}
