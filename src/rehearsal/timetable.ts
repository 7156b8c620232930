import { RehearsedCronJob } from './types';
import { parseCron, runsBetween } from '../core/time/cron-next';
import { EpochMs } from '../core/time/instant';

/** When a CronJob is due between two instants, both included. */
export function dueTimes(job: RehearsedCronJob, from: EpochMs, until: EpochMs): EpochMs[] {
  return runsBetween(parseCron(job.schedule), job.timeZone ?? 'UTC', from - 1, until);
}

/** A CronJob and when it is due; the same for all runs of a rehearsal. */
export interface Timetable {
  readonly job: RehearsedCronJob;
  readonly times: readonly EpochMs[];
}
