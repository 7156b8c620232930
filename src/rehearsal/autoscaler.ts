/**
 * One pass of the HorizontalPodAutoscaler controller as a pure function, following Kubernetes 1.36.
 *
 * Pods come in groups of equals, so that a pass costs the same for ten pods and for ten thousand. Instants are milliseconds, CPU and
 * custom metrics thousandths.
 */

/** The part of an HPA's spec that decides, with the API server's defaults for `behavior` filled in (see `defaultBehavior`). */
export interface AutoscalerSpec {
  /** Default: 1. */
  readonly minReplicas?: number;
  readonly maxReplicas: number;
  readonly metrics: readonly MetricSpec[];
  readonly behavior?: Behavior;
}

/** One metric; exactly one of the three targets is set. */
export interface MetricSpec {
  /** `Resource`, `ContainerResource`, `Pods`, `Object` or `External`; anything else is invalid, as it is upstream. */
  readonly type: string;
  readonly name: string;
  /** Of a `ContainerResource`. */
  readonly container?: string;
  readonly averageUtilization?: number;
  readonly averageValue?: number;
  readonly value?: number;
}

export interface Behavior {
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
}

export interface ScalingRules {
  /** Absent on the way down: the controller's `downscaleStabilizationMs`. */
  readonly stabilizationWindowSeconds?: number;
  readonly selectPolicy: 'Max' | 'Min' | 'Disabled';
  readonly policies: readonly ScalingPolicy[];
  /** Deviation from the target that is ignored. Absent: the controller's. */
  readonly tolerance?: number;
}

export interface ScalingPolicy {
  readonly type: 'Pods' | 'Percent';
  readonly value: number;
  readonly periodSeconds: number;
}

/** Flags and constants of the controller. */
export interface ControllerSettings {
  readonly tolerance: number;
  readonly cpuInitializationMs: number;
  readonly initialReadinessMs: number;
  readonly downscaleStabilizationMs: number;
  /** Without `behavior`: at most this many times the current count in one pass, or the minimum, whichever is more. */
  readonly scaleUpLimitFactor: number;
  readonly scaleUpLimitMinimum: number;
}

/** The defaults of kube-controller-manager. */
export const CONTROLLER_DEFAULTS: ControllerSettings = {
  tolerance: 0.1,
  cpuInitializationMs: 300_000,
  initialReadinessMs: 30_000,
  downscaleStabilizationMs: 300_000,
  scaleUpLimitFactor: 2,
  scaleUpLimitMinimum: 4,
};

/** What the API server writes where `behavior` leaves something out. */
export function defaultBehavior(behavior: { scaleUp?: Partial<ScalingRules>; scaleDown?: Partial<ScalingRules> }): Behavior {
  return {
    scaleUp: {
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Max',
      policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, { type: 'Percent', value: 100, periodSeconds: 15 }],
      ...behavior.scaleUp,
    },
    scaleDown: {
      selectPolicy: 'Max',
      policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
      ...behavior.scaleDown,
    },
  };
}

/** Pods that look alike to the autoscaler. */
export interface PodGroup {
  readonly count: number;
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  readonly deleting?: boolean;
  /** Absent: no start time. */
  readonly startedAt?: number;
  /** Absent: no Ready condition. */
  readonly ready?: boolean;
  /** When Ready last changed. */
  readonly readySince?: number;
}

/** What the metrics API knows of each pod of a group. */
export interface Sample {
  readonly value: number;
  readonly at: number;
  readonly windowMs: number;
}

/** What one metric reads: per group of pods, or one value, or a failure. */
export type Reading = PodReadings | { readonly value: number } | { readonly failure: string };

export interface PodReadings {
  /** Parallel to the groups; what stands beyond them belongs to pods that are unknown. Absent: missing. */
  readonly samples: readonly (Sample | undefined)[];
  /** What a pod of each group requests; absent: a container has no request. Only utilisation needs it. */
  readonly requests?: readonly (number | undefined)[];
}

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

export type ConditionType = 'AbleToScale' | 'ScalingActive' | 'ScalingLimited';

export interface Condition {
  readonly status: boolean;
  readonly reason: string;
}

export type Conditions = { readonly [type in ConditionType]?: Condition };

export interface Pass {
  readonly now: number;
  readonly spec: AutoscalerSpec;
  /** `spec.replicas` of the target. */
  readonly replicas: number;
  /** `status.replicas` of the target: what exists, surge included. */
  readonly statusReplicas: number;
  readonly pods: readonly PodGroup[];
  /** Parallel to the metrics of the spec. */
  readonly readings: readonly Reading[];
  readonly memory: AutoscalerMemory;
}

export interface Decision {
  readonly desired: number;
  readonly conditions: Conditions;
  readonly memory: AutoscalerMemory;
  /** Of the first resource metric with a utilisation target. */
  readonly utilization?: number;
}

/** One pass over one autoscaler. */
export function decide(pass: Pass, settings: ControllerSettings = CONTROLLER_DEFAULTS): Decision {
  const { now, spec, replicas } = pass;
  const min = spec.minReplicas ?? 1;
  const memory = pass.memory.recommendations ? pass.memory : { ...pass.memory, recommendations: [{ replicas, at: now }] };
  const gotScale = { AbleToScale: { status: true, reason: 'SucceededGetScale' } };
  const rescaled = (desired: number, conditions: Conditions, before: AutoscalerMemory): Decision => ({
    desired,
    conditions: { ...conditions, AbleToScale: { status: true, reason: 'SucceededRescale' } },
    memory: remember(before, spec.behavior, replicas, desired, now),
  });

  if (replicas === 0 && min !== 0) {
    return { desired: 0, conditions: { ...gotScale, ScalingActive: { status: false, reason: 'ScalingDisabled' } }, memory };
  }
  if (replicas > spec.maxReplicas) {
    return rescaled(spec.maxReplicas, {}, memory);
  }
  if (replicas < min) {
    return rescaled(min, {}, memory);
  }
  const proposal = proposeForAll(pass, settings);
  if (proposal.failed) {
    return { desired: replicas, conditions: { ...gotScale, ScalingActive: { status: false, reason: proposal.failed } }, memory };
  }
  const stable = spec.behavior
    ? stabilizeBothWays(memory.recommendations!, proposal.replicas, replicas, spec.behavior, now, settings)
    : stabilizeDown(memory.recommendations!, proposal.replicas, now, settings);
  const limited = spec.behavior
    ? limitByRate(stable.replicas, replicas, min, spec.maxReplicas, spec.behavior, memory, now)
    : limitByFactor(stable.replicas, replicas, min, spec.maxReplicas, settings);
  const conditions: Conditions = {
    AbleToScale: { status: true, reason: stable.replicas === proposal.replicas ? 'ReadyForNewScale' : stable.reason },
    ScalingActive: { status: true, reason: 'ValidMetricFound' },
    ScalingLimited: { status: limited.replicas !== stable.replicas, reason: limited.reason },
  };
  const after = { ...memory, recommendations: stable.recommendations };
  const decision = limited.replicas === replicas
    ? { desired: replicas, conditions, memory: after }
    : rescaled(limited.replicas, conditions, after);
  return { ...decision, ...(proposal.utilization === undefined ? {} : { utilization: proposal.utilization }) };
}

// ---- from metrics to a proposal

/** What one metric asks for, or why it cannot. */
export interface Proposal {
  readonly replicas: number;
  /** Percent of the request. */
  readonly utilization?: number;
  /** Average usage of a pod, or the value read. */
  readonly usage?: number;
  readonly failure?: string;
}

const FAILED_REASONS: { readonly [type: string]: string } = {
  Resource: 'FailedGetResourceMetric',
  ContainerResource: 'FailedGetContainerResourceMetric',
  Pods: 'FailedGetPodsMetric',
  Object: 'FailedGetObjectMetric',
  External: 'FailedGetExternalMetric',
};

/** The highest proposal counts; a metric that fails forbids to scale down, and all together forbid to scale. */
function proposeForAll(pass: Pass, settings: ControllerSettings): { replicas: number; utilization?: number; failed?: string } {
  let highest = 0;
  let utilization: number | undefined;
  let failed: string | undefined;
  let valid = 0;
  for (let i = 0; i < pass.spec.metrics.length; i++) {
    const metric = pass.spec.metrics[i];
    const proposal = propose(metric, pass, pass.readings[i], settings);
    if (proposal.failure !== undefined) {
      failed ??= FAILED_REASONS[metric.type] ?? 'InvalidMetricSourceType';
      continue;
    }
    valid++;
    utilization ??= proposal.utilization;
    highest = Math.max(highest, proposal.replicas);
  }
  const stuck = failed !== undefined && (valid === 0 || highest < pass.replicas);
  return { replicas: highest, ...(utilization === undefined ? {} : { utilization }), ...(stuck ? { failed } : {}) };
}

/** What one metric asks for. */
export function propose(
  metric: MetricSpec, pass: Pick<Pass, 'now' | 'spec' | 'replicas' | 'statusReplicas' | 'pods'>, reading: Reading | undefined,
  settings: ControllerSettings,
): Proposal {
  if (!reading || 'failure' in reading) {
    return { replicas: 0, failure: reading?.failure ?? 'no metrics returned' };
  }
  const tolerances = {
    up: pass.spec.behavior?.scaleUp.tolerance ?? settings.tolerance,
    down: pass.spec.behavior?.scaleDown.tolerance ?? settings.tolerance,
  };
  switch (metric.type) {
    case 'Resource':
    case 'ContainerResource':
    case 'Pods':
      return 'samples' in reading ? proposeFromPods(metric, pass, reading, tolerances, settings) : { replicas: 0, failure: 'no metrics of pods' };
    case 'Object':
    case 'External':
      return 'value' in reading ? proposeFromValue(metric, pass, reading.value, tolerances) : { replicas: 0, failure: 'no single value' };
    default:
      return { replicas: 0, failure: `unknown metric source type ${metric.type}` };
  }
}

interface Tolerances {
  readonly up: number;
  readonly down: number;
}

function isTolerated(ratio: number, { up, down }: Tolerances): boolean {
  return 1 - down <= ratio && ratio <= 1 + up;
}

/** How the controller sees a group of pods. */
export type PodClass = 'ready' | 'unready' | 'missing' | 'ignored';

/** Sorts one group; `resource` is `cpu` where readiness counts. */
export function classify(pod: PodGroup, sample: Sample | undefined, resource: string, now: number, settings: ControllerSettings): PodClass {
  if (pod.deleting || pod.phase === 'Failed') {
    return 'ignored';
  }
  if (pod.phase === 'Pending') {
    return 'unready';
  }
  if (!sample) {
    return 'missing';
  }
  if (resource !== 'cpu') {
    return 'ready';
  }
  if (pod.ready === undefined || pod.startedAt === undefined) {
    return 'unready';
  }
  const readySince = pod.readySince ?? -Infinity;
  const unready = pod.startedAt + settings.cpuInitializationMs > now
    // while it may still be starting: unready, or not one whole window since it changed
    ? !pod.ready || sample.at < readySince + sample.windowMs
    // later: unready ever since it started
    : !pod.ready && pod.startedAt + settings.initialReadinessMs > readySince;
  return unready ? 'unready' : 'ready';
}

function proposeFromPods(
  metric: MetricSpec, pass: Pick<Pass, 'now' | 'replicas' | 'pods'>, reading: PodReadings, tolerances: Tolerances, settings: ControllerSettings,
): Proposal {
  const { pods, replicas } = pass;
  if (pods.length === 0) {
    return { replicas: 0, failure: 'no pods returned by selector while calculating replica count' };
  }
  const isUtilization = metric.averageUtilization !== undefined;
  const resource = metric.type === 'Pods' ? '' : metric.name;
  const target = metric.averageUtilization ?? metric.averageValue;
  if (target === undefined) {
    return { replicas: 0, failure: `invalid metric source ${metric.name}: neither a utilization target nor a value target was set` };
  }

  const sums = { ready: 0, missing: 0, unready: 0, value: 0, request: 0, known: 0, missingRequest: 0, unreadyRequest: 0 };
  for (let i = 0; i < pods.length; i++) {
    const { count } = pods[i];
    const request = reading.requests?.[i];
    if (isUtilization && request === undefined) {
      return { replicas: 0, failure: `missing request for ${metric.name}` };
    }
    const sample = reading.samples[i];
    switch (classify(pods[i], sample, resource, pass.now, settings)) {
      case 'missing':
        sums.missing += count;
        sums.missingRequest += count * (request ?? 0);
        break;
      case 'unready':
        sums.unready += count;
        sums.unreadyRequest += count * (request ?? 0);
        break;
      case 'ready':
        sums.ready += count;
        sums.known += count;
        sums.value += count * sample!.value;
        sums.request += count * (request ?? 0);
        break;
      case 'ignored':
    }
  }
  for (const stray of reading.samples.slice(pods.length)) {
    // a pod that nobody knows: counted, but its request is unknown
    sums.known += stray ? 1 : 0;
    sums.value += stray && !isUtilization ? stray.value : 0;
  }
  if (sums.known === 0) {
    return { replicas: 0, failure: 'did not receive metrics for targeted pods (pods might be unready)' };
  }
  if (isUtilization && sums.request === 0) {
    return { replicas: 0, failure: 'no metrics returned matched known pods' };
  }
  const usageOf = (value: number, request: number, entries: number) => Math.trunc(isUtilization ? value * 100 / request : value / entries);
  const usage = usageOf(sums.value, sums.request, sums.known);
  const ratio = usage / target;
  const seen = isUtilization ? { utilization: usage, usage: Math.trunc(sums.value / sums.ready) } : { usage };

  const rebalance = sums.unready > 0 && ratio > 1;
  if (!rebalance && sums.missing === 0) {
    return { replicas: isTolerated(ratio, tolerances) ? replicas : Math.ceil(ratio * sums.ready), ...seen };
  }
  let { value, request, known } = sums;
  if (sums.missing > 0 && !(isUtilization && ratio === 1)) {
    if (ratio < 1) {
      value += isUtilization ? sums.missingRequest * Math.max(100, target) / 100 : sums.missing * target;
    }
    request += sums.missingRequest;
    known += sums.missing;
  }
  if (rebalance) {
    request += sums.unreadyRequest;
    known += sums.unready;
  }
  const newRatio = usageOf(value, request, known) / target;
  const turned = (ratio < 1 && newRatio > 1) || (ratio > 1 && newRatio < 1);
  if (isTolerated(newRatio, tolerances) || turned) {
    return { replicas, ...seen };
  }
  const wanted = Math.ceil(newRatio * known);
  const backwards = (newRatio < 1 && wanted > replicas) || (newRatio > 1 && wanted < replicas);
  return { replicas: backwards ? replicas : wanted, ...seen };
}

function proposeFromValue(
  metric: MetricSpec, pass: Pick<Pass, 'replicas' | 'statusReplicas' | 'pods'>, value: number, tolerances: Tolerances,
): Proposal {
  if (metric.averageValue !== undefined) {
    const ratio = value / (metric.averageValue * pass.statusReplicas);
    return {
      replicas: isTolerated(ratio, tolerances) ? pass.statusReplicas : Math.ceil(value / metric.averageValue),
      usage: Math.ceil(value / pass.statusReplicas),
    };
  }
  if (metric.value === undefined) {
    return { replicas: 0, failure: `invalid metric source ${metric.name}: neither a value target nor an average value target was set` };
  }
  const ratio = value / metric.value;
  if (pass.replicas === 0) {
    return { replicas: Math.ceil(ratio), usage: value };
  }
  if (isTolerated(ratio, tolerances)) {
    return { replicas: pass.replicas, usage: value };
  }
  if (pass.pods.length === 0) {
    return { replicas: 0, failure: 'no pods returned by selector while calculating replica count' };
  }
  const ready = pass.pods.reduce((sum, pod) => sum + (pod.phase === 'Running' && pod.ready ? pod.count : 0), 0);
  return { replicas: Math.ceil(ratio * ready), usage: value };
}

// ---- from a proposal to a replica count

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

interface Limited {
  readonly replicas: number;
  readonly reason: string;
}

/** Without `behavior`: between floor and ceiling, and at most twice as many as there are, or four. */
export function limitByFactor(desired: number, current: number, min: number, max: number, settings: ControllerSettings): Limited {
  const upLimit = Math.max(settings.scaleUpLimitFactor * current, settings.scaleUpLimitMinimum);
  if (desired < min) {
    return { replicas: min, reason: 'TooFewReplicas' };
  }
  if (desired > Math.min(max, upLimit)) {
    return max > upLimit ? { replicas: upLimit, reason: 'ScaleUpLimit' } : { replicas: max, reason: 'TooManyReplicas' };
  }
  return { replicas: desired, reason: 'DesiredWithinRange' };
}

/** With `behavior`: by the policies of the direction, then between floor and ceiling. */
export function limitByRate(
  desired: number, current: number, min: number, max: number, behavior: Behavior,
  events: Pick<AutoscalerMemory, 'scaleUps' | 'scaleDowns'>, now: number,
): Limited {
  if (desired > current) {
    const upLimit = Math.max(current, scaleUpLimit(current, behavior.scaleUp, events, now));
    if (desired > Math.min(max, upLimit)) {
      return max > upLimit ? { replicas: upLimit, reason: 'ScaleUpLimit' } : { replicas: max, reason: 'TooManyReplicas' };
    }
  } else if (desired < current) {
    const downLimit = Math.min(current, scaleDownLimit(current, behavior.scaleDown, events, now));
    if (desired < Math.max(min, downLimit)) {
      return min < downLimit ? { replicas: downLimit, reason: 'ScaleDownLimit' } : { replicas: min, reason: 'TooFewReplicas' };
    }
  }
  return { replicas: desired, reason: 'DesiredWithinRange' };
}

type Events = Pick<AutoscalerMemory, 'scaleUps' | 'scaleDowns'>;

/** The most that the policies allow now. */
export function scaleUpLimit(current: number, rules: ScalingRules, events: Events, now: number): number {
  if (rules.selectPolicy === 'Disabled') {
    return current;
  }
  const select = rules.selectPolicy === 'Min' ? Math.min : Math.max;
  let limit: number = rules.selectPolicy === 'Min' ? Infinity : -Infinity;
  for (const { type, value, periodSeconds } of rules.policies) {
    const start = current - changeWithin(events.scaleUps, periodSeconds, now) + changeWithin(events.scaleDowns, periodSeconds, now);
    limit = select(limit, type === 'Pods' ? start + value : Math.ceil(start * (1 + value / 100)));
  }
  return limit;
}

/** The least that the policies allow now. */
export function scaleDownLimit(current: number, rules: ScalingRules, events: Events, now: number): number {
  if (rules.selectPolicy === 'Disabled') {
    return current;
  }
  // the least change is the highest count
  const select = rules.selectPolicy === 'Min' ? Math.max : Math.min;
  let limit: number = rules.selectPolicy === 'Min' ? -Infinity : Infinity;
  for (const { type, value, periodSeconds } of rules.policies) {
    const start = current - changeWithin(events.scaleUps, periodSeconds, now) + changeWithin(events.scaleDowns, periodSeconds, now);
    limit = select(limit, type === 'Pods' ? start - value : Math.trunc(start * (1 - value / 100)));
  }
  return limit;
}

/** Pods that were added, or taken, within a period. */
export function changeWithin(events: readonly ScaleEvent[], periodSeconds: number, now: number): number {
  const cutoff = now - periodSeconds * 1000;
  return events.reduce((sum, event) => event.at > cutoff ? sum + event.change : sum, 0);
}

// ---- what is remembered

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

// ---- requests

/** The part of a container's manifest that its CPU or memory request depends on. */
export interface RequestingContainer {
  readonly name: string;
  /** Absent: none. */
  readonly request?: number;
  /** Init containers only; `Always` makes one a sidecar that counts. */
  readonly restartPolicy?: string;
}

/**
 * What a pod requests in the eyes of the autoscaler: the sum over its containers and sidecars, or one container's.
 *
 * Absent if one has no request: the metric is then invalid, unless the pod itself has one (`podLevel`).
 */
export function requestOf(
  containers: readonly RequestingContainer[], initContainers: readonly RequestingContainer[] = [], container?: string, podLevel?: number,
): number | undefined {
  if (!container && podLevel !== undefined) {
    return podLevel;
  }
  let sum = 0;
  for (const { name, request } of [...containers, ...initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always')]) {
    if (container && name !== container) {
      continue;
    }
    if (request === undefined) {
      return undefined;
    }
    sum += request;
  }
  return sum;
}
