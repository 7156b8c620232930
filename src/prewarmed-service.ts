import { ApiObject, Duration, JsonPatch, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { DEFAULTS } from './core/plan/defaults';
import { LABEL_SERVICE } from './core/plan/names';
import { EventScaleSchedule, EventScaleScheduleOptions } from './event-scale-schedule';
import { Blame } from './private/blame';
import { Resources, canonicalResources, resourcesOver } from './private/container-resources';
import { given } from './private/given';
import { checkName } from './private/object-names';
import { tellManifest } from './private/target-facts';
import { checkImage, checkRange, wholeNumber } from './private/whole-number';
import { ReplicaRange } from './replica-range';

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

/**
 * A service that is scaled out before its events open: Deployment, Service, HorizontalPodAutoscaler, PodDisruptionBudget and schedule.
 *
 * Neither `spec.replicas` nor `minReplicas` is in the manifests: between events the autoscaler decides, in the windows the floor does, and
 * no re-apply takes either back. Pods are spread over nodes and zones, rolled out without loss of Ready pods, and end only after the
 * endpoints know. There is no liveness probe: under a flash crowd it would kill pods for being busy.
 *
 * @example
 * new PrewarmedService(chart, 'registration', {
 *   image: 'registry.example.com/registration:2.8.1',
 *   startupTime: Duration.seconds(45),
 *   podCapacity: PodCapacity.requestsPerSecond(200),
 *   events: [{
 *     event: OpeningEvent.once('seoul-marathon', {
 *       at: '2026-12-05T10:00', timeZone: 'Asia/Seoul', lead: Duration.hours(3), hold: Duration.hours(2),
 *     }),
 *     demand: Demand.requestsPerSecond(15_000),
 *   }],
 * });
 */
export class PrewarmedService extends Construct {
  /**
   * Options of a platform under those of a squad, for presets: a squad's field wins, and one that is undefined does not count.
   *
   * `keeper`, `defaultWindow`, `autoscaling`, `container` and `pod` are merged field by field, all else is taken whole.
   *
   * @param defaults of the platform
   * @param asked by the squad
   */
  public static mergeOptions(defaults: PrewarmedServiceOptions, asked: PrewarmedServiceOptions): PrewarmedServiceOptions {
    const nested = ['keeper', 'defaultWindow', 'autoscaling', 'container', 'pod'] as const;
    return {
      ...given(defaults),
      ...given(asked),
      ...Object.fromEntries(nested.filter(field => defaults[field] && asked[field]).map(field => [
        field, { ...given<object>(defaults[field]), ...given<object>(asked[field]) },
      ])),
    };
  }

  /** Without `spec.replicas`. */
  public readonly deployment: kplus.Deployment;
  /** The service's container in the deployment. */
  public readonly container: kplus.Container;
  /** A ClusterIP on `port`. */
  public readonly service: kplus.Service;
  /** Without `minReplicas`, which the keeper writes. */
  public readonly autoscaler: kplus.HorizontalPodAutoscaler;
  /** At most a tenth of the pods at a time. */
  public readonly disruptionBudget: ApiObject;
  /** The events and their jobs. */
  public readonly schedule: EventScaleSchedule;

  constructor(scope: Construct, id: string, props: PrewarmedServiceProps) {
    super(scope, id);
    const { name = id, port = 8080, baseline = { floor: 2, ceiling: 10 } } = props;
    const selector = { ...props.selector ?? { 'app.kubernetes.io/name': name } };
    let resources: Resources;
    try {
      checkName('name', name);
      if (!/^[a-z]/.test(name)) {
        throw new Error(`name '${name}' must begin with a letter, as the name of a Service does; pass another 'name'`);
      }
      checkImage('image', props.image);
      checkRange('baseline', baseline);
      wholeNumber("'port'", port, 1);
      if (Object.keys(selector).length === 0) {
        throw new Error("'selector' is empty and would match every pod; leave it out, or give the labels of the Deployment that exists");
      }
      resources = resourcesOver(props, props.container?.resources);
    } catch (error) {
      throw Blame.on(this, error);
    }
    const metadata = { name, labels: { 'app.kubernetes.io/name': name, [LABEL_SERVICE]: name } };

    this.deployment = this.defineDeployment(props, metadata, selector, containerOf(this, props, port, resources), resources);
    this.container = this.deployment.containers[0];
    this.service = new kplus.Service(this, 'Service', { metadata, ports: [{ name: 'http', port, targetPort: port }] });
    Object.entries(selector).forEach(([label, value]) => this.service.selectLabel(label, value));
    // kplus renders defaults, here and in the Deployment, that 'kubectl apply' would report as a change each time
    ApiObject.of(this.service).addJsonPatch(JsonPatch.remove('/spec/externalIPs'));
    this.autoscaler = new kplus.HorizontalPodAutoscaler(this, 'Autoscaler', {
      metadata,
      target: this.deployment,
      // the schedule takes the floor out of the manifest and puts the plan's highest ceiling in
      minReplicas: baseline.floor,
      maxReplicas: baseline.ceiling,
      metrics: props.autoscaling?.metrics ?? [kplus.Metric.resourceCpu(kplus.MetricTarget.averageUtilization(DEFAULTS.targetPercent))],
      // kplus: four pods or 200 % a minute
      scaleUp: {
        stabilizationWindow: Duration.seconds(0),
        policies: [
          { replicas: kplus.Replicas.percent(100), duration: Duration.seconds(15) },
          { replicas: kplus.Replicas.absolute(20), duration: Duration.seconds(15) },
        ],
        ...given(props.autoscaling?.scaleUp),
      },
      // kplus: the floor's number of pods in five minutes, four hours from 100 to 2
      scaleDown: {
        stabilizationWindow: Duration.minutes(5),
        policies: [{ replicas: kplus.Replicas.percent(10), duration: Duration.minutes(1) }],
        ...given(props.autoscaling?.scaleDown),
      },
    });
    this.disruptionBudget = new ApiObject(this, 'DisruptionBudget', {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: {
        maxUnavailable: '10%',
        // pods that crash must not keep nodes from being drained
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
        selector: { matchLabels: selector },
      },
    });
    this.node.addValidation({ validate: () => this.withoutCpuRequest(props.autoscaling?.metrics === undefined) });
    if (!props.autoscaling?.metrics) {
      const { apiVersion, kind } = this.deployment;
      tellManifest(this.autoscaler, { workload: { apiVersion, kind, name }, own: baseline, targetPercent: DEFAULTS.targetPercent });
    }
    try {
      this.schedule = new EventScaleSchedule(this, 'Schedule', { ...props, name, baseline, target: this.autoscaler });
    } catch (error) {
      // what the schedule refuses leaves no half of a service behind
      this.node.children.forEach(child => this.node.tryRemoveChild(child.node.id));
      throw error;
    }
  }

  private defineDeployment(
    props: PrewarmedServiceProps, metadata: Metadata, selector: Labels, container: kplus.ContainerProps, resources: Resources,
  ): kplus.Deployment {
    const pod = given(props.pod);
    const deployment = new kplus.Deployment(this, 'Deployment', {
      terminationGracePeriod: Duration.seconds(60),
      ...pod,
      metadata: { ...pod.metadata, ...metadata, labels: { ...metadata.labels, ...pod.metadata?.labels } },
      // immutable, and kplus's would follow the construct path: moving code would break the deploy
      select: false,
      podMetadata: { labels: { ...metadata.labels, ...selector } },
      // the default of 25 % each took 40 Ready pods to 30
      strategy: kplus.DeploymentStrategy.rollingUpdate({
        maxUnavailable: kplus.PercentOrAbsolute.absolute(0), maxSurge: kplus.PercentOrAbsolute.percent(10),
      }),
      containers: [container, ...pod.containers ?? []],
    });
    deployment.select(kplus.LabelSelector.of({ labels: selector }));
    // kplus would restart all pods when code moves
    deployment.podMetadata.addLabel(kplus.Pod.ADDRESS_LABEL, metadata.name);
    const spec = '/spec/template/spec';
    ApiObject.of(deployment).addJsonPatch(
      JsonPatch.remove('/spec/minReadySeconds'),
      ...pod.hostNetwork ? [] : [JsonPatch.remove(`${spec}/hostNetwork`)],
      JsonPatch.add(`${spec}/topologySpreadConstraints`, ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map(topologyKey => ({
        maxSkew: 1,
        topologyKey,
        // pods on too few nodes are better than no pods
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: selector },
        matchLabelKeys: ['pod-template-hash'],
      }))),
      // with kplus's own defaults, what the restricted Pod Security Standard asks for
      ...pod.securityContext ? [] : [JsonPatch.add(`${spec}/securityContext/seccompProfile`, { type: 'RuntimeDefault' })],
      ...props.container?.securityContext ? [] : [JsonPatch.add(`${spec}/containers/0/securityContext/capabilities`, { drop: ['ALL'] })],
      // kplus says 1024Mi, which the API server stores as 1Gi and 'kubectl apply' would report as a change each time
      JsonPatch.add(`${spec}/containers/0/resources`, canonicalResources(resources)),
    );
    return deployment;
  }

  /** The autoscaler does not know how busy a pod is when one of its containers does not say what it asks for. */
  private withoutCpuRequest(followsOurDefault: boolean): string[] {
    const without = this.deployment.containers.filter(({ resources }) => !resources?.cpu?.request && !resources?.cpu?.limit);
    const followsCpu = () => ApiObject.of(this.autoscaler).toJson().spec.metrics?.some(
      ({ resource }: any) => resource?.name === 'cpu' && resource.target.type === 'Utilization');
    return without.length > 0 && (followsOurDefault || followsCpu())
      ? without.map(({ name }) => `container '${name}' has no CPU request, without which the autoscaler cannot follow CPU; `
        + 'give it resources: { cpu: { request: Cpu.millis(100) } }')
      : [];
  }
}

interface Labels {
  readonly [label: string]: string;
}

interface Metadata {
  readonly name: string;
  readonly labels: Labels;
}

/** A slow-starting program under a flash crowd; each field replaceable. */
function containerOf(scope: Construct, props: PrewarmedServiceProps, port: number, resources: Resources): kplus.ContainerProps {
  const { startupTime = Duration.seconds(60), readinessPath } = props;
  const probe = (options: kplus.ProbeOptions) =>
    readinessPath === undefined ? kplus.Probe.fromTcpSocket({ port, ...options }) : kplus.Probe.fromHttpGet(readinessPath, { port, ...options });
  return {
    image: props.image,
    portNumber: port,
    // every scale-up would depend on the registry
    imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
    // kplus gives 30 seconds, which kills a JVM that starts in 40; four times the declared time is slack for busy nodes
    startup: probe({ periodSeconds: Duration.seconds(2), failureThreshold: Math.max(30, Math.ceil(2 * startupTime.toMilliseconds() / 1000)) }),
    readiness: probe({ periodSeconds: Duration.seconds(5), timeoutSeconds: Duration.seconds(3), failureThreshold: 3 }),
    // endpoints and load balancers need a while to forget a pod; it serves on until then
    lifecycle: { preStop: kplus.Handler.fromCommand(['sleep', '15']) },
    // the root file system is read-only; a JVM or Tomcat wants a place to write
    volumeMounts: [{ path: '/tmp', volume: kplus.Volume.fromEmptyDir(scope, 'Tmp', 'tmp') }],
    ...given(props.container),
    resources,
  };
}
