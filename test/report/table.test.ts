import { tableOf, wrap } from '../../src/report/table';

const HEAD = { cells: ['name', 'empty', 'pods', 'what happens'] };
const ROWS = [
  { cells: ['queue', '', '7', 'it rises'] },
  { cells: ['registration', '', '108', 'it is held by another event that goes on'] },
];

test('columns align, empty ones are left out, the last one is wrapped', () => {
  expect(tableOf(HEAD, ROWS, { columns: 42, right: [2], indent: '  ' })).toEqual([
    '  name          pods  what happens',
    '  queue            7  it rises',
    '  registration   108  it is held by',
    '                      another event that',
    '                      goes on',
  ]);
});

test('what can be spared goes first where there is no room', () => {
  expect(tableOf(HEAD, ROWS, { columns: 28, spare: [2] })[1]).toBe('queue         it rises');
});

test('a word that is longer than a line stays whole', () => {
  expect(wrap('a registration', 5)).toEqual(['a', 'registration']);
});
