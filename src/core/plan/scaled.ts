import { holdsAnnotation } from './field-managers';
import { ANNOTATION_SIZE, managerName } from './names';
import { KubeObject, ManagedFields, ScaleObject } from '../kube-objects';

/**
 * Objects of kinds of somebody else's: only their `/scale` says what size they have, and where in them it is nobody is told.
 *
 * Here such an object is made one that everybody else can read: with its size in `spec.replicas`, as a Deployment has it, and with that in
 * the record of who holds it.
 *
 * The API server does not remember for sure who has written at `/scale` of such a kind (Kubernetes 1.36): it takes no server-side apply there
 * that changes anything, and records a patch only where the field has a holder already, and never one to 0. So a keeper says in an annotation
 * which size it has written.
 */

/** An object as the API server answers it. */
export interface Sized extends KubeObject {
  readonly spec?: { readonly [field: string]: unknown };
  readonly status?: { readonly [field: string]: unknown };
}

/** Said of the `/scale` of an object that has no size yet, as an internal error. */
const SIZELESS = /the spec replicas field \S+ does not exist/;

/** Whether an answer says that an object has no size yet: another try would not change it. */
export function saysSizeless(text: string): boolean {
  return SIZELESS.test(text);
}

/** Fields as the record of who holds them has them. */
interface HeldFields {
  readonly [field: string]: unknown;
}

/** Said of whoever has written a size that nobody is remembered for. */
export const ANOTHER_HAND = 'another hand';

/** The size as everybody reads it. */
const SIZE = 'f:replicas';

/**
 * An object with what its `/scale` says of it.
 *
 * The record of who holds what is for reading: it must never be written back.
 *
 * @param scale without a `spec`: the object has no size yet
 */
export function withScale<T extends KubeObject>(object: T, { spec, status }: ScaleObject, plural: string): T {
  // the API leaves a 0 out
  const size = spec && (spec.replicas ?? 0);
  const sized: Sized = object;
  return {
    ...object,
    plural,
    metadata: { ...object.metadata, managedFields: recordOf(object, size) },
    spec: { ...sized.spec, replicas: size },
    status: { ...sized.status, ...status },
  };
}

/** The annotation by which a keeper says that it has written a size, with its field manager. */
export function sizeAnnotation(manager: string, size: number): { readonly [annotation: string]: string } {
  return { [ANNOTATION_SIZE]: `${size} by ${manager}` };
}

/** What takes back what the keeper of a service has said of an object's size; empty: it has said nothing. */
export function unsaid({ metadata }: KubeObject, service: string): { readonly annotations?: { readonly [annotation: string]: null } } {
  return saidIn(metadata.annotations?.[ANNOTATION_SIZE])?.manager === managerName(service) ? { annotations: { [ANNOTATION_SIZE]: null } } : {};
}

function saidIn(annotation: string | undefined): { readonly manager: string; readonly size: number } | undefined {
  const [, size, manager] = /^(\d+) by (.+)$/.exec(annotation ?? '') ?? [];
  return manager === undefined ? undefined : { manager, size: Number(size) };
}

/** The record of who holds what, in the words of everybody else: what is held of the size is `replicas`. */
function recordOf({ metadata, ...object }: KubeObject, size: number | undefined): ManagedFields[] {
  const path = size === undefined ? undefined : sizePathOf({ metadata, ...object }, size);
  const record = (metadata.managedFields ?? []).map(entry => withSize(entry, path));
  const said = saidIn(metadata.annotations?.[ANNOTATION_SIZE]);
  if (size === undefined) {
    return record;
  }
  if (said?.size === size) {
    const { manager } = said;
    const time = record.find(entry => entry.manager === manager && holdsAnnotation(entry, ANNOTATION_SIZE))?.time;
    return [...record.map(entry => entry.manager === manager ? withoutSize(entry) : entry), { manager, time, operation: 'Apply', fieldsV1: { 'f:spec': { [SIZE]: {} } } }];
  }
  return record.some(holdsSize) ? record : [...record, { manager: ANOTHER_HAND, fieldsV1: { 'f:spec': { [SIZE]: {} } } }];
}

/**
 * In which field of an object its size is, as the names from `spec` on; undefined: nobody can tell.
 *
 * What is remembered of writes at `/scale` is that one field. Where nothing is, the field must have the value that `/scale` says, and there may be
 * one such field only, or one of the usual name.
 */
export function sizePathOf(object: Sized, size: number): readonly string[] | undefined {
  const written = (object.metadata.managedFields ?? []).filter(({ subresource }) => subresource === 'scale')
    .map(({ fieldsV1 }) => pathIn(fieldsV1?.['f:spec'] ?? {})).find(path => path.length > 0);
  if (written) {
    return written;
  }
  const alike = pathsTo(object.spec ?? {}, size);
  return alike.find(path => path.join('.') === 'replicas') ?? (alike.length === 1 ? alike[0] : undefined);
}

/** The names of the one field that an entry holds. */
function pathIn(fields: HeldFields): string[] {
  const [field] = Object.keys(fields).filter(key => key.startsWith('f:'));
  return field === undefined ? [] : [field.slice('f:'.length), ...pathIn(fields[field] as HeldFields)];
}

/** All fields of a value; `/scale` cannot point into lists. */
function pathsTo(fields: object, value: number): string[][] {
  return Object.entries(fields).flatMap(([key, one]): string[][] => {
    if (one === value) {
      return [[key]];
    }
    const isDeep = typeof one === 'object' && one !== null && !Array.isArray(one);
    return isDeep ? pathsTo(one, value).map(path => [key, ...path]) : [];
  });
}

/** An entry of the record, in which what it holds of the size is `replicas`, and nothing else is. */
function withSize(entry: ManagedFields, path: readonly string[] | undefined): ManagedFields {
  const held = entry.fieldsV1?.['f:spec'];
  if (held === undefined) {
    return entry;
  }
  // whatever is held at /scale is the size
  const holds = entry.subresource === 'scale' ? pathIn(held).length > 0 : path !== undefined && isHeld(held, path);
  const { fieldsV1 } = withoutSize(entry);
  const spec = Object.fromEntries(Object.entries(fieldsV1?.['f:spec'] ?? {}).filter(([field]) => path?.length !== 1 || field !== `f:${path[0]}`));
  return { ...entry, fieldsV1: { ...fieldsV1, 'f:spec': holds ? { ...spec, [SIZE]: {} } : spec } };
}

function withoutSize(entry: ManagedFields): ManagedFields {
  const spec = entry.fieldsV1?.['f:spec'];
  return spec === undefined ? entry
    : { ...entry, fieldsV1: { ...entry.fieldsV1, 'f:spec': Object.fromEntries(Object.entries(spec).filter(([field]) => field !== SIZE)) } };
}

function holdsSize({ fieldsV1 }: ManagedFields): boolean {
  return fieldsV1?.['f:spec']?.[SIZE] !== undefined;
}

function isHeld(fields: HeldFields | undefined, [field, ...deeper]: readonly string[]): boolean {
  const held = fields?.[`f:${field}`] as HeldFields | undefined;
  return held !== undefined && (deeper.length === 0 || isHeld(held, deeper));
}
