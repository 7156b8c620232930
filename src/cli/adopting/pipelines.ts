import { KubeObject } from '../../core/kube-objects';
import { APPLIERS, PipelineName } from '../../core/plan/appliers';
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

/** The name of what applies it, where the object bears it. */
export function applicationOf({ metadata: { labels = {}, annotations = {} } }: Named): string | undefined {
  return labels['kustomize.toolkit.fluxcd.io/name'] ?? annotations['argocd.argoproj.io/tracking-id']?.split(':')[0];
}
