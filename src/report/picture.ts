import type * as Echarts from 'echarts';
import { EpochMs } from '../core/time/instant';
import { formatCount } from '../core/time/numbers';
import { DAY, HOUR, MINUTE, wallAt } from '../core/time/wall-clock';
import { formatClock, formatDay } from '../core/time/words';

// lines, points and SVG, in a fifth of the size of all that the library can draw
// eslint-disable-next-line @typescript-eslint/no-require-imports
const echarts = require('echarts/dist/echarts.common.min') as typeof Echarts;

/** What pictures share: told apart by every eye, and in black and white by line and shade. */
export const INK = {
  text: '#222222',
  faint: '#6b6b6b',
  grid: '#e4e4e4',
  floor: '#0072b2',
  floorFill: '#5ea5cf',
  belt: '#cfe8f7',
  beltEdge: '#56b4e9',
  opening: '#5d3a9b',
  good: '#009e73',
  readyFill: '#9fd8c5',
  bad: '#d55e00',
  traffic: '#222222',
  /** Services side by side. */
  series: ['#5ea5cf', '#4dbb9a', '#dba6c1', '#b99f5c', '#8f7bb8', '#9b9b9b'],
} as const;

const FONT = 'Helvetica, Arial, sans-serif';

/** Mean width of a letter of 13 px in the widest of the fonts; who draws may have none but that. */
const LETTER = 7.5;
const LEGEND_ROW = 22;

interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A picture that grows downwards: titles, and panels with axes of their own. */
export class Sheet {
  private readonly titles: object[] = [];
  private readonly grids: object[] = [];
  private readonly xAxes: object[] = [];
  private readonly yAxes: object[] = [];
  private readonly series: object[] = [];
  private readonly graphics: object[] = [];

  constructor(private readonly width: number) {}

  public title(left: number, top: number, text: string, fontSize: number, color: string = INK.text): void {
    // what is large is bold
    this.titles.push({ left, top, text, padding: 0, textStyle: { fontSize, color, fontWeight: fontSize >= 16 ? 'bold' : 'normal' } });
  }

  /**
   * Answers by how much it is higher than one row.
   *
   * @param entries text and colour
   */
  public legend(left: number, top: number, entries: readonly (readonly [string, string])[]): number {
    let x = left;
    let y = top;
    for (const [text, fill] of entries) {
      const width = 22 + text.length * LETTER;
      if (x > left && x + width > this.width - left) {
        x = left;
        y += LEGEND_ROW;
      }
      this.graphics.push(
        { type: 'rect', left: x, top: y, shape: { width: 16, height: 12 }, style: { fill }, silent: true },
        { type: 'text', left: x + 22, top: y, style: { text, fill: INK.text, font: `13px ${FONT}` }, silent: true },
      );
      x += width + 20;
    }
    return y - top;
  }

  /** Adds axes, and series that belong to them. */
  public panel(frame: Frame, xAxis: object, yAxis: object, series: readonly object[]): void {
    const gridIndex = this.grids.length;
    this.grids.push(frame);
    this.xAxes.push({ ...xAxis, gridIndex });
    this.yAxes.push({ ...yAxis, gridIndex });
    this.series.push(...series.map(each => ({ ...each, xAxisIndex: gridIndex, yAxisIndex: gridIndex })));
  }

  public svg(height: number, title: string): string {
    const option = {
      title: this.titles, grid: this.grids, xAxis: this.xAxes, yAxis: this.yAxes, series: this.series, graphic: this.graphics,
    } as unknown as Echarts.EChartsOption;
    return svgOf(option, this.width, height, title);
  }
}

/** An axis of counts from zero. */
export function countAxis(name: string, more: object = {}): object {
  return {
    type: 'value',
    min: 0,
    name,
    nameGap: 10,
    nameTextStyle: { color: INK.faint, align: 'right' },
    axisLabel: { color: INK.text, formatter: formatCount },
    splitLine: { lineStyle: { color: INK.grid } },
    splitNumber: 4,
    minInterval: 1,
    ...more,
  };
}

/** A round number at or above another. */
export function niceAbove(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return [1, 1.2, 1.5, 1.8, 2, 2.5, 3, 4, 5, 6, 8, 10].map(step => step * unit).find(step => step >= value)!;
}

/** A line through a panel at an instant. */
export interface Vertical {
  readonly at: EpochMs;
  /** Absent: no label. */
  readonly text?: string;
  readonly color: string;
  /** Where its label stands: above on one side, or turned along the line where many are near each other. */
  readonly side: 'left' | 'right' | 'along';
  readonly type: 'solid' | 'dashed' | 'dotted';
}

/** @param above which end of the lines is the upper one: the start on an axis that grows downwards */
export function verticals(lines: readonly Vertical[], above: 'start' | 'end' = 'end'): object {
  return {
    symbol: 'none',
    silent: true,
    data: lines.map(({ at, text, color, side, type }) => ({
      xAxis: at,
      lineStyle: { color, type, width: type === 'solid' ? 2.5 : 1.5 },
      label: {
        show: text !== undefined,
        formatter: text,
        color,
        ...side === 'along'
          ? { fontSize: 11, position: 'insideEndTop', distance: 2 }
          : { fontSize: 12, fontWeight: 'bold', position: above, align: side === 'left' ? 'right' : 'left', distance: 4 },
      },
    })),
  };
}

/** Draws without a browser; the same option gives the same bytes. */
function svgOf(option: Echarts.EChartsOption, width: number, height: number, title: string): string {
  const chart = echarts.init(null, undefined, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({ animation: false, backgroundColor: '#ffffff', textStyle: { fontFamily: FONT, color: INK.text }, ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg
    // what changes under a pointer is for pages; its classes are numbered by how many pictures this process has drawn
    .replace(/ class="zr\d+-cls-\d+"/g, '')
    .replace(/<style[^>]*>[^]*?<\/style>/g, '')
    .replace(/zr\d+-/g, 'zr-')
    .replace(ILLEGAL, '\ufffd')
    .replace(/(<svg [^>]*>)/, `$1\n<title>${escaped(title)}</title>`);
}

/** Characters that XML forbids; a picture with one of them is shown by no browser. */
const ILLEGAL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** A text as XML and HTML take it. */
export function escaped(text: string): string {
  return text.replace(ILLEGAL, '\ufffd').replace(/[&<>"]/g, char => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char]!);
}

const STEPS = [
  ...[5, 10, 15, 30].map(minutes => minutes * MINUTE), ...[1, 2, 3, 6, 12].map(hours => hours * HOUR), ...[1, 2, 7, 14].map(days => days * DAY),
];

/** Round local times within a span, at most so many. */
export function ticksOf(from: EpochMs, until: EpochMs, zone: string, most: number): EpochMs[] {
  const step = STEPS.find(size => (until - from) / size <= most) ?? Math.ceil((until - from) / most / (30 * DAY)) * 30 * DAY;
  const ticks: EpochMs[] = [];
  // steps of the wall clock: over a clock change they are not evenly apart
  const shift = wallAt(zone, from) - from;
  for (let wall = Math.ceil((from + shift) / step) * step; wall - shift <= until; wall += step) {
    ticks.push(wall - shift);
  }
  return ticks;
}

/** A time axis in a zone's own clock, with UTC below in small. */
export function timeAxis(from: EpochMs, until: EpochMs, zone: string, most = 12): object {
  const ticks = ticksOf(from, until, zone, most);
  const label = (at: EpochMs) => {
    const clock = formatClock(at, zone);
    const first = at === ticks[0] || clock === '00:00' ? `${formatDay(at, zone).slice(0, 3)} ` : '';
    return zone === 'UTC' ? `${first}${clock}` : `${first}${clock}\n{utc|${formatClock(at)} UTC}`;
  };
  return {
    type: 'value',
    min: from,
    max: until,
    axisLine: { lineStyle: { color: INK.faint } },
    splitLine: { show: false },
    axisTick: { customValues: ticks },
    axisLabel: {
      customValues: ticks,
      formatter: label,
      hideOverlap: true,
      color: INK.text,
      fontSize: 12,
      rich: { utc: { color: INK.faint, fontSize: 10, lineHeight: 14 } },
    },
  };
}
