import { Style } from './style';
import { wrap } from './table';
import { EpochMs, isoOf } from '../core/time/instant';
import { formatCount } from '../core/time/numbers';
import { DAY, dateOf, wallAt } from '../core/time/wall-clock';
import { formatDay, formatMoment, formatZone } from '../core/time/words';
import { ChecklistItem, ChecklistNumber } from '../manifests/checklist';

const GIB = 2 ** 30;

/** Work with a date, for a terminal. */
export function checklistText(items: readonly ChecklistItem[], { now, columns, style }: {
  readonly now: EpochMs; readonly columns: number; readonly style: Style;
}): string {
  if (items.length === 0) {
    return 'no opening is ahead, so there is nothing to ask for';
  }
  const lines = (text: string, indent: string) => wrap(text, columns - indent.length).map(line => indent + line);
  return [
    ...wrap(`Work that no manifest does: ${items.length} things to ask for, soonest first. Numbers are those of the plan; the days before are allowances, `
      + "which '--lead-days ITEM=DAYS' replaces", columns).map(style.strong),
    ...items.flatMap(({ id, title, numbers, asks, where, needed, leadDays, latest, timeZone }) => [
      '',
      ...wrap(`by ${formatDay(latest, timeZone)}${isLate(latest, now, timeZone) ? `, ${daysAgo(latest, now, timeZone)}` : ''}: ${title}`, columns)
        .map(isLate(latest, now, timeZone) ? style.strong : text => text),
      ...lines(`needed from ${formatMoment(needed.from, timeZone)} ${formatZone(needed.from, timeZone)} on; ${id}, ${leadDays} days before`, '  ').map(style.faint),
      ...numbers.flatMap(number => lines(numberText(number), '  - ')),
      ...asks.flatMap(ask => lines(`? ${ask}`, '  ')),
      ...where.map(place => `  > ${place}`),
    ]),
  ].join('\n');
}

/** The same for programs. */
export function checklistJson(items: readonly ChecklistItem[], now: EpochMs): object {
  return {
    asOf: isoOf(now),
    items: items.map(({ id, title, numbers, asks, where, needed, leadDays, latest, timeZone = 'UTC' }) => ({
      id,
      title,
      latest: dayOf(latest, timeZone),
      leadDays,
      late: isLate(latest, now, timeZone),
      needed: { from: isoOf(needed.from), until: isoOf(needed.until) },
      timeZone,
      numbers,
      asks,
      where,
    })),
  };
}

/** What an entry of a calendar says of an item. */
export function checklistNote(item: ChecklistItem): string {
  const { needed, timeZone, numbers, asks, where } = item;
  return [
    `needed from ${formatMoment(needed.from, timeZone)} ${formatZone(needed.from, timeZone)} on`,
    ...numbers.map(numberText),
    ...asks.map(ask => `? ${ask}`),
    ...where.map(place => `> ${place}`),
  ].join('\n');
}

/** `2026-11-21`, in the zone of the event. */
export function dayOf(at: EpochMs, timeZone: string | undefined): string {
  return dateOf(wallAt(timeZone ?? 'UTC', at));
}

/** `4 days ago`, by the days of the calendar: an item has a day, and no hour. */
function daysAgo(latest: EpochMs, now: EpochMs, timeZone: string | undefined): string {
  const days = (Date.parse(dayOf(now, timeZone)) - Date.parse(dayOf(latest, timeZone))) / DAY;
  return `${days} ${days === 1 ? 'day' : 'days'} ago`;
}

/** Whether the latest day is over. */
function isLate(latest: EpochMs, now: EpochMs, timeZone: string | undefined): boolean {
  return dayOf(latest, timeZone) < dayOf(now, timeZone);
}

/** `190 cores at the floors, 299 at the ceilings: CPU requests` */
function numberText({ what, unit, atFloors, atCeilings }: ChecklistNumber): string {
  const shown = (value: number) => formatCount(Math.ceil((unit === 'bytes' ? value / GIB : value) * 100 * (1 - 1e-9)) / 100);
  const name = unit === 'bytes' ? 'GiB' : unit;
  const levels = [
    ...atFloors === undefined ? [] : [`${shown(atFloors)} ${name}${atCeilings === undefined ? '' : ' at the floors'}`],
    ...atCeilings === undefined ? [] : [`${shown(atCeilings)} at the ceilings`],
  ];
  return `${what}: ${levels.join(', ')}`;
}
