import { Duration } from 'cdk8s';
import { KeeperCron } from './keeper-jobs';
import { cronJobName } from './object-names';
import { shown, wholeNumber } from './whole-number';
import { resolveShape } from './window-shape';
import { EventLines, eventLinesOf } from '../core/plan/event-lines';
import { JobRole } from '../core/plan/names';
import { Opening, ReplicaBounds } from '../core/plan/plan';
import { defaultCeiling } from '../core/plan/sizing';
import { WindowShape, windowsOf } from '../core/plan/windows';
import { CronLine } from '../core/time/cron-cover';
import { unionOf } from '../core/time/intervals';
import { MINUTE } from '../core/time/wall-clock';
import { Demand, PodCapacity } from '../demand';
import { OpeningEvent } from '../opening-event';
import { ScheduledEvent } from '../scheduled-event';
import { WindowOptions } from '../window-options';

/** What a schedule knows before its events. */
export interface ServiceFacts {
  readonly baseline: ReplicaBounds;
  /** In the manifest all year; absent: the plan's highest. */
  readonly ceiling?: number;
  /** Whether something scales beyond the floor. */
  readonly hasCeiling: boolean;
  readonly podCapacity?: PodCapacity;
  /** Of the autoscaler's CPU metric. */
  readonly targetPercent?: number;
  readonly defaultWindow?: WindowOptions;
  /** Container start to Ready. */
  readonly startupTime: Duration;
}

/** An event with all that follows from it. */
export interface PlannedEvent {
  readonly scheduled: ScheduledEvent;
  readonly shape: WindowShape;
  readonly openings: readonly Opening[];
}

/** Resolves one event of a service, or says what is wrong with it. */
export function planEvent(scheduled: ScheduledEvent, service: ServiceFacts): PlannedEvent {
  const { event } = scheduled;
  try {
    checkDemand('demand', scheduled.demand);
    const shape = resolveShape([scheduled, event.window, service.defaultWindow ?? {}], service.startupTime);
    const demands = demandsOf(scheduled);
    const bounds = new Map([...new Set(demands.values())].map(demand => [demand, boundsOf(demand, scheduled, service)]));
    return {
      scheduled,
      shape,
      openings: event._occurrences.map(({ date, at }) => {
        const demand = demands.get(date)!;
        const { floor, ceiling } = bounds.get(demand)!;
        return {
          event: event.id,
          ...(event.timeZone === undefined ? {} : { timeZone: event.timeZone }),
          at,
          readyBy: at - shape.readyMarginMs,
          demand: demand._planned,
          floor,
          ceiling,
          windows: windowsOf(at, shape, { floor, ceiling }),
        };
      }),
    };
  } catch (error) {
    throw new Error(`event '${event.id}': ${(error as Error).message}`);
  }
}

/** For programs without types; by what it can do, since the class may be that of another copy of this library. */
function checkDemand(prop: string, demand: Demand): void {
  if (typeof demand?._replicas !== 'function') {
    throw new Error(`'${prop}' must be a Demand, such as Demand.replicas(60), got ${shown(demand)}`);
  }
}

/** By date of occurrence. */
function demandsOf({ event, demand, demandOn = {} }: ScheduledEvent): Map<string, Demand> {
  const demands = new Map(event._occurrences.map(({ date }) => [date, demand]));
  for (const [date, other] of Object.entries(demandOn)) {
    if (!demands.has(date)) {
      const dates = [...demands.keys()];
      throw new Error(`'demandOn' has '${date}', which is no date of an opening; there ${dates.length === 1 ? 'is one' : `are ${dates.length}`}: ${
        dates.length > 6 ? `${dates.slice(0, 3).join(', ')} ... ${dates[dates.length - 1]}` : dates.join(', ')}`);
    }
    checkDemand(`demandOn['${date}']`, other);
    demands.set(date, other);
  }
  return demands;
}

function boundsOf(demand: Demand, scheduled: ScheduledEvent, service: ServiceFacts): ReplicaBounds {
  const floor = demand._replicas(service.podCapacity, service.targetPercent);
  if (floor === undefined) {
    throw new Error('\'demand\' is in requests per second, which needs to know what one pod serves; '
      + 'pass \'podCapacity\' to the service, or say Demand.replicas');
  }
  const limit = service.ceiling ?? Infinity;
  if (floor > limit) {
    throw new Error(`'ceiling' of the service (${limit}) must be at least the floor of this event (${floor})`);
  }
  if (!service.hasCeiling) {
    if (scheduled.ceiling !== undefined) {
      throw new Error(`'ceiling' (${scheduled.ceiling}) has no meaning where no autoscaler scales beyond the floor; leave it out`);
    }
    return { floor, ceiling: Math.max(floor, service.baseline.ceiling) };
  }
  if (scheduled.ceiling === undefined) {
    return { floor, ceiling: Math.min(limit, defaultCeiling(floor, service.baseline.ceiling)) };
  }
  const ceiling = wholeNumber("'ceiling'", scheduled.ceiling, 1);
  if (ceiling < floor) {
    throw new Error(`'ceiling' (${ceiling}) must be at least the floor (${floor})`);
  }
  if (ceiling > limit) {
    throw new Error(`'ceiling' (${ceiling}) must be at most the 'ceiling' of the service (${limit}), which its manifest carries all year`);
  }
  return { floor, ceiling };
}

/** The three CronJobs of an event, however many its openings are. */
export function cronJobsOf({ scheduled, shape, openings }: PlannedEvent, service: string, guards: number): { [role in 'bump' | 'verify' | 'drop']: KeeperCron } {
  const { id } = scheduled.event;
  const lines = linesOf(scheduled.event, shape, openings);
  const job = (role: JobRole, line: CronLine, own: Pick<KeeperCron, 'startingDeadline' | 'backoffLimit' | 'activeDeadline' | 'args' | 'parallelism'>): KeeperCron => ({
    role, event: id, name: cronJobName(service, role, id), schedule: line.schedule, timeZone: line.timeZone, ...own,
  });
  return {
    bump: job('bump', lines.bump, {
      args: ['--event', id, ...guards === 0 ? ['--no-guard'] : []],
      parallelism: Math.max(1, guards),
      // with five minutes the controller at once replaces a guard that ended early, and starts none after the window
      startingDeadline: Duration.minutes(5),
      // guards that are killed again and again must not end the one that lives
      backoffLimit: 20,
      // ends a keeper that hangs, so that Forbid lets the next one start
      activeDeadline: Duration.millis(longestOf(openings) + 30 * MINUTE),
    }),
    verify: job('verify', lines.verify, {
      args: ['--event', id],
      startingDeadline: Duration.millis(Math.max(shape.readyMarginMs, 5 * MINUTE)),
      // after the opening there is nothing left to verify: a second try would turn a failure into a success
      backoffLimit: 0,
      activeDeadline: Duration.millis(shape.readyMarginMs + 30 * MINUTE),
    }),
    drop: job('drop', lines.drop, {
      startingDeadline: Duration.hours(1),
      backoffLimit: 6,
      activeDeadline: Duration.hours(1),
    }),
  };
}

/** Services that share an event mostly share its windows too, and finding their lines takes longer than all else of a schedule. */
const known = new WeakMap<OpeningEvent, Map<string, EventLines>>();

function linesOf(event: OpeningEvent, shape: WindowShape, openings: readonly Opening[]): EventLines {
  const lines = known.get(event) ?? new Map<string, EventLines>();
  known.set(event, lines);
  const key = JSON.stringify(shape);
  const found = lines.get(key) ?? eventLinesOf(openings, event.timeZone);
  lines.set(key, found);
  return found;
}

/** The longest time without a gap between windows. */
function longestOf(openings: readonly Opening[]): number {
  return Math.max(...unionOf(openings.flatMap(({ windows }) => windows)).map(({ from, until }) => until - from));
}
