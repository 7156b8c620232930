import { Group, Occurrence, Part, Step, groupsOf, occurrencesOf } from './calendar';
import { stationsText } from './station-rows';
import { Style } from './style';
import { Row, tableOf, wrap } from './table';
import { baselineOf, peakOf, sumOf } from '../core/plan/fleet';
import { endOf, highestOf, planAt, SCHEDULED } from '../core/plan/plan';
import { formatDemand } from '../core/plan/sizing';
import { targetKindOf } from '../core/plan/target-kind';
import { EpochMs } from '../core/time/instant';
import { formatCount, formatSome } from '../core/time/numbers';
import { DAY, MINUTE } from '../core/time/wall-clock';
import { formatClock, formatDay, formatMoment, formatSpan, formatZone } from '../core/time/words';
import { DeployedService, titleOf } from '../manifests/deployed';

export interface PlanTextOptions {
  readonly now: EpochMs;
  readonly columns: number;
  readonly style: Style;
  /** Every occurrence and every service in a row of its own. */
  readonly all: boolean;
}

/** More services than this share a row where the same happens to them. */
const SERVICES_SHOWN = 6;

/** Alike occurrences whose dates are listed. */
const DATES_SHOWN = 4;

/** The calendar of all services, for a terminal. */
export function planText(services: readonly DeployedService[], options: PlanTextOptions): string {
  const { now, style, all, columns } = options;
  const occurrences = occurrencesOf(services);
  const groups = all
    ? occurrences.map((shown): Group => ({ shown, all: [shown] }))
    : groupsOf(occurrences, now);
  const ahead = occurrences.filter(({ until }) => until > now).length;
  const namespace = sharedNamespace(services);
  const title = `${formatSome(services.length, 'service')}${namespace ? ` in namespace '${namespace}'` : ''}, ${formatSome(ahead, 'opening')} ahead`;
  const repaired = services.some(({ jobs }) => jobs.some(({ role }) => role === 'repair'));
  const used = stationsText(services, options);
  const always = `at each deploy, arm proves image, rights and API path${repaired ? '; between events, repair looks every 10 minutes' : ''}`;
  return [
    ...wrap(`${title}, as seen from ${formatMoment(Math.floor(now / MINUTE) * MINUTE)} UTC`, columns).map(style.strong),
    '',
    ...servicesTable(services, options),
    '',
    ...used.length > 0 ? [...used, ''] : [],
    ...wrap(always, columns).map(style.faint),
    ...groups.flatMap(group => ['', ...groupText(group, services, options)]),
  ].join('\n');
}

function servicesTable(services: readonly DeployedService[], { now, columns, style }: PlanTextOptions): string[] {
  const head = { cells: ['service', 'scales', 'start-up', 'per pod', 'baseline', 'at most', 'openings'], style: style.faint };
  const label = labelFor(services);
  const rows: Row[] = services.map(service => {
    const { plan } = service;
    const { target, startupMs, podCapacity } = plan;
    const ahead = plan.openings.filter(opening => endOf(opening) > now).length;
    const past = plan.openings.length - ahead;
    return {
      cells: [
        label(service),
        `${targetKindOf(target)?.shortName ?? target.kind.toLowerCase()}/${target.name}`,
        formatSpan(startupMs),
        podCapacity === undefined ? '' : `${formatCount(podCapacity)}/s`,
        formatRange(planAt({ ...plan, openings: [] }, now)),
        formatRange(highestOf(plan)),
        `${ahead} ahead${past > 0 ? `, ${past} past` : ''}`,
      ],
    };
  });
  const fleet = services.map(({ plan }) => ({ plan }));
  const peak = peakOf(sumOf(fleet), now);
  const layout = { columns, right: [2, 3, 4, 5], spare: [3, 2, 1] };
  if (services.length < 2 || !peak) {
    return tableOf(head, rows, layout);
  }
  const together = { cells: ['together', '', '', '', formatRange(baselineOf(fleet)), formatRange(peak), ''], style: style.strong };
  return [
    ...tableOf(head, [...rows, together], layout),
    ...wrap(`together they ask for the most from ${formatMoment(peak.from)} UTC on`, columns).map(style.faint),
  ];
}

/** How a service is called where all are shown together. */
type Label = (service: DeployedService) => string;

function labelFor(services: readonly DeployedService[]): Label {
  return sharedNamespace(services) === undefined ? titleOf : ({ plan }) => plan.service;
}

function sharedNamespace(services: readonly DeployedService[]): string | undefined {
  const [first, ...others] = new Set(services.map(({ namespace }) => namespace));
  return others.length === 0 ? first : undefined;
}

function groupText({ shown, all }: Group, services: readonly DeployedService[], { now, columns, style, all: every }: PlanTextOptions): string[] {
  const { event, timeZone, at } = shown;
  const isOver = shown.until <= now;
  const title = `${event}  ${formatMoment(at, timeZone)} ${formatZone(at, timeZone)}, ${whenOf(shown, now)}`;
  const alike = alikeText(all, shown, now);
  const heading = [
    ...wrap(title, columns).map(isOver ? style.faint : style.strong),
    ...alike ? wrap(alike, columns - 2).map(line => style.faint(`  ${line}`)) : [],
  ];
  if (isOver && !every) {
    return heading;
  }
  const rows = rowsOf(shown, every, labelFor(services));
  const next = rows.find(row => row.at > now);
  const zone = timeZone ?? 'UTC';
  const place = zone.split('/').pop()!.replace(/_/g, ' ');
  return [
    ...heading,
    ...tableOf(
      { cells: ['', `${place} time`, zone === 'UTC' ? '' : 'UTC', 'service', 'job', 'floor', 'ceiling', 'what happens'], style: style.faint },
      rows.map(row => ({
        cells: [
          // marks only what is under way; before and after, the title says it
          isOver || shown.from > now ? '' : row.at <= now ? 'past' : row === next ? 'next' : '',
          stepTime(row.at, at, zone),
          zone === 'UTC' ? '' : stepTime(row.at, at, 'UTC'),
          services.length > 1 ? row.who : '',
          row.job,
          row.floor,
          row.ceiling,
          row.what,
        ],
        style: row.at <= now ? style.faint : row.kind === 'opening' ? style.strong : undefined,
      })),
      { columns, indent: '  ', spare: [2] },
    ),
  ];
}

function whenOf({ at, from, until }: Occurrence, now: EpochMs): string {
  if (until <= now) {
    return 'past';
  }
  if (from > now) {
    return `in ${formatSpan(at - now)}`;
  }
  return at > now ? `on now, opens in ${formatSpan(at - now)}` : `on now, opened ${formatSpan(now - at)} ago`;
}

function alikeText(all: readonly Occurrence[], shown: Occurrence, now: EpochMs): string | undefined {
  const others = all.filter(other => other !== shown);
  if (others.length === 0) {
    return undefined;
  }
  const weekday = formatDay(shown.at, shown.timeZone).slice(0, 3);
  const past = others.filter(({ until }) => until <= now).length;
  const ahead = others.slice(past);
  const dates = (ahead.length <= DATES_SHOWN ? ahead : [...ahead.slice(0, DATES_SHOWN - 1), ahead[ahead.length - 1]])
    .map(({ at, timeZone }) => formatDay(at, timeZone))
    // the weekday only where it is another
    .map(day => day.startsWith(weekday) ? day.slice(weekday.length + 1) : day);
  const gap = ahead.length > DATES_SHOWN ? `, ... ${dates.pop()}` : '';
  const said = [
    ...ahead.length > 0 ? [`and ${ahead.length} alike: ${dates.join(', ')}${gap}`] : [],
    ...past > 0 ? [`${past} alike ${past === 1 ? 'is' : 'are'} past`] : [],
  ];
  return said.join('; ');
}

interface StepRow {
  readonly at: EpochMs;
  readonly kind: Step['kind'];
  readonly who: string;
  readonly job: string;
  readonly floor: string;
  readonly ceiling: string;
  readonly what: string;
  /** The same, where it is said of several services. */
  readonly shared: string;
}

function rowsOf({ parts }: Occurrence, every: boolean, label: Label): StepRow[] {
  const steps = parts.flatMap(part => part.steps.map(step => ({ part, step, row: rowOf(part, step, label) })));
  const order = ['fall', 'rise', 'ready', 'opening'];
  steps.sort((a, b) => a.step.at - b.step.at || order.indexOf(a.step.kind) - order.indexOf(b.step.kind));
  if (every || parts.length <= SERVICES_SHOWN) {
    return steps.map(({ row }) => row);
  }
  const together = new Map<string, typeof steps>();
  for (const entry of steps) {
    const key = JSON.stringify([entry.step.at, entry.step.kind, entry.row.job]);
    together.set(key, [...together.get(key) ?? [], entry]);
  }
  return [...together.values()].map(entries => {
    const sum = (value: (step: Step) => number) => entries.reduce((total, { step }) => total + value(step), 0);
    const { row } = entries[0];
    return entries.length === 1 ? row : {
      ...row,
      who: formatSome(entries.length, 'service'),
      floor: formatChange(sum(({ before }) => before.floor), sum(({ after }) => after.floor)),
      ceiling: formatChange(sum(({ before }) => before.ceiling), sum(({ after }) => after.ceiling)),
      what: sharedWords(entries.map(entry => entry.row.shared)),
    };
  });
}

/** What happens to services in one row: once if it is the same, else to how many. */
function sharedWords(words: readonly string[]): string {
  const kinds = [...new Set(words)];
  return kinds.length === 1 ? kinds[0] : kinds.map(kind => `${words.filter(word => word === kind).length} ${kind || 'unguarded'}`).join(', ');
}

function rowOf({ service, opening, steps }: Part, step: Step, label: Label): StepRow {
  const { at, kind, before, after, beside } = step;
  const { plan } = service;
  const rises = steps.filter(other => other.kind === 'rise');
  const held = before.floor === after.floor && beside.length > 0 ? `held by '${beside.join("', '")}'` : undefined;
  const guarded = plan.guards > 0;
  const isBelow = opening.floor < plan.baseline.floor && beside.length === 0;
  const first = isBelow ? `stays ${formatCount(plan.baseline.floor)}, the baseline` : guarded ? 'guarded from here on' : '';
  const words: { readonly [kind in Step['kind']]: readonly [job: string, what: string] } = {
    rise: step === rises[0] ? ['bump', held ?? first] : [guarded ? 'guard' : 'bump', held ?? 'on the way up'],
    ready: plan.protection === SCHEDULED ? ['', 'all pods should be Ready'] : ['verify', 'Ready or not'],
    opening: ['', `opens to ${formatDemand(opening.demand)}`],
    fall: ['drop', held ?? (after.floor > plan.baseline.floor ? 'on the way down' : 'back to the baseline')],
  };
  const [job, what] = words[kind];
  const [floor, ceiling] = [formatChange(before.floor, after.floor), formatChange(before.ceiling, after.ceiling)];
  const alone = kind === 'opening' ? 'opens' : what;
  const shared = what === first && isBelow ? 'stay at the baseline' : alone;
  return { at, kind, who: label(service), job, floor, ceiling, what, shared };
}

function formatChange(before: number, after: number): string {
  return before === after ? formatCount(after) : `${formatCount(before)} → ${formatCount(after)}`;
}

function formatRange({ floor, ceiling }: { readonly floor: number; readonly ceiling: number }): string {
  return `${formatCount(floor)} to ${formatCount(ceiling)}`;
}

/** The weekday and time; the date too where the weekday could be another week's. */
function stepTime(step: EpochMs, opening: EpochMs, zone: string): string {
  const day = formatDay(step, zone);
  return `${Math.abs(step - opening) < 6 * DAY ? day.slice(0, 3) : day} ${formatClock(step, zone)}`;
}
