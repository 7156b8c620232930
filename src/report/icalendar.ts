import icalGenerator, { ICalCalendarMethod, ICalEventTransparency } from 'ical-generator';
import { Occurrence, occurrencesOf } from './calendar';
import { checklistNote, dayOf } from './checklist';
import { formatDemand } from '../core/plan/sizing';
import { EpochMs } from '../core/time/instant';
import { formatCount } from '../core/time/numbers';
import { dateOf, wallAt } from '../core/time/wall-clock';
import { formatClock, formatMoment } from '../core/time/words';
import { ChecklistItem } from '../manifests/checklist';
import { DeployedService, ceilingOf, titleOf } from '../manifests/deployed';

/**
 * The calendar as iCalendar, an entry for each opening from its first rise to its last fall.
 *
 * Times are in UTC, which every calendar program shows in its reader's zone. The UIDs stay the same from one synth to the next, so that
 * a second import moves entries rather than doubling them.
 *
 * @param checklist work with a date, an entry of a whole day for each
 */
export function icalendar(services: readonly DeployedService[], now: EpochMs, checklist: readonly ChecklistItem[] = []): string {
  const calendar = icalGenerator({
    name: 'Prewarmed openings',
    prodId: '//cdk8s-prewarm//plan//EN',
    method: ICalCalendarMethod.PUBLISH,
  });
  const taken = new Map<string, number>();
  for (const occurrence of occurrencesOf(services)) {
    const id = idOf(occurrence);
    taken.set(id, (taken.get(id) ?? 0) + 1);
    calendar.createEvent({
      id: `${id}${taken.get(id)! > 1 ? `-${taken.get(id)}` : ''}@cdk8s-prewarm`,
      stamp: new Date(now),
      start: new Date(occurrence.from),
      end: new Date(occurrence.until),
      summary: summaryOf(occurrence),
      description: descriptionOf(occurrence),
      // nobody is busy for hours because a floor is up
      transparency: ICalEventTransparency.TRANSPARENT,
    });
  }
  for (const item of checklist) {
    calendar.createEvent({
      id: `checklist-${item.id.replace('/', '-')}@cdk8s-prewarm`,
      stamp: new Date(now),
      // a whole day, in any zone
      start: new Date(`${dayOf(item.latest, item.timeZone)}T00:00:00Z`),
      allDay: true,
      summary: `Prewarm, ask at the latest today: ${item.title}`,
      description: checklistNote(item),
      transparency: ICalEventTransparency.TRANSPARENT,
    });
  }
  return `${calendar.toString()}\r\n`;
}

/** By event and day, so that an opening that moves by hours stays the same entry; with namespaces, since others may have an event of that name. */
function idOf({ event, at, timeZone, parts }: Occurrence): string {
  const namespaces = [...new Set(parts.map(({ service }) => service.namespace))].filter(namespace => namespace !== undefined);
  return [event, dateOf(wallAt(timeZone ?? 'UTC', at)), ...namespaces].join('-');
}

function summaryOf({ event, at, timeZone, parts }: Occurrence): string {
  const zone = timeZone ?? 'UTC';
  // the entry begins hours before
  return `Prewarm for ${event}, opens ${formatClock(at, zone)} ${zone}: ${parts.map(({ service, opening }) =>
    `${service.plan.service} ${formatCount(opening.floor)}`).join(', ')}`;
}

function descriptionOf({ timeZone, parts }: Occurrence): string {
  const words = { rise: 'floor up', ready: 'Ready or not', opening: 'opening', fall: 'floor down' };
  return parts.map(({ service, opening, steps }) => [
    `${titleOf(service)}: ${formatDemand(opening.demand)}, floor ${formatCount(opening.floor)}, ceiling ${formatCount(ceilingOf(service.plan, opening))}`,
    ...steps.map(({ at, kind, before, after }) => `${formatMoment(at, timeZone)}  ${words[kind]}`
      + (before.floor === after.floor ? '' : ` ${formatCount(before.floor)} → ${formatCount(after.floor)}`)),
  ].join('\n')).join('\n\n');
}
