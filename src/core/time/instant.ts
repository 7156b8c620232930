/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

/** `2026-12-05T01:00:00Z`; milliseconds only where there are some. */
export function isoOf(at: EpochMs): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}
