import { EpochMs } from './instant';

/**
 * Wall time and zone to instant and back, by `Intl` alone; never the zone of the machine.
 *
 * A wall time is the number of milliseconds that a UTC clock with the same reading would show.
 */
export type WallMs = number;

// one look-up for all: tests and rehearsal step whole years, and a global is slow to reach from where they run
const { floor } = Math;

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** How far a zone is ahead of UTC around an instant; a clock change may lie inside the bucket. */
interface Bucket {
  readonly before: number;
  readonly changeAt: EpochMs;
  readonly after: number;
}

// an offset is asked for at every day of a season and at every step of a cron line; `Intl` takes microseconds each time. No zone
// changes its clock twice within four days
const BUCKET = 4 * DAY;

class Zone {
  private readonly format: Intl.DateTimeFormat;
  private readonly buckets = new Map<number, Bucket>();

  constructor(name: string) {
    this.format = new Intl.DateTimeFormat('en-US', { timeZone: name, year: 'numeric', timeZoneName: 'longOffset' });
  }

  public offsetAt(at: EpochMs): number {
    const bucket = this.bucketAt(at);
    return at < bucket.changeAt ? bucket.before : bucket.after;
  }

  public bucketAt(at: EpochMs): Bucket {
    const index = floor(at / BUCKET);
    let bucket = this.buckets.get(index);
    if (!bucket) {
      bucket = this.bucketFrom(index * BUCKET);
      this.buckets.set(index, bucket);
    }
    return bucket;
  }

  private bucketFrom(start: EpochMs): Bucket {
    const before = this.read(start);
    const after = this.read(start + BUCKET);
    let [same, changed] = [start, start + BUCKET];
    while (before !== after && changed - same > 1000) {
      const middle = floor((same + changed) / 2000) * 1000;
      if (this.read(middle) === before) {
        same = middle;
      } else {
        changed = middle;
      }
    }
    return { before, changeAt: changed, after };
  }

  private read(at: EpochMs): number {
    const [, sign, hours, minutes, seconds] = /GMT(?:([+-])(\d+):(\d+)(?::(\d+))?)?$/.exec(this.format.format(at))!;
    const size = (Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0)) * 1000;
    return sign === '-' ? -size : size;
  }
}

const zones = new Map<string, Zone>();

function zoneOf(name: string): Zone {
  let zone = zones.get(name);
  if (!zone) {
    zone = new Zone(name);
    zones.set(name, zone);
  }
  return zone;
}

// ICU's own short names, which Node takes and no other tz database has; BST is Bangladesh there
const ONLY_ICU = new Set('ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT IET IST JST MIT NET NST PLT PNT PRT PST SST VST'.split(' '));

/** Why a name is no zone that Kubernetes knows; undefined: it is one. */
export function zoneProblem(name: string): string | undefined {
  const wanted = "an IANA time zone such as 'Asia/Seoul'";
  let known: string;
  try {
    known = new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    known = '';
  }
  if (known === '' || ONLY_ICU.has(name) || name.startsWith('SystemV/')) {
    return `is unknown; write ${wanted}`;
  }
  // `Intl` takes any case and, in later releases, plain offsets; CronJobs take neither
  if (known !== name && known.toLowerCase() === name.toLowerCase()) {
    return `must be spelled '${known}'`;
  }
  return name.split('/').every(part => /^[A-Z]/.test(part)) ? undefined : `must be spelled like ${wanted}`;
}

/** How many milliseconds a zone is ahead of UTC at an instant. */
export function offsetAt(zone: string, at: EpochMs): number {
  return zoneOf(zone).offsetAt(at);
}

/** What the clocks of a zone show at an instant. */
export function wallAt(zone: string, at: EpochMs): WallMs {
  return at + offsetAt(zone, at);
}

/** When a zone changes its clocks, oldest first. */
export function clockChanges(zone: string, from: EpochMs, until: EpochMs): EpochMs[] {
  const changes: EpochMs[] = [];
  for (let start = floor(from / BUCKET) * BUCKET; start < until; start += BUCKET) {
    const { before, after, changeAt } = zoneOf(zone).bucketAt(start);
    if (before !== after && changeAt >= from && changeAt < until) {
      changes.push(changeAt);
    }
  }
  return changes;
}

/** The instants at which the clocks of a zone show a wall time, oldest first: none where a clock change skips it, two where one repeats it. */
export function instantsOf(zone: string, wall: WallMs): EpochMs[] {
  return candidatesOf(zone, wall).filter(at => wallAt(zone, at) === wall);
}

/** The wall time read with the offsets in force around it, oldest first. */
function candidatesOf(zone: string, wall: WallMs): EpochMs[] {
  const candidates = new Set([wall - offsetAt(zone, wall - DAY), wall - offsetAt(zone, wall + DAY)]);
  return [...candidates].sort((a, b) => a - b);
}

/** A wall time that is no single instant, and the two instants that may have been meant, as text with offset. */
export interface ClockChange {
  readonly kind: 'skipped' | 'repeated';
  readonly instead: readonly [string, string];
}

/** The one instant at which the clocks of a zone show a wall time, or why there is not one. */
export function resolveWall(zone: string, wall: WallMs): EpochMs | ClockChange {
  const instants = instantsOf(zone, wall);
  if (instants.length === 1) {
    return instants[0];
  }
  const [earlier, later] = candidatesOf(zone, wall).map(at => formatIn(zone, at));
  return { kind: instants.length === 0 ? 'skipped' : 'repeated', instead: [earlier, later] };
}

/** `2026-12-05T10:00:00+09:00`: an instant as the clocks of a zone show it. */
export function formatIn(zone: string, at: EpochMs): string {
  return formatWall(wallAt(zone, at)) + formatZoneOffset(offsetAt(zone, at));
}

function formatWall(wall: WallMs): string {
  return new Date(wall).toISOString().slice(0, -1).replace(/\.000$/, '');
}

/** `+09:00` */
export function formatZoneOffset(offset: number): string {
  const minutes = Math.round(Math.abs(offset) / MINUTE);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${two(floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** `YYYY-MM-DD` of a wall time. */
export function dateOf(wall: WallMs): string {
  return new Date(wall).toISOString().slice(0, 10);
}

/** Midnight of a date `YYYY-MM-DD`; undefined where there is no such date. */
export function parseDate(text: string): WallMs | undefined {
  const wall = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  // Date.parse takes 30 February for 2 March
  return !Number.isNaN(wall) && dateOf(wall) === text ? wall : undefined;
}

const MONTHS = [
  'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December',
] as const;

/** Why a text of the right form is no date: `2026-11-31`, since November has 30 days; undefined for any other text. */
export function noSuchDay(text: string): string | undefined {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (!year || parseDate(text) !== undefined) {
    return undefined;
  }
  if (!MONTHS[Number(month) - 1]) {
    return `there is no month ${month}`;
  }
  if (day === '00') {
    return 'there is no day 00';
  }
  const february = month === '02' ? ` ${year}` : '';
  return `${MONTHS[Number(month) - 1]}${february} has ${new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()} days`;
}

/** Milliseconds after midnight of a time `HH:MM`; undefined for anything else. */
export function parseTime(text: string): number | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  return match ? Number(match[1]) * HOUR + Number(match[2]) * MINUTE : undefined;
}

/** An ISO date-time as it was written. */
export interface DateTime {
  readonly wall: WallMs;
  /** Absent where none was written. */
  readonly offset?: number;
}

/** Reads `2026-12-05T10:00`, with or without seconds, milliseconds and offset; undefined for anything else. */
export function parseDateTime(text: string): DateTime | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(?::([0-5]\d)(?:\.(\d{1,3}))?)?(?:(Z)|([+-])(0\d|1[0-4]):([0-5]\d))?$/.exec(text);
  if (!match) {
    return undefined;
  }
  const [, day, clock, seconds, fraction, utc, sign, hours, minutes] = match;
  const midnight = parseDate(day);
  const time = parseTime(clock);
  if (midnight === undefined || time === undefined) {
    return undefined;
  }
  const wall = midnight + time + Number(seconds ?? 0) * 1000 + Number((fraction ?? '').padEnd(3, '0'));
  const size = Number(hours ?? 0) * HOUR + Number(minutes ?? 0) * MINUTE;
  return utc || sign ? { wall, offset: sign === '-' ? -size : size } : { wall };
}

/**
 * The instant that a user wrote: an ISO date-time with an offset, or a wall time where a zone is given.
 *
 * @param takesZone whether the user can give a zone beside it
 * @throws Error that names the prop, and shows the forms that are taken
 */
export function parseInstant(prop: string, text: string, zone?: string, takesZone: boolean = false): EpochMs {
  const written = parseDateTime(text);
  if (!written) {
    throw new Error(`'${prop}' (${text}) ${noInstant(text, takesZone)}`);
  }
  const { wall, offset } = written;
  if (zone === undefined) {
    if (offset === undefined) {
      throw new Error(`'${prop}' (${text}) has ${takesZone ? 'neither offset nor zone' : 'no offset'}; write '${formatWall(wall)}+09:00'`
        + (takesZone ? `, or '${text}' with timeZone: 'Asia/Seoul'` : ''));
    }
    return wall - offset;
  }
  if (offset === undefined) {
    const instant = resolveWall(zone, wall);
    if (typeof instant !== 'number') {
      throw new Error(`'${prop}' (${text}) is ${instant.kind} by a clock change in ${zone}; `
        + `write '${instant.instead[0]}' or '${instant.instead[1]}'`);
    }
    return instant;
  }
  const there = offsetAt(zone, wall - offset);
  if (there !== offset) {
    throw new Error(`'${prop}' (${text}) contradicts 'timeZone' (${zone}), where this instant is ${formatIn(zone, wall - offset)}; `
      + 'give a wall time with the zone, or an offset that agrees with it');
  }
  return wall - offset;
}

/** Why a text is no instant. */
function noInstant(text: string, takesZone: boolean): string {
  const [day, time = ''] = `${text}`.split('T');
  const midnight = parseDate(day);
  const problem = noSuchDay(day);
  if (problem && time) {
    return `is no date and time: ${problem}`;
  }
  if (midnight !== undefined && time.startsWith('24:00')) {
    return `is the first instant of the next day; write '${dateOf(midnight + DAY)}T00:00${time.slice(5)}'`;
  }
  return `is no date and time; write ${takesZone ? "'2026-12-05T10:00' with a time zone, or " : ''}'2026-12-05T10:00:00+09:00'`;
}
