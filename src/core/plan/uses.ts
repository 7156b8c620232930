import { Plan } from './plan';
import { DependencyFacts, PlannedUse, StationKind, factsIn } from './use-facts';

/**
 * What services stand on and share: dependencies with limits, and other services.
 *
 * Each plan says what its own service uses, with the facts of what is used, so that any set of plans gives the whole: `useGraphOf`.
 */

/** A plan, and the namespace that it is deployed to, where that is known. */
export interface PlacedPlan {
  readonly plan: Plan;
  readonly namespace?: string;
}

/** A service or a dependency: what can be full. */
export interface Station {
  /** `connections/tickets-db`, `service/marathon/payment`. */
  readonly id: string;
  readonly kind: StationKind;
  readonly name: string;
  /** Of a service. */
  readonly namespace?: string;
  /** Of a service whose plan is known. */
  readonly plan?: Plan;
  /** Of a dependency; where plans differ, what the first of them says. */
  readonly facts?: DependencyFacts;
  /** Of a dependency: the service whose plan says something else of it than the first does. */
  readonly differsIn?: string;
}

/** A service that uses a station. */
export interface UseEdge {
  /** Id of a service's station. */
  readonly from: string;
  readonly to: string;
  readonly perPod?: number;
  readonly perRequest?: number;
}

/** Everything that some services use: callers before callees where the calls make no circle. */
export interface UseGraph {
  readonly stations: readonly Station[];
  readonly edges: readonly UseEdge[];
}

/** Id of a service's station. */
export function serviceId({ plan, namespace }: PlacedPlan): string {
  return idOf('service', plan.service, namespace);
}

function idOf(kind: StationKind, name: string, namespace?: string): string {
  return kind === 'service' ? `service/${namespace ?? ''}/${name}` : `${kind}/${name}`;
}

/** Stations and edges of a set of plans. */
export function useGraphOf(placed: readonly PlacedPlan[]): UseGraph {
  const stations = new Map<string, Station>(placed.map(one => {
    const { plan, namespace } = one;
    const id = serviceId(one);
    return [id, { id, kind: 'service', name: plan.service, ...(namespace === undefined ? {} : { namespace }), plan }];
  }));
  const edges = new Map<string, UseEdge>();
  for (const one of placed) {
    const from = serviceId(one);
    for (const use of one.plan.uses ?? []) {
      const to = use.kind === 'service' ? idOf('service', use.name, use.namespace ?? one.namespace) : idOf(use.kind, use.name);
      stations.set(to, met(stations.get(to), to, use, one));
      // a service that names the same twice uses both
      const before = edges.get(`${from} ${to}`);
      edges.set(`${from} ${to}`, {
        from,
        to,
        ...sumOf('perPod', before, use),
        ...sumOf('perRequest', before, use),
      });
    }
  }
  return { stations: inCallOrder([...stations.values()], [...edges.values()]), edges: [...edges.values()] };
}

function sumOf(field: 'perPod' | 'perRequest', before: UseEdge | undefined, use: PlannedUse): Partial<UseEdge> {
  const sum = (before?.[field] ?? 0) + (use[field] ?? 0);
  return sum === 0 ? {} : { [field]: sum };
}

function met(known: Station | undefined, id: string, use: PlannedUse, { plan, namespace }: PlacedPlan): Station {
  if (use.kind === 'service') {
    const place = use.namespace ?? namespace;
    return known ?? { id, kind: use.kind, name: use.name, ...(place === undefined ? {} : { namespace: place }) };
  }
  const facts = factsIn(use);
  if (!known) {
    return { id, kind: use.kind, name: use.name, facts };
  }
  const isSame = known.differsIn !== undefined || JSON.stringify(known.facts) === JSON.stringify(facts);
  return isSame ? known : { ...known, differsIn: namespace === undefined ? plan.service : `${namespace}/${plan.service}` };
}

/** Callers first, as far as calls make no circle; stations that nothing tells apart in the order given. */
function inCallOrder(stations: readonly Station[], edges: readonly UseEdge[]): Station[] {
  const callees = new Map<string, string[]>();
  for (const { from, to } of edges) {
    callees.set(from, [...callees.get(from) ?? [], to]);
  }
  const byId = new Map(stations.map(station => [station.id, station]));
  const seen = new Set<string>();
  const ordered: Station[] = [];
  const visit = (id: string) => {
    if (!seen.has(id)) {
      seen.add(id);
      [...callees.get(id) ?? []].reverse().forEach(visit);
      ordered.unshift(byId.get(id)!);
    }
  };
  [...stations].reverse().forEach(({ id }) => visit(id));
  return ordered;
}
