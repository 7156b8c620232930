import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';

// API.md lists every public thing in a table: its name, its type, and what jsii takes for the first sentence of its comment

const SOURCES = join(__dirname, '..', '..', 'src');
const ROWS = [...readFileSync(join(SOURCES, 'index.ts'), 'utf8').matchAll(/from '\.\/(.*)'/g)].flatMap(([, file]) => rowsOf(`${file}.ts`));

/** No row begins with one of these: a reader would ask what is so, or does so. */
const DANGLING = /^(At|By|For|From|In|Of|On|To|When|With|Without)\b/;

test('the tables have rows', () => {
  expect(ROWS.length).toBeGreaterThan(150);
  expect(ROWS).toContainEqual(['Ramp.steps', expect.stringContaining('steps')]);
});

test('every row is a whole sentence, or what it is about: it ends in a full stop, not where jsii cuts it', () => {
  expect(ROWS.filter(([, row]) => !row.endsWith('.'))).toEqual([]);
});

test('every row makes sense without its name: it begins with what it is about, in words', () => {
  expect(ROWS.filter(([, row]) => DANGLING.test(row) || !/^[A-Z]/.test(row))).toEqual([]);
});

/** Name and row of all that a file exports. */
function rowsOf(file: string): [string, string][] {
  const rows: [string, string][] = [];
  const visit = (node: ts.Node, owner: string) => {
    const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) ?? [] : [];
    const comment = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc);
    // the public fields that a private constructor takes are public
    const isPrivate = modifiers.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword) && !ts.isConstructorDeclaration(node);
    if (isPrivate || ts.getJSDocTags(node).some(({ tagName }) => tagName.text === 'internal')) {
      return;
    }
    const name = `${owner}${ts.getNameOfDeclaration(node as ts.Declaration)?.getText() ?? 'constructor'}`;
    if (comment) {
      rows.push([name, rowOf(ts.getTextOfJSDocComment(comment.comment) ?? '')]);
    }
    if (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node) || ts.isEnumDeclaration(node)) {
      node.members.forEach(member => visit(member, `${name}.`));
    }
    if (ts.isConstructorDeclaration(node)) {
      node.parameters.forEach(parameter => visit(parameter, owner));
    }
  };
  const { statements } = ts.createSourceFile(file, readFileSync(join(SOURCES, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const isExported = (statement: ts.Statement) =>
    ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  statements.filter(isExported).forEach(statement => visit(statement, ''));
  return rows;
}

/** As jsii does it: the first paragraph, or of a long one all up to the first of these marks. */
function rowOf(comment: string): string {
  const [first, ...others] = comment.split(/(?:\r?\n){2}/);
  const isShort = others.length > 0 && first.split(' ').length < 20;
  const row = isShort ? first : /^([^!?.;]+[!?.;])[ \n\r]/.exec(comment)?.[1] ?? first;
  return row.trim().replace(/\r?\n/g, ' ');
}
