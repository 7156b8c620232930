import { Pipeline } from './pipelines';
import { SizeFieldOf } from './size-fields';
import { isRemembered } from '../../core/plan/appliers';
import { fieldsOf } from '../../core/plan/field-managers';
import { managerName } from '../../core/plan/names';
import { ObjectReference } from '../../core/plan/plan';
import { isSameObject } from '../../core/plan/reference';
import { DeployedService } from '../../manifests/deployed';
import { Manifest } from '../../manifests/manifest';
import { Named } from '../kubectl';

/** A field of `spec` that lives, and that the new manifest of its object no longer has. */
export interface LeavingField {
  readonly object: Named;
  readonly manifest: Manifest;
  readonly field: string;
  readonly value: number;
  /** The next deploy would delete it, and the API server fill in its default. */
  readonly isInDanger: boolean;
}

/**
 * The floor of a target, and the size of its workload, as far as they live and leave the manifests.
 *
 * @param live target and workload as they stand
 */
export function leavingFields(
  { plan, target, workload }: DeployedService, live: readonly Named[], pipeline: Pipeline, sizeFieldOf: SizeFieldOf,
): LeavingField[] {
  const manifests = new Set([target, workload].filter(one => one !== undefined));
  const manager = managerName(plan.service);
  return [...manifests].flatMap((manifest): LeavingField[] => {
    const object = live.find(one => isSameObject(referenceOf(one), manifest));
    const field = sizeFieldOf(manifest);
    const value = field && (object as { readonly spec?: { readonly [field: string]: unknown } } | undefined)?.spec?.[field];
    if (!object || field === undefined || typeof value !== 'number' || manifest.object.spec?.[field] !== undefined) {
      return [];
    }
    return [{ object, manifest, field, value, isInDanger: isInDanger(object, field, manager, pipeline) }];
  });
}

function isInDanger(object: Named, field: string, manager: string, { remembers }: Pipeline): boolean {
  switch (remembers) {
    case 'annotation': return isRemembered(object, field);
    case 'managers': return !fieldsOf(object, manager).includes(field);
    // it cannot be known what the Secret has
    case 'release': return true;
  }
}

export function referenceOf({ apiVersion = 'v1', kind, metadata: { name } }: Named): ObjectReference {
  return { apiVersion, kind, name };
}
