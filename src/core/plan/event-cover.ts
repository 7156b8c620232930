import { EventLines, eventLinesOf } from './event-lines';
import { CRON_STEP_MS, CronRole, RoleWaits } from './names';
import { Opening, endOf, startOf } from './plan';
import { CronLine, IdleRuns, lineFor, slotsOutside } from '../time/cron-cover';
import { EpochMs } from '../time/instant';
import { Interval, unionOf } from '../time/intervals';
import { HOUR, MINUTE, instantsOf, wallAt } from '../time/wall-clock';

/** When the three CronJobs of an event run, and how long before their time they may start and wait for it. */
export interface EventCover {
  readonly lines: EventLines;
  /** Absent: one step of five minutes, for all of them. */
  readonly waits?: RoleWaits;
}

/** The most runs of one day, of all jobs of an event together, that may find nothing to do while its openings last. */
export const MOST_IDLE_RUNS = 24;

/**
 * When the jobs of an event run: three lines, however many openings there are.
 *
 * Openings at few times of day run as `eventLinesOf` says. Where a day has more than 24 runs that find nothing to do, and all days together
 * have more than a thousand, the lines have fewer slots, and a run that starts before its time waits for it: bump in steps of up to an
 * hour, then once in some hours before each rise; verify and drop once in some hours before their moment. Bump comes first: it keeps the
 * shortest steps.
 *
 * @param openings all of one event
 * @param zone the event's own
 */
export function coverOf(openings: readonly Opening[], zone: string = 'UTC'): EventCover {
  const lines = eventLinesOf(openings, zone);
  const season = { from: Math.min(...openings.map(startOf)), until: Math.max(...openings.map(endOf)) };
  const needs = needsOf(openings);
  if (needs.bump.moments.length === 1) {
    return { lines };
  }
  const exact = (role: CronRole): Candidate => ({
    line: lines[role], waitMs: CRON_STEP_MS, idle: slotsOutside(lines[role], needs[role].inUse, season),
  });
  const [bump, verify, drop] = [exact('bump'), exact('verify'), exact('drop')];
  const most = bump.idle.most + verify.idle.most + drop.idle.most;
  if (most <= MOST_IDLE_RUNS || bump.idle.all + verify.idle.all + drop.idle.all <= FEW_IDLE_RUNS) {
    return { lines };
  }
  const zones = [...new Set([zone, 'UTC'])];
  const waiting = (role: CronRole, hours: readonly number[]) => hours.flatMap(count => zones.map(one => before(one, needs[role], count, season)));
  const verifies = [verify, ...waiting('verify', [1, 2, 3, 4])];
  const drops = [drop, ...waiting('drop', [1, 2, 3, 4, 6])];
  const least = Math.min(...verifies.map(({ idle }) => idle.most)) + Math.min(...drops.map(({ idle }) => idle.most));
  for (const first of bumps(bump, zones, needs.bump, season)) {
    if (first.idle.most + least > MOST_IDLE_RUNS) {
      continue;
    }
    for (const second of verifies) {
      const third = drops.find(({ idle }) => first.idle.most + second.idle.most + idle.most <= MOST_IDLE_RUNS);
      if (third) {
        return {
          lines: { bump: first.line, verify: second.line, drop: third.line },
          waits: { bump: first.waitMs, verify: second.waitMs, drop: third.waitMs },
        };
      }
    }
  }
  // four runs a day for bump and drop and six for verify always fit: one in so many hours
  throw new Error('no cron lines found for this event; this is a fault of cdk8s-prewarm, please report it with your openings');
}

/** Runs that find nothing to do, in all, for which no line is made coarser: a season with two days left out has about as many. */
const FEW_IDLE_RUNS = 1_000;

/** How far ahead of its moment a run may start. */
interface Candidate {
  readonly line: CronLine;
  readonly waitMs: number;
  readonly idle: IdleRuns;
}

/** What one job must be there for. */
interface Need {
  /** Each must have a run that starts no more than the wait before it. */
  readonly moments: readonly EpochMs[];
  /** A run within these has something to do. */
  readonly inUse: readonly Interval[];
}

function needsOf(openings: readonly Opening[]): { readonly [role in CronRole]: Need } {
  const windows = unionOf(openings.map(opening => ({ from: startOf(opening), until: endOf(opening) })));
  const ready = openings.map(({ readyBy }) => floorTo(MINUTE, readyBy));
  const falls = [...new Set(openings.flatMap(opening => opening.windows.map(({ until }) => until)))].sort((a, b) => a - b);
  return {
    bump: { moments: windows.map(({ from }) => from), inUse: windows },
    verify: { moments: ready, inUse: unionOf(ready.map(minuteFrom)) },
    drop: { moments: falls, inUse: unionOf(falls.map(minuteFrom)) },
  };
}

/** From the shortest step to the longest wait. */
function* bumps(exact: Candidate, zones: readonly string[], need: Need, season: Interval): Generator<Candidate> {
  yield exact;
  for (const minutes of [10, 15, 20, 30, 60]) {
    for (const zone of zones) {
      yield within(zone, need, minutes * MINUTE, season);
    }
  }
  for (const hours of [2, 3, 4, 6]) {
    for (const zone of zones) {
      yield before(zone, need, hours, season);
    }
  }
}

/** A slot in each step of the windows, the first at most a step before each begins. */
function within(zone: string, { moments, inUse }: Need, stepMs: number, season: Interval): Candidate {
  const phase = phaseOf(zone, moments, stepMs);
  const slots = inUse.flatMap(({ from, until }) => {
    const first = from - (wallAt(zone, from) - phase) % stepMs;
    return Array.from({ length: Math.ceil((until - first) / stepMs) }, (_, i) => first + i * stepMs);
  });
  const line = lineFor(zone, slots.map(minuteFrom), stepMs);
  return { line, waitMs: stepMs, idle: slotsOutside(line, inUse, season) };
}

/** As few hours of the day as have one within so many hours before each moment. */
function before(zone: string, { moments, inUse }: Need, hours: number, season: Interval): Candidate {
  const phase = phaseOf(zone, moments, HOUR);
  const hourOf = (at: EpochMs) => Math.floor((wallAt(zone, at) - phase) / HOUR);
  const chosen = fewestHours(new Set(moments.map(at => (hourOf(at) % 24 + 24) % 24)), hours);
  const slots = moments.map(at => {
    const hour = hourOf(at);
    const back = Array.from({ length: hours }, (_, i) => i).find(i => chosen.has(((hour - i) % 24 + 24) % 24))!;
    const slot = instantsOf(zone, (hour - back) * HOUR + phase).pop();
    // a clock change may lie between
    return slot !== undefined && slot <= at && at - slot <= hours * HOUR ? slot : at - (wallAt(zone, at) - phase) % HOUR;
  });
  const line = lineFor(zone, slots.map(minuteFrom), HOUR);
  return { line, waitMs: hours * HOUR, idle: slotsOutside(line, inUse, season) };
}

/** The minute in a step at which most moments are, so that they need not be waited for. */
function phaseOf(zone: string, moments: readonly EpochMs[], stepMs: number): number {
  const counts = new Map<number, number>();
  for (const at of moments) {
    const phase = floorTo(MINUTE, wallAt(zone, at)) % stepMs;
    counts.set(phase, (counts.get(phase) ?? 0) + 1);
  }
  return [...counts].reduce((most, one) => one[1] > most[1] ? one : most)[0];
}

/** The fewest hours of a day of which one is at most so many hours before each of those that are needed. */
function fewestHours(needed: ReadonlySet<number>, reach: number): Set<number> {
  let fewest: number[] | undefined;
  for (const first of needed) {
    // round the day from here, each time as late as the earliest that is left allows
    const chosen: number[] = [];
    for (let i = 0; i < 24; i++) {
      const hour = (first + i) % 24;
      const covered = chosen.some(one => (hour - one + 24) % 24 < reach);
      if (needed.has(hour) && !covered) {
        chosen.push(hour);
      }
    }
    if (!fewest || chosen.length < fewest.length) {
      fewest = chosen;
    }
  }
  return new Set(fewest);
}

function minuteFrom(at: EpochMs): Interval {
  return { from: at, until: at + MINUTE };
}

function floorTo(unit: number, value: number): number {
  return Math.floor(value / unit) * unit;
}
