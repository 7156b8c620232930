import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { CSV_SEPARATORS, CsvSeparator, readCsv } from '../../../src/core/openings/csv';

test('reads any cells as csv-parse does, whatever the separator and the line ends are', () => {
  const cell = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', ' ', '=', '7', '가', ',', ';', '\t', '"', '\n', '\r'), maxLength: 6 }),
    fc.constantFrom('', '2026-12-05 10:00', '=A1+1'),
  );
  const list = fc.record({
    records: fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { maxLength: 6 }),
    separator: fc.constantFrom(...CSV_SEPARATORS),
    end: fc.constantFrom('\n', '\r\n'),
    bom: fc.constantFrom('', '\ufeff'),
    endsWithLine: fc.boolean(),
  });
  fc.assert(fc.property(list, ({ records, separator, end, bom, endsWithLine }) => {
    const lines = records.map(cells => cells.map(value => quoted(value, separator)).join(separator));
    const text = bom + lines.join(end) + (endsWithLine ? end : '');
    const oracle: string[][] = parse(text, {
      bom: true, delimiter: separator, record_delimiter: end, relax_column_count: true, skip_records_with_empty_values: true,
    });
    expect(readCsv(text, separator).map(({ cells }) => cells)).toEqual(oracle);
  }), { seed: 20261205, numRuns: 2_000 });
});

test('numbers rows as a spreadsheet does, empty ones included', () => {
  expect(readCsv('\nat\n\n"two\nlines"\n,\nlast', ',').map(({ row }) => row)).toEqual([2, 4, 6]);
});

test('a cell that begins with = stays text', () => {
  expect(readCsv('=1+1,="2026-12-05"', ',')).toEqual([{ row: 1, cells: ['=1+1', '="2026-12-05"'] }]);
});

test('a quote that nothing closes is refused with its row', () => {
  expect(() => readCsv('at\n2026\n"2027', ',')).toThrow('row 3: a cell begins with a quote that nothing closes');
});

test('a cell that goes on after its closing quote is refused with its row', () => {
  expect(() => readCsv('at\n"20"27', ',')).toThrow("row 2: a cell goes on after its closing quote; write a quote inside a quoted cell as two (\"\"), and separate cells by ','");
});

test('lines may end with a carriage return alone', () => {
  expect(readCsv('a\rb\r', ',').map(({ cells }) => cells)).toEqual([['a'], ['b']]);
});

function quoted(value: string, separator: CsvSeparator): string {
  return value.includes(separator) || /["\r\n]/.test(value) ? `"${value.replace(/"/g, '""')}"` : value;
}
