import { ChainPlan, Member } from './chain';
import { Lasting, lastingOf, remediesOf } from './lasting';
import { playMembers } from './play-members';
import { stationsOf, togetherRunOf } from './verdict';
import { BUDGET_KINDS } from '../../core/plan/use-facts';
import { PlacedPlan, UseGraph, serviceId, useGraphOf } from '../../core/plan/uses';
import { isOfDependency } from '../faults';
import { Prepared, ScenarioError, Span, assumptionsFor, openingOf, prepared, resultOf, spanOf, trafficFor } from '../prepare';
import { OF_REQUESTS } from '../requirements';
import { RehearsalResult, RehearsedService, RunName, Scenario, TogetherRun, TrafficPoint } from '../types';

/** A service, and where it is deployed. */
export interface PlacedService {
  readonly service: RehearsedService;
  readonly namespace?: string;
}

/**
 * Plays the opening of an event against all services that schedule it, in one world: nodes, controllers and time are shared, and requests flow
 * along the calls that the plans declare.
 *
 * The results are in the order of the services; the first has the event as a whole in `together`.
 *
 * @throws ScenarioError that names what is wrong
 */
export function playTogether(services: readonly PlacedService[], scenario: Scenario): RehearsalResult[] {
  const { ready, plan, placed } = planTogether(services, scenario);
  const names: RunName[] = ['prewarmed', ...scenario.compare ?? []];
  const played = names.map(name => playMembers(plan, name));
  const lasting = lastingOf(plan, played[0]);
  const runs = played.map((each, i) => togetherRunOf(plan, each, i === 0 && lasting ? told(plan, lasting) : undefined));
  return ready.map((each, i) => {
    const result = resultOf(each, played.map(({ services: results }) => results[i]));
    return {
      ...result,
      notes: [...result.notes, ...i === 0 ? notesOf(plan) : []],
      ...(i === 0 ? { together: { services: placed.map(nameOf), stations: stationsOf(plan), runs } } : {}),
    };
  });
}

/** Everything that is known of an event before its first second. */
export interface PlannedTogether {
  /** Parallel to the services. */
  readonly ready: readonly Prepared[];
  readonly placed: readonly PlacedPlan[];
  readonly plan: ChainPlan;
}

/** @throws ScenarioError that names what is wrong */
export function planTogether(services: readonly PlacedService[], scenario: Scenario): PlannedTogether {
  const placed = services.map(({ service: { plan }, namespace }): PlacedPlan => ({ plan, ...(namespace === undefined ? {} : { namespace }) }));
  const graph = withoutBudgets(useGraphOf(placed));
  refuseCircle(graph);
  refuseUnknown(graph, placed, scenario);
  const first = openingOf(services[0].service.plan, scenario);
  const asked: Scenario = { ...scenario, event: first.event, at: first.at };
  const openings = services.map(({ service }) => openingOf(service.plan, asked));
  const spans = openings.map(opening => spanOf(opening, asked));
  const span: Span = { from: Math.min(...spans.map(({ from }) => from)), until: Math.max(...spans.map(({ until }) => until)) };
  const traffics = trafficsOf(services, placed, graph, asked);
  const ready = services.map(({ service }, i) => {
    const one = prepared(service, scenarioOf(asked, service), { ...span, traffic: traffics[i] });
    // whoever has no clients of its own is not asked how these fare
    return peakOf(traffics[i]) > 0 ? one : { ...one, requirements: one.requirements.filter(({ measure }) => !OF_REQUESTS.includes(measure)) };
  });
  const plan: ChainPlan = {
    members: ready.map(({ stage }, i): Member => ({ id: serviceId(placed[i]), stage })),
    graph,
    dependencies: scenario.dependencies ?? {},
  };
  return { ready, placed, plan };
}

/** What a scenario says of one service. */
function scenarioOf(scenario: Scenario, { plan }: RehearsedService): Scenario {
  const given = scenario.services?.[plan.service];
  return given?.assume ? { ...scenario, assume: { ...scenario.assume, ...given.assume } } : scenario;
}

function told(plan: ChainPlan, lasting: Lasting): NonNullable<TogetherRun['lasting']> {
  return { ...lasting, remedies: remediesOf(plan) };
}

function nameOf({ plan, namespace }: PlacedPlan): string {
  return namespace === undefined ? plan.service : `${namespace}/${plan.service}`;
}

/** Room of a cluster is no station: requests do not go there. */
function withoutBudgets({ stations, edges }: UseGraph): UseGraph {
  const kept = stations.filter(({ kind }) => kind === 'service' || !BUDGET_KINDS.includes(kind));
  const ids = new Set(kept.map(({ id }) => id));
  return { stations: kept, edges: edges.filter(({ to }) => ids.has(to)) };
}

function refuseCircle({ stations, edges }: UseGraph): void {
  const rank = new Map(stations.map(({ id }, i) => [id, i]));
  const back = edges.find(({ from, to }) => rank.get(to)! <= rank.get(from)!);
  if (back) {
    const name = (id: string) => stations.find(station => station.id === id)!.name;
    throw new ScenarioError(`the calls of '${name(back.from)}' and '${name(back.to)}' make a circle, which cannot be played; let one of them call no longer`);
  }
}

function refuseUnknown({ stations }: UseGraph, placed: readonly PlacedPlan[], { services = {}, dependencies = {}, faults = [] }: Scenario): void {
  const known = placed.map(({ plan }) => plan.service);
  const used = stations.filter(({ kind }) => kind !== 'service').map(({ name }) => name);
  const list = (names: readonly string[]) => names.map(name => `'${name}'`).join(', ') || 'none';
  const stranger = Object.keys(services).find(name => !known.includes(name));
  if (stranger !== undefined) {
    throw new ScenarioError(`no service '${stranger}' is rehearsed; there are ${list(known)}`, ['services', stranger]);
  }
  const unused = Object.keys(dependencies).find(name => !used.includes(name));
  if (unused !== undefined) {
    throw new ScenarioError(`no service uses a dependency '${unused}'; there are ${list(used)}`, ['dependencies', unused]);
  }
  faults.forEach(({ name, of }, i) => {
    if (isOfDependency(name) && (of === undefined ? used.length === 0 : !used.includes(of) && !known.includes(of))) {
      throw new ScenarioError(of === undefined ? `the fault '${name}' hits nothing: no service uses a dependency; name a service that is called, as '${name}:SERVICE'`
        : `the fault '${name}' hits nothing: no service uses '${of}'; there are ${list([...used, ...known])}`, ['faults', i]);
    }
  });
}

/** The clients of each service: they come to services that nobody calls, and to others as far as these demand more than is called for. */
function trafficsOf(
  services: readonly PlacedService[], placed: readonly PlacedPlan[], { stations, edges }: UseGraph, scenario: Scenario,
): (readonly TrafficPoint[])[] {
  const ids = placed.map(serviceId);
  const peaks = new Map<string, number>();
  const traffics = new Map<string, readonly TrafficPoint[]>();
  for (const { id } of stations) {
    const member = ids.indexOf(id);
    if (member < 0) {
      continue;
    }
    const { service } = services[member];
    const opening = openingOf(service.plan, scenario);
    const calls = edges.filter(edge => edge.to === id && edge.perRequest !== undefined && peaks.has(edge.from));
    const called = calls.reduce((sum, { from, perRequest }) => sum + peaks.get(from)! * perRequest!, 0);
    const given = scenario.services?.[service.plan.service]?.traffic;
    const assumed = assumptionsFor(service, scenarioOf(scenario, service));
    const own = given ?? trafficFor(service.plan, opening, calls.length === 0 ? scenario : {}, assumed);
    const rest = given || calls.length === 0 ? 1 : Math.max(0, 1 - called / peakOf(own));
    const points = rest === 1 ? own : own.map(({ atMs, rps }): TrafficPoint => ({ atMs, rps: rest < LEAST_REST ? 0 : rps * rest }));
    traffics.set(id, points);
    peaks.set(id, peakOf(points) + called);
  }
  return ids.map(id => traffics.get(id)!);
}

/** A demand that is hardly more than what callers bring is theirs. */
const LEAST_REST = 0.05;

function peakOf(points: readonly TrafficPoint[]): number {
  return points.reduce((most, { rps }) => Math.max(most, rps), 0);
}

function notesOf({ members, graph: { stations, edges } }: ChainPlan): string[] {
  const played = new Set(members.map(({ id }) => id));
  const strangers = stations.filter(({ id, kind }) => kind === 'service' && !played.has(id));
  const unlimited = stations.filter(({ kind, facts }) => kind !== 'service' && facts?.limit === undefined);
  return [
    ...strangers.map(({ id, name }) => {
      const callers = edges.filter(({ to }) => to === id).map(({ from }) => stations.find(station => station.id === from)!.name);
      return `calls of ${callers.join(', ')} to '${name}' are not played: it is not among what is rehearsed`;
    }),
    ...unlimited.map(({ name }) => `nobody says the limit of '${name}': it is taken as endless; give one in a scenario, as 'dependencies: { ${name}: { limit: 500 } }'`),
  ];
}

