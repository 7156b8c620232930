import { applying } from './commands';
import { StatusFinding } from './findings';
import { refusalOfPods } from './refusals';
import { Circumstances } from './types';
import { Pod } from '../../core/kube-objects';
import { guardsName } from '../../core/plan/names';
import { startOf } from '../../core/plan/plan';
import { causeOf, isLiving, isRunning } from '../../core/plan/readiness';
import { EpochMs } from '../../core/time/instant';
import { formatSome } from '../../core/time/numbers';
import { ServiceView } from '../service-view';

/** A guard may stand this long after its time before it is missed: its pod has to start. */
const START_MS = 60_000;

/** Guards that work. */
export function guardsOf(view: ServiceView): number {
  return guardPods(view).filter(isRunning).length;
}

function guardPods({ jobPods }: ServiceView): Pod[] {
  return jobPods.filter(({ role }) => role === 'guard').map(({ object }) => object);
}

/** Guards that are not there in a window. */
export function guardFindings({ standing: { guards }, view, wanted: { openings }, now }: Circumstances): StatusFinding[] {
  const { plan } = view;
  if (guards >= plan.guards || openings.length === 0) {
    return [];
  }
  if (guards > 0) {
    return [{ id: 'guard-missing', severity: 'warning', sentence: `${guards} of ${formatSome(plan.guards, 'guard')} running` }];
  }
  const isLate = openings.some(opening => startOf(opening) + START_MS <= now);
  const isStarting = guardPods(view).some(pod => isLiving(pod) && startedAt(pod) + START_MS > now);
  if (!isLate) {
    return [];
  }
  const why = whyNone(view);
  return isStarting
    ? [{ id: 'guard-missing', severity: 'warning', sentence: `the guards are just being started (${why})` }]
    : [{ id: 'no-guard', severity: 'error', sentence: `no guard runs (${why}): nothing would put the floor back at once`, ...applying(view, 'this has them started') }];
}

/** The most telling of what the pods of guards wait for, or why there are none. */
function whyNone(view: ServiceView): string {
  const causes = guardPods(view).filter(isLiving).map(causeOf);
  const name = guardsName(view.plan.service);
  return causes[0] ?? refusalOfPods(view, { kind: 'Deployment', name }) ?? `Deployment ${name} stands at 0, or is not there`;
}

function startedAt({ metadata }: Pod): EpochMs {
  return Date.parse(metadata?.creationTimestamp ?? '');
}
