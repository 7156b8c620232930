import * as kplus from 'cdk8s-plus-28';

/** A taint that the jobs' pods tolerate, as in a pod's manifest. */
export interface KeeperToleration {
  /**
   * Of the taint.
   *
   * @default - every taint, with operator `Exists`
   */
  readonly key?: string;

  /**
   * `Equal`, or `Exists` for any value.
   *
   * @default - what Kubernetes takes: `Equal`
   */
  readonly operator?: string;

  /**
   * Of the taint, with `Equal`.
   *
   * @default - the empty value
   */
  readonly value?: string;

  /**
   * `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
   *
   * @default - all of them
   */
  readonly effect?: string;
}

/** The small program that the jobs run, and its pods. */
export interface KeeperOptions {
  /**
   * An image with `node` 20 or later whose entrypoint runs it, as those of Docker Hub and of distroless do; nothing else of it is used.
   *
   * With a tag that does not move, or a digest. Best a copy in the registry that the services themselves come from:
   * `docker pull node:22.21.1-alpine`, then `docker tag` and `docker push`.
   *
   * @default - Docker Hub's `node:22.21.1-alpine`
   */
  readonly image?: string;

  /**
   * For a registry that asks who one is.
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
   * Labels of the jobs' pods, also of events that are added later; for policies that ask for them on every pod.
   *
   * @default - those of this library
   */
  readonly podLabels?: { readonly [label: string]: string };

  /**
   * Annotations of the jobs' pods, also of events that are added later.
   *
   * @default - those that keep a service mesh out of them, and guards from being moved
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
   * Taints of nodes that the jobs' pods may run on all the same.
   *
   * @default - none
   */
  readonly tolerations?: KeeperToleration[];

  /**
   * Pods that guard the floor through a window, on different nodes if possible.
   *
   * With 0 bump raises the floor once and ends: what lowers it afterwards is answered up to five minutes later.
   *
   * @default 2
   */
  readonly guards?: number;

  /**
   * Whether a CronJob applies the plan every hour between events too, which nothing else looks at.
   *
   * @default true
   */
  readonly hourlyRepair?: boolean;

  /**
   * Whether arm is an Argo CD PostSync hook, run at the end of every sync, rather than a Job that is new whenever it would do something else.
   *
   * @default false
   */
  readonly argoCdHook?: boolean;

  /**
   * URL that gets findings as JSON, in the form that Slack-compatible receivers show; read from a Secret, never printed.
   *
   * @default - Kubernetes Events only
   */
  readonly webhookUrl?: kplus.SecretValue;
}
