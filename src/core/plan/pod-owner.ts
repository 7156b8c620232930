import { ObjectReference } from './plan';
import { targetKindOf } from './target-kind';
import { Pod } from '../kube-objects';

/** By which a controller tells the pods of one template from those of another; it is also the end of the name of the ReplicaSet between. */
const TEMPLATE_HASHES = ['pod-template-hash', 'rollouts-pod-template-hash'];

/** Kinds whose pods serve nothing that is scaled. */
const OTHERS = ['Job', 'DaemonSet', 'Node'];

/**
 * Whether a pod is a workload's own, by the name of the object that it belongs to: a selector matches pods of others too.
 *
 * A Deployment's pods belong to a ReplicaSet whose name is the Deployment's and the hash of the template, so nothing needs to be read but the pod.
 */
export function isPodOf(pod: Pod, { kind, name, plural }: Pick<ObjectReference, 'kind' | 'name' | 'plural'>): boolean {
  const { ownerReferences = [], labels = {} } = pod.metadata ?? {};
  const owner = ownerReferences.find(({ controller }) => controller === true) ?? ownerReferences[0];
  if (plural !== undefined) {
    // somebody else's kind may have any objects between, or none; its /scale has named these pods, as it does for autoscalers
    return !owner || (owner.kind === kind ? owner.name === name : !OTHERS.includes(owner.kind));
  }
  if (!owner) {
    return false;
  }
  if (owner.kind === kind) {
    return owner.name === name;
  }
  if (owner.kind === 'ReplicaSet') {
    const hashes = TEMPLATE_HASHES.map(label => labels[label]).filter(hash => hash !== undefined);
    return hashes.length > 0 ? hashes.some(hash => owner.name === `${name}-${hash}`) : isGivenBy(name, owner.name);
  }
  // a kind that nobody here knows may have objects of its own between, such as a StatefulSet of its name
  return targetKindOf({ kind }) === undefined && !OTHERS.includes(owner.kind) && (owner.name === name || isGivenBy(name, owner.name));
}

/** Whether a name is another's, and one word after it. */
function isGivenBy(name: string, longer: string): boolean {
  return longer.startsWith(`${name}-`) && /^[a-z0-9]+$/.test(longer.slice(name.length + 1));
}
