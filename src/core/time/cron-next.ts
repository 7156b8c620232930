import { EpochMs } from './instant';
import { DAY, HOUR, MINUTE, offsetAt, wallAt, WallMs, zoneProblem } from './wall-clock';

/**
 * Cron lines as Kubernetes' CronJob controller reads and steps them.
 *
 * It parses with robfig/cron's standard parser and asks it for the run after the last one. What that library does around clock
 * changes is odd in places (a day whose midnight is skipped can be passed over whole); it is followed here in every oddity, since a job
 * that we believe in and that does not run is the one thing that must not happen.
 */
export type CronSchedule = CronFields | CronInterval;

/** One flag for each value of a field, indexed by the value. */
export interface CronFields {
  readonly kind: 'fields';
  readonly second: readonly boolean[];
  readonly minute: readonly boolean[];
  readonly hour: readonly boolean[];
  readonly dayOfMonth: readonly boolean[];
  readonly month: readonly boolean[];
  readonly dayOfWeek: readonly boolean[];
  /** Both day fields name days, so that either one is enough. */
  readonly eitherDay: boolean;
  /** From a `TZ=` prefix; wins over the zone that the caller names. */
  readonly timeZone?: string;
}

/** `@every 1h30m` */
export interface CronInterval {
  readonly kind: 'interval';
  readonly everyMs: number;
}

interface FieldRange {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

// one look-up for all: tests and rehearsal step whole years, and a global is slow to reach from where they run
const { floor } = Math;

const MONTHS = ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const SECOND: FieldRange = { name: 'second', min: 0, max: 59 };
const FIELDS: readonly FieldRange[] = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, names: MONTHS },
  { name: 'day of week', min: 0, max: 6, names: WEEKDAYS },
];

const DESCRIPTORS: { readonly [name: string]: string } = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

export interface CronOptions {
  /** The line begins with a field for seconds; Kubernetes' lines never do. */
  readonly seconds?: boolean;
}

/**
 * Reads a line of five fields, a descriptor such as `@hourly`, or `@every` with a duration; each may follow `TZ=zone`.
 *
 * @throws Error that says which part is wrong
 */
export function parseCron(line: string, options: CronOptions = {}): CronSchedule {
  const prefix = /^(?:CRON_)?TZ=(\S*) *(.*)$/s.exec(line);
  if (prefix) {
    const [, timeZone, rest] = prefix;
    const problem = zoneProblem(timeZone);
    if (problem) {
      throw new Error(`time zone '${timeZone}' of cron line '${line}' ${problem}`);
    }
    const schedule = parseUnzoned(rest.trim(), options);
    return schedule.kind === 'fields' ? { ...schedule, timeZone } : schedule;
  }
  return parseUnzoned(line, options);
}

function parseUnzoned(line: string, options: CronOptions): CronSchedule {
  if (line.startsWith('@')) {
    return parseDescriptor(line);
  }
  const texts = line.split(/\s+/).filter(text => text !== '');
  const wanted = FIELDS.length + (options.seconds ? 1 : 0);
  if (texts.length !== wanted) {
    throw new Error(`cron line '${line}' must have ${wanted} fields, has ${texts.length}`);
  }
  const [second, ...rest] = options.seconds ? texts : ['0', ...texts];
  const [minute, hour, dayOfMonth, month, dayOfWeek] = rest.map((text, i) => parseField(text, FIELDS[i]));
  return {
    kind: 'fields',
    second: parseField(second, SECOND).values,
    minute: minute.values,
    hour: hour.values,
    dayOfMonth: dayOfMonth.values,
    month: month.values,
    dayOfWeek: dayOfWeek.values,
    eitherDay: !dayOfMonth.star && !dayOfWeek.star,
  };
}

function parseDescriptor(line: string): CronSchedule {
  const every = /^@every (.*)$/s.exec(line);
  if (every) {
    const ms = parseGoDuration(every[1]);
    if (ms === undefined) {
      throw new Error(`cron line '${line}' needs a duration such as '1h30m'`);
    }
    return { kind: 'interval', everyMs: Math.max(1000, floor(ms / 1000) * 1000) };
  }
  if (!Object.prototype.hasOwnProperty.call(DESCRIPTORS, line)) {
    throw new Error(`cron line '${line}' is unknown; known are ${Object.keys(DESCRIPTORS).join(', ')} and @every`);
  }
  return parseUnzoned(DESCRIPTORS[line], {});
}

function parseGoDuration(text: string): number | undefined {
  const units: { readonly [unit: string]: number } = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1000, m: MINUTE, h: HOUR };
  const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;
  const match = /^([+-]?)(.+)$/.exec(text);
  if (!match) {
    return undefined;
  }
  const [, sign, size] = match;
  if (size !== '0' && size.replace(part, '') !== '') {
    return undefined;
  }
  const ms = [...size.matchAll(part)].reduce((sum, [, count, unit]) => sum + Number(count) * units[unit], 0);
  return sign === '-' ? -ms : ms;
}

interface ParsedField {
  readonly values: boolean[];
  /** A bare `*` or `?` is in the list; one with a step above 1 is not bare. */
  readonly star: boolean;
}

function parseField(text: string, range: FieldRange): ParsedField {
  const values = Array<boolean>(range.max + 1).fill(false);
  let star = false;
  // empty parts of a list are passed over, even when nothing else is there
  for (const part of text.split(',').filter(entry => entry !== '')) {
    star = parsePart(part, range, values) || star;
  }
  return { values, star };
}

/** Sets the values that one part of a list names; true if it is a bare star. */
function parsePart(part: string, range: FieldRange, values: boolean[]): boolean {
  const fail = (why: string): never => {
    throw new Error(`'${part}' is no ${range.name} of a cron line: ${why}`);
  };
  const whole = (text: string): number => /^\+?\d{1,18}$/.test(text) ? Number(text) : fail(`'${text}' is no whole number`);
  const value = (text: string): number => {
    const named = range.names?.indexOf(text.toLowerCase()) ?? -1;
    return text !== '' && named >= 0 ? named : whole(text);
  };
  const [bounds, stepText, ...tooManySlashes] = part.split('/');
  const [low, high, ...tooManyHyphens] = bounds.split('-');
  const anything = low === '*' || low === '?';
  if (tooManySlashes.length > 0) {
    fail('too many slashes');
  }
  if (!anything && tooManyHyphens.length > 0) {
    fail('too many hyphens');
  }
  const step = stepText === undefined ? 1 : whole(stepText);
  const start = anything ? range.min : value(low);
  let end = range.max;
  if (!anything) {
    // a single value with a step runs on to the field's end
    end = high !== undefined ? value(high) : stepText !== undefined ? range.max : start;
  }
  if (start < range.min || end > range.max) {
    fail(`must be ${range.min} to ${range.max}`);
  }
  if (start > end) {
    fail('ends before it begins');
  }
  if (step === 0) {
    fail('a step of 0');
  }
  for (let v = start; v <= end; v += step) {
    values[v] = true;
  }
  return anything && step === 1;
}

/** How far ahead a run is looked for. */
const YEARS_AHEAD = 5;

/**
 * The first run of a schedule after an instant, as the CronJob controller computes it; undefined if there is none for five years.
 *
 * It looks for the month, then the day, hour, minute and second, each time stepping the finer units from their start; whenever a unit
 * overflows it begins again with the month. In an hour that a clock change repeats from its middle it can come out before `after`, as
 * upstream does; `runsBetween` ends there.
 */
export function nextRun(schedule: CronSchedule, zone: string, after: EpochMs): EpochMs | undefined {
  const soonest = floor(after / 1000) * 1000 + 1000;
  if (schedule.kind === 'interval') {
    return soonest - 1000 + schedule.everyMs;
  }
  return new Search(schedule, schedule.timeZone ?? zone, soonest).run();
}

/** All runs after an instant and up to another, that one included; each follows from the one before, as the controller has it. */
export function runsBetween(schedule: CronSchedule, zone: string, after: EpochMs, upTo: EpochMs): EpochMs[] {
  const runs: EpochMs[] = [];
  let last = after;
  for (;;) {
    const run = nextRun(schedule, zone, last);
    if (run === undefined || run > upTo || run <= last) {
      return runs;
    }
    runs.push(run);
    last = run;
  }
}

class Search {
  /** The wall time of `at`. */
  private wall: WallMs;
  /** The day of `wall`. */
  private day: Day;
  /** The finer units stand at their start: something has been stepped already. */
  private atStart = false;

  constructor(private readonly schedule: CronFields, private readonly zone: string, private at: EpochMs) {
    this.wall = wallAt(zone, at);
    this.day = dayAt(this.wall);
  }

  public run(): EpochMs | undefined {
    const lastYear = this.day.year + YEARS_AHEAD;
    while (this.day.year <= lastYear) {
      if (this.findMonth() && this.findDay() && this.findHour() && this.findMinute() && this.findSecond()) {
        return this.at;
      }
    }
    return undefined;
  }

  private findMonth(): boolean {
    while (!this.schedule.month[this.day.month]) {
      this.startOf(() => Date.UTC(this.day.year, this.day.month - 1, 1));
      this.moveToWall(Date.UTC(this.day.year, this.day.month, this.day.date) + timeOfDay(this.wall));
      if (this.day.month === 1) {
        return false;
      }
    }
    return true;
  }

  private findDay(): boolean {
    while (!this.dayMatches()) {
      this.startOf(() => this.wall - timeOfDay(this.wall));
      this.moveToWall(this.wall + DAY);
      // midnight was skipped by a clock change: go to the nearest one that is not, even if that is the day before
      const hour = hourOf(this.wall);
      if (hour !== 0) {
        this.moveTo(this.at + (hour > 12 ? 24 - hour : -hour) * HOUR);
      }
      if (this.day.date === 1) {
        return false;
      }
    }
    return true;
  }

  private dayMatches(): boolean {
    const ofMonth = this.schedule.dayOfMonth[this.day.date];
    const ofWeek = this.schedule.dayOfWeek[this.day.weekday];
    return this.schedule.eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek;
  }

  private findHour(): boolean {
    while (!this.schedule.hour[hourOf(this.wall)]) {
      this.startOf(() => floor(this.wall / HOUR) * HOUR);
      this.moveTo(this.at + HOUR);
      if (hourOf(this.wall) === 0) {
        return false;
      }
    }
    return true;
  }

  private findMinute(): boolean {
    const minuteOf = () => floor(timeOfDay(this.wall) / MINUTE) % 60;
    while (!this.schedule.minute[minuteOf()]) {
      if (!this.atStart) {
        this.atStart = true;
        this.moveTo(floor(this.at / MINUTE) * MINUTE);
      }
      this.moveTo(this.at + MINUTE);
      if (minuteOf() === 0) {
        return false;
      }
    }
    return true;
  }

  private findSecond(): boolean {
    // no clock changes within a minute
    const now = floor(timeOfDay(this.wall) / 1000) % 60;
    const found = this.schedule.second.indexOf(true, now);
    this.moveTo(this.at + ((found < 0 ? 60 : found) - now) * 1000);
    return found >= 0;
  }

  /** Moves to the start of a unit before the first step of all. */
  private startOf(start: () => WallMs): void {
    if (!this.atStart) {
      this.atStart = true;
      this.moveToWall(start());
    }
  }

  private moveTo(at: EpochMs): void {
    this.at = at;
    this.wall = wallAt(this.zone, at);
    this.day = this.wall >= this.day.start && this.wall < this.day.start + DAY ? this.day : dayAt(this.wall);
  }

  /** Where a clock change skips or repeats a wall time, the offset is picked as Go's `time.Date` picks it. */
  private moveToWall(wall: WallMs): void {
    const guess = offsetAt(this.zone, wall);
    this.moveTo(wall - offsetAt(this.zone, wall - guess));
  }
}

interface Day {
  readonly start: WallMs;
  readonly year: number;
  /** 1 is January. */
  readonly month: number;
  readonly date: number;
  readonly weekday: number;
}

// whole years are stepped in minutes
let lastDay: Day | undefined;

function dayAt(wall: WallMs): Day {
  const start = wall - timeOfDay(wall);
  if (lastDay?.start !== start) {
    const date = new Date(start);
    lastDay = { start, year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, date: date.getUTCDate(), weekday: date.getUTCDay() };
  }
  return lastDay;
}

function timeOfDay(wall: WallMs): number {
  return wall - floor(wall / DAY) * DAY;
}

function hourOf(wall: WallMs): number {
  return floor(timeOfDay(wall) / HOUR);
}
