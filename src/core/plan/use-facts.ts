import { EpochMs } from '../time/instant';
import { Interval, contains } from '../time/intervals';

/** What a plan says of the dependencies and services that its own service uses. */

/** Kinds of dependencies: what is counted there. */
export const DEPENDENCY_KINDS = ['connections', 'requestsPerSecond', 'cpu', 'memory', 'pods', 'addresses'] as const;

export type DependencyKind = typeof DEPENDENCY_KINDS[number];

/** Room of a cluster: of nodes, of a quota, of a subnet. */
export const BUDGET_KINDS: readonly DependencyKind[] = ['cpu', 'memory', 'pods', 'addresses'];

/** What can be used: a dependency, or another service. */
export type StationKind = 'service' | DependencyKind;

/** Another limit during some times. */
export interface TimedLimit {
  readonly limit: number;
  /** Oldest first, without overlaps. */
  readonly times: readonly Interval[];
}

/** What is known of a dependency, which every plan that uses it repeats. */
export interface DependencyFacts {
  /** In connections, requests per second, cores, bytes, pods or addresses; absent: unknown. */
  readonly limit?: number;
  /** The part of the limit that others hold: administrators, replication, batch jobs. */
  readonly reserved?: number;
  /** No two of them at the same time. */
  readonly limitIn?: readonly TimedLimit[];
  /** How many new connections it takes within a minute. */
  readonly connectsPerMinute?: number;
  /** Where it listens, with `port`; absent: nobody can try to reach it. */
  readonly host?: string;
  readonly port?: number;
}

/** One line of what a service uses; at least one of `perPod` and `perRequest`. */
export interface PlannedUse extends DependencyFacts {
  readonly kind: StationKind;
  readonly name: string;
  /** Of a service in another namespace than the user's. */
  readonly namespace?: string;
  /** What each pod takes: connections, requests per second of its own, cores, bytes. */
  readonly perPod?: number;
  /** Requests that one request to the user makes there. */
  readonly perRequest?: number;
}

/** The facts of a dependency that a use repeats, in one order of fields. */
export function factsIn({ limit, reserved, limitIn, connectsPerMinute, host, port }: DependencyFacts): DependencyFacts {
  return Object.fromEntries(Object.entries({ limit, reserved, limitIn, connectsPerMinute, host, port }).filter(([, value]) => value !== undefined));
}

/** How much of a dependency our services may use at an instant; undefined: nobody says. */
export function usableAt({ limit, reserved = 0, limitIn = [] }: DependencyFacts, at: EpochMs): number | undefined {
  const inForce = limitIn.find(({ times }) => times.some(time => contains(time, at)))?.limit ?? limit;
  return inForce === undefined ? undefined : inForce - reserved;
}
