import { Opening, Plan, endOf, planAt, stretchesOf } from './plan';
import { Pair, Steps, constant, heldOver, mapped, sideBySide, stepsOf, sumOfSteps, valueAt } from './steps';
import { Turnover } from './turnover';
import { PlacedPlan, Station, UseEdge, serviceId, useGraphOf } from './uses';
import { EpochMs } from '../time/instant';
import { Interval, between } from '../time/intervals';

/** Sums of tenths are right to within this part of them. */
const EXACT = 1e-9;

/** A plan, and what is known of how its pods come and go; without that, nothing is added for it. */
export interface LoadingPlan extends PlacedPlan {
  readonly turnover?: Turnover;
}

/** A service that uses a station, and how much of it over time. */
export interface StationUser {
  /** Id of its own station. */
  readonly id: string;
  readonly plan: Plan;
  readonly namespace?: string;
  readonly edge: UseEdge;
  /** What it takes at its floor: of a rate, what the openings in force are expected to bring. */
  readonly floor: Steps;
  /** What it takes at its floor while its pods are replaced, and shortly after it fell. */
  readonly turning: Steps;
  readonly ceiling: Steps;
  readonly ceilingTurning: Steps;
}

/** How full a station is over time. */
export interface StationLoad {
  readonly station: Station;
  readonly users: readonly StationUser[];
  /** What our services may use; Infinity where nobody says. */
  readonly usable: Steps;
}

/** Which of its users' numbers are added up. */
export type LoadLevel = 'floor' | 'turning' | 'ceiling' | 'ceilingTurning';

/** A stretch of time in which a station is as full as it gets. */
export interface Tightest {
  /** -Infinity: before all windows, which is between events. */
  readonly from: EpochMs;
  readonly until: EpochMs;
  readonly used: number;
  readonly usable: number;
}

/** The loads of all stations that somebody uses, callers before what they call. */
export function stationLoadsOf(plans: readonly LoadingPlan[]): StationLoad[] {
  const { stations, edges } = useGraphOf(plans);
  const pods = new Map(plans.map(one => [serviceId(one), podsOf(one)]));
  const byStation = new Map<string, UseEdge[]>();
  for (const edge of edges) {
    byStation.set(edge.to, [...byStation.get(edge.to) ?? [], edge]);
  }
  return stations.flatMap(station => {
    const its = byStation.get(station.id);
    return its ? [{ station, usable: usableOf(station), users: its.map(edge => userOf(edge, pods.get(edge.from)!)) }] : [];
  });
}

/** What all users take together. */
export function usedOf({ users }: Pick<StationLoad, 'users'>, level: LoadLevel): Steps {
  return sumOfSteps(users.map(user => ({ steps: user[level], weight: 1 })));
}

/** When a station is tightest after an instant: the first of the stretches with the highest part used. Undefined: nobody knows a limit. */
export function tightestOf(load: StationLoad, level: LoadLevel, after: EpochMs = -Infinity): Tightest | undefined {
  let tightest: Pair | undefined;
  for (const pair of sideBySide(usedOf(load, level), load.usable)) {
    if (pair.until > after && pair.b !== Infinity && (tightest === undefined || partOf(pair) > partOf(tightest) * (1 + EXACT))) {
      tightest = pair;
    }
  }
  return tightest && { from: tightest.from, until: tightest.until, used: tightest.a, usable: tightest.b };
}

/** Part of what is usable. With nothing usable, anything is too much. */
function partOf({ a, b }: Pair): number {
  return b > 0 ? a / b : a > 0 ? Infinity : 0;
}

/** Whether all that is used of a station follows from requests, of which nobody says anything between events. */
export function stationIsRate({ users }: Pick<StationLoad, 'users'>): boolean {
  return users.every(({ edge }) => edge.perPod === undefined);
}

/** Whether more is used than there is. */
export function isOver({ used, usable }: Pick<Tightest, 'used' | 'usable'>): boolean {
  return used > usable * (1 + EXACT);
}

/** What each user takes at an instant, the most first. */
export function sharesAt({ users }: Pick<StationLoad, 'users'>, level: LoadLevel, at: EpochMs): { readonly user: StationUser; readonly used: number }[] {
  return users.map(user => ({ user, used: valueAt(user[level], at) })).sort((a, b) => b.used - a.used);
}

/** What each pod takes of a station, at most. */
export function weightOf({ edge, plan }: StationUser): number {
  return (edge.perPod ?? 0) + (edge.perRequest ?? 0) * (plan.podCapacity ?? 0);
}

/** A service's ceiling, and the highest that is safe together with the others'. */
export interface SafeCeiling {
  readonly user: StationUser;
  readonly ceiling: number;
  readonly safe: number;
}

/**
 * The highest ceilings that a station bears at an instant: each has the same part of its room above the floor, and none could be higher by one.
 *
 * A ceiling that is fixed all year stays at or above the highest floor of its plan. Undefined: not even the floors fit.
 */
export function safeCeilingsAt(load: StationLoad, at: EpochMs): SafeCeiling[] | undefined {
  const parts = load.users.map(user => {
    const inForce = planAt(user.plan, at);
    const floor = user.plan.fixedCeiling === undefined ? inForce.floor : Math.max(inForce.floor, ...user.plan.openings.map(opening => opening.floor));
    return { user, floor, ceiling: Math.max(floor, inForce.ceiling), weight: weightOf(user) };
  });
  const usable = valueAt(load.usable, at) * (1 + EXACT);
  const ofFloors = parts.reduce((sum, { floor, weight }) => sum + floor * weight, 0);
  const ofCeilings = parts.reduce((sum, { ceiling, weight }) => sum + ceiling * weight, 0);
  if (ofFloors > usable) {
    return undefined;
  }
  const share = ofCeilings > ofFloors ? Math.min(1, (usable - ofFloors) / (ofCeilings - ofFloors)) : 1;
  const safe = parts.map(({ floor, ceiling }) => floor + Math.floor((ceiling - floor) * share));
  let left = usable - parts.reduce((sum, { weight }, i) => sum + safe[i] * weight, 0);
  // what rounding down left over
  for (let isMore = true; isMore;) {
    isMore = false;
    parts.forEach(({ ceiling, weight }, i) => {
      if (safe[i] < ceiling && weight <= left) {
        safe[i]++;
        left -= weight;
        isMore = true;
      }
    });
  }
  return parts.map(({ user, ceiling }, i) => ({ user, ceiling, safe: safe[i] }));
}

/** Number of pods of one service, and the requests that it gets, over time. */
interface Pods {
  readonly one: LoadingPlan;
  readonly floor: Steps;
  readonly ceiling: Steps;
  readonly turning: Steps;
  readonly ceilingTurning: Steps;
  /** Asked for only where requests count. */
  readonly requests: () => Steps;
}

function podsOf(one: LoadingPlan): Pods {
  const { plan, turnover } = one;
  const stretches = stretchesOf(plan);
  const baseline = planAt({ ...plan, openings: [] }, 0);
  const floor = stepsOf(baseline.floor, stretches.map(stretch => ({ ...stretch, value: stretch.floor })));
  const ceiling = stepsOf(baseline.ceiling, stretches.map(stretch => ({ ...stretch, value: stretch.ceiling })));
  const turning = (pods: Steps) => turnover ? mapped(heldOver(pods, turnover.lingerMs), count => count + turnover.more(count)) : pods;
  let requests: Steps | undefined;
  return {
    one, floor, ceiling, turning: turning(floor), ceilingTurning: turning(ceiling), requests: () => requests ??= requestsOf(plan, floor),
  };
}

function userOf(edge: UseEdge, { one: { plan, namespace }, floor, ceiling, turning, ceilingTurning, requests }: Pods): StationUser {
  const { perPod = 0, perRequest = 0 } = edge;
  const ofPods = (pods: Steps): Steps => perPod === 0 ? constant(0) : mapped(pods, count => count * perPod);
  const and = (a: Steps, b: () => Steps): Steps =>
    perRequest === 0 ? a : sumOfSteps([{ steps: a, weight: 1 }, { steps: b(), weight: perRequest }]);
  const served = (pods: Steps) => () => mapped(pods, count => count * (plan.podCapacity ?? 0));
  return {
    id: edge.from,
    plan,
    ...(namespace === undefined ? {} : { namespace }),
    edge,
    floor: and(ofPods(floor), requests),
    turning: and(ofPods(turning), requests),
    ceiling: and(ofPods(ceiling), served(ceiling)),
    // pods that are replaced get no more requests
    ceilingTurning: and(ofPods(ceilingTurning), served(ceiling)),
  };
}

/**
 * Requests per second that a service is expected to get.
 *
 * From an opening until the end of its windows: what it is said to bring, or where that is said in pods, what these serve; of several openings
 * the highest, and never more than the pods of the floor serve. Otherwise nobody has said anything, and it counts as none.
 */
export function requestsOf(plan: Plan, floor: Steps): Steps {
  const capacity = plan.podCapacity ?? Infinity;
  const expected = highestOfEach(plan.openings.map(opening => ({ from: opening.at, until: endOf(opening), value: expectedOf(opening, capacity) })));
  const served = mapped(floor, pods => pods * capacity);
  const least = sideBySide(expected, served).map(({ from, until, a, b }) => ({ from, until, value: Math.min(a, b) }));
  return stepsOf(0, least.slice(1));
}

/** The highest value of the intervals that are on, and 0 where none is. */
function highestOfEach(intervals: readonly (Interval & { readonly value: number })[]): Steps {
  const sorted = [...intervals].sort((a, b) => a.from - b.from);
  const edges = [...new Set(sorted.flatMap(({ from, until }) => [from, until]))].sort((a, b) => a - b);
  let next = 0;
  let on: typeof sorted = [];
  return stepsOf(0, between(edges).map(piece => {
    while (next < sorted.length && sorted[next].from <= piece.from) {
      on.push(sorted[next++]);
    }
    on = on.filter(({ until }) => until > piece.from);
    return { ...piece, value: Math.max(0, ...on.map(({ value }) => value)) };
  }));
}

/** Requests per second that an opening is said to bring; where that is said in pods, what these serve, if anybody knows. */
export function expectedOf({ demand: { requestsPerSecond, replicas = 0 } }: Pick<Opening, 'demand'>, capacity: number): number {
  return requestsPerSecond ?? (capacity === Infinity ? 0 : replicas * capacity);
}

function usableOf({ kind, plan, facts }: Station): Steps {
  if (kind === 'service') {
    const stretches = plan?.podCapacity === undefined ? [] : stretchesOf(plan);
    const capacity = plan?.podCapacity ?? Infinity;
    return stepsOf((plan?.baseline.floor ?? 1) * capacity, stretches.map(stretch => ({ ...stretch, value: stretch.floor * capacity })));
  }
  const { limit = Infinity, reserved = 0, limitIn = [] } = facts ?? {};
  const times = limitIn.flatMap(one => one.times.map(time => ({ ...time, value: one.limit - reserved }))).sort((a, b) => a.from - b.from);
  return stepsOf(limit - reserved, times);
}
