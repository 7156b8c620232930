import { Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import { OpeningEvent } from './opening-event';

/** Times in which something differs: around the openings of an event, or from one instant until another. */
export interface LimitTimes {
  /**
   * Event around whose openings the limit differs.
   *
   * @default - none: `from` and `until` say when
   */
  readonly event?: OpeningEvent;

  /**
   * How long before each opening of `event` the other limit begins.
   *
   * @default - the lead of the event, or 2 hours
   */
  readonly lead?: Duration;

  /**
   * How long after each opening of `event` the other limit ends.
   *
   * @default - the hold of the event, or 1 hour
   */
  readonly hold?: Duration;

  /**
   * Instant with an offset at which the other limit begins, such as `2026-12-04T22:00+09:00`.
   *
   * @default - none: `event` says when
   */
  readonly from?: string;

  /**
   * Instant with an offset at which the other limit ends.
   *
   * @default - none: `event` says when
   */
  readonly until?: string;
}

/** Another limit of a dependency during some times. */
export interface LimitIn extends LimitTimes {
  /** Limit during these times, in the unit of the dependency, more than 0. It may be more or less than the usual limit. */
  readonly limit: number;
}

/** What any dependency may have. */
export interface DependencyOptions {
  /**
   * Part of the limit that others than the services of this library hold.
   *
   * @default 0
   */
  readonly reserved?: number;

  /**
   * Other limits at certain times, such as those of a database that is made larger for the night.
   *
   * Two of them must not be in force at the same time.
   *
   * @default - the limit is in force all year
   */
  readonly limitIn?: LimitIn[];

  /**
   * Name or address under which the pods reach the dependency.
   *
   * With `port`, the arm and verify jobs open one TCP connection to it, send nothing, and warn where it fails.
   *
   * @default - nobody tries to reach it
   */
  readonly host?: string;

  /**
   * TCP port at `host`.
   *
   * @default - nobody tries to reach it
   */
  readonly port?: number;
}

/** A pool of connections, such as that of a database. */
export interface ConnectionsOptions extends DependencyOptions {
  /**
   * Most connections that the dependency takes from everybody together: a whole number of at least 1.
   *
   * For PostgreSQL that is `max_connections`.
   */
  readonly limit: number;

  /**
   * Most new connections that the dependency takes within a minute.
   *
   * The finding `connection-storm` tells where floors rise faster than that.
   *
   * @default 1000
   */
  readonly connectsPerMinute?: number;
}

/** A rate, such as that of a payment provider. */
export interface RateOptions extends DependencyOptions {
  /** Most requests per second that the dependency takes from everybody together, more than 0. */
  readonly limit: number;
}

/** Room in a cluster. At least one of the fields is there. */
export interface ClusterRoom {
  /**
   * CPU that pods may request.
   *
   * @default - not counted
   */
  readonly cpu?: Cpu;

  /**
   * Memory that pods may request.
   *
   * @default - not counted
   */
  readonly memory?: Size;

  /**
   * Number of pods.
   *
   * @default - not counted
   */
  readonly pods?: number;

  /**
   * Addresses of pods in the subnets. A pod with `hostNetwork` takes none.
   *
   * @default - not counted
   */
  readonly addresses?: number;
}

/** Other room of a budget during some times. */
export interface ClusterRoomIn extends LimitTimes {
  /** Room during these times. What it does not name stays as it is. */
  readonly room: ClusterRoom;
}

/** Options of `ClusterBudget.of`. */
export interface ClusterBudgetOptions {
  /** Room that there is: of a node pool, of a ResourceQuota, of a subnet. */
  readonly room: ClusterRoom;

  /**
   * Part of the room that others than the services of this library take.
   *
   * @default - none
   */
  readonly reserved?: ClusterRoom;

  /**
   * Other room at certain times, such as that of a capacity reservation with a date.
   *
   * @default - the room is the same all year
   */
  readonly roomIn?: ClusterRoomIn[];
}

/** What one pod requests, where this app does not render it. */
export interface PodRequests {
  /**
   * CPU request of all containers of a pod.
   *
   * @default - that of the manifest which this app renders
   */
  readonly cpu?: Cpu;

  /**
   * Memory request of all containers of a pod.
   *
   * @default - that of the manifest which this app renders
   */
  readonly memory?: Size;
}
