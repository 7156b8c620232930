import * as fs from 'fs';
import * as path from 'path';
import { FindingKind } from '../../src/core/finding';
import { ALLOWANCE_FINDINGS } from '../../src/manifests/allowances';
import { CHECKS } from '../../src/manifests/checks';

const PAGE = fs.readFileSync(path.join(__dirname, '../../docs/reference/findings.md'), 'utf8');
const FOLDER = path.join(__dirname, '../../src/manifests/checks');

/** The kinds of findings by the heading of the reference page under which they stand. */
const SECTIONS: { readonly [heading: string]: readonly (readonly [id: string, FindingKind])[] } = {
  'prewarm plan': [...CHECKS.map(check => [check.id, check] as const), ...Object.entries(ALLOWANCE_FINDINGS)],
};

test.each(Object.keys(SECTIONS))("the reference page lists each finding of '%s' with severity and meaning, by the alphabet, and no other", heading => {
  const rows = SECTIONS[heading].map(([id, { severities, meaning }]) => `| \`${id}\` | ${severities.join(', ')} | ${meaning} |`);
  expect(rowsUnder(heading)).toEqual(rows.sort());
});

test('the reference page has no other sections of findings', () => {
  expect(PAGE.match(/(?<=^## `).*(?=`$)/gm)).toEqual(Object.keys(SECTIONS));
});

test('each check is a file that bears its id, and each file is listed', () => {
  const files = fs.readdirSync(FOLDER).filter(file => file !== 'index.ts').map(file => path.basename(file, '.ts'));
  expect(CHECKS.map(({ id }) => id).sort()).toEqual(files.sort());
});

test.each(Object.values(SECTIONS).flat())("the meaning of '%s' is a sentence, its id is kebab-case", (id, { meaning }) => {
  expect(meaning).toMatch(/^[A-Z`].*\.$/);
  expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
});

function rowsUnder(heading: string): string[] {
  const section = PAGE.split(/^## /m).find(text => text.startsWith(`\`${heading}\`\n`)) ?? '';
  const [, table = ''] = section.split('| id | severity | meaning |\n');
  return table.match(/^\| `.*$/gm) ?? [];
}
