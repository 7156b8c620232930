import { ApiResource } from './answers';
import { ApiError } from './api-error';
import { World } from './world';
import { ObjectReference } from '../core/plan/plan';
import { isScaled, pluralOf } from '../core/plan/target-kind';

/** A kind that has no size which the keeper could read and write, or that is called otherwise; its definition may still land. */
export class NotScalable extends Error {}

/**
 * Looks up in the cluster what only that can tell of a kind of somebody else's: its plural, and whether it has namespaces and `/scale`.
 *
 * Every account may read what kinds there are, unless a cluster takes that away; nothing is refused here then.
 *
 * @throws NotScalable
 */
export async function refuseUnscalable(world: World, reference: ObjectReference, deadline: number): Promise<void> {
  if (!isScaled(reference)) {
    return;
  }
  try {
    const trouble = troubleWith(reference, await world.api.resources(reference.apiVersion, deadline));
    if (trouble !== undefined) {
      throw new NotScalable(trouble);
    }
  } catch (error) {
    if (!(error instanceof ApiError)) {
      throw error;
    }
  }
}

/** @param resources of the reference's version; undefined: there are none */
function troubleWith(reference: ObjectReference, resources: readonly ApiResource[] | undefined): string | undefined {
  const { apiVersion, kind } = reference;
  const plural = pluralOf(reference);
  if (!resources) {
    return `this cluster has no ${apiVersion}, of which ${kind} was to be; install its CustomResourceDefinition, or correct 'apiVersion' in the schedule`;
  }
  const known = resources.find(one => one.kind === kind && !one.name.includes('/'));
  if (!known) {
    return `${apiVersion} has no kind ${kind} in this cluster; correct 'kind' or 'apiVersion' in the schedule`;
  }
  if (known.name !== plural) {
    return `the plural of ${kind} is '${known.name}' in this cluster, not '${plural}'; pass plural: '${known.name}' to ScheduleTarget.fromScale`;
  }
  if (!known.namespaced) {
    return `${kind} of ${apiVersion} belongs to no namespace, and a keeper has rights in its own only; take a target of a kind with namespaces`;
  }
  return resources.some(({ name }) => name === `${plural}/scale`) ? undefined
    : `${kind} of ${apiVersion} has no /scale, where alone a keeper reads and writes the size of such a kind; its CustomResourceDefinition may define one`;
}
