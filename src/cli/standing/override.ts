import { clearing } from './commands';
import { StatusFinding } from './findings';
import { Circumstances } from './types';
import { Override, isMalformed } from '../../core/plan/override';
import { Opening, endOf, startOf } from '../../core/plan/plan';
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

function floorFindings(circumstances: Circumstances): StatusFinding[] {
  const { view, wanted, now } = circumstances;
  const { override } = view;
  if (!override || isMalformed(override)) {
    return [];
  }
  if (override.until <= now) {
    return [{ id: 'override-expired', severity: 'note', sentence: 'the override has expired and does nothing', ...clearing(view) }];
  }
  const { overruled } = wanted;
  if (overruled && wanted.floor < overruled.floor) {
    const sentence = `the override asks for a floor of ${wanted.floor}, the plan for ${overruled.floor}, until ${circumstances.clock(override.until)}`;
    return [{ id: 'override-lowers', severity: 'warning', sentence, ...clearing(view) }];
  }
  const reached = view.plan.openings.find(opening => reachOf(opening, override, now) !== undefined);
  return reached ? [reachingFinding(circumstances, reached, override)] : [];
}

/** From when on an override that is set keeps a floor that is to rise; undefined: it does not. */
function reachOf({ windows }: Opening, { floor, until }: Override, now: EpochMs): EpochMs | undefined {
  const reached = windows.filter(window => window.from > now && window.from < until && window.floor > floor).map(({ from }) => from);
  return reached.length > 0 ? Math.min(...reached) : undefined;
}

function reachingFinding({ view, clock, now }: Circumstances, opening: Opening, override: Override): StatusFinding {
  return {
    id: 'override-lowers',
    severity: 'warning',
    sentence: `the override asks for a floor of ${override.floor} until ${clock(override.until)}, `
      + `the plan for ${opening.floor} for ${opening.event} from ${clock(reachOf(opening, override, now) ?? startOf(opening))} on`,
    ...clearing(view),
  };
}
