import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const ROOMS = [...readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8').matchAll(/^\| `(src\/[\w/]+)` \|/gm)].map(([, room]) => room);

test('every room in the table of CONTRIBUTING.md exists', () => {
  expect(ROOMS.length).toBeGreaterThan(7);
  expect(ROOMS.filter(room => !existsSync(join(ROOT, room)))).toEqual([]);
});

test('every folder of src, and of core, is a room in the table of CONTRIBUTING.md', () => {
  expect([...foldersIn('src'), ...foldersIn('src/core')].filter(folder => !ROOMS.includes(folder))).toEqual([]);
});

function foldersIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).filter(entry => entry.isDirectory()).map(({ name }) => `${folder}/${name}`);
}
