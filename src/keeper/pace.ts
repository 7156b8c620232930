/** How patient the keeper is; all in milliseconds. */
export interface Pace {
  /** For one answer; doubled with each try up to eight times as long. */
  readonly requestMs: number;
  /** Between tries; doubled with each, with jitter. */
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
  /** How often is looked beside a watch, which may be silently dead. */
  readonly pollMs: number;
  /** How often verify looks. */
  readonly verifyMs: number;
  /** For a run that applies the plan once. */
  readonly onceMs: number;
  /** For arm, which waits for its target. */
  readonly armMs: number;
  /** How long a run takes a missing right for one that is still to come. */
  readonly rightsMs: number;
  /** How long a token that is refused, and read anew each time, is taken for one that is still to be renewed. */
  readonly tokenMs: number;
}

export const PACE: Pace = {
  requestMs: 1_500,
  backoffMs: 50,
  backoffMaxMs: 2_000,
  pollMs: 5_000,
  verifyMs: 3_000,
  onceMs: 4 * 60_000,
  armMs: 10 * 60_000,
  rightsMs: 60_000,
  tokenMs: 30_000,
};
