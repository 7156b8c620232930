import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

/**
 * What a user gets from npm: the tarball in an empty cdk8s TypeScript app.
 *
 * Needs a built tree (`npx projen compile`) and the npm registry.
 */
const ROOT = resolve(__dirname, '../..');
const { peerDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

const ENV = { ...process.env, CDK8S_CHECK_UPGRADE: 'false' };

jest.setTimeout(300_000);

let work: string;
let tarball: string;
let files: string[];

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'prewarm-package-'));
  const [packed] = JSON.parse(run(ROOT, 'npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', work));
  tarball = join(work, packed.filename);
  files = packed.files.map((file: { path: string }) => file.path);
});

afterAll(() => rmSync(work, { recursive: true, force: true }));

test('ships constructs, docs and two bundles, and nothing else', () => {
  const strange = files.filter(file => ![
    /^(package\.json|(README(\.ko)?|CHANGELOG|API)\.md|LICENSE|\.jsii)$/,
    /^lib\/[a-z-]+\.(js|d\.ts)$/,
    /^lib\/(core|private|manifests|rehearsal)\/[a-z/-]+\.(js|d\.ts)$/,
    /^assets\/keeper\/(main|starter)\/index\.js$/,
    /^assets\/cli\/[\w-]+\.mjs$/,
    /^bin\/prewarm$/,
  ].some(allowed => allowed.test(file)));
  expect(strange).toEqual([]);
  expect(files).toEqual(expect.arrayContaining(['.jsii', 'API.md', 'assets/keeper/main/index.js', 'assets/cli/main.mjs', 'bin/prewarm', 'lib/testing.js']));
});

test('ships no source maps: they would be three quarters of it, and every import would read them', () => {
  const compiled = files.filter(file => /^lib\/.*\.js$/.test(file));
  expect(compiled.filter(file => readFileSync(join(ROOT, file), 'utf8').includes('sourceMappingURL'))).toEqual([]);
});

test.each([
  ['the lowest peers', (range: string) => range.replace('^', '')],
  ['the latest peers', (range: string) => range],
])('an empty cdk8s app with %s synthesizes, plans and rehearses', (_, version) => {
  const app = mkdtempSync(join(work, 'app-'));
  const peers = Object.fromEntries(Object.entries<string>(peerDependencies).map(([name, range]) => [name, version(range)]));
  write(app, {
    'package.json': JSON.stringify({
      name: 'empty-app',
      private: true,
      dependencies: { ...peers, 'cdk8s-prewarm': `file:${tarball}` },
      devDependencies: { 'cdk8s-cli': '^2', 'ts-node': '^10', 'typescript': '~5.9.0', '@types/node': '^20' },
    }),
    'cdk8s.yaml': 'language: typescript\napp: npx ts-node main.ts\n',
    'tsconfig.json': JSON.stringify({ compilerOptions: { target: 'ES2022', module: 'commonjs', strict: true, esModuleInterop: true, types: ['node'] } }),
    'main.ts': firstProgramOf(readFileSync(join(ROOT, 'README.md'), 'utf8')),
  });
  install(app);
  run(app, 'npx', 'tsc', '--noEmit');
  run(app, 'npx', 'cdk8s', 'synth');

  const manifests = readFileSync(join(app, 'dist', 'marathon.k8s.yaml'), 'utf8');
  expect(manifests).toContain('kind: HorizontalPodAutoscaler');
  expect(manifests).toContain('name: registration-seoul-marathon-bump');

  const plan = JSON.parse(run(app, 'npx', 'prewarm', 'plan', 'dist', '--json', '--at', '2026-12-01T00:00:00Z'));
  expect(JSON.stringify(plan)).toContain('seoul-marathon');
  run(app, 'npx', 'prewarm', 'plan', 'dist', '--svg', 'plan.svg', '--at', '2026-12-01T00:00:00Z');
  expect(readFileSync(join(app, 'plan.svg'), 'utf8')).toMatch(/^<svg [\s\S]*seoul-marathon[\s\S]*<\/svg>$/);
  expect(run(app, 'npx', 'prewarm', 'rehearse', 'dist', '--require', 'success>=0.99')).toContain('seoul-marathon');
  expect(run(app, 'node', '-e', "console.log(typeof require('cdk8s-prewarm/lib/testing').Rehearsal.of)")).toBe('function\n');
});

test('the constructs and what is for tests are found from CommonJS, from ESM, and by TypeScript with nodenext', () => {
  const app = mkdtempSync(join(work, 'modules-'));
  const uses = `import { PrewarmedService } from 'cdk8s-prewarm';
import { Rehearsal } from 'cdk8s-prewarm/lib/testing';
import { PlanValidation } from 'cdk8s-prewarm/lib/validation.js';
console.log(typeof PrewarmedService, typeof Rehearsal.of, typeof PlanValidation);
`;
  write(app, {
    'package.json': JSON.stringify({
      name: 'modules', private: true, type: 'module', dependencies: peerDependencies, devDependencies: { 'typescript': '~5.9.0', '@types/node': '^20' },
    }),
    'tsconfig.json': JSON.stringify({ compilerOptions: { target: 'ES2022', module: 'nodenext', strict: true, types: ['node'], skipLibCheck: true } }),
    'main.ts': uses,
    'main.cjs': uses.replace(/import (.*) from (.*);/g, 'const $1 = require($2);'),
  });
  install(app, tarball);
  run(app, 'npx', 'tsc');
  expect([run(app, 'node', 'main.js'), run(app, 'node', 'main.cjs')]).toEqual(Array(2).fill('function function function\n'));
});

describe('a copy of an example runs', () => {
  test('the marathon: synth runs the findings of prewarm plan, and fails on a planted error', () => {
    const app = copyOf('marathon');
    install(app, tarball);
    expect(run(app, 'npm', 'run', 'build')).toContain('dist/marathon.k8s.yaml');
    expect(run(app, 'npx', 'prewarm', 'plan', 'dist', '--at', '2026-12-01T00:00:00Z')).toContain('seoul-marathon');

    const main = readFileSync(join(app, 'main.ts'), 'utf8');
    write(app, {
      'main.ts': main
        .replace("new PrewarmedService(chart, 'queue'", "const queue = new PrewarmedService(chart, 'queue'")
        .replace('import { App,', 'import { ApiObject, JsonPatch, App,')
        .replace('app.synth()', "ApiObject.of(queue.deployment).addJsonPatch(JsonPatch.add('/spec/replicas', 3));\napp.synth()"),
    });
    expect(refusal(app, 'npx', 'cdk8s', 'synth')).toEqual({ status: 2, stdout: expect.stringContaining('replicas-set') });
  });

  test('the preset: the library compiles, passes its test and packs, and the app of a squad uses the package', () => {
    const library = copyOf('preset');
    install(library, tarball);
    run(library, 'npx', 'projen', 'compile');
    run(library, 'npx', 'jest', '--ci');
    const [{ filename }] = JSON.parse(run(library, 'npm', 'pack', '--json', '--ignore-scripts'));
    const app = join(library, 'app');
    install(app, tarball, join(library, filename));
    expect(run(app, 'npm', 'run', 'build')).toContain('dist/tickets.k8s.yaml');
    expect(readFileSync(join(app, 'dist', 'tickets.k8s.yaml'), 'utf8')).toContain('registry.acme.example/shop-web@sha256:');
  });
});

/** As a user would copy it, without what stood there of a synth or an install. */
function copyOf(example: string): string {
  const folder = mkdtempSync(join(work, `${example}-`));
  cpSync(join(ROOT, 'examples', example), folder, {
    recursive: true, filter: source => !/^(dist|lib|node_modules)$/.test(basename(source)) || source === join(ROOT, 'examples', example),
  });
  return folder;
}

/** These tarballs, and all else that its package.json names; jsii does not take a file for a version of a peer. */
function install(folder: string, ...tarballs: string[]): void {
  run(folder, 'npm', 'install', '--no-save', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs);
}

/** How a program ended that must not succeed. */
function refusal(cwd: string, command: string, ...args: string[]) {
  const { status, stdout } = spawnSync(command, args, { cwd, encoding: 'utf8', env: ENV });
  return { status, stdout };
}

/** The first TypeScript block of the README: what a new user copies. */
function firstProgramOf(readme: string): string {
  return /```ts[^\n]*\n([\s\S]*?)```/.exec(readme)![1];
}

function write(folder: string, contents: { [file: string]: string }): void {
  for (const [file, text] of Object.entries(contents)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, file), text);
  }
}

function run(cwd: string, command: string, ...args: string[]): string {
  return execFileSync(command, args, {
    cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], env: ENV, maxBuffer: 64_000_000,
  });
}
