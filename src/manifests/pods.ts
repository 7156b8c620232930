import { DeployedService } from './deployed';
import { Manifest } from './manifest';
import { ReadyFacts, readyFactsOf } from '../core/plan/ready-facts';

/** What makes pods for a service: its workload, and its jobs. */
export function podMakersOf({ workload, jobs }: DeployedService): Manifest[] {
  return [...workload ? [workload] : [], ...jobs.map(({ manifest }) => manifest)];
}

/** The LimitRanges of a service's namespace. */
export function limitRangesOf({ namespace }: DeployedService, manifests: readonly Manifest[]): Manifest[] {
  return manifests.filter(manifest => manifest.kind === 'LimitRange' && manifest.namespace === namespace);
}

/** The quotas of a namespace that count all of its pods; whether one with scopes counts a pod, manifests do not tell. */
export function quotasOf(manifests: readonly Manifest[], namespace: string | undefined): Manifest[] {
  return manifests.filter(quota => quota.kind === 'ResourceQuota' && quota.namespace === namespace)
    .filter(({ object: { spec } }) => !spec?.scopes && !spec?.scopeSelector);
}

/** What slows or prevents Ready in a service's workload, as far as its manifest is there. */
export function factsOf({ plan, workload }: DeployedService): ReadyFacts {
  return readyFactsOf(plan.workload.kind, workload?.object);
}
