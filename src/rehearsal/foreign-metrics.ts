import { AutoscalerSpec, MetricSpec } from './autoscaler/spec';
import { GivenMetrics, MetricPoint } from './types';
import { TriggerSchedule } from '../core/plan/followed-metrics';
import { CronSchedule, nextRun, parseCron } from '../core/time/cron-next';
import { EpochMs } from '../core/time/instant';

/** What a metric reads that is neither CPU nor memory. */
export type ForeignReader = (now: EpochMs, traffic: TrafficNow) => number;

/** What arrives, and how many pods take it. */
export interface TrafficNow {
  /** Requests per second. */
  readonly rate: number;
  readonly ready: number;
}

/** What an autoscaler follows in a rehearsal, and what is left out. */
export interface Followed {
  readonly spec: AutoscalerSpec;
  /** Parallel to the metrics of the spec; absent: CPU or memory. */
  readonly readers: readonly (ForeignReader | undefined)[];
  readonly notes: readonly string[];
}

/**
 * The metrics that can be played: CPU and memory, schedules of KEDA, and what the scenario gives.
 *
 * A metric of which nothing is known must not decide: it is left out, and a note says so.
 */
export function followedOf(spec: AutoscalerSpec, given: GivenMetrics, opening: EpochMs): Followed {
  const kept: { readonly metric: MetricSpec; readonly reader?: ForeignReader }[] = [];
  const notes: string[] = [];
  for (const metric of spec.metrics) {
    if (isOfPod(metric)) {
      kept.push({ metric });
      continue;
    }
    const reader = readerOf(metric, given, opening);
    if (reader) {
      kept.push({ metric, reader });
    } else {
      notes.push(`${metric.type} metric '${metric.name}' is left out, since what it reads is not known: give it in a scenario, as `
        + `'metrics: { ${metric.name}: requests }' where it is requests per second, or by its values over time`);
    }
  }
  if (kept.length === 0 && notes.length > 0) {
    notes.push('no metric is left to the autoscaler: nothing but the floor moves pods here');
  }
  const unknown = Object.keys(given).filter(name => !spec.metrics.some(metric => metric.name === name && !isOfPod(metric)));
  notes.push(...unknown.map(name => `the scenario gives a metric '${name}', which the autoscaler does not follow`));
  return { spec: { ...spec, metrics: kept.map(({ metric }) => metric) }, readers: kept.map(({ reader }) => reader), notes };
}

/** CPU and memory are what pods use here. */
function isOfPod({ type, name }: MetricSpec): boolean {
  return (type === 'Resource' || type === 'ContainerResource') && (name === 'cpu' || name === 'memory');
}

function readerOf({ type, name, schedule }: MetricSpec, given: GivenMetrics, opening: EpochMs): ForeignReader | undefined {
  const values = Object.hasOwn(given, name) ? given[name] : undefined;
  if (values === 'requests') {
    return type === 'Pods' ? (_now, { rate, ready }) => rate / Math.max(1, ready) : (_now, { rate }) => rate;
  }
  if (values) {
    return now => valueAt(values, now - opening);
  }
  return schedule && scheduleReader(schedule);
}

/** KEDA's cron scaler: as many as it asks for while the next thing to come is its end, else 1. */
function scheduleReader({ start, end, timeZone, replicas }: TriggerSchedule): ForeignReader | undefined {
  let lines: { readonly start: CronSchedule; readonly end: CronSchedule };
  try {
    lines = { start: parseCron(start), end: parseCron(end) };
  } catch {
    // KEDA refuses it, and nothing is known of what its HPA then reads
    return undefined;
  }
  let isOn = false;
  let until = -Infinity;
  return now => {
    if (now >= until) {
      const [nextStart, nextEnd] = [lines.start, lines.end].map(line => nextRun(line, timeZone, now) ?? Infinity);
      isOn = nextEnd < nextStart;
      until = Math.min(nextStart, nextEnd);
    }
    return isOn ? replicas : 1;
  };
}

/** Linear between two points, steady before the first and after the last. */
function valueAt(points: readonly MetricPoint[], ms: number): number {
  const next = points.findIndex(({ atMs }) => atMs > ms);
  if (next === 0) {
    return points[0].value;
  }
  const before = points[next < 0 ? points.length - 1 : next - 1];
  const after = points[next] ?? before;
  return after === before ? before.value : before.value + (after.value - before.value) * (ms - before.atMs) / (after.atMs - before.atMs);
}
