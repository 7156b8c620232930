import * as echarts from 'echarts';
import { EpochMs } from '../core/plan';
import { DAY, HOUR, MINUTE, wallAt } from '../core/wall-clock';
import { formatClock, formatDay } from '../manifests/local-time';

/** What pictures share: told apart by every eye, and in black and white by line and shade. */
export const INK = {
  text: '#222222',
  faint: '#6b6b6b',
  grid: '#e4e4e4',
  floor: '#0072b2',
  floorFill: '#5ea5cf',
  belt: '#cfe8f7',
  beltEdge: '#56b4e9',
  opening: '#d55e00',
  good: '#009e73',
  bad: '#d55e00',
  traffic: '#222222',
  /** Services side by side. */
  series: ['#5ea5cf', '#4dbb9a', '#dba6c1', '#b99f5c', '#8f7bb8', '#9b9b9b'],
} as const;

export const FONT = 'Helvetica, Arial, sans-serif';

export type Option = echarts.EChartsOption;

/** Draws without a browser; the same option gives the same bytes. */
export function svgOf(option: Option, width: number, height: number, title: string): string {
  const chart = echarts.init(null, undefined, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({ animation: false, backgroundColor: '#ffffff', textStyle: { fontFamily: FONT, color: INK.text }, ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg
    // numbered by how many pictures this process has drawn
    .replace(/zr\d+-/g, 'zr-')
    .replace(/(<svg [^>]*>)/, `$1\n<title>${escaped(title)}</title>`);
}

export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, char => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char]!);
}

const STEPS = [5, 10, 15, 30].map(minutes => minutes * MINUTE).concat([1, 2, 3, 6, 12].map(hours => hours * HOUR), [1, 2, 7, 14].map(days => days * DAY));

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
export function timeAxis(from: EpochMs, until: EpochMs, zone: string, gridIndex: number, most = 12): object {
  const ticks = ticksOf(from, until, zone, most);
  const label = (at: EpochMs) => {
    const clock = formatClock(at, zone);
    const first = at === ticks[0] || clock === '00:00' ? `${formatDay(at, zone).slice(0, 3)} ` : '';
    return zone === 'UTC' ? `${first}${clock}` : `${first}${clock}\n{utc|${formatClock(at)} UTC}`;
  };
  return {
    type: 'value',
    gridIndex,
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
