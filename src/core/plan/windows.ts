import { ReplicaBounds, Window } from './plan';
import { EpochMs } from '../time/instant';
import { MINUTE } from '../time/wall-clock';

/** A window's measures around an opening, all resolved. */
export interface WindowShape {
  readonly leadMs: number;
  readonly holdMs: number;
  readonly readyMarginMs: number;
  readonly rampUp?: RampShape;
  readonly rampDown?: RampShape;
}

export interface RampShape {
  readonly overMs: number;
  /** At least 2; one step is no ramp. */
  readonly steps: number;
}

/**
 * The windows of one opening: [T-L, T+H), and for ramps the lower steps around it.
 *
 * Step i of k up over R starts at T-L+(i-1)R/(k-1) and asks for ceil(floor*i/k); a ramp down is the mirror image at the end. The
 * ceiling is whole through all steps: the seat belt does not ramp. Windows begin at the minute at or before, end at the minute at or
 * after. The window with the full floor comes first.
 */
export function windowsOf(at: EpochMs, shape: WindowShape, { floor, ceiling }: ReplicaBounds): Window[] {
  const first = at - shape.leadMs;
  const last = at + shape.holdMs;
  const fullFrom = first + (shape.rampUp?.overMs ?? 0);
  const fullUntil = last - (shape.rampDown?.overMs ?? 0);
  const window = (from: EpochMs, until: EpochMs, share: number): Window => ({
    from: Math.floor(from / MINUTE) * MINUTE, until: Math.ceil(until / MINUTE) * MINUTE, floor: share, ceiling,
  });
  const lower = (ramp: RampShape | undefined, step: (after: number, share: number) => Window) =>
    !ramp ? [] : Array.from({ length: ramp.steps - 1 }, (_, i) =>
      step(i * ramp.overMs / (ramp.steps - 1), Math.ceil(floor * (i + 1) / ramp.steps)));
  return [
    window(fullFrom, fullUntil, floor),
    ...lower(shape.rampUp, (after, share) => window(first + after, fullUntil, share)),
    ...lower(shape.rampDown, (after, share) => window(fullFrom, last - after, share)),
  ];
}
