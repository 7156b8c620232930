import { Opening, Plan, ReplicaBounds, byInstant, endOf, planAt, startOf } from '../core/plan/plan';
import { EpochMs } from '../core/time/instant';
import { DAY, wallAt } from '../core/time/wall-clock';
import { formatClock } from '../core/time/words';
import { DeployedService, titleOf } from '../manifests/deployed';

/** One opening of one event, with all services that answer to it. */
export interface Occurrence {
  readonly event: string;
  /** IANA name; absent: UTC. */
  readonly timeZone?: string;
  readonly at: EpochMs;
  readonly from: EpochMs;
  readonly until: EpochMs;
  readonly parts: readonly Part[];
}

/** One service's answer to an opening. */
export interface Part {
  readonly service: DeployedService;
  readonly opening: Opening;
  /** Oldest first. */
  readonly steps: readonly Step[];
}

/** Something that happens to one service, as the whole plan has it. */
export interface Step {
  readonly at: EpochMs;
  readonly kind: 'rise' | 'ready' | 'opening' | 'fall';
  readonly before: ReplicaBounds;
  readonly after: ReplicaBounds;
  /** Other events whose windows are in force too. */
  readonly beside: readonly string[];
}

/** Occurrences of one event that differ in nothing but their date. */
export interface Group {
  /** What the others are like: the first that is not over, or the last. */
  readonly shown: Occurrence;
  /** Oldest first. */
  readonly all: readonly Occurrence[];
}

/** All openings of all services, oldest first. */
export function occurrencesOf(services: readonly DeployedService[]): Occurrence[] {
  const parts = new Map<string, Part[]>();
  for (const service of services) {
    const spans = [...service.plan.openings].sort(byInstant).map(opening => ({ opening, from: startOf(opening), until: endOf(opening) }));
    const longestLead = spans.reduce((most, { opening, from }) => Math.max(most, opening.at - from), 0);
    const longestHold = spans.reduce((most, { opening, until }) => Math.max(most, until - opening.at), 0);
    let first = 0;
    for (const { opening, from, until } of spans) {
      const key = JSON.stringify([opening.at, opening.event, opening.timeZone]);
      // only openings near by can be in force too; a season of years has hundreds
      while (spans[first].opening.at < opening.at - longestLead - longestHold) {
        first++;
      }
      const openings: Opening[] = [];
      for (let i = first; i < spans.length && spans[i].opening.at <= until + longestLead; i++) {
        if (spans[i].from <= until && from <= spans[i].until) {
          openings.push(spans[i].opening);
        }
      }
      const part = { service, opening, steps: stepsOf({ ...service.plan, openings }, opening) };
      const its = parts.get(key);
      if (its) {
        its.push(part);
      } else {
        parts.set(key, [part]);
      }
    }
  }
  return [...parts.values()].map((its): Occurrence => {
    const { event, timeZone, at } = its[0].opening;
    return {
      event,
      ...(timeZone === undefined ? {} : { timeZone }),
      at,
      from: Math.min(...its.map(({ opening }) => startOf(opening))),
      until: Math.max(...its.map(({ opening }) => endOf(opening))),
      parts: its,
    };
  }).sort((a, b) => a.at - b.at || (a.event < b.event ? -1 : 1));
}

/** Puts alike occurrences together, in the order of those that are shown. */
export function groupsOf(occurrences: readonly Occurrence[], now: EpochMs): Group[] {
  const groups = new Map<string, Occurrence[]>();
  for (const occurrence of occurrences) {
    const likeness = likenessOf(occurrence);
    const alike = groups.get(likeness);
    if (alike) {
      alike.push(occurrence);
    } else {
      groups.set(likeness, [occurrence]);
    }
  }
  return [...groups.values()]
    .map(all => ({ shown: all.find(({ until }) => until > now) ?? all[all.length - 1], all }))
    .sort((a, b) => a.shown.at - b.shown.at || (a.shown.event < b.shown.event ? -1 : 1));
}

/** All that tables and pictures show of an occurrence but its date. */
function likenessOf({ event, timeZone, at, parts }: Occurrence): string {
  const zone = timeZone ?? 'UTC';
  const midnight = Math.floor(wallAt(zone, at) / DAY);
  // services that answer to one opening mostly share its instants
  const clocks = new Map<EpochMs, readonly [string, number]>();
  const clockOf = (when: EpochMs) => {
    const clock = clocks.get(when) ?? [formatClock(when, zone), Math.floor(wallAt(zone, when) / DAY) - midnight] as const;
    clocks.set(when, clock);
    return clock;
  };
  return JSON.stringify([event, timeZone, parts.map(({ service, opening, steps }) => [
    titleOf(service),
    opening.demand,
    steps.map(({ kind, at: when, before, after, beside }) =>
      [kind, ...clockOf(when), before, after, beside]),
  ])]);
}

function stepsOf(plan: Plan, opening: Opening): Step[] {
  const step = (kind: Step['kind'], at: EpochMs): Step => {
    const { floor, ceiling, openings } = planAt(plan, at);
    const before = planAt(plan, at - 1);
    return {
      at,
      kind,
      before: { floor: before.floor, ceiling: before.ceiling },
      after: { floor, ceiling },
      beside: [...new Set(openings.filter(other => other !== opening).map(({ event }) => event))],
    };
  };
  const rises = new Set(opening.windows.map(({ from }) => from));
  const falls = new Set(opening.windows.map(({ until }) => until));
  const steps = [
    ...[...rises].map(at => step('rise', at)),
    step('ready', opening.readyBy),
    step('opening', opening.at),
    ...[...falls].filter(at => !rises.has(at)).map(at => step('fall', at)),
  ];
  return steps.sort((a, b) => a.at - b.at);
}
