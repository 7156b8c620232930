const UNITS = [['h', 3_600_000], ['m', 60_000], ['s', 1_000], ['ms', 1]] as const;

/** A signed span of milliseconds as people write it: `-2h30m`, `+45s`, `+0s`. Units as in Go and kubectl. */
export function formatOffset(ms: number): string {
  let rest = Math.abs(ms);
  let text = '';
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    text += count > 0 ? `${count}${unit}` : '';
  }
  return (ms < 0 ? '-' : '+') + (text || '0s');
}

/** Reads `formatOffset` back; undefined for anything else. */
export function parseOffset(text: string): number | undefined {
  const match = /^([+-])(?=\d)(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/.exec(text);
  if (!match) {
    return undefined;
  }
  const ms = UNITS.reduce((sum, [, size], i) => sum + Number(match[i + 2] ?? 0) * size, 0);
  // no -0: it is not the same value to deep equality
  return match[1] === '-' && ms > 0 ? -ms : ms;
}
