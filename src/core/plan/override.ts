import { InForce, MOST_REPLICAS, Plan, ReplicaBounds, nextEdge, planAt } from './plan';
import { POSTPONED_KEY, Postponement, readPostponements } from './postpone';
import { EpochMs } from '../time/instant';

/** What the person on call asks for instead of the plan, until a stated time. */
export interface Override {
  /** Above or below what the plan asks for. */
  readonly floor: number;
  /** Absent: the plan's, raised to the floor where that is higher. */
  readonly ceiling?: number;
  /** From this instant on the plan is in force again. */
  readonly until: EpochMs;
  /** For people; nothing follows from it. */
  readonly reason?: string;
}

/** Why an override does not count: it cannot be read, or is beyond its bounds; that is reported, and the plan stays in force. */
export interface Malformed {
  readonly malformed: string;
}

/** What must be in force at an instant, and by whose word. */
export interface Wanted extends InForce {
  /** In force instead of the plan; absent: the plan's word counts. */
  readonly override?: Override;
  /** What the plan asks for and does not get; absent without an override in force. */
  readonly overruled?: ReplicaBounds;
}

export function isMalformed(override: Override | Malformed): override is Malformed {
  return 'malformed' in override;
}

/**
 * Reads the data of the ConfigMap `<service>-override`.
 *
 * A malformed one is answered with a sentence that names the field; it is then reported and ignored.
 */
export function readOverride(data: { readonly [key: string]: string } | undefined): Override | Malformed {
  const floor = countOf(data?.floor);
  if (floor === undefined || floor < 1) {
    return malformed('floor', 'a whole number of at least 1', data?.floor);
  }
  const ceiling = data?.ceiling === undefined ? undefined : countOf(data.ceiling);
  if (data?.ceiling !== undefined && (ceiling === undefined || ceiling < floor)) {
    return malformed('ceiling', `a whole number of at least its floor (${floor})`, data.ceiling);
  }
  if (Math.max(floor, ceiling ?? 0) > MOST_REPLICAS) {
    const field = floor > MOST_REPLICAS ? 'floor' : 'ceiling';
    return malformed(field, `at most ${MOST_REPLICAS}, the greatest number of replicas that the API takes`, data?.[field]);
  }
  const until = instantOf(data?.until ?? '');
  if (until === undefined) {
    return malformed('until', "an instant with an offset such as '2026-12-05T13:00:00+09:00'", data?.until);
  }
  return { floor, until, ...(ceiling === undefined ? {} : { ceiling }), ...(data?.reason ? { reason: data.reason } : {}) };
}

/** All that the ConfigMap `<service>-override` says. */
export interface Overriding {
  /** Absent: no floor is asked for, or it cannot be read. */
  readonly override?: Override;
  readonly postponements: readonly Postponement[];
  /** A sentence for each part that does not count: it cannot be read, or is beyond its bounds. */
  readonly malformed: readonly string[];
}

/** Reads all of that ConfigMap; a floor and postponed openings may stand there one without the other. */
export function readOverriding(data: { readonly [key: string]: string } | undefined): Overriding {
  const { postponements, malformed: wrong } = readPostponements(data?.[POSTPONED_KEY]);
  const isOverride = data?.[POSTPONED_KEY] === undefined || data.floor !== undefined;
  const override = isOverride ? readOverride(data) : undefined;
  const isRead = override !== undefined && !isMalformed(override);
  return {
    ...(isRead ? { override } : {}),
    postponements,
    malformed: [...override && isMalformed(override) ? [override.malformed] : [], ...wrong === undefined ? [] : [wrong]],
  };
}

/**
 * What must be in force: the override until its time, else the plan.
 *
 * An override without a ceiling keeps the plan's, raised to its own floor where that is higher.
 */
export function wantedAt(plan: Plan, override: Override | undefined, at: EpochMs): Wanted {
  return overruledBy(override, planAt(plan, at), at);
}

/** As `wantedAt`, for a caller that knows already what the plan asks for at that instant. */
export function overruledBy(override: Override | undefined, planned: InForce, at: EpochMs): Wanted {
  if (!override || at >= override.until) {
    return planned;
  }
  return {
    floor: override.floor,
    ceiling: override.ceiling ?? Math.max(planned.ceiling, override.floor),
    openings: planned.openings,
    override,
    overruled: { floor: planned.floor, ceiling: planned.ceiling },
  };
}

/** When what is wanted may change next, strictly after an instant; undefined: never. */
export function nextChange(plan: Plan, override: Override | undefined, after: EpochMs): EpochMs | undefined {
  const edge = nextEdge(plan, after);
  if (!override || override.until <= after) {
    return edge;
  }
  return Math.min(edge ?? Infinity, override.until);
}

function instantOf(text: string): EpochMs | undefined {
  const date = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.exec(text)?.[1];
  const midnight = Date.parse(`${date}T00:00:00Z`);
  const until = Date.parse(text);
  // Date.parse takes 30 February for 2 March
  const isThere = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(`${date}T`);
  return isThere && !Number.isNaN(until) ? until : undefined;
}

/** The number that a text is; undefined: it is none, or one that no number here could tell from its neighbours. */
function countOf(text: string | undefined): number | undefined {
  const count = /^\d+$/.test(text ?? '') ? Number(text) : NaN;
  return Number.isSafeInteger(count) ? count : undefined;
}

function malformed(field: string, must: string, got: string | undefined): Malformed {
  return { malformed: `'${field}' of the override must be ${must}, got ${got === undefined ? 'nothing' : `'${got}'`}` };
}
