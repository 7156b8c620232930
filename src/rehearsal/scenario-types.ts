import { Assumptions } from './assumptions';
import { EpochMs } from '../core/time/instant';

/** What one may say about a rehearsal; whatever is left out follows from the manifests. */
export interface Scenario {
  /** Default: the first opening's event. */
  readonly event?: string;
  /** One of the event's openings. Default: its first. */
  readonly at?: EpochMs;
  /** When it begins and ends, measured from the opening. Default: ten minutes before the first window, and thirty after the last. */
  readonly fromMs?: number;
  readonly untilMs?: number;
  /** Requests per second over time. Default: 2 % of the event's demand before the opening, all of it one second after, then a slow decay. */
  readonly traffic?: readonly TrafficPoint[];
  readonly faults?: readonly Fault[];
  /** What the person on call asks for instead of the plan. */
  readonly overrides?: readonly OverrideWish[];
  /** What the autoscaler reads beside CPU and memory. Default: such metrics are left out. */
  readonly metrics?: GivenMetrics;
  /** What is written past plan and keeper. */
  readonly hands?: readonly HandWish[];
  readonly assume?: Partial<Assumptions>;
  /** By the name of the schedule, where services of an event are rehearsed together. */
  readonly services?: { readonly [name: string]: GivenService };
  /** By name, where services of an event are rehearsed together. */
  readonly dependencies?: { readonly [name: string]: GivenDependency };
  /** All that is left to chance follows from it. Default: 1. */
  readonly seed?: number;
  /** The runs beside `prewarmed`. Default: none. */
  readonly compare?: readonly Comparison[];
  /** Such as `success>=0.999`. */
  readonly require?: readonly string[];
}

/** What is known of one service beside its manifests. */
export interface GivenService {
  /** Requests per second of its own clients over time, as of `Scenario`. Default: what its demand is beyond the calls of others. */
  readonly traffic?: readonly TrafficPoint[];
  readonly assume?: Partial<Assumptions>;
}

/** What is known of one dependency beside its declaration. */
export interface GivenDependency {
  /** Connections, or requests per second, that ours may use. Default: as declared, without what is reserved. */
  readonly limit?: number;
  /** One call. Default: `dependencyMillis`. */
  readonly serviceMillis?: number;
  /** Requests that may wait at a dependency with a rate. Default: `dependencyQueue`. */
  readonly queue?: number;
  /** Calls of one request, where only the connections of a pod are declared. Default: `callsPerRequest`. */
  readonly callsPerRequest?: number;
}

/** The rate at a moment, measured from the opening; linear between two points, constant before the first and after the last. */
export interface TrafficPoint {
  readonly atMs: number;
  readonly rps: number;
}

/** Metrics by their names; a trigger of KEDA has the name of its type. */
export interface GivenMetrics {
  readonly [name: string]: GivenMetric;
}

/**
 * What a metric reads: the requests per second, of each pod for a metric of type `Pods` and of all for the others; or values over time, the
 * mean of the pods for type `Pods`.
 */
export type GivenMetric = 'requests' | readonly MetricPoint[];

/** A value at a moment, measured from the opening; linear between two points, constant before the first and after the last. */
export interface MetricPoint {
  readonly atMs: number;
  readonly value: number;
}

/** Measured from the opening, or an instant. */
export type Moment = { readonly offsetMs: number } | { readonly at: EpochMs };

/** An override that somebody writes during a rehearsal. */
export interface OverrideWish {
  readonly floor: number;
  /** Default: the plan's, or the floor where that is higher. */
  readonly ceiling?: number;
  /** Default: it stands already when the rehearsal begins. */
  readonly from?: Moment;
  readonly until: Moment;
  readonly reason?: string;
}

/** Somebody else than the keeper who writes the target's floor or ceiling. */
export interface HandWish {
  readonly at: Moment;
  /** Who it is. Default: `somebody`. */
  readonly hand?: string;
  readonly floor?: number;
  readonly ceiling?: number;
}

/**
 * What can be played beside the prewarmed run.
 *
 * `hpa-only`: no jobs, floor of the baseline. `always-at-peak`: the event's floor all the time. `patched`: two CronJobs that run `kubectl patch`
 * once at each edge of an opening, and no guards. `patched-re-applied`: the same, and the manifest is applied again ten minutes before the opening.
 */
export const COMPARISONS = ['hpa-only', 'always-at-peak', 'patched', 'patched-re-applied'] as const;

export type Comparison = typeof COMPARISONS[number];

export const FAULT_NAMES = [
  'no-prewarm', 're-apply', 'manual-raise', 'missed-bump', 'late-bump', 'no-guard', 'controllers-down', 'metrics-down', 'registry-slow', 'registry-down',
  'nodes-short', 'node-lost', 'double-peak', 'rollout',
] as const;

/** Faults of what services use. */
export const DEPENDENCY_FAULT_NAMES = ['dependency-slow', 'dependency-down', 'connections-halved'] as const;

export type DependencyFaultName = typeof DEPENDENCY_FAULT_NAMES[number];

export type FaultName = typeof FAULT_NAMES[number] | DependencyFaultName;

export interface Fault {
  readonly name: FaultName;
  /** The dependency or service that is hit. Default: all dependencies. */
  readonly of?: string;
  /** Measured from the opening. Default: a moment that hurts, see `FAULTS`. */
  readonly offsetMs?: number;
}
