import { WrongInput } from './io';
import { Kubectl, Named } from './kubectl';
import { ObjectReference } from '../core/plan/plan';
import { withScale } from '../core/plan/scaled';
import { isScaled } from '../core/plan/target-kind';

/**
 * An object as everybody reads it: one of a kind that is sized at `/scale` with what that says.
 *
 * The record of who holds its fields is then for reading only.
 *
 * @throws WrongInput where the cluster does not answer, or has no `/scale` of that kind
 */
export async function sized<T extends Named>(kubectl: Kubectl, object: T | undefined, reference: ObjectReference): Promise<T | undefined> {
  const { plural } = reference;
  if (!object || plural === undefined || !isScaled(reference)) {
    return object;
  }
  const scale = await kubectl.scaleOf(reference);
  if (!scale) {
    throw new WrongInput(`${reference.kind} of ${reference.apiVersion} has no /scale, where alone the size of such a kind is read and written`);
  }
  return withScale(object, scale, plural);
}
