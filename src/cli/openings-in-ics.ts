import { WrongInput } from './io';
import { EpochMs, isoOf } from '../core/time/instant';
import { formatSome } from '../core/time/numbers';
import { formatIn, resolveWall, zoneProblem } from '../core/time/wall-clock';

/** What is read of `ical.js`, whose own types only an ES module can import. */
interface Ical {
  readonly Component: new (jcal: unknown) => Component;
  readonly Event: new (component: Component, options: { readonly exceptions: readonly Component[] }) => Event;
  parse(text: string): unknown[];
}

interface Component {
  readonly name: string;
  getAllSubcomponents(name?: string): Component[];
  hasProperty(name: string): boolean;
  getFirstProperty(name: string): { getFirstParameter(name: string): string | undefined } | null;
  getFirstPropertyValue(name: string): unknown;
}

interface Event {
  readonly component: Component;
  readonly summary: string | null;
  readonly startDate: Time | null;
  isRecurring(): boolean;
  iterator(): { next(): Time | undefined };
  getOccurrenceDetails(occurrence: Time): { readonly item: Event; readonly startDate: Time };
}

interface Time {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly isDate: boolean;
  readonly zone: { readonly tzid: string } | null;
  toUnixTime(): number;
  toString(): string;
}

/** What is wanted of a calendar. */
export interface CalendarQuery {
  readonly from: EpochMs;
  readonly until: EpochMs;
  /** IANA name for times that name no zone. */
  readonly timeZone?: string;
  /** Only entries whose title contains this. */
  readonly title?: string;
}

/** An opening as a calendar has it. */
export interface CalendarOpening {
  readonly at: EpochMs;
  /** IANA name, where the calendar has one. */
  readonly timeZone?: string;
  readonly title: string;
}

/** What was found, and in sentences what was not taken. */
export interface FoundOpenings {
  /** Oldest first, no two at one instant. */
  readonly openings: readonly CalendarOpening[];
  readonly leftOut: readonly string[];
}

/** An endless entry with a rule that yields nothing in the time that is asked for. */
const MOST_STEPS = 100_000;

/** The starts of the entries of an iCalendar file, recurring ones expanded. */
export function openingsInIcs(text: string, query: CalendarQuery): FoundOpenings {
  // a library that few commands need, and whose loading all would pay
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const ICAL = require('ical.js') as Ical;
  let calendars: Component[];
  try {
    const parsed = ICAL.parse(text.replace(/^\ufeff/, ''));
    calendars = (Array.isArray(parsed[0]) ? parsed : [parsed]).map(jcal => new ICAL.Component(jcal));
  } catch (error) {
    throw new WrongInput(`it is no iCalendar file: ${(error as Error).message}`);
  }
  if (calendars.some(calendar => `${calendar.getFirstPropertyValue('prodid')}`.includes('cdk8s-prewarm//plan'))) {
    throw new WrongInput("it is what 'prewarm plan --ics' wrote, whose entries begin hours before their openings; read the calendar that the openings come from");
  }
  const reader = new Reader(query);
  for (const calendar of calendars) {
    const others = calendar.getAllSubcomponents().filter(({ name }) => name !== 'vevent' && name !== 'vtimezone');
    if (others.length > 0) {
      reader.leaveOut(`${formatSome(others.length, 'entry', 'entries')} that ${others.length === 1 ? 'is' : 'are'} no event: ${
        [...new Set(others.map(({ name }) => name))].join(', ')}`);
    }
    const components = calendar.getAllSubcomponents('vevent');
    const changes = components.filter(component => component.hasProperty('recurrence-id'));
    for (const component of components.filter(one => !changes.includes(one))) {
      const uid = component.getFirstPropertyValue('uid');
      reader.read(new ICAL.Event(component, { exceptions: changes.filter(change => change.getFirstPropertyValue('uid') === uid) }));
    }
  }
  return reader.found();
}

class Reader {
  private readonly openings: CalendarOpening[] = [];
  private readonly leftOut: string[] = [];

  constructor(private readonly query: CalendarQuery) {}

  public leaveOut(what: string): void {
    this.leftOut.push(what);
  }

  public read(event: Event): void {
    const { query } = this;
    const title = `${event.summary ?? ''}`.trim() || '(no title)';
    if (query.title !== undefined && !title.toLowerCase().includes(query.title.toLowerCase())) {
      return;
    }
    if (!event.startDate) {
      this.leaveOut(`'${title}', which has no start`);
    } else if (isCancelled(event)) {
      this.leaveOut(`'${title}', which is cancelled`);
    } else if (event.startDate.isDate) {
      this.leaveOut(`'${title}' on ${event.startDate.toString()}, which has no time of day`);
    } else {
      this.expand(event, event.startDate, title);
    }
  }

  public found(): FoundOpenings {
    const byInstant = new Map<EpochMs, CalendarOpening>();
    for (const opening of this.openings.sort((a, b) => a.at - b.at)) {
      const other = byInstant.get(opening.at);
      if (other) {
        this.leaveOut(`'${opening.title}' at ${shown(opening)}, when '${other.title}' opens too`);
      } else {
        byInstant.set(opening.at, opening);
      }
    }
    return { openings: [...byInstant.values()], leftOut: this.leftOut };
  }

  private expand(event: Event, first: Time, title: string): void {
    const { from, until } = this.query;
    const isRecurring = event.isRecurring();
    const starts = isRecurring ? event.iterator() : undefined;
    let before = 0;
    let steps = 0;
    for (let next = starts ? starts.next() : first; next; next = starts?.next()) {
      const { item, startDate } = isRecurring ? event.getOccurrenceDetails(next) : { item: event, startDate: first };
      const opening = this.openingAt(startDate, item, `${item.summary ?? ''}`.trim() || title);
      if (opening && opening.at >= until || ++steps > MOST_STEPS) {
        this.leaveOut(`'${title}' from ${isoOf(until)} on; --until names another end`);
        break;
      }
      before += opening && opening.at < from ? 1 : 0;
      if (opening && opening.at >= from) {
        this.openings.push(opening);
      }
    }
    if (before > 0) {
      this.leaveOut(`'${title}' before ${isoOf(from)}, ${formatSome(before, 'time')}; --from names another start`);
    }
  }

  /** Undefined where it is left out. */
  private openingAt(start: Time, item: Event, title: string): CalendarOpening | undefined {
    if (isCancelled(item)) {
      this.leaveOut(`'${title}' at ${start.toString()}, which is cancelled`);
      return undefined;
    }
    const tzid = item.component.getFirstProperty('dtstart')?.getFirstParameter('tzid');
    const written = start.zone?.tzid === 'UTC' ? 'UTC' : tzid ?? this.query.timeZone;
    if (written === undefined) {
      this.leaveOut(`'${title}' at ${start.toString()}, which names no time zone; --time-zone says which it is`);
      return undefined;
    }
    if (zoneProblem(written) !== undefined) {
      return this.inZoneOfTheFile(start, written, title);
    }
    const at = resolveWall(written, Date.UTC(start.year, start.month - 1, start.day, start.hour, start.minute, start.second));
    if (typeof at !== 'number') {
      this.leaveOut(`'${title}' at ${start.toString()}, which is ${at.kind} by a clock change in ${written}; add ${at.instead[0]} or ${at.instead[1]} by hand`);
      return undefined;
    }
    return { at, timeZone: written, title };
  }

  /** Under a name that only the file knows, such as Windows' own, with its rules. */
  private inZoneOfTheFile(start: Time, zone: string, title: string): CalendarOpening | undefined {
    if (start.zone?.tzid !== zone) {
      this.leaveOut(`'${title}' at ${start.toString()}, whose time zone '${zone}' neither is an IANA name nor stands in the file`);
      return undefined;
    }
    return { at: start.toUnixTime() * 1000, title };
  }
}

function isCancelled({ component }: Event): boolean {
  return `${component.getFirstPropertyValue('status')}`.toUpperCase() === 'CANCELLED';
}

function shown({ at, timeZone = 'UTC' }: CalendarOpening): string {
  return formatIn(timeZone, at);
}
