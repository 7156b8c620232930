import { ApiObject, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { TargetFacts } from './target-facts';
import { configName, overrideName } from '../core/plan/names';
import { groupOf, isSameObject } from '../core/plan/reference';
import { pluralOf } from '../core/plan/target-kind';

/** Who the jobs of a schedule are, and all that they may do. */
export interface KeeperAccount {
  readonly serviceAccount: kplus.ServiceAccount;
  readonly role: kplus.Role;
}

/** Defines account, role and binding. */
export function keeperAccount(scope: Construct, service: string, facts: TargetFacts, metadata: Metadata): KeeperAccount {
  const serviceAccount = new kplus.ServiceAccount(scope, 'ServiceAccount', { metadata });
  const role = new kplus.Role(scope, 'Role', { metadata });
  grant(role, service, facts);
  const binding = new kplus.RoleBinding(scope, 'RoleBinding', { metadata, role });
  binding.addSubjects(serviceAccount);
  // kplus renders '', which 'kubectl apply' would report as a change each time
  ApiObject.of(binding).addJsonPatch(JsonPatch.remove('/subjects/0/apiGroup'));
  return { serviceAccount, role };
}

interface Metadata {
  readonly name: string;
  readonly labels: { readonly [label: string]: string };
}

/** Rights on named objects, in one namespace. */
function grant(role: kplus.Role, service: string, { target, workload }: TargetFacts): void {
  const allow = (verbs: string[], apiGroup: string, resourceType: string, resourceName?: string) => role.allow(verbs, {
    // kplus's own grants say the singular `horizontalpodautoscaler`, which matches nothing
    apiGroup, resourceType, resourceName,
  });
  const scaled = { group: groupOf(workload.apiVersion), resource: pluralOf(workload) };
  allow(['get', 'watch', 'patch'], groupOf(target.apiVersion), pluralOf(target), target.name);
  if (!isSameObject(workload, target)) {
    allow(['get', 'watch'], scaled.group, scaled.resource, workload.name);
  }
  allow(['patch'], scaled.group, `${scaled.resource}/scale`, workload.name);
  allow(['get', 'watch'], '', 'configmaps', configName(service));
  allow(['get', 'watch'], '', 'configmaps', overrideName(service));
  allow(['list'], '', 'pods');
  allow(['create'], '', 'events');
}
