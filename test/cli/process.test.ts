import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleCli } from '../../projenrc/cli-bundle';
import { MARATHON, autoscaler, deployment, synthOf, yamlOf } from '../manifests/plans';

/** The bundle in a process of its own, where a package would have it. */

const ROOT = join(__dirname, '../..');
let app: string;

beforeAll(async () => {
  app = mkdtempSync(join(tmpdir(), 'prewarm-cli-'));
  mkdirSync(join(app, 'package/bin'), { recursive: true });
  copyFileSync(join(ROOT, 'package.json'), join(app, 'package/package.json'));
  copyFileSync(join(ROOT, 'bin/prewarm'), join(app, 'package/bin/prewarm'));
  await bundleCli(ROOT, join(app, 'package/assets/cli'));
  writeFileSync(join(app, 'marathon.yaml'), yamlOf(...synthOf(MARATHON), deployment('registration'), autoscaler('registration')));
});

afterAll(() => rmSync(app, { recursive: true, force: true }));

test('--version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  expect(await prewarm('--version')).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
});

test('pictures and calendars are complete files, and nothing is left beside them', async () => {
  writeFileSync(join(app, 'plan.svg'), 'what stood there before');
  const { exitCode, stderr } = await prewarm('plan', 'marathon.yaml', '--at', '2026-12-01T00:00:00Z', '--svg', 'plan.svg', '--ics', 'openings.ics');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: 'wrote plan.svg\nwrote openings.ics\n' });
  expect(readFileSync(join(app, 'plan.svg'), 'utf8')).toMatch(/^<svg [\s\S]*seoul-marathon[\s\S]*<\/svg>$/);
  expect(readFileSync(join(app, 'openings.ics'), 'utf8')).toMatch(/^BEGIN:VCALENDAR[\s\S]*END:VCALENDAR\r\n$/);
  expect(readdirSync(app).sort()).toEqual(['marathon.yaml', 'openings.ics', 'package', 'plan.svg']);
});

test('a link stays a link, and a device is written to', async () => {
  symlinkSync('real.svg', join(app, 'link.svg'));
  writeFileSync(join(app, 'real.svg'), '');
  await prewarm('plan', 'marathon.yaml', '--svg', 'link.svg');
  expect(readFileSync(join(app, 'real.svg'), 'utf8')).toMatch(/^<svg /);
  expect(await prewarm('plan', 'marathon.yaml', '--svg', '/dev/null')).toMatchObject({ exitCode: 0 });
});

test('a file that cannot be written is named, exit code 2', async () => {
  expect(await prewarm('plan', 'marathon.yaml', '--svg', 'nowhere/plan.svg'))
    .toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/^cannot write 'nowhere\/plan\.svg': ENOENT/) });
});

async function prewarm(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  return new Promise(resolve => {
    const child = execFile(process.execPath, [join(app, 'package/bin/prewarm'), ...args], { cwd: app }, (_, stdout, stderr) =>
      resolve({ exitCode: child.exitCode ?? -1, stdout, stderr }));
  });
}
