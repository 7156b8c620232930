import { Manifest } from './manifest';
import { Right } from '../core/plan/rights';

/** What is read of a rule of a Role; nobody has checked it. */
interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs?: readonly string[];
}

/** Whom a binding gives its role. */
interface Subject {
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** What an account may do, as far as the manifests say it. */
export interface Rules {
  /** Absent: nobody can say, since a ClusterRole of the cluster's own is bound too. */
  readonly rules?: readonly Rule[];
  /** What is not there of account, binding and role; `alike` says it without names. */
  readonly missing?: { readonly sentence: string; readonly alike: string };
}

/** What a ServiceAccount may do in its namespace. */
export function rulesOf(account: string, namespace: string | undefined, manifests: readonly Manifest[]): Rules {
  const here = manifests.filter(manifest => manifest.namespace === namespace);
  const missing = (alike: string, sentence: string) => ({ missing: { alike, sentence } });
  // every namespace has this one by itself
  if (account !== 'default' && !here.some(({ kind, name }) => kind === 'ServiceAccount' && name === account)) {
    return missing('account', `ServiceAccount '${account}' of its jobs is not there: their pods are not created`);
  }
  const bindings = [...here.filter(({ kind }) => kind === 'RoleBinding'), ...manifests.filter(({ kind }) => kind === 'ClusterRoleBinding')]
    .filter(({ object }) => listOf<Subject>(object.subjects).some(subject => subject.kind === 'ServiceAccount' && subject.name === account
      && (subject.namespace ?? namespace) === namespace));
  if (bindings.length === 0) {
    return missing('binding', `no RoleBinding gives ServiceAccount '${account}' of its jobs a Role: the keeper may do nothing`);
  }
  const rules: Rule[] = [];
  for (const binding of bindings) {
    const { kind, name } = binding.object.roleRef ?? {};
    const role = (kind === 'ClusterRole' ? manifests : here).find(other => other.kind === kind && other.name === name);
    if (role) {
      rules.push(...listOf<Rule>(role.object.rules));
    } else if (kind === 'ClusterRole') {
      return {};
    } else {
      return missing('role', `Role '${name}', which RoleBinding '${binding.name}' names, is not there: the keeper may do nothing`);
    }
  }
  return { rules };
}

/** Whether rules give a right, verb by verb. */
export function isAllowed(rules: readonly Rule[], { verbs, group, resource, name }: Right): boolean {
  const [kind, subresource] = resource.split('/');
  const resources = [resource, '*', ...subresource ? [`*/${subresource}`, `${kind}/*`] : []];
  return verbs.every(verb => rules.some(rule =>
    has(rule.verbs, verb, '*') && has(rule.apiGroups, group, '*') && has(rule.resources, ...resources)
    // a rule with names gives nothing for all objects of a namespace
    && (listOf(rule.resourceNames).length === 0 || (name !== undefined && has(rule.resourceNames, name)))));
}

/** `patch deployments/scale 'web'` */
export function formatRight({ verbs, resource, name }: Right): string {
  return `${verbs.join(', ')} ${resource}${name === undefined ? '' : ` '${name}'`}`;
}

function has(list: readonly string[] | undefined, ...values: readonly string[]): boolean {
  return listOf<string>(list).some(entry => values.includes(entry));
}

function listOf<T>(list: unknown): T[] {
  return Array.isArray(list) ? list.filter(entry => entry !== null && entry !== undefined) : [];
}
