import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const ROOT = join(__dirname, '../..');
const PAGES = ['README.md', 'CONTRIBUTING.md', ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.md')).sort().map(path => join('docs', path))];

test.each(PAGES)('every link of %s leads to a file, and to a heading in it', page => {
  const links = [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link).filter(link => !/^https?:/.test(link));
  expect(links.filter(link => !isThere(page, link))).toEqual([]);
});

test('every page of docs/ can be reached from docs/README.md', () => {
  const linked = [...textOf('docs/README.md').matchAll(/\]\(([^)\s#]+)/g)].map(([, link]) => join('docs', link));
  expect(PAGES.filter(page => page.startsWith('docs/') && page !== 'docs/README.md' && !linked.includes(page))).toEqual([]);
});

function isThere(page: string, link: string): boolean {
  const [path, anchor] = link.split('#');
  const target = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), path);
  if (!existsSync(target)) {
    return false;
  }
  return anchor === undefined || statSync(target).isFile() && anchorsOf(textOf(relative(ROOT, target))).includes(anchor);
}

/** As GitHub makes them of headings. */
function anchorsOf(text: string): string[] {
  return [...text.replace(/^```[^]*?^```/gm, '').matchAll(/^#+ (.*)$/gm)]
    .map(([, heading]) => heading.toLowerCase().replace(/[^\p{L}\p{N}\- ]/gu, '').replace(/ /g, '-'));
}

function textOf(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}
