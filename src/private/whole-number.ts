import { ReplicaBounds } from '../core/plan';

/** Refuses what is no whole number of at least so much; `what` is how the user calls it, quotes included. */
export function wholeNumber(what: string, value: number, least: number): number {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new Error(`${what} must be a whole number of at least ${least}, got ${value}`);
  }
  return value;
}

/** Refuses bounds that no autoscaler could take. */
export function checkRange(prop: string, { floor, ceiling }: ReplicaBounds): void {
  wholeNumber(`'${prop}.floor'`, floor, 1);
  wholeNumber(`'${prop}.ceiling'`, ceiling, 1);
  if (ceiling < floor) {
    throw new Error(`'${prop}.ceiling' (${ceiling}) must be at least its floor (${floor})`);
  }
}
