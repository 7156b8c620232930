import { Document, LineCounter, Node, isCollection, isMap, isPair, isScalar, parseAllDocuments, visit } from 'yaml';
import { Io, WrongInput } from './io';
import { PLAN_KEY } from '../core/plan/names';
import { Deployed, deployedIn } from '../manifests/deployed';
import { Manifest, Position, formatPosition } from '../manifests/manifest';

/** What stands for stdin among paths. */
const STDIN = '-';

/**
 * Reads manifests: files, folders with all below them, or `-`.
 *
 * @throws WrongInput with file, line and column where a file cannot be read
 */
export async function readManifests(paths: readonly string[], io: Io): Promise<Manifest[]> {
  const files: string[] = [];
  for (const path of paths) {
    files.push(...path === STDIN ? [path] : await filesAt(path, io));
  }
  const manifests: Manifest[] = [];
  // a file that is named twice, or lies in a folder that is named too, is read once
  for (const file of new Set(files)) {
    const text = file === STDIN ? await io.readStdin() : await read(file, io);
    manifests.push(...manifestsIn(text, file === STDIN ? 'stdin' : file));
  }
  return manifests;
}

/**
 * Reads what is deployed.
 *
 * @param namespace the one that objects are applied to which name none
 * @throws WrongInput where a file cannot be read, or none has a plan
 */
export async function readDeployed(paths: readonly string[], io: Io, namespace?: string): Promise<Deployed> {
  const manifests = await readManifests(paths, io);
  const deployed = deployedIn(manifests, namespace);
  if (deployed.unreadable.length > 0) {
    throw new WrongInput(deployed.unreadable.map(({ config, problem }) => `${formatPosition(config.at('data', PLAN_KEY))}: ${problem}`).join('\n'));
  }
  if (deployed.services.length === 0) {
    throw new WrongInput(`no plan among ${manifests.length} Kubernetes objects in ${paths.join(', ')}; `
      + 'name the output of a synth with a PrewarmedService or an EventScaleSchedule');
  }
  return deployed;
}

/** A text of one or more YAML or JSON documents; what is no Kubernetes object is passed over. */
export function manifestsIn(text: string, file: string): Manifest[] {
  const lines = new LineCounter();
  return documentsIn(text, file, lines).flatMap((document): Manifest[] => {
    let object: any;
    try {
      object = document.toJS();
      refuseCircle(object, document);
    } catch (error) {
      throw new WrongInput(`${file}:1:1: ${(error as Error).message}`);
    }
    const positionOf = (path: readonly (string | number)[]): Position => ({ file, ...positionIn(document, path, lines) });
    const items: [any, (string | number)[]][] = object?.kind === 'List' && Array.isArray(object.items)
      ? object.items.map((item: any, i: number) => [item, ['items', i]])
      : [[object, []]];
    return items
      .filter(([item]) => typeof item?.kind === 'string' && typeof item.apiVersion === 'string' && typeof item.metadata?.name === 'string')
      .map(([item, prefix]) => ({
        apiVersion: item.apiVersion,
        kind: item.kind,
        name: item.metadata.name,
        ...(typeof item.metadata.namespace === 'string' ? { namespace: item.metadata.namespace } : {}),
        object: item,
        at: (...path) => positionOf([...prefix, ...path]),
      }));
  });
}

/** The documents of a text; the first that is none is refused, with its place. */
export function documentsIn(text: string, file: string, lines: LineCounter): Document.Parsed[] {
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, merge: true });
  for (const { errors: [error] } of documents) {
    if (error) {
      const { line, col } = lines.linePos(error.pos[0]);
      throw new WrongInput(`${file}:${line}:${col}: ${error.message}${hasTemplate(text) ? `; ${RENDER_FIRST}` : ''}`);
    }
  }
  if (text.includes('{{')) {
    documents.forEach(document => refuseTemplate(document as Document.Parsed, file, lines));
  }
  return documents as Document.Parsed[];
}

const RENDER_FIRST = "where this is a template, render the chart first, such as 'helm template CHART | prewarm plan -'";

/** Whether a line or a value begins with what a template begins with. */
function hasTemplate(text: string): boolean {
  return /^\s*(?:- )?(?:[\w./-]+:\s+)?\{\{/m.test(text);
}

/** `name: {{ .Values.name }}` is a map with a map for its key to YAML, which no manifest has. */
function refuseTemplate(document: Document.Parsed, file: string, lines: LineCounter): void {
  visit(document, {
    Pair: (_, { key }) => {
      if (isCollection(key)) {
        const { line, col } = lines.linePos((key as Node).range?.[0] ?? 0);
        throw new WrongInput(`${file}:${line}:${col}: a map for a key, as '{{' makes of it; ${RENDER_FIRST}`);
      }
    },
  });
}

/** An alias within what it names makes an object without an end, which no manifest is. */
function refuseCircle(object: unknown, document: Document.Parsed): void {
  let hasAlias = false;
  visit(document, { Alias: () => { hasAlias = true; } });
  const above = new Set<unknown>();
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) {
      return;
    }
    if (above.has(value)) {
      throw new Error('an alias stands within what it names');
    }
    above.add(value);
    Object.values(value).forEach(look);
    above.delete(value);
  };
  if (hasAlias) {
    look(object);
  }
}

/** Where a path's last key stands, or that of the nearest parent that is there. */
export function positionIn(document: Document.Parsed, path: readonly (string | number)[], lines: LineCounter): { line: number; column: number } {
  let node: unknown = document.contents;
  let offset = (document.contents as Node | null)?.range?.[0] ?? 0;
  for (const key of path) {
    if (!isCollection(node)) {
      break;
    }
    const item = isMap(node)
      ? node.items.find(pair => isScalar(pair.key) && String(pair.key.value) === String(key))
      : node.items[Number(key)];
    const start = isPair(item) ? item.key : item;
    if (!item || !(start as Node | undefined)?.range) {
      break;
    }
    offset = (start as Node).range![0];
    node = isPair(item) ? item.value : item;
  }
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

async function filesAt(path: string, io: Io): Promise<string[]> {
  const entries = await tried(path, io.list(path));
  if (!entries) {
    return [path];
  }
  const files: string[] = [];
  const folder = path.replace(/(?<=.)\/+$/, '');
  for (const { name, isFolder } of entries) {
    if (isFolder && !name.startsWith('.') && name !== 'node_modules') {
      files.push(...await filesAt(`${folder}/${name}`, io));
    } else if (!isFolder && /\.(ya?ml|json)$/.test(name)) {
      files.push(`${folder}/${name}`);
    }
  }
  return files;
}

/** A file's text. */
export async function read(file: string, io: Io): Promise<string> {
  return tried(file, io.readFile(file));
}

async function tried<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new WrongInput(`cannot read '${path}': ${(error as Error).message}`);
  }
}

/** Writes what was asked for, and says so. */
export async function write(file: string, text: string, io: Io): Promise<void> {
  if (text === '') {
    throw new Error(`there is nothing to write to '${file}', which is a bug of prewarm`);
  }
  try {
    await io.writeFile(file, text);
  } catch (error) {
    throw new WrongInput(`cannot write '${file}': ${(error as Error).message}`);
  }
  io.err(`wrote ${file}`);
}
