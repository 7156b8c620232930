import { INK, escaped } from './picture';
import { formatShare } from './rehearsal-figures';
import { amountOf, useText, verdictsOf } from './together-text';
import { formatClock, formatMoment } from '../core/time/words';
import { RUN_NAMES, RehearsalResult, StationFacts, Together, TogetherRun } from '../rehearsal/types';

const WIDTH = 720;
const HEIGHT = 44;
/** A picture of use ends here; what is above is cut, and its figure says how much it was. */
const MOST_USE = 1.5;
/** As fine as the picture is wide. */
const POINTS = 360;

/** Whether services of an event call each other or use dependencies. */
export function isChain({ together }: RehearsalResult): boolean {
  return together?.stations.some(({ depth }) => depth > 0) ?? false;
}

/** The event as a whole: services and dependencies in call order, each with its use over time, for each run. */
export function togetherSection(result: RehearsalResult): string {
  const { together, event, opening, timeZone } = result;
  const title = `${event}, ${formatMoment(opening, timeZone)} ${timeZone ?? 'UTC'}`;
  return `<section>
<h2>${escaped(title)}</h2>
${together!.runs.map(run => runSection(together!, run, result)).join('\n')}
</section>`;
}

function runSection(together: Together, run: TogetherRun, result: RehearsalResult): string {
  const head = ['in call order', 'use over time', 'answered', 'tightest at', 'asked for', 'possible', 'use'].map(text => `<th>${text}</th>`).join('');
  const rows = together.stations.map(facts => rowOf(facts, run, result)).join('\n');
  return `<h3>${escaped(RUN_NAMES[run.name])}: ${formatShare(run.success)} of requests answered at the front door</h3>
${verdictsOf(together, run, result).map(text => `<p class="missed">${escaped(text)}</p>`).join('\n')}
<table class="chain"><thead><tr>${head}</tr></thead><tbody>
${rows}
</tbody></table>`;
}

function rowOf(facts: StationFacts, run: TogetherRun, { timeZone, opening }: RehearsalResult): string {
  const played = run.stations.find(({ id }) => id === facts.id)!;
  const { tightest, success } = played;
  const cells = [
    success === undefined ? '' : formatShare(success),
    tightest ? formatClock(tightest.at, timeZone) : 'never used',
    tightest ? amountOf(facts, tightest.wanted) : '',
    tightest ? amountOf(facts, tightest.capacity) : '',
    tightest ? useText(played) : '',
  ].map(text => `<td>${escaped(text)}</td>`).join('');
  const name = `<td style="padding-left:${facts.depth * 22}px">${facts.depth > 0 ? '&#8627; ' : ''}${escaped(facts.name)}</td>`;
  return `<tr>${name}<td>${useSvg(facts.id, run, opening)}</td>${cells}</tr>`;
}

/** The part of the possible that was asked for, over the whole run; the highest of each stretch. */
function useSvg(id: string, { series }: TogetherRun, opening: number): string {
  const { wanted, capacity } = series.stations.get(id)!;
  const seconds = wanted.length;
  const size = Math.max(1, seconds / POINTS);
  const points: { readonly x: number; readonly use: number }[] = [];
  for (let start = 0; start < seconds; start += size) {
    let most = 0;
    for (let second = Math.floor(start); second < Math.min(seconds, Math.ceil(start + size)); second++) {
      const use = wanted[second] > 0 ? wanted[second] / Math.max(capacity[second], 1e-9) : 0;
      most = Math.max(most, Math.min(MOST_USE, use));
    }
    points.push({ x: start / seconds * WIDTH, use: most });
  }
  const y = (use: number) => (HEIGHT * (1 - use / MOST_USE)).toFixed(1);
  const line = (list: typeof points, of: (use: number) => number) =>
    `M0 ${y(0)}${list.map(({ x, use }) => `L${x.toFixed(1)} ${y(of(use))}L${(x + WIDTH * size / seconds).toFixed(1)} ${y(of(use))}`).join('')}L${WIDTH} ${y(0)}Z`;
  const opens = ((opening - series.from) / 1000 / seconds * WIDTH).toFixed(1);
  const isShort = points.some(({ use }) => use > 1);
  return `<svg class="use" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img"><title>use over time; the line is all that is possible</title>`
    + (isShort ? `<path d="${line(points, use => use)}" fill="${INK.bad}"/>` : '')
    + `<path d="${line(points, use => Math.min(1, use))}" fill="${INK.readyFill}"/>`
    + `<path d="M0 ${y(1)}H${WIDTH}" stroke="${INK.beltEdge}" stroke-dasharray="4 3"/><path d="M${opens} 0V${HEIGHT}" stroke="${INK.opening}"/></svg>`;
}
