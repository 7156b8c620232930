import { join } from 'node:path';
import Table from 'cli-table3';
import { interleaved, spreadOf } from './measure';
import { openingsFromCsv } from '../src/core/openings/from-csv';
import { MINUTE, formatIn } from '../src/core/time/wall-clock';

/**
 * Reading a list of 10,000 openings as CSV, in CPU milliseconds of a fresh process.
 *
 * `tsx --tsconfig tsconfig.check.json benchmark/openings.ts [RUNS]`; aim: under a second.
 */
const ROWS = 10_000;

const [argument, mode] = process.argv.slice(2);
if (mode) {
  const text = listOf(Number(argument));
  const before = process.cpuUsage();
  const openings = openingsFromCsv(text, 'Europe/Berlin');
  const { user, system } = process.cpuUsage(before);
  if (openings.length !== Number(argument)) {
    throw new Error(`read ${openings.length} openings`);
  }
  console.log(JSON.stringify({ ms: (user + system) / 1000 }));
} else {
  report(Number(argument ?? 5));
}

/** An opening each 97 minutes, through five years with their clock changes; every other cell in quotes. */
function listOf(rows: number): string {
  const lines = Array.from({ length: rows }, (_, i) => {
    const at = formatIn('Europe/Berlin', Date.parse('2027-01-01T00:00Z') + i * 97 * MINUTE);
    return `"Concert, hall ${i}";${i % 2 ? `"${at}"` : at};${['', 'small', 'large'][i % 3]};2h30m`;
  });
  return `\ufeffevent;at;demand;lead\r\n${lines.join('\r\n')}\r\n`;
}

function report(runs: number): void {
  const { csv } = interleaved({ csv: ['--import', 'tsx', join(__dirname, 'openings.ts'), String(ROWS), 'read'] }, runs);
  const { min, median, max } = spreadOf(csv.map(({ ms }) => ms));
  const table = new Table({ head: ['rows', 'CPU ms', 'rows a second'], style: { head: [], border: [] } });
  table.push([ROWS, `${median.toFixed(0)} (${min.toFixed(0)}-${max.toFixed(0)})`, Math.round(ROWS / median * 1000).toLocaleString('en-US')]);
  console.log(`median (min-max) of ${runs} runs, each in a process of its own\n`);
  console.log(table.toString());
}
