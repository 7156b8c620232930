import { CRON_STEP_MS, CronRole, RoleWaits } from './names';
import { PlannedUse } from './use-facts';
import { byText } from '../order';
import { EpochMs } from '../time/instant';
import { Interval, between, contains, joinEqual } from '../time/intervals';

/**
 * The plan: what one service's floor and ceiling must be at every instant.
 *
 * Synth writes it, everything else reads it: keeper, rehearsal, tables and pictures all ask `planAt`; nothing else decides.
 */

/** The API takes a count of replicas as a whole number of 32 bits. */
export const MOST_REPLICAS = 2_147_483_647;

/** The value of `protection` in a plan. */
export const SCHEDULED = 'Scheduled';

export interface ReplicaBounds {
  readonly floor: number;
  readonly ceiling: number;
}

/** Floor and ceiling of a target, which may be of a kind that has no ceiling: its floor is its size. */
export interface LiveBounds {
  readonly floor: number;
  readonly ceiling?: number;
}

/** A stretch of time in which an opening asks for a floor and a ceiling; it begins and ends on whole minutes. */
export interface Window extends Interval, ReplicaBounds {}

/** How much an opening was said to need; either `replicas` or `requestsPerSecond`. */
export interface PlannedDemand {
  readonly replicas?: number;
  readonly requestsPerSecond?: number;
  /** Absent: the headroom that puts the expected peak at the autoscaler's target. */
  readonly headroomPercent?: number;
  /** Which part of the demand in production this is; absent: all of it. */
  readonly factor?: number;
}

export interface Opening {
  /** The event's id. */
  readonly event: string;
  /** IANA name in which people read this event; absent: UTC. */
  readonly timeZone?: string;
  readonly at: EpochMs;
  /** When it was to open, where it was postponed on the night; in no document. */
  readonly plannedAt?: EpochMs;
  /** All pods of the floor are Ready from here on; verify looks from here to the opening. */
  readonly readyBy: EpochMs;
  readonly demand: PlannedDemand;
  /** The full floor and ceiling, those of the highest window. */
  readonly floor: number;
  readonly ceiling: number;
  /** Nested; more than one where the floor ramps. */
  readonly windows: readonly Window[];
}

export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** As of `KindReference`: of a kind of somebody else's, whose size is read and written at `/scale`. */
  readonly plural?: string;
}

/** How long before their time the jobs of one event may start. */
export interface EventWaits extends RoleWaits {
  readonly event: string;
}

export interface Plan {
  /** Name of the schedule, and first part of all object names. */
  readonly service: string;
  /** Whose floor is moved. */
  readonly target: ObjectReference;
  /** Whose pods must be Ready. */
  readonly workload: ObjectReference;
  /** Objects that were the target before: what the keeper holds of them is lowered to the baseline and given back; absent: there are none. */
  readonly formerTargets?: readonly ObjectReference[];
  /** The manifest of the target keeps its floor, for as long as it takes the keeper to hold it too; absent: it does not. */
  readonly movingIn?: true;
  /** The floor that the app gives the target, and that the schedule has taken out of its manifest; absent: none, or that is no news. */
  readonly takenOut?: number;
  /** In force when no window is. */
  readonly baseline: ReplicaBounds;
  /** `CeilingPolicy.FIXED`: the manifest's `maxReplicas` all year; absent with `PER_WINDOW`. */
  readonly fixedCeiling?: number;
  /**
   * `CeilingPolicy.PER_WINDOW`, of a target that the app renders: the `maxReplicas` in its manifest.
   *
   * A live ceiling that is just this counts as the keeper's, whoever applied it. Absent: no manifest of the app has one, or it is fixed.
   */
  readonly manifestCeiling?: number;
  /** Pods that guard through a window; 0: bump raises once and ends. */
  readonly guards: number;
  /** The floor is moved at its times, and no more: nobody guards, verifies or repairs. Absent: all of that is done. */
  readonly protection?: typeof SCHEDULED;
  /** False: the keeper may not list pods, and counts them by the status of their workload. Absent: it may. */
  readonly explainsPods?: false;
  /** Name of the CronJob that applies the plan every ten minutes, as those of all services of its chart; absent: none does. */
  readonly repair?: string;
  /** Container start to Ready. */
  readonly startupMs: number;
  /** Requests per second that one pod was measured to serve; absent: unknown. */
  readonly podCapacity?: number;
  /** How long before its time a run of a job may start and wait, of events whose jobs wait longer than one step of a usual cron line. */
  readonly waits?: readonly EventWaits[];
  /** Dependencies and other services that its pods use; absent: nobody has said. */
  readonly uses?: readonly PlannedUse[];
  /** Oldest first; of equal instants by event id. */
  readonly openings: readonly Opening[];
}

/** How long before its time a run of a job may start; it then waits. */
export function waitOf(plan: Plan, role: CronRole, event: string | undefined): number {
  return event === undefined ? CRON_STEP_MS : plan.waits?.find(waits => waits.event === event)?.[role] ?? CRON_STEP_MS;
}

export interface InForce extends ReplicaBounds {
  /** The openings that have a window in force, in the plan's order; none: the baseline. */
  readonly openings: readonly Opening[];
}

/**
 * What the plan asks for at an instant.
 *
 * The highest floor and the highest ceiling of the baseline and of all windows that contain the instant. With a fixed ceiling
 * that ceiling is in force all year.
 */
export function planAt(plan: Plan, at: EpochMs): InForce {
  let { floor, ceiling } = plan.baseline;
  const openings: Opening[] = [];
  for (const opening of plan.openings) {
    let inForce = false;
    for (const window of opening.windows) {
      if (contains(window, at)) {
        inForce = true;
        floor = Math.max(floor, window.floor);
        ceiling = Math.max(ceiling, window.ceiling);
      }
    }
    if (inForce) {
      openings.push(opening);
    }
  }
  return { floor, ceiling: plan.fixedCeiling ?? ceiling, openings };
}

/** A stretch of time in which the plan asks for one floor and ceiling. */
export interface Stretch extends Interval, ReplicaBounds {}

/** Whether two stretches ask for the same. */
export function asksTheSame(a: ReplicaBounds, b: ReplicaBounds): boolean {
  return a.floor === b.floor && a.ceiling === b.ceiling;
}

/** All instants at which a window begins or ends, oldest first, each once. */
export function edgesOf(plan: Plan): EpochMs[] {
  const edges = new Set<EpochMs>();
  for (const opening of plan.openings) {
    for (const window of opening.windows) {
      edges.add(window.from).add(window.until);
    }
  }
  return [...edges].sort((a, b) => a - b);
}

/** The first edge strictly after an instant, if there is one. */
export function nextEdge(plan: Plan, after: EpochMs): EpochMs | undefined {
  let next: EpochMs | undefined;
  for (const opening of plan.openings) {
    for (const window of opening.windows) {
      for (const edge of [window.from, window.until]) {
        if (edge > after && (next === undefined || edge < next)) {
          next = edge;
        }
      }
    }
  }
  return next;
}

/**
 * The merged plan as stretches between its first and last edge, neighbours that ask for the same joined.
 *
 * Before the first and after the last the baseline is in force.
 */
export function stretchesOf(plan: Plan): Stretch[] {
  // only openings near an edge can be in force there; a sweep keeps a season of years linear
  const openings = [...plan.openings].sort((a, b) => startOf(a) - startOf(b));
  let next = 0;
  let near: Opening[] = [];
  const pieces = between(edgesOf(plan)).map(({ from, until }): Stretch => {
    while (next < openings.length && startOf(openings[next]) <= from) {
      near.push(openings[next++]);
    }
    near = near.filter(opening => endOf(opening) > from);
    const { floor, ceiling } = planAt({ ...plan, openings: near }, from);
    return { from, until, floor, ceiling };
  });
  return joinEqual(pieces, asksTheSame);
}

/** When an opening's first window begins. */
export function startOf(opening: Opening): EpochMs {
  return Math.min(...opening.windows.map(window => window.from));
}

/** When an opening's last window ends. */
export function endOf(opening: Opening): EpochMs {
  return Math.max(...opening.windows.map(window => window.until));
}

/** The highest floor and ceiling that the plan ever asks for. */
export function highestOf(plan: Plan): ReplicaBounds {
  const floors = plan.openings.map(opening => opening.floor);
  const ceilings = plan.openings.map(opening => opening.ceiling);
  return {
    floor: Math.max(plan.baseline.floor, ...floors),
    ceiling: plan.fixedCeiling ?? Math.max(plan.baseline.ceiling, ...ceilings),
  };
}

/** The order of a plan's openings. */
export function byInstant(a: Opening, b: Opening): number {
  return a.at - b.at || byText(a.event, b.event);
}
