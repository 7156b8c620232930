import { Chart } from 'cdk8s';
import { parseOffset } from './core/time/offset';
import { parseInstant } from './core/time/wall-clock';
import { DeployedService, deployedIn } from './manifests/deployed';
import { Manifest } from './manifests/manifest';
import { Assumptions } from './rehearsal/assumptions';
import { playTogether } from './rehearsal/chain/event';
import { parseFault } from './rehearsal/faults';
import { rehearsedServiceOf } from './rehearsal/from-objects';
import { MOMENT_FORM, parseMoment } from './rehearsal/interventions';
import { rehearse } from './rehearsal/rehearse';
import { MeasureName, parseRequirement } from './rehearsal/requirements';
import {
  Comparison, DependencyFaultName, FaultName, GivenDependency, MetricPoint, Moment, OverrideWish, RehearsalResult, Scenario, Together, TogetherRun,
  TrafficPoint,
} from './rehearsal/types';

export type { AssumptionLine, Assumptions } from './rehearsal/assumptions';
export type { MeasureName } from './rehearsal/requirements';
export type {
  Comparison, FaultName, GivenDependency, LatencyPercentiles, LogLine, PlayedFault, PlayedOverride, PlayedWrite, RehearsalResult, RunName, RunResult,
  PlayedStation, Series, Remedy, ShortStation, StationFacts, TightMoment, Together, TogetherRun, TogetherSeries, TrafficPoint, Verdict, VerifyResult,
} from './rehearsal/types';

/** An override of a rehearsal. */
export interface RehearsedOverride {
  /** Least number of replicas while it is in force. */
  readonly floor: number;
  /** Most replicas while it is in force. Default: the plan's, or the floor where that is higher. */
  readonly ceiling?: number;
  /** When it is written. Default: it stands already when the rehearsal begins. */
  readonly from?: string;
  /** When it ends by itself. */
  readonly until: string;
  /** Shown to whoever looks. */
  readonly reason?: string;
}

/** What an event came to whose services were played together. */
export interface TogetherResult extends Together {
  /** The run of the manifests as they are: requests answered at the front door, what broke first, and each station's tightest moment. */
  readonly prewarmed: TogetherRun;
  /** The rehearsal of each service, by its name. */
  readonly byService: { readonly [service: string]: RehearsalResult };
}

/** What one service of several is given. */
export interface RehearsedServiceFigures {
  /** Requests per second of its own clients by offset from the opening. Default: its demand, without what other services call. */
  readonly traffic?: { readonly [offset: string]: number };
  /** Better figures than the defaults, and than those of all services. */
  readonly assume?: Partial<Assumptions>;
}

/** Another hand than the keeper's. */
export interface RehearsedHand {
  /** When it writes: an offset from the opening, or an instant with an offset. */
  readonly at: string;
  /** Who it is. Default: `somebody`. */
  readonly hand?: string;
  readonly floor?: number;
  readonly ceiling?: number;
}

/**
 * Plays the opening of an event against what a chart would deploy, for your own unit tests.
 *
 * In simulated time: nothing is deployed, nothing waits, and the same chart gives the same result. Each method returns a new rehearsal, so
 * that one can be the beginning of many.
 *
 * @example
 *
 * import { App, Chart, Duration } from 'cdk8s';
 * import { Demand, OpeningEvent, PodCapacity, PrewarmedService } from 'cdk8s-prewarm';
 * import { Rehearsal } from 'cdk8s-prewarm/lib/testing';
 *
 * const chart = new Chart(new App(), 'marathon', { namespace: 'marathon' });
 * new PrewarmedService(chart, 'registration', {
 *   image: 'registry.example.com/registration:2.8.1',
 *   startupTime: Duration.seconds(45),
 *   podCapacity: PodCapacity.requestsPerSecond(200),
 *   events: [{
 *     event: OpeningEvent.once('seoul-marathon', { at: '2026-12-05T10:00', timeZone: 'Asia/Seoul' }),
 *     demand: Demand.requestsPerSecond(15_000),
 *   }],
 * });
 *
 * test('the marathon survives that somebody applies an old manifest', () => {
 *   const night = Rehearsal.of(chart).event('seoul-marathon').fault('re-apply').run();
 *   expect(night.prewarmed.podsTaken).toBe(0);
 * });
 *
 * test('twice the traffic is not all lost', () => {
 *   Rehearsal.of(chart).fault('double-peak').require('success>=70%', 'restarts==0').run();
 * });
 */
export class Rehearsal {
  /** What these charts deploy together. */
  public static of(...charts: Chart[]): Rehearsal {
    const manifests = charts.flatMap(chart => chart.toJson()).map(manifestOf);
    const { services, unreadable } = deployedIn(manifests);
    if (unreadable.length > 0) {
      throw new Error(unreadable[0].problem);
    }
    if (services.length === 0) {
      throw new Error('nothing to rehearse: the charts contain no PrewarmedService and no EventScaleSchedule');
    }
    return new Rehearsal(services, {});
  }

  private constructor(private readonly services: readonly DeployedService[], private readonly scenario: Scenario) {}

  /** The service by the name of its schedule. Needed where the charts, or the event, have several. */
  public service(name: string): Rehearsal {
    const services = this.services.filter(({ plan }) => plan.service === name);
    if (services.length === 0) {
      throw new Error(`there is no service '${name}'; there are ${this.names()}`);
    }
    return new Rehearsal(services, this.scenario);
  }

  /** The event by its id. Default: the one that opens first. */
  public event(id: string): Rehearsal {
    const services = this.services.filter(({ plan }) => plan.openings.some(({ event }) => event === id));
    if (services.length === 0) {
      const known = [...new Set(this.services.flatMap(({ plan }) => plan.openings.map(({ event }) => event)))].map(event => `'${event}'`).join(', ');
      const here = this.services.length === 1 ? `${this.names()} has no event '${id}'; it has` : `no service has an event '${id}'; they have`;
      throw new Error(`${here} ${known || 'none'}`);
    }
    return new Rehearsal(services, { ...this.scenario, event: id });
  }

  /** One of the event's openings, such as `2026-12-05T10:00:00+09:00`. Default: its first. */
  public opening(instant: string): Rehearsal {
    return this.with({ at: parseInstant('opening', instant) });
  }

  /**
   * Something that goes wrong, at its default moment or at an offset from the opening: `re-apply`, `late-bump@-5m`. Faults of dependencies hit
   * each of them, or the one that is named: `dependency-slow:tickets-db@+2m`.
   */
  public fault(fault: FaultName | `${FaultName}@${string}` | `${DependencyFaultName}:${string}`): Rehearsal {
    return this.with({ faults: [...this.scenario.faults ?? [], parseFault(fault)] });
  }

  /**
   * An override that somebody writes, such as `{ floor: 150, from: '-30m', until: '+1h' }`; times are offsets from the opening, or instants
   * with an offset. Of several the last that was written counts.
   */
  public override(override: RehearsedOverride): Rehearsal {
    const { floor, ceiling, from, until, reason } = override;
    const wish: OverrideWish = {
      floor,
      ...(ceiling === undefined ? {} : { ceiling }),
      ...(from === undefined ? {} : { from: momentOf('from', from) }),
      until: momentOf('until', until),
      ...(reason === undefined ? {} : { reason }),
    };
    return this.with({ overrides: [...this.scenario.overrides ?? [], wish] });
  }

  /**
   * What the autoscaler reads of a metric that is neither CPU nor memory: `requests`, which is requests per second (of each pod for a metric
   * of type `Pods`), or values by offset from the opening, linear in between. A metric that is not given is left out.
   */
  public metric(name: string, values: 'requests' | { readonly [offset: string]: number }): Rehearsal {
    const given = values === 'requests' ? values : pointsOf(`metric '${name}'`, values).map(([atMs, value]): MetricPoint => ({ atMs, value }));
    return this.with({ metrics: { ...this.scenario.metrics, [name]: given } });
  }

  /** Somebody who writes floor or ceiling past plan and keeper, such as `{ at: '-20m', floor: 150 }`. */
  public hand({ at, ...bounds }: RehearsedHand): Rehearsal {
    return this.with({ hands: [...this.scenario.hands ?? [], { at: momentOf('at', at), ...bounds }] });
  }

  /** Better figures than the defaults. */
  public assume(assumptions: Partial<Assumptions>): Rehearsal {
    return this.with({ assume: { ...this.scenario.assume, ...assumptions } });
  }

  /** Figures of one of several services, by the name of its schedule. */
  public given(service: string, { traffic, assume }: RehearsedServiceFigures): Rehearsal {
    const points = traffic && pointsOf(`traffic of '${service}'`, traffic).map(([atMs, rps]): TrafficPoint => ({ atMs, rps }));
    const given = { ...(points ? { traffic: points } : {}), ...(assume ? { assume } : {}) };
    return this.with({ services: { ...this.scenario.services, [service]: given } });
  }

  /** Figures of a dependency that a service uses, such as `{ serviceMillis: 5 }`. */
  public dependency(name: string, given: GivenDependency): Rehearsal {
    return this.with({ dependencies: { ...this.scenario.dependencies, [name]: given } });
  }

  /** Requests per second by offset from the opening, such as `{ '+0s': 20, '+1s': 15_000, '+10m': 2_000 }`; linear in between. */
  public traffic(rates: { readonly [offset: string]: number }): Rehearsal {
    return this.with({ traffic: pointsOf('traffic', rates).map(([atMs, rps]): TrafficPoint => ({ atMs, rps })) });
  }

  /** All that is left to chance follows from it. Default: 1. */
  public seed(seed: number): Rehearsal {
    return this.with({ seed });
  }

  /**
   * Plays other runs beside: without the jobs (`hpa-only`), with the event's floor all the time (`always-at-peak`), with two CronJobs of
   * `kubectl patch` (`patched`), and the same with the manifest applied again ten minutes before the opening (`patched-re-applied`).
   */
  public compare(...comparisons: Comparison[]): Rehearsal {
    return this.with({ compare: comparisons });
  }

  /** What must hold of the prewarmed run, such as `success>=0.999` or `pods-taken==0`; otherwise run() throws, with the figures. */
  public require(...expressions: `${MeasureName}${string}`[]): Rehearsal {
    return this.with({ require: [...this.scenario.require ?? [], ...expressions.map(expression => parseRequirement(expression).text)] });
  }

  /**
   * Plays it.
   *
   * @throws Error with a line for each requirement that is missed
   */
  public run(): RehearsalResult {
    if (this.services.length > 1) {
      throw new Error(`several services can be rehearsed here (${this.names()}); choose one by service()`);
    }
    const result = rehearse(rehearsedServiceOf(this.services[0]), this.scenario);
    refuseShort([result]);
    return result;
  }

  /**
   * Plays all services of the event in one world: they share nodes, controllers and time, and requests flow along what the services declare
   * that they use.
   *
   * @throws Error with a line for each requirement that a service misses; what is required of requests is asked of services that have clients
   */
  public runTogether(): TogetherResult {
    const placed = this.services.map(service =>
      ({ service: rehearsedServiceOf(service), ...(service.namespace === undefined ? {} : { namespace: service.namespace }) }));
    const { event = placed[0].service.plan.openings[0]?.event } = this.scenario;
    const results = playTogether(placed.filter(({ service: { plan } }) => plan.openings.some(opening => opening.event === event)), this.scenario);
    refuseShort(results);
    const together = results[0].together!;
    return { ...together, prewarmed: together.runs[0], byService: Object.fromEntries(results.map(result => [result.service, result])) };
  }

  private with(more: Partial<Scenario>): Rehearsal {
    return new Rehearsal(this.services, { ...this.scenario, ...more });
  }

  private names(): string {
    return this.services.map(({ plan }) => `'${plan.service}'`).join(', ');
  }
}

/** Each requirement that is missed is a line. */
function refuseShort(results: readonly RehearsalResult[]): void {
  const lines = results.flatMap(({ service, event, prewarmed, verdicts }) => {
    const missed = verdicts.filter(({ met }) => !met);
    return missed.length === 0 ? [] : [`'${service}' falls short at '${event}':`, ...missed.map(({ says }) => `  ${says}`), `verify says: ${prewarmed.verify.says}`];
  });
  if (lines.length > 0) {
    throw new Error(lines.join('\n'));
  }
}

/** Values by offsets from the opening, in the order of time. */
function pointsOf(what: string, values: { readonly [offset: string]: number }): [number, number][] {
  return Object.entries(values).map(([offset, value]): [number, number] => {
    const atMs = parseOffset(offset);
    if (atMs === undefined || !(value >= 0)) {
      throw new Error(`${what} must be rates by offsets from the opening such as '-10m' or '+1s', got '${offset}': ${value}`);
    }
    return [atMs, value];
  }).sort(([a], [b]) => a - b);
}

function momentOf(field: string, text: string): Moment {
  const moment = parseMoment(text);
  if (!moment) {
    throw new Error(`'${field}' must be ${MOMENT_FORM}, got '${text}'`);
  }
  return moment;
}

function manifestOf(object: any): Manifest {
  const { name = '', namespace } = object.metadata ?? {};
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    object,
    at: () => ({ file: 'chart', line: 1, column: 1 }),
  };
}
