import { creationMs } from './lead';
import { isLiving, isReady } from './readiness';
import { ReadyFacts } from './ready-facts';
import { Pod } from '../kube-objects';
import { EpochMs } from '../time/instant';

/** What a forecast is made from. */
export interface ForecastFacts extends Pick<ReadyFacts, 'isOrdered' | 'minReadySeconds'> {
  /** How many pods must be Ready. */
  readonly floor: number;
  /** From when on the floor is asked for; pods that are not there yet are created no earlier. */
  readonly from: EpochMs;
  /** From the start of a container to Ready. */
  readonly startupMs: number;
  /** The pods that are there. */
  readonly pods: readonly Pod[];
}

/**
 * The earliest instant at which all pods of a floor can be Ready: nodes are there and have the image, and each pod takes no longer than planned.
 *
 * It is a bound and no estimate: what is not Ready in time by it cannot be, what is may still be late. A pod whose containers run is
 * credited the time for which they do.
 */
export function readyAtBest(facts: ForecastFacts, now: EpochMs): EpochMs {
  const { floor, startupMs, pods } = facts;
  const living = pods.filter(isLiving);
  const missing = floor - living.filter(isReady).length;
  if (missing <= 0) {
    return now;
  }
  // the best first: of more pods than are missing, as in a rollout, the fastest count
  const left = living.filter(pod => !isReady(pod)).map(pod => Math.max(0, startupMs - ageOf(pod, now))).sort((a, b) => a - b).slice(0, missing);
  const absent = missing - left.length;
  return facts.isOrdered ? orderedAt(facts, left, absent, now) : togetherAt(facts, left, absent, now);
}

function togetherAt({ from, startupMs }: ForecastFacts, left: readonly number[], absent: number, now: EpochMs): EpochMs {
  const last = now + Math.max(0, ...left);
  return absent === 0 ? last : Math.max(last, Math.max(now, from) + creationMs(absent) + startupMs);
}

/** One is created once the one before it is available; those that are there start side by side. */
function orderedAt({ from, startupMs, minReadySeconds }: ForecastFacts, left: readonly number[], absent: number, now: EpochMs): EpochMs {
  const last = now + Math.max(0, ...left);
  if (absent === 0) {
    return last;
  }
  const availableMs = minReadySeconds * 1_000;
  const first = Math.max(from, left.length > 0 ? last + availableMs : now);
  return first + absent * startupMs + (absent - 1) * availableMs;
}

/** For how long a pod has been starting; 0 while none of its containers runs. */
function ageOf({ metadata, status }: Pod, now: EpochMs): number {
  const starts = (status?.containerStatuses ?? [])
    .flatMap(({ state }) => state?.running ? [Date.parse(state.running.startedAt ?? metadata?.creationTimestamp ?? '')] : [])
    .filter(start => !Number.isNaN(start));
  return starts.length > 0 ? Math.max(0, now - Math.min(...starts)) : 0;
}
