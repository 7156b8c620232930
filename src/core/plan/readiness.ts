import { KEEPER_CONTAINER } from './names';
import { isPodOf } from './pod-owner';
import { ContainerStatus, Pod, Waiting, Workload, conditionOf } from '../kube-objects';

export interface ReadinessFacts {
  /** How many must be Ready. */
  readonly floor: number;
  /** Deployment, StatefulSet or the like; absent: it does not exist. */
  readonly workload?: Partial<Workload>;
  /** The pods that its selector matches, of which only its own count, or what was kept of them. */
  readonly pods: Iterable<Pod> | PodTally;
  /** Why the API server did not let a controller create pods; absent: nobody knows of it. */
  readonly refusal?: string;
  /** How many pods the workload has, by its `/scale`; absent: by its status. */
  readonly size?: number;
  /** Why not all pods were looked at; absent: they were. */
  readonly unread?: string;
}

/** Why some pods are not Ready. */
export interface Cause {
  readonly count: number;
  /** `unschedulable (insufficient cpu)` */
  readonly what: string;
}

export interface Readiness {
  readonly floor: number;
  readonly ready: number;
  /** 0 when all is well. */
  readonly missing: number;
  /** The most frequent first. */
  readonly causes: readonly Cause[];
  /** `61 of 75 ready, 14 missing: 9 unschedulable (insufficient cpu), 3 pulling image, 2 crash-looping (OOMKilled)` */
  readonly text: string;
}

/** So many causes are told apart, and a cause is told so far: thousands of pods may each have words of their own. */
const MOST_CAUSES = 20;
const LONGEST_CAUSE = 300;

/** What is kept of the pods of a workload: how many there are, and what those wait for that are not Ready. Its size does not grow with theirs. */
export class PodTally {
  public static of(pods: Iterable<Pod>, workload?: Partial<Workload>): PodTally {
    const tally = new PodTally(workload);
    for (const pod of pods) {
      tally.add(pod);
    }
    return tally;
  }

  public living = 0;
  public ready = 0;
  private readonly waiting = new Map<string, number>();

  /** @param workload whose pods count; absent, or without a name: all of them */
  constructor(private readonly workload?: Partial<Workload>) {}

  public add(pod: Pod): void {
    const { kind, metadata, plural } = this.workload ?? {};
    const isForeign = kind !== undefined && metadata?.name !== undefined && !isPodOf(pod, { kind, name: metadata.name, plural });
    if (isForeign || !isLiving(pod)) {
      return;
    }
    this.living++;
    if (isReady(pod)) {
      this.ready++;
      return;
    }
    const cause = causeOf(pod).slice(0, LONGEST_CAUSE);
    const what = this.waiting.has(cause) || this.waiting.size < MOST_CAUSES ? cause : 'for other reasons';
    this.waiting.set(what, (this.waiting.get(what) ?? 0) + 1);
  }

  /** The most frequent causes, as many as are missing: a rollout has more pods than the floor, and what is not missing is no cause. */
  public causes(missing: number): Cause[] {
    let left = missing;
    return [...this.waiting]
      .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
      .map(([what, count]) => {
        const taken = Math.min(count, left);
        left -= taken;
        return { count: taken, what };
      })
      .filter(({ count }) => count > 0);
  }
}

/** Compares Ready pods with the floor, and says what the missing ones wait for. */
export function readinessOf({ floor, workload, pods, refusal, size, unread }: ReadinessFacts): Readiness {
  const tally = pods instanceof PodTally ? pods : PodTally.of(pods, workload);
  const ready = statedReady(workload) ?? Math.min(tally.ready, size ?? workload?.status?.replicas ?? Infinity);
  const missing = Math.max(0, floor - ready);
  const causes = tally.causes(missing);
  const absent = missing - causes.reduce((sum, cause) => sum + cause.count, 0);
  if (absent > 0) {
    causes.push({ count: absent, what: unread ?? whyAbsent(floor, workload, tally.living, refusal) });
  }
  const text = `${ready} of ${floor} ready` + (missing > 0
    ? `, ${missing} missing: ${causes.map(({ count, what }) => `${count} ${what}`).join(', ')}`
    : '');
  return { floor, ready, missing, causes, text };
}

/** How many pods are Ready by a workload's own count; undefined: it does not say. */
export function statedReady(workload: Partial<Workload> | undefined): number | undefined {
  const { status, apiVersion = '' } = workload ?? {};
  // the kinds of Kubernetes itself leave a 0 out
  return status?.readyReplicas ?? (status && apiVersion.startsWith('apps/') ? 0 : undefined);
}

/** Whether a pod is, or may become, Ready: it is not being taken away and has not ended. */
export function isLiving(pod: Pod): boolean {
  return !pod.metadata?.deletionTimestamp && !hasEnded(pod);
}

export function isReady(pod: Pod): boolean {
  return conditionOf(pod, 'Ready')?.status === 'True' && !pod.metadata?.deletionTimestamp;
}

/**
 * Whether the keeper in a pod of a job works, and is not being taken away: a guard that guards.
 *
 * A container that a mesh has put beside it keeps the pod in phase `Running` after the keeper has ended.
 */
export function isRunning(pod: Pod): boolean {
  const { status, metadata } = pod;
  const keeper = keeperOf(pod);
  return status?.phase === 'Running' && !metadata?.deletionTimestamp && (keeper === undefined || keeper.state?.running !== undefined);
}

/** The keeper's container in a pod of a job; undefined: the pod says nothing of it. */
export function keeperOf({ status }: Pod): ContainerStatus | undefined {
  return status?.containerStatuses?.find(({ name }) => name === KEEPER_CONTAINER);
}

function hasEnded({ status }: Pod): boolean {
  return status?.phase === 'Failed' || status?.phase === 'Succeeded';
}

/** What one pod that is not Ready waits for. */
export function causeOf(pod: Pod): string {
  const { status = {} } = pod;
  if (pod.metadata?.deletionTimestamp) {
    return 'terminating';
  }
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status === 'False') {
    return scheduled.reason === 'SchedulingGated' ? 'held by a scheduling gate' : `unschedulable (${obstaclesIn(scheduled.message)})`;
  }
  if (!pod.spec?.nodeName && scheduled?.status !== 'True') {
    return 'waiting for the scheduler';
  }
  const containers = [...status.initContainerStatuses ?? [], ...status.containerStatuses ?? []];
  const causes = containers.map(container => causeOfContainer(container, pod)).filter(cause => cause !== undefined);
  if (causes.length) {
    return causes.find(cause => /crash|image|config/.test(cause)) ?? causes[0];
  }
  const gate = (pod.spec?.readinessGates ?? []).find(({ conditionType }) => conditionOf(pod, conditionType)?.status !== 'True');
  return gate ? `waiting for readiness gate ${gate.conditionType}` : 'starting';
}

function causeOfContainer(container: ContainerStatus, pod: Pod): string | undefined {
  const { waiting, running, terminated } = container.state ?? {};
  if (terminated?.exitCode === 0 || container.ready) {
    return undefined;
  }
  const last = container.lastState?.terminated ?? terminated;
  if (waiting) {
    return causeOfWaiting(waiting, container, pod);
  }
  const hasCrashed = terminated !== undefined || (container.restartCount ?? 0) > 0;
  if (last && hasCrashed) {
    return `crash-looping (${last.reason ?? `exit code ${last.exitCode}`})`;
  }
  return running && container.started ? 'not ready (readiness probe)' : 'starting';
}

function causeOfWaiting({ reason, message }: Waiting, { image, lastState }: ContainerStatus, pod: Pod): string | undefined {
  switch (reason) {
    case 'CrashLoopBackOff':
      return `crash-looping (${lastState?.terminated?.reason ?? 'unknown'})`;
    case 'ErrImagePull':
    case 'ImagePullBackOff':
    case 'InvalidImageName':
    case 'ErrImageNeverPull':
    case 'RegistryUnavailable':
    case 'ErrImageInspect':
    case 'SignatureValidationFailed':
      return `without image (${reason}: ${image})`;
    case 'ContainerCreating':
    case undefined:
      // the sandbox stands, so what is left to wait for is the image
      return conditionOf(pod, 'PodReadyToStartContainers')?.status === 'False' ? 'waiting for volumes or network' : 'pulling image';
    case 'PodInitializing':
      return undefined;
    default:
      return `misconfigured (${reason}${message ? `: ${message}` : ''})`;
  }
}

/** Out of `0/12 nodes are available: 9 Insufficient cpu, 3 node(s) had untolerated taint {a: b}. preemption: ...`: what and what. */
function obstaclesIn(message: string | undefined): string {
  const listed = /nodes are available:\s*(.*?)(?:\.\s|\.?$)/s.exec(message ?? '')?.[1];
  if (!listed) {
    return message ?? 'no reason given';
  }
  const obstacles = listed.split(/,\s*(?=\d+ )/).map(part => {
    const [, count, what] = /^(\d+) (.*)$/s.exec(part) ?? [undefined, '0', part];
    return { count: Number(count), what: what!.replace(/^node\(s\) /, '').replace(/^had untolerated taint(s)?/, 'untolerated taint$1').replace(/^Insufficient/, 'insufficient') };
  });
  return obstacles.sort((a, b) => b.count - a.count).map(({ what }) => what).join(', ');
}

function whyAbsent(floor: number, workload: Partial<Workload> | undefined, living: number, refusal: string | undefined): string {
  if (!workload) {
    return 'not created (the workload does not exist)';
  }
  const failure = conditionOf(workload, 'ReplicaFailure');
  if (failure?.status === 'True') {
    return `not created (${failure.message ?? failure.reason})`;
  }
  const asked = workload.spec?.replicas ?? 1;
  if (asked < floor && living >= asked) {
    return `not asked for (${String(workload.kind ?? 'workload').toLowerCase()} ${workload.metadata?.name} stands at ${asked})`;
  }
  return refusal === undefined ? 'not created yet' : `not created (${refusal})`;
}
