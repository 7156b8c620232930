import { LeavingField, referenceOf } from './fields';
import { Pipeline, applyOf } from './pipelines';
import { isSameObject } from '../../core/plan/reference';
import { targetKindOf } from '../../core/plan/target-kind';
import { DeployedService } from '../../manifests/deployed';
import { Manifest } from '../../manifests/manifest';
import { WrongInput } from '../io';
import { Kubectl, Named } from '../kubectl';

/** An object as the API server would have it after a deploy. */
type Parsed = Named & { readonly spec?: { readonly [field: string]: unknown } };

/**
 * Has the API server play the deploy of a service's target and workload, as its pipeline would do it, and compares what comes of it.
 *
 * @param live target and workload as they stand
 * @returns what would move, in sentences; none: nothing
 */
export async function proof(
  { target, workload }: DeployedService, live: readonly Named[], fields: readonly LeavingField[], pipeline: Pipeline, kubectl: Kubectl,
): Promise<string[]> {
  const manifests = [...new Set([target, workload].filter(one => one !== undefined))];
  const standing = (manifest: Manifest) => live.find(object => isSameObject(referenceOf(object), manifest)) as Parsed | undefined;
  const known = manifests.filter(standing);
  if (known.length === 0) {
    return [];
  }
  let played: readonly Parsed[];
  try {
    played = await kubectl.play(applyOf(pipeline, live), known.map(({ object }) => object));
  } catch (error) {
    if (!(error instanceof WrongInput)) {
      throw error;
    }
    return [`the deploy would be refused: ${error.message}`];
  }
  const after = (manifest: Manifest) => played.find(object => isSameObject(referenceOf(object), manifest))?.spec ?? {};
  const moved = fields.filter(({ manifest, field, value }) => after(manifest)[field] !== value)
    .map(({ object, manifest, field, value }) => `${object.kind} ${object.metadata.name}: the deploy would make ${field} ${after(manifest)[field] ?? 'nothing'}, now ${value}`);
  const pods = workload && standing(workload)?.spec?.replicas;
  const ceiling = target && targetKindOf(target)?.ceiling;
  const most = target && ceiling && standing(target) ? after(target)[ceiling.field] : undefined;
  const cut = typeof most === 'number' && typeof pods === 'number' && most < pods
    ? [`${target!.kind} ${target!.name}: the deploy would make ${ceiling!.field} ${most}, and ${pods} pods live; pods above it would be deleted at once`] : [];
  return [...moved, ...cut];
}
