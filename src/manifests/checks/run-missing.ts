import { EventLines, eventLinesOf } from '../../core/plan/event-lines';
import { JobRole, CRON_STEP_MS } from '../../core/plan/names';
import { Opening } from '../../core/plan/plan';
import { EpochMs } from '../../core/time/instant';
import { MINUTE } from '../../core/time/wall-clock';
import { formatMoment } from '../../core/time/words';
import { Check, FoundInService, ofEachService } from '../check';
import { DeployedJob } from '../deployed';
import { byEvent, openingsAhead } from '../openings';
import { cronLineOf, timetableOf } from '../timetable';
import { alike, nameOf } from '../words';

export const check: Check = {
  id: 'run-missing',
  severities: ['error', 'warning'],
  meaning: 'A CronJob does not run when the plan needs it: an error at a rise or a fall of the floor, a warning where only nobody looks whether all is Ready.',
  run: ofEachService(({ plan, jobs }, { now }) => [...byEvent(openingsAhead(plan, now))].flatMap(([event, openings]) => {
    const duty = (role: keyof EventLines, instantsOf: (opening: Opening) => readonly EpochMs[], says: string) =>
      jobs.filter(job => job.role === role && job.event === event)
        .flatMap(job => missedBy(job, openings, instantsOf, now, says));
    return [
      ...duty('bump', ({ windows }) => windows.map(({ from }) => from), `when the floor rises for '${event}'`),
      ...duty('verify', ({ readyBy }) => [readyBy], `when all must be Ready for '${event}'`),
      ...duty('drop', ({ windows }) => windows.map(({ until }) => until), `when the floor falls after '${event}'`),
    ];
  })),
};

/** How far before an instant a run may start and wait for it; verify does not wait. */
function earlyMs(role: JobRole): number {
  return role === 'verify' ? MINUTE : CRON_STEP_MS;
}

function missedBy(
  { role, manifest }: DeployedJob, openings: readonly Opening[], instantsOf: (opening: Opening) => readonly EpochMs[], now: EpochMs, says: string,
): FoundInService[] {
  const line = cronLineOf(manifest);
  // what cannot run at all is said by checks of its own
  if (!line || manifest.object.spec?.suspend === true) {
    return [];
  }
  const timetable = timetableOf(line);
  const runAt = (at: EpochMs) => timetable(at - earlyMs(role));
  const missed = openings.flatMap(opening => instantsOf(opening)
    .filter(at => at >= now && !((runAt(at) ?? Infinity) <= at + MINUTE))
    .map(at => ({ opening, at }))
    .slice(0, 1));
  if (missed.length === 0) {
    return [];
  }
  const [{ opening: { timeZone }, at }] = missed;
  const next = runAt(at);
  const right = eventLinesOf(openings, timeZone)[role as keyof EventLines];
  return [{
    severity: role === 'verify' ? 'warning' : 'error',
    sentence: `${nameOf(manifest)} with '${line.schedule}' in ${line.timeZone} does not run ${says}, ${formatMoment(at, timeZone)}, `
      + `${next === undefined ? 'nor ever after' : `but ${formatMoment(next, timeZone)}`}${alike(missed)}`,
    remedy: `apply the manifests of one synth as they are: there it has '${right.schedule}' in ${right.timeZone}`,
    object: manifest,
    path: ['spec', 'schedule'],
  }];
}
