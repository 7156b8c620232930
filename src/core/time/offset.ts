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

const WORDS = [['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000], ['second', 1_000], ['millisecond', 1]] as const;

/**
 * A span of milliseconds in words: `2 hours`, `1 hour 46 minutes`.
 *
 * The human string of cdk8s's own `Duration` says `1 hour 60 minutes` for two hours.
 */
export function inWords(ms: number): string {
  let rest = ms;
  const parts: string[] = [];
  for (const [unit, size] of WORDS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) {
      parts.push(`${count} ${unit}${count === 1 ? '' : 's'}`);
    }
  }
  return parts.join(' ') || '0 seconds';
}
