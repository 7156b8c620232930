import { KubeObject } from '../../core/kube-objects';
import { MANAGER_PREFIX } from '../../core/plan/names';
import { Named } from '../kubectl';

/** A way in which manifests reach a cluster. */
export interface Pipeline {
  readonly name: PipelineName;
  /** For people. */
  readonly words: string;
  /**
   * Where it looks for what it has to take away: in the annotation with what was applied last, among the fields that only it holds, or in a
   * Secret of its own, which nobody else can write.
   */
  readonly remembers: 'annotation' | 'managers' | 'release';
  /** How kubectl applies as it does, under its name and with its force. */
  readonly apply: readonly string[];
  /** What keeps the old manifests from being applied once more, beside not starting it. */
  readonly suspend: (owner: string | undefined) => string;
}

export type PipelineName = 'kubectl' | 'ssa' | 'flux' | 'argo' | 'argo-ssa' | 'helm3' | 'helm4';

const BY_HAND = () => 'start no other deploy of this service';
const IN_ARGO = (application = 'APPLICATION') => `switch automated sync off: argocd app set ${application} --sync-policy none`;

/** How each pipeline applies. */
export const PIPELINES: readonly Pipeline[] = [
  { name: 'kubectl', words: 'kubectl apply', remembers: 'annotation', apply: ['apply'], suspend: BY_HAND },
  { name: 'ssa', words: 'kubectl apply --server-side', remembers: 'managers', apply: ['apply', '--server-side'], suspend: BY_HAND },
  {
    name: 'flux',
    words: 'Flux',
    remembers: 'managers',
    apply: ['apply', '--server-side', '--force-conflicts', '--field-manager', 'kustomize-controller'],
    suspend: (name = 'NAME') => `suspend Flux: flux suspend kustomization ${name}`,
  },
  { name: 'argo', words: 'Argo CD', remembers: 'annotation', apply: ['apply', '--field-manager', 'argocd-controller'], suspend: IN_ARGO },
  {
    name: 'argo-ssa',
    words: 'Argo CD with ServerSideApply=true',
    remembers: 'managers',
    apply: ['apply', '--server-side', '--force-conflicts', '--field-manager', 'argocd-controller'],
    suspend: IN_ARGO,
  },
  { name: 'helm3', words: 'Helm 3', remembers: 'release', apply: [], suspend: BY_HAND },
  { name: 'helm4', words: 'Helm 4', remembers: 'managers', apply: ['apply', '--server-side', '--field-manager', 'helm'], suspend: BY_HAND },
];

/** Who applies server-side under which name. */
const APPLIERS: { readonly [manager: string]: PipelineName } = {
  'kustomize-controller': 'flux', 'argocd-controller': 'argo-ssa', 'helm': 'helm4', 'kubectl': 'ssa',
};

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

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

/**
 * The words and flags of kubectl's apply that apply as a pipeline does.
 *
 * @param live what it has applied before; a server-side apply of kubectl may have a name of its own
 */
export function applyOf({ name, apply }: Pipeline, live: readonly KubeObject[]): readonly string[] {
  const entries = live.flatMap(({ metadata }) => metadata.managedFields ?? []);
  const own = entries.find(({ operation, manager = '' }) => operation === 'Apply' && !(manager in APPLIERS) && !manager.startsWith(MANAGER_PREFIX));
  return name === 'ssa' && own?.manager ? [...apply, '--field-manager', own.manager] : apply;
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
export function forgetting(object: Named, fields: readonly string[]): { readonly annotations: { readonly [annotation: string]: string } } {
  const applied = lastApplied(object) ?? {};
  const spec = Object.fromEntries(Object.entries(applied.spec ?? {}).filter(([field]) => !fields.includes(field)));
  return { annotations: { [LAST_APPLIED]: `${JSON.stringify({ ...applied, spec })}\n` } };
}

/** The name of what applies it, where the object bears it. */
export function applicationOf({ metadata: { labels = {}, annotations = {} } }: Named): string | undefined {
  return labels['kustomize.toolkit.fluxcd.io/name'] ?? annotations['argocd.argoproj.io/tracking-id']?.split(':')[0];
}
