import { KubeObject } from './kubectl';
import { Malformed, ServiceView } from './service-view';
import { Hand, holdersOf } from '../core/plan/live';
import { JobRole, managerName } from '../core/plan/names';
import { Override, wantedAt } from '../core/plan/override';
import { Opening, Plan, ReplicaBounds, endOf, nextEdge, planAt, startOf } from '../core/plan/plan';
import { Readiness, causeOf, readinessOf } from '../core/plan/readiness';
import { boundsOf, knownTargetKindOf } from '../core/plan/target-kind';
import { EpochMs } from '../core/time/instant';
import { formatSome } from '../core/time/numbers';
import { formatClock, formatDay, formatMoment, formatSpan } from '../core/time/words';

/** How one service stands at an instant: go or no-go, and why. */
export interface Standing {
  readonly service: string;
  readonly namespace: string;
  /** Each makes it a no-go. */
  readonly problems: readonly Remark[];
  /** Worth knowing, and no reason to stop. */
  readonly notes: readonly Remark[];
  /** In which its people read times. */
  readonly timeZone: string;
  /** What the plan asks for now, and the events that have a window. */
  readonly plan: ReplicaBounds & { readonly events: readonly string[] };
  /** What must be in force: the override's word until its time, else the plan's. */
  readonly wanted: ReplicaBounds;
  readonly override?: Override | Malformed;
  /** Absent: the target is not there. */
  readonly live?: LiveBounds;
  readonly ready: Readiness;
  readonly opening?: NextOpening;
  readonly next?: ReplicaBounds & { readonly at: EpochMs };
  readonly jobs: readonly JobStanding[];
  /** Pods that guard now. */
  readonly guards: number;
}

/** Something that a person should know, and what to type about it. */
export interface Remark {
  readonly text: string;
  readonly command?: string;
}

/** What the target says now. */
export interface LiveBounds {
  readonly floor: number;
  readonly floorOwners: readonly Hand[];
  /** Absent: the target has none. */
  readonly ceiling?: number;
  readonly ceilingOwners: readonly Hand[];
}

export interface NextOpening {
  readonly event: string;
  readonly at: EpochMs;
  readonly from: EpochMs;
  readonly readyBy: EpochMs;
  readonly floor: number;
}

/** The last run of one of our jobs. */
export interface JobStanding {
  readonly role: JobRole;
  readonly event?: string;
  readonly state: 'not yet run' | 'running' | 'complete' | 'failed';
  /** Since when it is so. */
  readonly since?: EpochMs;
  /** Of it, that run now. */
  readonly pods: number;
  /** Why it failed, or what its pod waits for. */
  readonly message?: string;
  readonly suspended: boolean;
}

/** A run may begin this late before it is missed: its pod has to start. */
const START_MS = 60_000;

/** How a service stands at an instant. */
export function standingOf(view: ServiceView, now: EpochMs): Standing {
  const { service, namespace, plan, override, target } = view;
  const inForce = planAt(plan, now);
  const { floor, ceiling } = wantedAt(plan, override && 'floor' in override ? override : undefined, now);
  const edge = nextEdge(plan, now);
  const ahead = plan.openings.find(({ at }) => at > now);
  const facts: Facts = {
    service,
    namespace,
    timeZone: zoneOf(plan, now),
    plan: { floor: inForce.floor, ceiling: inForce.ceiling, events: [...new Set(inForce.openings.map(({ event }) => event))] },
    wanted: { floor, ceiling },
    ...(override ? { override } : {}),
    ...(target ? { live: liveOf(target) } : {}),
    ready: readinessOf({ floor, workload: view.workload, pods: view.pods }),
    ...(ahead ? { opening: { event: ahead.event, at: ahead.at, from: startOf(ahead), readyBy: ahead.readyBy, floor: ahead.floor } } : {}),
    ...(edge === undefined ? {} : { next: { at: edge, floor: planAt(plan, edge).floor, ceiling: planAt(plan, edge).ceiling } }),
    jobs: jobsOf(view, now),
    guards: guardsOf(view),
  };
  const context = { view, now, inForce: inForce.openings, clock: (at: EpochMs) => clockNear(at, facts.timeZone, now) };
  return {
    ...facts,
    problems: [floorProblems, readyProblems, guardProblems, jobProblems].flatMap(problemsOf => problemsOf(facts, context)),
    notes: [floorNotes, readyNotes, overrideNotes, jobNotes].flatMap(notesOf => notesOf(facts, context)),
  };
}

/** The zone in which a service's people read times: of the event that is on, else of the next, else of the last. */
export function zoneOf(plan: Plan, now: EpochMs): string {
  const { openings } = plan;
  const opening = planAt(plan, now).openings[0] ?? openings.find(({ at }) => at > now) ?? openings[openings.length - 1];
  return opening?.timeZone ?? 'UTC';
}

/** Pods of bump that run, and so guard. */
export function guardsOf({ jobPods }: ServiceView): number {
  return jobPods.filter(({ role, object }) => role === 'bump' && isRunning(object)).length;
}

/** What a target says now, and by whose hand. */
export function liveOf(target: KubeObject): LiveBounds {
  const { floor, ceiling } = knownTargetKindOf(target);
  return { ...boundsOf(target), floorOwners: holdersOf(target, floor.field), ceilingOwners: ceiling ? holdersOf(target, ceiling.field) : [] };
}

/** `10:00`; with its day where that is not the day of `now`. */
export function clockNear(at: EpochMs, zone: string, now: EpochMs): string {
  return formatDay(at, zone) === formatDay(now, zone) ? formatClock(at, zone) : formatMoment(at, zone);
}

/** Whether the keeper may lower the floor. */
export function isOwn({ floorOwners }: LiveBounds, service: string): boolean {
  return floorOwners.some(({ manager }) => manager === managerName(service));
}

type Facts = Omit<Standing, 'problems' | 'notes'>;

interface Context {
  readonly view: ServiceView;
  readonly now: EpochMs;
  readonly inForce: readonly Opening[];
  readonly clock: (at: EpochMs) => string;
}

function floorProblems({ live, wanted }: Facts, { view }: Context): Remark[] {
  const { plan, workload, target } = view;
  const gone = [...(live ? [] : [plan.target]), ...(workload ? [] : [plan.workload])];
  if (!live || !workload) {
    return gone.map(({ kind, name }) => ({ text: `${kind} ${name} is not there: deploy it` }));
  }
  const isDisabled = conditionOf(target, 'ScalingActive')?.reason === 'ScalingDisabled';
  return [
    ...(live.floor < wanted.floor ? [{ text: `the floor is ${live.floor}, ${wanted.floor} is asked for; this applies it:`, ...applyNow(view) }] : []),
    ...(isDisabled ? [{ text: `${plan.workload.kind} ${plan.workload.name} stands at 0, which disables the autoscaler; this raises it:`, ...applyNow(view) }] : []),
  ];
}

function floorNotes({ live, wanted, service, namespace }: Facts, { now, view: { target } }: Context): Remark[] {
  if (!live) {
    return [];
  }
  const isHigher = live.floor > wanted.floor;
  const owner = ownerText(live.floorOwners, now);
  const limited = conditionOf(target, 'ScalingLimited');
  const active = conditionOf(target, 'ScalingActive');
  return [
    ...(isHigher && !isOwn(live, service)
      ? [{ text: `the floor is ${live.floor}, ${wanted.floor} is asked for: it is ${owner}, and stays until they take it back` }]
      : []),
    ...(isHigher && isOwn(live, service)
      ? [{ text: `the floor is ${live.floor}, ${wanted.floor} is asked for: it is the keeper's own, the next run of drop or repair lowers it` }]
      : []),
    ...(live.ceiling !== undefined && live.ceiling < wanted.ceiling
      ? [{ text: `the ceiling is ${live.ceiling}, ${wanted.ceiling} is asked for: less room above the floor than planned` }]
      : []),
    ...(limited?.status === 'True' && limited.reason === 'TooManyReplicas'
      ? [{
        text: `the autoscaler wants more than the ceiling of ${live.ceiling}; this raises both for an hour:`,
        command: `prewarm override ${service} -n ${namespace} --floor ${live.ceiling} --ceiling ${2 * live.ceiling!} --until +1h`,
      }]
      : []),
    ...(active?.status === 'False' && active.reason !== 'ScalingDisabled'
      ? [{ text: `the autoscaler has no metrics (${active.reason}): it holds the floor, and adds nothing above it` }]
      : []),
  ];
}

function readyProblems({ live, ready }: Facts, { inForce, now }: Context): Remark[] {
  return live && ready.missing > 0 && !isWarmingUp(inForce, now) ? [{ text: ready.text }] : [];
}

function readyNotes({ live, ready }: Facts, { inForce, now, clock }: Context): Remark[] {
  const due = Math.min(...inForce.map(({ readyBy }) => readyBy));
  return live && ready.missing > 0 && isWarmingUp(inForce, now) ? [{ text: `${ready.text}; due by ${clock(due)}` }] : [];
}

/** The floor has risen, and nobody has said yet that all is Ready. */
function isWarmingUp(inForce: readonly Opening[], now: EpochMs): boolean {
  return inForce.length > 0 && inForce.every(({ readyBy }) => now < readyBy);
}

function guardProblems({ guards }: Facts, { inForce, now, view }: Context): Remark[] {
  const isLate = inForce.some(opening => startOf(opening) + START_MS <= now);
  return isLate && view.plan.guards > 0 && guards === 0
    ? [{ text: 'no guard runs: nothing would put the floor back at once; bump starts every 5 minutes, see what its last pod says' }]
    : [];
}

function jobProblems({ jobs }: Facts, { view: { cronJobs, plan }, now, clock }: Context): Remark[] {
  const arm = jobs.find(({ role }) => role === 'arm')!;
  // the last to be set is the earliest
  const coming = new Map(plan.openings.filter(opening => endOf(opening) > now).reverse().map(opening => [opening.event, opening]));
  return [
    ...(arm.state === 'failed' ? [{ text: `arm failed: ${arm.message}` }] : []),
    ...(arm.state === 'running' ? [{ text: `arm has not finished${arm.message ? `: ${arm.message}` : ''}` }] : []),
    ...[...coming].flatMap(([event, opening]): Remark[] => {
      const bump = cronJobs.find(job => job.role === 'bump' && job.event === event)?.object;
      const then = `nothing raises the floor for ${event} from ${clock(startOf(opening))} on`;
      return !bump ? [{ text: `its bump is not there, ${then}: deploy again` }]
        : bump.spec.suspend ? [{ text: `CronJob ${bump.metadata.name} is suspended, ${then}; this resumes it:`, ...resume(bump) }]
          : [];
    }),
  ];
}

function jobNotes({ jobs, plan, guards }: Facts, { view }: Context): Remark[] {
  const { cronJobs } = view;
  return [
    ...(jobs.some(({ role, state }) => role === 'arm' && state === 'not yet run')
      ? [{ text: 'no arm job is there: nothing has proved image and rights' }]
      : []),
    ...(plan.events.length > 0 && guards > 0 && guards < view.plan.guards ? [{ text: `${guards} of ${formatSome(view.plan.guards, 'guard')} running` }] : []),
    ...cronJobs.filter(({ role, object }) => role !== 'bump' && object.spec.suspend)
      .map(({ object }) => ({ text: `CronJob ${object.metadata.name} is suspended; this resumes it:`, ...resume(object) })),
    ...jobs.filter(({ role, state }) => role !== 'arm' && state === 'failed')
      .map(({ role, event, message }) => ({ text: `the last ${[role, event].filter(Boolean).join(' of ')} failed: ${message}` })),
    ...(cronJobs.some(({ role }) => role === 'repair') ? [] : [{ text: 'there is no repair job: nothing looks between events' }]),
  ];
}

function overrideNotes({ override, service, namespace }: Facts, { now }: Context): Remark[] {
  const command = `prewarm override ${service} -n ${namespace} --clear`;
  if (override && 'malformed' in override) {
    return [{ text: `the override is ignored: ${override.malformed}; this removes it:`, command }];
  }
  return override && override.until <= now ? [{ text: 'the override has expired and does nothing; this removes it:', command }] : [];
}

/** The last run of every job, in the order in which they run; arm also where none is there. */
function jobsOf({ jobs, cronJobs, jobPods, plan }: ServiceView, now: EpochMs): JobStanding[] {
  const near = new Set([...planAt(plan, now).openings, ...plan.openings.filter(({ at }) => at > now).slice(0, 1)].map(({ event }) => event));
  const ran = (role: JobRole, event: string | undefined) => jobs.filter(job => job.role === role && job.event === event);
  const last = (role: JobRole, event?: string): JobStanding => {
    const [latest] = ran(role, event).map(({ object }) => object).sort((a, b) => createdAt(b) - createdAt(a));
    const suspended = cronJobs.some(job => job.role === role && job.event === event && job.object.spec.suspend === true);
    const pods = jobPods.map(({ object }) => object).filter(({ metadata }) => latest && metadata.labels?.[JOB_NAME] === latest.metadata.name);
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

function stateOf(job: KubeObject | undefined, pods: readonly KubeObject[]): Pick<JobStanding, 'state' | 'since' | 'pods' | 'message'> {
  if (!job) {
    return { state: 'not yet run', pods: 0 };
  }
  const running = pods.filter(isRunning).length;
  const failed = conditionOf(job, 'Failed');
  if (failed) {
    return { state: 'failed', since: Date.parse(failed.lastTransitionTime), pods: running, message: lastWords(pods) ?? failed.message };
  }
  const complete = conditionOf(job, 'Complete');
  if (complete) {
    return { state: 'complete', since: Date.parse(job.status.completionTime ?? complete.lastTransitionTime), pods: running };
  }
  const pending = pods.find(({ status }) => status?.phase === 'Pending');
  const waits = running > 0 ? undefined : pending ? causeOf(pending) : lastWords(pods);
  return { state: 'running', since: createdAt(job), pods: running, ...(waits ? { message: waits } : {}) };
}

function isRunning({ status, metadata }: KubeObject): boolean {
  return status?.phase === 'Running' && !metadata.deletionTimestamp;
}

/** What the latest pod that failed said at its end. */
function lastWords(pods: readonly KubeObject[]): string | undefined {
  const [latest] = pods
    .filter(({ status }) => status?.phase === 'Failed')
    .sort((a, b) => createdAt(b) - createdAt(a));
  const ended = latest?.status.containerStatuses?.[0]?.state?.terminated;
  return spoken(ended?.message) ?? ended?.reason ?? latest?.status.message ?? latest?.status.reason;
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

function conditionOf(object: KubeObject | undefined, type: string): any {
  const condition = object?.status?.conditions?.find((one: any) => one.type === type);
  // conditions of a Job that are not true have not come about
  return object?.kind === 'Job' && condition?.status !== 'True' ? undefined : condition;
}

function createdAt({ metadata }: KubeObject): EpochMs {
  return Date.parse(metadata.creationTimestamp ?? '');
}

/** `set by kubectl-patch 12m ago`; of several, the latest. */
export function ownerText([owner]: readonly Hand[], now: EpochMs): string {
  return owner ? `set by ${owner.manager}${owner.time ? ` ${formatAge(Date.parse(owner.time), now)} ago` : ''}` : "the API server's default";
}

/** Since an instant; at least a second, which is what the API server counts in. */
export function formatAge(since: EpochMs, now: EpochMs): string {
  return formatSpan(Math.max(1_000, now - since));
}

/** The CronJob of which a run outside its hours applies the plan; undefined: none is there. */
export function applierOf({ cronJobs }: ServiceView): string | undefined {
  return APPLIERS.map(role => cronJobs.find(job => job.role === role)?.object.metadata.name).find(name => name !== undefined);
}

/** The best first: repair does nothing else. */
const APPLIERS: readonly JobRole[] = ['repair', 'drop', 'bump'];

/** The command that applies what is asked for at once; none where no job is there. */
export function applyNow(view: ServiceView): Pick<Remark, 'command'> {
  const cronJob = applierOf(view);
  return cronJob === undefined ? {} : { command: `kubectl -n ${view.namespace} create job --from=cronjob/${cronJob} ${cronJob}-$(date +%s)` };
}

function resume({ metadata: { name, namespace } }: KubeObject): Pick<Remark, 'command'> {
  return { command: `kubectl -n ${namespace} patch cronjob ${name} -p '{"spec":{"suspend":false}}'` };
}
