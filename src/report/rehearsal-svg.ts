import { ARRIVED, CAPACITY, CEILING, FAILED, FLOOR, READY, Track, bucketsOf } from './buckets';
import { INK, Sheet, Vertical, countAxis, niceAbove, timeAxis, verticals } from './picture';
import { formatShare } from './rehearsal-figures';
import { EpochMs } from '../core/time/instant';
import { Interval } from '../core/time/intervals';
import { MINUTE } from '../core/time/wall-clock';
import { formatClock, formatMoment, formatSpan } from '../core/time/words';
import { formatFault } from '../rehearsal/faults';
import { RUN_NAMES, RehearsalResult, RunResult } from '../rehearsal/types';

const WIDTH = 1400;
const HEADER = 118;
/** The moments after the opening, and the whole rehearsal. */
const CLOSE_UP = { left: 84, width: 720 };
const WHOLE = { left: 890, width: 470 };
const RUN_HEAD = 66;
const REQUESTS = 190;
const BETWEEN = 30;
const PODS = 130;
const RUN_FOOT = 62;

/** Points of a line; more than pixels would show nothing. */
const POINTS = 500;

/** Whole queues fail in one second; what counts is how many do over some. */
const SMOOTH_MS = 10_000;

/** Where in the picture the panels of a run are, for who points at them. */
export interface Spot {
  readonly result: RehearsalResult;
  readonly run: RunResult;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly from: EpochMs;
  readonly until: EpochMs;
}

/** One service's rehearsal under the other: each run with its traffic and capacity, failures, pods, floor and ceiling. */
export function rehearsalSvg(results: readonly RehearsalResult[]): string {
  return drawingOf(results).svg;
}

/** The picture, and where its panels are. */
export function drawingOf(results: readonly RehearsalResult[]): { readonly svg: string; readonly spots: readonly Spot[] } {
  const sheet = new Sheet(WIDTH);
  const spots: Spot[] = [];
  const height = results.reduce((top, result) => draw(result, sheet, spots, top), 0);
  return { svg: sheet.svg(height, `Rehearsal of ${results.map(({ service }) => service).join(', ')}`), spots };
}

/** What is played beside the plan: one fault with its explanation, several by their names. */
function whatHappens({ faults, overrides, hands, opening }: RehearsalResult): string {
  const isAlone = faults.length + overrides.length + hands.length === 1;
  const things = [
    ...faults.map(fault => formatFault(fault, opening) + (isAlone ? `: ${fault.says}` : '')),
    ...[...overrides, ...hands].map(({ says }) => says),
  ];
  return things.length === 0 ? 'nothing goes wrong' : `with ${things.join(', ')}`;
}

/** Draws one rehearsal; answers where the next begins. */
function draw(result: RehearsalResult, sheet: Sheet, spots: Spot[], top: number): number {
  const { service, event, opening, timeZone, from, until } = result;
  const runs = result.runs.filter(({ name }) => name !== 'always-at-peak');
  sheet.title(24, top + 24, `${service}: ${event}, ${formatMoment(opening, timeZone)} ${timeZone ?? 'UTC'}`, 24);
  sheet.title(24, top + 56, `Played in simulated time from the manifests; ${whatHappens(result)}`, 13, INK.faint);
  sheet.legend(24, top + 86, [
    ['traffic', INK.traffic], ['failed requests', INK.bad], ['what ready pods can serve', INK.belt], ['ready pods', INK.readyFill], ['floor', INK.floor],
    ['ceiling', INK.beltEdge],
  ]);
  const highest = (...tracks: Track[]) => Math.max(...runs.flatMap(({ series }) =>
    tracks.map(track => series.arrived.reduce((most, _, i) => Math.max(most, track.of(series, i)), 0))));
  // one scale for all runs: what is small looks small
  const spans = [closeUpOf(result), { from, until }];
  const mostFailed = Math.max(...runs.flatMap(run => spans.flatMap(span => failedIn(run, opening, span).map(([, value]) => value))));
  const requests = niceAbove(Math.max(mostFailed, highest(ARRIVED) * 1.15, Math.min(highest(CAPACITY), highest(ARRIVED) * 1.6)));
  const pods = niceAbove(Math.max(highest(READY, FLOOR) * 1.15, Math.min(highest(CEILING), highest(READY, FLOOR) * 1.6)));
  const closeUp = closeUpOf(result);
  return runs.reduce((y, run) => {
    sheet.title(24, y, headlineOf(run), 18, run.success >= 0.99 ? INK.text : INK.bad);
    sheet.title(CLOSE_UP.left, y + 28, `The first ${formatSpan(closeUp.until - opening)} after the opening`, 13, INK.faint);
    sheet.title(WHOLE.left, y + 28, 'The whole event', 13, INK.faint);
    for (const [frame, span] of [[CLOSE_UP, closeUp], [WHOLE, { from, until }]] as const) {
      const place = { ...frame, top: y + RUN_HEAD, ...span };
      panels(sheet, result, run, { ...place, requests, pods });
      spots.push({ result, run, ...place, height: REQUESTS + BETWEEN + PODS });
    }
    return y + RUN_HEAD + REQUESTS + BETWEEN + PODS + RUN_FOOT;
  }, top + HEADER);
}

interface Panels {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly from: EpochMs;
  readonly until: EpochMs;
  /** Ends of the axes. */
  readonly requests: number;
  readonly pods: number;
}

function panels(sheet: Sheet, result: RehearsalResult, run: RunResult, { left, top, width, from, until, requests, pods }: Panels): void {
  const zone = result.timeZone ?? 'UTC';
  const axis = timeAxis(from, until, zone, Math.floor(width / 90));
  const through = (points: readonly [EpochMs, number][], style: object) => ({ type: 'line', symbol: 'none', data: cornersOf(points, until), ...style });
  const line = (track: Track, style: object) => through(bucketsOf(run.series, track, from, until, POINTS), style);
  sheet.panel({ left, top, width, height: REQUESTS }, { ...axis, axisLabel: { show: false } }, countAxis('requests/s', { max: requests }), [
    line(CAPACITY, { lineStyle: { color: INK.beltEdge, width: 1 }, areaStyle: { color: INK.belt, opacity: 1, origin: 'start' } }),
    through(failedIn(run, result.opening, { from, until }), { lineStyle: { color: INK.bad, width: 1 }, areaStyle: { color: INK.bad, opacity: 0.8 } }),
    { ...line(ARRIVED, { lineStyle: { color: INK.traffic, width: 2 } }), markLine: verticals(marksOf(result, from, until)) },
  ]);
  const unlabelled = marksOf(result, from, until).map(({ text, ...mark }) => mark);
  sheet.panel({ left, top: top + REQUESTS + BETWEEN, width, height: PODS }, axis, countAxis('pods', { max: pods, splitNumber: 3 }), [
    line(READY, { lineStyle: { color: INK.good, width: 1 }, areaStyle: { color: INK.readyFill, opacity: 1 } }),
    line(CEILING, { step: 'end', lineStyle: { color: INK.beltEdge, width: 2, type: 'dashed' } }),
    { ...line(FLOOR, { step: 'end', lineStyle: { color: INK.floor, width: 2.5 } }), markLine: verticals(unlabelled) },
  ]);
}

function marksOf(result: RehearsalResult, from: EpochMs, until: EpochMs): Vertical[] {
  const { opening, timeZone, faults } = result;
  const closeUp = closeUpOf(result);
  // beside the close-up's own, its labels would lie upon each other
  const isLabelled = (at: EpochMs) => until === closeUp.until || at < closeUp.from - 10 * MINUTE || at > closeUp.until;
  return [
    { at: opening, text: `opens ${formatClock(opening, timeZone)}`, color: INK.opening, side: 'right', type: 'solid' } as const,
    ...faults.map(({ at, name }): Vertical => ({ at, ...isLabelled(at) ? { text: name } : {}, color: INK.faint, side: 'along', type: 'dotted' })),
  ].filter(({ at }) => from <= at && at <= until);
}

function headlineOf({ name, success, sustainedMs }: RunResult): string {
  const words = RUN_NAMES[name];
  const after = sustainedMs === undefined ? ', and never 99 % for a minute' : sustainedMs < 1000 ? '' : `, and 99 % only after ${formatSpan(sustainedMs)}`;
  return `${words[0].toUpperCase()}${words.slice(1)}: ${formatShare(success)} of the requests answered${after}`;
}

/**
 * Failed requests over some seconds each, with a step at the opening.
 *
 * A mean over the opening, or a line that rises to it, would show failures of before.
 */
function failedIn({ series }: RunResult, opening: EpochMs, { from, until }: Interval): [EpochMs, number][] {
  const pieces = (start: EpochMs, end: EpochMs) => start < end
    ? bucketsOf(series, FAILED, start, end, Math.max(1, Math.min(POINTS, (end - start) / SMOOTH_MS)))
    : [];
  const before = pieces(from, Math.min(opening, until));
  const step = before.slice(-1).map(([, value]): [EpochMs, number] => [opening, value]);
  return opening < until ? [...before, ...step, ...pieces(Math.max(opening, from), until)] : before;
}

/** Around the opening, for as long as the runs differ, within what can be read. */
function closeUpOf({ opening, runs, from, until }: RehearsalResult): { readonly from: EpochMs; readonly until: EpochMs } {
  const slowest = Math.max(...runs.map(({ sustainedMs }) => sustainedMs ?? Infinity));
  const length = Math.ceil(Math.min(15 * MINUTE, Math.max(5 * MINUTE, slowest * 1.3)) / MINUTE) * MINUTE;
  return { from: Math.max(from, opening - 2 * MINUTE), until: Math.min(until, opening + length) };
}

/** Points without those in the middle of a level stretch, of which there are many. */
function cornersOf(points: readonly [EpochMs, number][], until: EpochMs): [EpochMs, number][] {
  // the last bucket lasts to the end
  const last = points.slice(-1).map(([, value]): [EpochMs, number] => [until, value]);
  return [...points, ...last].map(([at, value]): [EpochMs, number] => [at, Math.round(value * 10) / 10])
    .filter(([, value], i, all) => all[i - 1]?.[1] !== value || all[i + 1]?.[1] !== value);
}
