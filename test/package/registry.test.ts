import { ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

/**
 * A preset as a platform team publishes it: to a registry, from which a squad's app installs it.
 *
 * The registry (verdaccio, on loopback) is a program of this test alone, with folders of its own; what it does not have it asks of the
 * registry that npm is set to. Needs a built tree (`npx projen compile`).
 */
const ROOT = resolve(__dirname, '../..');
// the last that runs on Node 20
const VERDACCIO = 'verdaccio@6.1.6';
const PNPM = 'pnpm@10';

/** For one program; a registry that does not answer must not hold the others up. */
const TIMEOUT_MS = 240_000;

jest.setTimeout(600_000);

let work: string;
let tools: string;
let registry: string;
let server: ChildProcess | undefined;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'prewarm-registry-'));
  // verdaccio asks for a tag, which mirrors of the registry need not have
  tools = folder('tools', { 'package.json': JSON.stringify({ private: true, overrides: { 'node-fetch': '^2' } }) });
  const upstream = run(work, 'npm', 'config', 'get', 'registry').trim();
  run(tools, 'npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts', VERDACCIO, PNPM);
  const port = await freePort();
  registry = `http://127.0.0.1:${port}/`;
  await startRegistry(port, upstream);
  publish(ROOT);
  publishPreset();
});

afterAll(() => {
  server?.kill();
  rmSync(work, { recursive: true, force: true });
});

test.each([
  ['npm', ['npm', 'install', '--no-audit', '--no-fund', '--strict-peer-deps']],
  ['pnpm', ['pnpm', 'install', '--strict-peer-dependencies', '--no-frozen-lockfile']],
])("a squad's app installs the preset with %s, its peers fit, and it synthesizes", (name, install) => {
  const app = copyOf(join('preset', 'app'), name);
  run(app, ...install as [string, ...string[]]);
  run(app, 'npm', 'run', 'build');
  const manifests = readFileSync(join(app, 'dist', 'tickets.k8s.yaml'), 'utf8');
  expect(manifests).toContain('registry.acme.example/shop-web@sha256:');
  expect(manifests).toContain('acme.example/cost-centre: tickets');
  // one copy of each, that of the app
  const [own, presets] = ['cdk8s-prewarm/package.json', '@acme/tickets/package.json'].map(path =>
    run(app, 'node', '-p', `const at = require.resolve('${path}'); require('module').createRequire(at).resolve('cdk8s/package.json')`));
  expect(presets).toBe(own);
});

/** Compiled against the library that is in the registry. */
function publishPreset(): void {
  const preset = copyOf('preset', 'preset');
  run(preset, 'npm', 'install', '--no-save', '--no-audit', '--no-fund');
  run(preset, 'npx', 'projen', 'compile');
  publish(preset);
}

function publish(from: string): void {
  run(from, 'npm', 'publish', '--ignore-scripts', '--tag', 'latest');
}

async function startRegistry(port: number, upstream: string): Promise<void> {
  const config = join(folder('registry', {}), 'config.yaml');
  writeFileSync(config, [
    `storage: ${JSON.stringify(join(work, 'registry', 'storage'))}`,
    `uplinks: { upstream: { url: ${JSON.stringify(upstream)}, timeout: 60s } }`,
    'packages:',
    "  'cdk8s-prewarm': { access: $all, publish: $all }",
    "  '@acme/*': { access: $all, publish: $all }",
    "  '**': { access: $all, proxy: upstream }",
    'max_body_size: 50mb',
    'log: { type: stdout, level: error }',
    '',
  ].join('\n'));
  const verdaccio = join(tools, 'node_modules', '.bin', 'verdaccio');
  server = spawn(verdaccio, ['--config', config, '--listen', `127.0.0.1:${port}`], { cwd: work, stdio: 'ignore' });
  for (let tries = 0; ; tries++) {
    const answer = await fetch(`${registry}-/ping`, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined);
    if (answer?.ok) {
      return;
    }
    if (tries > 60 || server.exitCode !== null) {
      throw new Error('the registry does not answer');
    }
    await new Promise(next => setTimeout(next, 500));
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  return new Promise((found, reject) => probe.on('error', reject).listen(0, '127.0.0.1', () => {
    const { port } = probe.address() as { port: number };
    probe.close(() => found(port));
  }));
}

/** As a user would copy it, without what stood there of a synth or an install. */
function copyOf(example: string, name: string): string {
  const to = join(work, name, 'copy');
  const from = join(ROOT, 'examples', example);
  cpSync(from, to, { recursive: true, filter: source => source === from || !/^(dist|lib|node_modules)$/.test(basename(source)) });
  return to;
}

function folder(name: string, files: { readonly [name: string]: string }): string {
  const path = join(work, name);
  mkdirSync(path, { recursive: true });
  Object.entries(files).forEach(([file, text]) => writeFileSync(join(path, file), text));
  return path;
}

/** With the registry of this test, and without a configuration or a cache of the user's. */
function run(cwd: string, command: string, ...args: string[]): string {
  const env = {
    ...process.env,
    CDK8S_CHECK_UPGRADE: 'false',
    PATH: `${join(tools ?? work, 'node_modules', '.bin')}:${process.env.PATH}`,
    ...registry ? {
      npm_config_registry: registry,
      // npm publishes nothing without a token, whether the registry asks for one or not
      [`npm_config_${registry.replace('http:', '')}:_authToken`]: 'nobody',
      npm_config_cache: join(work, 'cache'),
      npm_config_store_dir: join(work, 'store'),
    } : {},
  };
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: 'pipe', env, timeout: TIMEOUT_MS });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')} in ${cwd} failed: ${(error as Error).message}\n${stdout}\n${stderr}`);
  }
}
