/** Bounds of a number of replicas. */
export interface ReplicaRange {
  /** The least number of replicas, at least 1. */
  readonly floor: number;
  /**
   * The most, at least the floor.
   *
   * Between events in force only with `CeilingPolicy.PER_WINDOW`.
   */
  readonly ceiling: number;
}

/** Who moves `maxReplicas`. */
export enum CeilingPolicy {
  /**
   * The plan's highest ceiling, or the schedule's `ceiling`, all year.
   *
   * The manifest of a target rendered here carries it, and the keeper leaves it alone. Of a target known by name the keeper raises
   * `maxReplicas` to it at the deploy, and again whenever somebody lowers it; a higher one of another hand stays.
   */
  FIXED = 'Fixed',
  /** The keeper moves it with each window, never below the live number of replicas. */
  PER_WINDOW = 'PerWindow',
}
