import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { newestEntry } from './changelog';

/**
 * What the last version was, for those who upgrade: its API, its keeper, and plans that it wrote.
 *
 * `npx projen keep-version` writes it from a built tree, at a release; `npx projen api-diff` and `test/release` read it.
 */
const ROOT = join(__dirname, '..');
const LAST = join(ROOT, 'test/last-version');
const EXAMPLES = ['examples/marathon/dist/marathon.k8s.yaml', 'examples/preset/app/dist/tickets.k8s.yaml'];

function keep(): void {
  mkdirSync(LAST, { recursive: true });
  writeFileSync(join(LAST, 'assembly.json'), `${JSON.stringify(JSON.parse(readFileSync(join(ROOT, '.jsii'), 'utf8')), undefined, 1)}\n`);
  copyFileSync(join(ROOT, 'assets/keeper/main/index.js'), join(LAST, 'keeper.js.txt'));
  const plans = EXAMPLES.flatMap(path => parseAllDocuments(readFileSync(join(ROOT, path), 'utf8')))
    .map(document => document.toJS())
    .filter(object => object?.kind === 'ConfigMap' && object.data?.['plan.json'])
    .map(({ metadata, data }) => [metadata.name, data['plan.json']]);
  writeFileSync(join(LAST, 'plans.json'), `${JSON.stringify({ version: newestEntry().version, plans: Object.fromEntries(plans) }, undefined, 2)}\n`);
}

/** Ends with an error where somebody who uses the last version would have to change something. */
function diff(): void {
  // jsii-diff reads packages
  const folder = join(ROOT, '.tmp/last-version');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(LAST, 'assembly.json'), join(folder, '.jsii'));
  copyFileSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  const { version } = JSON.parse(readFileSync(join(LAST, 'plans.json'), 'utf8'));
  const isAllowed = join(ROOT, 'projenrc/allowed-breaks.txt');
  const { status } = spawnSync('npx', ['jsii-diff', folder, ROOT, '--keys', '--error-on', 'all', '--ignore-file', isAllowed], { cwd: ROOT, stdio: 'inherit' });
  // a second package of this name would confuse who looks packages up by name
  rmSync(folder, { recursive: true });
  if (status !== 0) {
    console.error(`whoever uses ${version} must change something: keep what was there, or name it in CHANGELOG.md and its key in projenrc/allowed-breaks.txt`);
    process.exit(1);
  }
  console.log(`whoever uses ${version} changes nothing`);
}

if (process.argv[2] === 'keep') {
  keep();
} else {
  diff();
}
