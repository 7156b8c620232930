import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BuildOptions, Plugin, build } from 'esbuild';

/** What an async function of ours requires is loaded when it runs: in the bundle, that is a part of its own. */
const LATE_PARTS: Plugin = {
  name: 'late-parts',
  setup: ({ onLoad }) => onLoad({ filter: /[\\/]src[\\/]cli[\\/].*\.ts$/ }, async ({ path }) => ({
    contents: (await readFile(path, 'utf8')).replace(/\brequire\('(\.[^']+)'\)/g, "(await import('$1'))"),
    loader: 'ts',
  })),
};

/**
 * The command line as a main file and parts that it loads when they are needed: in one file, reading it would take as long as starting Node does,
 * for a `prewarm --help` too.
 *
 * Names stay, for the stacks in reports of bugs.
 */
const OPTIONS: BuildOptions = {
  plugins: [LATE_PARTS],
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minifyWhitespace: true,
  minifySyntax: true,
  outExtension: { '.js': '.mjs' },
  // what CommonJS has, for those libraries in it that are CommonJS
  banner: { js: "import{createRequire as bundledRequire}from'node:module';const require=bundledRequire(import.meta.url);" },
};

/** @param root of this project */
export async function bundleCli(root: string, outdir: string): Promise<void> {
  // parts are named by their content, and those of an older build would stay
  rmSync(outdir, { recursive: true, force: true });
  await build({ ...OPTIONS, entryPoints: [join(root, 'src/cli/main.ts')], outdir });
}

if (require.main === module) {
  const root = join(__dirname, '..');
  void bundleCli(root, join(root, 'assets/cli'));
}
