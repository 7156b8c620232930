/** The fields that say something: one that is undefined must not wipe out the default that it is spread over. */
export function given<T extends object>(fields: T | undefined): T {
  return Object.fromEntries(Object.entries(fields ?? {}).filter(([, value]) => value !== undefined)) as T;
}
