import { Assumptions } from './assumptions';
import { Plan } from '../core/plan/plan';
import { Probes } from '../core/plan/pod-shape';
import { ReadyFacts, earlyProbeOf } from '../core/plan/ready-facts';
import { inWords } from '../core/time/offset';

/** What a result says of the facts that decide when pods are Ready: how they are played, or that they are not. */
export function readyNotesOf(facts: ReadyFacts, { workload: { kind, name } }: Pick<Plan, 'workload'>, isKnown: boolean): string[] {
  const its = `${kind} '${name}'`;
  const { isOrdered, minReadySeconds, readinessGates, initContainers, rollout, isPaused } = facts;
  const { aloneBecause, domains, nodeRequirements, toleratedTaints } = facts;
  return [
    ...(isOrdered ? [orderNote(its, isKnown)] : []),
    ...(minReadySeconds > 0 && isOrdered ? [`${its} has minReadySeconds ${minReadySeconds}: each pod waits so long for the one before it`] : []),
    ...(aloneBecause === undefined ? [] : [`${its} has one pod on a node, because of ${aloneBecause}: as many nodes are needed as pods`]),
    ...(rollout.kind === 'on-delete' ? [`${its} has the update strategy OnDelete: the fault 'rollout' replaces no pod`] : []),
    ...(rollout.kind === 'rolling' && rollout.isAssumed && isKnown
      ? [`how ${its} replaces its pods is not read: the fault 'rollout' takes them away and adds them by ${rollout.maxSurge}`] : []),
    ...(isPaused ? [`${its} is paused: the fault 'rollout' replaces no pod; one that was never rolled out has no pods at all, which is not played`] : []),
    ...(initContainers.length === 0 ? [] : [`init containers of ${its} (${initContainers.join(', ')}) are taken to end at once: count their time in 'startupTime'`]),
    ...(readinessGates.length === 0 ? []
      : [`readiness gates of ${its} (${readinessGates.join(', ')}) are taken as open at once: put the time that their controller needs into 'startupTime'`]),
    ...domains.map(({ topologyKey, limit }) => `${its} may be kept from nodes by ${topologyKey} (${limit}), which is not played: count the domains that you have`),
    ...(nodeRequirements.length === 0 ? []
      : [`${its} needs nodes with ${nodeRequirements.join(', ')}: 'nodesAtStart', 'nodesMax' and 'nodeProvisionSeconds' are taken as those of such nodes`]),
    ...(toleratedTaints.length === 0 ? [] : [`${its} tolerates ${toleratedTaints.join(', ')}: whether its nodes are tainted so is not known, and not played`]),
  ];
}

function orderNote(its: string, isKnown: boolean): string {
  return isKnown
    ? `${its} starts its pods one after the other (podManagementPolicy OrderedReady)`
    : `${its} is taken to start its pods one after the other, as a StatefulSet does by default; where its podManagementPolicy is Parallel, give its manifest too`;
}

/** A container that is killed before it is up, again and again. */
export function probeNotesOf(probes: Probes, { startupSeconds, startupSpreadPercent }: Assumptions): string[] {
  const slowestMs = Math.round(startupSeconds * (1 + startupSpreadPercent / 100)) * 1000;
  const early = earlyProbeOf(probes, slowestMs);
  if (!early) {
    return [];
  }
  const isAlways = early.givesUpAfterMs < startupSeconds * 1000;
  const takes = isAlways ? inWords(startupSeconds * 1000) : `up to ${inWords(slowestMs)}`;
  return [`the ${early.probe} gives up ${inWords(early.givesUpAfterMs)} after the start of a container, which takes ${takes}: `
    + 'the container is killed again and again; give the probe more time (failureThreshold, periodSeconds), or a startupProbe that has it'];
}
