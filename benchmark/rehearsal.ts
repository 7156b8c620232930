import { join } from 'node:path';
import Table from 'cli-table3';
import { Run, interleaved, spreadOf } from './measure';
import { rehearse } from '../src/rehearsal/rehearse';
import { HOUR, marathon } from '../test/rehearsal/services';

/**
 * A day in steps of a second around one opening: CPU time and peak memory, for services of different sizes.
 *
 * `tsx --tsconfig tsconfig.check.json benchmark/rehearsal.ts [RUNS]`; every run in a process of its own, the sizes in turn.
 */
const SIZES = [50, 500, 5_000];
/** In one process: the first is what a command line pays, the others what a program that is warm pays. */
const REPEATS = 15;

const [argument, mode] = process.argv.slice(2);
if (mode) {
  console.log(JSON.stringify({ ms: day(Number(argument), mode === 'first' ? 1 : REPEATS) }));
} else {
  report(Number(argument ?? 5));
}

/** CPU milliseconds of a day: the first, or the median of all but the first. */
function day(floor: number, repeats: number): number {
  const service = marathon({ floor, ceiling: Math.ceil(floor * 1.5), rps: floor * 140 });
  const times = Array.from({ length: repeats }, () => {
    const before = process.cpuUsage();
    const { prewarmed } = rehearse(service, { fromMs: -12 * HOUR, untilMs: 12 * HOUR, assume: { nodesMax: 10_000 } });
    const { user, system } = process.cpuUsage(before);
    if (prewarmed.verify.ready !== floor || prewarmed.series.served.length !== 86_400) {
      throw new Error(`the day was not played: ${prewarmed.verify.says}`);
    }
    return (user + system) / 1000;
  });
  return spreadOf(times.length > 1 ? times.slice(1) : times).median;
}

function report(runs: number): void {
  const program = (size: number, which: string) => ['--import', 'tsx', join(__dirname, 'rehearsal.ts'), String(size), which];
  const programs = SIZES.flatMap(size => ['first', 'warm'].map(which => [`${size} ${which}`, program(size, which)]));
  const results = interleaved(Object.fromEntries(programs), runs);
  const show = (list: readonly number[], digits = 0) => {
    const { min, median, max } = spreadOf(list);
    return `${median.toFixed(digits)} (${min.toFixed(digits)}-${max.toFixed(digits)})`;
  };
  const ms = (list: readonly Run[]) => list.map(run => run.ms);
  const reference = ms(results['500 warm']);
  const table = new Table({ head: ['pods', 'first, CPU ms', 'warm, CPU ms', 'warm / 500 pods', 'peak MB'], style: { head: [], border: [] } });
  for (const size of SIZES) {
    const [first, warm] = [results[`${size} first`], results[`${size} warm`]];
    const ratios = ms(warm).map((each, i) => each / reference[i]);
    table.push([size, show(ms(first)), show(ms(warm)), show(ratios, 2), show(first.map(({ peakMb }) => peakMb))]);
  }
  console.log(`a day of 86,400 steps around one opening; median (min-max) of ${runs} runs, sizes in turn, each in a process of its own\n`);
  console.log(table.toString());
}
