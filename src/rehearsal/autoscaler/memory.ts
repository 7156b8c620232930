import { Behavior, ControllerSettings, ScalingRules } from './spec';

/** What the controller remembers of one HPA from pass to pass; immutable. */
export interface AutoscalerMemory {
  /** Absent before the first pass. */
  readonly recommendations?: readonly Recommendation[];
  readonly scaleUps: readonly ScaleEvent[];
  readonly scaleDowns: readonly ScaleEvent[];
}

export interface Recommendation {
  readonly replicas: number;
  readonly at: number;
}

export interface ScaleEvent {
  readonly change: number;
  readonly at: number;
  /** Its slot may be used again. */
  readonly outdated?: boolean;
}

export const NO_MEMORY: AutoscalerMemory = { scaleUps: [], scaleDowns: [] };

export interface Stabilized {
  readonly replicas: number;
  readonly reason: string;
  readonly recommendations: readonly Recommendation[];
}

/** Without `behavior`: the highest recommendation of the last minutes. */
export function stabilizeDown(
  recommendations: readonly Recommendation[], proposed: number, now: number, settings: ControllerSettings,
): Stabilized {
  const cutoff = now - settings.downscaleStabilizationMs;
  let highest = proposed;
  let free = recommendations.length;
  recommendations.forEach(({ replicas, at }, i) => {
    if (at < cutoff) {
      free = i;
    } else {
      highest = Math.max(highest, replicas);
    }
  });
  return { replicas: highest, reason: 'ScaleDownStabilized', recommendations: withEntry(recommendations, free, { replicas: proposed, at: now }) };
}

/**
 * With `behavior`: the current count, moved up to the lowest recommendation of the window upwards, and down to the highest of the window
 * downwards. What is remembered is the raw proposal.
 */
export function stabilizeBothWays(
  recommendations: readonly Recommendation[], proposed: number, current: number, behavior: Behavior, now: number, settings: ControllerSettings,
): Stabilized {
  const downSeconds = behavior.scaleDown.stabilizationWindowSeconds;
  const upCutoff = now - (behavior.scaleUp.stabilizationWindowSeconds ?? 0) * 1000;
  const downCutoff = now - (downSeconds === undefined ? settings.downscaleStabilizationMs : downSeconds * 1000);
  let lowest = proposed;
  let highest = proposed;
  let free = recommendations.length;
  recommendations.forEach(({ replicas, at }, i) => {
    lowest = at > upCutoff ? Math.min(lowest, replicas) : lowest;
    highest = at > downCutoff ? Math.max(highest, replicas) : highest;
    free = at < upCutoff && at < downCutoff ? i : free;
  });
  return {
    replicas: Math.min(Math.max(current, lowest), highest),
    reason: proposed >= current ? 'ScaleUpStabilized' : 'ScaleDownStabilized',
    recommendations: withEntry(recommendations, free, { replicas: proposed, at: now }),
  };
}

/** Pods that were added, or taken, within a period. */
export function changeWithin(events: readonly ScaleEvent[], periodSeconds: number, now: number): number {
  const cutoff = now - periodSeconds * 1000;
  return events.reduce((sum, event) => event.at > cutoff ? sum + event.change : sum, 0);
}

/** Records a change of the replica count; without `behavior` nobody would read it. */
export function remember(memory: AutoscalerMemory, behavior: Behavior | undefined, from: number, to: number, now: number): AutoscalerMemory {
  if (!behavior) {
    return memory;
  }
  return to > from
    ? { ...memory, scaleUps: withEvent(memory.scaleUps, behavior.scaleUp, to - from, now) }
    : { ...memory, scaleDowns: withEvent(memory.scaleDowns, behavior.scaleDown, from - to, now) };
}

function withEvent(events: readonly ScaleEvent[], rules: ScalingRules, change: number, now: number): ScaleEvent[] {
  const longest = rules.policies.reduce((max, policy) => Math.max(max, policy.periodSeconds), 0);
  const cutoff = now - longest * 1000;
  const marked = events.map(event => event.at < cutoff ? { ...event, outdated: true } : event);
  const free = marked.reduce((last, event, i) => event.outdated ? i : last, marked.length);
  return withEntry(marked, free, { change, at: now });
}

function withEntry<T>(list: readonly T[], index: number, entry: T): T[] {
  const copy = list.slice();
  copy[index] = entry;
  return copy;
}
