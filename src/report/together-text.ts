import { formatShare } from './rehearsal-figures';
import { RehearsalTextOptions, whatIsPlayed } from './rehearsal-text';
import { Row, tableOf, wrap } from './table';
import { formatCount, formatSome } from '../core/time/numbers';
import { formatOffset } from '../core/time/offset';
import { formatClock, formatMoment, formatSpan } from '../core/time/words';
import { PlayedStation, RUN_NAMES, RehearsalResult, StationFacts, Together, TogetherRun } from '../rehearsal/types';

/** Services that were played together, each with what it came to. */
export interface TogetherRehearsal {
  readonly first: RehearsalResult;
  readonly together: Together;
  /** Parallel to the services. */
  readonly results: readonly RehearsalResult[];
}

/** The verdict of an event, and its services and dependencies in call order with the tightest moment of each, for one screen. */
export function togetherText({ first, together, results }: TogetherRehearsal, options: RehearsalTextOptions): string {
  const { columns, style } = options;
  const { event, opening, timeZone } = first;
  const [run, ...others] = together.runs;
  const title = `${event} on ${formatMoment(opening, timeZone)} ${timeZone ?? 'UTC'}: ${formatShare(run.success)} of requests answered at the front door`;
  return [
    ...wrap(title, columns).map(style.strong),
    ...whatIsPlayed(first, options),
    ...verdictsOf(together, run, first).flatMap(line => wrap(line, columns)).map(style.bad),
    '',
    ...stationTable({ together, results, first }, options),
    ...others.length > 0 ? ['', ...others.flatMap(other => wrap(besideText(together, other, first), columns))] : [],
  ].join('\n');
}

/** What broke, and what would help; nothing where all went well. */
export function verdictsOf(together: Together, run: TogetherRun, result: RehearsalResult): string[] {
  const { failsAt, lasting } = run;
  return [
    ...failsAt === undefined ? [] : [brokenText(together, run, result)],
    ...lasting ? [lastingText(run, result)] : [],
  ];
}

function brokenText({ stations }: Together, { failsAt, firstShort }: TogetherRun, { opening, timeZone }: RehearsalResult): string {
  if (!firstShort) {
    return `requests fail from ${formatClock(failsAt!, timeZone)} on; no station was short then`;
  }
  const { station, at, seconds, worstAt, wanted, capacity, share } = firstShort;
  const facts = stations.find(({ id }) => id === station)!;
  return `first to break: ${facts.name}, at ${formatClock(at, timeZone)} (${formatOffset(at - opening)}), short for ${formatSpan(seconds * 1000)}; `
    + `at ${formatClock(worstAt, timeZone)} ${amountOf(facts, wanted)} were asked for, and ${amountOf(facts, capacity)} possible: ${formatShare(share)} short`;
}

function lastingText({ lasting }: TogetherRun, { from, timeZone }: RehearsalResult): string {
  const { fromMs, untilMs, load, answered, remedies } = lasting!;
  const says = (ends: boolean) => remedies.filter(remedy => remedy.ends === ends)
    .map(remedy => `${remedy.says} (${Object.entries(remedy.assume).map(([name, value]) => `${name} ${formatCount(value)}`).join(', ')})`);
  const [good, bad] = [says(true), says(false)];
  return `the failure outlasts its cause: from ${formatClock(from + fromMs, timeZone)} for ${formatSpan(untilMs - fromMs)} first tries need at most ${formatShare(load)} of what is there, `
    + `and ${formatShare(answered)} are answered; it ends with ${good.join(', or with ') || 'none of the usual remedies'}${bad.length > 0 && good.length > 0 ? `, not with ${bad.join(' or ')}` : ''}`;
}

function besideText(together: Together, run: TogetherRun, result: RehearsalResult): string {
  const answered = `${RUN_NAMES[run.name]}: ${formatShare(run.success)} answered at the front door`;
  const { firstShort } = run;
  const facts = firstShort && together.stations.find(({ id }) => id === firstShort.station);
  return firstShort && facts ? `${answered}; first to break: ${facts.name} at ${formatClock(firstShort.at, result.timeZone)}` : answered;
}

function stationTable({ together, results, first: { timeZone } }: TogetherRehearsal, { columns, style }: RehearsalTextOptions): string[] {
  const [run] = together.runs;
  const rows = together.stations.map((facts): Row => {
    const played = run.stations.find(({ id }) => id === facts.id)!;
    const result = results[memberOf(together, facts)];
    const { tightest } = played;
    const isShort = tightest !== undefined && (tightest.use ?? Infinity) > 1;
    const missed = result?.verdicts.some(({ met }) => !met) ?? false;
    return {
      cells: [
        `${'  '.repeat(facts.depth)}${facts.name}`,
        played.success === undefined ? '' : formatShare(played.success),
        tightest ? formatClock(tightest.at, timeZone) : 'never used',
        tightest ? amountOf(facts, tightest.wanted) : '',
        tightest ? amountOf(facts, tightest.capacity) : '',
        tightest ? useText(played) : '',
        result ? `${result.prewarmed.verify.ready} of ${result.prewarmed.verify.floor} ready` : '',
      ],
      style: isShort || missed ? style.bad : undefined,
    };
  });
  return tableOf(
    { cells: ['in call order', 'answered', 'tightest at', 'asked for', 'possible', 'use', 'verify says'], style: style.faint },
    rows,
    { columns, right: [1, 3, 4, 5], spare: [6, 2, 1] },
  );
}

/** Which of the services a station is. */
function memberOf({ services }: Together, { kind, name, namespace }: StationFacts): number {
  return kind === 'service' ? services.indexOf(namespace === undefined ? name : `${namespace}/${name}`) : -1;
}

export function useText({ tightest }: PlayedStation): string {
  const { use } = tightest!;
  return use !== undefined ? `${formatCount(Math.round(use * 100))} %` : 'nothing there';
}

export function amountOf({ kind }: StationFacts, amount: number): string {
  const count = Math.round(amount);
  return kind === 'connections' ? formatSome(count, 'connection') : `${formatCount(count)}/s`;
}
