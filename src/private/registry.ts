import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { forgetAutoscalers } from './scaled-workloads';
import { LABEL_ROLE, LABEL_SERVICE } from '../core/plan/names';

/** What is taken in each app: key to the path of who took it. */
const claims = new WeakMap<IConstruct, Map<string, string>>();

/** One thing that must be unique in an app, and the sentence for the second who wants it. */
export interface Claim {
  readonly key: string;
  readonly refusal: (holder: string) => string;
}

/**
 * Takes all or refuses all. cdk8s would render both without a word, and the cluster would keep the last.
 *
 * @param holder the path of the construct that takes them
 */
export function claim(root: IConstruct, holder: string, wanted: readonly Claim[]): void {
  const taken = claims.get(root) ?? new Map<string, string>();
  for (const { key, refusal } of wanted) {
    const other = taken.get(key);
    if (other !== undefined) {
      throw new Error(refusal(other));
    }
  }
  if (!claims.has(root)) {
    claims.set(root, taken);
    root.node.addValidation({
      // the first validation of a synth: an app looks at its root before all else
      validate: () => {
        forgetAutoscalers(root);
        return doubleNames(root);
      },
    });
  }
  wanted.forEach(({ key }) => taken.set(key, holder));
}

/** Objects of other constructs that have the kind, namespace and name of one of ours. */
function doubleNames(root: IConstruct): string[] {
  const seen = new Map<string, ApiObject>();
  const errors: string[] = [];
  for (const object of root.node.findAll()) {
    // the name of an arm job is a hash that takes rendering to find, and nobody else has it
    if (!ApiObject.isApiObject(object) || typeof object.name !== 'string') {
      continue;
    }
    const namespace = object.metadata.namespace ?? '';
    const key = `${object.apiGroup}/${object.kind}/${namespace}/${object.name}`;
    const other = seen.get(key);
    if (other && [object, other].some(one => one.metadata.getLabel(LABEL_SERVICE) || one.metadata.getLabel(LABEL_ROLE))) {
      errors.push(`${object.kind} '${object.name}' in namespace '${namespace}' is rendered twice, by ${other.node.path} and ${object.node.path}; `
        + 'name one of them differently');
    }
    seen.set(key, object);
  }
  return errors;
}
