import { EpochMs } from './instant';

/** A span of time; half open: `from` belongs to it, `until` does not. */
export interface Interval {
  readonly from: EpochMs;
  readonly until: EpochMs;
}

/** Whether an instant lies in an interval. */
export function contains({ from, until }: Interval, at: EpochMs): boolean {
  return from <= at && at < until;
}

/**
 * The same time as these intervals cover, without overlaps, oldest first.
 *
 * Intervals that overlap or touch become one; `mayJoin` can keep two apart that are more than time, as the slots of a cron line are.
 */
export function unionOf(intervals: readonly Interval[], mayJoin: (earlier: Interval, later: Interval) => boolean = () => true): Interval[] {
  const union: Interval[] = [];
  for (const { from, until } of [...intervals].sort((a, b) => a.from - b.from)) {
    const last = union[union.length - 1];
    if (last && from <= last.until && mayJoin(last, { from, until })) {
      union[union.length - 1] = { from: last.from, until: Math.max(last.until, until) };
    } else {
      union.push({ from, until });
    }
  }
  return union;
}

/**
 * Neighbours that say the same, joined.
 *
 * @param intervals oldest first, without overlaps
 * @param isSame whether two that touch say the same
 */
export function joinEqual<T extends Interval>(intervals: readonly T[], isSame: (a: T, b: T) => boolean): T[] {
  const joined: T[] = [];
  for (const interval of intervals) {
    const last = joined[joined.length - 1];
    if (last && last.until === interval.from && isSame(last, interval)) {
      joined[joined.length - 1] = { ...last, until: interval.until };
    } else {
      joined.push(interval);
    }
  }
  return joined;
}

/** The pieces between instants: each from one of them to the next. */
export function between(edges: readonly EpochMs[]): Interval[] {
  return edges.slice(1).map((until, i) => ({ from: edges[i], until }));
}
