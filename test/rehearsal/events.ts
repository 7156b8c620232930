import { HOUR, MINUTE, OPENING, SECOND, Wishes, marathon } from './services';
import { PlannedUse } from '../../src/core/plan/use-facts';
import { PlacedService } from '../../src/rehearsal/chain/event';
import { TrafficPoint } from '../../src/rehearsal/types';
import { openingAt } from '../support/plans';

/** A service of the marathon, by its name, with what it uses; its pods serve 100 requests a second, five at a time. */
export function serviceOf(name: string, pods: number, rps: number, uses: readonly PlannedUse[] = [], wishes: Wishes = {}): PlacedService {
  const opening = openingAt('seoul-marathon', OPENING, pods, { ceiling: pods, leadMs: 5 * MINUTE, holdMs: HOUR, readyMarginMs: MINUTE, demand: { requestsPerSecond: rps } });
  const service = marathon({ floor: pods, ceiling: pods, openings: [opening], ...wishes });
  // pods as they are at the opening from the first second on: what is shown is what requests do
  const plan = { ...service.plan, service: name, baseline: { floor: pods, ceiling: pods }, podCapacity: 100, ...(uses.length > 0 ? { uses } : {}) };
  return { service: { ...service, plan, workload: { ...service.workload, image: `${name}:1` } } };
}

export const connections = (perPod: number, limit: number, more: Partial<PlannedUse> = {}): PlannedUse =>
  ({ kind: 'connections', name: 'tickets-db', limit, perPod, ...more });
export const calls = (name: string, perRequest: number): PlannedUse => ({ kind: 'service', name, perRequest });
export const provider = (limit: number, perRequest = 1): PlannedUse => ({ kind: 'requestsPerSecond', name: 'payment-provider', limit, perRequest });

/** Rates from one second on, by seconds from the opening; steady in between. */
export function steps(...rates: readonly (readonly [number, number])[]): TrafficPoint[] {
  return rates.flatMap(([second, rps], i): TrafficPoint[] => [
    ...(i === 0 ? [] : [{ atMs: second * SECOND, rps: rates[i - 1][1] }]),
    { atMs: second * SECOND + (i === 0 ? 0 : 1), rps },
  ]);
}

/** No memory runs out, and nothing warms up. */
export const PLAIN = { memoryPerRequestKiB: 0, warmUpSeconds: 0 };
