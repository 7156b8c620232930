import { StatusFinding } from './findings';
import { nextEdge, planAt, Plan } from '../../core/plan/plan';
import { EpochMs } from '../../core/time/instant';

/** A window that is on: a deploy would replace pods while a crowd is there, or just before. */
export function freezeFindings(plan: Plan, now: EpochMs, clock: (at: EpochMs) => string): StatusFinding[] {
  const events = [...new Set(planAt(plan, now).openings.map(({ event }) => event))];
  return events.length === 0 ? [] : [{
    id: 'in-window',
    severity: 'error',
    sentence: `inside a window of ${events.join(' and ')} until ${clock(freeFrom(plan, now))}: do not deploy now`,
  }];
}

/** When no window is on any more; windows that touch or overlap are one. */
function freeFrom(plan: Plan, now: EpochMs): EpochMs {
  let at = now;
  while (planAt(plan, at).openings.length > 0) {
    at = nextEdge(plan, at)!;
  }
  return at;
}
