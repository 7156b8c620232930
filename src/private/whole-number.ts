import { ReplicaBounds } from '../core/plan';

/** Refuses what is no whole number of at least so much; `what` is how the user calls it, quotes included. */
export function wholeNumber(what: string, value: number, least: number): number {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new Error(`${what} must be a whole number of at least ${least}, got ${value}`);
  }
  return value;
}

/** Refuses bounds that no autoscaler could take; `prefix` is the start of the fields' quoted names. */
export function checkRange(prefix: string, { floor, ceiling }: ReplicaBounds): void {
  wholeNumber(`${prefix}.floor'`, floor, 1);
  wholeNumber(`${prefix}.ceiling'`, ceiling, 1);
  if (ceiling < floor) {
    throw new Error(`${prefix}.ceiling' (${ceiling}) must be at least its floor (${floor})`);
  }
}
