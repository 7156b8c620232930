import { JobStanding } from './types';
import { Condition, Pod, conditionOf } from '../../core/kube-objects';
import { LABEL_JOB_NAME } from '../../core/plan/names';
import { causeOf, isRunning, keeperOf } from '../../core/plan/readiness';
import { EpochMs } from '../../core/time/instant';
import { Job } from '../job-objects';
import { Named } from '../kubectl';

/** The Job that was created last; undefined: there is none. */
export function latestOf(jobs: readonly Named<Job>[]): Named<Job> | undefined {
  return [...jobs].sort((a, b) => createdAt(b) - createdAt(a))[0];
}

/** Whether a Job has neither completed nor failed. */
export function isActive(job: Job): boolean {
  return !trueCondition(job, 'Complete') && !trueCondition(job, 'Failed');
}

/** The pods of a Job. */
export function podsOf(job: Named<Job>, pods: readonly Pod[]): Pod[] {
  return pods.filter(({ metadata }) => metadata?.labels?.[LABEL_JOB_NAME] === job.metadata.name);
}

/** How a Job stands, in the words of its pods; undefined: it is not there. */
export function stateOf(job: Job | undefined, pods: readonly Pod[]): Pick<JobStanding, 'state' | 'since' | 'pods' | 'message'> {
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
  return pending ? causeOf(pending) : lastWords(pods) ?? pods.map(whyNotOver).find(why => why !== undefined);
}

/** A job is not over while another container keeps the pod of a keeper that has ended. */
function whyNotOver(pod: Pod): string | undefined {
  const others = (pod.status?.containerStatuses ?? []).filter(({ name, state }) => name !== keeperOf(pod)?.name && state?.running);
  return keeperOf(pod)?.state?.terminated && others.length > 0
    ? `its keeper has ended, but ${others.map(({ name }) => `container ${name}`).join(' and ')} beside it has not; keep such containers out of the pods of jobs`
    : undefined;
}

/** What the keeper of the latest pod that failed said at its end, whether other containers of the pod have ended or not. */
function lastWords(pods: readonly Pod[]): string | undefined {
  const [latest] = pods
    .filter(pod => pod.status?.phase === 'Failed' || (keeperOf(pod)?.state?.terminated?.exitCode ?? 0) !== 0)
    .sort((a, b) => createdAt(b) - createdAt(a));
  // a pod whose container has another name is none that we made, and has one container
  const ended = (latest && keeperOf(latest) || latest?.status?.containerStatuses?.[0])?.state?.terminated;
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
