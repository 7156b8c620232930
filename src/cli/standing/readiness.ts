import { StatusFinding } from './findings';
import { forecastFindings } from './forecast';
import { Circumstances } from './types';
import { readyAtBest } from '../../core/plan/forecast';
import { fullFrom } from '../../core/plan/lead';
import { Opening } from '../../core/plan/plan';
import { ParsedWorkload, readyFactsOf } from '../../core/plan/ready-facts';
import { EpochMs } from '../../core/time/instant';
import { formatSpan } from '../../core/time/words';

/** Pods of the floor that are not Ready; before the ready margin they are on their way, as long as they can still be in time. */
export function readinessFindings(circumstances: Circumstances): StatusFinding[] {
  const { standing: { live, ready, forecast }, wanted: { openings }, now, clock } = circumstances;
  if (forecast) {
    return forecastFindings(circumstances, forecast);
  }
  if (!live) {
    return [];
  }
  if (!isWarmingUp(openings, now)) {
    return ready.missing > 0 ? [{ id: 'pods-missing', severity: 'error', sentence: ready.text }] : [];
  }
  const late = openings.flatMap(opening => lateFindings(circumstances, opening)).slice(0, 1);
  if (late.length > 0 || ready.missing === 0) {
    return late;
  }
  const due = Math.min(...openings.map(({ readyBy }) => readyBy));
  return [{ id: 'pods-missing', severity: 'note', sentence: `${ready.text}; due by ${clock(due)}` }];
}

/** The floor has risen, and nobody has said yet that all is Ready. */
function isWarmingUp(openings: readonly Opening[], now: EpochMs): boolean {
  return openings.length > 0 && openings.every(({ readyBy }) => now < readyBy);
}

/** An opening whose pods can no longer be in time, in the fastest case. */
function lateFindings({ view, wanted, standing: { ready }, now }: Circumstances, opening: Opening): StatusFinding[] {
  const { plan: { startupMs, workload }, pods } = view;
  // its spec is as the API server answers it, of which a workload's type here names only what most of us read
  const facts = readyFactsOf(workload.kind, view.workload as ParsedWorkload | undefined);
  const isOverruled = wanted.overruled !== undefined;
  const floor = isOverruled ? wanted.floor : opening.floor;
  const from = isOverruled ? now : fullFrom(opening);
  const { isOrdered, minReadySeconds } = facts;
  const bestMs = readyAtBest({ floor, from, startupMs, pods, isOrdered, minReadySeconds }, now) - now;
  const leftMs = opening.readyBy - now;
  return bestMs <= leftMs ? [] : [{
    id: 'pods-late',
    severity: 'error',
    sentence: `${floor === ready.floor ? ready.text : `${ready.ready} of ${floor} ready`}; the last can be Ready in ${formatSpan(bestMs)} at best`
      + ` (start-up ${formatSpan(startupMs)}${isOrdered ? ', one after the other' : ''}), but is due in ${formatSpan(leftMs)}`,
  }];
}
