import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { Result, run, tryKubectl, tryTool } from './cluster';
import { Namespace } from './namespace';

/** A way in which manifests reach a cluster; it answers what the program answered. */
export type Pipeline = (namespace: string, manifests: string) => Promise<Result>;

/** How pipelines apply in real life. */
export const PIPELINES: { readonly [name: string]: Pipeline } = {
  'kubectl apply': (ns, yaml) => tryKubectl(['-n', ns, 'apply', '-f', '-'], yaml),
  'kubectl apply --server-side': (ns, yaml) => tryKubectl(['-n', ns, 'apply', '--server-side', '-f', '-'], yaml),
  'kubectl apply --server-side --force-conflicts': (ns, yaml) => tryKubectl(['-n', ns, 'apply', '--server-side', '--force-conflicts', '-f', '-'], yaml),
  'flux': (_, yaml) => inFile(yaml, file => tryTool('gitops', ['flux', file])),
  'argo': (_, yaml) => inFile(yaml, file => tryTool('gitops', ['argo', file])),
  'argo --server-side': (_, yaml) => inFile(yaml, file => tryTool('gitops', ['argo', '--server-side', file])),
  'helm3': (ns, yaml) => inChart(yaml, chart => tryTool('helm3', ['upgrade', '--install', 'release', chart, '-n', ns])),
  // a release is made of objects that somebody else has applied before
  'helm3 taking over': (ns, yaml) => inChart(yaml, chart => tryTool('helm3', ['upgrade', '--install', '--take-ownership', 'release', chart, '-n', ns])),
  'helm4 taking over': (ns, yaml) => inChart(yaml, chart =>
    tryTool('helm4', ['upgrade', '--install', '--take-ownership', '--server-side', 'true', 'release', chart, '-n', ns])),
  'helm4': (ns, yaml) => inChart(yaml, chart => tryTool('helm4', ['upgrade', '--install', 'release', chart, '-n', ns])),
};

/** Applies manifests in one of these ways, successfully. */
export async function deliver(pipeline: string, namespace: Namespace, manifests: string): Promise<void> {
  const { code, stdout, stderr } = await PIPELINES[pipeline](namespace.name, manifests);
  if (code !== 0) {
    throw new Error(`${pipeline} ended with ${code}: ${stdout}${stderr}`);
  }
}

/** What would be reported as out of sync; 0 when nothing is. */
export function argoDiff(yaml: string, ...flags: string[]): Promise<Result> {
  return inFile(yaml, file => tryTool('gitops', ['argo-diff', ...flags, file]));
}

/** A kind of which Argo CD ignores some fields of `spec`. */
export interface Ignored {
  readonly kind: string;
  readonly fields: readonly string[];
}

/**
 * A sync with `ignoreDifferences` and `RespectIgnoreDifferences=true`.
 *
 * What is ignored goes into the manifests as it lives, as Argo CD does it before it applies.
 */
export async function argoIgnoring(namespace: Namespace, manifests: string, ignored: readonly Ignored[]): Promise<void> {
  const objects = await Promise.all(parseAllDocuments(manifests).map(async document => {
    const object = document.toJS();
    const fields = ignored.find(({ kind }) => kind === object.kind)?.fields ?? [];
    const live = fields.length > 0 ? await namespace.get(object.kind, object.metadata.name) : undefined;
    return fields.reduce((target, field) => ({ ...target, spec: { ...target.spec, [field]: live.spec[field] } }), object);
  }));
  await deliver('argo', namespace, objects.map(object => JSON.stringify(object)).join('\n---\n'));
}

/** A sync that replaces instead of applying. */
export const argoReplace: Pipeline = (_, yaml) => inFile(yaml, file => tryTool('gitops', ['argo', '--replace', file]));

/** A shell command, with the file's path in place of `FILE`. */
export function shellWith(yaml: string, command: string): Promise<Result> {
  return inFile(yaml, file => run('bash', ['-c', command.replaceAll('FILE', file)]));
}

async function inFile<T>(yaml: string, use: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'prewarm-test-'));
  try {
    const file = join(folder, 'manifests.yaml');
    writeFileSync(file, yaml);
    return await use(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A Helm chart that renders exactly these manifests: what they contain is no template. */
async function inChart<T>(yaml: string, use: (chart: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'prewarm-test-'));
  try {
    mkdirSync(join(folder, 'templates'));
    writeFileSync(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: release\nversion: 1.0.0\n');
    writeFileSync(join(folder, 'manifests.yaml'), yaml);
    writeFileSync(join(folder, 'templates', 'manifests.yaml'), '{{ .Files.Get "manifests.yaml" }}\n');
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
