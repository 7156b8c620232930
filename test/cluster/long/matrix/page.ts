import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kind, OF_KEDA, OF_KUBERNETES } from './kinds';
import { Cells, OPERATIONS } from './operations';

const PAGE = join(__dirname, '../../../../docs/reference/targets.md');
const PART = /(<!-- matrix -->\n)[^]*?(<!-- matrix end -->)/;

const NOT_RUN = 'not run';

/** Of a kind, as the page has it. */
export function cellsOnPage({ title }: Kind): Cells {
  const tables = PART.exec(readFileSync(PAGE, 'utf8'))![0].split(/\n\n/).map(table => table.split('\n').filter(line => line.startsWith('|')).map(cellsOf));
  const [head, , ...rows] = tables.find(([first]) => first?.includes(title)) ?? [[], []];
  return Object.fromEntries(rows.map(row => [row[0], row[head.indexOf(title)]]));
}

/** Writes the column of a kind. */
export function writeCells(kind: Kind, cells: Cells): void {
  const tables = [OF_KUBERNETES, OF_KEDA].map(kinds => {
    const columns = kinds.map(one => one === kind ? cells : cellsOnPage(one));
    return [['', ...kinds.map(({ title }) => title)], ['---', ...kinds.map(() => '---')],
      ...OPERATIONS.map(operation => [operation, ...columns.map(column => column[operation] ?? NOT_RUN)])].map(row => `| ${row.join(' | ')} |`).join('\n');
  });
  writeFileSync(PAGE, readFileSync(PAGE, 'utf8').replace(PART, `$1\n${tables[0]}\n\nScaledObjects of KEDA:\n\n${tables[1]}\n\n$2`));
}

/** What must be the same in each run: machines differ in their times. */
export function withoutTimes(cells: Cells): Cells {
  return Object.fromEntries(Object.entries(cells).map(([operation, cell]) => [operation, cell?.replace(/, [\d.]+ s$/, '')]));
}

function cellsOf(line: string): string[] {
  return line.split('|').slice(1, -1).map(cell => cell.trim());
}
