import { resuming } from './commands';
import { StatusFinding } from './findings';
import { Circumstances, JobStanding } from './types';
import { Condition, Pod, conditionOf } from '../../core/kube-objects';
import { JobRole } from '../../core/plan/names';
import { Opening, endOf, planAt, startOf } from '../../core/plan/plan';
import { causeOf, isRunning } from '../../core/plan/readiness';
import { EpochMs } from '../../core/time/instant';
import { Job } from '../job-objects';
import { ServiceView } from '../service-view';

/** The last run of every job, in the order in which they run; arm also where none is there. */
export function jobsOf({ jobs, cronJobs, jobPods, plan }: ServiceView, now: EpochMs): JobStanding[] {
  const near = new Set([...planAt(plan, now).openings, ...plan.openings.filter(({ at }) => at > now).slice(0, 1)].map(({ event }) => event));
  const last = (role: JobRole, event?: string): JobStanding => {
    const isIt = (one: { readonly role: JobRole; readonly event?: string }) => one.role === role && one.event === event;
    const [latest] = jobs.filter(isIt).map(({ object }) => object).sort((a, b) => createdAt(b) - createdAt(a));
    const suspended = cronJobs.some(job => isIt(job) && job.object.spec.suspend === true);
    const pods = jobPods.map(({ object }) => object).filter(({ metadata }) => latest && metadata?.labels?.[JOB_NAME] === latest.metadata.name);
    return { role, ...(event ? { event } : {}), ...stateOf(latest, pods), suspended };
  };
  const events = [...new Set(plan.openings.map(({ event }) => event))];
  return [
    last('arm'),
    ...events.filter(event => near.has(event) || jobs.some(job => job.event === event))
      .flatMap(event => (['bump', 'verify', 'drop'] as const).map(role => last(role, event))),
    last('repair'),
  ];
}

const JOB_NAME = 'batch.kubernetes.io/job-name';

/** What the jobs did, and whether those are there that the plan will need. */
export function jobFindings(circumstances: Circumstances): StatusFinding[] {
  const { standing: { jobs }, view: { cronJobs } } = circumstances;
  return [
    ...jobs.filter(({ role }) => role === 'arm').flatMap(armFindings),
    ...comingOf(circumstances).flatMap(opening => bumpFindings(circumstances, opening)),
    ...cronJobs.filter(({ role, object }) => role !== 'bump' && object.spec.suspend).map(({ object: { metadata: { name } } }): StatusFinding => ({
      id: 'job-suspended', severity: 'warning', sentence: `CronJob ${name} is suspended`, ...resuming(circumstances.view, name),
    })),
    ...jobs.filter(({ role, state }) => role !== 'arm' && state === 'failed').map(({ role, event, message }): StatusFinding => ({
      id: 'job-failed', severity: 'warning', sentence: `the last ${[role, event].filter(Boolean).join(' of ')} failed: ${message}`,
    })),
    ...(cronJobs.some(({ role }) => role === 'repair')
      ? []
      : [{ id: 'repair-missing' as const, severity: 'note' as const, sentence: 'there is no repair job: nothing looks between events' }]),
  ];
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

function stateOf(job: Job | undefined, pods: readonly Pod[]): Pick<JobStanding, 'state' | 'since' | 'pods' | 'message'> {
  if (!job) {
    return { state: 'not yet run', pods: 0 };
  }
  const running = pods.filter(isRunning).length;
  const failed = trueCondition(job, 'Failed');
  if (failed) {
    return { state: 'failed', since: Date.parse(failed.lastTransitionTime ?? ''), pods: running, message: lastWords(pods) ?? failed.message ?? failed.reason };
  }
  const complete = trueCondition(job, 'Complete');
  if (complete) {
    return { state: 'complete', since: Date.parse(job.status?.completionTime ?? complete.lastTransitionTime ?? ''), pods: running };
  }
  const waits = running > 0 ? undefined : waitOf(pods);
  return { state: 'running', since: createdAt(job), pods: running, ...(waits ? { message: waits } : {}) };
}

/** What a job that has no running pod waits for. */
function waitOf(pods: readonly Pod[]): string | undefined {
  const pending = pods.find(({ status }) => status?.phase === 'Pending');
  return pending ? causeOf(pending) : lastWords(pods);
}

/** What the latest pod that failed said at its end. */
function lastWords(pods: readonly Pod[]): string | undefined {
  const [latest] = pods
    .filter(({ status }) => status?.phase === 'Failed')
    .sort((a, b) => createdAt(b) - createdAt(a));
  const ended = latest?.status?.containerStatuses?.[0]?.state?.terminated;
  return spoken(ended?.message) ?? ended?.reason ?? latest?.status?.message ?? latest?.status?.reason;
}

/** The keeper's last word is a line of JSON; other programs' are taken as they are. */
function spoken(text: string | undefined): string | undefined {
  const line = text?.trim().split('\n').pop();
  try {
    return JSON.parse(line!).message ?? line;
  } catch {
    return line || undefined;
  }
}

/** Conditions of a Job that are not true have not come about. */
function trueCondition(job: Job, type: string): Condition | undefined {
  const condition = conditionOf(job, type);
  return condition?.status === 'True' ? condition : undefined;
}

function createdAt({ metadata }: Pod | Job): EpochMs {
  return Date.parse(metadata?.creationTimestamp ?? '');
}
