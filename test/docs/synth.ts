import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ts from 'typescript';

/** Runs the code of an app as its own process would, and hands back the manifests that it writes, as files of `dist/`. */
export function synthesized(code: string): { readonly [path: string]: string } {
  const folder = mkdtempSync(join(tmpdir(), 'prewarm-docs-'));
  const before = process.env.CDK8S_OUTDIR;
  process.env.CDK8S_OUTDIR = folder;
  try {
    const { outputText } = ts.transpileModule(code, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const load = (name: string) => require(name === 'cdk8s-prewarm' ? '../../src' : name);
    new Function('require', 'exports', outputText)(load, {});
    return Object.fromEntries(readdirSync(folder).sort().map(file => [`dist/${file}`, readFileSync(join(folder, file), 'utf8')]));
  } finally {
    if (before === undefined) {
      delete process.env.CDK8S_OUTDIR;
    } else {
      process.env.CDK8S_OUTDIR = before;
    }
    rmSync(folder, { recursive: true });
  }
}
