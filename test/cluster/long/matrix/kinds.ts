import { ApiObject, Chart, Duration } from 'cdk8s';
import { FLEET } from './fleet';
import { eventFrom } from '../../support/services';
import { Demand, EventScaleSchedule, ScheduleTarget } from 'cdk8s-prewarm';

/** A kind of target with what it scales, as an app renders both. */
export interface Kind {
  /** Of its service, target and workload. */
  readonly name: string;
  readonly title: string;
  readonly workload: Omit<ApiObjectShape, 'metadata'>;
  /** What scales the workload; absent: it is the target itself. */
  readonly scaler?: Omit<ApiObjectShape, 'metadata'> & { readonly floor: 'minReplicas' | 'minReplicaCount' };
  /** The floor between events. */
  readonly baseline: number;
  /** Between events KEDA takes its pods away as long as no trigger is active, whatever its floor is. */
  readonly idles?: boolean;
}

interface ApiObjectShape {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: object;
  readonly spec?: object;
}

/** Fields that stand in the manifests of somebody who does without a schedule. */
export interface OwnFields {
  readonly floor: number;
  readonly replicas: number;
}

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' };
const PARALLEL = { apiVersion: 'apps/v1', kind: 'StatefulSet', spec: { podManagementPolicy: 'Parallel' } };
const ORDERED = { apiVersion: 'apps/v1', kind: 'StatefulSet', spec: { podManagementPolicy: 'OrderedReady' } };

/** Pods leave as soon as the autoscaler wants fewer. */
const AT_ONCE = { scaleDown: { stabilizationWindowSeconds: 0 } };
const AUTOSCALER = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  floor: 'minReplicas',
  spec: {
    maxReplicas: 20,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } }],
    behavior: AT_ONCE,
  },
} as const;

const CPU = { type: 'cpu', metricType: 'Utilization', metadata: { value: '70' } };
/** Active on one minute of the year, and on every day. */
const NEVER = { type: 'cron', metadata: { timezone: 'UTC', start: '0 0 1 1 *', end: '1 0 1 1 *', desiredReplicas: '3' } };
const ALWAYS = { type: 'cron', metadata: { timezone: 'UTC', start: '0 0 * * *', end: '59 23 * * *', desiredReplicas: '3' } };

/** KEDA takes no pods away in the first seconds of a ScaledObject, as when it is made again. */
const UNHURRIED = { initialCooldownPeriod: 20 };

function scaledObject(spec: object): Kind['scaler'] {
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    floor: 'minReplicaCount',
    spec: {
      maxReplicaCount: 20, pollingInterval: 5, cooldownPeriod: 10, advanced: { horizontalPodAutoscalerConfig: { behavior: AT_ONCE } }, ...spec,
    },
  };
}

export const OF_KUBERNETES: readonly Kind[] = [
  { name: 'hpa', title: 'HPA on a Deployment', workload: DEPLOYMENT, scaler: AUTOSCALER, baseline: 2 },
  { name: 'hpaparallel', title: 'HPA on a StatefulSet, `Parallel`', workload: PARALLEL, scaler: AUTOSCALER, baseline: 2 },
  { name: 'hpaordered', title: 'HPA on a StatefulSet, `OrderedReady`', workload: ORDERED, scaler: AUTOSCALER, baseline: 2 },
  { name: 'hpacustom', title: 'HPA on a custom kind', workload: FLEET, scaler: AUTOSCALER, baseline: 2 },
  { name: 'alone', title: 'Deployment', workload: DEPLOYMENT, baseline: 2 },
  { name: 'aloneset', title: 'StatefulSet', workload: PARALLEL, baseline: 2 },
  { name: 'custom', title: 'custom kind, by `fromScale`', workload: FLEET, baseline: 2 },
];

export const OF_KEDA: readonly Kind[] = [
  { name: 'kedacpu', title: '`cpu` trigger', workload: DEPLOYMENT, scaler: scaledObject({ triggers: [CPU] }), baseline: 2 },
  { name: 'kedacron', title: '`cron` trigger, active', workload: DEPLOYMENT, scaler: scaledObject({ triggers: [ALWAYS] }), baseline: 2 },
  {
    name: 'kedaidle',
    title: '`idleReplicaCount: 0`, no trigger active',
    workload: DEPLOYMENT,
    scaler: scaledObject({ triggers: [NEVER], idleReplicaCount: 0, ...UNHURRIED }),
    baseline: 2,
    idles: true,
  },
  { name: 'kedazero', title: 'at 0 between events, no trigger active', workload: DEPLOYMENT, scaler: scaledObject({ triggers: [NEVER], ...UNHURRIED }), baseline: 0 },
];

/** Target and workload; without fields of its own the schedule renders the floor, or nobody does. */
export function objectsIn(chart: Chart, { name, workload: { spec, ...workload }, scaler }: Kind, own?: OwnFields): ApiObject {
  const securityContext = {
    runAsNonRoot: true, runAsUser: 1000, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' },
  };
  const containers = [{ name: 'main', image: `registry.example.com/${name}:1`, resources: { requests: { cpu: '100m' } }, securityContext }];
  const scaled = new ApiObject(chart, 'Workload', {
    ...workload,
    metadata: { name },
    spec: {
      ...spec,
      ...workload.kind === 'StatefulSet' ? { serviceName: name } : {},
      ...own ? { [workload.kind === FLEET.kind ? 'size' : 'replicas']: own.replicas } : {},
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers } },
    },
  });
  return scaler ? new ApiObject(chart, 'Scaler', {
    apiVersion: scaler.apiVersion,
    kind: scaler.kind,
    metadata: { name },
    spec: { ...scaler.spec, scaleTargetRef: { ...workload, name }, ...own ? { [scaler.floor]: own.floor } : {} },
  }) : scaled;
}

/** `floor` pods from one instant on, for some minutes. */
export interface Window {
  readonly from: number;
  readonly minutes: number;
  readonly floor: number;
}

/** The same with a schedule. */
export function scheduledIn(chart: Chart, kind: Kind, window: Window, baseline = kind.baseline): void {
  const target = objectsIn(chart, kind);
  new EventScaleSchedule(chart, kind.name, {
    target: target.kind === FLEET.kind ? ScheduleTarget.fromScale({ ...FLEET, name: kind.name }) : target,
    startupTime: Duration.seconds(5),
    baseline: { floor: baseline },
    events: [{ event: eventFrom(window.from, window), demand: Demand.replicas(window.floor) }],
  });
}
