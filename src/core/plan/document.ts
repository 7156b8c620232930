import { EventWaits, ObjectReference, Opening, Plan, PlannedDemand, ReplicaBounds, SCHEDULED, byInstant } from './plan';
import { decodeUses, encodeUses } from './uses-document';
import { isoOf } from '../time/instant';
import { formatOffset, parseOffset } from '../time/offset';

/**
 * The version of the document that this code writes and reads.
 *
 * A field is added without a new version, and readers ignore fields that they do not know. Only a change of meaning raises it.
 * `docs/reference/plan.md` lists every field.
 */
export const PLAN_VERSION = 1;

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
 *
 * Texts hold nothing that a tool which substitutes variables would replace. The names of target and workload are left as they are: one that
 * is a variable (`${cluster}-payment`) is replaced here and in all other manifests alike.
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
  const { service, target, workload, formerTargets, movingIn, takenOut, baseline, fixedCeiling, manifestCeiling } = plan;
  const { protection, guards, explainsPods, repair, startupMs, podCapacity, uses } = plan;
  const waits = plan.waits?.map(({ event, bump, verify, drop }) => ({ event, bump: spanText(bump), verify: spanText(verify), drop: spanText(drop) }));
  const head = {
    version: PLAN_VERSION,
    service,
    target,
    workload,
    formerTargets,
    movingIn,
    takenOut,
    baseline,
    fixedCeiling,
    manifestCeiling,
    protection,
    guards,
    explainsPods,
    repair,
    startup: spanText(startupMs),
    podCapacity,
    waits,
    uses: uses && encodeUses(uses),
  };
  const names: readonly unknown[] = [target, workload, formerTargets];
  const lines = Object.entries(head)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `  "${key}": ${names.includes(value) ? JSON.stringify(value) : inertJson(value)},`);
  const openings = [...groups.values()].map(group => `    ${inertJson(group)}`);
  return ['{', ...lines, openings.length ? `  "openings": [\n${openings.join(',\n')}\n  ]` : '  "openings": []', '}', ''].join('\n');
}

/** `1h30m` */
function spanText(ms: number): string {
  return formatOffset(ms).slice(1);
}

/** JSON in which Flux's `postBuild` and envsubst find no variable, and Helm no template; it is read back as the same value. */
function inertJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('$', '\\u0024').replaceAll('{{', '{\\u007b');
}

/** Why a plan cannot be read, and what to do. */
export class PlanError extends Error {}

/** The plan was written by a newer release, whose program can read it. */
export class NewerPlan extends PlanError {}

/**
 * Reads the document back; fields that it does not know are left out.
 *
 * @throws PlanError that names the field, when it is no JSON, has another version (NewerPlan: a greater one), or lacks something
 */
export function decodePlan(text: string): Plan {
  let raw: any;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new PlanError(`the plan is no JSON (${(error as Error).message}); deploy the chart again`);
  }
  if (raw?.version !== PLAN_VERSION) {
    const Wrong = raw?.version > PLAN_VERSION ? NewerPlan : PlanError;
    throw new Wrong(`the plan has version ${JSON.stringify(raw?.version)}, this program reads version ${PLAN_VERSION}; `
      + 'deploy plan and keeper together, from one release of cdk8s-prewarm');
  }
  const fail = (field: string, value: unknown, wants: string): never => {
    throw new PlanError(`'${field}' of the plan must be ${wants}, got ${JSON.stringify(value)}; deploy the chart again`);
  };
  const text1 = (field: string, value: unknown) => typeof value === 'string' && value !== '' ? value : fail(field, value, 'a text');
  const whole = (field: string, value: unknown, least: number) =>
    Number.isSafeInteger(value) && (value as number) >= least ? value as number : fail(field, value, `a whole number of at least ${least}`);
  const reference = (field: string, value: any): ObjectReference => ({
    apiVersion: text1(`${field}.apiVersion`, value?.apiVersion),
    kind: text1(`${field}.kind`, value?.kind),
    name: text1(`${field}.name`, value?.name),
    ...(value?.plural === undefined ? {} : { plural: text1(`${field}.plural`, value.plural) }),
  });
  const bounds = (field: string, value: any, least = 1): ReplicaBounds => {
    const floor = whole(`${field}.floor`, value?.floor, least);
    return { floor, ceiling: whole(`${field}.ceiling`, value?.ceiling, floor) };
  };
  const positive = (field: string, value: unknown) =>
    Number.isFinite(value) && (value as number) > 0 ? value as number : fail(field, value, 'a number above 0');
  const notNegative = (field: string, value: unknown) =>
    Number.isFinite(value) && (value as number) >= 0 ? value as number : fail(field, value, 'a number of at least 0');
  const demandIn = (field: string, value: any): PlannedDemand => {
    const { replicas, requestsPerSecond, headroomPercent, factor } = value ?? fail(field, value, 'a demand');
    if (replicas === undefined && requestsPerSecond === undefined) {
      fail(field, value, "a demand with 'replicas' or 'requestsPerSecond'");
    }
    return {
      ...(replicas === undefined ? {} : { replicas: whole(`${field}.replicas`, replicas, 1) }),
      ...(requestsPerSecond === undefined ? {} : { requestsPerSecond: positive(`${field}.requestsPerSecond`, requestsPerSecond) }),
      ...(headroomPercent === undefined ? {} : { headroomPercent: notNegative(`${field}.headroomPercent`, headroomPercent) }),
      ...(factor === undefined ? {} : { factor: positive(`${field}.factor`, factor) }),
    };
  };
  const offset = (field: string, value: unknown) => parseOffset(String(value)) ?? fail(field, value, "an offset such as '-2h30m'");
  const span = (field: string, value: unknown) => parseOffset(`+${value}`) ?? fail(field, value, "a span such as '1h30m'");
  const waitsIn = (field: string, value: any): EventWaits => ({
    event: text1(`${field}.event`, value?.event),
    bump: span(`${field}.bump`, value?.bump),
    verify: span(`${field}.verify`, value?.verify),
    drop: span(`${field}.drop`, value?.drop),
  });
  const list = (field: string, value: unknown): any[] => Array.isArray(value) ? value : fail(field, value, 'a list');

  const openings = list('openings', raw.openings).flatMap((group, i): Opening[] => {
    const field = `openings[${i}]`;
    const event = text1(`${field}.event`, group?.event);
    const { floor, ceiling } = bounds(field, group);
    const readyBy = offset(`${field}.readyBy`, group.readyBy);
    const demand = demandIn(`${field}.demand`, group.demand);
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
        demand,
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
    ...(raw.formerTargets === undefined ? {} : {
      formerTargets: list('formerTargets', raw.formerTargets).map((former, i) => reference(`formerTargets[${i}]`, former)),
    }),
    ...(raw.movingIn === true ? { movingIn: true } : {}),
    ...(raw.takenOut === undefined ? {} : { takenOut: whole('takenOut', raw.takenOut, 1) }),
    // between events, some kinds of targets may have no pod at all
    baseline: bounds('baseline', raw.baseline, 0),
    ...(raw.fixedCeiling === undefined ? {} : { fixedCeiling: whole('fixedCeiling', raw.fixedCeiling, 1) }),
    ...(raw.manifestCeiling === undefined ? {} : { manifestCeiling: whole('manifestCeiling', raw.manifestCeiling, 1) }),
    guards: whole('guards', raw.guards, 0),
    ...(raw.protection === SCHEDULED ? { protection: SCHEDULED } : {}),
    ...(raw.explainsPods === false ? { explainsPods: false } : {}),
    ...(raw.repair === undefined ? {} : { repair: text1('repair', raw.repair) }),
    startupMs: offset('startup', `+${raw.startup}`),
    ...(raw.podCapacity === undefined ? {} : { podCapacity: positive('podCapacity', raw.podCapacity) }),
    ...(raw.waits === undefined ? {} : {
      waits: list('waits', raw.waits).map((waits, i) => waitsIn(`waits[${i}]`, waits)),
    }),
    ...(raw.uses === undefined ? {} : { uses: decodeUses(list('uses', raw.uses), fail) }),
    openings: openings.sort(byInstant),
  };
}
