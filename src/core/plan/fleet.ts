import { Plan, Stretch, asksTheSame, planAt, stretchesOf } from './plan';
import { EpochMs } from '../time/instant';
import { between, joinEqual } from '../time/intervals';

/** A plan as part of a sum. */
export interface Member {
  readonly plan: Plan;
  /** What each of its pods counts. @default 1 */
  readonly weight?: number;
}

/**
 * The sum of several plans, as stretches between their first and last edge, neighbours that ask for the same joined.
 */
export function sumOf(members: readonly Member[]): Stretch[] {
  const steps = new Map<EpochMs, { floor: number; ceiling: number }>();
  const step = (at: EpochMs, floor: number, ceiling: number) => {
    const sum = steps.get(at) ?? { floor: 0, ceiling: 0 };
    steps.set(at, { floor: sum.floor + floor, ceiling: sum.ceiling + ceiling });
  };
  let { floor, ceiling } = baselineOf(members);
  for (const { plan, weight = 1 } of members) {
    const baseline = planAt({ ...plan, openings: [] }, 0);
    for (const stretch of stretchesOf(plan)) {
      const more = [(stretch.floor - baseline.floor) * weight, (stretch.ceiling - baseline.ceiling) * weight] as const;
      step(stretch.from, ...more);
      step(stretch.until, -more[0], -more[1]);
    }
  }
  const pieces = between([...steps.keys()].sort((a, b) => a - b)).map(({ from, until }): Stretch => {
    floor += steps.get(from)!.floor;
    ceiling += steps.get(from)!.ceiling;
    return { from, until, floor, ceiling };
  });
  return joinEqual(pieces, asksTheSame);
}

/** What all ask for together when no window is in force. */
export function baselineOf(members: readonly Member[]): { readonly floor: number; readonly ceiling: number } {
  return members.reduce((sum, { plan, weight = 1 }) => {
    const { floor, ceiling } = planAt({ ...plan, openings: [] }, 0);
    return { floor: sum.floor + floor * weight, ceiling: sum.ceiling + ceiling * weight };
  }, { floor: 0, ceiling: 0 });
}

/** The stretch with the highest floor at or after an instant; the first of equals. */
export function peakOf(stretches: readonly Stretch[], after: EpochMs): Stretch | undefined {
  return stretches.filter(stretch => stretch.until > after)
    .reduce<Stretch | undefined>((highest, stretch) => highest && highest.floor >= stretch.floor ? highest : stretch, undefined);
}
