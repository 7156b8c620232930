import { EpochMs } from '../time/instant';
import { Interval } from '../time/intervals';

/** A number over all time, in steps: each holds from its instant until the next one. */
export interface Step {
  /** -Infinity for the first. */
  readonly from: EpochMs;
  readonly value: number;
}

/** Oldest first; neighbours differ. */
export type Steps = readonly Step[];

/** One number for all time. */
export function constant(value: number): Steps {
  return [{ from: -Infinity, value }];
}

/**
 * A number that differs in some intervals.
 *
 * @param outside what it is otherwise
 * @param inside oldest first, without overlaps
 */
export function stepsOf(outside: number, inside: readonly (Interval & { readonly value: number })[]): Steps {
  const steps: Step[] = [{ from: -Infinity, value: outside }];
  for (const [i, { from, until, value }] of inside.entries()) {
    steps.push({ from, value });
    if (inside[i + 1]?.from !== until) {
      steps.push({ from: until, value: outside });
    }
  }
  return joined(steps);
}

/** The value at an instant. */
export function valueAt(steps: Steps, at: EpochMs): number {
  let [low, high] = [0, steps.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    [low, high] = steps[middle].from <= at ? [middle, high] : [low, middle - 1];
  }
  return steps[low].value;
}

/** Each value as something else. */
export function mapped(steps: Steps, change: (value: number) => number): Steps {
  return joined(steps.map(({ from, value }) => ({ from, value: change(value) })));
}

/** Numbers added up, each with its weight. */
export function sumOfSteps(parts: readonly { readonly steps: Steps; readonly weight: number }[]): Steps {
  const changes = new Map<EpochMs, number>();
  let sum = 0;
  for (const { steps, weight } of parts) {
    sum += steps[0].value * weight;
    steps.slice(1).forEach(({ from, value }, i) => changes.set(from, (changes.get(from) ?? 0) + (value - steps[i].value) * weight));
  }
  const all: Step[] = [{ from: -Infinity, value: sum }];
  for (const [from, change] of [...changes].sort(([a], [b]) => a - b)) {
    sum += change;
    all.push({ from, value: sum });
  }
  return joined(all);
}

/** Two numbers side by side, over time. */
export interface Pair {
  readonly from: EpochMs;
  /** Infinity for the last. */
  readonly until: EpochMs;
  readonly a: number;
  readonly b: number;
}

/** Two numbers wherever one of them changes. */
export function sideBySide(a: Steps, b: Steps): Pair[] {
  const instants = [...new Set([...a, ...b].map(({ from }) => from))].sort((one, other) => one - other);
  let [i, j] = [0, 0];
  return instants.map((from, k) => {
    while (a[i + 1]?.from <= from) {
      i++;
    }
    while (b[j + 1]?.from <= from) {
      j++;
    }
    return { from, until: instants[k + 1] ?? Infinity, a: a[i].value, b: b[j].value };
  });
}

/** The highest of the value now and all values less than a while ago: what falls is felt for that long. */
export function heldOver(steps: Steps, ms: number): Steps {
  if (ms <= 0) {
    return steps;
  }
  const instants = [...new Set(steps.flatMap(({ from }) => [from, from + ms]))].sort((a, b) => a - b);
  let first = 0;
  let next = 0;
  return joined(instants.map(from => {
    while (next < steps.length && steps[next].from <= from) {
      next++;
    }
    // over for longer than that
    while (first < next - 1 && steps[first + 1].from + ms <= from) {
      first++;
    }
    let value = steps[first].value;
    for (let i = first + 1; i < next; i++) {
      value = Math.max(value, steps[i].value);
    }
    return { from, value };
  }));
}

function joined(steps: readonly Step[]): Step[] {
  return steps.filter(({ value }, i) => i === 0 || value !== steps[i - 1].value);
}
