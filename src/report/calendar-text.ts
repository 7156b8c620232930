import { Occurrence, occurrencesOf } from './calendar';
import { PlanTextOptions } from './plan-text';
import { Row, tableOf, wrap } from './table';
import { formatCount, formatSome } from '../core/time/numbers';
import { formatClock, formatDay, formatMoment, formatSpan } from '../core/time/words';
import { DeployedService, titleOf } from '../manifests/deployed';

/** The openings of all services that are not over, oldest first, one line each; with `all`, those that are over too. For a terminal. */
export function calendarText(services: readonly DeployedService[], { now, columns, style, all }: PlanTextOptions): string {
  const occurrences = occurrencesOf(services);
  const shown = all ? occurrences : occurrences.filter(({ until }) => until > now);
  const past = occurrences.length - shown.length;
  const title = `${formatSome(occurrences.filter(({ until }) => until > now).length, 'opening')} ahead`
    + (past > 0 ? `, ${past} past (shown with --all)` : '');
  const isOneZone = new Set(shown.map(({ timeZone = 'UTC' }) => timeZone)).size === 1;
  const zone = shown[0]?.timeZone ?? 'UTC';
  return [
    ...wrap(title, columns).map(style.strong),
    ...shown.length === 0 ? [] : ['', ...tableOf(
      {
        cells: [isOneZone ? `opens (${zone})` : 'opens', '', isOneZone && zone === 'UTC' ? '' : 'UTC', 'event', 'pods', 'from', 'until', 'when', 'services'],
        style: style.faint,
      },
      shown.map((occurrence): Row => ({
        cells: cellsOf(occurrence, isOneZone, now),
        ...(occurrence.until <= now ? { style: style.faint } : {}),
      })),
      { columns, right: [4], spare: [2, 6, 5] },
    )],
  ].join('\n');
}

function cellsOf(occurrence: Occurrence, isOneZone: boolean, now: number): string[] {
  const { event, timeZone, at, from, until, parts } = occurrence;
  const zone = timeZone ?? 'UTC';
  const near = (instant: number) => (formatDay(instant, zone) === formatDay(at, zone) ? '' : `${formatDay(instant, zone).slice(0, 3)} `) + formatClock(instant, zone);
  return [
    formatMoment(at, zone),
    isOneZone ? '' : zone,
    zone === 'UTC' ? '' : `${formatDay(at).slice(0, 3)} ${formatClock(at)}`,
    event,
    formatCount(parts.reduce((sum, { opening }) => sum + opening.floor, 0)),
    near(from),
    near(until),
    whenOf(occurrence, now),
    parts.length <= NAMES_SHOWN ? parts.map(({ service }) => titleOf(service)).join(', ') : formatSome(parts.length, 'service'),
  ];
}

/** More are counted, so that an opening stays one line. */
const NAMES_SHOWN = 1;

function whenOf({ at, from, until }: Occurrence, now: number): string {
  if (until <= now) {
    return 'past';
  }
  return from <= now ? 'on now' : `in ${formatSpan(at - now)}`;
}
