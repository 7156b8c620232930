import { titleOf, whereServed } from './belongings';
import { fieldsOf, keepersOf } from '../../core/plan/field-managers';
import { LABEL_ROLE, managerName } from '../../core/plan/names';
import { TARGET_KINDS, boundsOf, targetKindOf } from '../../core/plan/target-kind';
import { Kubectl, Named } from '../kubectl';

/** An object of which a keeper holds fields. */
export interface Held {
  readonly object: Named;
  /** Whose keeper. */
  readonly service: string;
  /** Of `spec`. */
  readonly fields: readonly string[];
}

/** What keepers hold in a namespace, of all kinds of targets; a workload that a keeper has scaled is among it. */
export async function heldIn(kubectl: Kubectl): Promise<Held[]> {
  const found = await Promise.all(TARGET_KINDS.map(async ({ apiVersion, plural }) => {
    const [group, version] = apiVersion.split('/');
    return whereServed(kubectl.get(`${plural}.${version}.${group}`));
  }));
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
