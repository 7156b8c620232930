import { LABEL_ROLE, LABEL_SERVICE, overrideName } from '../../core/plan/names';
import { WrongInput } from '../io';
import { Kubectl, Named } from '../kubectl';

/** All objects of one service but its target and workload, by its label: nobody lists names, which change with the releases. */
export interface Belongings {
  /** What starts jobs. */
  readonly cronJobs: readonly Named[];
  /** What has pods that write: jobs, and the guards. */
  readonly running: readonly Named[];
  /** All others, in the order in which they go: who may write is said to the last. */
  readonly others: readonly Named[];
}

/** What a service has in a namespace. */
export async function belongingsOf(service: string, kubectl: Kubectl): Promise<Belongings> {
  const mine = `${LABEL_SERVICE}=${service}`;
  const [keepers, others, overrides, rules] = await Promise.all([
    kubectl.get('cronjobs,jobs,deployments', '--selector', `${mine},${LABEL_ROLE}`),
    kubectl.get('configmaps,networkpolicies,serviceaccounts,roles,rolebindings', '--selector', mine),
    // written by hand, it may lack the label
    kubectl.get(`configmap/${overrideName(service)}`),
    whereServed(kubectl.get('prometheusrules', '--selector', mine)),
  ]);
  const override = overrides.filter(({ metadata }) => !others.some(({ kind, metadata: { name } }) => kind === 'ConfigMap' && name === metadata.name));
  return {
    cronJobs: keepers.filter(({ kind }) => kind === 'CronJob'),
    running: keepers.filter(({ kind }) => kind !== 'CronJob'),
    others: [...rules, ...override, ...others].sort((a, b) => rankOf(a) - rankOf(b)),
  };
}

/** All of them. */
export function listOf({ cronJobs, running, others }: Belongings): readonly Named[] {
  return [...cronJobs, ...running, ...others];
}

const LAST: readonly string[] = ['ServiceAccount', 'Role', 'RoleBinding'];

function rankOf({ kind }: Named): number {
  return LAST.indexOf(kind);
}

/** What kubectl finds of a kind; nothing where the cluster does not serve that kind. */
export async function whereServed<T>(found: Promise<readonly T[]>): Promise<readonly T[]> {
  return found.catch(error => {
    if (error instanceof WrongInput && /have a resource type/.test(error.message)) {
      return [];
    }
    throw error;
  });
}

/** Who has put objects into the cluster and would do so again, in words for people; undefined: nothing says so. */
export function sourceOf(objects: readonly Named[]): string | undefined {
  for (const { metadata: { labels = {}, annotations = {} } } of objects) {
    const application = annotations['argocd.argoproj.io/tracking-id']?.split(':')[0];
    if (application !== undefined) {
      return `Argo CD (application ${application})`;
    }
    for (const [owner, kind] of [['kustomize', 'Kustomization'], ['helm', 'HelmRelease']]) {
      const name = labels[`${owner}.toolkit.fluxcd.io/name`];
      if (name !== undefined) {
        return `Flux (${kind} ${name})`;
      }
    }
    const release = annotations['meta.helm.sh/release-name'];
    if (release !== undefined) {
      return `Helm (release ${release})`;
    }
  }
  const managers = new Set(objects.flatMap(({ metadata }) => (metadata.managedFields ?? []).map(({ manager }) => manager)));
  return SOURCES.find(([manager]) => managers.has(manager))?.[1];
}

const SOURCES: readonly (readonly [string, string])[] = [['argocd-controller', 'Argo CD'], ['kustomize-controller', 'Flux'], ['helm', 'Helm']];
