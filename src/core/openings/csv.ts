/**
 * Comma-separated values as spreadsheet programs write them (RFC 4180, and what people have beside it).
 *
 * Own code rather than a package: a construct library has no runtime dependency, and a reader of text cells is smaller than what would
 * have to be bundled. Its tests hold it against `csv-parse`. Cells stay text, also those that begin with `=`: nothing is evaluated.
 */
export interface CsvRecord {
  /** As a spreadsheet numbers it: the first is 1, and empty ones count. */
  readonly row: number;
  readonly cells: readonly string[];
}

/** What stands between two cells. */
export type CsvSeparator = ',' | ';' | '\t';

/** The separators that are tried, the most usual first. */
export const CSV_SEPARATORS: readonly CsvSeparator[] = [',', ';', '\t'];

const QUOTE = '"';

/**
 * Reads records, empty ones left out.
 *
 * Lines end with CRLF, LF or CR. A cell in quotes may hold separators and line ends, and a quote as two; a quote inside a cell that does
 * not begin with one is a quote.
 *
 * @throws Error that names the row where a quoted cell does not end, or goes on after its quote
 */
export function readCsv(text: string, separator: CsvSeparator, limit: number = Infinity): CsvRecord[] {
  const records: CsvRecord[] = [];
  // where an unquoted cell ends
  const end = new RegExp(`[${separator}\r\n]`, 'g');
  let at = text.startsWith('\ufeff') ? 1 : 0;
  let row = 1;
  let cells: string[] = [];
  while (at < text.length && records.length < limit) {
    const cell = text[at] === QUOTE ? quotedCell(text, at, row) : undefined;
    if (cell) {
      cells.push(cell.value);
      at = cell.end;
    } else {
      end.lastIndex = at;
      const stop = end.exec(text)?.index ?? text.length;
      cells.push(text.slice(at, stop));
      at = stop;
    }
    const next = text[at];
    if (next === separator) {
      at++;
      if (at < text.length) {
        continue;
      }
      cells.push('');
    } else if (next !== undefined && next !== '\r' && next !== '\n') {
      throw new Error(`row ${row}: a cell goes on after its closing quote; write a quote inside a quoted cell as two (""), `
        + `and separate cells by ${nameOf(separator)}`);
    }
    at += text.startsWith('\r\n', at) ? 2 : 1;
    if (cells.some(value => value.trim() !== '')) {
      records.push({ row, cells });
    }
    cells = [];
    row++;
  }
  return records;
}

/** A separator as a message says it. */
export function nameOf(separator: CsvSeparator): string {
  return separator === '\t' ? 'a tab' : `'${separator}'`;
}

function quotedCell(text: string, start: number, row: number): { readonly value: string; readonly end: number } {
  let value = '';
  for (let from = start + 1; ;) {
    const quote = text.indexOf(QUOTE, from);
    if (quote < 0) {
      throw new Error(`row ${row}: a cell begins with a quote that nothing closes; close it, or write a quote inside a quoted cell as two ("")`);
    }
    value += text.slice(from, quote);
    if (text[quote + 1] !== QUOTE) {
      return { value, end: quote + 1 };
    }
    value += QUOTE;
    from = quote + 2;
  }
}
