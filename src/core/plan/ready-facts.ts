import { ParsedTemplate, Probes, containersIn, isSidecar } from './pod-shape';
import { targetKindOf } from './target-kind';

/**
 * What slows or prevents Ready, beside requests and probes: read from a workload's manifest, once for everybody.
 *
 * The rehearsal plays it or says that it does not; the plan's checks make findings of it.
 */
export interface ReadyFacts {
  /** Pods start one after the other, each once the one before it is available, and go one after the other. */
  readonly isOrdered: boolean;
  /** How long a pod must be Ready before it counts as available: for rollouts, and for the next pod of an ordered workload. */
  readonly minReadySeconds: number;
  /** Conditions that another controller must set before a pod is Ready. */
  readonly readinessGates: readonly string[];
  /** Containers that run to their end before each start of a pod. */
  readonly initContainers: readonly string[];
  readonly rollout: RolloutFacts;
  /** A rollout does not begin; only the number of pods follows. */
  readonly isPaused: boolean;
  /** Why no two pods fit on one node, such as `hostPort 8080`; absent: they do. */
  readonly aloneBecause?: string;
  /** Domains of which each takes no pod, or not one more, because of the pods that it has; a node is none of them. */
  readonly domains: readonly DomainLimit[];
  /** What a node must have for a pod, such as `disktype`. */
  readonly nodeRequirements: readonly string[];
  /** Taints that the pods tolerate: marks of nodes that are set apart. */
  readonly toleratedTaints: readonly string[];
}

/** How pods of an older template are replaced. */
export type RolloutFacts =
  | {
    readonly kind: 'rolling';
    readonly maxSurge: number | string;
    readonly maxUnavailable: number | string;
    /** Nobody reads how pods of this kind are replaced. */
    readonly isAssumed?: true;
  }
  /** All old pods go before the first new one comes. */
  | { readonly kind: 'recreate' }
  /** Only whoever deletes pods replaces them. */
  | { readonly kind: 'on-delete' };

/** A domain of nodes, such as a zone, and how far pods may crowd in it. */
export interface DomainLimit {
  readonly topologyKey: string;
  /** `ONE_POD_EACH` or `maxSkew 1`. */
  readonly limit: string;
}

/** What is read of a workload; nobody has checked it. */
export interface ParsedWorkload {
  readonly kind?: string;
  readonly spec?: {
    readonly template?: ParsedTemplate;
    readonly podManagementPolicy?: string;
    readonly minReadySeconds?: number;
    readonly paused?: boolean;
    /** Of a Deployment. */
    readonly strategy?: ParsedStrategy;
    /** Of a StatefulSet. */
    readonly updateStrategy?: ParsedStrategy;
  };
}

interface ParsedStrategy {
  readonly type?: string;
  readonly rollingUpdate?: { readonly maxSurge?: number | string; readonly maxUnavailable?: number | string };
}

/** What is read of a pod's `spec` beside what `pod-shape` reads. */
interface PlacedPod {
  readonly hostNetwork?: boolean;
  readonly nodeSelector?: { readonly [label: string]: string };
  readonly affinity?: {
    readonly podAntiAffinity?: { readonly requiredDuringSchedulingIgnoredDuringExecution?: unknown };
    readonly nodeAffinity?: { readonly requiredDuringSchedulingIgnoredDuringExecution?: { readonly nodeSelectorTerms?: unknown } };
  };
  readonly topologySpreadConstraints?: unknown;
  readonly tolerations?: unknown;
  readonly readinessGates?: unknown;
}

const NODE = 'kubernetes.io/hostname';

/** The limit of a domain that takes no second pod. */
export const ONE_POD_EACH = '1 pod each';

/**
 * Reads the facts of a workload.
 *
 * @param kind of the workload; of one that is known by name only nothing else is known, and a StatefulSet is ordered by Kubernetes' default
 */
export function readyFactsOf(kind: string, workload?: ParsedWorkload): ReadyFacts {
  const spec = workload?.spec ?? {};
  const template = spec.template ?? {};
  const pod = (template.spec ?? {}) as PlacedPod;
  const limits = domainLimitsOf(pod, template);
  const nodeLimit = limits.find(({ topologyKey, isHard }) => topologyKey === NODE && isHard);
  const hostPort = hostPortOf(template);
  const aloneBecause = hostPort === undefined ? nodeLimit && 'its required anti-affinity' : `hostPort ${hostPort}`;
  return {
    isOrdered: targetKindOf({ kind })?.isOrdered === true && spec.podManagementPolicy !== 'Parallel',
    minReadySeconds: typeof spec.minReadySeconds === 'number' ? spec.minReadySeconds : 0,
    readinessGates: itemsOf(pod.readinessGates).map(({ conditionType }) => String(conditionType)),
    initContainers: containersIn(template.spec?.initContainers).filter(container => !isSidecar(container)).map(({ name = '' }) => name),
    rollout: rolloutOf(kind, spec),
    isPaused: spec.paused === true,
    ...(aloneBecause ? { aloneBecause } : {}),
    domains: limits.filter(limit => limit !== nodeLimit).map(({ topologyKey, limit }) => ({ topologyKey, limit })),
    nodeRequirements: nodeRequirementsOf(pod),
    toleratedTaints: itemsOf(pod.tolerations).filter(({ key, effect }) => effect !== 'NoExecute' && key !== undefined).map(({ key }) => String(key)),
  };
}

/** A probe that kills a container before it is up. */
export interface EarlyProbe {
  readonly probe: 'startupProbe' | 'livenessProbe';
  /** From the start of the container. */
  readonly givesUpAfterMs: number;
}

/**
 * The probe that never lets a container come up that takes so long to start; undefined: none does.
 *
 * A startup probe holds the liveness probe back until it has succeeded.
 */
export function earlyProbeOf(probes: Probes, startupMs: number): EarlyProbe | undefined {
  const giving = givingUpOf(probes);
  return giving && giving.givesUpAfterMs < startupMs ? giving : undefined;
}

/** When a container that does not come up is killed; undefined: never. */
export function givingUpOf({ startupProbe, livenessProbe }: Probes): EarlyProbe | undefined {
  const probe = startupProbe ?? livenessProbe;
  return probe && {
    probe: startupProbe ? 'startupProbe' : 'livenessProbe',
    givesUpAfterMs: (probe.initialDelaySeconds + probe.periodSeconds * probe.failureThreshold) * 1000,
  };
}

function rolloutOf(kind: string, { strategy, updateStrategy }: NonNullable<ParsedWorkload['spec']>): RolloutFacts {
  const { rolloutField } = targetKindOf({ kind }) ?? {};
  if (rolloutField === undefined) {
    return { kind: 'rolling', maxSurge: '25%', maxUnavailable: '25%', isAssumed: true };
  }
  if (rolloutField === 'updateStrategy') {
    // one pod at a time, and no pod more; maxUnavailable is behind a gate of its own
    const { maxUnavailable = 1 } = updateStrategy?.rollingUpdate ?? {};
    return updateStrategy?.type === 'OnDelete' ? { kind: 'on-delete' } : { kind: 'rolling', maxSurge: 0, maxUnavailable };
  }
  const { maxSurge = '25%', maxUnavailable = '25%' } = strategy?.rollingUpdate ?? {};
  return strategy?.type === 'Recreate' ? { kind: 'recreate' } : { kind: 'rolling', maxSurge, maxUnavailable };
}

/** A port of the node that each pod takes for itself. */
function hostPortOf({ spec }: ParsedTemplate): number | undefined {
  const isOnHost = (spec as PlacedPod | undefined)?.hostNetwork === true;
  const ports = [...containersIn(spec?.containers), ...containersIn(spec?.initContainers).filter(isSidecar)]
    .flatMap(({ ports: own }) => itemsOf(own).map(({ hostPort, containerPort }) => hostPort || (isOnHost ? containerPort : undefined)));
  return ports.find(port => typeof port === 'number' && port > 0) as number | undefined;
}

/** Domains that pods of the same template keep each other out of. */
function domainLimitsOf(pod: PlacedPod, { metadata }: ParsedTemplate): (DomainLimit & { readonly isHard: boolean })[] {
  const labels = metadata?.labels ?? {};
  const isOwn = ({ labelSelector }: Fields) => matches(labelSelector, labels);
  const terms = itemsOf(pod.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution).filter(isOwn);
  const spreads = itemsOf(pod.topologySpreadConstraints).filter(isOwn)
    .filter(({ whenUnsatisfiable = 'DoNotSchedule' }) => whenUnsatisfiable === 'DoNotSchedule');
  return [
    ...terms.map(({ topologyKey }) => ({ topologyKey: String(topologyKey), limit: ONE_POD_EACH, isHard: true })),
    ...spreads.map(({ topologyKey, maxSkew }) => ({ topologyKey: String(topologyKey), limit: `maxSkew ${String(maxSkew)}`, isHard: false })),
  ];
}

function nodeRequirementsOf({ nodeSelector, affinity }: PlacedPod): string[] {
  const terms = itemsOf(affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms);
  const expressions = terms.flatMap(({ matchExpressions, matchFields }) => [...itemsOf(matchExpressions), ...itemsOf(matchFields)]);
  return [...new Set([...Object.keys(nodeSelector ?? {}), ...expressions.map(({ key }) => String(key))])];
}

/** Whether a label selector selects these labels; one that is not there selects nothing, an empty one everything. */
function matches(selector: unknown, labels: { readonly [label: string]: string }): boolean {
  if (!selector || typeof selector !== 'object') {
    return false;
  }
  const { matchLabels, matchExpressions } = selector as Fields;
  return Object.entries(matchLabels ?? {}).every(([label, value]) => labels[label] === value)
    && itemsOf(matchExpressions).every(({ key, operator, values }) => {
      const value: string | undefined = labels[String(key)];
      const isListed = Array.isArray(values) && values.includes(value);
      switch (operator) {
        case 'In': return isListed;
        case 'NotIn': return !isListed;
        case 'Exists': return value !== undefined;
        case 'DoesNotExist': return value === undefined;
        default: return false;
      }
    });
}

interface Fields {
  readonly [field: string]: unknown;
}

function itemsOf(list: unknown): Fields[] {
  return Array.isArray(list) ? list.filter(item => item && typeof item === 'object') : [];
}
