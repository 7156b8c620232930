import { clearing } from './commands';
import { StatusFinding } from './findings';
import { Circumstances } from './types';
import { isMalformed } from '../../core/plan/override';
import { endOf } from '../../core/plan/plan';
import { EpochMs } from '../../core/time/instant';

/** An override that is not followed, that is over, or that asks for less than the plan. */
export function overrideFindings(circumstances: Circumstances): StatusFinding[] {
  const { view, now } = circumstances;
  return [
    ...view.malformed.map((text): StatusFinding => ({
      id: 'override-ignored', severity: 'warning', sentence: `the override is ignored: ${text}`, ...clearing(view),
    })),
    ...view.plan.openings.filter(opening => endOf(opening) > now).flatMap(({ event, at, plannedAt }) => (
      plannedAt === undefined ? [] : [postponedFinding(circumstances, event, at, plannedAt)]
    )),
    ...floorFindings(circumstances),
  ];
}

function postponedFinding({ view, clock }: Circumstances, event: string, at: EpochMs, plannedAt: EpochMs): StatusFinding {
  return {
    id: 'postponed',
    severity: 'note',
    sentence: `${event} is postponed: it opens at ${clock(at)} instead of ${clock(plannedAt)}`,
    remedy: 'this has it open as planned',
    command: `prewarm postpone ${event} -n ${view.namespace} --clear`,
  };
}

function floorFindings({ view, wanted, now }: Circumstances): StatusFinding[] {
  const { override } = view;
  if (!override || isMalformed(override)) {
    return [];
  }
  if (override.until <= now) {
    return [{ id: 'override-expired', severity: 'note', sentence: 'the override has expired and does nothing', ...clearing(view) }];
  }
  const { overruled } = wanted;
  if (overruled && wanted.floor < overruled.floor) {
    const sentence = `the override asks for a floor of ${wanted.floor}, the plan for ${overruled.floor}`;
    return [{ id: 'override-lowers', severity: 'warning', sentence, ...clearing(view) }];
  }
  return [];
}
