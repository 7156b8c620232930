import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { ReplicaRange } from './replica-range';
import { EventScaleScheduleOptions } from './schedule-options';

/** A metric of an autoscaler: `Metric.resourceCpu(...)` and its like, of any cdk8s-plus. */
export interface IAutoscalerMetric {
  /** The kind of metric, as Kubernetes calls it: `Resource`, `Pods`, `External` and so on. */
  readonly type: string;
}

/** Options of the autoscaler, which decides between floor and ceiling. */
export interface AutoscalingOptions {
  /**
   * Metrics that the autoscaler follows.
   *
   * @default - 70 % of the requested CPU
   */
  readonly metrics?: IAutoscalerMetric[];

  /**
   * How fast the autoscaler adds pods.
   *
   * Keep periods short: the rise of the floor counts as scaling within them, and would hold the autoscaler back.
   *
   * @default - without delay; in 15 seconds as many pods as there are, or 20, whichever is more
   */
  readonly scaleUp?: kplus.ScalingRules;

  /**
   * How fast the autoscaler takes pods away, also after an event.
   *
   * @default - 10 % a minute, on the highest recommendation of the last 5 minutes
   */
  readonly scaleDown?: kplus.ScalingRules;
}

/** Options of a service that a preset may set. None of them is required. */
export interface PrewarmedServiceOptions extends EventScaleScheduleOptions {
  /**
   * Name of all objects, or its first part: a DNS label that begins with a letter.
   *
   * @default - the construct's id
   */
  readonly name?: string;

  /**
   * Port of the container and of the Service.
   *
   * @default 8080
   */
  readonly port?: number;

  /**
   * CPU request of a pod, with which `podCapacity` was measured.
   *
   * There is no limit: a JVM that starts may take what the node has left.
   *
   * @default Cpu.units(1)
   */
  readonly cpu?: kplus.Cpu;

  /**
   * Memory request and memory limit of a pod.
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
   * Floor and ceiling between events.
   *
   * They are in force from the first arm job on. Until then Kubernetes' default floor of 1 is. The ceiling can be set only with
   * `CeilingPolicy.PER_WINDOW`.
   *
   * @default - floor 2; with `CeilingPolicy.PER_WINDOW` a ceiling of half as many again as the floor, and of 10 at least
   */
  readonly baseline?: ReplicaRange;

  /**
   * Labels by which the Deployment selects its pods.
   *
   * They cannot be changed once the Deployment exists.
   *
   * @default - app.kubernetes.io/name: the service's name
   */
  readonly selector?: { readonly [label: string]: string };

  /**
   * Options of the HorizontalPodAutoscaler.
   *
   * @default - the defaults of its fields
   */
  readonly autoscaling?: AutoscalingOptions;

  /**
   * Other options of the container, as cdk8s-plus has them.
   *
   * A field that is set here replaces the whole field of this library. Only `resources` is merged: what it leaves out of CPU and memory is as `cpu`
   * and `memory` say, and gives way where a request would be above its limit.
   *
   * @default - probes from `startupTime` and `readinessPath`, resources from `cpu` and `memory`, a read-only root file system with a
   * writable /tmp, IfNotPresent, and a preStop of `sleep 15`, for which the image must have `sleep`
   */
  readonly container?: kplus.ContainerOpts;

  /**
   * Other options of the pod, as cdk8s-plus has them.
   *
   * A field that is set here replaces the whole field of this library. `containers` are added to the service's own; they need a CPU request, or the
   * autoscaler does not work.
   *
   * @default - a termination grace period of 60 seconds, seccomp's RuntimeDefault, no root user
   */
  readonly pod?: kplus.AbstractPodProps;

  /**
   * Fields of the Kubernetes objects as a manifest has them, over what all else says.
   *
   * For apps whose own cdk8s-plus is another than cdk8s-plus-28, whose probes, handlers and volumes do not fit `container` and `pod`. For fields
   * that cdk8s-plus does not know, too.
   *
   * @default - none
   */
  readonly manifest?: ManifestFragments;
}

/**
 * Fields of the Kubernetes objects of a service, as in a manifest: `{ container: { readinessProbe: { httpGet: { path: '/ready', port: 8080 } } } }`.
 *
 * A field given here replaces ours whole; `volumes` and `volumeMounts` are added to ours.
 */
export interface ManifestFragments {
  /**
   * Fields of the service's container, but for `name`, `image`, `ports` and `resources`, which other props say.
   *
   * @default - none
   */
  readonly container?: { readonly [field: string]: any };

  /**
   * Fields of the pod's `spec`, but for `containers`.
   *
   * @default - none
   */
  readonly pod?: { readonly [field: string]: any };

  /**
   * Fields of the autoscaler's `spec`, such as `behavior`, but for its target, its bounds and its metrics.
   *
   * @default - none
   */
  readonly autoscaler?: { readonly [field: string]: any };
}

/** Options of a service, and its image, which every service must have. */
export interface PrewarmedServiceProps extends PrewarmedServiceOptions {
  /**
   * Image of the service.
   *
   * Give it a tag that does not move, or a digest. Then what starts in the window is what was measured.
   */
  readonly image: string;

  /**
   * Whether the service lives already and this is its first deploy with a schedule, so that the manifest of the target keeps its floor for now.
   *
   * A field that leaves a manifest is deleted by the next deploy, and Kubernetes' default of 1 is in force: of 20 pods one is left. With `true` the
   * field stays in the manifest, and the arm job has the keeper hold it too. When arm tells `MovedIn`, the next deploy can leave this prop out, and
   * no pod is lost. Until then every apply inside a window takes the floor down for a moment, so leave it out before the first window. `false` says
   * that the service has moved in, or is new, and `prewarm plan` says nothing of it.
   *
   * The floor is that of the baseline. Where the manifest of the Deployment had `replicas`, keep that too: `ApiObject.of(service.deployment)` takes
   * a patch.
   *
   * @default false
   */
  readonly movingIn?: boolean;
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
