import { titleOf } from '../../core/kube-objects';
import { FallsShort } from '../io';
import { Kubectl, Named, ObjectPatch, resourceOf } from '../kubectl';

/** How often somebody else may be faster. */
const TRIES = 20;

/** An object as it is now, and as the API server has it; undefined: it is gone. */
export async function readAgain(kubectl: Kubectl, { apiVersion = 'v1', kind, plural, metadata: { name } }: Named): Promise<Named | undefined> {
  const [object] = await kubectl.get(resourceOf({ apiVersion, kind, plural, name }));
  return object && plural !== undefined ? { ...object, plural } : object;
}

/**
 * Changes an object, however often it changes meanwhile; one that is gone is no trouble.
 *
 * @param patchOf what to write, by the object as it is; undefined: nothing
 */
export async function change(kubectl: Kubectl, object: Named, patchOf: (current: Named) => ObjectPatch | undefined, manager?: string): Promise<void> {
  let current: Named | undefined = object;
  for (let i = 0; i < TRIES && current; i++) {
    const patch = patchOf(current);
    if (!patch || await kubectl.change(current, patch, manager)) {
      return;
    }
    current = await readAgain(kubectl, current);
  }
  if (current) {
    throw new FallsShort(`${titleOf(current)} changes faster than it can be written; run this again`);
  }
}
