import { StatusFinding } from './findings';
import { Circumstances } from './types';
import { Opening } from '../../core/plan/plan';
import { EpochMs } from '../../core/time/instant';

/** Pods of the floor that are not Ready; before the ready margin they are still on their way. */
export function readinessFindings({ standing, wanted, now, clock }: Circumstances): StatusFinding[] {
  const { live, ready } = standing;
  if (!live || ready.missing === 0) {
    return [];
  }
  if (!isWarmingUp(wanted.openings, now)) {
    return [{ id: 'pods-missing', severity: 'error', sentence: ready.text }];
  }
  const due = Math.min(...wanted.openings.map(({ readyBy }) => readyBy));
  return [{ id: 'pods-missing', severity: 'note', sentence: `${ready.text}; due by ${clock(due)}` }];
}

/** The floor has risen, and nobody has said yet that all is Ready. */
function isWarmingUp(openings: readonly Opening[], now: EpochMs): boolean {
  return openings.length > 0 && openings.every(({ readyBy }) => now < readyBy);
}
