import { formatOffset, parseOffset } from './offset';

/**
 * The plan: what one service's floor and ceiling must be at every instant.
 *
 * Synth writes it, everything else reads it: keeper, rehearsal, tables and pictures all ask `planAt`; nothing else decides.
 */

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

/** The version of the document that this code writes and reads. */
export const PLAN_VERSION = 1;

/** Half open: `from` belongs to it, `until` does not. Both stand on whole minutes. */
export interface Window {
  readonly from: EpochMs;
  readonly until: EpochMs;
  readonly floor: number;
  readonly ceiling: number;
}

export interface ReplicaBounds {
  readonly floor: number;
  readonly ceiling: number;
}

/** How much an opening was said to need; either `replicas` or `requestsPerSecond`. */
export interface PlannedDemand {
  readonly replicas?: number;
  readonly requestsPerSecond?: number;
  /** Absent: the headroom that puts the expected peak at the autoscaler's target. */
  readonly headroomPercent?: number;
}

export interface Opening {
  /** The event's id. */
  readonly event: string;
  /** IANA name in which people read this event; absent: UTC. */
  readonly timeZone?: string;
  readonly at: EpochMs;
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
}

export interface Plan {
  /** Name of the schedule, and first part of all object names. */
  readonly service: string;
  /** Whose floor is moved. */
  readonly target: ObjectReference;
  /** Whose pods must be Ready. */
  readonly workload: ObjectReference;
  /** In force when no window is. */
  readonly baseline: ReplicaBounds;
  /** `CeilingPolicy.FIXED`: the manifest's `maxReplicas` all year; absent with `PER_WINDOW`. */
  readonly fixedCeiling?: number;
  /** Pods that guard through a window; 0: bump raises once and ends. */
  readonly guards: number;
  /** Container start to Ready. */
  readonly startupMs: number;
  /** Requests per second that one pod was measured to serve; absent: unknown. */
  readonly podCapacity?: number;
  /** Oldest first; of equal instants by event id. */
  readonly openings: readonly Opening[];
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
      if (window.from <= at && at < window.until) {
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

/** A stretch of time in which the plan asks for one floor and ceiling; half open. */
export interface Stretch extends ReplicaBounds {
  readonly from: EpochMs;
  readonly until: EpochMs;
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
  const edges = edgesOf(plan);
  const stretches: Stretch[] = [];
  // only openings near an edge can be in force there; a sweep keeps a season of years linear
  const openings = [...plan.openings].sort((a, b) => startOf(a) - startOf(b));
  let next = 0;
  let near: Opening[] = [];
  for (let i = 0; i + 1 < edges.length; i++) {
    const from = edges[i];
    while (next < openings.length && startOf(openings[next]) <= from) {
      near.push(openings[next++]);
    }
    near = near.filter(opening => endOf(opening) > from);
    const { floor, ceiling } = planAt({ ...plan, openings: near }, from);
    const last = stretches[stretches.length - 1];
    if (last && last.floor === floor && last.ceiling === ceiling) {
      stretches[stretches.length - 1] = { ...last, until: edges[i + 1] };
    } else {
      stretches.push({ from, until: edges[i + 1], floor, ceiling });
    }
  }
  return stretches;
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
  return a.at - b.at || (a.event < b.event ? -1 : a.event > b.event ? 1 : 0);
}

// ---- the document

/** One group: all openings of an event that ask for the same, measured from each opening. */
interface Group {
  readonly event: string;
  readonly timeZone?: string;
  readonly demand: PlannedDemand;
  readonly floor: number;
  readonly ceiling: number;
  readonly readyBy: string;
  readonly windows: { readonly from: string; readonly until: string; readonly floor: number; readonly ceiling: number }[];
  readonly at: string[];
}

/**
 * The plan as the JSON document of the ConfigMap.
 *
 * Openings are ISO UTC so that a person can read them; those that ask for the same share one entry, with their windows as offsets
 * from the opening (`-2h`, `+1h30m`). Five years of a ramped weekly season take about 7 KB.
 */
export function encodePlan(plan: Plan): string {
  const groups = new Map<string, Group>();
  for (const opening of plan.openings) {
    const group: Group = {
      event: opening.event,
      timeZone: opening.timeZone,
      demand: opening.demand,
      floor: opening.floor,
      ceiling: opening.ceiling,
      readyBy: formatOffset(opening.readyBy - opening.at),
      windows: opening.windows.map(({ from, until, floor, ceiling }) => ({
        from: formatOffset(from - opening.at), until: formatOffset(until - opening.at), floor, ceiling,
      })),
      at: [],
    };
    const key = JSON.stringify(group);
    groups.set(key, groups.get(key) ?? group);
    groups.get(key)!.at.push(isoOf(opening.at));
  }
  const { service, target, workload, baseline, fixedCeiling, guards, startupMs, podCapacity } = plan;
  const head = {
    version: PLAN_VERSION, service, target, workload, baseline, fixedCeiling, guards, startup: formatOffset(startupMs).slice(1), podCapacity,
  };
  const lines = Object.entries(head)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},`);
  const openings = [...groups.values()].map(group => `    ${JSON.stringify(group)}`);
  return ['{', ...lines, openings.length ? `  "openings": [\n${openings.join(',\n')}\n  ]` : '  "openings": []', '}', ''].join('\n');
}

/** Why a plan cannot be read, and what to do. */
export class PlanError extends Error {}

/**
 * Reads the document back.
 *
 * @throws PlanError that names the field, when it is no JSON, has another version, or lacks something
 */
export function decodePlan(text: string): Plan {
  let raw: any;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new PlanError(`the plan is no JSON (${(error as Error).message}); deploy the chart again`);
  }
  if (raw?.version !== PLAN_VERSION) {
    throw new PlanError(`the plan has version ${JSON.stringify(raw?.version)}, this program reads version ${PLAN_VERSION}; `
      + 'deploy plan and keeper together, from one release of cdk8s-prewarm');
  }
  const fail = (field: string, value: unknown, wants: string): never => {
    throw new PlanError(`'${field}' of the plan must be ${wants}, got ${JSON.stringify(value)}; deploy the chart again`);
  };
  const text1 = (field: string, value: unknown) => typeof value === 'string' && value !== '' ? value : fail(field, value, 'a text');
  const whole = (field: string, value: unknown, least: number) =>
    Number.isSafeInteger(value) && (value as number) >= least ? value as number : fail(field, value, `a whole number of at least ${least}`);
  const reference = (field: string, value: any): ObjectReference => ({
    apiVersion: text1(`${field}.apiVersion`, value?.apiVersion), kind: text1(`${field}.kind`, value?.kind), name: text1(`${field}.name`, value?.name),
  });
  const bounds = (field: string, value: any): ReplicaBounds => {
    const floor = whole(`${field}.floor`, value?.floor, 1);
    return { floor, ceiling: whole(`${field}.ceiling`, value?.ceiling, floor) };
  };
  const offset = (field: string, value: unknown) => parseOffset(String(value)) ?? fail(field, value, "an offset such as '-2h30m'");
  const list = (field: string, value: unknown): any[] => Array.isArray(value) ? value : fail(field, value, 'a list');

  const openings = list('openings', raw.openings).flatMap((group, i): Opening[] => {
    const field = `openings[${i}]`;
    const event = text1(`${field}.event`, group?.event);
    const { floor, ceiling } = bounds(field, group);
    const readyBy = offset(`${field}.readyBy`, group.readyBy);
    const windows = list(`${field}.windows`, group.windows).map((window, j) => ({
      ...bounds(`${field}.windows[${j}]`, window),
      from: offset(`${field}.windows[${j}].from`, window.from),
      until: offset(`${field}.windows[${j}].until`, window.until),
    }));
    if (windows.length === 0) {
      fail(`${field}.windows`, group.windows, 'a list of at least one window');
    }
    return list(`${field}.at`, group.at).map((iso, j) => {
      const at = Date.parse(String(iso));
      if (Number.isNaN(at)) {
        fail(`${field}.at[${j}]`, iso, 'an ISO instant in UTC');
      }
      return {
        event,
        ...(group.timeZone === undefined ? {} : { timeZone: text1(`${field}.timeZone`, group.timeZone) }),
        at,
        readyBy: at + readyBy,
        demand: group.demand ?? fail(`${field}.demand`, group.demand, 'a demand'),
        floor,
        ceiling,
        windows: windows.map(window => ({ ...window, from: at + window.from, until: at + window.until })),
      };
    });
  });
  return {
    service: text1('service', raw.service),
    target: reference('target', raw.target),
    workload: reference('workload', raw.workload),
    baseline: bounds('baseline', raw.baseline),
    ...(raw.fixedCeiling === undefined ? {} : { fixedCeiling: whole('fixedCeiling', raw.fixedCeiling, 1) }),
    guards: whole('guards', raw.guards, 0),
    startupMs: offset('startup', `+${raw.startup}`),
    ...(raw.podCapacity === undefined ? {} : { podCapacity: raw.podCapacity }),
    openings: openings.sort(byInstant),
  };
}

/** `2026-12-05T01:00:00Z`; milliseconds only where there are some. */
export function isoOf(at: EpochMs): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}
