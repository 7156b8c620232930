import { CONTROLLERS, DELAYS } from './defaults';
import { Opening, Plan, stretchesOf } from './plan';
import { ReadyFacts, readyFactsOf } from './ready-facts';
import { EpochMs } from '../time/instant';

/**
 * How long it takes until pods that a plan asks for are Ready.
 *
 * The slow end of what is usual: a person who is warned can still say that the own cluster is faster.
 */
export const ALLOWANCES = {
  /** A CronJob fires until its pod has written the floor. */
  jobMs: DELAYS.keeperMs.slow,
  /** The autoscaler looks this often. */
  autoscalerMs: CONTROLLERS.hpaSyncSeconds.value * 1_000,
  /** The node autoscaler adds nodes. */
  nodesMs: DELAYS.nodeMs.slow,
  /** A node pulls the image. */
  imageMs: DELAYS.imageMs.slow,
  /** The controller manager creates this many pods at once, and then so many a second. */
  podsAtOnce: CONTROLLERS.podsCreatedBurst.value,
  podsPerSecond: CONTROLLERS.podsCreatedPerSecond.value,
} as const;

/** How long the controller manager takes to create pods. */
export function creationMs(pods: number): number {
  return Math.max(0, pods - ALLOWANCES.podsAtOnce) / ALLOWANCES.podsPerSecond * 1000;
}

/** How long it takes until all pods of an opening are Ready. */
export interface TimeToReady {
  /** How many pods there must be more than the baseline keeps. */
  readonly pods: number;
  /** From the creation of the first pod until the last is Ready: all at once, or each after the one before it. */
  readonly startingMs: number;
  /** No cluster is faster: the nodes are there, and have the image. */
  readonly atLeastMs: number;
  /** A cluster that needs new nodes, which pull the image. */
  readonly atMostMs: number;
}

/**
 * How long all pods of an opening take.
 *
 * @param facts of the workload; without them, what is so of one that is known by name only
 */
export function timeToReady(
  plan: Plan, opening: Opening, facts: Pick<ReadyFacts, 'isOrdered' | 'minReadySeconds'> = readyFactsOf(plan.workload.kind),
): TimeToReady {
  const { jobMs, autoscalerMs, nodesMs, imageMs } = ALLOWANCES;
  const pods = Math.max(0, opening.floor - plan.baseline.floor);
  const startingMs = facts.isOrdered ? orderedMs(plan, pods, facts.minReadySeconds) : creationMs(pods) + plan.startupMs;
  const atLeastMs = jobMs + autoscalerMs + startingMs;
  return { pods, startingMs, atLeastMs, atMostMs: atLeastMs + nodesMs + imageMs };
}

/** Each pod is created once the one before it is available; the last need only be Ready. */
function orderedMs({ startupMs }: Plan, pods: number, minReadySeconds: number): number {
  return pods * startupMs + Math.max(0, pods - 1) * minReadySeconds * 1000;
}

/** When the whole floor of an opening is asked for: the end of its ramp, if it has one. */
export function fullFrom(opening: Opening): EpochMs {
  return Math.min(...opening.windows.filter(window => window.floor === opening.floor).map(window => window.from));
}

/** When all pods that several plans ask for are created, if one controller manager creates them in the order they are asked for. */
export interface Creation {
  /** When the floors rise. */
  readonly at: EpochMs;
  readonly pods: number;
  readonly doneAt: EpochMs;
  readonly plans: ReadonlySet<Plan>;
}

export function creationsOf(plans: readonly Plan[]): Creation[] {
  const rises = new Map<EpochMs, { pods: number; readonly plans: Set<Plan> }>();
  for (const plan of plans) {
    let before = plan.baseline.floor;
    let end = -Infinity;
    for (const { from, until, floor } of stretchesOf(plan)) {
      const pods = floor - (from === end ? before : plan.baseline.floor);
      if (pods > 0) {
        const rise = rises.get(from) ?? { pods: 0, plans: new Set() };
        rise.pods += pods;
        rises.set(from, rise);
        rise.plans.add(plan);
      }
      [before, end] = [floor, until];
    }
  }
  let busyUntil = -Infinity;
  return [...rises].sort(([a], [b]) => a - b).map(([at, { pods, plans: rising }]) => {
    const idle = at >= busyUntil;
    busyUntil = Math.max(at, busyUntil) + (idle ? creationMs(pods) : pods / ALLOWANCES.podsPerSecond * 1000);
    return { at, pods, doneAt: busyUntil, plans: rising };
  });
}
