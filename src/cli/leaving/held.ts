import { whereServed } from './belongings';
import { titleOf } from '../../core/kube-objects';
import { fieldsOf, keepersOf } from '../../core/plan/field-managers';
import { LABEL_ROLE, managerName } from '../../core/plan/names';
import { groupOf } from '../../core/plan/reference';
import { TARGET_KINDS, boundsOf, targetKindOf } from '../../core/plan/target-kind';
import { Kubectl, Named, resourcesOf } from '../kubectl';

/** An object of which a keeper holds fields. */
export interface Held {
  readonly object: Named;
  /** Whose keeper. */
  readonly service: string;
  /** Of `spec`. */
  readonly fields: readonly string[];
}

/** Kinds that every cluster serves, read in one call; one that is not served would spoil the call for all of them. */
const BUILT_IN = TARGET_KINDS.filter(({ apiVersion }) => !groupOf(apiVersion).includes('.'));
const CUSTOM = TARGET_KINDS.filter(row => !BUILT_IN.includes(row));

/**
 * What keepers hold in a namespace, of all kinds of targets; a workload that a keeper has scaled is among it.
 *
 * @param where more words to `kubectl get`, such as `--all-namespaces`
 * @throws WrongInput where a kind that is served may not be read
 */
export async function heldIn(kubectl: Kubectl, ...where: readonly string[]): Promise<Held[]> {
  const found = await Promise.all([BUILT_IN, ...CUSTOM.map(kind => [kind])].map(async kinds => whereServed(kubectl.get(kinds.map(resourcesOf).join(','), ...where))));
  // the guards' own Deployment is no target: it goes with the rest
  return heldAmong(found.flat().filter(({ metadata }) => metadata.labels?.[LABEL_ROLE] === undefined));
}

/** The objects of which keepers hold fields; one that several hold comes once for each. */
export function heldAmong(objects: readonly Named[]): Held[] {
  return objects.flatMap(object => keepersOf(object).map(service => ({ object, service, fields: fieldsOf(object, managerName(service)) })));
}

/** `HorizontalPodAutoscaler payment: minReplicas is held, the floor is 25` */
export function heldText({ object, fields }: Held): string {
  const floor = targetKindOf(object) ? `, the floor is ${boundsOf(object).floor}` : '';
  return `${titleOf(object)}: ${fields.join(' and ') || 'a field'} ${fields.length > 1 ? 'are' : 'is'} held${floor}`;
}
