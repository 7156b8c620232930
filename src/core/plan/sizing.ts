import { DEFAULTS } from './defaults';
import { PlannedDemand } from './plan';
import { formatCount } from '../time/numbers';

/**
 * Pods for an expected peak.
 *
 * Without a stated headroom the peak meets the autoscaler's target: 15,000 rps at 200 a pod are 75 pods at 100 %, 108 at 70 %.
 * With less, the autoscaler would add cold pods at the opening of a normal night.
 */
export function replicasFor(peakRps: number, podRps: number, headroomPercent?: number, targetPercent: number = DEFAULTS.targetPercent): number {
  // percent as whole numbers keep 14,000 / 200 / 70 % at 100, where 0.7 would make it 101
  const pods = headroomPercent === undefined
    ? peakRps * 100 / (podRps * targetPercent)
    : peakRps * (100 + headroomPercent) / (podRps * 100);
  return Math.max(1, Math.ceil(pods));
}

/** The least ceiling that an event gets unless it names one: half as much again above its floor. */
export function defaultCeiling(floor: number, baselineCeiling: number): number {
  return Math.max(baselineCeiling, Math.ceil(floor * 3 / 2));
}

/** `15,000 requests/s`, `60 pods`; `1,500 requests/s (times 0.1)` of a part. */
export function formatDemand({ replicas, requestsPerSecond, headroomPercent, factor }: PlannedDemand): string {
  const demand = requestsPerSecond === undefined
    ? `${formatCount(replicas ?? 0)} pods`
    : `${formatCount(requestsPerSecond)} requests/s${headroomPercent === undefined ? '' : ` and ${headroomPercent} % more`}`;
  return factor === undefined ? demand : `${demand} (times ${factor})`;
}
