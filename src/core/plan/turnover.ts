import { CONTROLLERS } from './defaults';
import { ParsedWorkload, ReadyFacts, readyFactsOf } from './ready-facts';
import { targetKindOf } from './target-kind';

/**
 * Pods that hold connections and take room beside those that are asked for: while a template is rolled out, and after the number fell.
 *
 * Of n pods, a rollout adds `maxSurge` new ones before it takes old ones away, and those that it takes away hold what they have until they
 * end: each step takes `maxSurge + maxUnavailable` pods, a step lasts for the start-up time (and `minReadySeconds`), and a pod needs up to its
 * grace period to end. So beside the n pods there are at most
 *
 *   maxSurge + min(n, (maxSurge + maxUnavailable) x ceil(grace period / time of a step)).
 *
 * A Rollout with blue and green has n new pods beside the n old ones. Recreate and StatefulSets wait for the old pods to end, so there are
 * never more than n.
 * Once the number has fallen, the pods from before are still there for the autoscaler's scale-down stabilization and the grace period.
 */
export interface Turnover {
  /** Beside so many pods, while they are replaced. */
  readonly more: (pods: number) => number;
  /** How long what fell is still felt. */
  readonly lingerMs: number;
}

/** What is read of a workload and of its autoscaler; nobody has checked either. */
export interface TurnedOver {
  readonly kind: string;
  readonly workload?: ParsedWorkload;
  /** Absent: nothing scales beyond the floor. */
  readonly autoscaler?: { readonly spec?: { readonly behavior?: { readonly scaleDown?: { readonly stabilizationWindowSeconds?: unknown } } } };
  readonly startupMs: number;
}

/** Kubernetes' default of `terminationGracePeriodSeconds`. */
const GRACE_SECONDS = 30;

/** Turnover of a workload; of one that is known by name only, by Kubernetes' defaults. */
export function turnoverOf({ kind, workload, autoscaler, startupMs }: TurnedOver): Turnover {
  const graceMs = 1_000 * secondsIn(workload?.spec?.template?.spec?.terminationGracePeriodSeconds, GRACE_SECONDS);
  const stabilizationMs = autoscaler === undefined ? 0
    : 1_000 * secondsIn(autoscaler.spec?.behavior?.scaleDown?.stabilizationWindowSeconds, CONTROLLERS.hpaDownscaleStabilizationSeconds.value);
  const lingerMs = stabilizationMs + graceMs;
  const strategy = workload?.spec?.strategy as { readonly blueGreen?: unknown } | undefined;
  if (strategy?.blueGreen !== undefined) {
    return { more: pods => pods, lingerMs };
  }
  const facts = readyFactsOf(kind, workload);
  const isOneForOne = targetKindOf({ kind })?.rolloutField === 'updateStrategy';
  return { more: pods => isOneForOne ? 0 : moreOf(facts, pods, graceMs, startupMs), lingerMs };
}

function moreOf({ rollout, minReadySeconds }: ReadyFacts, pods: number, graceMs: number, startupMs: number): number {
  if (rollout.kind !== 'rolling') {
    return 0;
  }
  const surge = shareOf(rollout.maxSurge, pods, Math.ceil);
  const stepMs = Math.max(1_000, startupMs + minReadySeconds * 1_000);
  const ending = (surge + shareOf(rollout.maxUnavailable, pods, Math.floor)) * Math.ceil(graceMs / stepMs);
  return surge + Math.min(pods, ending);
}

/** `25%` of so many, or the number itself. */
function shareOf(amount: number | string, pods: number, round: (share: number) => number): number {
  const percent = /^(\d+)%$/.exec(String(amount))?.[1];
  return percent === undefined ? Number(amount) || 0 : round(Number(percent) * pods / 100);
}

function secondsIn(given: unknown, otherwise: number): number {
  return typeof given === 'number' && given >= 0 ? given : otherwise;
}
