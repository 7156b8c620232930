import { coverOf } from '../../core/plan/event-cover';
import { CRON_STEP_MS, CronRole } from '../../core/plan/names';
import { Opening, Plan, endOf, startOf, waitOf } from '../../core/plan/plan';
import { EpochMs } from '../../core/time/instant';
import { unionOf } from '../../core/time/intervals';
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
    const duty = (role: CronRole, instantsOf: (opening: Opening) => readonly EpochMs[], says: string) =>
      jobs.filter(job => job.role === role && job.event === event)
        .flatMap(job => missedBy(job, plan, openings, instantsOf, now, says));
    // a run that waits for hours is there for the steps of a ramp, and for windows that overlap, too
    const isHeld = waitOf(plan, 'bump', event) > CRON_STEP_MS ? heldIn(plan, event) : () => false;
    return [
      ...duty('bump', ({ windows }) => windows.map(({ from }) => from).filter(from => !isHeld(from)), `when the floor rises for '${event}'`),
      ...duty('verify', ({ readyBy }) => [readyBy], `when all must be Ready for '${event}'`),
      ...duty('drop', ({ windows }) => windows.map(({ until }) => until), `when the floor falls after '${event}'`),
    ];
  })),
};

/** Whether a guard of the event stands already when a window of it begins. */
function heldIn({ openings }: Plan, event: string): (from: EpochMs) => boolean {
  const spans = unionOf(openings.filter(opening => opening.event === event).map(opening => ({ from: startOf(opening), until: endOf(opening) })));
  const starts = new Set(spans.map(({ from }) => from));
  return from => !starts.has(from);
}

/** How far before an instant a run may start and wait for it; verify waits only where the plan says so. */
function earlyMs(plan: Plan, role: CronRole, event: string): number {
  const waitMs = waitOf(plan, role, event);
  return role === 'verify' && waitMs <= CRON_STEP_MS ? MINUTE : waitMs;
}

function missedBy(
  { role, manifest }: DeployedJob, plan: Plan, openings: readonly Opening[],
  instantsOf: (opening: Opening) => readonly EpochMs[], now: EpochMs, says: string,
): FoundInService[] {
  const line = cronLineOf(manifest);
  // what cannot run at all is said by checks of its own
  if (!line || manifest.object.spec?.suspend === true) {
    return [];
  }
  const timetable = timetableOf(line);
  const [{ event }] = openings;
  const early = earlyMs(plan, role as CronRole, event);
  const runAt = (at: EpochMs) => timetable(at - early);
  const missed = openings.flatMap(opening => instantsOf(opening)
    .filter(at => at >= now && !((runAt(at) ?? Infinity) <= at + MINUTE))
    .map(at => ({ opening, at }))
    .slice(0, 1));
  if (missed.length === 0) {
    return [];
  }
  const [{ opening: { timeZone }, at }] = missed;
  const next = runAt(at);
  const right = coverOf(plan.openings.filter(opening => opening.event === event), timeZone).lines[role as CronRole];
  return [{
    severity: role === 'verify' ? 'warning' : 'error',
    sentence: `${nameOf(manifest)} with '${line.schedule}' in ${line.timeZone} does not run ${says}, ${formatMoment(at, timeZone)}, `
      + `${next === undefined ? 'nor ever after' : `but ${formatMoment(next, timeZone)}`}${alike(missed)}`,
    remedy: `apply the manifests of one synth as they are: there it has '${right.schedule}' in ${right.timeZone}`,
    object: manifest,
    path: ['spec', 'schedule'],
  }];
}
