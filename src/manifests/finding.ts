import { Position } from './manifest';
import { Finding } from '../core/finding';

/** What a check found in manifests: an error keeps the floor from being up and Ready, a warning may. */
export interface PlanFinding extends Finding {
  /** The service that it concerns, as `namespace/name`; absent where it concerns several, or none is known. */
  readonly service?: string;
  /** Where the cause stands. */
  readonly position?: Position;
}
