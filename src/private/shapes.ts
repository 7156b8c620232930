import * as kplus from 'cdk8s-plus-28';
import { WINDOW } from './opening-shapes';
import {
  PropCheck, Shape, aTarget, checkProps, duration, elsewhere, flag, kindOf, listOf, mapOf, oneOf, required, struct, text, whole,
} from './props';
import { isLabelValue, isQualifiedName, isSubdomain } from './spelling';
import { checkFactor, checkImage } from './whole-number';
import { KeeperNetworkPolicyOptions, KeeperOptions, KeeperToleration, TaintEffect } from '../keeper-options';
import { CeilingPolicy, ReplicaRange } from '../replica-range';
import { EventScaleScheduleOptions, EventScaleScheduleProps, Protection } from '../schedule-options';
import { ScheduledEvent } from '../scheduled-event';
import { AutoscalingOptions, ManifestFragments, MergeRules, PrewarmedServiceOptions, PrewarmedServiceProps } from '../service-options';

/** What the props of each public struct must be. */

/** More guards than this are no help, and a misread number. */
const MOST_GUARDS = 100;

const labelValue = kindOf("a label's value: at most 63 letters, digits, '-', '_' and '.', quoted where it is a number", value =>
  typeof value === 'string' && isLabelValue(value));

function refuseName(path: string, key: string): void {
  if (!isQualifiedName(key)) {
    throw new Error(`'${path}' has '${key}', which is no name of a label or annotation; write 'team' or 'example.com/team'`);
  }
}

export const labels = mapOf(labelValue, "{ team: 'tickets' }", refuseName);

const annotations = mapOf(kindOf("a text, such as 'true'", value => typeof value === 'string'), "{ 'example.com/owner': 'tickets' }", refuseName);

/** Labels of Prometheus have names of their own. */
export const alertLabels = mapOf(kindOf("a text, such as 'critical'", value => typeof value === 'string'), "{ severity: 'critical' }", (path, key) => {
  if (!/^[a-zA-Z_]\w*$/.test(key)) {
    throw new Error(`'${path}' has '${key}', which is no name of a label in Prometheus: use letters, digits and '_'`);
  }
});

/** What a name must be beyond a text is said where names are made of it. */
const name = kindOf("a text, such as 'payment'", value => typeof value === 'string');

const image: PropCheck = { refuse: (path, value) => checkImage(path, value as string) };

const object = (what: string) => kindOf(what, value => typeof value === 'object' && !Array.isArray(value));

/** Whether it may be 0 is told later: only the kind of the target says it. */
const floor: PropCheck = { refuse: (path, value) => value === 0 ? undefined : whole(1).refuse(path, value) };

export const RANGE: Shape<ReplicaRange> = { floor: required(floor), ceiling: whole(1) };

/** Whose floor may be 0 where the kind of the target allows it. */
const BASELINE: Shape<ReplicaRange> = { ...RANGE, floor: required(elsewhere) };

export const TOLERATION: Shape<KeeperToleration> = {
  key: text('dedicated'),
  value: labelValue,
  effect: oneOf('TaintEffect', TaintEffect),
};

const toleration: PropCheck = {
  refuse: (path, value) => {
    checkProps(path, TOLERATION, value);
    const { key, value: taintValue } = value as KeeperToleration;
    if (key === undefined && taintValue !== undefined) {
      throw new Error(`'${path}.value' (${taintValue}) needs '${path}.key': Kubernetes compares the value of one key; name the key, or leave the value out`);
    }
  },
};

const cpu = kindOf('a Cpu, such as Cpu.millis(250)', value => typeof value.amount === 'string');
const size = kindOf('a Size, such as Size.mebibytes(256)', value => typeof value.toMebibytes === 'function');

const RESOURCES: Shape<kplus.ContainerResources> = {
  cpu: struct((): Shape<kplus.CpuResources> => ({ request: cpu, limit: cpu })),
  memory: struct((): Shape<kplus.MemoryResources> => ({ request: size, limit: size })),
  ephemeralStorage: struct((): Shape<kplus.EphemeralStorageResources> => ({ request: size, limit: size })),
};

const cidr = kindOf("an address range, such as '10.0.0.1/32'", value =>
  typeof value === 'string' && /^(\d{1,3}(\.\d{1,3}){3}\/\d{1,2}|[\da-f:]*:[\da-f:]*\/\d{1,3})$/i.test(value));

const port = whole(1, 65_535);

export const NETWORK_POLICY: Shape<KeeperNetworkPolicyOptions> = {
  apiServer: someOf(cidr, "['10.0.0.1/32']"),
  apiServerPorts: someOf(port, '[443, 6443]'),
  webhook: someOf(cidr, "['10.0.8.0/24']"),
  webhookPorts: someOf(port, '[443]'),
};

/** A list of one at least: an empty one would keep the jobs from doing anything. */
function someOf(member: PropCheck, example: string): PropCheck {
  const list = listOf(member, example);
  return {
    refuse: (path, value) => {
      list.refuse(path, value);
      if ((value as unknown[]).length === 0) {
        throw new Error(`'${path}' is empty and would let the jobs reach nothing; leave it out, or give at least one, such as ${example}`);
      }
    },
  };
}

export const KEEPER: Shape<KeeperOptions> = {
  image,
  imagePullSecret: kindOf("a Secret, such as Secret.fromSecretName(this, 'Pull', 'registry')", value => typeof value.name === 'string'),
  priorityClassName: kindOf("the name of a PriorityClass, such as 'high'", value => typeof value === 'string' && isSubdomain(value)),
  podLabels: labels,
  podAnnotations: annotations,
  nodeSelector: labels,
  tolerations: listOf(toleration, "[{ key: 'dedicated' }]"),
  resources: struct(() => RESOURCES),
  runAsUser: whole(1),
  platformAssignsUser: flag,
  networkPolicy: struct(() => NETWORK_POLICY),
  guards: whole(0, MOST_GUARDS),
  explainsPods: flag,
  repair: flag,
  argoCdHook: flag,
  webhookUrl: kindOf("a SecretValue, such as { secret: Secret.fromSecretName(this, 'Hook', 'hook'), key: 'url' }", value =>
    typeof value.secret?.name === 'string' && typeof value.key === 'string' && value.key !== ''),
};

export const SCHEDULE_OPTIONS: Shape<EventScaleScheduleOptions> = {
  events: listOf(object('a scheduled event, such as { event, demand: Demand.replicas(60) }'), '[{ event, demand: Demand.replicas(60) }]'),
  defaultWindow: struct(() => WINDOW),
  podCapacity: kindOf('a PodCapacity, such as PodCapacity.requestsPerSecond(200)', value => typeof value._requestsPerSecond === 'number'),
  uses: listOf(kindOf('a use, such as db.perPod(8) or payment.perRequest(0.04)', value => Array.isArray(value._dependencies)),
    '[db.perPod(8), payment.perRequest(0.04)]'),
  demandFactor: { refuse: (path, value) => checkFactor(`'${path}'`, value as number) },
  startupTime: duration,
  ceiling: whole(1),
  ceilingPolicy: oneOf('CeilingPolicy', CeilingPolicy),
  protection: oneOf('Protection', Protection),
  keeper: struct(() => KEEPER),
};

export const SCHEDULE: Shape<EventScaleScheduleProps> = {
  ...SCHEDULE_OPTIONS,
  target: elsewhere,
  formerTargets: listOf(aTarget("ScheduleTarget.fromAutoscalerName('payment')"), "[ScheduleTarget.fromAutoscalerName('payment')]"),
  movingIn: flag,
  baseline: struct(() => BASELINE),
  name,
};

export const SCHEDULED_EVENT: Shape<ScheduledEvent> = {
  ...WINDOW,
  event: elsewhere,
  demand: elsewhere,
  demands: mapOf(elsewhere, '{ large: Demand.replicas(90) }'),
  demandOn: mapOf(elsewhere, "{ '2026-12-05': Demand.replicas(90) }"),
  ceiling: whole(1),
};

export const AUTOSCALING: Shape<AutoscalingOptions> = {
  metrics: listOf(kindOf('a Metric, such as Metric.resourceCpu(MetricTarget.averageUtilization(70))', value => typeof value.type === 'string' && typeof value._toKube === 'function'),
    '[Metric.resourceCpu(MetricTarget.averageUtilization(70))]'),
  scaleUp: object('ScalingRules, such as { stabilizationWindow: Duration.seconds(0) }'),
  scaleDown: object('ScalingRules, such as { stabilizationWindow: Duration.minutes(5) }'),
};

export const SERVICE_OPTIONS: Shape<PrewarmedServiceOptions> = {
  ...SCHEDULE_OPTIONS,
  name,
  port: whole(1, 65_535),
  cpu: kindOf('a Cpu, such as Cpu.units(1)', value => typeof value.amount === 'string'),
  memory: kindOf('a Size, such as Size.gibibytes(1)', value => typeof value.toMebibytes === 'function'),
  readinessPath: kindOf("a path, such as '/healthz'", value => typeof value === 'string' && value.startsWith('/')),
  baseline: struct(() => RANGE),
  selector: labels,
  autoscaling: struct(() => AUTOSCALING),
  container: object("the fields of a container, such as { args: ['serve'] }"),
  pod: object('the fields of a pod, such as { terminationGracePeriod: Duration.seconds(60) }'),
  manifest: struct(() => MANIFEST),
};

export const MANIFEST: Shape<ManifestFragments> = {
  container: object("the fields of a container as in a manifest, such as { command: ['serve'] }"),
  pod: object("the fields of a pod as in a manifest, such as { dnsPolicy: 'Default' }"),
  autoscaler: object('the fields of an autoscaler as in a manifest, such as { behavior: {} }'),
};

export const SERVICE: Shape<PrewarmedServiceProps> = { ...SERVICE_OPTIONS, image: required(image), movingIn: flag };

export const MERGE_RULES: Shape<MergeRules> = { locked: listOf(text('keeper.image'), "['keeper.image']") };
