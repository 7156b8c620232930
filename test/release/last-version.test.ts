import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { decodePlan, encodePlan } from '../../src/core/plan/document';
import { PLAN_KEY } from '../../src/core/plan/names';
import { manifestsOfExamples } from '../support/examples';

// an upgrade is a deploy: for some seconds, and after a roll-back, plan and keeper are of two versions

const LAST = join(__dirname, '../last-version');
const { version, plans }: { version: string; plans: { readonly [name: string]: string } } = JSON.parse(readFileSync(join(LAST, 'plans.json'), 'utf8'));

/** Today's plans of the examples, by the names of their ConfigMaps. */
const today: { readonly [name: string]: string } = Object.fromEntries(
  manifestsOfExamples().flatMap(yaml => parseAllDocuments(yaml)).map(document => document.toJS())
    .filter(object => object?.data?.[PLAN_KEY])
    .map(({ metadata, data }) => [metadata.name, data[PLAN_KEY]]));

/** Where a keeper outside of a pod ends that has read its plan. */
const BEYOND_THE_PLAN = /serviceaccount\/namespace/;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'last-version-'));
  copyFileSync(join(LAST, 'keeper.js.txt'), join(folder, 'keeper.js'));
});

afterAll(() => rmSync(folder, { recursive: true }));

test.each(Object.keys(plans))('the plan of %s, which the last version wrote, is read and written as it was', name => {
  expect(encodePlan(decodePlan(plans[name]))).toBe(plans[name]);
});

test.each(Object.keys(today))('the keeper of the last version reads the plan of %s, or says that it is of another version', name => {
  const { sentence } = lastKeeper(today[name]);
  expect(sentence).toMatch(JSON.parse(today[name]).version === JSON.parse(Object.values(plans)[0]).version ? BEYOND_THE_PLAN : /^the plan has version \d+, /);
});

test('the keeper of the last version passes over fields that a later one adds', () => {
  const [plan] = Object.values(plans);
  expect(lastKeeper(plan.replace('"service":', '"of2030": {"any": [1]},\n  "service":')).sentence).toMatch(BEYOND_THE_PLAN);
});

test('the keeper of the last version refuses a plan document that it cannot know', () => {
  const [plan] = Object.values(plans);
  const { status, sentence } = lastKeeper(plan.replace('"version": 1', '"version": 2'));
  expect(status).toBe(2);
  expect(sentence).toMatch(/^the plan has version 2, this program reads version 1; /);
});

test('the assembly that is kept is that of the version that is kept', () => {
  expect(JSON.parse(readFileSync(join(LAST, 'assembly.json'), 'utf8')).version).toBe(version);
});

/** Runs the last version's bundle beside a plan, as the jobs do. */
function lastKeeper(plan: string) {
  writeFileSync(join(folder, PLAN_KEY), plan);
  const { status, stderr } = spawnSync(process.execPath, [join(folder, 'keeper.js'), 'drop'], { encoding: 'utf8' });
  return { status, sentence: stderr };
}
