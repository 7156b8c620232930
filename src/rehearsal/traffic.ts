import { TrafficPoint } from './types';
import { DEFAULTS } from '../core/plan/defaults';
import { Opening, Plan, endOf } from '../core/plan/plan';
import { MINUTE } from '../core/time/wall-clock';

/** Before the opening: this share of the demand, and not so much that the baseline's pods would be busy. */
export const IDLE_SHARE = 0.02;
const IDLE_LOAD = 0.3;

/** What the event's demand is in requests per second; replicas count with what they serve at the autoscaler's usual target. */
export function demandedRps(plan: Plan, opening: Opening, podRps: number): number {
  const { requestsPerSecond, replicas } = opening.demand;
  return requestsPerSecond ?? Math.round((replicas ?? opening.floor) * (plan.podCapacity ?? podRps) * DEFAULTS.targetPercent / 100);
}

/**
 * The traffic of an opening: hardly any before, all within one second, ten minutes of it (half of a shorter hold), then half as much every
 * ten minutes.
 */
export function openingTraffic(plan: Plan, opening: Opening, peak: number, podRps: number): TrafficPoint[] {
  const idle = Math.min(peak * IDLE_SHARE, plan.baseline.floor * podRps * IDLE_LOAD);
  const plateau = Math.min(10 * MINUTE, (endOf(opening) - opening.at) / 2);
  const points: TrafficPoint[] = [{ atMs: 0, rps: idle }, { atMs: 1000, rps: peak }, { atMs: plateau, rps: peak }];
  for (let rps = peak, atMs = plateau; rps > idle; rps = points[points.length - 1].rps) {
    atMs += 10 * MINUTE;
    points.push({ atMs, rps: Math.max(idle, rps / 2) });
  }
  return points;
}

/** Requests that arrive within one second, for each second of a run that begins `fromMs` from the opening. */
export function arrivalsOf(points: readonly TrafficPoint[], fromMs: number, seconds: number): Float64Array {
  const arrivals = new Float64Array(seconds);
  let next = 0;
  for (let i = 0; i < seconds; i++) {
    const from = fromMs + i * 1000;
    while (next < points.length && points[next].atMs <= from) {
      next++;
    }
    const inside = next < points.length && points[next].atMs < from + 1000;
    arrivals[i] = inside ? meanRate(points, from) : (rateAt(points, next, from) + rateAt(points, next, from + 1000)) / 2;
  }
  return arrivals;
}

/** A second in which the rate bends: the mean of its milliseconds. */
function meanRate(points: readonly TrafficPoint[], from: number): number {
  let sum = 0;
  for (let ms = from; ms < from + 1000; ms++) {
    sum += rateAt(points, points.findIndex(({ atMs }) => atMs > ms + 0.5), ms + 0.5);
  }
  return sum / 1000;
}

/** Between the point before `next` and `next` itself; -1 or beyond the list: after the last. */
function rateAt(points: readonly TrafficPoint[], next: number, ms: number): number {
  if (points.length === 0) {
    return 0;
  }
  if (next < 0 || next >= points.length) {
    return points[points.length - 1].rps;
  }
  if (next === 0) {
    return points[0].rps;
  }
  const [before, after] = [points[next - 1], points[next]];
  return before.rps + (after.rps - before.rps) * Math.min(1, (ms - before.atMs) / (after.atMs - before.atMs));
}
