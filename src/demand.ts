import { DEFAULTS } from './core/plan/defaults';
import { PlannedDemand } from './core/plan/plan';
import { replicasFor } from './core/plan/sizing';
import { MOST_REPLICAS, Shape, checkProps, elsewhere } from './private/props';
import { checkFactor, shown } from './private/whole-number';

/** How `Demand.requestsPerSecond` becomes a number of pods. */
export interface RequestsPerSecondOptions {
  /**
   * Pods beyond what the expected peak fills, in percent.
   *
   * With less than the default the autoscaler would add cold pods at the opening of a normal night.
   *
   * @default - the expected peak meets the autoscaler's CPU target: 43 % more for a target of 70 %, which is also assumed where the target is
   * not known; 25 % more for an autoscaler rendered without metrics, which Kubernetes has follow 80 % of the requested CPU
   */
  readonly headroomPercent?: number;
}

const REQUESTS_PER_SECOND: Shape<RequestsPerSecondOptions> = { headroomPercent: elsewhere };

function checkHeadroom(factory: string, options: RequestsPerSecondOptions): RequestsPerSecondOptions {
  checkProps('options', REQUESTS_PER_SECOND, options);
  const { headroomPercent } = options;
  if (headroomPercent !== undefined && (!Number.isFinite(headroomPercent) || headroomPercent < 0)) {
    throw new Error(`'headroomPercent' of ${factory} must be a number of at least 0, got ${shown(headroomPercent)}; 50 is half as many pods again`);
  }
  return headroomPercent === undefined ? {} : { headroomPercent };
}

/**
 * How much an opening is expected to need: the floor of its window.
 *
 * @example
 * Demand.replicas(60);
 * Demand.requestsPerSecond(15_000); // this cluster's share; needs the service's `podCapacity`
 */
export class Demand {
  /**
   * A number of pods.
   *
   * @param count a whole number of at least 1
   */
  public static replicas(count: number): Demand {
    if (!Number.isSafeInteger(count) || count < 1) {
      throw new Error(`Demand.replicas needs a whole number of at least 1, got ${shown(count)}`);
    }
    if (count > MOST_REPLICAS) {
      throw new Error(`Demand.replicas needs a whole number of at most ${MOST_REPLICAS}, which is all that Kubernetes can count, got ${count}`);
    }
    return new Demand({ replicas: count });
  }

  /**
   * The expected peak, as this cluster's share.
   *
   * It needs the service's `podCapacity`. 15,000 rps at 200 a pod are 75 pods at 100 % and 108 at the autoscaler's 70 %.
   *
   * @param peak requests per second, more than 0
   */
  public static requestsPerSecond(peak: number, options: RequestsPerSecondOptions = {}): Demand {
    if (!Number.isFinite(peak) || peak <= 0) {
      throw new Error(`Demand.requestsPerSecond needs a number above 0, got ${shown(peak)}`);
    }
    return new Demand({ requestsPerSecond: peak, ...checkHeadroom('Demand.requestsPerSecond', options) });
  }

  /**
   * The requests of the services that call this one: of each opening their expected peaks, times what they say in `uses` by `perRequest`.
   *
   * It needs the service's `podCapacity`. Floors are known at synth, when all callers are: `floorAt` throws before. What the callers say of single
   * dates in `demandOn` holds here too, and so does their `demandFactor`; that of this service does not count. A caller whose demand is in
   * pods is expected to get as many requests as these pods serve. The service must schedule every event that its callers do.
   */
  public static fromCallers(options: RequestsPerSecondOptions = {}): Demand {
    return new Demand(checkHeadroom('Demand.fromCallers', options), true);
  }

  /** @internal */
  public readonly _planned: PlannedDemand;

  /**
   * Whether the callers say how much it is; `_planned` then has only what follows from it.
   *
   * @internal
   */
  public readonly _isFromCallers: boolean;

  private constructor(planned: PlannedDemand, isFromCallers: boolean = false) {
    this._planned = planned;
    this._isFromCallers = isFromCallers;
  }

  /**
   * A part of this demand, or a multiple: for staging, for a region.
   *
   * At least one pod is left of it. `demandFactor` of a schedule does so for all of its demands.
   *
   * @param factor more than 0
   */
  public times(factor: number): Demand {
    checkFactor('the factor of Demand.times', factor);
    const { replicas, requestsPerSecond, factor: before = 1, ...rest } = this._planned;
    return new Demand({
      ...(replicas === undefined ? {} : { replicas: Math.max(1, Math.ceil(product(replicas, factor))) }),
      ...(requestsPerSecond === undefined ? {} : { requestsPerSecond: product(requestsPerSecond, factor) }),
      ...rest,
      factor: product(before, factor),
    }, this._isFromCallers);
  }

  /**
   * A demand of its own, once it is known what the callers send.
   *
   * @internal
   */
  public _of(requestsPerSecond: number): Demand {
    return new Demand({ ...this._planned, requestsPerSecond: product(requestsPerSecond, this._planned.factor ?? 1) });
  }

  /**
   * The floor; undefined where requests per second meet no pod capacity.
   *
   * @internal
   */
  public _replicas(capacity: PodCapacity | undefined, targetPercent: number = DEFAULTS.targetPercent): number | undefined {
    const { replicas, requestsPerSecond, headroomPercent } = this._planned;
    if (requestsPerSecond === undefined) {
      return replicas;
    }
    return capacity && replicasFor(requestsPerSecond, capacity._requestsPerSecond, headroomPercent, targetPercent);
  }
}

/** Without the last digits, in which 30 * 0.1 is more than 3. */
function product(a: number, b: number): number {
  return Number((a * b).toPrecision(12));
}

/**
 * What one pod was measured to serve with the CPU and memory it has.
 *
 * @example
 * PodCapacity.requestsPerSecond(200);
 */
export class PodCapacity {
  /**
   * Requests per second that one pod serves at 100 % of its CPU request.
   *
   * Headroom comes on top, from `Demand`.
   *
   * @param measured requests per second, more than 0
   */
  public static requestsPerSecond(measured: number): PodCapacity {
    if (!Number.isFinite(measured) || measured <= 0) {
      throw new Error(`PodCapacity.requestsPerSecond needs a number above 0, got ${shown(measured)}`);
    }
    return new PodCapacity(measured);
  }

  /** @internal */
  public readonly _requestsPerSecond: number;

  private constructor(requestsPerSecond: number) {
    this._requestsPerSecond = requestsPerSecond;
  }
}
