import { CONTROLLERS, DEFAULTS } from './defaults';
import { StationLoad, StationUser } from './station-load';
import { Steps } from './steps';
import { EpochMs } from '../time/instant';

/** The controller manager creates no more pods than this within a minute. */
const MOST_PODS = CONTROLLERS.podsCreatedBurst.value + 60 * CONTROLLERS.podsCreatedPerSecond.value;

/** More steps of a ramp than this are no way out. */
const MOST_STEPS = 60;

/** Connections that are opened within the minute after floors rise. */
export interface Rise {
  readonly at: EpochMs;
  readonly opened: number;
  /** How many of them a dependency takes within a minute. */
  readonly allowed: number;
  /** Who rises, and by how many pods. */
  readonly rising: readonly { readonly user: StationUser; readonly pods: number }[];
}

/**
 * The rise of floors that opens the most connections after an instant; undefined where none does.
 *
 * Windows begin on whole minutes, so what is opened within a minute is what rises at one instant: of each service its new pods, as far as a cluster
 * creates them in that time, times what a pod holds. What falls at the same instant closes its connections later, and is not taken off.
 */
export function highestRiseOf({ station, users }: StationLoad, after: EpochMs = -Infinity): Rise | undefined {
  const allowed = station.facts?.connectsPerMinute ?? DEFAULTS.connectsPerMinute;
  const rises = new Map<EpochMs, { user: StationUser; pods: number }[]>();
  for (const user of users) {
    for (const { at, by } of risesIn(user.floor)) {
      rises.set(at, [...rises.get(at) ?? [], { user, pods: by / (user.edge.perPod ?? 1) }]);
    }
  }
  let highest: Rise | undefined;
  for (const [at, rising] of [...rises].sort(([a], [b]) => a - b)) {
    const opened = openedBy(rising);
    if (at > after && opened > (highest?.opened ?? 0)) {
      highest = { at, opened, allowed, rising };
    }
  }
  return highest;
}

function risesIn(steps: Steps): { readonly at: EpochMs; readonly by: number }[] {
  return steps.slice(1).map(({ from, value }, i) => ({ at: from, by: value - steps[i].value })).filter(({ by }) => by > 0);
}

function openedBy(rising: Rise['rising']): number {
  const pods = rising.reduce((sum, one) => sum + one.pods, 0);
  const part = Math.min(1, MOST_PODS / pods);
  return Math.ceil(rising.reduce((sum, one) => sum + one.pods * (one.user.edge.perPod ?? 0), 0) * part);
}

/** The fewest equal steps of a ramp in which a rise opens no more than is allowed; undefined: no ramp does it. */
export function stepsFor({ rising, allowed }: Rise): number | undefined {
  for (let steps = 2; steps <= MOST_STEPS; steps++) {
    if (openedBy(rising.map(({ user, pods }) => ({ user, pods: Math.ceil(pods / steps) }))) <= allowed) {
      return steps;
    }
  }
  return undefined;
}
