import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as ts from 'typescript';

const ROOT = join(__dirname, '../..');
const FIXTURE = readFileSync(join(ROOT, 'rosetta/default.ts-fixture'), 'utf8');

/** A block of TypeScript on a page. */
interface Block {
  /** `docs/deploying.md:73` */
  readonly place: string;
  /** Of a module of its own, which the compiler never writes. */
  readonly file: string;
  readonly text: string;
}

const BLOCKS = ['README.md', 'README.ko.md', 'CONTRIBUTING.md', ...pagesIn('docs')].flatMap(blocksOf);
/** Of no page: code that must not compile. */
const WRONG: Block = { place: '', file: join(ROOT, 'wrong.ts'), text: FIXTURE.replace('/// here', "new PrewarmedService(chart, 'shop', { imaeg: 'shop:1' });") };
const ERRORS = errorsIn([...BLOCKS, WRONG]);

test('there are blocks on the pages of docs/', () => {
  expect(BLOCKS.filter(({ place }) => place.startsWith('docs/')).length).toBeGreaterThan(3);
});

test.each(BLOCKS.map(({ place, file }) => ({ place, file })))('the code at $place compiles', ({ file }) => {
  expect(ERRORS.get(file)).toEqual([]);
});

test('code that does not compile is found', () => {
  expect(ERRORS.get(WRONG.file)).toEqual([expect.stringContaining("'imaeg' does not exist")]);
});

function pagesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter(path => path.endsWith('.md')).sort().map(path => join(folder, path));
}

/** Blocks that begin with three backticks and `ts`; the fixture is around them, unless `nofixture` follows. */
function blocksOf(page: string): Block[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(/^```ts( nofixture)?\n([^]*?)^```$/gm)].map(({ index, 1: nofixture, 2: code }) => {
    const line = text.slice(0, index).split('\n').length;
    return {
      place: `${page}:${line}`,
      file: join(ROOT, `${page}.${line}.ts`),
      text: nofixture ? code : FIXTURE.replace('/// here', () => code),
    };
  });
}

/** What the compiler says about each block, by its file: one program for all. */
function errorsIn(blocks: readonly Block[]): Map<string, string[]> {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.check.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: blocks.map(({ file }) => relative(ROOT, file)) }, ts.sys, ROOT);
  // a fixture declares more than each block uses
  const host = ts.createCompilerHost({ ...options, noUnusedLocals: false });
  const texts = new Map(blocks.map(({ file, text }) => [file, text]));
  const { readFile, fileExists } = host;
  host.readFile = path => texts.get(path) ?? readFile(path);
  host.fileExists = path => texts.has(path) || fileExists(path);
  const program = ts.createProgram([...texts.keys()], { ...options, noUnusedLocals: false }, host);
  return new Map(blocks.map(({ file }) => {
    const source = program.getSourceFile(file)!;
    return [file, [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))];
  }));
}
