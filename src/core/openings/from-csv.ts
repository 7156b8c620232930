import { CSV_SEPARATORS, CsvRecord, CsvSeparator, nameOf, readCsv } from './csv';
import { ListedOpening, Problems, WrittenOpening, resolveOpenings } from './listed';
import { isoDate, isoDateTime, isoTime, spanMs } from './spelling';

/** What a column can hold. */
const COLUMNS = ['at', 'date', 'time', 'timeZone', 'demand', 'lead', 'hold'] as const;
type Column = typeof COLUMNS[number];

/** How the columns of a list are called, where that is not as here. */
export type ColumnNames = { readonly [column in Column]?: string };

/** Where each column stands. */
type Header = ReadonlyMap<Column, number>;

/**
 * The openings of a list with comma-separated values, oldest first.
 *
 * The first row that is not empty names the columns, in any order: `at`, or `date` and `time`; `timeZone`, `demand`, `lead` and `hold` if
 * there is something to say. Other columns are left alone.
 *
 * @param zone IANA name for wall times whose row names none
 * @param names how the columns are called here
 * @throws Error that lists what is wrong, row by row
 */
export function openingsFromCsv(text: string, zone: string | undefined, names: ColumnNames = {}): ListedOpening[] {
  if (text.includes('\u0000')) {
    throw new Error('the list is not read as UTF-8; save it as "CSV UTF-8", and read it with readFileSync(FILE, \'utf8\')');
  }
  const separator = separatorOf(text, names);
  const [head, ...records] = readCsv(text, separator);
  if (!head) {
    throw new Error("the list is empty; its first row names the columns, such as 'at,demand'");
  }
  const header = headerOf(head, names);
  if (records.length === 0) {
    throw new Error(`the list has no opening below its header (row ${head.row})`);
  }
  const problems = new Problems();
  const written = records.flatMap(record => {
    const where = `row ${record.row}`;
    return problems.collect(where, () => [writtenIn(record, where, header, head, separator)]) ?? [];
  });
  const openings = resolveOpenings(written, zone, problems);
  problems.throwIfAny();
  return openings;
}

/** The one that makes most columns of the header known. */
function separatorOf(text: string, names: ColumnNames): CsvSeparator {
  let [best, most] = [CSV_SEPARATORS[0], -1];
  for (const separator of CSV_SEPARATORS) {
    const known = headCells(text, separator).filter(name => columnOf(name, names) !== undefined).length;
    if (known > most) {
      [best, most] = [separator, known];
    }
  }
  return best;
}

/** None where the first row cannot be read that way: then it is not that separator. */
function headCells(text: string, separator: CsvSeparator): readonly string[] {
  try {
    return readCsv(text, separator, 1)[0]?.cells ?? [];
  } catch {
    return [];
  }
}

function columnOf(name: string, names: ColumnNames): Column | undefined {
  const renamed = COLUMNS.find(column => names[column] !== undefined && names[column]!.trim() === name.trim());
  return renamed ?? COLUMNS.find(column => names[column] === undefined && column.toLowerCase() === plain(name));
}

/** `Time zone` and `time_zone` are `timezone`. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, '');
}

function headerOf({ cells, row }: CsvRecord, names: ColumnNames): Header {
  const header = new Map<Column, number>();
  const shown = cells.map(cell => `'${cell.trim()}'`).join(', ');
  cells.forEach((name, i) => {
    const column = columnOf(name, names);
    if (column && header.has(column)) {
      throw new Error(`row ${row} names the column '${column}' twice: ${shown}`);
    }
    if (column) {
      header.set(column, i);
    }
    const meant = column === undefined ? COLUMNS.find(one => isNear(plain(name), one.toLowerCase())) : undefined;
    if (meant) {
      throw new Error(`row ${row} names a column '${name.trim()}'; did you mean '${meant}'?`);
    }
  });
  for (const [column, name] of Object.entries(names)) {
    if (name !== undefined && !header.has(column as Column)) {
      throw new Error(`'columns.${column}' (${name}) is no column of the list; row ${row} names ${shown}`);
    }
  }
  const [hasAt, hasDate, hasTime] = (['at', 'date', 'time'] as const).map(column => header.has(column));
  if (hasAt ? hasDate || hasTime : !(hasDate && hasTime)) {
    throw new Error(`row ${row} must name the column 'at', or 'date' and 'time', got ${shown}; known are ${COLUMNS.join(', ')}, `
      + "and 'columns' says how they are called in this list, such as columns: { at: 'Opens' }");
  }
  return header;
}

/** One letter wrong, missing or too much: a name that is misspelt must not be passed over as one that we do not know. */
function isNear(a: string, b: string): boolean {
  if (a === b || b.length < 4 || Math.abs(a.length - b.length) > 1) {
    return false;
  }
  let same = 0;
  while (same < a.length && a[same] === b[same]) {
    same++;
  }
  return [[1, 1], [1, 0], [0, 1]].some(([skipA, skipB]) => a.slice(same + skipA) === b.slice(same + skipB));
}

function writtenIn({ cells }: CsvRecord, where: string, header: Header, head: CsvRecord, separator: CsvSeparator): WrittenOpening {
  if (cells.slice(head.cells.length).some(cell => cell.trim() !== '')) {
    throw new Error(`there are ${cells.length} cells, but only ${head.cells.length} columns; put a cell that holds ${nameOf(separator)} into quotes`);
  }
  const cellOf = (column: Column): string | undefined => {
    const at = header.get(column);
    return at === undefined ? undefined : cells[at]?.trim() || undefined;
  };
  const required = (column: Column): string => {
    const cell = cellOf(column);
    if (cell === undefined) {
      throw new Error(`'${column}' is empty; write one, or take the row out`);
    }
    return cell;
  };
  const span = (column: 'lead' | 'hold') => {
    const cell = cellOf(column);
    return cell === undefined ? undefined : spanMs(column, cell);
  };
  const at = header.has('at')
    ? isoDateTime('at', required('at'))
    : `${isoDate('date', required('date'))}T${isoTime('time', required('time'))}`;
  return {
    where, at, prop: header.has('at') ? 'at' : 'time', timeZone: cellOf('timeZone'), demand: cellOf('demand'), leadMs: span('lead'), holdMs: span('hold'),
  };
}
