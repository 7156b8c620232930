import { AssumptionLine, Assumptions } from './assumptions';
import { AutoscalerSpec } from './autoscaler/spec';
import { Comparison, FaultName, TrafficPoint } from './scenario-types';
import { Override } from '../core/plan/override';
import { Plan, ReplicaBounds } from '../core/plan/plan';
import { Probes } from '../core/plan/pod-shape';
import { EpochMs } from '../core/time/instant';

export * from './scenario-types';

// ---- what is rehearsed: one service, as its manifests say

/** All that the rehearsal needs to know of one deployed service. */
export interface RehearsedService {
  readonly plan: Plan;
  /** Absent where the plan moves a workload without an autoscaler. */
  readonly autoscaler?: AutoscalerSpec;
  readonly workload: RehearsedWorkload;
  readonly cronJobs: readonly RehearsedCronJob[];
  /** What the manifests do not contain, and what is taken instead. */
  readonly notes: readonly string[];
}

export interface RehearsedWorkload extends Probes {
  readonly image: string;
  /** `Always`, `IfNotPresent` or `Never`. */
  readonly imagePullPolicy: string;
  /** What the autoscaler measures the use of a pod against; absent: a container asks for nothing, and the autoscaler has no such metric. */
  readonly cpuRequestMillis?: number;
  readonly memoryRequestMiB?: number;
  /** What a pod takes of its node; absent: nothing. */
  readonly reservedCpuMillis?: number;
  readonly reservedMemoryMiB?: number;
  /** Of the container that serves; absent: no limit, and no OOM kill. */
  readonly memoryLimitMiB?: number;
  /** Pods start one after the other, and go one after the other. */
  readonly isOrdered?: boolean;
  /** How long a pod is Ready before a rollout, or the next pod of an ordered workload, counts on it. Default: 0. */
  readonly minReadySeconds?: number;
  /** No two pods fit on one node. */
  readonly isAlone?: boolean;
  /** All old pods go before the first new one comes. */
  readonly isRecreated?: boolean;
  /** Why a rollout replaces no pod, such as `it is paused`; absent: it does. */
  readonly rolloutStops?: string;
  /** As in the manifest: a count, or a share such as `25%`. */
  readonly maxSurge: number | string;
  readonly maxUnavailable: number | string;
  /** Time that a pod serves on after its deletion. */
  readonly preStopSeconds: number;
  readonly graceSeconds: number;
}

export interface RehearsedCronJob {
  readonly name: string;
  readonly role: 'bump' | 'verify' | 'drop' | 'repair';
  /** Absent for repair. */
  readonly event?: string;
  readonly schedule: string;
  /** Absent: UTC. */
  readonly timeZone?: string;
  /** Absent: however late. */
  readonly startingDeadlineSeconds?: number;
  readonly concurrencyPolicy: 'Allow' | 'Forbid' | 'Replace';
  readonly suspend: boolean;
  /** Pods of one run. */
  readonly parallelism: number;
}

// ---- what comes out

/** One rehearsal of one service around one opening. */
export interface RehearsalResult {
  readonly service: string;
  readonly event: string;
  /** IANA name in which people read this event; absent: UTC. */
  readonly timeZone?: string;
  readonly opening: EpochMs;
  readonly readyBy: EpochMs;
  readonly from: EpochMs;
  readonly until: EpochMs;
  readonly seed: number;
  /** The traffic that was played, without what faults added. */
  readonly traffic: readonly TrafficPoint[];
  /** In the order of their beginnings. */
  readonly faults: readonly PlayedFault[];
  /** In the order in which they are written. */
  readonly overrides: readonly PlayedOverride[];
  readonly hands: readonly PlayedWrite[];
  /** Whatever was assumed, whether by default or by the scenario. */
  readonly assumptions: readonly AssumptionLine[];
  /** What the manifests do not contain, and what was taken instead. */
  readonly notes: readonly string[];
  /** `prewarmed` first, then the comparisons. */
  readonly runs: readonly RunResult[];
  readonly prewarmed: RunResult;
  readonly hpaOnly?: RunResult;
  readonly alwaysAtPeak?: RunResult;
  readonly patched?: RunResult;
  readonly patchedReApplied?: RunResult;
  /** The requirements, judged on `prewarmed`. */
  readonly verdicts: readonly Verdict[];
  /** The event as a whole, in the first result of services that were played together; absent: it was played alone. */
  readonly together?: Together;
}

/** Services of an event that were played together, and what they use. */
export interface Together {
  /** As `namespace/name`, or the name alone. */
  readonly services: readonly string[];
  /** Services and dependencies in call order, callers first. */
  readonly stations: readonly StationFacts[];
  /** Parallel to the runs of each service. */
  readonly runs: readonly TogetherRun[];
}

/** A service or a dependency of an event. */
export interface StationFacts {
  /** Such as `service/marathon/payment` or `connections/tickets-db`. */
  readonly id: string;
  readonly kind: 'service' | 'connections' | 'requestsPerSecond';
  readonly name: string;
  readonly namespace?: string;
  /** Calls from the front door to here, at most; 0: nobody calls it. */
  readonly depth: number;
  /** Ids of the services that use it. */
  readonly usedBy: readonly string[];
}

/** One run of an event, seen from its front doors. Requests of clients are counted from the opening on; they are fluid. */
export interface TogetherRun {
  readonly name: RunName;
  /** Requests of clients, those that were tried again included. */
  readonly arrived: number;
  /** Answered in time. */
  readonly served: number;
  readonly failed: number;
  /** Answered, of those that were answered or failed. */
  readonly success: number;
  /** The first second in which more than one in a hundred failed; absent: there is none. */
  readonly failsAt?: EpochMs;
  /** The station that was asked for more than it can do when that began. */
  readonly firstShort?: ShortStation & { readonly station: string };
  /** A failure that outlasts its cause; absent: there is none, or nobody looked. */
  readonly lasting?: {
    /** Measured from the beginning of the run. */
    readonly fromMs: number;
    readonly untilMs: number;
    /** What first tries alone would use of the tightest station, at most. */
    readonly load: number;
    /** Requests answered, of first tries. */
    readonly answered: number;
    readonly remedies: readonly Remedy[];
  };
  /** Parallel to the stations. */
  readonly stations: readonly PlayedStation[];
  readonly series: TogetherSeries;
}

/** Something that was tried against a failure that outlasts its cause. */
export interface Remedy {
  readonly says: string;
  /** What was assumed instead. */
  readonly assume: Partial<Assumptions>;
  readonly ends: boolean;
}

/** How one station fared in a run. */
export interface PlayedStation {
  readonly id: string;
  /** From the opening on; absent: nothing was asked of it. */
  readonly tightest?: TightMoment;
  /** Of a service: the share of its requests that did not fail, calls included. */
  readonly success?: number;
  /** Requests that failed here, for reasons of its own or of others; of connections: pods without one, second by second. */
  readonly failed: number;
  /** The first time that it was short; absent: never. */
  readonly short?: ShortStation;
}

/** What was asked for, and what could be done: requests in a second, or connections. */
export interface TightMoment {
  readonly at: EpochMs;
  readonly wanted: number;
  readonly capacity: number;
  /** Of the capacity; above 1: it is short; absent: there was no capacity at all. */
  readonly use?: number;
}

/** A stretch of time in which a station is asked for more than it can do. */
export interface ShortStation {
  readonly at: EpochMs;
  readonly seconds: number;
  /** When it was short by the largest part. */
  readonly worstAt: EpochMs;
  readonly wanted: number;
  readonly capacity: number;
  /** The part of what was asked for that it could not do. */
  readonly share: number;
  readonly failed: number;
}

/** Second by second. */
export interface TogetherSeries {
  readonly from: EpochMs;
  /** At the front doors. */
  readonly arrived: Float64Array;
  readonly served: Float64Array;
  readonly failed: Float64Array;
  /** By the id of the station. */
  readonly stations: ReadonlyMap<string, { readonly wanted: Float32Array; readonly capacity: Float32Array; readonly failed: Float32Array }>;
}

/** How one requirement came out. */
export interface Verdict {
  /** As it was written. */
  readonly text: string;
  readonly met: boolean;
  /** Such as `success is 93.1 %, required is at least 99.9 %`. */
  readonly says: string;
}

/** An override of a rehearsal, in force from `at` until its own end, or until the next. */
export interface PlayedOverride {
  /** When it is written. */
  readonly at: EpochMs;
  readonly override: Override;
  /** Such as `an override of floor 150 from -30m until +1h`. */
  readonly says: string;
}

/** What another hand writes. */
export interface PlayedWrite {
  readonly at: EpochMs;
  readonly hand: string;
  readonly bounds: Partial<ReplicaBounds>;
  /** Such as `somebody writes floor 150 at -20m`. */
  readonly says: string;
}

export interface PlayedFault {
  readonly name: FaultName;
  /** The dependency or service that is hit; absent: all dependencies, or the fault hits none. */
  readonly of?: string;
  readonly at: EpochMs;
  /** Absent: to the end. */
  readonly until?: EpochMs;
  /** Such as `metrics API down for 30 min`. */
  readonly says: string;
}

export type RunName = 'prewarmed' | Comparison;

/** How runs are called, for people. */
export const RUN_NAMES: { readonly [name in RunName]: string } = {
  'prewarmed': 'prewarmed', 'hpa-only': 'HPA only', 'always-at-peak': 'always at peak', 'patched': 'kubectl patch', 'patched-re-applied': 'patch, re-applied',
};

/** One run. Requests are counted from the opening on; they are fluid: fractions of one occur. */
export interface RunResult {
  readonly name: RunName;
  readonly arrived: number;
  readonly served: number;
  /** No pod took it, or its queue was full. */
  readonly refused: number;
  /** Answered, or still waiting, after the client had left. */
  readonly timedOut: number;
  /** In a pod that was killed. */
  readonly lost: number;
  /** Waiting at the end. */
  readonly inFlight: number;
  /** The share of requests that did not fail, of those that are not still waiting. */
  readonly success: number;
  /** From the opening; absent: never. */
  readonly firstSuccessMs?: number;
  /** From the opening until at least 99 % succeed in every second for a minute, or to the end; absent: never. */
  readonly sustainedMs?: number;
  readonly latency: LatencyPercentiles;
  /** OOM kills and failed probes of all pods together. */
  readonly restarts: number;
  readonly oomKills: number;
  /** Seconds in which the live floor was below that of plan and override, `graceSeconds` after each rise. */
  readonly floorViolationSeconds: number;
  /** Seconds from the ready margin to the end of the opening's windows in which fewer pods were Ready than planned. */
  readonly readyViolationSeconds: number;
  readonly maxReplicas: number;
  readonly maxNodes: number;
  readonly podHours: number;
  readonly nodeHours: number;
  /** In the currency of the prices. */
  readonly cost: number;
  /** Pods that a lowered floor or ceiling took during the opening's windows. */
  readonly podsTaken: number;
  readonly verify: VerifyResult;
  readonly series: Series;
  readonly log: readonly LogLine[];
}

/** Of served requests from the opening on, in milliseconds; 0 where none was served. */
export interface LatencyPercentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** What verify says at the opening. */
export interface VerifyResult {
  readonly ok: boolean;
  readonly ready: number;
  readonly floor: number;
  readonly guarded: boolean;
  /** Such as `61 of 75 ready, 14 missing: 9 unschedulable, 5 pulling image`. */
  readonly says: string;
}

/** Parallel lists, one entry a step, all of one length. */
export interface Series {
  readonly from: EpochMs;
  readonly stepMs: number;
  /** Requests per second in the step. */
  readonly arrived: readonly number[];
  readonly served: readonly number[];
  readonly refused: readonly number[];
  readonly timedOut: readonly number[];
  readonly lost: readonly number[];
  /** At the end of the step. */
  readonly queued: readonly number[];
  readonly pods: readonly number[];
  readonly ready: readonly number[];
  /** Requests per second that the Ready pods can serve. */
  readonly capacity: readonly number[];
  /** `minReplicas` and `maxReplicas` in force, and the floor that plan and override ask for. */
  readonly floor: readonly number[];
  readonly ceiling: readonly number[];
  readonly plannedFloor: readonly number[];
  /** What is asked for: `spec.replicas`. */
  readonly replicas: readonly number[];
  readonly nodes: readonly number[];
  readonly restarts: readonly number[];
}

export interface LogLine {
  readonly at: EpochMs;
  readonly who: 'plan' | 'override' | 'hand' | 'job' | 'keeper' | 'guard' | 'verify' | 'autoscaler' | 'pods' | 'nodes' | 'traffic' | 'fault';
  readonly says: string;
}
