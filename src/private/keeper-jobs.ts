import { ApiObject, Cron, Duration, JsonPatch } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { canonicalResources } from './container-resources';
import { given } from './given';
import { keeperResources, keeperUser, nodeFlags } from './keeper-pod-settings';
import { cronJobName, repairJobName } from './object-names';
import { JobRole, KEEPER_CONTAINER, KeeperRole, KEEPER_KEY, LABEL_EVENT, LABEL_ROLE, LABEL_SERVICE, MOUNT_PATH, WEBHOOK_VARIABLE, guardsName } from '../core/plan/names';
import { KeeperOptions, KeeperToleration } from '../keeper-options';

/** Has `node`, pinned: a tag that moves could one day not work, on the day of an opening. */
export const KEEPER_IMAGE = 'node:24.21.0-alpine';

/** What a lost node has taken away is replaced after a minute rather than six. */
const LOST_NODE = Duration.seconds(15);

/** Both ConfigMaps of the jobs as one volume. */
export const VOLUME = 'prewarm';

const NO_MESH = {
  labels: { 'sidecar.istio.io/inject': 'false' },
  annotations: { 'sidecar.istio.io/inject': 'false', 'linkerd.io/inject': 'disabled' },
};

/** Those that are at work for longer than a few seconds. */
const UNDISTURBED: ReadonlySet<KeeperRole> = new Set(['guard', 'bump', 'verify']);

const DO_NOT_DISTURB = { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false', 'karpenter.sh/do-not-disrupt': 'true' };

/** What all jobs of a schedule have in common. */
export interface KeeperPods {
  readonly service: string;
  /** They are of all services of a chart, of which that is the first. */
  readonly isShared?: boolean;
  readonly serviceAccount: kplus.IServiceAccount;
  /** The ConfigMap with what the jobs start. */
  readonly config: kplus.ConfigMap;
  /** The ConfigMap of the chart, with what is run then. */
  readonly program: kplus.ConfigMap;
  readonly volume: kplus.Volume;
  readonly options: KeeperOptions;
}

/** What those pods have of their own that do one thing. */
export interface KeeperTask {
  readonly role: KeeperRole;
  /** The event's id, for the jobs of an event. */
  readonly event?: string;
  readonly args?: readonly string[];
}

/** What one job has of its own. */
export interface KeeperJob extends KeeperTask {
  readonly role: JobRole;
  readonly name: string;
  readonly annotations?: { readonly [key: string]: string };
  readonly backoffLimit: number;
  readonly activeDeadline?: Duration;
}

/** When a job runs. */
export interface KeeperCron extends KeeperJob {
  /** Five fields. */
  readonly schedule: string;
  readonly timeZone: string;
  readonly startingDeadline: Duration;
}

/** A Job that runs the keeper at deploy time. */
export function keeperJob(scope: Construct, id: string, pods: KeeperPods, job: KeeperJob): kplus.Job {
  const made = new kplus.Job(scope, id, {
    metadata: { name: job.name, labels: labelsOf(pods, job), annotations: job.annotations },
    backoffLimit: job.backoffLimit,
    activeDeadline: job.activeDeadline,
    ...podOf(pods, job),
  });
  finish(made, '/spec', pods, job);
  return made;
}

/** A CronJob that runs the keeper. */
export function keeperCronJob(scope: Construct, id: string, pods: KeeperPods, job: KeeperCron): kplus.CronJob {
  const [minute, hour, day, month, weekDay] = job.schedule.split(' ');
  const made = new kplus.CronJob(scope, id, {
    metadata: { name: job.name, labels: labelsOf(pods, job), annotations: job.annotations },
    schedule: new Cron({ minute, hour, day, month, weekDay }),
    timeZone: job.timeZone,
    // two keepers at once would do no harm, a heap of them that cannot start would
    concurrencyPolicy: kplus.ConcurrencyPolicy.FORBID,
    // late is safe, and must still happen; kplus would give up after 10 seconds
    startingDeadline: job.startingDeadline,
    successfulJobsRetained: 1,
    failedJobsRetained: 3,
    backoffLimit: job.backoffLimit,
    activeDeadline: job.activeDeadline,
    ...podOf(pods, job),
  });
  finish(made, '/spec/jobTemplate/spec', pods, job);
  // so that `kubectl get jobs -l` finds them; kplus labels neither
  ApiObject.of(made).addJsonPatch(JsonPatch.add('/spec/jobTemplate/metadata', { labels: labelsOf(pods, job) }));
  return made;
}

/** By which everybody finds what a schedule has made. */
export function labelsOf({ service, isShared }: KeeperPods, { role, event }: KeeperTask): { [label: string]: string } {
  return { ...(isShared ? {} : { [LABEL_SERVICE]: service }), [LABEL_ROLE]: role, ...(event === undefined ? {} : { [LABEL_EVENT]: event }) };
}

/** As far as kplus's own words go. */
export function podOf(pods: KeeperPods, task: KeeperTask): kplus.WorkloadProps {
  const { serviceAccount, volume, options } = pods;
  return {
    serviceAccount,
    // the keeper talks to the API server; kplus mounts no token unless told
    automountServiceAccountToken: true,
    dockerRegistryAuth: options.imagePullSecret,
    terminationGracePeriod: Duration.seconds(10),
    podMetadata: {
      // a platform may want a mesh after all, but whose pod it is stays true
      labels: { ...NO_MESH.labels, ...given(options.podLabels), ...labelsOf(pods, task) },
      annotations: {
        ...NO_MESH.annotations, ...(UNDISTURBED.has(task.role) ? DO_NOT_DISTURB : {}), ...given(options.podAnnotations),
      },
    },
    containers: [{
      name: KEEPER_CONTAINER,
      image: options.image ?? KEEPER_IMAGE,
      // a registry that is down at the opening must not matter
      imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
      args: [...nodeFlags(options), `${MOUNT_PATH}/${KEEPER_KEY}`, task.role, ...task.args ?? []],
      // a webhook that is not there must not keep the floor down
      envVariables: options.webhookUrl && {
        [WEBHOOK_VARIABLE]: kplus.EnvValue.fromSecretValue(options.webhookUrl, { optional: true }),
      },
      volumeMounts: [{ path: MOUNT_PATH, volume, readOnly: true }],
    }],
  };
}

/**
 * What kplus has no words for.
 *
 * @param templateOwner path of the field that has `template`
 */
export function finish(made: kplus.Workload, templateOwner: string, pods: KeeperPods, task: KeeperTask): void {
  const { role } = task;
  const { service, options, config, program } = pods;
  // kplus takes it from the construct path; moving code must not change what runs
  made.podMetadata.addLabel(kplus.Pod.ADDRESS_LABEL, addressOf(service, task));
  for (const taint of UNDISTURBED.has(role) ? ['not-ready', 'unreachable'] : []) {
    made.scheduling.tolerate(kplus.Node.tainted(kplus.NodeTaintQuery.exists(`node.kubernetes.io/${taint}`, {
      effect: kplus.TaintEffect.NO_EXECUTE, evictAfter: LOST_NODE,
    })));
  }

  const pod = `${templateOwner}/template/spec`;
  const container = `${pod}/containers/0`;
  ApiObject.of(made).addJsonPatch(
    JsonPatch.replace(`${pod}/volumes/0`, {
      name: VOLUME,
      // without the program a pod must start all the same, and get it from the API server
      projected: { sources: [{ configMap: { name: config.name } }, { configMap: { name: program.name, optional: true } }] },
    }),
    ...options.nodeSelector ? [JsonPatch.add(`${pod}/nodeSelector`, options.nodeSelector)] : [],
    ...UNDISTURBED.has(role)
      ? (options.tolerations ?? []).map(toleration => JsonPatch.add(`${pod}/tolerations/-`, tolerationOf(toleration)))
      : options.tolerations ? [JsonPatch.add(`${pod}/tolerations`, options.tolerations.map(tolerationOf))] : [],
    ...options.priorityClassName ? [JsonPatch.add(`${pod}/priorityClassName`, options.priorityClassName)] : [],
    // kplus renders these defaults; of the first, 'kubectl apply' would report a change each time
    ...['hostNetwork', 'dnsPolicy', 'setHostnameAsFqdn'].map(field => JsonPatch.remove(`${pod}/${field}`)),
    // a namespace of 1,000 services would otherwise be 7,000 variables
    JsonPatch.add(`${pod}/enableServiceLinks`, false),
    // what the restricted Pod Security Standard asks for
    JsonPatch.replace(`${pod}/securityContext`, { runAsNonRoot: true, ...keeperUser(options), seccompProfile: { type: 'RuntimeDefault' } }),
    JsonPatch.replace(`${container}/securityContext`, {
      privileged: false, allowPrivilegeEscalation: false, runAsNonRoot: true, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] },
    }),
    JsonPatch.add(`${container}/resources`, canonicalResources(keeperResources(options))),
    // the last line of the log says what happened, also in `kubectl describe pod`
    JsonPatch.add(`${container}/terminationMessagePolicy`, 'FallbackToLogsOnError'),
  );
}

function addressOf(service: string, { role, event }: KeeperTask): string {
  switch (role) {
    case 'guard': return guardsName(service);
    case 'repair': return repairJobName(service);
    default: return cronJobName(service, role, event);
  }
}

/** The entry of a pod's manifest: a value is compared, and without one the key is enough. */
function tolerationOf({ key, value, effect }: KeeperToleration) {
  return { key, operator: value === undefined ? 'Exists' : 'Equal', value, effect };
}
