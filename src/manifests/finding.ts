import { Position } from './manifest';

/** What a person should look at. */
export interface Finding {
  /** Stable, for programs. */
  readonly id: FindingId;
  /** An error keeps the floor from being up and Ready; a warning may. */
  readonly severity: 'error' | 'warning';
  /** The service that it concerns; absent: more than one, or unknown. */
  readonly service?: string;
  readonly sentence: string;
  readonly position?: Position;
}

export type FindingId =
  | 'plan-unreadable'
  | 'service-twice'
  | 'nothing-ahead'
  | 'season-ends-soon'
  | 'quota-exceeded'
  | 'two-autoscalers'
  | 'replicas-set'
  | 'min-replicas-set'
  | 'ceiling-too-low'
  | 'no-cpu-request'
  | 'far-ahead'
  | 'below-baseline'
  | 'too-many-pods'
  | 'moving-tag'
  | 'lead-too-long'
  | 'lead-too-short'
  | 'fleet-too-slow'
  | 'job-missing'
  | 'job-suspended';
