import { EpochMs } from '../core/time/instant';
import { Series } from '../rehearsal/types';

/** What a run shows over time. */
export interface Track {
  readonly label: string;
  /** Of one step. */
  readonly of: (series: Series, step: number) => number;
  /** What stands for the steps of a bucket: the highest, the lowest, or their mean. */
  readonly pick: 'most' | 'least' | 'mean';
}

/** Requests a second that got no answer. */
export const FAILED: Track = { label: 'failed', of: ({ refused, timedOut, lost }, i) => refused[i] + timedOut[i] + lost[i], pick: 'mean' };
export const ARRIVED: Track = { label: 'traffic', of: ({ arrived }, i) => arrived[i], pick: 'most' };
export const CAPACITY: Track = { label: 'ready capacity', of: ({ capacity }, i) => capacity[i], pick: 'least' };
export const READY: Track = { label: 'ready pods', of: ({ ready }, i) => ready[i], pick: 'least' };
export const FLOOR: Track = { label: 'floor', of: ({ floor }, i) => floor[i], pick: 'least' };
export const CEILING: Track = { label: 'ceiling', of: ({ ceiling }, i) => ceiling[i], pick: 'least' };

/** A point for each bucket of a span, whatever the length of the series: `[instant, value]`. */
export function bucketsOf(series: Series, track: Track, from: EpochMs, until: EpochMs, count: number): [EpochMs, number][] {
  const first = Math.max(0, Math.floor((from - series.from) / series.stepMs));
  const end = Math.min(series.arrived.length, Math.ceil((until - series.from) / series.stepMs));
  const size = Math.max(1, (end - first) / count);
  const points: [EpochMs, number][] = [];
  for (let start = first; start < end; start += size) {
    const begin = Math.floor(start);
    const stop = Math.max(begin + 1, Math.min(end, Math.floor(start + size)));
    let [most, least, sum] = [-Infinity, Infinity, 0];
    for (let i = begin; i < stop; i++) {
      const value = track.of(series, i);
      [most, least, sum] = [Math.max(most, value), Math.min(least, value), sum + value];
    }
    const picked = { most, least, mean: sum / (stop - begin) }[track.pick];
    points.push([series.from + begin * series.stepMs, picked]);
  }
  return points;
}
