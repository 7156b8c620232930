import { PlayedOverride } from './types';
import { Override, Wanted, nextChange, wantedAt } from '../core/plan/override';
import { Plan } from '../core/plan/plan';
import { EpochMs } from '../core/time/instant';

/** What plan and override ask for, second by second of a run. */
export interface WantedOverTime {
  readonly at: readonly Wanted[];
  /** The floors alone. */
  readonly floor: Float64Array;
}

/** `wantedAt` for each second. */
export function wantedBetween(plan: Plan, overrides: readonly PlayedOverride[], from: EpochMs, seconds: number): WantedOverTime {
  const at = new Array<Wanted>(seconds);
  const floor = new Float64Array(seconds);
  for (let second = 0; second < seconds;) {
    const now = from + second * 1000;
    const override = overrideAt(overrides, now);
    const wanted = wantedAt(plan, override, now);
    const written = overrides.map(each => each.at).filter(instant => instant > now);
    const change = Math.min(nextChange(plan, override, now) ?? Infinity, ...written);
    const end = Math.min(seconds, Math.ceil((change - from) / 1000));
    at.fill(wanted, second, end);
    floor.fill(wanted.floor, second, end);
    second = end;
  }
  return { at, floor };
}

/** Whoever writes an override replaces the one before it. */
function overrideAt(overrides: readonly PlayedOverride[], now: EpochMs): Override | undefined {
  const written = overrides.filter(({ at }) => at <= now);
  return written.length === 0 ? undefined : written.reduce((last, each) => each.at >= last.at ? each : last).override;
}
