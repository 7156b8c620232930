import { Opening, Plan, byInstant } from './plan';
import { EpochMs } from '../time/instant';
import { HOUR, formatIn, parseDateTime } from '../time/wall-clock';

/** An opening that was put off on the night, to the same floor a little later. */
export interface Postponement {
  readonly event: string;
  /** As planned. */
  readonly at: EpochMs;
  readonly to: EpochMs;
}

/** Of the override's ConfigMap: one postponed opening a line, `seoul-marathon 2026-12-05T10:00:00+09:00 -> 2026-12-05T10:30:00+09:00`. */
export const POSTPONED_KEY = 'postponed';

/** How far an opening can be put off on the night; jobs of one that is later belong into a new plan. */
export const MOST_POSTPONED_MS = 2 * HOUR;

/** What can be read of it, and a sentence for what cannot. */
export interface ReadPostponements {
  readonly postponements: readonly Postponement[];
  /** What is wrong with a line; the others count. */
  readonly malformed?: string;
}

/** Reads what `writePostponements` wrote, or a person. */
export function readPostponements(text: string | undefined): ReadPostponements {
  const postponements: Postponement[] = [];
  let malformed: string | undefined;
  for (const line of (text ?? '').split('\n').filter(one => one.trim() !== '')) {
    const [, event, at, to] = /^\s*(\S+) +(\S+) +-> +(\S+)\s*$/.exec(line) ?? [];
    const [from, until] = [at, to].map(instantOf);
    const isFit = from !== undefined && until !== undefined && until > from && until - from <= MOST_POSTPONED_MS;
    if (isFit) {
      postponements.push({ event, at: from, to: until });
    } else {
      malformed ??= `'${POSTPONED_KEY}' of the override must be lines such as 'seoul-marathon 2026-12-05T10:00:00+09:00 -> 2026-12-05T10:30:00+09:00', `
        + `at most ${MOST_POSTPONED_MS / HOUR} hours later, got '${line.trim()}'`;
    }
  }
  return { postponements, ...(malformed === undefined ? {} : { malformed }) };
}

/** The text from which `readPostponements` reads them, in the zone of their event. */
export function writePostponements(postponements: readonly Postponement[], zone: string): string {
  return postponements.map(({ event, at, to }) => `${event} ${formatIn(zone, at)} -> ${formatIn(zone, to)}`).join('\n');
}

/**
 * The plan with openings put off.
 *
 * Opening, ready margin and the ends of its windows move; the floor rises when it was planned to. Postponing twice is as postponing once to
 * the later instant, and a plan that was postponed already is as one that was not.
 */
export function postponedPlan(plan: Plan, postponements: readonly Postponement[]): Plan {
  const isSame = postponements.length === 0 && plan.openings.every(({ plannedAt }) => plannedAt === undefined);
  if (isSame) {
    return plan;
  }
  const openings = plan.openings.map(opening => {
    const planned = moved(opening, (opening.plannedAt ?? opening.at) - opening.at);
    const to = Math.max(...postponements.filter(({ event, at }) => event === planned.event && at === planned.at).map(one => one.to));
    return to > planned.at ? { ...moved(planned, to - planned.at), plannedAt: planned.at } : planned;
  });
  return { ...plan, openings: openings.sort(byInstant) };
}

function moved({ plannedAt, ...opening }: Opening, ms: number): Opening {
  return {
    ...opening,
    at: opening.at + ms,
    readyBy: opening.readyBy + ms,
    windows: opening.windows.map(window => ({ ...window, until: window.until + ms })),
  };
}

function instantOf(text: string | undefined): EpochMs | undefined {
  const written = parseDateTime(text ?? '');
  return written?.offset === undefined ? undefined : written.wall - written.offset;
}
