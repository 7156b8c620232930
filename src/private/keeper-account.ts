import { ApiObject, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { TargetFacts } from './target-facts';
import { ObjectReference, SCHEDULED } from '../core/plan/plan';
import { rightsOf } from '../core/plan/rights';

/** Who the jobs of a schedule are, and all that they may do. */
export interface KeeperAccount {
  readonly serviceAccount: kplus.ServiceAccount;
  readonly role: kplus.Role;
}

/** Defines account, role and binding. */
export function keeperAccount(scope: Construct, service: string, granted: Granted, program: kplus.ConfigMap, metadata: Metadata): KeeperAccount {
  const serviceAccount = new kplus.ServiceAccount(scope, 'ServiceAccount', { metadata });
  const role = new kplus.Role(scope, 'Role', { metadata });
  grant(role, service, granted, program);
  const binding = new kplus.RoleBinding(scope, 'RoleBinding', { metadata, role });
  binding.addSubjects(serviceAccount);
  // kplus renders '', which 'kubectl apply' would report as a change each time
  ApiObject.of(binding).addJsonPatch(JsonPatch.remove('/subjects/0/apiGroup'));
  return { serviceAccount, role };
}

/** On what rights are given. */
interface Granted {
  readonly facts: TargetFacts;
  readonly formerTargets?: readonly ObjectReference[];
  readonly movingIn?: true;
  readonly guards: number;
  readonly explainsPods?: false;
  readonly protection?: typeof SCHEDULED;
}

interface Metadata {
  readonly name: string;
  readonly labels: { readonly [label: string]: string };
}

/** Rights on named objects, in one namespace. */
function grant(role: kplus.Role, service: string, granted: Granted, program: kplus.ConfigMap): void {
  const { facts: { target, workload }, formerTargets, movingIn, guards, explainsPods, protection } = granted;
  const entitled = { service, target, workload, formerTargets, movingIn, guards, explainsPods, protection };
  for (const { verbs, group, resource, name } of rightsOf(entitled, program.name)) {
    // kplus's own grants say the singular `horizontalpodautoscaler`, which matches nothing
    role.allow([...verbs], { apiGroup: group, resourceType: resource, resourceName: name });
  }
}
