import { Duration } from 'cdk8s';
import { PodCapacity } from './demand';
import { KeeperOptions } from './keeper-options';
import { CeilingPolicy, ReplicaRange } from './replica-range';
import { IScheduleTarget } from './schedule-target';
import { ScheduledEvent } from './scheduled-event';
import { WindowOptions } from './window-options';

/** All of a schedule that a platform may have an opinion on; nothing in it is required. */
export interface EventScaleScheduleOptions {
  /**
   * What the service answers to; more by `addEvent`.
   *
   * @default - none
   */
  readonly events?: ScheduledEvent[];

  /**
   * Window fields that neither the scheduled event nor the event itself gives; for events added later too.
   *
   * @default - two hours of lead, one of hold, ready 15 minutes before
   */
  readonly defaultWindow?: WindowOptions;

  /**
   * What one pod was measured to serve.
   *
   * @default - unknown: demands are in replicas
   */
  readonly podCapacity?: PodCapacity;

  /**
   * By what all demands of this schedule are multiplied, so that one code base serves production, staging and regions.
   *
   * @default - the context `cdk8s-prewarm/demandFactor` of the chart or app: `app.node.setContext('cdk8s-prewarm/demandFactor', 0.1)`; without
   * it 1
   */
  readonly demandFactor?: number;

  /**
   * From the start of a container to Ready.
   *
   * @default Duration.seconds(60)
   */
  readonly startupTime?: Duration;

  /**
   * `maxReplicas` all year, whatever the events are; an event that needs more is refused.
   *
   * It goes into the manifest of a target rendered here. For a target known by name it takes `CeilingPolicy.FIXED`.
   *
   * Without it, an event that is withdrawn while its floor is up can leave a manifest with a ceiling below the live floor, which the API
   * server refuses.
   *
   * @default - the highest ceiling of the plan
   */
  readonly ceiling?: number;

  /**
   * Who moves `maxReplicas`.
   *
   * @default - FIXED for a target rendered here, PER_WINDOW for one known by name
   */
  readonly ceilingPolicy?: CeilingPolicy;

  /**
   * The program that the jobs run, and its pods.
   *
   * @default - as its fields say
   */
  readonly keeper?: KeeperOptions;
}

/** Whose floor is moved, and around what. */
export interface EventScaleScheduleProps extends EventScaleScheduleOptions {
  /** In the namespace of this chart; one schedule a target. */
  readonly target: IScheduleTarget;

  /**
   * In force between events, from the first arm job on; until that has run, what stands, or Kubernetes' default floor of 1.
   *
   * @default - the target's own minReplicas and maxReplicas; required for a target known by name
   */
  readonly baseline?: ReplicaRange;

  /**
   * First part of all object names: a DNS label.
   *
   * @default - the construct's id
   */
  readonly name?: string;
}
