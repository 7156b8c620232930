import { Hand, Live } from '../../core/plan/live';
import { JobRole } from '../../core/plan/names';
import { Malformed, Override, Wanted } from '../../core/plan/override';
import { LiveBounds, ReplicaBounds } from '../../core/plan/plan';
import { Readiness } from '../../core/plan/readiness';
import { EpochMs } from '../../core/time/instant';
import { ServiceView } from '../service-view';

/** What is so, before anybody judges it. */
export interface Facts {
  readonly service: string;
  readonly namespace: string;
  /** In which its people read times. */
  readonly timeZone: string;
  /** What the plan asks for now, and the events that have a window. */
  readonly plan: ReplicaBounds & { readonly events: readonly string[] };
  /** What must be in force: the override's word until its time, else the plan's. */
  readonly wanted: ReplicaBounds;
  readonly override?: Override | Malformed;
  /** Absent: the target is not there. */
  readonly live?: OwnedBounds;
  readonly ready: Readiness;
  /** Absent: none is ahead. */
  readonly opening?: NextOpening;
  /** Openings that have been, and whose windows are not over; the plan's order. */
  readonly open: readonly OpenOpening[];
  readonly next?: ReplicaBounds & { readonly at: EpochMs };
  readonly jobs: readonly JobStanding[];
  /** Pods that guard now. */
  readonly guards: number;
  /** Where it was asked for. */
  readonly forecast?: Forecast;
}

/** What will be asked for at an instant, and when it can be so. */
export interface Forecast {
  readonly at: EpochMs;
  readonly floor: number;
  /** The earliest instant at which all pods of that floor can be Ready. */
  readonly readyAt: EpochMs;
}

/** What the target says now. */
export interface OwnedBounds extends LiveBounds {
  /** The latest first. */
  readonly floorOwners: readonly Hand[];
  readonly ceilingOwners: readonly Hand[];
}

export interface NextOpening {
  readonly event: string;
  readonly at: EpochMs;
  readonly from: EpochMs;
  readonly readyBy: EpochMs;
  readonly floor: number;
}

/** An opening whose crowd is there: its floor is held. */
export interface OpenOpening {
  readonly event: string;
  readonly at: EpochMs;
  /** End of its last window. */
  readonly until: EpochMs;
  readonly floor: number;
}

/** The last run of one of our jobs. */
export interface JobStanding {
  readonly role: JobRole;
  readonly event?: string;
  readonly state: 'not yet run' | 'running' | 'complete' | 'failed';
  /** Since when it is so. */
  readonly since?: EpochMs;
  /** Of it, that run now. */
  readonly pods: number;
  /** Why it failed, or what its pod waits for. */
  readonly message?: string;
  readonly suspended: boolean;
}

/** All that a finding can be made from. */
export interface Circumstances {
  readonly view: ServiceView;
  readonly now: EpochMs;
  readonly wanted: Wanted;
  /** As the keeper sees the target; absent: it is not there, or of an unknown kind. */
  readonly live?: Live;
  readonly standing: Facts;
  /** An instant as the service's people read it. */
  readonly clock: (at: EpochMs) => string;
}
