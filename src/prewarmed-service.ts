import { ApiObject, Duration, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { cpuTargetsOf } from './core/plan/followed-metrics';
import { LABEL_SERVICE } from './core/plan/names';
import { unmeasuredContainersOf } from './core/plan/pod-shape';
import { Use } from './dependency';
import { EventScaleSchedule } from './event-scale-schedule';
import { CheckedProps } from './private/checked-schedule';
import { CheckedService, Labels } from './private/checked-service';
import { canonicalResources } from './private/container-resources';
import { disruptionOf } from './private/disruption-budget';
import { given } from './private/given';
import { applyFragments } from './private/manifest-fragments';
import { mergedOptions } from './private/merge-options';
import { checkProps, namedProps } from './private/props';
import { autoscalerProps, containerProps } from './private/service-props';
import { MERGE_RULES, SERVICE, SERVICE_OPTIONS } from './private/shapes';
import { MergeRules, PrewarmedServiceOptions, PrewarmedServiceProps } from './service-options';

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
   * `keeper`, `defaultWindow`, `autoscaling`, `container`, `pod` and `manifest` are merged field by field. What belongs together stays: labels,
   * annotations, node selectors and environment variables of both are there, the squad's value where both name one; tolerations, volumes
   * and containers of the squad are added. All else is taken whole.
   *
   * @param defaults of the platform
   * @param asked by the squad
   * @param rules which defaults no squad may change
   */
  public static mergeOptions(defaults: PrewarmedServiceOptions, asked: PrewarmedServiceOptions, rules: MergeRules = {}): PrewarmedServiceOptions {
    checkProps('defaults', SERVICE_OPTIONS, defaults);
    checkProps('asked', SERVICE_OPTIONS, asked);
    checkProps('rules', MERGE_RULES, rules);
    return mergedOptions(defaults, asked, rules.locked ?? []);
  }

  /** Deployment of the service. Its manifest has no `spec.replicas`. */
  public readonly deployment: kplus.Deployment;
  /** The service's container in the deployment. */
  public readonly container: kplus.Container;
  /** Service of type ClusterIP on `port`. */
  public readonly service: kplus.Service;
  /** Autoscaler of the service. Its manifest has no `minReplicas`, which the keeper writes. */
  public readonly autoscaler: kplus.HorizontalPodAutoscaler;
  /**
   * PodDisruptionBudget: what a drain of nodes must leave.
   *
   * It never lets the last pod go, and always lets one go of as many as the baseline has, so that no drain waits for ever. Kubernetes knows one
   * percentage for all numbers of pods, so it follows from the floor of the baseline: with 2 it is `minAvailable: 50%`, with 3 `66%`, with 5 `80%`,
   * and from 10 on `90%`, which is a tenth at a time in the windows too. With 1 it is `maxUnavailable: 10%`: one pod is then all there is, and it
   * may go.
   */
  public readonly disruptionBudget: ApiObject;
  /** Schedule of the service: events and jobs. */
  public readonly schedule: EventScaleSchedule;

  constructor(scope: Construct, id: string, props: PrewarmedServiceProps) {
    super(scope, id);
    const checked = CheckedService.of(this, namedProps(this, id, SERVICE, props));
    const { name, selector, port, baseline } = checked;
    const metadata = { name, labels: { 'app.kubernetes.io/name': name, [LABEL_SERVICE]: name } };

    this.deployment = this.defineDeployment(props, checked, metadata);
    this.container = this.deployment.containers[0];
    this.service = new kplus.Service(this, 'Service', { metadata, ports: [{ name: 'http', port, targetPort: port }] });
    Object.entries(selector).forEach(([label, value]) => this.service.selectLabel(label, value));
    // kplus renders defaults, here and in the Deployment, that 'kubectl apply' would report as a change each time
    ApiObject.of(this.service).addJsonPatch(JsonPatch.remove('/spec/externalIPs'));
    this.autoscaler = new kplus.HorizontalPodAutoscaler(this, 'Autoscaler', {
      metadata, target: this.deployment, ...autoscalerProps(props.autoscaling, baseline),
    });
    applyFragments(props.manifest, ApiObject.of(this.deployment), ApiObject.of(this.autoscaler));
    this.disruptionBudget = new ApiObject(this, 'DisruptionBudget', {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: {
        ...disruptionOf(baseline.floor),
        // pods that crash must not keep nodes from being drained
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
        selector: { matchLabels: selector },
      },
    });
    this.node.addValidation({ validate: () => this.withoutCpuRequest() });
    this.schedule = new EventScaleSchedule(this, 'Schedule', new CheckedProps(this.autoscaler, checked.schedule));
  }

  /**
   * A use of this service by another, for its `uses`.
   *
   * Each request to the other service makes so many requests to this one: 1 for each, 0.04 for four of a hundred.
   *
   * @param requests a number above 0
   */
  public perRequest(requests: number): Use {
    return this.schedule.perRequest(requests);
  }

  private defineDeployment(props: PrewarmedServiceProps, checked: CheckedService, metadata: Metadata): kplus.Deployment {
    const { port, selector, resources, schedule: { startupTime } } = checked;
    const pod = given(props.pod);
    const container = containerProps(props, port, startupTime, kplus.Volume.fromEmptyDir(this, 'Tmp', 'tmp'));
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
      containers: [{ ...container, resources }, ...pod.containers ?? []],
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
  private withoutCpuRequest(): string[] {
    const containers = [...this.deployment.containers, ...this.deployment.initContainers];
    if (containers.every(({ resources }) => resources?.cpu?.request ?? resources?.cpu?.limit)) {
      return [];
    }
    const pod = ApiObject.of(this.deployment).toJson().spec.template.spec;
    const unmeasured = cpuTargetsOf(ApiObject.of(this.autoscaler).toJson()).flatMap(({ container }) => unmeasuredContainersOf(pod, 'cpu', container));
    return [...new Set(unmeasured)].map(({ name }) => `container '${name}' has no CPU request, without which the autoscaler cannot follow CPU; `
      + 'give it resources: { cpu: { request: Cpu.millis(100) } }');
  }
}

interface Metadata {
  readonly name: string;
  readonly labels: Labels;
}
