import { Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import { BUDGET, CONNECTIONS, RATE, ROOM } from './dependency-shapes';
import { checkProps } from './props';
import { isSubdomain } from './spelling';
import { shown } from './whole-number';
import { checkWindow } from './window-shape';
import { DEFAULTS } from '../core/plan/defaults';
import { parseQuantity } from '../core/plan/quantity';
import { BUDGET_KINDS, DependencyFacts, DependencyKind, TimedLimit } from '../core/plan/use-facts';
import { isoOf } from '../core/time/instant';
import { Interval, unionOf } from '../core/time/intervals';
import { parseInstant } from '../core/time/wall-clock';
import { ClusterBudgetOptions, ClusterRoom, ConnectionsOptions, DependencyOptions, LimitTimes, RateOptions } from '../dependency-options';

/** What a declaration says of a dependency, of which nothing is left to refuse. */

/** Refuses what would not be one word in a message, an object's name or a picture. */
export function checkDependencyName(factory: string, name: string): void {
  if (typeof name !== 'string' || !isSubdomain(name)) {
    throw new Error(`${factory} needs a name of lower-case letters, digits, '-' and '.', such as 'tickets-db', got ${shown(name)}`);
  }
}

export function connectionFacts(name: string, options: ConnectionsOptions): DependencyFacts {
  return factsOf(name, () => checkProps('', CONNECTIONS, options), options, options.connectsPerMinute);
}

export function rateFacts(name: string, options: RateOptions): DependencyFacts {
  return factsOf(name, () => checkProps('', RATE, options), options);
}

/** The facts of each kind of room that a budget names. */
export function budgetFacts(name: string, options: ClusterBudgetOptions): Map<DependencyKind, DependencyFacts> {
  return blamingDependency(name, () => {
    checkProps('', BUDGET, options);
    const { room, reserved, roomIn = [] } = options;
    const limits = amountsOf('room', room);
    const held = reserved === undefined ? new Map<DependencyKind, number>() : amountsOf('reserved', reserved);
    const inTimes = roomIn.map((one, i) => ({ field: `roomIn[${i}]`, times: one, amounts: amountsOf(`roomIn[${i}].room`, one.room) }));
    const strange = [...held.keys(), ...inTimes.flatMap(({ amounts }) => [...amounts.keys()])].find(kind => !limits.has(kind));
    if (strange) {
      throw new Error(`'room' has no '${strange}', which 'reserved' or 'roomIn' names; give it the value of all year`);
    }
    return new Map([...limits].map(([kind, limit]) => [kind, checkedFacts({
      limit,
      reserved: held.get(kind),
      limitIn: inTimes.flatMap(({ field, times, amounts }) => amounts.has(kind) ? [{ field, times, limit: amounts.get(kind)! }] : []),
    })]));
  });
}

/** Cores. */
export function coresOf({ amount }: Cpu): number {
  return parseQuantity(amount) ?? 0;
}

function bytesOf(size: Size): number {
  return size.toKibibytes() * 1_024;
}

function amountsOf(path: string, room: ClusterRoom): Map<DependencyKind, number> {
  checkProps(path, ROOM, room);
  const { cpu, memory, pods, addresses } = room;
  const amounts = { cpu: cpu && coresOf(cpu), memory: memory && bytesOf(memory), pods, addresses };
  const named = BUDGET_KINDS.flatMap(kind => {
    const amount = amounts[kind as keyof typeof amounts];
    return amount === undefined ? [] : [[kind, amount] as const];
  });
  if (named.length === 0) {
    throw new Error(`'${path}' lacks any of 'cpu', 'memory', 'pods' and 'addresses'; give it at least one, got ${shown(room)}`);
  }
  const none = named.find(([, amount]) => amount <= 0);
  if (none) {
    throw new Error(`'${path}.${none[0]}' must be more than 0`);
  }
  return new Map(named);
}

function factsOf(
  name: string, check: () => void, options: DependencyOptions & { readonly limit: number }, connectsPerMinute?: number,
): DependencyFacts {
  return blamingDependency(name, () => {
    check();
    const { limit, reserved, limitIn = [], host, port } = options;
    if ((host === undefined) !== (port === undefined)) {
      const [given, needed] = host === undefined ? [`'port' (${port})`, 'host'] : [`'host' (${host})`, 'port'];
      throw new Error(`${given} needs a '${needed}'; give both, or neither`);
    }
    return {
      ...checkedFacts({ limit, reserved, limitIn: limitIn.map((one, i) => ({ field: `limitIn[${i}]`, times: one, limit: one.limit })) }),
      ...(connectsPerMinute === undefined ? {} : { connectsPerMinute }),
      ...(host === undefined ? {} : { host, port }),
    };
  });
}

interface Limits {
  readonly limit: number;
  readonly reserved?: number;
  readonly limitIn: readonly { readonly field: string; readonly times: LimitTimes; readonly limit: number }[];
}

function checkedFacts({ limit, reserved, limitIn }: Limits): DependencyFacts {
  const timed = limitIn.map(one => ({ field: one.field, limit: one.limit, times: timesOf(one.field, one.times) }));
  for (const { field, limit: one } of [{ field: 'limit', limit }, ...timed]) {
    if (reserved !== undefined && reserved >= one) {
      throw new Error(`'reserved' (${reserved}) must be less than the limit of '${field}' (${one}), or nothing is left`);
    }
  }
  refuseOverlap(timed);
  return {
    limit,
    ...(reserved ? { reserved } : {}),
    ...(timed.length === 0 ? {} : { limitIn: timed.map((one): TimedLimit => ({ limit: one.limit, times: one.times })) }),
  };
}

/** The times in which a limit differs, oldest first. */
function timesOf(field: string, { event, lead, hold, from, until }: LimitTimes): Interval[] {
  if (event) {
    if (from !== undefined || until !== undefined) {
      const [other, instant] = from === undefined ? ['until', until] : ['from', from];
      throw new Error(`'${field}' has both 'event' and '${other}' (${instant}); say by one of them when it is in force`);
    }
    checkWindow({ ...lead ? { lead } : {}, ...hold ? { hold } : {} });
    const leadMs = (lead ?? event.window.lead)?.toMilliseconds() ?? DEFAULTS.leadMs;
    const holdMs = (hold ?? event.window.hold)?.toMilliseconds() ?? DEFAULTS.holdMs;
    return unionOf(event._occurrences.map(({ at }) => ({ from: at - leadMs, until: at + holdMs })));
  }
  if (from === undefined || until === undefined) {
    throw new Error(`'${field}' lacks an 'event', or 'from' and 'until', and so does not say when it is in force`);
  }
  if (lead ?? hold) {
    throw new Error(`'${field}' has '${lead ? 'lead' : 'hold'}' without an 'event'; 'from' and 'until' say it all`);
  }
  const time = { from: parseInstant(`${field}.from`, from), until: parseInstant(`${field}.until`, until) };
  if (time.until <= time.from) {
    throw new Error(`'${field}.until' (${until}) must be after '${field}.from' (${from})`);
  }
  return [time];
}

function refuseOverlap(timed: readonly { readonly field: string; readonly times: readonly Interval[] }[]): void {
  const all = timed.flatMap(({ field, times }) => times.map(time => ({ field, ...time }))).sort((a, b) => a.from - b.from);
  const second = all.findIndex((one, i) => i > 0 && one.from < all[i - 1].until);
  if (second > 0) {
    const [a, b] = [all[second - 1], all[second]];
    throw new Error(`'${a.field}' and '${b.field}' are both in force at ${isoOf(b.from)}; say one limit for each time`);
  }
}

function blamingDependency<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Error(`dependency '${name}': ${(error as Error).message}`);
  }
}
