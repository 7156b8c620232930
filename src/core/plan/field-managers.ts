import { MANAGER_PREFIX } from './names';
import { KubeObject, ManagedFields } from '../kube-objects';

/**
 * Who holds which fields of an object: what is done with that record when a service moves in or out.
 *
 * Everything here makes a list of the API server's `managedFields`; writing it back is the caller's matter, with the version that was read.
 */

/** Who holds the fields that would otherwise have no holder at all, as the API server would not keep an empty list. */
export const NEUTRAL_MANAGER = 'prewarm-leave';

/** The keepers that hold a field of an object, by their services, each once. */
export function keepersOf({ metadata }: KubeObject): string[] {
  const managers = (metadata.managedFields ?? []).map(({ manager = '' }) => manager);
  return [...new Set(managers.filter(manager => manager.startsWith(MANAGER_PREFIX)).map(manager => manager.slice(MANAGER_PREFIX.length)))];
}

/** Whether an entry of the record says that an annotation is held. */
export function holdsAnnotation({ fieldsV1 }: ManagedFields, annotation: string): boolean {
  const annotations = fieldsV1?.['f:metadata']?.['f:annotations'] as { readonly [field: string]: unknown } | undefined;
  return annotations?.[`f:${annotation}`] !== undefined;
}

/** The fields of `spec` that a manager holds, in the object's order. */
export function fieldsOf({ metadata }: KubeObject, manager: string): string[] {
  const held = (metadata.managedFields ?? []).filter(entry => entry.manager === manager).flatMap(({ fieldsV1 }) => Object.keys(fieldsV1?.['f:spec'] ?? {}));
  return [...new Set(held.map(field => field.slice('f:'.length)))];
}

/** Whether a manager has only scaled an object: whoever else scales it then takes that over, and it is nobody's floor. */
export function hasOnlyScaled({ metadata }: KubeObject, manager: string): boolean {
  return (metadata.managedFields ?? []).filter(entry => entry.manager === manager).every(({ subresource }) => subresource === 'scale');
}

/**
 * The record without a manager; undefined: it holds nothing.
 *
 * A field that only it held then has no holder. Of all that could be done with it, that does the least harm: whoever applies it next, with
 * whatever value, meets no conflict, and whoever applies a manifest without it leaves it alone. If it were given to a manager whose manifest
 * lacks it, the next apply would delete it.
 */
export function withoutManager({ metadata }: KubeObject, manager: string): ManagedFields[] | undefined {
  const all = metadata.managedFields ?? [];
  const others = all.filter(entry => entry.manager !== manager);
  if (others.length === all.length) {
    return undefined;
  }
  return others.length > 0 ? others : all.map(entry => ({ ...entry, manager: NEUTRAL_MANAGER, operation: 'Update' }));
}

/**
 * The record with a manager that holds some fields of `spec` beside whoever holds them now, so that they stay when the others let go.
 *
 * @param time ISO UTC
 * @returns undefined where it holds all of them already
 */
export function withManager(
  { apiVersion, metadata }: KubeObject, manager: string, fields: readonly string[], time: string,
): ManagedFields[] | undefined {
  const all = metadata.managedFields ?? [];
  const isOurs = (entry: ManagedFields) => entry.manager === manager && entry.operation === 'Apply' && entry.subresource === undefined;
  const before = all.find(isOurs);
  const spec = before?.fieldsV1?.['f:spec'] ?? {};
  const missing = fields.filter(field => spec[`f:${field}`] === undefined);
  if (missing.length === 0) {
    return undefined;
  }
  const fieldsV1 = { ...before?.fieldsV1, 'f:spec': { ...spec, ...Object.fromEntries(missing.map(field => [`f:${field}`, {}])) } };
  return [...all.filter(entry => !isOurs(entry)), { manager, operation: 'Apply', apiVersion, time, fieldsType: 'FieldsV1', fieldsV1 }];
}
