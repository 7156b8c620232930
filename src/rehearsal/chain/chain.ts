import { Call } from './call';
import { FrontDoor, ON_THEIR_OWN } from './front-door';
import { Pool, PoolUser } from './pool';
import { Provider } from './provider';
import { ServiceStation } from './service-station';
import { Station } from './station';
import { StationSeries } from './station-series';
import { troubleOf } from './trouble';
import { usableAt } from '../../core/plan/use-facts';
import { Station as Used, UseEdge, UseGraph } from '../../core/plan/uses';
import { callRetries } from '../retries';
import { ServiceRun, Served } from '../service-run';
import { Stage } from '../stage';
import { GivenDependency } from '../types';

/** A service of an event, by the id of its station. */
export interface Member {
  readonly id: string;
  readonly stage: Stage;
}

/** What a chain is made of. */
export interface ChainPlan {
  readonly members: readonly Member[];
  /** Stations in call order, callers first. */
  readonly graph: UseGraph;
  /** What the scenario says of dependencies, by name. */
  readonly dependencies: { readonly [name: string]: GivenDependency };
}

/** Pods that ask a dependency with a rate on their own account. */
interface OwnAccount {
  readonly from: ServiceStation;
  readonly to: Station;
  readonly perPod: number;
}

/** A service whose requests go to a station. */
interface Entry {
  readonly member: number;
  readonly run: ServiceRun;
  readonly door: FrontDoor;
  readonly station: ServiceStation;
  readonly row: number;
}

/** A service that serves its own clients alone. */
interface Loner {
  readonly member: number;
  readonly run: ServiceRun;
  readonly door: FrontDoor;
  readonly series: StationSeries;
}

/** The services and dependencies of one run, and the requests between them. */
export class Chain {
  public readonly doors = new Map<string, FrontDoor>();
  public readonly series = new Map<string, StationSeries>();
  /** In call order. */
  public readonly stations: Station[] = [];
  private readonly pools: Pool[] = [];
  private readonly own: OwnAccount[] = [];
  /** Services that call others or are called, or whose pods do what only stations can play. */
  private readonly entries: Entry[];
  /** Services that have nothing to do with any other but the nodes. */
  private readonly loners: Loner[];
  /** By station. */
  private readonly rows = new Map<Station, number>();
  private readonly calls: (readonly { readonly call: Call; readonly to: number }[])[];
  private readonly flows: Float64Array;
  private readonly written: { readonly station: Station; readonly series: StationSeries }[];

  /** @param runs parallel to the members */
  constructor(private readonly plan: ChainPlan, private readonly runs: readonly ServiceRun[]) {
    const { members, graph: { stations, edges } } = plan;
    const [{ stage: { seconds } }] = members;
    const made = new Map<string, Station>();
    const pools = new Map<string, Pool>();
    for (const used of [...stations].reverse()) {
      const member = members.findIndex(({ id }) => id === used.id);
      const leading = edges.filter(edge => edge.from === used.id);
      if (used.kind === 'connections') {
        pools.set(used.id, this.poolOf(used, edges));
      } else if (used.kind === 'requestsPerSecond') {
        made.set(used.id, this.providerOf(used, edges));
      } else if (member >= 0 && !isLoner(members[member], edges)) {
        made.set(used.id, this.serviceOf(used, member, leading, made, pools));
      }
      this.series.set(used.id, new StationSeries(seconds));
    }
    this.stations = stations.flatMap(({ id }) => made.get(id) ?? []);
    this.pools.push(...pools.values());
    this.stations.forEach((station, row) => this.rows.set(station, row));
    this.flows = new Float64Array(this.stations.length);
    this.calls = this.stations.map(station => station instanceof ServiceStation
      ? station.calls.map(call => ({ call, to: this.rows.get(call.to)! })) : []);
    members.forEach(({ id, stage: { assumed } }, i) => this.doors.set(id, new FrontDoor(runs[i].retries, assumed.timeoutSeconds, seconds)));
    const doored = members.map(({ id }, member) => ({ id, member, run: runs[member], door: this.doors.get(id)! }));
    this.entries = doored.filter(({ id }) => made.has(id)).map(({ id, ...entry }): Entry => {
      const station = made.get(id) as ServiceStation;
      return { ...entry, station, row: this.rows.get(station)! };
    });
    this.loners = doored.filter(({ id }) => !made.has(id)).map(({ id, ...loner }): Loner => ({ ...loner, series: this.series.get(id)! }));
    this.written = this.stations.map(station => ({ station, series: this.series.get(station.id)! }));
  }

  /** One second of all requests; writes what became of those of each member. */
  public step(second: number, served: Served[]): void {
    const { stations, entries } = this;
    for (const pool of this.pools) {
      pool.step(second);
    }
    const isEmpty = stations.every(station => station.isEmpty);
    for (let i = stations.length - 1; i >= 0; i--) {
      if (isEmpty) {
        stations[i].prepareEmpty(second);
      } else {
        stations[i].prepare(second);
      }
    }
    for (const { door, run } of entries) {
      door.open(second, run.firstIn(second));
    }
    if (!isEmpty || !this.flowThrough(second)) {
      this.queue(second);
    }
    this.write(second);
    for (const { member, station } of entries) {
      served[member] = { offered: station.books.arrived, result: station.result };
    }
    for (const { member, run, door, series } of this.loners) {
      const one = served[member] = run.serve(second);
      const { offered, result: { served: answered, refused, timedOut, lost, queued } } = one;
      const failed = refused + timedOut + lost;
      door.first[second] = run.firstIn(second);
      door.arrived[second] = offered;
      door.served[second] = answered;
      door.failures[second] = failed;
      series.put(second, offered, run.pods.capacity, failed, queued, answered);
    }
  }

  /** Requests come, wait, begin, and are answered, as far as they can. */
  private queue(second: number): void {
    for (const { from, to, perPod } of this.own) {
      to.incoming.push({ sender: ON_THEIR_OWN, token: undefined, attempt: 0, count: from.pods.serving.ready * perPod });
    }
    for (const { door, station } of this.entries) {
      door.send(station, second);
    }
    for (const station of this.stations) {
      station.receive(second);
    }
    for (let i = this.stations.length - 1; i >= 0; i--) {
      this.stations[i].answer(second);
    }
  }

  /** Where no station has more to do than it can, everything that comes in a second is answered in it. Returns whether that is so. */
  private flowThrough(second: number): boolean {
    const { stations, flows, rows } = this;
    flows.fill(0);
    for (const { door, station, row } of this.entries) {
      const { patienceSeconds } = door;
      const comes = door.arrived[second];
      if (comes > 0 && station.response > patienceSeconds) {
        return false;
      }
      flows[row] += comes;
    }
    for (const { from, to, perPod } of this.own) {
      flows[rows.get(to)!] += from.pods.serving.ready * perPod;
    }
    for (let row = 0; row < stations.length; row++) {
      const flow = flows[row];
      if (!stations[row].canPass(flow)) {
        return false;
      }
      for (const { call, to } of this.calls[row]) {
        const calls = call.flowThrough(flow);
        if (calls === undefined) {
          return false;
        }
        flows[to] += calls;
      }
    }
    for (let row = 0; row < stations.length; row++) {
      stations[row].pass(flows[row], second);
      for (const { call } of this.calls[row]) {
        call.flown();
      }
    }
    for (const { door } of this.entries) {
      door.served[second] = door.arrived[second];
    }
    return true;
  }

  private write(second: number): void {
    for (const { station, series } of this.written) {
      const { wanted, capacity, inside } = station.look();
      const { refused, timedOut, lost, answered } = station.books;
      series.put(second, wanted, capacity, refused + timedOut + lost, inside, answered);
    }
    for (const pool of this.pools) {
      // a pool is short of connections for pods, or of connections for requests
      const pods = pool.wanted;
      const work = pool.open > 0 ? pool.needed / pool.open * pool.usable : 0;
      this.series.get(pool.id)!.put(second, Math.max(pods, work), pool.usable, pool.denied, pool.open, pool.busy);
    }
  }

  private poolOf({ id, name, facts = {} }: Used, edges: readonly UseEdge[]): Pool {
    const { assumed, from } = this.callerOf(id, edges);
    const { limit, serviceMillis = assumed.dependencyMillis } = this.plan.dependencies[name] ?? {};
    const usable = (second: number) => limit ?? usableAt(facts, from + second * 1000) ?? Infinity;
    return new Pool(id, name, usable, serviceMillis / 1000, troubleOf(this.callerOf(id, edges), name, true));
  }

  private providerOf({ id, name, facts = {} }: Used, edges: readonly UseEdge[]): Provider {
    const stage = this.callerOf(id, edges);
    const { assumed, from } = stage;
    const { limit, serviceMillis = assumed.dependencyMillis, queue = assumed.dependencyQueue } = this.plan.dependencies[name] ?? {};
    return new Provider(id, name, {
      rateAt: second => limit ?? usableAt(facts, from + second * 1000) ?? Infinity,
      serviceSeconds: serviceMillis / 1000,
      queueLimit: queue,
    }, troubleOf(stage, name, true));
  }

  private serviceOf(
    used: Used, member: number, leading: readonly UseEdge[], made: ReadonlyMap<string, Station>, pools: ReadonlyMap<string, Pool>,
  ): ServiceStation {
    const { stage } = this.plan.members[member];
    const { assumed } = stage;
    const { pods, recorder } = this.runs[member];
    const station = new ServiceStation(used.id, used.name, pods, assumed, troubleOf(stage, used.name, false), recorder);
    for (const { to, perPod, perRequest } of leading) {
      const pool = pools.get(to);
      const callee = made.get(to);
      if (pool && perPod !== undefined) {
        const given = this.plan.dependencies[pool.name]?.callsPerRequest;
        const user: PoolUser = {
          cohorts: pods.cohorts,
          perPod,
          perRequest: perRequest ?? given ?? assumed.callsPerRequest,
          isReadyWithout: assumed.unconnectedReady > 0,
          routeSeconds: pods.routeSeconds(),
        };
        pool.users.push(user);
        station.connections.push({ pool, user });
      } else if (callee) {
        if (perRequest !== undefined) {
          station.calls.push(new Call(callee, perRequest, station.calls.length, assumed.callTimeoutSeconds, callRetries(assumed)));
        }
        if (perPod !== undefined) {
          this.own.push({ from: station, to: callee, perPod });
        }
      }
    }
    return station;
  }

  /** Whoever uses a dependency; what it assumes of dependencies holds for all. */
  private callerOf(id: string, edges: readonly UseEdge[]): Stage {
    const callers = edges.filter(edge => edge.to === id).map(edge => edge.from);
    return (this.plan.members.find(member => callers.includes(member.id)) ?? this.plan.members[0]).stage;
  }
}

/** Nobody calls it, it uses nothing, and its pods work on whatever they took. */
function isLoner({ id, stage: { assumed } }: Member, edges: readonly UseEdge[]): boolean {
  return assumed.abandonedServedPercent >= 100 && !edges.some(({ from, to }) => from === id || to === id);
}
