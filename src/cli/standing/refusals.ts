import { latestOf, podsOf, stateOf } from './last-run';
import { EventObject } from '../../core/kube-objects';
import { byText } from '../../core/order';
import { ObjectReference, planAt } from '../../core/plan/plan';
import { isLiving, isRunning } from '../../core/plan/readiness';
import { EpochMs } from '../../core/time/instant';
import { WrongInput } from '../io';
import { Job } from '../job-objects';
import { Kubectl, Named } from '../kubectl';
import { Refusal, RoleObject, ServiceView } from '../service-view';

/** Told by every controller that may not create what it should: for a quota, an admission policy, a missing account. */
const REASON = 'FailedCreate';

/**
 * What kept controllers from creating pods, or CronJobs from creating Jobs, the latest first.
 *
 * @param selector of the objects concerned, as a part of a field selector on Events
 */
export async function refusalsIn(kubectl: Kubectl, selector?: string): Promise<Refusal[]> {
  const told = await kubectl.get<Named<EventObject>>('events', `--field-selector=${selector === undefined ? '' : `${selector},`}reason=${REASON}`);
  return told
    .filter(({ reason }) => reason === REASON)
    .sort((a, b) => byText(b.lastTimestamp ?? '', a.lastTimestamp ?? ''))
    .map(({ involvedObject: { kind, name }, message }) => ({ kind, name, message }));
}

/** What kept a Job's controller from creating its pod. */
export async function whyNoPod(kubectl: Kubectl, { metadata: { name } }: Named<Job>): Promise<string | undefined> {
  return ofObject(await refusalsIn(kubectl, `involvedObject.kind=Job,involvedObject.name=${name}`), 'Job', name);
}

/** The views with what their controllers were refused: one more call for each namespace in which something was not created. */
export async function withRefusals(kubectl: Kubectl, views: readonly ServiceView[], now: EpochMs): Promise<ServiceView[]> {
  const namespaces = [...new Set(views.filter(view => lacksSomething(view) || lacksGuards(view, now)).map(({ namespace }) => namespace))];
  const found = new Map(await Promise.all(namespaces.map(async namespace => [namespace, await refusalsTold(kubectl.in(namespace))] as const)));
  return views.map(view => ({ ...view, refusals: found.get(view.namespace) ?? [] }));
}

/** A user who may not read Events sees the rest all the same. */
async function refusalsTold(kubectl: Kubectl): Promise<Refusal[]> {
  return refusalsIn(kubectl).catch(error => {
    if (error instanceof WrongInput) {
      return [];
    }
    throw error;
  });
}

/** Fewer pods than the workload asks for, or a job without any. */
function lacksSomething({ workload, pods, jobs, jobPods }: ServiceView): boolean {
  return workload !== undefined && pods.filter(isLiving).length < (workload.spec?.replicas ?? 1)
    || jobs.some(job => isLatest(job, jobs) && lacksPod(job.object, jobPods));
}

/** No guard in a window. */
function lacksGuards({ plan, jobPods }: ServiceView, now: EpochMs): boolean {
  return plan.guards > 0 && planAt(plan, now).openings.length > 0 && !jobPods.some(({ role, object }) => role === 'guard' && isRunning(object));
}

function isLatest({ role, event, object }: RoleObject<Named<Job>>, jobs: ServiceView['jobs']): boolean {
  return latestOf(jobs.filter(job => job.role === role && job.event === event).map(job => job.object)) === object;
}

function lacksPod(job: Named<Job>, jobPods: ServiceView['jobPods']): boolean {
  const pods = podsOf(job, jobPods.map(({ object }) => object));
  return pods.length === 0 && stateOf(job, pods).state !== 'complete';
}

/** What kept a Job without a pod from having one. */
export function refusalOfJob({ refusals, jobPods }: ServiceView, job: Named<Job> | undefined): string | undefined {
  return job && lacksPod(job, jobPods) ? ofObject(refusals, 'Job', job.metadata.name) : undefined;
}

/** What kept a workload from having all its pods: told of itself, or of one of its ReplicaSets. */
export function refusalOfPods({ refusals }: ServiceView, owner: Pick<ObjectReference, 'kind' | 'name'>): string | undefined {
  return refusals.find(({ kind, name }) => (kind === owner.kind && name === owner.name)
    || (kind === 'ReplicaSet' && name.replace(/-[^-]+$/, '') === owner.name))?.message;
}

function ofObject(refusals: readonly Refusal[], kind: string, name: string): string | undefined {
  return refusals.find(refusal => refusal.kind === kind && refusal.name === name)?.message;
}
