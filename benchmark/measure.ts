import { spawnSync } from 'node:child_process';

/** One figure over several runs. */
export interface Spread { readonly min: number; readonly median: number; readonly max: number }

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return { min: sorted[0], median: sorted[Math.floor(sorted.length / 2)], max: sorted[sorted.length - 1] };
}

/** What a program in a process of its own took. */
export interface Run { readonly ms: number; readonly peakMb: number }

/**
 * Runs each program in turn, A B A B …, each in a fresh node process.
 *
 * A program prints `{"ms": …}` as its last line; the peak of resident memory is added here.
 */
export function interleaved(programs: { readonly [name: string]: readonly string[] }, runs: number): { [name: string]: Run[] } {
  const results: { [name: string]: Run[] } = {};
  for (let i = 0; i <= runs; i++) {
    for (const [name, argv] of Object.entries(programs)) {
      const run = inProcess(argv);
      if (i > 0) { // the first round warms the disk
        (results[name] ??= []).push(run);
      }
    }
  }
  return results;
}

function inProcess(argv: readonly string[]): Run {
  const report = 'process.on("exit",()=>console.log(JSON.stringify({peakKb:process.resourceUsage().maxRSS})))';
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', `data:text/javascript,${report}`, ...argv], { encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(`${argv.join(' ')} failed: ${stderr}`);
  }
  const lines = stdout.trim().split('\n').slice(-2).map(line => JSON.parse(line));
  return { ms: lines[0].ms, peakMb: lines[1].peakKb / 1024 };
}

/** A row of a table: figures of A and B, and the ratio A/B pair by pair. */
export function compare(title: string, a: readonly Run[], b: readonly Run[]): string[] {
  const show = ({ min, median, max }: Spread, digits: number) => `${median.toFixed(digits)} (${min.toFixed(digits)}-${max.toFixed(digits)})`;
  return [
    title,
    show(spreadOf(a.map(run => run.ms)), 0),
    show(spreadOf(b.map(run => run.ms)), 0),
    show(spreadOf(a.map((run, i) => run.ms / b[i].ms)), 2),
    show(spreadOf(a.map(run => run.peakMb)), 0),
    show(spreadOf(b.map(run => run.peakMb)), 0),
  ];
}
