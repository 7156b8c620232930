import { StatusFinding } from './findings';
import { Circumstances } from './types';
import { startOf } from '../../core/plan/plan';
import { isRunning } from '../../core/plan/readiness';
import { formatSome } from '../../core/time/numbers';
import { ServiceView } from '../service-view';

/** A run may begin this late before it is missed: its pod has to start. */
const START_MS = 60_000;

/** Pods of bump that run, and so guard. */
export function guardsOf({ jobPods }: ServiceView): number {
  return jobPods.filter(({ role, object }) => role === 'bump' && isRunning(object)).length;
}

/** Guards that are not there in a window. */
export function guardFindings({ standing: { guards }, view: { plan }, wanted: { openings }, now }: Circumstances): StatusFinding[] {
  if (guards >= plan.guards || openings.length === 0) {
    return [];
  }
  if (guards > 0) {
    return [{ id: 'guard-missing', severity: 'warning', sentence: `${guards} of ${formatSome(plan.guards, 'guard')} running` }];
  }
  const isLate = openings.some(opening => startOf(opening) + START_MS <= now);
  return isLate ? [{
    id: 'no-guard',
    severity: 'error',
    sentence: 'no guard runs: nothing would put the floor back at once; bump starts every 5 minutes, see what its last pod says',
  }] : [];
}
