import { StatusFinding } from './findings';
import { Circumstances, Forecast } from './types';
import { readyAtBest } from '../../core/plan/forecast';
import { Override, nextChange, wantedAt } from '../../core/plan/override';
import { isLiving } from '../../core/plan/readiness';
import { ParsedWorkload, readyFactsOf } from '../../core/plan/ready-facts';
import { EpochMs } from '../../core/time/instant';
import { formatSpan } from '../../core/time/words';
import { ServiceView } from '../service-view';

/** What a forecast takes for granted, as a sentence goes on after 'assuming that'. */
export const ASSUMPTIONS = [
  'nodes and image are there',
  "each pod is Ready within its plan's start-up time",
  'nobody changes floor or plan until then',
] as const;

/**
 * The floor that is asked for at an instant, and when all its pods can be Ready at best.
 *
 * At each rise on the way, no pod above what was asked for before can be created earlier; the latest of these bounds holds.
 */
export function forecastOf({ plan, workload, pods }: ServiceView, override: Override | undefined, now: EpochMs, at: EpochMs): Forecast {
  const { floor } = wantedAt(plan, override, at);
  const { isOrdered, minReadySeconds } = readyFactsOf(plan.workload.kind, workload as ParsedWorkload | undefined);
  const living = pods.filter(isLiving).length;
  let readyAt = now;
  let asked = 0;
  for (let from: EpochMs | undefined = now; from !== undefined && from <= at; from = nextChange(plan, override, from)) {
    // those that were asked for before are there, at best
    const others = Math.max(0, asked - living);
    if (asked < floor) {
      readyAt = Math.max(readyAt, readyAtBest({ floor: floor - others, from, startupMs: plan.startupMs, pods, isOrdered, minReadySeconds }, now));
    }
    asked = Math.max(asked, wantedAt(plan, override, from).floor);
  }
  return { at, floor, readyAt };
}

/** Pods that cannot be Ready by the instant that is asked about, or are still on their way. */
export function forecastFindings({ view: { plan }, standing: { live, ready, wanted }, clock }: Circumstances, forecast: Forecast): StatusFinding[] {
  if (!live) {
    return [];
  }
  const { at, floor, readyAt } = forecast;
  const stands = floor === wanted.floor ? ready.text : `${ready.ready} of ${floor} ready now`;
  if (readyAt > at) {
    return [{
      id: 'pods-late',
      severity: 'error',
      sentence: `${stands}; the last can be Ready at ${clock(readyAt)} at best (start-up ${formatSpan(plan.startupMs)}), `
        + `${formatSpan(Math.max(1_000, readyAt - at))} after ${clock(at)}`,
    }];
  }
  // what hinders a pod now is no part of the forecast, and worth a word
  return ready.missing > 0 ? [{ id: 'pods-missing', severity: 'note', sentence: `${ready.text}; due by ${clock(at)}` }] : [];
}
