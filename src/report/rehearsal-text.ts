import { ARRIVED, CAPACITY, FAILED, READY, Track, bucketsOf } from './buckets';
import { FIGURES, formatShare } from './rehearsal-figures';
import { Style } from './style';
import { tableOf, wrap } from './table';
import { EpochMs } from '../core/time/instant';
import { formatCount } from '../core/time/numbers';
import { formatClock, formatMoment } from '../core/time/words';
import { AssumptionLine } from '../rehearsal/assumptions';
import { formatFault } from '../rehearsal/faults';
import { RUN_NAMES, RehearsalResult, RunResult } from '../rehearsal/types';

export interface RehearsalTextOptions {
  readonly columns: number;
  readonly style: Style;
}

const BLOCKS = ' ▁▂▃▄▅▆▇█';
const LABEL = 18;
const SCALE = 10;

/** The verdict of a rehearsal, for a terminal: a screen, and below it what was assumed. */
export function rehearsalText(result: RehearsalResult, { columns, style }: RehearsalTextOptions): string {
  const { service, event, timeZone, opening, runs, assumptions, notes, verdicts, seed, prewarmed } = result;
  const zone = timeZone ?? 'UTC';
  const served = `${formatShare(prewarmed.success)} of its requests answered`;
  return [
    ...wrap(`${service}, ${event} on ${formatMoment(opening, timeZone)} ${zone}: ${served}`, columns).map(style.strong),
    ...whatIsPlayed(result, { columns, style }),
    ...wrap(`verify says: ${prewarmed.verify.says}`, columns),
    '',
    ...tableOf(
      { cells: ['from the opening on', ...runs.map(({ name }) => RUN_NAMES[name])], style: style.faint },
      FIGURES.map(({ label, of }) => ({ cells: [label, ...runs.map(of)] })),
      { columns, right: runs.map((_, i) => i + 1) },
    ),
    ...runs.filter(({ name }) => name !== 'always-at-peak').flatMap(run => ['', ...chartsOf(run, result, columns, style)]),
    ...verdicts.length > 0 ? ['', ...verdicts.map(({ met, text, says }) => met ? style.good(`met     ${text}: ${says}`) : style.bad(`missed  ${text}: ${says}`))] : [],
    '',
    ...notes.flatMap(note => wrap(`note: ${note}`, columns)).map(style.faint),
    ...wrap(`assumed (seed ${seed}): ${assumptions.map(assumptionText).join(', ')}`, columns).map(line => style.faint(line.replace(/\u00a0/g, ' '))),
  ].join('\n');
}

/** Faults, overrides and what somebody types, a line each. */
export function whatIsPlayed({ faults, overrides, hands, opening }: RehearsalResult, { columns, style }: RehearsalTextOptions): string[] {
  return [
    ...faults.flatMap(fault => wrap(`with ${formatFault(fault, opening)}: ${fault.says}`, columns).map(style.bad)),
    ...[...overrides, ...hands].flatMap(({ says }) => wrap(`with ${says}`, columns)),
  ];
}

/** Does not break between name and value. */
export function assumptionText({ name, value, unit }: AssumptionLine): string {
  return `${name} ${formatCount(value)}${unit && !unit.startsWith('/') ? ' ' : ''}${unit}`.replace(/ /g, '\u00a0');
}

/** Small charts over the whole rehearsal, all of one scale with those of the other runs. */
function chartsOf(run: RunResult, { opening, from, until, timeZone, runs }: RehearsalResult, columns: number, style: Style): string[] {
  const width = Math.max(20, Math.min(120, columns) - LABEL - SCALE);
  const tops = (tracks: readonly Track[]) => Math.max(1, ...runs.filter(({ name }) => name !== 'always-at-peak')
    .flatMap(({ series }) => tracks.flatMap(track => series.arrived.map((_, i) => track.of(series, i)).reduce((a, b) => Math.max(a, b), 0))));
  const requests = tops([ARRIVED]);
  const pods = tops([READY]);
  const spark = (track: Track, top: number, unit: string, paint = (text: string) => text) => {
    const values = bucketsOf(run.series, track, from, until, width).map(([, value]) => value);
    const most = Math.max(...values);
    return `  ${track.label.padEnd(LABEL - 2)}${paint(values.map(value => blockOf(value / top)).join(''))} ${formatCount(Math.round(most))}${unit}`;
  };
  // the block that contains the opening
  const mark = Math.floor((opening - from) / (until - from) * width);
  const clock = (at: EpochMs) => formatClock(Math.floor(at / 60_000) * 60_000, timeZone);
  const axis = ' '.repeat(mark) + '^ ' + `opens ${clock(opening)}`;
  const start = clock(from);
  const labelled = mark > start.length + 1 ? start + axis.slice(start.length) : axis;
  const end = clock(until);
  return [
    style.strong(RUN_NAMES[run.name]),
    ...run.name === 'prewarmed' ? [spark(ARRIVED, requests, '/s')] : [],
    // more capacity than the traffic can use is a full block
    spark(CAPACITY, requests, '/s', style.good),
    spark(FAILED, requests, '/s', style.bad),
    spark(READY, pods, ''),
    style.faint(' '.repeat(LABEL) + (labelled.length + end.length < width ? labelled.padEnd(width - end.length) + end : labelled)),
  ];
}

function blockOf(share: number): string {
  return share <= 0 ? ' ' : BLOCKS[Math.max(1, Math.min(8, Math.round(share * 8)))];
}
