/** Kept for imports that name this path. */
export * from '../support/durations';
export * from '../support/objects';
export * from '../support/plans';
