import { LAST_APPLIED } from '../core/plan/appliers';
import { configName } from '../core/plan/names';
import { groupOf } from '../core/plan/reference';
import { TARGET_KINDS } from '../core/plan/target-kind';

/** As whom keepers act: an account whose name is made of the name of its schedule, or of the first of a chart whose repair it is. */
const ACCOUNT = `^system:serviceaccount:[^:]+:.+${configName('')}(-repair)?$`;

/** What of the metadata decides what an object does, or whose it is; the API server itself changes the rest. */
const METADATA = ['labels', 'finalizers', 'ownerReferences'];

/** Annotations that a keeper writes: what keeps pods above an idle size, and what an applier remembers of a service that moves in. */
const ANNOTATIONS = [...TARGET_KINDS.flatMap(({ activation }) => activation ? [activation.annotation] : []), LAST_APPLIED];

/**
 * The spec of a ValidatingAdmissionPolicy under which keepers change only the fields of floor and ceiling.
 *
 * Each kind of target is in it, as the table of kinds says, and is compared in the version in which the keeper writes it.
 */
export function policySpecOf(): object {
  const moved = TARGET_KINDS.map(({ kind, floor, ceiling }) => `'${kind}': ${celList([floor.field, ...ceiling ? [ceiling.field] : []])}`);
  return {
    failurePolicy: 'Fail',
    matchConstraints: {
      // an object that is written in another version is converted to this one first
      matchPolicy: 'Equivalent',
      resourceRules: TARGET_KINDS.map(({ apiVersion, plural }) => ({
        apiGroups: [groupOf(apiVersion)], apiVersions: [apiVersion.split('/')[1]], operations: ['UPDATE'], resources: [plural],
      })),
    },
    matchConditions: [{ name: 'by-a-keeper', expression: `request.userInfo.username.matches('${ACCOUNT}')` }],
    variables: [
      { name: 'moved', expression: `{${moved.join(', ')}}[request.kind.kind]` },
      { name: 'before', expression: 'has(oldObject.spec) ? dyn(oldObject.spec) : dyn({})' },
      { name: 'after', expression: 'has(object.spec) ? dyn(object.spec) : dyn({})' },
      { name: 'annotations', expression: `${celList(ANNOTATIONS)}` },
      { name: 'annotatedBefore', expression: 'has(oldObject.metadata.annotations) ? dyn(oldObject.metadata.annotations) : dyn({})' },
      { name: 'annotatedAfter', expression: 'has(object.metadata.annotations) ? dyn(object.metadata.annotations) : dyn({})' },
    ],
    validations: [
      {
        expression: [isKept('before', 'after', 'moved'), isKept('after', 'before', 'moved')].join(' && '),
        messageExpression: "'a keeper may change nothing of this object but ' + variables.moved.join(' and ')",
        reason: 'Forbidden',
      },
      {
        expression: METADATA.map(field => `(has(object.metadata.${field}) ? dyn(object.metadata.${field}) : dyn('')) == `
          + `(has(oldObject.metadata.${field}) ? dyn(oldObject.metadata.${field}) : dyn(''))`).join(' && '),
        message: `a keeper may not change ${METADATA.slice(0, -1).join(', ')} or ${METADATA[METADATA.length - 1]} of this object`,
        reason: 'Forbidden',
      },
      {
        expression: [isKept('annotatedBefore', 'annotatedAfter', 'annotations'), isKept('annotatedAfter', 'annotatedBefore', 'annotations')].join(' && '),
        messageExpression: "'a keeper may change no annotations of this object but ' + variables.annotations.join(' and ')",
        reason: 'Forbidden',
      },
    ],
  };
}

/** Each field of the one stands in the other unchanged, but for some. */
function isKept(one: string, other: string, but: string): string {
  return `variables.${one}.all(field, field in variables.${but} || (field in variables.${other} && variables.${one}[field] == variables.${other}[field]))`;
}

function celList(texts: readonly string[]): string {
  return `[${texts.map(text => `'${text}'`).join(', ')}]`;
}
