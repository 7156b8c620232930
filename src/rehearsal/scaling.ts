import { Assumptions } from './assumptions';
import { AutoscalerMemory, NO_MEMORY } from './autoscaler/memory';
import { PodReadings, Reading } from './autoscaler/metrics';
import { reconcile } from './autoscaler/reconcile';
import { AutoscalerSpec, CONTROLLER_DEFAULTS, ControllerSettings, MetricSpec } from './autoscaler/spec';
import { PodMetrics } from './pods/pod-metrics';
import { Pods } from './pods/pods';
import { RehearsedWorkload } from './types';
import { ReplicaBounds } from '../core/plan/plan';

/** What the autoscaler sees in one pass. */
export interface View {
  readonly second: number;
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
    private readonly spec: AutoscalerSpec, private readonly workload: RehearsedWorkload, assumed: Assumptions,
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
    const metrics = pods.metrics(second);
    const { desired, memory, conditions, utilization } = reconcile({
      now: second * 1000,
      spec: { ...this.spec, minReplicas: floor, maxReplicas: ceiling },
      replicas,
      statusReplicas: pods.count(),
      pods: metrics.groups,
      readings: this.spec.metrics.map(metric => metricsDown ? { failure: 'the metrics API is down' } : this.read(metric, metrics, view)),
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

  /** What a metric reads: CPU and memory as they are, anything else as requests per second. */
  private read(metric: MetricSpec, { groups, cpu, memory }: PodMetrics, { second, pods, rate }: View): Reading {
    const { memoryRequestMiB, cpuRequestMillis } = this.workload;
    const thousandths = rate * 1000;
    let readings: PodReadings;
    switch (metric.type) {
      case 'Object':
      case 'External':
        return { value: thousandths };
      case 'Pods': {
        const perPod = { value: Math.round(thousandths / Math.max(1, pods.ready)), at: second * 1000, windowMs: 15_000 };
        readings = { samples: groups.map(({ ready }) => ready ? perPod : undefined) };
        break;
      }
      default:
        readings = metric.name === 'memory'
          ? { samples: memory, requests: memory.map(() => memoryRequestMiB === undefined ? undefined : memoryRequestMiB * 1000) }
          : { samples: cpu, requests: cpu.map(() => cpuRequestMillis) };
    }
    return readings.samples.some(sample => sample) ? readings : { failure: 'no metrics returned from the metrics API' };
  }
}
