import { nextRun, parseCron } from './cron-next';
import { EpochMs } from './instant';
import { Interval, unionOf } from './intervals';
import { clockChanges, DAY, HOUR, MINUTE, wallAt, WallMs } from './wall-clock';

/** When a CronJob runs. */
export interface CronLine {
  /** Five fields. */
  readonly schedule: string;
  /** IANA name. */
  readonly timeZone: string;
}

/**
 * The cron line that wakes a job at the start of each span and every step after it, to the span's end.
 *
 * A line has neither year nor set of instants, so it may wake the job at other times too; as few as its five fields allow. Times are in
 * the given zone wherever the scheduler, stepped through each of that zone's clock changes, really runs then, and in UTC elsewhere.
 *
 * @param stepMs a divisor of an hour, in whole minutes
 */
export function lineFor(zone: string, needed: readonly Interval[], stepMs: number): CronLine {
  const spans = inStep(needed, stepMs);
  const local = { schedule: scheduleOver(zone, spans, stepMs), timeZone: zone };
  return zone === 'UTC' || runsThroughClockChanges(local, spans, stepMs) ? local : { schedule: scheduleOver('UTC', spans, stepMs), timeZone: 'UTC' };
}

/** Spans that follow one another in step made one, oldest first. */
function inStep(spans: readonly Interval[], stepMs: number): Interval[] {
  return unionOf(spans, (earlier, later) => (later.from - earlier.from) % stepMs === 0);
}

// ---- fields

/** The five fields that match all slots of the spans and least else. */
function scheduleOver(zone: string, spans: readonly Interval[], stepMs: number): string {
  const minutes = Array<boolean>(60).fill(false);
  const hours = Array<boolean>(24).fill(false);
  const days = new Set<number>();
  let day = NaN;
  for (const span of spans) {
    for (let at = span.from; at < span.until; at += stepMs) {
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

// ---- what a line does beside what is needed

/** Runs of a line that find nothing to do. */
export interface IdleRuns {
  /** The most of one day. */
  readonly most: number;
  /** Those of all days. */
  readonly all: number;
}

/**
 * The runs that a line has in a season outside the times in which it is needed.
 *
 * Days are those of the line's zone. On a day on which its clocks change it can be an hour's runs too few.
 *
 * @param inUse without overlaps
 */
export function slotsOutside({ schedule, timeZone }: CronLine, inUse: readonly Interval[], season: Interval): IdleRuns {
  const cron = parseCron(schedule);
  if (cron.kind !== 'fields') {
    throw new Error(`cron line '${schedule}' has no fields`);
  }
  // how many runs a day has before each of its minutes
  const before = [0];
  for (let minute = 0; minute < DAY / MINUTE; minute++) {
    before.push(before[minute] + (cron.hour[floorTo(HOUR, minute * MINUTE) / HOUR] && cron.minute[minute % 60] ? 1 : 0));
  }
  const daily = before[before.length - 1];
  const needed = new Map<WallMs, number>();
  const note = (from: WallMs, until: WallMs) => {
    for (let day = floorTo(DAY, from); day < until; day += DAY) {
      const count = before[Math.min(DAY, until - day) / MINUTE] - before[Math.max(0, from - day) / MINUTE];
      needed.set(day, (needed.get(day) ?? 0) + count);
    }
  };
  const [first, last] = [wallAt(timeZone, season.from), wallAt(timeZone, season.until)];
  note(floorTo(DAY, first), first);
  note(last, floorTo(DAY, last) + DAY);
  inUse.forEach(({ from, until }) => note(wallAt(timeZone, from), wallAt(timeZone, until)));
  let [most, all] = [0, 0];
  for (let day = floorTo(DAY, first); day <= last; day += DAY) {
    const date = new Date(day);
    const isDay = [cron.dayOfMonth[date.getUTCDate()], cron.dayOfWeek[date.getUTCDay()]];
    if (cron.month[date.getUTCMonth() + 1] && (cron.eitherDay ? isDay.some(Boolean) : isDay.every(Boolean))) {
      const idle = daily - (needed.get(day) ?? 0);
      most = Math.max(most, idle);
      all += idle;
    }
  }
  return { most, all };
}

// ---- clock changes

/** What the scheduler does can only be odd on the day of a clock change, and on its way there from before. */
const NEAR_CHANGE = 27 * HOUR;

/** Where a scheduler may come from: hours around the change, finer close to it, and deployed days or months before. */
const STARTS = [
  ...[-200, -40, -3].map(days => days * DAY),
  ...steps(-27 * HOUR, -2 * HOUR, HOUR),
  ...steps(-2 * HOUR, 2 * HOUR, 5 * MINUTE),
  ...steps(2 * HOUR, 27 * HOUR, HOUR),
];

/** Whether a scheduler, wherever it stands around a clock change, starts its next run no later than the next slot. */
function runsThroughClockChanges({ schedule, timeZone }: CronLine, spans: readonly Interval[], stepMs: number): boolean {
  const cron = parseCron(schedule);
  const changes = clockChanges(timeZone, spans[0].from - NEAR_CHANGE, spans[spans.length - 1].until + NEAR_CHANGE);
  return changes.every(change => STARTS.every(start => {
    const slot = nextSlot(spans, change + start, stepMs);
    const run = slot === undefined ? undefined : nextRun(cron, timeZone, change + start);
    return slot === undefined || (run !== undefined && run > change + start && run <= slot);
  }));
}

/** The first slot after an instant. */
function nextSlot(spans: readonly Interval[], after: EpochMs, stepMs: number): EpochMs | undefined {
  // the first span with a slot after it, by bisection
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (lastSlot(spans[middle], stepMs) > after) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return spans[low] && Math.max(spans[low].from, floorTo(stepMs, after - spans[low].from) + stepMs + spans[low].from);
}

function lastSlot({ from, until }: Interval, stepMs: number): EpochMs {
  return from + floorTo(stepMs, until - 1 - from);
}

function steps(from: number, until: number, step: number): number[] {
  return Array.from({ length: (until - from) / step }, (_, i) => from + i * step);
}

function floorTo(unit: number, value: number): number {
  return Math.floor(value / unit) * unit;
}
