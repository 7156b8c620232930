import { requestOf } from './autoscaler/requests';
import { AutoscalerSpec, Behavior, MetricSpec, ScalingRules, defaultBehavior } from './autoscaler/spec';
import { RehearsedCronJob, RehearsedProbe, RehearsedService, RehearsedWorkload } from './types';
import { DEFAULTS } from '../core/plan/defaults';
import { Plan, highestOf } from '../core/plan/plan';
import { DeployedService } from '../manifests/deployed';
import { parseQuantity } from '../manifests/quantity';

const MIB = 2 ** 20;
/** The API server's default where an autoscaler names no metric. */
const DEFAULT_UTILIZATION = 80;

/**
 * One service of the manifests, as far as a rehearsal needs it.
 *
 * What the manifests do not contain, because it is known by name only, is taken as we would render it, and said in the notes.
 */
export function rehearsedServiceOf({ plan, target, workload, jobs }: DeployedService): RehearsedService {
  const notes: string[] = [];
  const autoscaler = autoscalerOf(plan, target?.object, notes);
  return {
    plan,
    ...(autoscaler ? { autoscaler } : {}),
    workload: workloadOf(plan, workload?.object, notes),
    cronJobs: jobs.filter(({ manifest }) => manifest.kind === 'CronJob').map(({ role, event, manifest }) =>
      cronJobOf(role as RehearsedCronJob['role'], event, manifest.object)),
    notes,
  };
}

function autoscalerOf(plan: Plan, object: any, notes: string[]): AutoscalerSpec | undefined {
  const { kind, name } = plan.target;
  if (kind !== 'HorizontalPodAutoscaler' && kind !== 'ScaledObject') {
    return undefined;
  }
  if (!object) {
    notes.push(`${kind} '${name}' is not in the manifests; taken as one with a target of ${DEFAULTS.targetPercent} % of the requested CPU, `
      + 'and Kubernetes\' default behavior');
    return {
      maxReplicas: highestOf(plan).ceiling,
      metrics: [{ type: 'Resource', name: 'cpu', averageUtilization: DEFAULTS.targetPercent }],
    };
  }
  return kind === 'ScaledObject' ? scaledObjectOf(plan, object.spec ?? {}, notes) : hpaOf(plan, object.spec ?? {}, notes);
}

function hpaOf(plan: Plan, spec: any, notes: string[]): AutoscalerSpec {
  const metrics: MetricSpec[] = (spec.metrics ?? []).map(metricOf);
  noteForeignMetrics(metrics, notes);
  return {
    ...(typeof spec.minReplicas === 'number' ? { minReplicas: spec.minReplicas } : {}),
    maxReplicas: spec.maxReplicas ?? highestOf(plan).ceiling,
    metrics: metrics.length > 0 ? metrics : [{ type: 'Resource', name: 'cpu', averageUtilization: DEFAULT_UTILIZATION }],
    ...behaviorOf(spec.behavior),
  };
}

/** KEDA makes an autoscaler of it; CPU and memory triggers become its metrics as they are. */
function scaledObjectOf(plan: Plan, spec: any, notes: string[]): AutoscalerSpec {
  const metrics: MetricSpec[] = (spec.triggers ?? []).map(({ type, metricType, metadata }: any): MetricSpec =>
    type === 'cpu' || type === 'memory'
      ? metricOf({ type: 'Resource', resource: { name: type, target: metricType === 'AverageValue' ? { averageValue: metadata?.value } : { averageUtilization: Number(metadata?.value) } } })
      : { type: 'External', name: type, averageValue: (parseQuantity(metadata?.threshold ?? metadata?.value) ?? 1) * 1000 });
  noteForeignMetrics(metrics, notes);
  return {
    ...(typeof spec.minReplicaCount === 'number' ? { minReplicas: spec.minReplicaCount } : {}),
    maxReplicas: spec.maxReplicaCount ?? highestOf(plan).ceiling,
    metrics,
    ...behaviorOf(spec.advanced?.horizontalPodAutoscalerConfig?.behavior),
  };
}

function noteForeignMetrics(metrics: readonly MetricSpec[], notes: string[]): void {
  for (const { name, type } of metrics) {
    if (name !== 'cpu' && name !== 'memory') {
      notes.push(`${type} metric '${name}' is taken as requests per second`);
    }
  }
}

function metricOf({ type, resource, containerResource, pods, object, external }: any): MetricSpec {
  const source = resource ?? containerResource ?? pods ?? object ?? external ?? {};
  const name: string = source.name ?? source.metric?.name ?? '';
  // memory is counted in thousandths of MiB, everything else in thousandths
  const factor = name === 'memory' ? 1000 / MIB : 1000;
  const { averageUtilization, averageValue, value } = source.target ?? {};
  const amount = (quantity: unknown) => Math.round((parseQuantity(quantity) ?? 0) * factor);
  return {
    type,
    name,
    ...(source.container === undefined ? {} : { container: source.container }),
    ...(averageUtilization === undefined ? {} : { averageUtilization }),
    ...(averageValue === undefined ? {} : { averageValue: amount(averageValue) }),
    ...(value === undefined ? {} : { value: amount(value) }),
  };
}

function behaviorOf(behavior: any): { behavior?: Behavior } {
  if (!behavior) {
    return {};
  }
  const rulesOf = (rules: any = {}): Partial<ScalingRules> => ({
    ...(rules.stabilizationWindowSeconds === undefined ? {} : { stabilizationWindowSeconds: rules.stabilizationWindowSeconds }),
    ...(rules.selectPolicy === undefined ? {} : { selectPolicy: rules.selectPolicy }),
    ...(rules.policies?.length ? { policies: rules.policies } : {}),
    ...(rules.tolerance === undefined ? {} : { tolerance: parseQuantity(rules.tolerance) ?? 0 }),
  });
  return { behavior: defaultBehavior({ scaleUp: rulesOf(behavior.scaleUp), scaleDown: rulesOf(behavior.scaleDown) }) };
}

function workloadOf(plan: Plan, object: any, notes: string[]): RehearsedWorkload {
  if (!object) {
    notes.push(`${plan.workload.kind} '${plan.workload.name}' is not in the manifests; `
      + 'taken as one with 1 CPU, 1 GiB of memory and a readiness probe every 5 s');
  }
  const spec = object?.spec ?? {};
  const pod = spec.template?.spec ?? {
    containers: [{
      name: 'main',
      resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '1Gi' } },
      readinessProbe: { periodSeconds: 5 },
      lifecycle: { preStop: { sleep: { seconds: 10 } } },
    }],
  };
  // the container that serves comes first, as everywhere in Kubernetes' examples
  const [main = {}] = pod.containers ?? [];
  const memoryLimit = parseQuantity(main.resources?.limits?.memory);
  const { maxSurge = '25%', maxUnavailable = '25%' } = spec.strategy?.rollingUpdate ?? {};
  const isRecreated = spec.strategy?.type === 'Recreate';
  return {
    image: main.image ?? '',
    imagePullPolicy: main.imagePullPolicy ?? (/:latest$|^[^:@]*$/.test(main.image ?? ':') ? 'Always' : 'IfNotPresent'),
    ...requests(pod),
    ...(memoryLimit === undefined ? {} : { memoryLimitMiB: memoryLimit / MIB }),
    ...probe('startupProbe', main),
    ...probe('readinessProbe', main),
    ...probe('livenessProbe', main),
    maxSurge: isRecreated ? 0 : maxSurge,
    maxUnavailable: isRecreated ? '100%' : maxUnavailable,
    preStopSeconds: sleepOf(main.lifecycle?.preStop),
    graceSeconds: pod.terminationGracePeriodSeconds ?? 30,
  };
}

function requests(pod: any): Pick<RehearsedWorkload, 'cpuRequestMillis' | 'memoryRequestMiB'> {
  const sumOf = (resource: 'cpu' | 'memory', factor: number) => {
    const amount = (holder: any) => parseQuantity(holder?.resources?.requests?.[resource]) ?? parseQuantity(holder?.resources?.limits?.[resource]);
    const containers = (list: any[] = []) => list.map(each => ({ name: each.name, request: amount(each), restartPolicy: each.restartPolicy }));
    const sum = requestOf(containers(pod.containers), containers(pod.initContainers), undefined, amount(pod));
    return sum === undefined ? undefined : sum * factor;
  };
  const cpuRequestMillis = sumOf('cpu', 1000);
  const memoryRequestMiB = sumOf('memory', 1 / MIB);
  return {
    ...(cpuRequestMillis === undefined ? {} : { cpuRequestMillis }),
    ...(memoryRequestMiB === undefined ? {} : { memoryRequestMiB }),
  };
}

type ProbeName = 'startupProbe' | 'readinessProbe' | 'livenessProbe';

/** With the API server's defaults. */
function probe(name: ProbeName, container: any): { [name in ProbeName]?: RehearsedProbe } {
  const given = container[name];
  return given === undefined ? {} : {
    [name]: {
      initialDelaySeconds: given.initialDelaySeconds ?? 0,
      periodSeconds: given.periodSeconds ?? 10,
      failureThreshold: given.failureThreshold ?? 3,
      successThreshold: given.successThreshold ?? 1,
    },
  };
}

/** `sleep`, as an action of its own or as a command. */
function sleepOf(preStop: any): number {
  const command = /\bsleep\s+(\d+)/.exec((preStop?.exec?.command ?? []).join(' '));
  return preStop?.sleep?.seconds ?? (command ? Number(command[1]) : 0);
}

function cronJobOf(role: RehearsedCronJob['role'], event: string | undefined, { metadata, spec = {} }: any): RehearsedCronJob {
  return {
    name: metadata.name,
    role,
    ...(event === undefined ? {} : { event }),
    schedule: spec.schedule,
    ...(spec.timeZone === undefined ? {} : { timeZone: spec.timeZone }),
    ...(spec.startingDeadlineSeconds === undefined ? {} : { startingDeadlineSeconds: spec.startingDeadlineSeconds }),
    concurrencyPolicy: spec.concurrencyPolicy ?? 'Allow',
    suspend: spec.suspend ?? false,
    parallelism: spec.jobTemplate?.spec?.parallelism ?? 1,
  };
}
