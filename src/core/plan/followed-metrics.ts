import { KindReference } from './reference';
import { TargetKind, targetKindOf } from './target-kind';

/**
 * What an autoscaler follows: the metrics of every API version and of KEDA, read into one shape.
 *
 * Nothing is taken here that the API server or KEDA would refuse: a metric without a target, a trigger without a type.
 */

/** One metric and its target; one of the three amounts is there. */
export interface FollowedMetric {
  readonly type: MetricType;
  /** Of a resource `cpu` or `memory`, else the metric's own name, and for a trigger of KEDA its type. */
  readonly name: string;
  /** The one container that is looked at; absent: all of the pod. */
  readonly container?: string;
  /** Percent of what is requested. */
  readonly averageUtilization?: number;
  /** A quantity for each pod. */
  readonly averageValue?: Quantity;
  /** A quantity for all pods together. */
  readonly value?: Quantity;
  /** Of KEDA's cron scaler, whose metric reads so many replicas while its schedule is on. */
  readonly schedule?: TriggerSchedule;
}

/** A trigger of KEDA that asks for replicas from one time to another; both are cron lines of five fields. */
export interface TriggerSchedule {
  readonly start: string;
  readonly end: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly replicas: number;
}

export type MetricType = 'Resource' | 'ContainerResource' | 'Pods' | 'Object' | 'External';

/** As Kubernetes writes it: `500m`, `2Gi`, or a number. */
export type Quantity = string | number;

/** What is read of an autoscaler; nobody has checked it. */
export interface ParsedAutoscaler extends KindReference {
  readonly metadata?: { readonly annotations?: { readonly [name: string]: string } };
  readonly spec?: object;
}

/** Who reads what is followed, in whose words. */
const READERS: { readonly [words in NonNullable<TargetKind['follows']>]: Reader } = {
  autoscaling: { metricsOf: autoscalerMetrics, behaviorOf: autoscalerBehavior },
  keda: { metricsOf: scaledObjectMetrics, behaviorOf: scaledObjectBehavior },
};

interface Reader {
  readonly metricsOf: (object: ParsedAutoscaler) => FollowedMetric[];
  readonly behaviorOf: (object: ParsedAutoscaler) => unknown;
}

function readerOf(target: ParsedAutoscaler): Reader | undefined {
  const { follows } = targetKindOf(target) ?? {};
  return follows && READERS[follows];
}

/** What a target follows between floor and ceiling; nothing where no autoscaler scales it. */
export function followedMetricsOf(target: ParsedAutoscaler): FollowedMetric[] {
  return readerOf(target)?.metricsOf(target) ?? [];
}

/** How fast a target follows, in the shape of autoscaling/v2, as parsed; undefined where it does not say. */
export function followedBehaviorOf(target: ParsedAutoscaler): unknown {
  return readerOf(target)?.behaviorOf(target);
}

/** CPU that is followed as a share of what is requested. */
export interface CpuTarget {
  readonly percent: number;
  /** The one container whose CPU and request are looked at; absent: all of the pod. */
  readonly container?: string;
}

/** The shares of the requested CPU that a target aims at, in the order of its manifest; none where it does not follow CPU that way. */
export function cpuTargetsOf(target: ParsedAutoscaler): CpuTarget[] {
  return followedMetricsOf(target).flatMap(({ name, averageUtilization: percent, container }) =>
    name === 'cpu' && percent !== undefined ? [{ percent, ...(container === undefined ? {} : { container }) }] : []);
}

/**
 * The share of the requested CPU from which on a target adds pods; undefined where it does not follow CPU that way.
 *
 * Of several the lowest, since an autoscaler takes the highest count that any of its metrics asks for.
 */
export function cpuPercentOf(target: ParsedAutoscaler): number | undefined {
  const percents = cpuTargetsOf(target).map(({ percent }) => percent);
  return percents.length > 0 ? Math.min(...percents) : undefined;
}

/**
 * What the API server has an HPA follow that names no metric: 80 % of the requested CPU.
 *
 * The API reference of HorizontalPodAutoscalerSpec says of `metrics`: "If not set, the default metric will be set to 80% average CPU
 * utilization"; autoscaling/v1 becomes the same on its way into the API server.
 */
const WITHOUT_METRICS: FollowedMetric = { type: 'Resource', name: 'cpu', averageUtilization: 80 };

/** Where autoscaling/v1 keeps the metrics that it has no field for, in the shape of v2beta1. */
const METRICS_ANNOTATION = 'autoscaling.alpha.kubernetes.io/metrics';

/** Where autoscaling/v1 and v2beta1 keep the behavior, in the shape of v2. */
const BEHAVIOR_ANNOTATION = 'autoscaling.alpha.kubernetes.io/behavior';

/** The metrics of a HorizontalPodAutoscaler of any version: autoscaling/v1, v2, v2beta1 and v2beta2. */
function autoscalerMetrics({ apiVersion = 'autoscaling/v2', metadata, spec }: ParsedAutoscaler): FollowedMetric[] {
  const version = versionOf(apiVersion);
  const { metrics, targetCPUUtilizationPercentage: averageUtilization } = fieldsOf(spec);
  const given = version === 'v1' ? parsedJson(metadata?.annotations?.[METRICS_ANNOTATION]) : metrics;
  const followed = [
    ...version === 'v1' && typeof averageUtilization === 'number' ? [{ ...WITHOUT_METRICS, averageUtilization }] : [],
    ...itemsOf(given).flatMap(isEarly(version) ? earlyMetric : metricOf),
  ];
  return followed.length > 0 || itemsOf(given).length > 0 ? followed : [WITHOUT_METRICS];
}

/** How fast a HorizontalPodAutoscaler scales; versions without a field for it have an annotation. */
function autoscalerBehavior({ apiVersion = 'autoscaling/v2', metadata, spec }: ParsedAutoscaler): unknown {
  return isEarly(versionOf(apiVersion)) ? parsedJson(metadata?.annotations?.[BEHAVIOR_ANNOTATION]) : fieldsOf(spec).behavior;
}

/** How fast the HPA scales that KEDA makes of a ScaledObject. */
function scaledObjectBehavior({ spec }: ParsedAutoscaler): unknown {
  return fieldsOf(fieldsOf(fieldsOf(spec).advanced).horizontalPodAutoscalerConfig).behavior;
}

/** The metrics of the HPA that KEDA makes of a ScaledObject: triggers of CPU and memory as they are, the others as external metrics. */
function scaledObjectMetrics({ spec }: ParsedAutoscaler): FollowedMetric[] {
  return itemsOf(fieldsOf(spec).triggers).flatMap(triggerMetric);
}

/** The field of each type of metric that says what is measured. */
const SOURCES: { readonly [type in MetricType]: string } = {
  Resource: 'resource', ContainerResource: 'containerResource', Pods: 'pods', Object: 'object', External: 'external',
};

/** A metric of autoscaling/v2 and v2beta2. */
function metricOf(parsed: Fields): FollowedMetric[] {
  const { type, source } = sourceOf(parsed);
  const { averageUtilization, averageValue, value } = fieldsOf(source.target);
  const name = source.name ?? fieldsOf(source.metric).name;
  return withTarget({ type, name, container: source.container }, { averageUtilization, averageValue, value });
}

/** A metric of autoscaling/v2beta1, and of the annotation of v1. */
function earlyMetric(parsed: Fields): FollowedMetric[] {
  const { type, source } = sourceOf(parsed);
  return withTarget({ type, name: source.name ?? source.metricName, container: source.container }, {
    averageUtilization: source.targetAverageUtilization,
    averageValue: source.targetAverageValue ?? source.averageValue,
    value: source.targetValue,
  });
}

function sourceOf(parsed: Fields): { readonly type: MetricType; readonly source: Fields } {
  const type = parsed.type as MetricType;
  return { type, source: Object.hasOwn(SOURCES, type) ? fieldsOf(parsed[SOURCES[type]]) : {} };
}

/** KEDA takes the kind of target from `metricType`, formerly from `metadata.type`; of CPU and memory it needs one of the two. */
function triggerMetric({ type: name, metricType, metadata }: Fields): FollowedMetric[] {
  const { type, value, threshold, containerName } = fieldsOf(metadata);
  if (name === 'cron') {
    const schedule = scheduleOf(fieldsOf(metadata));
    return withTarget({ type: 'External', name }, { averageValue: '1' }).map(metric => schedule ? { ...metric, schedule } : metric);
  }
  if (name !== 'cpu' && name !== 'memory') {
    const amount = threshold ?? value ?? '1';
    return withTarget({ type: 'External', name }, metricType === 'Value' ? { value: amount } : { averageValue: amount });
  }
  const head = { type: containerName ? 'ContainerResource' : 'Resource', name, container: containerName || undefined } as const;
  switch (metricType ?? type) {
    case 'Utilization': return withTarget(head, { averageUtilization: wholeNumberOf(value) });
    case 'AverageValue': return withTarget(head, { averageValue: value });
    default: return [];
  }
}

/** Undefined where KEDA would refuse it. */
function scheduleOf({ start, end, timezone: timeZone, desiredReplicas }: Fields): TriggerSchedule | undefined {
  const replicas = wholeNumberOf(desiredReplicas);
  const isWhole = typeof start === 'string' && typeof end === 'string' && typeof timeZone === 'string' && replicas !== undefined;
  return isWhole ? { start, end, timeZone, replicas } : undefined;
}

/** Whether a behavior forbids an autoscaler to take pods away, be they ever so idle. */
export function neverScalesDown(behavior: unknown): boolean {
  return fieldsOf(fieldsOf(behavior).scaleDown).selectPolicy === 'Disabled';
}

function versionOf(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf('/') + 1);
}

/** Versions that write a metric's target beside its name. */
function isEarly(version: string): boolean {
  return version === 'v1' || version === 'v2beta1';
}

/** Out of a text, as all values of a trigger are. */
function wholeNumberOf(value: unknown): number | undefined {
  return /^\d+$/.test(String(value)) ? Number(value) : undefined;
}

interface Head {
  readonly type: MetricType;
  readonly name?: unknown;
  readonly container?: unknown;
}

/** One metric, without the fields that are not there; none where it has no target. */
function withTarget({ type, name, container }: Head, { averageUtilization, averageValue, value }: Fields): FollowedMetric[] {
  const target = {
    ...(typeof averageUtilization === 'number' ? { averageUtilization } : {}),
    ...(isQuantity(averageValue) ? { averageValue } : {}),
    ...(isQuantity(value) ? { value } : {}),
  };
  return Object.keys(target).length === 0 ? []
    : [{ type, name: typeof name === 'string' ? name : '', ...(typeof container === 'string' ? { container } : {}), ...target }];
}

function isQuantity(value: unknown): value is Quantity {
  return typeof value === 'string' || typeof value === 'number';
}

/** The fields of a parsed object; none of what is no object. */
interface Fields {
  readonly [field: string]: unknown;
}

function fieldsOf(parsed: unknown): Fields {
  return parsed && typeof parsed === 'object' ? parsed as Fields : {};
}

function itemsOf(list: unknown): Fields[] {
  return Array.isArray(list) ? list.map(fieldsOf) : [];
}

function parsedJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
