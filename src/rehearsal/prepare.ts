import { ASSUMPTIONS, AssumptionName, Assumptions, CHAIN_ASSUMPTIONS, assume } from './assumptions';
import { formatFault, planUnder, playedFaults, strikesBetween } from './faults';
import { followedOf } from './foreign-metrics';
import { InterventionError, playedOverride, playedWrite } from './interventions';
import { probeNotesOf } from './ready-notes';
import { Requirement, judge, parseRequirement } from './requirements';
import { Stage } from './stage';
import { Timetable, dueTimes } from './timetable';
import { arrivalsOf, demandedRps, openingTraffic } from './traffic';
import { PlayedFault, RUN_NAMES, RehearsalResult, RehearsedCronJob, RehearsedService, RunName, RunResult, Scenario, TrafficPoint } from './types';
import { wantedBetween } from './wanted';
import { Opening, Plan, endOf, startOf } from '../core/plan/plan';
import { EpochMs, isoOf } from '../core/time/instant';
import { formatCount, formatSome } from '../core/time/numbers';
import { formatOffset } from '../core/time/offset';
import { MINUTE } from '../core/time/wall-clock';
/** Before the first window and after the last. */
const MARGIN_BEFORE = 10 * MINUTE;
const MARGIN_AFTER = 30 * MINUTE;
/** What one rehearsal plays at most. */
export const LONGEST_MS = 7 * 24 * 60 * MINUTE;

/** As many requests that nobody waits for any more decide what a run comes to. */
const TURNS_SHARE = 0.01;

/** Why a scenario cannot be played; `path` leads to the field in its document. */
export class ScenarioError extends Error {
  constructor(message: string, readonly path: readonly (string | number)[] = []) {
    super(message);
  }
}

/** A stretch of time that is played. */
export interface Span {
  readonly from: EpochMs;
  readonly until: EpochMs;
}

/** A service that is ready to be played. */
export interface Prepared {
  readonly service: RehearsedService;
  readonly scenario: Scenario;
  readonly stage: Stage;
  readonly traffic: readonly TrafficPoint[];
  readonly until: EpochMs;
  readonly requirements: readonly Requirement[];
}

/** The stretch of time that a scenario asks for, or all windows of an opening, in whole seconds. */
export function spanOf(opening: Opening, { fromMs, untilMs }: Scenario): Span {
  const from = wholeSecond(opening.at + (fromMs ?? startOf(opening) - opening.at - MARGIN_BEFORE));
  const until = wholeSecond(opening.at + (untilMs ?? endOf(opening) - opening.at + MARGIN_AFTER));
  if (!(from < until) || until - from > LONGEST_MS) {
    throw new ScenarioError(`the rehearsal must end after it begins, and last at most 7 days, got ${isoOf(from)} to ${isoOf(until)}`, ['until']);
  }
  return { from, until };
}

/**
 * Everything that is known before the first second.
 *
 * @param together the stretch and the traffic of a service that is played with others; absent: those of the scenario
 * @throws ScenarioError that names what is wrong
 */
export function prepared(service: RehearsedService, scenario: Scenario, together?: Span & { readonly traffic: readonly TrafficPoint[] }): Prepared {
  const opening = openingOf(service.plan, scenario);
  const requirements = (scenario.require ?? []).map(parseRequirement);
  const assumed = assumptionsFor(service, scenario);
  const { from, until } = together ?? spanOf(opening, scenario);
  const seconds = (until - from) / 1000;
  const traffic = together?.traffic ?? trafficFor(service.plan, opening, scenario, assumed);
  const faults = playedFaults(scenario.faults ?? [], opening, until);
  refuseIdleFaults(faults, from, until, opening.at);
  const overrides = placed('overrides', scenario.overrides, wish => playedOverride(wish, opening.at, from, until));
  const hands = placed('hands', scenario.hands, wish => playedWrite(wish, opening.at, from, until));
  const plan = planUnder(nearPlan(service.plan, from, until), faults);
  const followed = service.autoscaler && followedOf(service.autoscaler, scenario.metrics ?? {}, opening.at);
  const stage: Stage = {
    service,
    ...(followed ? { followed } : {}),
    plan,
    opening,
    from,
    seconds,
    seed: scenario.seed ?? 1,
    assumed,
    faults,
    overrides,
    writes: hands,
    arrivals: arrivalsOf(traffic, from - opening.at, seconds),
    wanted: wantedBetween(plan, overrides, from, seconds),
    timetables: [
      ...service.cronJobs.map((job): Timetable => ({ job, times: dueTimes(job, from, until) })),
      ...overrideRuns(service, overrides.map(({ at }) => at).filter(at => at > from)),
    ],
  };
  return { service, scenario, stage, traffic, until, requirements };
}

/** The traffic of a scenario, or what an opening demands. */
export function trafficFor(plan: Plan, opening: Opening, scenario: Scenario, { podRps }: Assumptions): readonly TrafficPoint[] {
  return scenario.traffic ?? openingTraffic(plan, opening, demandedRps(plan, opening, podRps), podRps);
}

/** What the runs of a service come to. */
export function resultOf({ service, scenario, stage, traffic, until, requirements }: Prepared, runs: readonly RunResult[]): RehearsalResult {
  const { opening, assumed, faults, overrides, writes, followed, from, seed } = stage;
  const run = (name: RunName) => runs.find(each => each.name === name);
  const prewarmed = runs[0];
  const usesOthers = service.plan.uses !== undefined;
  return {
    service: stage.plan.service,
    event: opening.event,
    ...(opening.timeZone === undefined ? {} : { timeZone: opening.timeZone }),
    opening: opening.at,
    readyBy: opening.readyBy,
    from,
    until,
    seed,
    traffic,
    faults,
    overrides,
    hands: writes,
    assumptions: (Object.keys(ASSUMPTIONS) as AssumptionName[]).filter(name => usesOthers || !CHAIN_ASSUMPTIONS.includes(name)).map(name => {
      const { unit, says, source } = ASSUMPTIONS[name];
      return { name, value: assumed[name], unit, says, source: scenario.assume?.[name] === undefined ? source : 'the scenario' };
    }),
    notes: [
      ...service.notes,
      ...followed?.notes ?? [],
      ...probeNotesOf(service.workload, assumed),
      ...peakNotes(service.plan, opening, scenario, assumed, traffic),
      ...runs.filter(({ name }) => name === 'hpa-only' || name === 'patched-re-applied').flatMap(harsh => killNotes(harsh, assumed)),
      ...runs.flatMap(each => abandonedNotes(each, assumed)),
    ],
    runs,
    prewarmed,
    ...(run('hpa-only') ? { hpaOnly: run('hpa-only') } : {}),
    ...(run('always-at-peak') ? { alwaysAtPeak: run('always-at-peak') } : {}),
    ...(run('patched') ? { patched: run('patched') } : {}),
    ...(run('patched-re-applied') ? { patchedReApplied: run('patched-re-applied') } : {}),
    verdicts: requirements.map(requirement => judge(requirement, prewarmed)),
  };
}

/** The opening that a scenario asks for: of its event, at its instant, or the first. */
export function openingOf(plan: Plan, { event, at }: Pick<Scenario, 'event' | 'at'>): Opening {
  const events = [...new Set(plan.openings.map(opening => opening.event))];
  const ofEvent = plan.openings.filter(opening => event === undefined || opening.event === event);
  if (ofEvent.length === 0) {
    throw new ScenarioError(event === undefined
      ? `the plan of '${plan.service}' has no openings; there is nothing to rehearse`
      : `the plan of '${plan.service}' has no event '${event}'; it has ${events.map(id => `'${id}'`).join(', ') || 'none'}`, ['event']);
  }
  const found = at === undefined ? ofEvent[0] : ofEvent.find(opening => opening.at === at);
  if (!found) {
    const near = ofEvent.slice(0, 3).map(opening => isoOf(opening.at)).join(', ');
    throw new ScenarioError(`'${ofEvent[0].event}' does not open at ${isoOf(at!)}; it opens at ${near}${ofEvent.length > 3 ? ', ...' : ''}`, ['opening']);
  }
  return found;
}

/** What the plan knows goes before our defaults, what the scenario says before both. */
export function assumptionsFor({ plan }: RehearsedService, { assume: given = {} }: Scenario): Assumptions {
  for (const [name, value] of Object.entries(given)) {
    if (!(name in ASSUMPTIONS)) {
      throw new ScenarioError(`unknown assumption '${name}'; known are ${Object.keys(ASSUMPTIONS).join(', ')}`, ['assume', name]);
    }
    if (!Number.isFinite(value) || value! < 0) {
      throw new ScenarioError(`'${name}' must be a number of at least 0, got ${value}`, ['assume', name]);
    }
  }
  const known = { startupSeconds: plan.startupMs / 1000, ...(plan.podCapacity === undefined ? {} : { podRps: plan.podCapacity }) };
  const assumed = assume({ ...known, ...given });
  for (const name of ['podRps', 'hpaSyncSeconds', 'metricsResolutionSeconds', 'pullMiBPerSecond', 'podsCreatedPerSecond'] as const) {
    if (assumed[name] <= 0) {
      throw new ScenarioError(`'${name}' must be more than 0`, ['assume', name]);
    }
  }
  return assumed;
}

/** A peak that nobody has measured. */
function peakNotes(
  { podCapacity }: Plan, { demand }: Opening, scenario: Scenario, { podRps }: Assumptions, traffic: readonly TrafficPoint[],
): string[] {
  const isKnown = demand.requestsPerSecond !== undefined || podCapacity !== undefined || scenario.traffic !== undefined
    || scenario.assume?.podRps !== undefined;
  const peak = Math.max(...traffic.map(({ rps }) => rps));
  return isKnown ? [] : [`no 'podCapacity': ${formatCount(podRps)} requests/s a pod are assumed (podRps), so the peak of ${formatCount(peak)} requests/s is made up`];
}

/** Where the floor is not up at the opening, all turns on what becomes of a pod that has more requests than it can serve. */
function killNotes({ name, oomKills }: RunResult, { memoryPerRequestKiB, memoryBasePercent }: Assumptions): string[] {
  return oomKills === 0 ? [] : [`'${RUN_NAMES[name]}' turns on ${formatSome(oomKills, 'OOM kill')}, which follow from memoryPerRequestKiB ${formatCount(memoryPerRequestKiB)} and `
    + `memoryBasePercent ${formatCount(memoryBasePercent)}: put in your own figures; with memoryPerRequestKiB 0 no pod is killed`];
}

/** Where clients have left before their answer came, all turns on whether a pod works for them all the same. */
function abandonedNotes({ name, arrived, timedOut }: RunResult, { abandonedServedPercent, timeoutSeconds }: Assumptions): string[] {
  const other = abandonedServedPercent >= 50 ? 'where a server drops such requests, put in 0' : 'where a server does such work all the same, put in 100';
  return timedOut < arrived * TURNS_SHARE ? []
    : [`'${RUN_NAMES[name]}' turns on ${formatSome(Math.round(timedOut), 'request')} whose clients had left after ${formatCount(timeoutSeconds)} s, of which pods work on `
      + `abandonedServedPercent ${formatCount(abandonedServedPercent)}: ${other}`];
}

/** A fault that strikes outside of what is played would pass every requirement. */
function refuseIdleFaults(faults: readonly PlayedFault[], from: EpochMs, until: EpochMs, opening: EpochMs): void {
  const idle = faults.find(fault => !strikesBetween(fault, from, until));
  if (idle) {
    const span = `${formatOffset(from - opening)} to ${formatOffset(until - opening)}`;
    throw new ScenarioError(`the fault '${formatFault(idle, opening)}' strikes outside of what is played, ${span}; give it another offset, or the rehearsal `
      + "another 'from' or 'until'", ['faults']);
  }
}

/** The interventions of a scenario's list, in the order of time. */
function placed<Wish, Played extends { readonly at: EpochMs }>(field: string, wishes: readonly Wish[] = [], place: (wish: Wish) => Played): Played[] {
  return wishes.map((wish, i) => {
    try {
      return place(wish);
    } catch (error) {
      if (error instanceof InterventionError) {
        throw new ScenarioError(error.message, [field, i, ...error.field === undefined ? [] : [error.field]]);
      }
      throw error;
    }
  }).sort((a, b) => a.at - b.at);
}

/** Whoever writes an override has a job run once, as `prewarm override` does, where there is one that would apply it. */
function overrideRuns({ cronJobs }: RehearsedService, times: readonly EpochMs[]): Timetable[] {
  const applier = cronJobs.find(({ role, suspend }) => role === 'repair' && !suspend) ?? cronJobs.find(({ role }) => role !== 'verify');
  if (!applier || times.length === 0) {
    return [];
  }
  const job: RehearsedCronJob = { ...applier, name: `${applier.name}, run by hand,`, role: 'repair', suspend: false, concurrencyPolicy: 'Allow' };
  return [{ job, times }];
}

/** Seasons have hundreds of openings; only those in reach matter. */
function nearPlan(plan: Plan, from: EpochMs, until: EpochMs): Plan {
  return { ...plan, openings: plan.openings.filter(opening => startOf(opening) <= until + 60 * MINUTE && endOf(opening) >= from - 60 * MINUTE) };
}

function wholeSecond(at: EpochMs): EpochMs {
  return Math.floor(at / 1000) * 1000;
}
