import * as kplus from 'cdk8s-plus-28';

/** What a taint does to pods that do not tolerate it. */
export enum TaintEffect {
  /** New pods are not scheduled on the node. */
  NO_SCHEDULE = 'NoSchedule',
  /** New pods are scheduled on the node only where no other node has room. */
  PREFER_NO_SCHEDULE = 'PreferNoSchedule',
  /** New pods are not scheduled on the node, and running pods are evicted. */
  NO_EXECUTE = 'NoExecute',
}

/** A taint that the jobs' pods tolerate. */
export interface KeeperToleration {
  /**
   * Key of the taint.
   *
   * @default - every key
   */
  readonly key?: string;

  /**
   * Value of the taint. It needs a `key`.
   *
   * @default - every value
   */
  readonly value?: string;

  /**
   * Effect of the taint.
   *
   * @default - every effect
   */
  readonly effect?: TaintEffect;
}

/** What the pods of jobs and guards may reach over the network, as a NetworkPolicy says it. */
export interface KeeperNetworkPolicyOptions {
  /**
   * Address ranges of the API server, in CIDR notation.
   *
   * Most networks look at a connection after the Service `kubernetes` has become one of its endpoints. So these are the endpoints' addresses:
   * `kubectl get endpoints kubernetes -n default` shows them.
   *
   * @default - any address
   */
  readonly apiServer?: string[];

  /**
   * Ports of the API server: that of the Service `kubernetes`, and that of its endpoints.
   *
   * @default [443, 6443]
   */
  readonly apiServerPorts?: number[];

  /**
   * Address ranges of the webhook, in CIDR notation. They need a `webhookUrl`.
   *
   * @default - any address, where there is a `webhookUrl`
   */
  readonly webhook?: string[];

  /**
   * Ports of the webhook. They need a `webhookUrl`.
   *
   * @default [443]
   */
  readonly webhookPorts?: number[];
}

/** Options of the keeper, the small program that the jobs run, and of its pods. */
export interface KeeperOptions {
  /**
   * Image of the jobs' pods: it has `node` 20 or later, and its entrypoint runs `node`, as in the images of Docker Hub and of distroless.
   *
   * Nothing else of the image is used. Give it a tag that does not move, or a digest. Best is a copy in the registry that the services themselves
   * come from: `docker pull node:24.21.0-alpine`, then `docker tag` and `docker push`.
   *
   * @default - Docker Hub's `node:24.21.0-alpine`
   */
  readonly image?: string;

  /**
   * Secret by which the image is pulled from a private registry.
   *
   * @default - none
   */
  readonly imagePullSecret?: kplus.ISecret;

  /**
   * Priority class of the jobs' pods, so that a full cluster still starts them.
   *
   * @default - the cluster's default class
   */
  readonly priorityClassName?: string;

  /**
   * Labels of the jobs' pods, also of events that are added later.
   *
   * Some clusters have policies that ask for labels on every pod.
   *
   * @default - those of this library
   */
  readonly podLabels?: { readonly [label: string]: string };

  /**
   * Annotations of the jobs' pods, also of events that are added later.
   *
   * @default - annotations that keep service meshes out of the pods, and nodes from being emptied under a guard
   */
  readonly podAnnotations?: { readonly [annotation: string]: string };

  /**
   * Labels of the nodes that the jobs' pods may run on.
   *
   * Two guards on different nodes need two of these.
   *
   * @default - any node
   */
  readonly nodeSelector?: { readonly [label: string]: string };

  /**
   * Taints that do not keep the jobs' pods away from a node.
   *
   * @default - none
   */
  readonly tolerations?: KeeperToleration[];

  /**
   * CPU and memory of the jobs' pods, field by field over the defaults.
   *
   * Where one side of a pair is given and the other would contradict it, the other follows: a request is never above its limit. The limit of memory
   * must be at least 96Mi, which the keeper may need where thousands of pods are not ready. The limit of CPU is for the start of `node`; a guard
   * that watches needs nearly none.
   *
   * @default - CPU 50m, at most 500m; memory 64Mi, at most 128Mi
   */
  readonly resources?: kplus.ContainerResources;

  /**
   * User, and group, as which the jobs' pods run. It must not be 0, since the pods run as non-root.
   *
   * @default 65532
   */
  readonly runAsUser?: number;

  /**
   * Whether the manifests name no user, because the platform assigns one to each pod that names none, as OpenShift does.
   *
   * Set it only there, and leave `runAsUser` out. Docker Hub's `node` image runs as root unless it is told otherwise. So on other platforms its
   * pods would not start, and arm would fail.
   *
   * @default false
   */
  readonly platformAssignsUser?: boolean;

  /**
   * Number of pods that guard the floor through a window, on different nodes if possible.
   *
   * With `Protection.SCHEDULED` there are none.
   *
   * They are the pods of one Deployment, which stands at 0 outside all windows. With 0, there is none: if somebody lowers the
   * floor then, up to five minutes pass until the next bump raises it again.
   *
   * @default 2
   */
  readonly guards?: number;

  /**
   * NetworkPolicy for the pods of jobs and guards: nothing comes in, and only the API server and the webhook are reached.
   *
   * Each schedule has a policy for its own pods. The repair has one where the first schedule of the chart asks for it. A network that knows no
   * policies ignores them.
   *
   * @default - none: the pods reach what the namespace allows
   */
  readonly networkPolicy?: KeeperNetworkPolicyOptions;

  /**
   * Whether the jobs may list the pods of the namespace, to say why a pod is not Ready.
   *
   * Kubernetes gives this right only for all pods of a namespace, whose environment variables can then be read too. With false it is left out:
   * verify and guards count Ready pods by the status of the workload, and say how many are missing but not why. `prewarm status`, which asks as you,
   * still says it.
   *
   * @default true
   */
  readonly explainsPods?: boolean;

  /**
   * Whether floor and ceiling are looked at every ten minutes, also between events, when no other job runs.
   *
   * One CronJob does this for all schedules of a chart that want it. It has the name and the keeper's options of the first of them. An autoscaler
   * that was deleted and made again, with Kubernetes' default floor of 1, has its baseline back within ten minutes; without a repair only at the
   * next event or deploy.
   *
   * @default true
   */
  readonly repair?: boolean;

  /**
   * Whether arm is an Argo CD PostSync hook, which runs at the end of every sync.
   *
   * Otherwise arm is a Job whose name changes whenever it would do something else.
   *
   * @default false
   */
  readonly argoCdHook?: boolean;

  /**
   * URL to which findings are posted as JSON, in the form that Slack-compatible receivers show.
   *
   * The jobs read it from a Secret, and print it nowhere.
   *
   * @default - the jobs write Kubernetes Events only
   */
  readonly webhookUrl?: kplus.SecretValue;
}
