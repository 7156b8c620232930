import { EpochMs } from '../time/instant';
import { formatIn, parseInstant, zoneProblem } from '../time/wall-clock';

/** One opening of a list, in the words of whoever wrote it. */
export interface WrittenOpening {
  /** Where it stands, for messages: `row 7`. */
  readonly where: string;
  /** An ISO date-time, with or without an offset. */
  readonly at: string;
  /** Name of the prop or column that `at` comes from. */
  readonly prop: string;
  /** IANA name; wins over that of the list. */
  readonly timeZone?: string;
  /** Name of a demand. */
  readonly demand?: string;
  readonly leadMs?: number;
  readonly holdMs?: number;
}

/** One opening of a list, as an instant. */
export interface ListedOpening {
  readonly at: EpochMs;
  /** Where it stands, for messages: `row 7`. */
  readonly where: string;
  readonly demand?: string;
  readonly leadMs?: number;
  readonly holdMs?: number;
}

/** What is wrong with single rows of a list; more than this many are only counted. */
const SHOWN_PROBLEMS = 10;

/** What is wrong with a list: all that was found, so that one look mends it. */
export class Problems {
  private readonly problems: string[] = [];

  /** Notes what `read` throws, and goes on. */
  public collect<T>(where: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      this.add(`${where}: ${(error as Error).message}`);
      return undefined;
    }
  }

  public add(problem: string): void {
    this.problems.push(problem);
  }

  /** @throws Error that lists what was noted, if anything was */
  public throwIfAny(): void {
    const { length } = this.problems;
    if (length === 1) {
      throw new Error(this.problems[0]);
    }
    if (length > 1) {
      const more = length > SHOWN_PROBLEMS ? [`and ${length - SHOWN_PROBLEMS} more`] : [];
      throw new Error([`${length} problems:`, ...this.problems.slice(0, SHOWN_PROBLEMS), ...more].join('\n  '));
    }
  }
}

/**
 * Resolves a list of openings, oldest first.
 *
 * @param zone IANA name for wall times that name none
 * @param problems gets what is wrong: an instant that is none, or is no single one because of a clock change; two openings at one
 * instant, with both of their places
 */
export function resolveOpenings(written: readonly WrittenOpening[], zone: string | undefined, problems: Problems): ListedOpening[] {
  const listed: ListedOpening[] = [];
  const byInstant = new Map<EpochMs, ListedOpening>();
  for (const opening of written) {
    const { where, demand, leadMs, holdMs } = opening;
    const at = problems.collect(where, () => instantOf(opening, zone));
    if (at === undefined) {
      continue;
    }
    const one: ListedOpening = {
      at,
      where,
      ...(demand === undefined ? {} : { demand }),
      ...(leadMs === undefined ? {} : { leadMs }),
      ...(holdMs === undefined ? {} : { holdMs }),
    };
    const other = byInstant.get(at);
    if (other) {
      problems.add(doubled(other, one, opening.timeZone ?? zone ?? 'UTC'));
    } else {
      byInstant.set(at, one);
      listed.push(one);
    }
  }
  return listed.sort((a, b) => a.at - b.at);
}

function instantOf({ at, prop, timeZone = undefined }: WrittenOpening, zone: string | undefined): EpochMs {
  const problem = timeZone === undefined ? undefined : zoneProblemOf(timeZone);
  if (problem) {
    throw new Error(`'timeZone' (${timeZone}) ${problem}`);
  }
  return parseInstant(prop, at, timeZone ?? zone, true);
}

/** A list names few zones many times, and `Intl` takes long to say what it knows. */
const zoneProblems = new Map<string, string | undefined>();

function zoneProblemOf(zone: string): string | undefined {
  if (!zoneProblems.has(zone)) {
    zoneProblems.set(zone, zoneProblem(zone));
  }
  return zoneProblems.get(zone);
}

const FIELDS = ['demand', 'leadMs', 'holdMs'] as const;
const NAMES = { demand: 'demand', leadMs: 'lead', holdMs: 'hold' } as const;

/** Two openings at one instant say the same, or contradict each other. */
function doubled(first: ListedOpening, second: ListedOpening, zone: string): string {
  const moment = formatIn(zone, first.at);
  const differing = FIELDS.filter(field => first[field] !== second[field]).map(field => `'${NAMES[field]}'`);
  return differing.length === 0
    ? `${first.where} and ${second.where} say the same, an opening at ${moment}; take one of them out`
    : `${first.where} and ${second.where} contradict each other: both open at ${moment}, with another ${differing.join(' and another ')}; take one of them out`;
}
