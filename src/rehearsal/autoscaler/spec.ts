import { CONTROLLERS } from '../../core/plan/defaults';
import { TriggerSchedule } from '../../core/plan/followed-metrics';

/** What an autoscaler is told: its spec and the controller's flags. CPU and custom metrics are counted in thousandths. */

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
  /** Of KEDA's cron scaler. */
  readonly schedule?: TriggerSchedule;
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
  tolerance: CONTROLLERS.hpaTolerance.value,
  cpuInitializationMs: CONTROLLERS.hpaCpuInitializationSeconds.value * 1000,
  initialReadinessMs: CONTROLLERS.hpaInitialReadinessSeconds.value * 1000,
  downscaleStabilizationMs: CONTROLLERS.hpaDownscaleStabilizationSeconds.value * 1000,
  scaleUpLimitFactor: CONTROLLERS.hpaScaleUpFactor.value,
  scaleUpLimitMinimum: CONTROLLERS.hpaScaleUpMinimum.value,
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
