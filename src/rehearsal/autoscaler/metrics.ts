import { AutoscalerSpec, ControllerSettings, MetricSpec } from './spec';

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

/** What a metric is compared with. */
export interface ScaleState {
  readonly now: number;
  readonly spec: AutoscalerSpec;
  /** `spec.replicas` of the target. */
  readonly replicas: number;
  /** `status.replicas` of the target: what exists, surge included. */
  readonly statusReplicas: number;
  readonly pods: readonly PodGroup[];
}

/** What one metric asks for, or why it cannot. */
export interface Proposal {
  readonly replicas: number;
  /** Percent of the request. */
  readonly utilization?: number;
  /** Average usage of a pod, or the value read. */
  readonly usage?: number;
  readonly failure?: string;
}

/** What one metric asks for. */
export function propose(
  metric: MetricSpec, pass: ScaleState, reading: Reading | undefined, settings: ControllerSettings,
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
  metric: MetricSpec, pass: ScaleState, reading: PodReadings, tolerances: Tolerances, settings: ControllerSettings,
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

  const sums = sumOf(pods, reading, { resource, isUtilization, now: pass.now }, settings);
  if (!sums) {
    return { replicas: 0, failure: `missing request for ${metric.name}` };
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

  const countsUnready = sums.unready > 0 && ratio > 1;
  if (!countsUnready && sums.missing === 0) {
    return { replicas: isTolerated(ratio, tolerances) ? replicas : Math.ceil(ratio * sums.ready), ...seen };
  }
  let { value, request, known } = sums;
  if (ratio < 1) {
    // on the way down a pod without metrics counts as one that is fully used
    value += isUtilization ? sums.missingRequest * Math.max(100, target) / 100 : sums.missing * target;
  }
  // exactly at the target it does not count; on the way up it counts as idle
  if (ratio !== 1) {
    request += sums.missingRequest;
    known += sums.missing;
  }
  if (countsUnready) {
    request += sums.unreadyRequest;
    known += sums.unready;
  }
  const newRatio = usageOf(value, request, known) / target;
  const hasTurned = (ratio < 1 && newRatio > 1) || (ratio > 1 && newRatio < 1);
  if (isTolerated(newRatio, tolerances) || hasTurned) {
    return { replicas, ...seen };
  }
  const wanted = Math.ceil(newRatio * known);
  const isBackwards = (newRatio < 1 && wanted > replicas) || (newRatio > 1 && wanted < replicas);
  return { replicas: isBackwards ? replicas : wanted, ...seen };
}

/** Pods by class, and what is known of them. */
interface PodSums {
  ready: number;
  missing: number;
  unready: number;
  /** Entries of the metric that count, strays included. */
  known: number;
  value: number;
  /** Of the pods whose metrics count. */
  request: number;
  missingRequest: number;
  unreadyRequest: number;
}

/** Undefined: a pod has no request, and utilisation cannot be told. */
function sumOf(
  pods: readonly PodGroup[], reading: PodReadings, how: { resource: string; isUtilization: boolean; now: number }, settings: ControllerSettings,
): PodSums | undefined {
  const sums: PodSums = { ready: 0, missing: 0, unready: 0, known: 0, value: 0, request: 0, missingRequest: 0, unreadyRequest: 0 };
  for (let i = 0; i < pods.length; i++) {
    const { count } = pods[i];
    const request = reading.requests?.[i];
    if (how.isUtilization && request === undefined) {
      return undefined;
    }
    const sample = reading.samples[i];
    switch (classify(pods[i], sample, how.resource, how.now, settings)) {
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
    sums.value += stray && !how.isUtilization ? stray.value : 0;
  }
  return sums;
}

function proposeFromValue(
  metric: MetricSpec, pass: ScaleState, value: number, tolerances: Tolerances,
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
