import { nextRun, parseCron } from './cron-next';
import { EpochMs } from './instant';
import { clockChanges, DAY, HOUR, MINUTE, wallAt } from './wall-clock';
import { CRON_STEP_MS } from '../plan/names';
import { endOf, Opening, startOf } from '../plan/plan';

/** When a CronJob runs. */
export interface CronLine {
  /** Five fields. */
  readonly schedule: string;
  /** IANA name. */
  readonly timeZone: string;
}

/** The lines of an event's three CronJobs. */
export interface EventLines {
  readonly bump: CronLine;
  readonly verify: CronLine;
  readonly drop: CronLine;
}

/**
 * The cron lines that wake the jobs of one event whenever its windows need them.
 *
 * Bump runs every five minutes of every window, verify at the ready margin, drop at each fall. A line has neither year nor set of
 * instants, so it may wake a job at other times too; as few as its five fields allow. Times are in the event's own zone wherever the
 * scheduler, stepped through each of that zone's clock changes, really runs then, and in UTC elsewhere.
 *
 * @param openings all of one event
 * @param zone the event's own
 */
export function coverOf(openings: readonly Opening[], zone: string = 'UTC'): EventLines {
  const moment = (at: EpochMs): Span => ({ from: floorTo(MINUTE, at), until: floorTo(MINUTE, at) + MINUTE });
  return {
    // from the rise itself: a deploy just before it must not wait for the next slot
    bump: lineFor(zone, openings.map(opening => ({ from: startOf(opening), until: endOf(opening) }))),
    verify: lineFor(zone, openings.map(({ readyBy }) => moment(readyBy))),
    drop: lineFor(zone, openings.flatMap(({ windows }) => windows.map(({ until }) => moment(until)))),
  };
}

/** Runs are needed at `from` and every five minutes after it, before `until`. */
interface Span {
  readonly from: EpochMs;
  readonly until: EpochMs;
}

function lineFor(zone: string, needed: readonly Span[]): CronLine {
  const spans = merge(needed);
  const local = { schedule: scheduleOver(zone, spans), timeZone: zone };
  return zone === 'UTC' || runsThroughClockChanges(local, spans) ? local : { schedule: scheduleOver('UTC', spans), timeZone: 'UTC' };
}

/** Overlapping and touching spans made one, oldest first. */
function merge(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = merged[merged.length - 1];
    if (last && span.from <= last.until && (span.from - last.from) % CRON_STEP_MS === 0) {
      merged[merged.length - 1] = { from: last.from, until: Math.max(last.until, span.until) };
    } else {
      merged.push(span);
    }
  }
  return merged;
}

// ---- fields

/** The five fields that match all slots of the spans and least else. */
function scheduleOver(zone: string, spans: readonly Span[]): string {
  const minutes = Array<boolean>(60).fill(false);
  const hours = Array<boolean>(24).fill(false);
  const days = new Set<number>();
  let day = NaN;
  for (const span of spans) {
    for (let at = span.from; at < span.until; at += CRON_STEP_MS) {
      const wall = wallAt(zone, at);
      if (!(wall >= day && wall < day + DAY)) {
        day = floorTo(DAY, wall);
        days.add(day);
      }
      minutes[(wall - day) % HOUR / MINUTE] = true;
      hours[Math.floor((wall - day) / HOUR)] = true;
    }
  }
  const setIn = (flags: readonly boolean[]) => new Set(flags.flatMap((set, value) => set ? [value] : []));
  return [renderField(setIn(minutes), 0, 59), renderField(setIn(hours), 0, 23), dayFields([...days].map(start => new Date(start)))].join(' ');
}

/**
 * Day of month, month and day of week.
 *
 * Only one of the day fields names days: where both do, either is enough. The one with fewer days in a year is taken.
 */
function dayFields(dates: readonly Date[]): string {
  const daysOfMonth = new Set(dates.map(date => date.getUTCDate()));
  const months = new Set(dates.map(date => date.getUTCMonth() + 1));
  const daysOfWeek = new Set(dates.map(date => date.getUTCDay()));
  let byMonth = 0;
  let byWeek = 0;
  for (const month of months) {
    // the year of a leap day, so that 29 February counts
    const length = new Date(Date.UTC(2028, month, 0)).getUTCDate();
    byMonth += [...daysOfMonth].filter(day => day <= length).length;
    byWeek += length * daysOfWeek.size / 7;
  }
  const monthField = renderField(months, 1, 12);
  return byMonth < byWeek ? `${renderField(daysOfMonth, 1, 31)} ${monthField} *` : `* ${monthField} ${renderField(daysOfWeek, 0, 6)}`;
}

/** A field in the shortest of the forms `*`, `a-b/step` and a list of values and ranges. */
function renderField(set: ReadonlySet<number>, min: number, max: number): string {
  const values = [...set].sort((a, b) => a - b);
  if (values.length === max - min + 1) {
    return '*';
  }
  const [first, last] = [values[0], values[values.length - 1]];
  const list = rangesOf(values).map(([from, to]) => from === to ? `${from}` : `${from}-${to}`).join(',');
  const step = values.length > 3 ? values[1] - first : 1;
  if (step === 1 || values.some((value, i) => value !== first + i * step)) {
    return list;
  }
  const stepped = first === min && last + step > max ? `*/${step}` : `${first}-${last}/${step}`;
  return stepped.length < list.length ? stepped : list;
}

function rangesOf(values: readonly number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const value of values) {
    const last = ranges[ranges.length - 1];
    if (last && last[1] === value - 1) {
      last[1] = value;
    } else {
      ranges.push([value, value]);
    }
  }
  return ranges;
}

// ---- clock changes

/** What the scheduler does can only be odd on the day of a clock change, and on its way there from before. */
const NEAR_CHANGE = 27 * HOUR;

/** Where a scheduler may come from: hours around the change, finer close to it, and deployed days or months before. */
const STARTS = [
  ...[-200, -40, -3].map(days => days * DAY),
  ...steps(-27 * HOUR, -2 * HOUR, HOUR),
  ...steps(-2 * HOUR, 2 * HOUR, CRON_STEP_MS),
  ...steps(2 * HOUR, 27 * HOUR, HOUR),
];

/** Whether a scheduler, wherever it stands around a clock change, starts its next run no later than the next slot. */
function runsThroughClockChanges({ schedule, timeZone }: CronLine, spans: readonly Span[]): boolean {
  const cron = parseCron(schedule);
  const changes = clockChanges(timeZone, spans[0].from - NEAR_CHANGE, spans[spans.length - 1].until + NEAR_CHANGE);
  return changes.every(change => STARTS.every(start => {
    const slot = nextSlot(spans, change + start);
    const run = slot === undefined ? undefined : nextRun(cron, timeZone, change + start);
    return slot === undefined || (run !== undefined && run > change + start && run <= slot);
  }));
}

/** The first slot after an instant. */
function nextSlot(spans: readonly Span[], after: EpochMs): EpochMs | undefined {
  // the first span with a slot after it, by bisection
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (lastSlot(spans[middle]) > after) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return spans[low] && Math.max(spans[low].from, floorTo(CRON_STEP_MS, after - spans[low].from) + CRON_STEP_MS + spans[low].from);
}

function lastSlot({ from, until }: Span): EpochMs {
  return from + floorTo(CRON_STEP_MS, until - 1 - from);
}

function steps(from: number, until: number, step: number): number[] {
  return Array.from({ length: (until - from) / step }, (_, i) => from + i * step);
}

function floorTo(unit: number, value: number): number {
  return Math.floor(value / unit) * unit;
}
