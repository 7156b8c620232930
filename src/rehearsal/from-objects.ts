import { AutoscalerSpec, Behavior, MetricSpec, ScalingRules, defaultBehavior } from './autoscaler/spec';
import { readyNotesOf } from './ready-notes';
import { RehearsedCronJob, RehearsedService, RehearsedWorkload } from './types';
import { DEFAULTS } from '../core/plan/defaults';
import { FollowedMetric, Quantity, followedBehaviorOf, followedMetricsOf, neverScalesDown } from '../core/plan/followed-metrics';
import { Plan, highestOf } from '../core/plan/plan';
import { ParsedPod, ParsedTemplate, PodResource, measuredRequestOf, podRequestOf, probesOf, servingContainerOf } from '../core/plan/pod-shape';
import { parseQuantity } from '../core/plan/quantity';
import { ReadyFacts, readyFactsOf } from '../core/plan/ready-facts';
import { boundsOf, targetKindOf } from '../core/plan/target-kind';
import { DeployedService } from '../manifests/deployed';

const MIB = 2 ** 20;

/**
 * One service of the manifests, as far as a rehearsal needs it.
 *
 * What the manifests do not contain, because it is known by name only, is taken as we would render it, and said in the notes.
 */
export function rehearsedServiceOf(service: DeployedService): RehearsedService {
  const { plan, target, jobs } = service;
  const notes: string[] = [];
  const autoscaler = autoscalerOf(plan, target?.object, notes);
  return {
    plan,
    ...(autoscaler ? { autoscaler } : {}),
    workload: workloadOf(service, autoscaler?.metrics ?? [], notes),
    cronJobs: jobs.filter(({ manifest }) => manifest.kind === 'CronJob').map(({ role, event, manifest }) =>
      cronJobOf(role as RehearsedCronJob['role'], event, manifest.object)),
    notes,
  };
}

function autoscalerOf(plan: Plan, object: any, notes: string[]): AutoscalerSpec | undefined {
  const { kind, name } = plan.target;
  const row = targetKindOf(plan.target);
  if (!row?.follows) {
    return undefined;
  }
  if (!object) {
    notes.push(`${kind} '${name}' is not in the manifests; taken as one with a target of ${DEFAULTS.targetPercent} % of the requested CPU, `
      + 'and Kubernetes\' default behavior');
    return {
      // as it stands between events, where it moves
      maxReplicas: plan.fixedCeiling ?? plan.baseline.ceiling,
      metrics: [{ type: 'Resource', name: 'cpu', averageUtilization: DEFAULTS.targetPercent }],
    };
  }
  const behavior = followedBehaviorOf(object);
  if (neverScalesDown(behavior)) {
    notes.push(`${kind} '${name}' takes no pod away (scaleDown has selectPolicy Disabled): what an event brings stays after it`);
  }
  const floor = object.spec?.[row.floor.field];
  return {
    ...(typeof floor === 'number' ? { minReplicas: floor } : {}),
    maxReplicas: boundsOf(object).ceiling ?? highestOf(plan).ceiling,
    metrics: followedMetricsOf(object).map(metricOf),
    ...behaviorOf(behavior),
  };
}

function metricOf({ averageValue, value, ...metric }: FollowedMetric): MetricSpec {
  // memory is counted in thousandths of MiB, everything else in thousandths
  const factor = metric.name === 'memory' ? 1000 / MIB : 1000;
  const amount = (quantity: Quantity) => Math.round((parseQuantity(quantity) ?? 0) * factor);
  return {
    ...metric,
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

/** What stands in for a pod that the manifests do not contain. */
const USUAL_TEMPLATE = {
  spec: {
    containers: [{
      name: 'main',
      resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '1Gi' } },
      readinessProbe: { periodSeconds: 5 },
      lifecycle: { preStop: { sleep: { seconds: 10 } } },
    }],
  },
};

function workloadOf({ plan, workload, servedPorts }: DeployedService, metrics: readonly MetricSpec[], notes: string[]): RehearsedWorkload {
  const spec = workload?.object.spec ?? {};
  const template: ParsedTemplate = spec.template?.spec ? spec.template : USUAL_TEMPLATE;
  if (template === USUAL_TEMPLATE) {
    notes.push(`${plan.workload.kind} '${plan.workload.name}' ${workload ? 'has no pods in its manifest' : 'is not in the manifests'}; `
      + 'taken as one with 1 CPU, 1 GiB of memory and a readiness probe every 5 s');
  }
  const pod = template.spec!;
  const main = servingContainerOf(template, servedPorts) ?? {};
  const memoryLimit = parseQuantity(main.resources?.limits?.memory) ?? parseQuantity(pod.resources?.limits?.memory);
  const facts = readyFactsOf(plan.workload.kind, workload?.object);
  notes.push(...readyNotesOf(facts, plan, workload !== undefined));
  return {
    image: main.image ?? '',
    imagePullPolicy: main.imagePullPolicy ?? (/:latest$|^[^:@]*$/.test(main.image ?? ':') ? 'Always' : 'IfNotPresent'),
    ...requestsOf(pod, metrics),
    ...(memoryLimit === undefined ? {} : { memoryLimitMiB: memoryLimit / MIB }),
    ...probesOf(main),
    ...playedFactsOf(facts),
    preStopSeconds: sleepOf(main.lifecycle?.preStop),
    graceSeconds: pod.terminationGracePeriodSeconds ?? 30,
  };
}

/** The facts that are played. */
function playedFactsOf({ isOrdered, minReadySeconds, aloneBecause, rollout, isPaused }: ReadyFacts):
Pick<RehearsedWorkload, 'isOrdered' | 'minReadySeconds' | 'isAlone' | 'isRecreated' | 'rolloutStops' | 'maxSurge' | 'maxUnavailable'> {
  const { maxSurge, maxUnavailable } = rollout.kind === 'rolling' ? rollout : { maxSurge: 0, maxUnavailable: '100%' };
  return {
    ...(isOrdered ? { isOrdered } : {}),
    ...(minReadySeconds > 0 ? { minReadySeconds } : {}),
    ...(aloneBecause === undefined ? {} : { isAlone: true }),
    ...(rollout.kind === 'recreate' ? { isRecreated: true } : {}),
    ...(rollout.kind === 'on-delete' ? { rolloutStops: 'its pods are replaced only by whoever deletes them (OnDelete)' } : {}),
    ...(isPaused ? { rolloutStops: 'it is paused' } : {}),
    maxSurge,
    maxUnavailable,
  };
}

/** What one pod asks for: as the autoscaler measures it by these metrics, and as nodes reserve it. */
function requestsOf(pod: ParsedPod, metrics: readonly MetricSpec[]): Partial<RehearsedWorkload> {
  const measured = (resource: PodResource) => measuredRequestOf(pod, resource, metrics.find(({ name }) => name === resource)?.container);
  const amounts = {
    cpuRequestMillis: scaled(measured('cpu'), 1000),
    memoryRequestMiB: scaled(measured('memory'), 1 / MIB),
    reservedCpuMillis: scaled(podRequestOf(pod, 'cpu'), 1000),
    reservedMemoryMiB: scaled(podRequestOf(pod, 'memory'), 1 / MIB),
  };
  return Object.fromEntries(Object.entries(amounts).filter(([, amount]) => amount !== undefined));
}

function scaled(amount: number | undefined, factor: number): number | undefined {
  return amount === undefined ? undefined : amount * factor;
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
