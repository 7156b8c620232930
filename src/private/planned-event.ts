import { Duration } from 'cdk8s';
import { KeeperCron } from './keeper-jobs';
import { cronJobName } from './object-names';
import { Occurrence } from './occurrences';
import { checkProps } from './props';
import { SCHEDULED_EVENT } from './shapes';
import { shown, wholeNumber } from './whole-number';
import { resolveShape } from './window-shape';
import { Problems } from '../core/openings/listed';
import { EventCover, coverOf } from '../core/plan/event-cover';
import { ANNOTATION_SUMMARY, CronRole, JobRole } from '../core/plan/names';
import { Opening, Plan, ReplicaBounds } from '../core/plan/plan';
import { MOST_POSTPONED_MS } from '../core/plan/postpone';
import { defaultCeiling } from '../core/plan/sizing';
import { WindowShape, windowsOf } from '../core/plan/windows';
import { CronLine } from '../core/time/cron-cover';
import { EpochMs } from '../core/time/instant';
import { unionOf } from '../core/time/intervals';
import { HOUR, MINUTE, parseInstant } from '../core/time/wall-clock';
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
  /** Which part of each demand this service gets. */
  readonly demandFactor?: number;
}

/** An event with all that follows from it. */
export interface PlannedEvent {
  readonly scheduled: ScheduledEvent;
  /** All pods are Ready this long before each opening. */
  readonly readyMarginMs: number;
  readonly openings: readonly Opening[];
  /** When its jobs run. */
  readonly cover: EventCover;
  /** Where a demand comes from callers: the openings, once it is known what these send; the floors of those above only stand in. */
  readonly derive?: (sentAt: (at: EpochMs) => number) => readonly Opening[];
}

/** Resolves one event of a service, or says what is wrong with it. */
export function planEvent(scheduled: ScheduledEvent, service: ServiceFacts): PlannedEvent {
  const { event } = scheduled;
  return inEvent(event, () => {
    checkProps('', SCHEDULED_EVENT, scheduled);
    checkDemand('demand', scheduled.demand);
    const shapeOf = shapesOf(scheduled, service);
    const demands = scaledBy(service.demandFactor, demandsOf(scheduled));
    const shapes = event._occurrences.map(shapeOf);
    const openingsOf = (known: readonly Demand[]): Opening[] => {
      const bounds = new Map([...new Set(known)].map(demand => [demand, boundsOf(demand, scheduled, service)]));
      return event._occurrences.map(({ at }, i): Opening => {
        const { floor, ceiling } = bounds.get(known[i])!;
        return {
          event: event.id,
          ...(event.timeZone === undefined ? {} : { timeZone: event.timeZone }),
          at,
          readyBy: at - shapes[i].readyMarginMs,
          demand: known[i]._planned,
          floor,
          ceiling,
          windows: windowsOf(at, shapes[i], { floor, ceiling }),
        };
      });
    };
    const planned = (openings: readonly Opening[]): PlannedEvent => ({
      scheduled, readyMarginMs: shapes[0].readyMarginMs, openings, cover: coverFor(event, shapes, openings),
    });
    const openings = openingsOf(demands.map(demand => demand._isFromCallers ? STAND_IN : demand));
    if (demands.some(({ _isFromCallers }) => _isFromCallers)) {
      if (!service.podCapacity) {
        throw new Error('\'demand\' is what callers send, which needs to know what one pod serves; pass \'podCapacity\' to the service');
      }
      return { ...planned(openings), derive: sentAt => inEvent(event, () => openingsOf(derived(demands, event._occurrences, sentAt))) };
    }
    return planned(openings);
  });
}

/** Stands for a demand that is not known yet: any floor is at least 1, and windows are when they are, whatever their floors. */
const STAND_IN = Demand.replicas(1);

/** What was one demand, and is sent the same, stays one. */
function derived(demands: readonly Demand[], occurrences: readonly Occurrence[], sentAt: (at: EpochMs) => number): Demand[] {
  const known = new Map<string, Demand>();
  return demands.map((demand, i) => {
    if (!demand._isFromCallers) {
      return demand;
    }
    const sent = sentAt(occurrences[i].at);
    const key = JSON.stringify([sent, demand._planned]);
    const one = known.get(key) ?? demand._of(sent);
    known.set(key, one);
    return one;
  });
}

/** What `work` throws says which event it is about. */
function inEvent<T>({ id }: OpeningEvent, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Error(`event '${id}': ${(error as Error).message}`);
  }
}

/** For programs without types; by what it can do, since the class may be that of another copy of this library. */
function checkDemand(prop: string, demand: Demand): void {
  if (demand === undefined) {
    throw new Error(`'${prop}' is missing: say what the opening needs, such as Demand.replicas(60)`);
  }
  if (typeof demand?._replicas !== 'function') {
    throw new Error(`'${prop}' must be a Demand, such as Demand.replicas(60), got ${shown(demand)}`);
  }
}

/** The window of each opening; those that say nothing of their own share one. */
function shapesOf(scheduled: ScheduledEvent, service: ServiceFacts): (occurrence: Occurrence) => WindowShape {
  const layers = [scheduled, scheduled.event.window, service.defaultWindow ?? {}];
  const known = new Map<string, WindowShape>();
  return ({ window = {}, where }) => {
    const { lead, hold } = window;
    const key = [lead, hold].map(duration => duration?.toMilliseconds({ integral: false })).join();
    const shape = known.get(key) ?? atPlace(lead || hold ? where : undefined, () => resolveShape([window, ...layers], service.startupTime));
    known.set(key, shape);
    return shape;
  };
}

/** What `work` throws says where in a list it comes from. */
function atPlace<T>(where: string | undefined, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw where === undefined ? error : new Error(`${where}: ${(error as Error).message}`);
  }
}

/** Of each opening: the one for that instant or day, or the one that it names, or that of the event. */
function demandsOf({ event, demand, demands = {}, demandOn = {} }: ScheduledEvent): Demand[] {
  const occurrences = event._occurrences;
  Object.entries(demands).forEach(([name, one]) => checkDemand(`demands['${name}']`, one));
  const problems = new Problems();
  const result = occurrences.map(({ demand: name, where, date }) => {
    if (name !== undefined && !Object.prototype.hasOwnProperty.call(demands, name)) {
      const known = Object.keys(demands).map(one => `'${one}'`).join(', ');
      problems.add(`${where ?? date}: the opening names a demand '${name}'; ${
        known ? `'demands' has ${known}` : `pass 'demands' with it, such as demands: { '${name}': Demand.replicas(60) }`}`);
    }
    return name === undefined ? demand : demands[name];
  });
  problems.throwIfAny();
  // a day first, so that an instant of that day wins
  for (const [key, other] of Object.entries(demandOn).sort(([a], [b]) => a.length - b.length)) {
    checkDemand(`demandOn['${key}']`, other);
    const at = key.includes('T') ? parseInstant('demandOn', key, event.timeZone, true) : undefined;
    const meant = occurrences.flatMap((one, i) => one.date === key || one.at === at ? [i] : []);
    if (meant.length === 0) {
      const dates = [...new Set(occurrences.map(({ date }) => date))];
      throw new Error(`'demandOn' has '${key}', which is no date of an opening; there ${dates.length === 1 ? 'is one' : `are ${dates.length}`}: ${
        dates.length > 6 ? `${dates.slice(0, 3).join(', ')} ... ${dates[dates.length - 1]}` : dates.join(', ')}`);
    }
    meant.forEach(i => { result[i] = other; });
  }
  return result;
}

/** Demands by a factor; what was one object stays one. */
function scaledBy(factor: number | undefined, demands: readonly Demand[]): readonly Demand[] {
  if (factor === undefined) {
    return demands;
  }
  // what callers send is scaled already
  const scaled = new Map([...new Set(demands)].map(demand => [demand, demand._isFromCallers ? demand : demand.times(factor)]));
  return demands.map(demand => scaled.get(demand)!);
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

/** How long before their time the jobs of events start, for the plan; nothing where that is the step of their lines. */
export function waitsOf(events: readonly PlannedEvent[]): Pick<Plan, 'waits'> {
  const waits = events.flatMap(({ scheduled, cover }) => cover.waits ? [{ event: scheduled.event.id, ...cover.waits }] : []);
  return waits.length === 0 ? {} : { waits };
}

/**
 * The three CronJobs of an event, however many its openings are.
 *
 * @param summary of what it does, for people
 */
export function cronJobsOf(planned: PlannedEvent, service: string, summary: string): { [role in CronRole]: KeeperCron } {
  const { scheduled: { event: { id } }, readyMarginMs, openings, cover: { lines, waits } } = planned;
  // a run that waits is no late one, and what was due while it ran is started once it has ended
  const waitOf = (role: CronRole) => waits?.[role] ?? 0;
  const annotations = { [ANNOTATION_SUMMARY]: summary };
  const job = (role: JobRole, line: CronLine, own: Pick<KeeperCron, 'startingDeadline' | 'backoffLimit' | 'activeDeadline' | 'args'>): KeeperCron => ({
    role, event: id, name: cronJobName(service, role, id), schedule: line.schedule, timeZone: line.timeZone, annotations, ...own,
  });
  return {
    bump: job('bump', lines.bump, {
      args: ['--event', id],
      // with five minutes the controller starts none after the window
      startingDeadline: Duration.millis(Math.max(5 * MINUTE, waitOf('bump'))),
      // one that is killed again and again must not keep the floor down
      backoffLimit: 20,
      // it stays for as long as a right or the target is missing; ends a keeper that hangs, so that Forbid lets the next one start
      activeDeadline: Duration.millis(longestOf(openings) + waitOf('bump') + MOST_POSTPONED_MS + 30 * MINUTE),
    }),
    verify: job('verify', lines.verify, {
      args: ['--event', id],
      startingDeadline: Duration.millis(Math.max(readyMarginMs + waitOf('verify'), 5 * MINUTE)),
      // after the opening there is nothing left to verify: a second try would turn a failure into a success
      backoffLimit: 0,
      activeDeadline: Duration.millis(readyMarginMs + waitOf('verify') + MOST_POSTPONED_MS + 30 * MINUTE),
    }),
    drop: job('drop', lines.drop, {
      ...(waits ? { args: ['--event', id] } : {}),
      startingDeadline: Duration.millis(Math.max(HOUR, waitOf('drop'))),
      backoffLimit: 6,
      activeDeadline: Duration.millis(HOUR + waitOf('drop')),
    }),
  };
}

/** Services that share an event mostly share its windows too, and finding their lines takes longer than all else of a schedule. */
const known = new WeakMap<OpeningEvent, Map<string, EventCover>>();

function coverFor(event: OpeningEvent, shapes: readonly WindowShape[], openings: readonly Opening[]): EventCover {
  const covers = known.get(event) ?? new Map<string, EventCover>();
  known.set(event, covers);
  const likeness = JSON.stringify(new Set(shapes).size === 1 ? shapes[0] : shapes);
  const found = covers.get(likeness) ?? coverOf(openings, event.timeZone);
  covers.set(likeness, found);
  return found;
}

/** The longest time without a gap between windows. */
function longestOf(openings: readonly Opening[]): number {
  return Math.max(...unionOf(openings.flatMap(({ windows }) => windows)).map(({ from, until }) => until - from));
}
