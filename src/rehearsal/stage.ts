import { Assumptions } from './assumptions';
import { Followed } from './foreign-metrics';
import { Timetable } from './timetable';
import { FaultName, PlayedFault, PlayedOverride, PlayedWrite, RehearsedService } from './types';
import { WantedOverTime } from './wanted';
import { Opening, Plan } from '../core/plan/plan';
import { EpochMs } from '../core/time/instant';

/** All that the runs of one rehearsal have in common. */
export interface Stage {
  readonly service: RehearsedService;
  /** What its autoscaler follows; absent: it has none. */
  readonly followed?: Followed;
  /** Only the openings that matter between `from` and `until`. */
  readonly plan: Plan;
  readonly opening: Opening;
  readonly from: EpochMs;
  readonly seconds: number;
  readonly seed: number;
  readonly assumed: Assumptions;
  readonly faults: readonly PlayedFault[];
  /** Requests that arrive in each second. */
  readonly arrivals: Float64Array;
  readonly wanted: WantedOverTime;
  readonly overrides: readonly PlayedOverride[];
  /** What other hands write. */
  readonly writes: readonly PlayedWrite[];
  readonly timetables: readonly Timetable[];
}

/** The second of a run in which an instant falls. */
export function secondOf(at: EpochMs, from: EpochMs): number {
  return Math.floor((at - from) / 1000);
}

export function faultOf({ faults }: Stage, name: FaultName): PlayedFault | undefined {
  return faults.find(fault => fault.name === name);
}

/** A fault without an end is on to the end. */
export function isOn(fault: PlayedFault | undefined, now: EpochMs): boolean {
  return fault !== undefined && fault.at <= now && now < (fault.until ?? Infinity);
}
