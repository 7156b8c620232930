import * as fs from 'fs';
import * as path from 'path';
import { CHECKS } from '../../src/manifests/checks';
import { FINDINGS } from '../docs/pages';

const FOLDER = path.join(__dirname, '../../src/manifests/checks');

test('each check is a file that bears its id, and each file is listed', () => {
  const files = fs.readdirSync(FOLDER).filter(file => file !== 'index.ts').map(file => path.basename(file, '.ts'));
  expect(CHECKS.map(({ id }) => id).sort()).toEqual(files.sort());
});

test.each(Object.values(FINDINGS).flatMap(kinds => Object.entries(kinds)))("the meaning of '%s' is a sentence, its id is kebab-case", (id, { meaning }) => {
  expect(meaning).toMatch(/^[A-Z`].*\.$/);
  expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
});
