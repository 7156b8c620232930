import { Assumptions } from './assumptions';
import { AutoscalerMemory, NO_MEMORY } from './autoscaler/memory';
import { PodReadings, Reading } from './autoscaler/metrics';
import { reconcile } from './autoscaler/reconcile';
import { CONTROLLER_DEFAULTS, ControllerSettings, MetricSpec } from './autoscaler/spec';
import { Followed } from './foreign-metrics';
import { PodMetrics } from './pods/pod-metrics';
import { Pods } from './pods/pods';
import { RehearsedWorkload } from './types';
import { ReplicaBounds } from '../core/plan/plan';
import { EpochMs } from '../core/time/instant';

/** What the autoscaler sees in one pass. */
export interface View {
  readonly second: number;
  readonly now: EpochMs;
  readonly bounds: ReplicaBounds;
  readonly replicas: number;
  readonly pods: Pods;
  /** Requests per second that arrive. */
  readonly rate: number;
  readonly metricsDown: boolean;
}

/** The autoscaler of one service, from pass to pass. */
export class Autoscaler {
  private memory: AutoscalerMemory = NO_MEMORY;
  private active = 'ValidMetricFound';
  private readonly settings: ControllerSettings;

  constructor(
    private readonly followed: Followed, private readonly workload: RehearsedWorkload, assumed: Assumptions,
    private readonly say: (says: string) => void,
  ) {
    this.settings = {
      ...CONTROLLER_DEFAULTS,
      tolerance: assumed.hpaTolerance,
      cpuInitializationMs: assumed.hpaCpuInitializationSeconds * 1000,
      initialReadinessMs: assumed.hpaInitialReadinessSeconds * 1000,
      downscaleStabilizationMs: assumed.hpaDownscaleStabilizationSeconds * 1000,
    };
  }

  /** Looks once. Returns the replicas that it asks for. */
  public pass(view: View): number {
    const { second, bounds: { floor, ceiling }, replicas, pods, metricsDown } = view;
    const { spec } = this.followed;
    const metrics = pods.metrics(second);
    const { desired, memory, conditions, utilization } = reconcile({
      now: second * 1000,
      spec: { ...spec, minReplicas: floor, maxReplicas: ceiling },
      replicas,
      statusReplicas: pods.count(),
      pods: metrics.groups,
      readings: spec.metrics.map((metric, i) => metricsDown ? { failure: 'the metrics API is down' } : this.read(metric, i, metrics, view)),
      memory: this.memory,
    }, this.settings);
    this.memory = memory;
    const active = conditions.ScalingActive?.reason ?? this.active;
    if (active !== this.active) {
      this.active = active;
      this.say(active === 'ValidMetricFound' ? 'has metrics again' : `cannot scale: ${active}`);
    }
    if (desired !== replicas) {
      const why = utilization === undefined ? '' : `, CPU ${utilization} %`;
      this.say(`${replicas} -> ${desired} pods (floor ${floor}${why})`);
    }
    return desired;
  }

  /** What a metric reads: CPU and memory as they are, others as their readers say. */
  private read(metric: MetricSpec, index: number, { groups, cpu, memory }: PodMetrics, { second, now, pods, rate }: View): Reading {
    const { memoryRequestMiB, cpuRequestMillis } = this.workload;
    const reader = this.followed.readers[index];
    const thousandths = reader ? Math.round(reader(now, { rate, ready: pods.ready }) * 1000) : 0;
    let readings: PodReadings;
    if (reader && metric.type === 'Pods') {
      const perPod = { value: thousandths, at: second * 1000, windowMs: 15_000 };
      readings = { samples: groups.map(({ ready }) => ready ? perPod : undefined) };
    } else if (reader) {
      return { value: thousandths };
    } else if (metric.name === 'memory') {
      readings = { samples: memory, requests: memory.map(() => memoryRequestMiB === undefined ? undefined : memoryRequestMiB * 1000) };
    } else {
      readings = { samples: cpu, requests: cpu.map(() => cpuRequestMillis) };
    }
    return readings.samples.some(sample => sample) ? readings : { failure: 'no metrics returned from the metrics API' };
  }
}
