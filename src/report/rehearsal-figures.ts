import { formatCount } from '../core/time/numbers';
import { formatSpan } from '../core/time/words';
import { isMoved } from '../rehearsal/patches';
import { RunResult } from '../rehearsal/types';

/** What is compared between runs, in the order of what matters. */
export const FIGURES: readonly { readonly label: string; readonly of: (run: RunResult) => string }[] = [
  { label: 'requests answered', of: run => formatShare(run.success) },
  { label: 'served', of: run => formatWhole(run.served) },
  { label: 'refused', of: run => formatWhole(run.refused) },
  { label: 'timed out', of: run => formatWhole(run.timedOut) },
  { label: 'lost to killed pods', of: run => formatWhole(run.lost) },
  { label: 'first answer', of: run => formatAfter(run.firstSuccessMs) },
  { label: '99 % answered', of: run => formatAfter(run.sustainedMs) },
  { label: 'p50 / p95 / p99 in ms', of: ({ latency }) => [latency.p50, latency.p95, latency.p99].map(ms => formatWhole(ms)).join(' / ') },
  { label: 'restarts', of: run => formatWhole(run.restarts) },
  { label: 'floor below the plan', of: run => isMoved(run.name) ? formatSpan(run.floorViolationSeconds * 1000) : '' },
  { label: 'most pods, nodes', of: run => `${formatWhole(run.maxReplicas)}, ${formatWhole(run.maxNodes)}` },
  { label: 'pod-hours, node-hours', of: run => `${run.podHours.toFixed(1)}, ${run.nodeHours.toFixed(1)}` },
  { label: 'cost', of: run => run.cost.toFixed(2) },
];

/** Never rounded up: 100 % is all. */
export function formatShare(share: number): string {
  return `${(Math.floor(share * 100_000) / 1000).toFixed(share === 1 ? 0 : 2)} %`;
}

export function formatWhole(count: number): string {
  return formatCount(Math.round(count));
}

function formatAfter(ms: number | undefined): string {
  return ms === undefined ? 'never' : ms < 1000 ? 'at once' : `after ${formatSpan(ms)}`;
}
