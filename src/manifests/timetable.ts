import { Manifest } from './manifest';
import { CronLine } from '../core/time/cron-cover';
import { CronSchedule, nextRun, parseCron } from '../core/time/cron-next';
import { EpochMs } from '../core/time/instant';
import { clockChanges, DAY, HOUR, zoneProblem } from '../core/time/wall-clock';

/** What is wrong with when a CronJob runs, and in which field of its `spec`. */
export interface CronProblem {
  readonly field: 'schedule' | 'timeZone';
  readonly sentence: string;
}

/** Why the API server would refuse a CronJob's schedule or time zone; undefined: it would not. */
export function cronProblemOf({ object: { spec } }: Manifest): CronProblem | undefined {
  const { schedule, timeZone } = spec ?? {};
  if (typeof schedule !== 'string') {
    return { field: 'schedule', sentence: "it has no 'schedule'" };
  }
  if (/TZ/.test(schedule)) {
    return { field: 'schedule', sentence: `'schedule: ${schedule}' has a time zone, which belongs into 'timeZone'` };
  }
  try {
    parseCron(schedule);
  } catch (error) {
    return { field: 'schedule', sentence: `'schedule: ${schedule}': ${(error as Error).message}` };
  }
  if (timeZone === undefined) {
    return undefined;
  }
  const problem = zoneProblem(String(timeZone));
  return problem === undefined ? undefined : { field: 'timeZone', sentence: `'timeZone: ${timeZone}' ${problem}` };
}

/** When a CronJob runs; undefined where nobody can say. */
export function cronLineOf(manifest: Manifest): CronLine | undefined {
  const { schedule, timeZone = 'UTC' } = manifest.object.spec ?? {};
  return cronProblemOf(manifest) ? undefined : { schedule, timeZone };
}

/** A scheduler that steps through a clock change may come out elsewhere than one that starts behind it. */
const NEAR_CHANGE = 27 * HOUR;

/**
 * The first run of a CronJob at or after an instant, as the controller has it that has been stepping since long before.
 *
 * Without `timeZone`, the controller takes its own zone, which is UTC nearly everywhere.
 */
export type Timetable = (at: EpochMs) => EpochMs | undefined;

/** Many services share a line and the instants at which it must run. */
const timetables = new Map<string, Timetable>();

export function timetableOf({ schedule, timeZone }: CronLine): Timetable {
  const key = `${timeZone} ${schedule}`;
  const timetable = timetables.get(key) ?? remembering(timetableFor(parseCron(schedule), timeZone));
  timetables.set(key, timetable);
  return timetable;
}

function timetableFor(schedule: CronSchedule, timeZone: string): Timetable {
  return at => {
    let after = hasChange(timeZone, at) ? at - NEAR_CHANGE : at - 1;
    for (;;) {
      const run = nextRun(schedule, timeZone, after);
      if (run === undefined || run >= at) {
        return run;
      }
      after = run > after ? run : after + HOUR;
    }
  };
}

function remembering(timetable: Timetable): Timetable {
  const runs = new Map<EpochMs, EpochMs | undefined>();
  return at => {
    if (!runs.has(at)) {
      runs.set(at, timetable(at));
    }
    return runs.get(at);
  };
}

/** Changes of a zone's clock by zone and day. */
const changes = new Map<string, boolean>();

/** Whether a zone's clock changes in the day before an instant, give or take. */
function hasChange(timeZone: string, at: EpochMs): boolean {
  const day = Math.floor(at / DAY);
  const key = `${timeZone} ${day}`;
  const known = changes.get(key);
  if (known !== undefined) {
    return known;
  }
  const found = clockChanges(timeZone, day * DAY - NEAR_CHANGE, (day + 1) * DAY + NEAR_CHANGE).length > 0;
  changes.set(key, found);
  return found;
}
