/** The least and the greatest number of replicas. */
export interface ReplicaRange {
  /**
   * The least number of replicas, at least 1.
   *
   * A ScaledObject, a Deployment and a StatefulSet may have 0 between events. A HorizontalPodAutoscaler needs a metric of type `Object` or `External`
   * for that, and Kubernetes 1.37 or later. A manifest in this app without such a metric is refused; all else the arm job proves.
   */
  readonly floor: number;
  /**
   * The greatest number of replicas, at least the floor.
   *
   * It can be set only with `CeilingPolicy.PER_WINDOW`, for a target that has a ceiling. With `CeilingPolicy.FIXED` one ceiling is in force all year,
   * which is the `ceiling` of the schedule. A Deployment, a StatefulSet and a kind of your own have no ceiling. In both cases a value is refused.
   *
   * @default - the target's own ceiling, where its manifest is in this app; required with `CeilingPolicy.PER_WINDOW` for a target that is known by
   * name
   */
  readonly ceiling?: number;
}

/** Who moves `maxReplicas`. */
export enum CeilingPolicy {
  /**
   * The plan's highest ceiling, or the schedule's `ceiling`, all year.
   *
   * The manifest of a target that this app renders contains it, and the keeper leaves it alone. Of a target that is known by name, the keeper raises
   * `maxReplicas` to it at the deploy, and again whenever somebody lowers it. If somebody else sets a higher one, that one stays.
   */
  FIXED = 'Fixed',
  /**
   * The ceiling of each window: the keeper moves `maxReplicas`, and never below the live number of replicas.
   *
   * The manifest of a target that this app renders contains the plan's highest ceiling all the same, so that a deploy deletes no pod. The keeper
   * lowers a live ceiling of that number, and leaves any other that somebody has set. Argo CD reports the difference; `docs/deploying.md` has
   * the lines against it.
   */
  PER_WINDOW = 'PerWindow',
}
