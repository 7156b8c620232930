const GAP = '  ';

/** The last column is never narrower than this, however narrow the terminal. */
const LEAST = 14;

export interface Row {
  readonly cells: readonly string[];
  /** Of the whole row, applied after the cells are laid out. */
  readonly style?: (text: string) => string;
}

export interface Layout {
  /** The table fits into this; its last column is wrapped. */
  readonly columns: number;
  /** Columns that are aligned to the right, by index. */
  readonly right?: readonly number[];
  readonly indent?: string;
  /** Columns to go without where there is no room, first to go first. */
  readonly spare?: readonly number[];
}

/** A table without lines. Columns without any text are left out. */
export function tableOf(head: Row, rows: readonly Row[], { columns, right = [], indent = '', spare = [] }: Layout): string[] {
  const all = [head, ...rows];
  const widthOf = (i: number) => Math.max(...all.map(({ cells }) => cells[i].length));
  const widthBefore = (list: readonly number[]) => list.slice(0, -1).reduce((sum, i) => sum + widthOf(i) + GAP.length, indent.length);
  let shown = head.cells.map((_, i) => i).filter(i => rows.some(({ cells }) => cells[i]));
  for (const i of spare) {
    shown = widthBefore(shown) + Math.min(LEAST, widthOf(shown[shown.length - 1])) > columns ? shown.filter(other => other !== i) : shown;
  }
  const widths = shown.map(widthOf);
  const last = shown.length - 1;
  const before = widthBefore(shown);
  const room = Math.max(LEAST, columns - before);
  return all.flatMap(({ cells, style = text => text }) => {
    const [first, ...more] = wrap(cells[shown[last]], room);
    const line = shown.slice(0, last).map((i, n) => right.includes(i) ? cells[i].padStart(widths[n]) : cells[i].padEnd(widths[n]));
    const end = right.includes(shown[last]) ? first.padStart(Math.min(room, widths[last])) : first;
    return [[...line, end].join(GAP), ...more.map(text => ' '.repeat(before - indent.length) + text)]
      .map(text => style((indent + text).trimEnd()));
  });
}

/** Breaks a text between words; a word that is too long stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines[lines.length - 1];
    if (line && line.length + 1 + word.length > width) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = line ? `${line} ${word}` : word;
    }
  }
  return lines;
}
