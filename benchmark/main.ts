import { join } from 'node:path';
import Table from 'cli-table3';
import { compare, interleaved } from './measure';

/**
 * Ratios against a named peer, in one run, interleaved; min, median and max.
 *
 * `npm run benchmark -- 3` makes three runs of each instead of five. What needs more than node is run by itself: `benchmark/keeper.ts`
 * (a cluster), `benchmark/rehearsal.ts`.
 */
const RUNS = Number(process.argv[2] ?? 5);
const ROOT = join(__dirname, '..');
const TS = ['--import', 'tsx'];

const table = new Table({
  head: ['what', 'ours, CPU ms', 'peer, CPU ms', 'ratio', 'ours, peak MB', 'peer, peak MB'],
  style: { head: [], border: [] },
});

const imports = interleaved({
  ours: ['-e', importing('.')],
  peer: ['-e', importing('cdk8s-plus-28')],
}, RUNS * 2);
table.push(compare('import cdk8s-prewarm / cdk8s-plus-28', imports.ours, imports.peer));

for (const count of [10, 100, 1_000]) {
  const synths = interleaved({
    ours: [...TS, join(ROOT, 'benchmark', 'synth-ours.ts'), String(count)],
    peer: [...TS, join(ROOT, 'benchmark', 'synth-by-hand.ts'), String(count)],
  }, RUNS);
  table.push(compare(`synth of ${count} services / the same objects by hand`, synths.ours, synths.peer));
}

const shared = interleaved({
  with: [...TS, join(ROOT, 'benchmark', 'synth-shared.ts'), '100'],
  without: [...TS, join(ROOT, 'benchmark', 'synth-ours.ts'), '100'],
}, RUNS);
table.push(compare('synth of 100 services that share ten dependencies / the same without', shared.with, shared.without));

console.log(`median (min-max) of ${RUNS} runs, ours and peer in turn, each in a process of its own\n`);
console.log(table.toString());

function importing(name: string): string {
  const path = name === '.' ? ROOT : name;
  return `const t=process.cpuUsage();require(${JSON.stringify(path)});const{user,system}=process.cpuUsage(t);console.log(JSON.stringify({ms:(user+system)/1e3}))`;
}
