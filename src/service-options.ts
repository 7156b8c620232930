import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { ReplicaRange } from './replica-range';
import { EventScaleScheduleOptions } from './schedule-options';

/** How the autoscaler behaves between floor and ceiling. */
export interface AutoscalingOptions {
  /**
   * What it follows.
   *
   * @default - 70 % of the requested CPU
   */
  readonly metrics?: kplus.Metric[];

  /**
   * How fast it adds pods.
   *
   * Keep periods short: the rise of the floor counts as scaling within them, and would hold the autoscaler back.
   *
   * @default - at once; as many again or 20 in 15 seconds, whichever is more
   */
  readonly scaleUp?: kplus.ScalingRules;

  /**
   * How fast it takes pods away, also after an event.
   *
   * @default - 10 % a minute, on the highest recommendation of the last 5 minutes
   */
  readonly scaleDown?: kplus.ScalingRules;
}

/** All that a preset may have an opinion on; nothing in it is required. */
export interface PrewarmedServiceOptions extends EventScaleScheduleOptions {
  /**
   * Name of all objects, or its first part: a DNS label that begins with a letter.
   *
   * @default - the construct's id
   */
  readonly name?: string;

  /**
   * Of the container and of the Service.
   *
   * @default 8080
   */
  readonly port?: number;

  /**
   * Request of a pod, with which `podCapacity` was measured. There is no limit: a JVM that starts may take what the node has left.
   *
   * @default Cpu.units(1)
   */
  readonly cpu?: kplus.Cpu;

  /**
   * Request and limit of a pod.
   *
   * @default Size.gibibytes(1)
   */
  readonly memory?: Size;

  /**
   * HTTP path that answers 2xx or 3xx once a pod can serve.
   *
   * @default - Ready when `port` takes connections
   */
  readonly readinessPath?: string;

  /**
   * In force between events, from the first arm job on; until that has run, Kubernetes' default floor of 1 is.
   *
   * @default - floor 2, ceiling 10
   */
  readonly baseline?: ReplicaRange;

  /**
   * Of the Deployment; immutable once deployed.
   *
   * @default - app.kubernetes.io/name: the service's name
   */
  readonly selector?: { readonly [label: string]: string };

  /**
   * The HorizontalPodAutoscaler.
   *
   * @default - as its fields say
   */
  readonly autoscaling?: AutoscalingOptions;

  /**
   * More of the container, in cdk8s-plus's words; a field given here replaces ours whole, except that `resources` does so one by one: what
   * it leaves out of CPU and memory is as `cpu` and `memory` say, and gives way where a request would be above its limit.
   *
   * @default - probes from `startupTime` and `readinessPath`, resources from `cpu` and `memory`, a read-only root file system with a
   * writable /tmp, IfNotPresent, and a preStop of `sleep 15`, for which the image must have `sleep`
   */
  readonly container?: kplus.ContainerOpts;

  /**
   * More of the pod, in cdk8s-plus's words; a field given here replaces ours whole. `containers` stand beside the service's own, and need a
   * CPU request for the autoscaler to work.
   *
   * @default - 60 seconds to end, seccomp's RuntimeDefault, not as root
   */
  readonly pod?: kplus.AbstractPodProps;
}

/** What a service must say. */
export interface PrewarmedServiceProps extends PrewarmedServiceOptions {
  /** With a tag that does not move, or a digest: what was measured is what starts in the window. */
  readonly image: string;
}

/** What a squad cannot change of a platform's defaults. */
export interface MergeRules {
  /**
   * Paths of the fields that stay as the platform sets them: `keeper.image`, `baseline`, `keeper.podLabels`.
   *
   * Of labels, annotations, node selectors and environment variables the platform's own stay, and a squad may add others; one alone is locked by
   * its name: `keeper.podLabels.acme.example/cost-centre`. To lists, such as tolerations, a squad can only ever add.
   *
   * @default - none: a squad's field wins
   */
  readonly locked?: string[];
}
