import { ARRIVED, CAPACITY, CEILING, FAILED, FLOOR, READY, bucketsOf } from './buckets';
import { INK, escaped } from './picture';
import { FIGURES } from './rehearsal-figures';
import { Spot, drawingOf } from './rehearsal-svg';
import { isChain, togetherSection } from './together-html';
import { formatCount } from '../core/time/numbers';
import { formatMoment } from '../core/time/words';
import { RUN_NAMES, RehearsalResult } from '../rehearsal/types';

const TRACKS = [ARRIVED, CAPACITY, FAILED, READY, FLOOR, CEILING];

/** Values under the pointer; as fine as the lines of the picture. */
const POINTS = 500;

/** A page that needs nothing else: the picture with the values under the pointer, all figures, what happened, and what was assumed. */
export function rehearsalHtml(results: readonly RehearsalResult[]): string {
  const { svg, spots } = drawingOf(results);
  const title = `Rehearsal of ${results.map(({ service }) => service).join(', ')}`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${results.filter(isChain).map(togetherSection).join('\n')}
<figure>${svg}<div id="line"></div><div id="values"></div></figure>
${results.map(sectionOf).join('\n')}
<script type="application/json" id="spots">${JSON.stringify(spots.map(dataOf)).replace(/</g, '\\u003c')}</script>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function sectionOf({ service, event, opening, timeZone, runs, verdicts, assumptions, notes, seed }: RehearsalResult): string {
  const row = (cells: readonly string[], tag = 'td') => `<tr>${cells.map(cell => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
    `<table><thead>${row(head, 'th')}</thead><tbody>${rows.map(cells => row(cells)).join('\n')}</tbody></table>`;
  const details = (summary: string, content: string) => `<details><summary>${escaped(summary)}</summary>${content}</details>`;
  return `<section>
<h2>${escaped(`${service}: ${event}`)}</h2>
${verdicts.map(({ met, says }) => `<p class="${met ? 'met' : 'missed'}">${met ? 'met' : 'missed'}: ${escaped(says)}</p>`).join('\n')}
${table(['from the opening on', ...runs.map(({ name }) => RUN_NAMES[name])], FIGURES.map(({ label, of }) => [label, ...runs.map(of)]))}
${runs.map(({ name, log }) => details(`What happened, ${RUN_NAMES[name]}`,
  table(['when', 'who', 'what'], log.map(({ at, who, says }) => [formatMoment(at, timeZone), who, says])))).join('\n')}
${details('What was assumed', table(['name', 'value', 'what', 'where it comes from'], assumptions.map(({ name, value, unit, says, source }) =>
  [name, `${formatCount(value)} ${unit}`.trim(), says, source])))}
${notes.map(note => `<p class="faint">${escaped(note)}</p>`).join('\n')}
<p class="faint">Opening ${escaped(formatMoment(opening))} UTC, seed ${seed}. The same manifests and the same seed give the same result.</p>
</section>`;
}

/** What the script needs of a panel. */
function dataOf({ result, run, left, top, width, height, from, until }: Spot): object {
  const columns = TRACKS.map(track => bucketsOf(run.series, track, from, until, POINTS));
  return {
    left,
    top,
    width,
    height,
    from,
    until,
    zone: result.timeZone ?? 'UTC',
    labels: TRACKS.map(({ label }) => label),
    at: columns[0].map(([at]) => at),
    values: columns.map(points => points.map(([, value]) => Math.round(value))),
  };
}

const STYLE = `
body { font: 15px/1.5 Helvetica, Arial, sans-serif; color: ${INK.text}; max-width: 1400px; margin: 0 auto; padding: 0 16px 48px; }
.chain td { vertical-align: middle; white-space: nowrap; } .use { display: block; width: 100%; min-width: 240px; background: ${INK.belt}; }
figure { margin: 0; position: relative; }
figure svg { width: 100%; height: auto; display: block; }
#line { position: absolute; width: 1px; background: ${INK.faint}; pointer-events: none; display: none; }
#values { position: absolute; background: #fff; border: 1px solid ${INK.faint}; padding: 6px 10px; pointer-events: none; display: none; white-space: pre;
  font: 12px/1.5 ui-monospace, Menlo, Consolas, monospace; box-shadow: 0 2px 6px #0003; }
table { border-collapse: collapse; margin: 12px 0; }
th, td { text-align: left; padding: 3px 18px 3px 0; border-bottom: 1px solid ${INK.grid}; vertical-align: top; font-variant-numeric: tabular-nums; }
summary { cursor: pointer; margin: 8px 0; }
.met { color: ${INK.floor}; } .missed { color: ${INK.bad}; font-weight: bold; } .faint { color: ${INK.faint}; }
`;

/** Runs in the browser, which is why it is text. */
const SCRIPT = `
'use strict';
const figure = document.querySelector('figure'), svg = figure.querySelector('svg');
const line = document.getElementById('line'), values = document.getElementById('values');
const spots = JSON.parse(document.getElementById('spots').textContent);
const hide = () => { line.style.display = values.style.display = 'none'; };
svg.addEventListener('mouseleave', hide);
svg.addEventListener('mousemove', event => {
  const box = svg.getBoundingClientRect(), scale = box.width / svg.viewBox.baseVal.width;
  const x = (event.clientX - box.left) / scale, y = (event.clientY - box.top) / scale;
  const spot = spots.find(s => s.left <= x && x <= s.left + s.width && s.top <= y && y <= s.top + s.height);
  if (!spot) { return hide(); }
  const at = spot.from + (x - spot.left) / spot.width * (spot.until - spot.from);
  let i = spot.at.findIndex(t => t > at);
  i = i < 0 ? spot.at.length - 1 : Math.max(0, i - 1);
  const time = new Date(spot.at[i]).toLocaleTimeString('en-GB', { timeZone: spot.zone });
  values.textContent = [time + ' ' + spot.zone, ...spot.labels.map((label, n) =>
    label.padEnd(15) + spot.values[n][i].toLocaleString('en-US').padStart(9))].join('\\n');
  Object.assign(line.style, { display: 'block', left: x * scale + 'px', top: spot.top * scale + 'px', height: spot.height * scale + 'px' });
  values.style.display = 'block';
  const right = x * scale + 14 + values.offsetWidth > box.width;
  Object.assign(values.style, { left: x * scale + (right ? -14 - values.offsetWidth : 14) + 'px', top: spot.top * scale + 20 + 'px' });
});
`;
