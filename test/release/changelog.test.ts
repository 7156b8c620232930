import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newestEntry } from '../../projenrc/changelog';

const ROOT = join(__dirname, '../..');

test('the version of the package is that of the newest entry', () => {
  expect(newestEntry().version).toBe(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version);
});

test('an entry ends where the next one begins', () => {
  expect(newestEntry('# Changelog\n\n## 0.2.0 (2027-01-02)\n\n- two\n\n### Fixed\n\n- three\n\n## 0.1.0 (2026-11-25)\n\n- one\n'))
    .toEqual({ version: '0.2.0', date: '2027-01-02', text: '- two\n\n### Fixed\n\n- three' });
});

test('a changelog without an entry is refused', () => {
  expect(() => newestEntry('# Changelog\n\n## Unreleased\n')).toThrow("CHANGELOG.md has no heading such as '## 0.1.0 (2026-11-25)'");
});

test('the notes of a release are the newest entry, and another tag is refused', () => {
  const notes = (tag: string) => execFileSync('node_modules/.bin/tsx', ['projenrc/changelog.ts', tag], { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' });
  const { version, text } = newestEntry();
  expect(notes(`v${version}`)).toBe(`${text}\n`);
  expect(() => notes('v9.9.9')).toThrow(`the tag is v9.9.9, the newest entry of CHANGELOG.md is ${version}`);
});
