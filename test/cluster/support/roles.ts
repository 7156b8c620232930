import { parseAllDocuments } from 'yaml';

export interface Rule {
  readonly apiGroups: string[];
  readonly resources: string[];
  readonly resourceNames?: string[];
  readonly verbs: string[];
}

/** The rules of the first Role in manifests. */
export function rulesOf(manifests: string): Rule[] {
  return parseAllDocuments(manifests).map(document => document.toJS()).find(({ kind }) => kind === 'Role').rules;
}

/** The manifests without one verb of one rule. */
export function without(manifests: string, rule: number, verb: string): string {
  const documents = parseAllDocuments(manifests).map(document => document.toJS());
  const { rules } = documents.find(({ kind }) => kind === 'Role');
  rules[rule].verbs = rules[rule].verbs.filter((other: string) => other !== verb);
  if (rules[rule].verbs.length === 0) {
    rules.splice(rule, 1);
  }
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: documents });
}
