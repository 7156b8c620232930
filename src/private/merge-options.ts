import { given } from './given';
import { PrewarmedServiceOptions } from '../service-options';

/** Groups of fields, which are merged field by field. */
const GROUPS = ['keeper', 'defaultWindow', 'autoscaling', 'container', 'pod', 'manifest'];

/** Maps in which a platform's keys and a squad's stand together. */
const MAPS = [
  'keeper.podLabels', 'keeper.podAnnotations', 'keeper.nodeSelector', 'container.envVariables',
  'manifest.container', 'manifest.pod', 'manifest.autoscaler',
  'pod.metadata', 'pod.metadata.labels', 'pod.metadata.annotations', 'pod.podMetadata', 'pod.podMetadata.labels', 'pod.podMetadata.annotations',
];

/** Lists to which a squad adds. */
const LISTS = [
  'uses',
  'keeper.tolerations', 'container.envFrom', 'container.volumeMounts', 'container.ports',
  'pod.volumes', 'pod.containers', 'pod.initContainers', 'pod.hostAliases',
];

interface Fields {
  readonly [field: string]: unknown;
}

/**
 * A platform's options under a squad's.
 *
 * @param locked paths of fields that stay as the platform says, such as `keeper.image`
 * @throws Error that names the field and the platform's value, where a squad asks for another
 */
export function mergedOptions(defaults: PrewarmedServiceOptions, asked: PrewarmedServiceOptions, locked: readonly string[]): PrewarmedServiceOptions {
  for (const path of locked) {
    refuseLocked(path, valueAt(defaults, path), valueAt(asked, path));
  }
  return merged('', { ...defaults }, { ...asked }) as PrewarmedServiceOptions;
}

function merged(path: string, platform: Fields, squad: Fields): Fields {
  const result: { [field: string]: unknown } = { ...given(platform) };
  for (const [field, own] of Object.entries(given(squad))) {
    const at = path === '' ? field : `${path}.${field}`;
    result[field] = platform[field] === undefined ? own : together(at, platform[field], own);
  }
  return result;
}

function together(path: string, platform: unknown, squad: unknown): unknown {
  if (GROUPS.includes(path) || MAPS.includes(path)) {
    return merged(path, platform as Fields, squad as Fields);
  }
  if (LISTS.includes(path)) {
    const [ours, theirs] = [platform as unknown[], squad as unknown[]];
    return [...ours, ...theirs.filter(one => !ours.some(other => isSame(one, other)))];
  }
  return squad;
}

function refuseLocked(path: string, platform: unknown, squad: unknown): void {
  if (platform === undefined) {
    throw new Error(`'${path}' is locked, but the defaults do not set it; give it a value there, or take it out of 'locked'`);
  }
  if (squad === undefined || isSame(platform, squad)) {
    return;
  }
  if (MAPS.includes(path) || GROUPS.includes(path)) {
    // what the platform says stays; what a squad adds may stand beside it
    const [ours, theirs] = [given(platform as object) as Fields, given(squad as object) as Fields];
    Object.keys(theirs).filter(key => ours[key] !== undefined).forEach(key => refuseLocked(`${path}.${key}`, ours[key], theirs[key]));
    return;
  }
  if (LISTS.includes(path)) {
    return;
  }
  throw new Error(`'${path}' is locked by your platform: it stays ${shownFully(platform)}, and cannot be ${shownFully(squad)}; leave it out`);
}

/** Undefined where a part of the path is. Names of labels have dots, so what is left of a path can be one name. */
function valueAt(fields: unknown, path: string): unknown {
  if (typeof fields !== 'object' || fields === null) {
    return undefined;
  }
  const record = fields as Fields;
  if (path in record) {
    return record[path];
  }
  const dot = path.indexOf('.');
  return dot < 0 ? undefined : valueAt(record[path.slice(0, dot)], path.slice(dot + 1));
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || plainText(a) !== undefined && plainText(a) === plainText(b);
}

/** Undefined for constructs, which know their parents and children. */
function plainText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** A value for a message. */
function shownFully(value: unknown): string {
  if (typeof value === 'string') {
    return `'${value}'`;
  }
  if (typeof value !== 'object' || value === null) {
    return String(value);
  }
  const human = (value as { toHumanString?: unknown }).toHumanString;
  return typeof human === 'function' ? human.call(value) as string : plainText(value) ?? 'as it is';
}
