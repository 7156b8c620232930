/** Lengths of time in milliseconds, written out here so that tests do not take them from the code that they test. */
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
