import { HOUR, MINUTE, SECOND } from './durations';
import { Opening, Plan, PlannedDemand, byInstant } from '../../src/core/plan/plan';
import { WindowShape, windowsOf } from '../../src/core/plan/windows';
import { EpochMs } from '../../src/core/time/instant';

/** Plans as the constructs would write them. */

export interface OpeningOptions extends Partial<WindowShape> {
  readonly timeZone?: string;
  readonly demand?: PlannedDemand;
  readonly ceiling?: number;
}

export function openingAt(event: string, at: string | EpochMs, floor: number, options: OpeningOptions = {}): Opening {
  const { timeZone = 'Asia/Seoul', demand = { replicas: floor }, ceiling = Math.ceil(floor * 1.5), ...window } = options;
  const instant = typeof at === 'string' ? Date.parse(at) : at;
  const shape = { leadMs: 3 * HOUR, holdMs: 2 * HOUR, readyMarginMs: 15 * MINUTE, ...window };
  return {
    event,
    timeZone,
    at: instant,
    readyBy: instant - shape.readyMarginMs,
    demand,
    floor,
    ceiling,
    windows: windowsOf(instant, shape, { floor, ceiling }),
  };
}

/** A plan for a Deployment that is named like the service, as is the autoscaler in front of it. */
export function planOf(service: string, openings: readonly Opening[], more: Partial<Plan> = {}): Plan {
  const { fixedCeiling, podCapacity, ...rest } = more;
  return {
    service,
    target: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: service },
    workload: { apiVersion: 'apps/v1', kind: 'Deployment', name: service },
    baseline: { floor: 2, ceiling: 10 },
    ...(fixedCeiling === undefined ? {} : { fixedCeiling }),
    guards: 2,
    startupMs: 45 * SECOND,
    ...(podCapacity === undefined ? {} : { podCapacity }),
    openings: [...openings].sort(byInstant),
    ...rest,
  };
}

/** The marathon of the README. */
export const MARATHON = planOf('registration', [
  openingAt('seoul-marathon', '2026-12-05T10:00:00+09:00', 108, { demand: { requestsPerSecond: 15_000 } }),
], { fixedCeiling: 162, podCapacity: 200 });

/** As of which the marathon is ahead. */
export const NOW = Date.parse('2026-11-22T12:00:00Z');
