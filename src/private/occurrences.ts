import { Duration } from 'cdk8s';
import { timeLike } from './spelling';
import { shown } from './whole-number';
import { checkDuration, checkWindow } from './window-shape';
import { ListedOpening, Problems, resolveOpenings } from '../core/openings/listed';
import { datesOfSeason, uniqueDates } from '../core/time/calendar';
import { EpochMs } from '../core/time/instant';
import { dateOf, formatIn, parseDate, parseInstant, parseTime, resolveWall, wallAt } from '../core/time/wall-clock';
import { OpeningListOptions, DailyOptions, SingleOpening, WallTimeOptions } from '../opening-options';
import { WindowOptions } from '../window-options';

/** One opening of an event. */
export interface Occurrence {
  /** As people call it: `YYYY-MM-DD` in the event's zone; without a zone, as it was written. */
  readonly date: string;
  readonly at: EpochMs;
  /** Where it stands in a list, for messages: `row 7`. */
  readonly where?: string;
  /** Name of its demand. */
  readonly demand?: string;
  /** The fields of its window that are its own. */
  readonly window?: WindowOptions;
}

/** The openings of `OpeningEvent.at`. */
export function occurrencesIn(openings: readonly SingleOpening[], options: OpeningListOptions): Occurrence[] {
  if (openings.length === 0) {
    throw new Error("'openings' is empty; list at least one");
  }
  const problems = new Problems();
  const written = openings.flatMap((opening, i) => {
    const where = `opening ${i + 1}`;
    return problems.collect(where, () => {
      const { at, demand, lead, hold } = opening;
      if (typeof at !== 'string') {
        throw new Error(`'at' must be a text such as '2026-12-05T10:00', got ${shown(at)}`);
      }
      checkDuration('lead', lead);
      checkDuration('hold', hold);
      return [{ where, at, prop: 'at', demand, leadMs: msOf(lead), holdMs: msOf(hold) }];
    }) ?? [];
  });
  const listed = resolveOpenings(written, options.timeZone, problems);
  problems.throwIfAny();
  return occurrencesOf(listed, options.timeZone, options);
}

/**
 * Openings of a list as occurrences.
 *
 * @param event the window of the event, into which each opening's own fields must fit
 */
export function occurrencesOf(listed: readonly ListedOpening[], timeZone: string | undefined, event: WindowOptions): Occurrence[] {
  const problems = new Problems();
  const occurrences = listed.map(({ at, where, demand, leadMs, holdMs }): Occurrence => {
    const window: WindowOptions = {
      ...(leadMs === undefined ? {} : { lead: Duration.millis(leadMs) }), ...(holdMs === undefined ? {} : { hold: Duration.millis(holdMs) }),
    };
    const isOwn = Object.keys(window).length > 0;
    if (isOwn) {
      problems.collect(where, () => checkWindow({ ...event, ...window }));
    }
    return {
      date: dateOf(wallAt(timeZone ?? 'UTC', at)), at, where, ...(demand === undefined ? {} : { demand }), ...(isOwn ? { window } : {}),
    };
  });
  problems.throwIfAny();
  return occurrences;
}

function msOf(duration: Duration | undefined): number | undefined {
  return duration?.toMilliseconds({ integral: false });
}

/** The openings of a season. */
export function seasonOf(options: DailyOptions, weekdays?: number[]): Occurrence[] {
  const { firstDate, lastDate, exceptDates, moved = {} } = options;
  checkYear('firstDate', firstDate);
  checkYear('lastDate', lastDate);
  const dates = datesOfSeason({ firstDate, lastDate, exceptDates, weekdays });
  const stays = dates.filter(date => moved[date] === undefined);
  for (const date of uniqueDates('moved', Object.keys(moved))) {
    if (!dates.includes(date)) {
      throw new Error(`'moved' has '${date}', which is no day of the season; there are ${dates.length}, from ${dates[0]} to ${dates[dates.length - 1]}`);
    }
  }
  const occurrences = [
    ...onDates(options, stays, date => `put '${date}' into 'exceptDates'`, (date, instant) => `; or say moved: { '${date}': '${instant}' }`),
    ...Object.entries(moved).map(([date, to]) => movedTo(date, to, options)),
  ].sort((a, b) => a.at - b.at);
  const same = occurrences.findIndex(({ at }, i) => occurrences[i + 1]?.at === at);
  if (same >= 0) {
    throw new Error(`'moved' leaves two openings at ${formatIn(options.timeZone, occurrences[same].at)}; put one of the two days into 'exceptDates'`);
  }
  return occurrences;
}

/** Before all days between the two are listed. */
function checkYear(prop: string, date: string): void {
  const year = /^(\d{4})-/.exec(date)?.[1];
  if (year !== undefined && (year < '1970' || year > '2099')) {
    throw new Error(`'${prop}' (${date}) is not between 1970 and 2099; is the year right?`);
  }
}

/** An opening of a season at another time than the others. */
function movedTo(date: string, to: string, { timeZone }: DailyOptions): Occurrence {
  const prop = `moved['${date}']`;
  const isDateTime = `${to}`.includes('T');
  if (!isDateTime && parseTime(to) === undefined) {
    throw new Error(`'${prop}' (${to}) is no time of day; write ${timeLike(`${to}`)}, or '${date}T20:00' with another day`);
  }
  const at = parseInstant(prop, isDateTime ? to : `${date}T${to}`, timeZone, true);
  return { date: dateOf(wallAt(timeZone, at)), at };
}

/**
 * Openings at one time of day.
 *
 * @param leaveOut how to leave out a date on which a clock change has that time skipped or repeated
 * @param orElse how else to go about it
 */
export function onDates(
  { time, timeZone }: WallTimeOptions, dates: string[], leaveOut: (date: string) => string, orElse: (date: string, instant: string) => string = () => '',
): Occurrence[] {
  const timeOfDay = parseTime(time);
  if (timeOfDay === undefined) {
    throw new Error(`'time' (${time}) is no time of day; write ${timeLike(time)}`);
  }
  return dates.map(date => {
    const at = resolveWall(timeZone, parseDate(date)! + timeOfDay);
    if (typeof at !== 'number') {
      throw new Error(`'time' (${time}) on ${date} is ${at.kind} by a clock change in ${timeZone}; ${leaveOut(date)}, and add an `
        + `OpeningEvent.once at '${at.instead[0]}' or '${at.instead[1]}'${orElse(date, at.instead[1])}`);
    }
    return { date, at };
  });
}
