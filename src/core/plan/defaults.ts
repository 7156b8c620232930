/**
 * Defaults and figures, each said once, with its source.
 *
 * Two values stand where two are meant: `usual` is what a rehearsal plays, `slow` is what a warning reckons with.
 */

/** What a schedule takes where nobody says otherwise. */
export const DEFAULTS = {
  /** Pods that guard through a window, so that one lost node leaves the other. */
  guards: 2,
  /** From the start of a container to Ready: a Spring Boot service on 1 CPU takes about 30 s, with its probes twice that. */
  startupMs: 60_000,
  /** Floor and ceiling between events, of a service that is rendered here. */
  baseline: { floor: 2, ceiling: 10 },
  /** The autoscaler's target, in percent of the requested CPU. */
  targetPercent: 70,
  leadMs: 2 * 3_600_000,
  holdMs: 3_600_000,
  /** All pods are Ready this long before the opening. */
  readyMarginMs: 15 * 60_000,
  rampSteps: 4,
  /** New connections that a dependency is thought to take within a minute: a choice of this library, and no measured figure. */
  connectsPerMinute: 1_000,
} as const;

/** A figure of production clusters. */
export interface Figure {
  readonly usual: number;
  /** The slow end of what is usual. */
  readonly slow: number;
  /** Where both come from. */
  readonly source: string;
}

const MEASURED = 'usual figure of production clusters';

/** How long things take between a time in the plan and a pod that is Ready. */
export const DELAYS = {
  /** A CronJob's time until its pod has written the floor. */
  keeperMs: { usual: 8_000, slow: 30_000, source: `${MEASURED} (3 to 30 s)` },
  /** An ordered node is Ready. */
  nodeMs: { usual: 60_000, slow: 210_000, source: 'Karpenter (40 to 120 s); Cluster Autoscaler 210 s (120 to 420 s)' },
  /** A node has pulled the image: 400 MiB at 50 MiB/s, and a larger one from a slow registry. */
  imageMs: { usual: 400 / 50 * 1.3 * 1_000, slow: 60_000, source: `${MEASURED} (12 to 200 MiB/s, 30 % more to unpack)` },
} as const satisfies { readonly [name: string]: Figure };

/** A setting of one of Kubernetes' controllers. */
export interface ControllerDefault {
  readonly value: number;
  readonly source: string;
}

const flag = (value: number, source: string): ControllerDefault => ({ value, source });
const MANAGER = 'kube-controller-manager, default of --';

/** What Kubernetes' own controllers are set to where nobody changed it. */
export const CONTROLLERS = {
  hpaSyncSeconds: flag(15, `${MANAGER}horizontal-pod-autoscaler-sync-period`),
  hpaTolerance: flag(0.1, `${MANAGER}horizontal-pod-autoscaler-tolerance`),
  hpaCpuInitializationSeconds: flag(300, `${MANAGER}horizontal-pod-autoscaler-cpu-initialization-period`),
  hpaInitialReadinessSeconds: flag(30, `${MANAGER}horizontal-pod-autoscaler-initial-readiness-delay`),
  hpaDownscaleStabilizationSeconds: flag(300, `${MANAGER}horizontal-pod-autoscaler-downscale-stabilization`),
  /** One pass of an autoscaler without `behavior` at most multiplies by this, ... */
  hpaScaleUpFactor: flag(2, 'scaleUpLimitFactor of the upstream controller'),
  /** ... or goes to this, whichever is more. */
  hpaScaleUpMinimum: flag(4, 'scaleUpLimitMinimum of the upstream controller'),
  podsCreatedPerSecond: flag(20, `${MANAGER}kube-api-qps`),
  podsCreatedBurst: flag(30, `${MANAGER}kube-api-burst`),
  podsScheduledPerSecond: flag(50, 'kube-scheduler, default of --kube-api-qps'),
  nodeLostSeconds: flag(50, `${MANAGER}node-monitor-grace-period`),
  evictionSeconds: flag(300, 'API server, default tolerationSeconds of node.kubernetes.io/unreachable'),
  metricsResolutionSeconds: flag(15, 'metrics-server, default of --metric-resolution'),
} as const satisfies { readonly [name: string]: ControllerDefault };
