import { Group, Occurrence, groupsOf, occurrencesOf } from './calendar';
import { formatCount, formatDemand, formatSome } from './numbers';
import { FONT, INK, Option, svgOf, ticksOf, timeAxis } from './picture';
import { EpochMs, edgesOf, planAt } from '../core/plan';
import { DeployedService, titleOf } from '../manifests/deployed';
import { formatClock, formatDay, formatMoment, formatZone } from '../manifests/local-time';

const WIDTH = 1200;
const LEFT = 70;
const RIGHT = 40;
const HEADER = 120;
const PANEL = 300;
/** Of a panel, above its axes: the title and the marks' labels. */
const PANEL_HEAD = 70;
const PANEL_FOOT = 46;
/** Of the strip with all openings: a row for each event, and what is around them. */
const STRIP_ROW = 26;
const STRIP_AROUND = 70;

/** Each kind of opening gets a panel; more would make no poster. */
const PANELS = 10;

/** More services than this are shown as their sum. */
const SERVICES = INK.series.length;

/** A picture for people who do not read tables: floors and seat belts around each opening, and all openings on one strip. */
export function planSvg(services: readonly DeployedService[], now: EpochMs): string {
  const occurrences = occurrencesOf(services);
  const groups = groupsOf(occurrences, now);
  const ahead = groups.filter(({ shown }) => shown.until > now);
  const all = ahead.length > 0 ? ahead : groups;
  const panels = all.slice(0, PANELS);
  const picture = new Picture(services, now);
  picture.header(all.length - panels.length);
  if (occurrences.length > 1) {
    picture.strip(occurrences);
  }
  panels.forEach(group => picture.panel(group));
  return picture.svg();
}

class Picture {
  private readonly titles: object[] = [];
  private readonly grids: object[] = [];
  private readonly xAxes: object[] = [];
  private readonly yAxes: object[] = [];
  private readonly series: object[] = [];
  private readonly graphics: object[] = [];
  private readonly single: boolean;
  private y = 0;

  constructor(private readonly services: readonly DeployedService[], private readonly now: EpochMs) {
    this.single = services.length === 1;
  }

  public header(more: number): void {
    const names = this.services.map(titleOf);
    const shown = names.length > 4 ? `${formatSome(names.length, 'service')}` : names.join(', ');
    this.title(24, 24, `Pods kept ready for ${shown}`, 24, INK.text, true);
    const missing = more > 0 ? `; ${formatSome(more, 'more kind')} of opening not drawn` : '';
    this.title(24, 56, `as seen from ${formatMoment(Math.floor(this.now / 60_000) * 60_000)} UTC${missing}`, 13, INK.faint);
    this.legend(24, 88);
    this.y = HEADER;
  }

  /** When all openings are, a row for each event. */
  public strip(occurrences: readonly Occurrence[]): void {
    const events = [...new Set(occurrences.map(({ event }) => event))];
    const instants = [this.now, ...occurrences.map(({ at }) => at)];
    const [first, last] = [Math.min(...occurrences.map(({ at }) => at)), Math.max(...instants.slice(1))];
    const pad = Math.max(last - first, 24 * 3_600_000) * 0.04;
    const [from, until] = [first - pad, last + pad];
    const height = events.length * STRIP_ROW;
    const grid = this.grid(this.y + 34, height, 24 + 8 * Math.max(...events.map(event => event.length)));
    const most = Math.max(...occurrences.map(sizeOf));
    this.title(24, this.y, `All ${occurrences.length} openings`, 16, INK.text, true);
    const ticks = monthsWithin(from, until) ?? ticksOf(from, until, 'UTC', 12);
    this.xAxes.push({
      type: 'value',
      gridIndex: grid,
      min: from,
      max: until,
      axisLine: { lineStyle: { color: INK.faint } },
      axisTick: { customValues: ticks },
      splitLine: { show: false },
      axisLabel: { customValues: ticks, formatter: (at: number) => formatDay(at).slice(4), color: INK.text, hideOverlap: true },
    });
    this.yAxes.push({
      type: 'category',
      gridIndex: grid,
      data: events,
      inverse: true,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: INK.text, fontSize: 12 },
      splitLine: { show: true, lineStyle: { color: INK.grid } },
    });
    this.series.push({
      type: 'scatter',
      xAxisIndex: grid,
      yAxisIndex: grid,
      clip: true,
      data: occurrences.map(occurrence => ({
        value: [occurrence.at, occurrence.event],
        symbolSize: 7 + 11 * sizeOf(occurrence) / most,
        itemStyle: occurrence.until <= this.now
          ? { color: '#ffffff', borderColor: INK.faint, borderWidth: 1.5 }
          : { color: INK.opening, borderColor: '#ffffff', borderWidth: 1 },
      })),
      ...from < this.now && this.now < until ? { markLine: verticals([{ at: this.now, text: 'now', color: INK.text, side: 'right', type: 'dotted' }]) } : {},
    });
    this.y += height + STRIP_AROUND;
  }

  /** Floors and ceilings around one opening. */
  public panel({ shown, all }: Group): void {
    const { event, at, from: start, until: end, parts } = shown;
    const zone = shown.timeZone ?? 'UTC';
    const pad = (end - start) * 0.12;
    const [from, until] = [start - pad, end + pad];
    const its = parts.map(({ service }) => service);
    const together = its.length > SERVICES;
    const edges = [...new Set([from, ...its.flatMap(({ plan }) => edgesOf(plan)).filter(edge => from < edge && edge < until), until])].sort((a, b) => a - b);
    const sum = (services: readonly DeployedService[], kind: 'floor' | 'ceiling') =>
      edges.map(edge => services.reduce((total, { plan }) => total + planAt(plan, edge)[kind], 0));
    const ceilings = sum(its, 'ceiling');
    const floors = sum(its, 'floor');
    const alike = all.length - 1;
    this.title(24, this.y, `${event}, ${formatDay(at, zone)}`, 18, INK.text, true);
    const demand = its.length === 1 ? `, for ${formatDemand(parts[0].opening.demand)}` : '';
    this.title(24, this.y + 24, `${formatZone(at, zone)}${demand}${alike > 0 ? `; ${formatSome(alike, 'opening')} alike` : ''}`, 12, INK.faint);
    const grid = this.grid(this.y + PANEL_HEAD, PANEL - PANEL_HEAD - PANEL_FOOT);
    this.xAxes.push(timeAxis(from, until, zone, grid));
    this.yAxes.push({
      type: 'value',
      gridIndex: grid,
      min: 0,
      name: 'pods',
      nameTextStyle: { color: INK.faint, align: 'right' },
      axisLabel: { color: INK.text, formatter: formatCount },
      splitLine: { lineStyle: { color: INK.grid } },
      splitNumber: 4,
      minInterval: 1,
    });
    const line = (values: readonly number[], style: object) => ({
      type: 'line', xAxisIndex: grid, yAxisIndex: grid, step: 'end', symbol: 'none', data: edges.map((edge, i) => [edge, values[i]]), ...style,
    });
    // the ceiling first, then sums of floors from the highest down: each covers what is below it
    this.series.push(line(ceilings, {
      lineStyle: { color: INK.beltEdge, width: 1.5, type: 'dashed' }, areaStyle: { color: INK.belt, opacity: 1 },
    }));
    const stacks = together ? [its] : its.map((_, i) => its.slice(0, i + 1)).reverse();
    for (const stack of stacks) {
      const color = together || this.single ? INK.floorFill : this.colorOf(stack[stack.length - 1]);
      this.series.push(line(sum(stack, 'floor'), { lineStyle: { color: INK.floor, width: stack.length === its.length ? 2.5 : 1 }, areaStyle: { color, opacity: 1 } }));
    }
    const highest = Math.max(...floors);
    const plateau = edges[floors.indexOf(highest)];
    const readyBy = Math.min(...parts.map(({ opening }) => opening.readyBy));
    this.series.push({
      type: 'line',
      xAxisIndex: grid,
      yAxisIndex: grid,
      data: [],
      markLine: verticals([
        { at: readyBy, text: `Ready by ${formatClock(readyBy, zone)}`, color: INK.faint, side: 'left', type: 'dotted' },
        { at, text: `opens ${formatClock(at, zone)}`, color: INK.opening, side: 'right', type: 'solid' },
        ...from < this.now && this.now < until ? [{ at: this.now, text: 'now', color: INK.text, side: 'right', type: 'dashed' } as const] : [],
      ]),
      markPoint: {
        symbol: 'rect',
        symbolSize: [1, 1],
        itemStyle: { color: 'transparent' },
        data: [
          { coord: [plateau, highest], name: `floor ${formatCount(highest)}` },
          {
            coord: [plateau, ceilings[floors.indexOf(highest)]],
            name: `ceiling ${formatCount(ceilings[floors.indexOf(highest)])}`,
            label: { color: INK.faint, fontWeight: 'normal', fontSize: 12 },
          },
        ],
        label: { show: true, formatter: '{b}', position: [8, -18], align: 'left', color: INK.text, fontSize: 13, fontWeight: 'bold', textBorderColor: '#ffffff', textBorderWidth: 3 },
      },
    });
    this.y += PANEL;
  }

  public svg(): string {
    const option = {
      title: this.titles, grid: this.grids, xAxis: this.xAxes, yAxis: this.yAxes, series: this.series, graphic: this.graphics,
    } as unknown as Option;
    return svgOf(option, WIDTH, this.y + 10, `Pods kept ready for ${this.services.map(titleOf).join(', ')}`);
  }

  private colorOf(service: DeployedService): string {
    return INK.series[this.services.indexOf(service) % INK.series.length];
  }

  private title(left: number, top: number, text: string, fontSize: number, color: string, bold = false): void {
    this.titles.push({ left, top, text, padding: 0, textStyle: { fontSize, color, fontWeight: bold ? 'bold' : 'normal' } });
  }

  private grid(top: number, height: number, left = LEFT): number {
    this.grids.push({ left: Math.max(left, LEFT), right: RIGHT, top, height });
    return this.grids.length - 1;
  }

  private legend(left: number, top: number): void {
    const many = this.services.length > SERVICES;
    const floors = this.single || many ? [['floor: kept ready whatever the traffic', INK.floorFill]] : this.services.map(service => [`floor of ${service.plan.service}`, this.colorOf(service)]);
    const entries = [...floors, ['seat belt: up to the ceiling the autoscaler may add', INK.belt], ['the opening', INK.opening]];
    let x = left;
    for (const [text, fill] of entries) {
      this.graphics.push(
        { type: 'rect', left: x, top, shape: { width: 16, height: 12 }, style: { fill }, silent: true },
        { type: 'text', left: x + 22, top, style: { text, fill: INK.text, font: `13px ${FONT}` }, silent: true },
      );
      x += 48 + text.length * 6.1;
    }
  }
}

interface Vertical {
  readonly at: EpochMs;
  readonly text: string;
  readonly color: string;
  /** Of the line on which its label stands. */
  readonly side: 'left' | 'right';
  readonly type: 'solid' | 'dashed' | 'dotted';
}

function verticals(lines: readonly Vertical[]): object {
  return {
    symbol: 'none',
    silent: true,
    data: lines.map(({ at, text, color, side, type }) => ({
      xAxis: at,
      lineStyle: { color, type, width: type === 'solid' ? 2.5 : 1.5 },
      label: { formatter: text, color, fontSize: 12, fontWeight: 'bold', position: 'end', align: side === 'left' ? 'right' : 'left', distance: 4 },
    })),
  };
}

function sizeOf({ parts }: Occurrence): number {
  return parts.reduce((sum, { opening }) => sum + opening.floor, 0);
}

/** The first days of months, as many as there is room for; undefined where they are too few to tell the time by. */
function monthsWithin(from: EpochMs, until: EpochMs): EpochMs[] | undefined {
  const first = new Date(from);
  const months: EpochMs[] = [];
  for (let month = first.getUTCMonth() + 1; months[months.length - 1] === undefined || months[months.length - 1] <= until; month++) {
    months.push(Date.UTC(first.getUTCFullYear(), month, 1));
  }
  months.pop();
  const every = [1, 2, 3, 6, 12].find(step => months.length / step <= 12) ?? Math.ceil(months.length / 12);
  return months.length < 3 ? undefined : months.filter(at => (new Date(at).getUTCFullYear() * 12 + new Date(at).getUTCMonth()) % every === 0);
}
