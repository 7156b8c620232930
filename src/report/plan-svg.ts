import { Group, Occurrence, groupsOf, occurrencesOf } from './calendar';
import { INK, Sheet, Vertical, countAxis, niceAbove, ticksOf, timeAxis, verticals } from './picture';
import { drawStations } from './station-panels';
import { edgesOf, planAt } from '../core/plan/plan';
import { formatDemand } from '../core/plan/sizing';
import { EpochMs } from '../core/time/instant';
import { formatCount, formatSome } from '../core/time/numbers';
import { DAY, MINUTE } from '../core/time/wall-clock';
import { formatClock, formatDay, formatMoment, formatZone } from '../core/time/words';
import { DeployedService, titleOf } from '../manifests/deployed';
import { loadsIn } from '../manifests/station-loads';

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

const LABEL_HEIGHT = 20;

/** Each kind of opening gets a panel; more would make no poster. */
const PANELS = 10;

/** More services than this are shown as their sum. */
const SERVICES = INK.series.length;

/** A picture for people who do not read tables: floors and ceilings around each opening, and all openings on one strip. */
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
  picture.stations(occurrences);
  return picture.svg();
}

class Picture {
  private readonly sheet = new Sheet(WIDTH);
  private readonly single: boolean;
  private y = HEADER;

  constructor(private readonly services: readonly DeployedService[], private readonly now: EpochMs) {
    this.single = services.length === 1;
  }

  public header(more: number): void {
    const names = this.services.map(titleOf);
    this.sheet.title(24, 24, `Pods kept ready for ${names.length > 4 ? formatSome(names.length, 'service') : names.join(', ')}`, 24);
    const missing = more > 0 ? `; ${formatSome(more, 'more kind')} of opening not drawn` : '';
    this.sheet.title(24, 56, `as seen from ${formatMoment(Math.floor(this.now / MINUTE) * MINUTE)} UTC${missing}`, 13, INK.faint);
    const floors: [string, string][] = this.single || this.services.length > SERVICES
      ? [['floor: kept ready whatever the traffic', INK.floorFill]]
      : this.services.map(service => [`floor of ${service.plan.service}`, this.colorOf(service)]);
    this.y += this.sheet.legend(24, 88, [...floors, ['ceiling: the autoscaler may add pods up to here', INK.belt], ['the opening', INK.opening]]);
  }

  /** When all openings are, a row for each event. */
  public strip(occurrences: readonly Occurrence[]): void {
    const events = [...new Set(occurrences.map(({ event }) => event))];
    const [first, last] = [occurrences[0].at, occurrences[occurrences.length - 1].at];
    const pad = Math.max(last - first, DAY) * 0.04;
    const [from, until] = [first - pad, last + pad];
    const height = events.length * STRIP_ROW;
    const most = Math.max(...occurrences.map(sizeOf));
    const left = Math.max(LEFT, 24 + 8 * Math.max(...events.map(event => event.length)));
    const ticks = monthsWithin(from, until) ?? ticksOf(from, until, 'UTC', Math.min(12, Math.max(1, Math.floor((until - from) / DAY))));
    this.sheet.title(24, this.y, `All ${occurrences.length} openings`, 16);
    this.sheet.panel({ left, top: this.y + 34, width: WIDTH - RIGHT - left, height }, {
      type: 'value',
      min: from,
      max: until,
      axisLine: { lineStyle: { color: INK.faint } },
      axisTick: { customValues: ticks },
      splitLine: { show: false },
      axisLabel: { customValues: ticks, formatter: (at: number) => formatDay(at).slice(4), color: INK.text, hideOverlap: true },
    }, {
      type: 'category',
      data: events,
      inverse: true,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { color: INK.text, fontSize: 12 },
      splitLine: { show: true, lineStyle: { color: INK.grid } },
    }, [{
      type: 'scatter',
      data: occurrences.map(occurrence => ({
        value: [occurrence.at, occurrence.event],
        symbolSize: 7 + 11 * sizeOf(occurrence) / most,
        itemStyle: occurrence.until <= this.now
          ? { color: '#ffffff', borderColor: INK.faint, borderWidth: 1.5 }
          : { color: INK.opening, borderColor: '#ffffff', borderWidth: 1 },
      })),
      markLine: verticals(this.nowWithin(from, until, 'right'), 'start'),
    }]);
    this.y += height + STRIP_AROUND;
  }

  /** Floors and ceilings around one opening. */
  public panel({ shown, all }: Group): void {
    const { event, at, from: start, until: end, parts } = shown;
    const zone = shown.timeZone ?? 'UTC';
    const pad = (end - start) * 0.12;
    const [from, until] = [start - pad, end + pad];
    const its = parts.map(({ service }) => service);
    const inside = its.flatMap(({ plan }) => edgesOf(plan)).filter(edge => from < edge && edge < until);
    const edges = [...new Set([from, ...inside, until])].sort((a, b) => a - b);
    const sum = (services: readonly DeployedService[], kind: 'floor' | 'ceiling') =>
      edges.map(edge => services.reduce((total, { plan }) => total + planAt(plan, edge)[kind], 0));
    const [floors, ceilings] = [sum(its, 'floor'), sum(its, 'ceiling')];
    // a label above the highest line stays within the panel
    const top = niceAbove(Math.max(...floors, ...ceilings) * 1.15);
    const line = (values: readonly number[], style: object) => ({
      type: 'line', step: 'end', symbol: 'none', data: edges.map((edge, i) => [edge, values[i]]), ...style,
    });
    const readyBy = Math.min(...parts.map(({ opening }) => opening.readyBy));
    const marks = verticals([
      { at: readyBy, text: `Ready by ${formatClock(readyBy, zone)}`, color: INK.faint, side: 'left', type: 'dotted' },
      { at, text: `opens ${formatClock(at, zone)}`, color: INK.opening, side: 'right', type: 'solid' },
      // along its line: it may be near one of the others
      ...this.nowWithin(from, until, 'along'),
    ]);
    const demand = its.length === 1 ? `, for ${formatDemand(parts[0].opening.demand)}` : '';
    const alike = all.length > 1 ? `; ${formatSome(all.length - 1, 'opening')} alike` : '';
    const whose = its.length === 1 && !this.single ? `${titleOf(its[0])}: ` : '';
    this.sheet.title(24, this.y, `${whose}${event}, ${formatDay(at, zone)}`, 18);
    this.sheet.title(24, this.y + 24, `${formatZone(at, zone)}${demand}${alike}`, 12, INK.faint);
    this.sheet.panel(
      { left: LEFT, top: this.y + PANEL_HEAD, width: WIDTH - LEFT - RIGHT, height: PANEL - PANEL_HEAD - PANEL_FOOT },
      timeAxis(from, until, zone), countAxis('pods', { max: top }), [
        line(ceilings, { lineStyle: { color: INK.beltEdge, width: 1.5, type: 'dashed' }, areaStyle: { color: INK.belt, opacity: 1 } }),
        ...this.stacksOf(its).map(({ members, color }) => line(sum(members, 'floor'), {
          lineStyle: { color: INK.floor, width: members.length === its.length ? 2.5 : 1 }, areaStyle: { color, opacity: 1 },
        })),
        { type: 'line', data: [], markLine: marks, markPoint: plateauLabels(edges, floors, ceilings, top) },
      ]);
    this.y += PANEL;
  }

  /** How full everything is that the services use. */
  public stations(occurrences: readonly Occurrence[]): void {
    const frame = { left: LEFT, width: WIDTH - LEFT - RIGHT };
    this.y += drawStations(this.sheet, this.y, frame, loadsIn({ services: this.services }), occurrences, this.now);
  }

  public svg(): string {
    return this.sheet.svg(this.y + 10, `Pods kept ready for ${this.services.map(titleOf).join(', ')}`);
  }

  /** Sums of floors from the highest down: each covers what is below it. */
  private stacksOf(services: readonly DeployedService[]): { readonly members: readonly DeployedService[]; readonly color: string }[] {
    // as the legend has it
    return this.single || this.services.length > SERVICES
      ? [{ members: services, color: INK.floorFill }]
      : services.map((service, i) => ({ members: services.slice(0, i + 1), color: this.colorOf(service) })).reverse();
  }

  private colorOf(service: DeployedService): string {
    return INK.series[this.services.indexOf(service) % INK.series.length];
  }

  private nowWithin(from: EpochMs, until: EpochMs, side: Vertical['side']): Vertical[] {
    return from < this.now && this.now < until ? [{ at: this.now, text: 'now', color: INK.text, side, type: 'dashed' }] : [];
  }
}

/** The highest floor and its ceiling in numbers, where they begin. */
function plateauLabels(edges: readonly EpochMs[], floors: readonly number[], ceilings: readonly number[], top: number): object {
  const highest = Math.max(...floors);
  const i = floors.indexOf(highest);
  // two labels would lie upon each other
  const isNear = (ceilings[i] - highest) / top * (PANEL - PANEL_HEAD - PANEL_FOOT) < LABEL_HEIGHT;
  return {
    symbol: 'rect',
    symbolSize: [1, 1],
    itemStyle: { color: 'transparent' },
    data: isNear ? [{ coord: [edges[i], ceilings[i]], name: `floor ${formatCount(highest)}, ceiling ${formatCount(ceilings[i])}` }] : [
      { coord: [edges[i], highest], name: `floor ${formatCount(highest)}` },
      { coord: [edges[i], ceilings[i]], name: `ceiling ${formatCount(ceilings[i])}`, label: { color: INK.faint, fontWeight: 'normal', fontSize: 12 } },
    ],
    label: {
      show: true, formatter: '{b}', position: [8, -18], align: 'left', color: INK.text, fontSize: 13, fontWeight: 'bold', textBorderColor: '#ffffff', textBorderWidth: 3,
    },
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
