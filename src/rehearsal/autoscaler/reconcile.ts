import { limitByFactor, limitByRate } from './limits';
import { AutoscalerMemory, remember, stabilizeBothWays, stabilizeDown } from './memory';
import { Reading, ScaleState, propose } from './metrics';
import { CONTROLLER_DEFAULTS, ControllerSettings } from './spec';

export type ConditionType = 'AbleToScale' | 'ScalingActive' | 'ScalingLimited';

export interface Condition {
  readonly status: boolean;
  readonly reason: string;
}

export type Conditions = { readonly [type in ConditionType]?: Condition };

export interface Pass extends ScaleState {
  /** Parallel to the metrics of the spec. */
  readonly readings: readonly Reading[];
  readonly memory: AutoscalerMemory;
}

/** What one pass comes to. */
export interface Reconciled {
  /** The replicas that the target is scaled to. */
  readonly desired: number;
  readonly conditions: Conditions;
  readonly memory: AutoscalerMemory;
  /** Of the first resource metric with a utilisation target. */
  readonly utilization?: number;
}

/**
 * One pass of the HorizontalPodAutoscaler controller over one autoscaler, as a pure function that follows Kubernetes 1.36.
 *
 * Pods come in groups of equals, so that a pass costs the same for ten pods and for ten thousand. Instants are milliseconds, CPU and
 * custom metrics thousandths.
 */
export function reconcile(pass: Pass, settings: ControllerSettings = CONTROLLER_DEFAULTS): Reconciled {
  const { now, spec, replicas } = pass;
  const min = spec.minReplicas ?? 1;
  const memory = pass.memory.recommendations ? pass.memory : { ...pass.memory, recommendations: [{ replicas, at: now }] };
  const gotScale = { AbleToScale: { status: true, reason: 'SucceededGetScale' } };
  const rescaled = (desired: number, conditions: Conditions, before: AutoscalerMemory): Reconciled => ({
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
  const result = limited.replicas === replicas
    ? { desired: replicas, conditions, memory: after }
    : rescaled(limited.replicas, conditions, after);
  return { ...result, ...(proposal.utilization === undefined ? {} : { utilization: proposal.utilization }) };
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
