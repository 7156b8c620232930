/** The order of two texts by their characters, as `sort` takes it; the same on every machine. */
export function byText(a: string, b: string): number {
  if (a === b) {
    return 0;
  }
  return a < b ? -1 : 1;
}
