import { resuming } from './commands';
import { StatusFinding } from './findings';
import { latestOf, podsOf, stateOf } from './last-run';
import { refusalOfJob } from './refusals';
import { Circumstances, JobStanding } from './types';
import { CronRole, JobRole, KeeperRole } from '../../core/plan/names';
import { Opening, Plan, SCHEDULED, endOf, planAt, startOf } from '../../core/plan/plan';
import { troubleOf } from '../../core/plan/repaired';
import { EpochMs } from '../../core/time/instant';
import { ServiceView } from '../service-view';

/** The last run of every job, in the order in which they run; arm also where none is there. */
export function jobsOf(view: ServiceView, now: EpochMs): JobStanding[] {
  const { jobs, cronJobs, jobPods, plan } = view;
  const near = new Set([...planAt(plan, now).openings, ...plan.openings.filter(({ at }) => at > now).slice(0, 1)].map(({ event }) => event));
  const last = (role: JobRole, event?: string): JobStanding => {
    const isIt = (one: { readonly role: KeeperRole; readonly event?: string }) => one.role === role && one.event === event;
    const latest = latestOf(jobs.filter(isIt).map(({ object }) => object));
    const suspended = cronJobs.some(job => isIt(job) && job.object.spec.suspend === true);
    const pods = latest ? podsOf(latest, jobPods.map(({ object }) => object)) : [];
    const refusal = refusalOfJob(view, latest);
    return { role, ...(event ? { event } : {}), ...stateOf(latest, pods), ...(refusal ? { message: refusal } : {}), suspended };
  };
  const events = [...new Set(plan.openings.map(({ event }) => event))];
  return [
    last('arm'),
    ...events.filter(event => near.has(event) || jobs.some(job => job.event === event))
      .flatMap(event => rolesOf(plan).map(role => last(role, event))),
    ...plan.repair === undefined ? [] : [ofService(last('repair'), plan.service)],
  ];
}

function rolesOf({ protection }: Plan): readonly CronRole[] {
  return protection === SCHEDULED ? ['bump', 'drop'] : ['bump', 'verify', 'drop'];
}

/** The run of a repair as far as one service is concerned: it fails where any of its services has a trouble. */
function ofService(standing: JobStanding, service: string): JobStanding {
  const trouble = standing.state === 'failed' && standing.message !== undefined ? troubleOf(standing.message, service) : undefined;
  if (trouble === undefined) {
    return standing;
  }
  const { message, ...complete } = standing;
  return trouble === 'none' ? { ...complete, state: 'complete' } : { ...standing, message: trouble.message };
}

/** What the jobs did, and whether those are there that the plan will need. */
export function jobFindings(circumstances: Circumstances): StatusFinding[] {
  const { standing: { jobs }, view: { cronJobs, plan } } = circumstances;
  return [
    ...jobs.filter(({ role }) => role === 'arm').flatMap(armFindings),
    ...comingOf(circumstances).flatMap(opening => bumpFindings(circumstances, opening)),
    ...cronJobs.filter(({ role, object }) => role !== 'bump' && object.spec.suspend).map(({ object: { metadata: { name } } }): StatusFinding => ({
      id: 'job-suspended', severity: 'warning', sentence: `CronJob ${name} is suspended`, ...resuming(circumstances.view, name),
    })),
    ...jobs.filter(({ role, state }) => role !== 'arm' && state === 'failed').map(({ role, event, message }): StatusFinding => ({
      id: 'job-failed', severity: 'warning', sentence: `the last ${[role, event].filter(Boolean).join(' of ')} failed: ${message}`,
    })),
    ...(plan.protection === SCHEDULED || cronJobs.some(({ role }) => role === 'repair') ? [] : [repairMissing(plan.repair)]),
  ];
}

/** A note where that is a choice. */
function repairMissing(repair: string | undefined): StatusFinding {
  return repair === undefined
    ? { id: 'repair-missing', severity: 'note', sentence: 'there is no repair job: nothing looks between events' }
    : { id: 'repair-missing', severity: 'warning', sentence: `CronJob ${repair} is not there: nothing looks between events`, remedy: 'deploy again' };
}

function armFindings({ state, message }: JobStanding): StatusFinding[] {
  switch (state) {
    case 'failed':
      return [{ id: 'arm-failed', severity: 'error', sentence: `arm failed: ${message}` }];
    case 'running':
      return [{ id: 'arm-unfinished', severity: 'error', sentence: `arm has not finished${message ? `: ${message}` : ''}` }];
    case 'not yet run':
      return [{ id: 'arm-missing', severity: 'note', sentence: 'no arm job is there: nothing has proved image and rights' }];
    case 'complete':
      return [];
  }
}

/** The next opening of each event whose windows are not over. */
function comingOf({ view: { plan }, now }: Circumstances): Opening[] {
  // the last to be set is the earliest
  return [...new Map(plan.openings.filter(opening => endOf(opening) > now).reverse().map(opening => [opening.event, opening])).values()];
}

function bumpFindings({ view, clock }: Circumstances, opening: Opening): StatusFinding[] {
  const { event } = opening;
  const bump = view.cronJobs.find(job => job.role === 'bump' && job.event === event)?.object;
  const then = `nothing raises the floor for ${event} from ${clock(startOf(opening))} on`;
  if (!bump) {
    return [{ id: 'job-missing', severity: 'error', sentence: `its bump is not there, ${then}: deploy again` }];
  }
  const { metadata: { name }, spec } = bump;
  return spec.suspend
    ? [{ id: 'job-suspended', severity: 'error', sentence: `CronJob ${name} is suspended, ${then}`, ...resuming(view, name) }]
    : [];
}
