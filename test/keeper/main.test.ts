import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { opening, planOf } from './harness';
import { encodePlan } from '../../src/core/plan/document';

const PLAN = encodePlan(planOf([opening('sale', { from: 60, at: 120, until: 180 }, 40, 60)]));

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keeper-'));
  buildSync({ entryPoints: ['src/keeper/main.ts'], bundle: true, platform: 'node', target: 'node20', outfile: join(folder, 'keeper.js') });
});

afterAll(() => rmSync(folder, { recursive: true }));

test.each([[[]], [['sing']], [['bump']], [['verify', '--event']]])('called with %j it says how it is called', args => {
  expect(run(PLAN, ...args)).toEqual({
    status: 2,
    line: expect.objectContaining({ did: 'failed', message: 'usage: keeper.js arm | bump --event ID | guard | verify --event ID | drop | repair' }),
    end: 'usage: keeper.js arm | bump --event ID | guard | verify --event ID | drop | repair',
  });
});

test.each([
  ['of another version', PLAN.replace('"version": 1', '"version": 9'), 'the plan has version 9, this program reads version 1; deploy plan and keeper together, from one release of cdk8s-prewarm'],
  ['that is no JSON', 'version: 1', /^the plan is no JSON .*; deploy the chart again$/],
  ['that lacks something', PLAN.replace('"floor":2,', ''), /^'baseline.floor' of the plan must be a whole number of at least 0, got undefined; deploy the chart again$/],
])('a plan %s is refused, and the end of the log says what to do', (_, plan, sentence) => {
  const { status, line, end } = run(plan, 'drop');
  expect(status).toBe(2);
  expect(line.message).toBe(end);
  expect(end).toMatch(sentence);
});

/** Runs the bundle beside a plan, as the jobs do. */
function run(plan: string, ...args: string[]) {
  writeFileSync(join(folder, 'plan.json'), plan);
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'keeper.js'), ...args], { encoding: 'utf8' });
  return { status, line: JSON.parse(stdout), end: stderr.trim() };
}
