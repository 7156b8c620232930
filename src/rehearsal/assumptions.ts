import { CONTROLLERS, ControllerDefault, DEFAULTS, DELAYS, Figure } from '../core/plan/defaults';

/** One number that the manifests do not tell. */
interface Assumption {
  readonly value: number;
  readonly unit: string;
  /** What it is, for people. */
  readonly says: string;
  /** Where the default comes from. */
  readonly source: string;
}

const assumption = (value: number, unit: string, says: string, source: string): Assumption => ({ value, unit, says, source });

/** A setting of one of Kubernetes' controllers. */
const setting = ({ value, source }: ControllerDefault, unit: string, says: string): Assumption => assumption(value, unit, says, source);
/** What usually passes, in seconds. */
const delay = ({ usual, source }: Figure, says: string): Assumption => assumption(usual / 1000, 's', says, source);

const MEASURED = 'usual figure of production clusters';
const OURS = 'assumption; put in your own measurement';

/**
 * Everything that a rehearsal assumes beyond the manifests, with its default and where that comes from.
 *
 * All of them are inputs: a scenario overrides them one by one.
 */
export const ASSUMPTIONS = {
  // the autoscaler
  hpaSyncSeconds: setting(CONTROLLERS.hpaSyncSeconds, 's', 'between two looks of the autoscaler'),
  hpaTolerance: setting(CONTROLLERS.hpaTolerance, '', 'deviation from the target that it ignores'),
  hpaCpuInitializationSeconds: setting(CONTROLLERS.hpaCpuInitializationSeconds, 's', 'during which CPU of a starting pod may be ignored'),
  hpaInitialReadinessSeconds: setting(CONTROLLERS.hpaInitialReadinessSeconds, 's', 'during which a first unreadiness counts as starting'),
  hpaDownscaleStabilizationSeconds: setting(CONTROLLERS.hpaDownscaleStabilizationSeconds, 's', 'memory for high recommendations'),
  metricsResolutionSeconds: setting(CONTROLLERS.metricsResolutionSeconds, 's', 'between two scrapes of metrics-server; a pod is known from the second on'),
  metricsLagSeconds: assumption(5, 's', 'age of the kubelet\'s figures when they are scraped', `${MEASURED}: a step in load is visible 15 to 45 s later`),

  // from a replica count to a pod that serves
  podsCreatedPerSecond: setting(CONTROLLERS.podsCreatedPerSecond, '/s', 'pods that the controller manager creates'),
  podsCreatedBurst: setting(CONTROLLERS.podsCreatedBurst, 'pods', 'created at once before that rate holds'),
  podsScheduledPerSecond: setting(CONTROLLERS.podsScheduledPerSecond, '/s', 'pods that the scheduler binds'),
  containerStartSeconds: assumption(2, 's', 'to start a container whose image is present', `${MEASURED} (1 to 5 s)`),
  imageMiB: assumption(400, 'MiB', 'size of the image, compressed', OURS),
  pullMiBPerSecond: assumption(50, 'MiB/s', 'at which a node pulls an image, one after the other', `${MEASURED} (12 to 200 MiB/s)`),
  unpackPercent: assumption(30, '%', 'more time for unpacking', MEASURED),
  startupSpreadPercent: assumption(10, '%', 'by which start-up times differ, up and down', OURS),
  warmUpSeconds: assumption(30, 's', 'from Ready to full speed', `${OURS}; a JVM compiles what is hot, compiled languages need none`),
  warmUpCapacityPercent: assumption(50, '%', 'of its capacity that a pod has when it becomes Ready', OURS),
  endpointsSeconds: assumption(1.5, 's', 'until a change of readiness has reached every proxy', `${MEASURED} (0.5 to 5 s)`),
  loadBalancerSeconds: assumption(0, 's', 'more behind a load balancer that has pods as targets', `${MEASURED}: 20 to 40 s behind a cloud's`),

  // calls to other services and dependencies
  podConcurrency: assumption(200, 'requests', 'that a pod works on at once, those that wait for answers of others included; 0: any number',
    'Tomcat, default of server.tomcat.threads.max'),
  callTimeoutSeconds: assumption(15, 's', 'after which a service gives up a call', 'Envoy, default timeout of a route'),
  callRetryPercent: assumption(0, '%', 'of failed calls to other services that are tried again', OURS),
  callRetrySeconds: assumption(0.025, 's', 'until they are', 'Envoy, default base interval of its back-off'),
  callRetryAttempts: assumption(1, '', 'retries of one call; 0: any number', 'Envoy, default of num_retries'),
  dependencyMillis: assumption(20, 'ms', 'that a dependency takes for one call', OURS),
  dependencyQueue: assumption(0, 'requests', 'waiting at a dependency with a rate before it refuses more', 'a rate limit answers 429 at once'),
  callsPerRequest: assumption(1, 'calls', 'of one request to a dependency of which only the connections of a pod are known', OURS),
  unconnectedReady: assumption(0, '', '1: a pod that gets no connection is Ready, and its requests wait; 0: it is not Ready',
    'HikariCP, default of initializationFailTimeout: the application does not start'),

  // nodes
  nodeCpuMillis: assumption(16_000, 'm', 'CPU of a node', OURS),
  nodeMemoryMiB: assumption(65_536, 'MiB', 'memory of a node', OURS),
  nodeReservedPercent: assumption(10, '%', 'of a node for the system and daemons', MEASURED),
  nodesAtStart: assumption(0, 'nodes', 'that stand ready for this service; 0: what the baseline needs, and one more', OURS),
  nodesMax: assumption(1_000, 'nodes', 'that this service may fill', OURS),
  nodeProvisionSeconds: delay(DELAYS.nodeMs, 'until an ordered node is Ready'),
  nodeBatchSeconds: assumption(10, 's', 'within which orders for nodes become one', 'Karpenter, default of BATCH_MAX_DURATION'),
  nodeIdleSeconds: assumption(600, 's', 'after which an empty node is given back', 'Cluster Autoscaler, default of --scale-down-unneeded-time'),
  nodeLostSeconds: setting(CONTROLLERS.nodeLostSeconds, 's', 'until a silent node counts as lost'),
  evictionSeconds: setting(CONTROLLERS.evictionSeconds, 's', 'until the pods of a lost node are replaced'),

  // one pod under load
  podRps: assumption(100, '/s', 'requests that one warm pod serves', 'the plan\'s pod capacity; where it has none, an assumption'),
  startupSeconds: assumption(DEFAULTS.startupMs / 1000, 's', 'from container start to Ready', 'the plan\'s start-up time'),
  serviceMillis: assumption(50, 'ms', 'that one request takes on an idle pod', OURS),
  timeoutSeconds: assumption(10, 's', 'after which a client leaves', OURS),
  abandonedServedPercent: assumption(100, '%', 'of requests whose client has left that a pod works on all the same; 0: it drops them',
    'most HTTP servers notice only when they write the answer; 0 where a deadline or a proxy takes them out of the queue'),
  queueLimit: assumption(0, 'requests', 'waiting in one pod before it refuses more; 0: memory is the limit', OURS),
  memoryBasePercent: assumption(50, '%', 'of its memory limit that an idle pod uses', OURS),
  memoryPerRequestKiB: assumption(100, 'KiB', 'that a waiting request takes', OURS),
  idleCpuMillis: assumption(5, 'm', 'CPU of a pod without requests; at its capacity it uses what it requests', OURS),
  restartSeconds: assumption(10, 's', 'first wait of CrashLoopBackOff, doubled each time; the first restart is at once', 'kubelet'),
  restartMaxSeconds: assumption(300, 's', 'longest wait of CrashLoopBackOff', 'kubelet'),
  restartResetSeconds: assumption(600, 's', 'of running well after which the wait starts anew', 'kubelet'),
  retryPercent: assumption(0, '%', 'of failed requests that are tried again', OURS),
  retryAfterSeconds: assumption(3, 's', 'until they are', OURS),
  retryBackoffFactor: assumption(1, '', 'by which each further wait is longer', `${OURS}; gRPC 1.6, most client libraries 2`),
  retryJitterPercent: assumption(0, '%', 'by which these waits differ, up and down', `${OURS}; gRPC 20`),
  retryAttempts: assumption(0, '', 'retries of one request; 0: any number', OURS),
  retryBudgetPercent: assumption(0, '%', 'of first tries that may be retries; 0: no budget', `${OURS}; Linkerd and Envoy 20 where they have a budget`),

  // the jobs
  keeperSeconds: delay(DELAYS.keeperMs, 'from a CronJob\'s time to the patched autoscaler'),
  graceSeconds: assumption(60, 's', 'after a rise of the plan before a lower floor counts as a violation', 'the jobs run within a minute of each rise'),

  // prices
  pricePerNodeHour: assumption(0.8, 'USD', 'for a node and hour', 'about 0.05 USD per CPU and hour on demand; put in your own'),
  pricePerPodHour: assumption(0, 'USD', 'for a pod and hour, where pods are what is billed', OURS),
} satisfies Record<string, Assumption>;

/** What is assumed of calls, and plays no part where nothing is called. */
export const CHAIN_ASSUMPTIONS: readonly AssumptionName[] = [
  'podConcurrency', 'callTimeoutSeconds', 'callRetryPercent', 'callRetrySeconds', 'callRetryAttempts', 'dependencyMillis', 'dependencyQueue',
  'callsPerRequest', 'unconnectedReady',
];

export type AssumptionName = keyof typeof ASSUMPTIONS;

/** A value for each assumption. */
export type Assumptions = { readonly [name in AssumptionName]: number };

/** One assumption as a report prints it. */
export interface AssumptionLine {
  readonly name: AssumptionName;
  readonly value: number;
  readonly unit: string;
  readonly says: string;
  readonly source: string;
}

/** The defaults, with what is known better in their place. */
export function assume(known: Partial<Assumptions> = {}): Assumptions {
  const names = Object.keys(ASSUMPTIONS) as AssumptionName[];
  return Object.fromEntries(names.map(name => [name, known[name] ?? ASSUMPTIONS[name].value])) as Assumptions;
}
