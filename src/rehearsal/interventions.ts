import { HandWish, Moment, OverrideWish, PlayedOverride, PlayedWrite } from './types';
import { isMalformed, readOverride } from '../core/plan/override';
import { EpochMs, isoOf } from '../core/time/instant';
import { formatOffset, parseOffset } from '../core/time/offset';

/** Why an intervention cannot be played; `field` is the one that is wrong, where it is one. */
export class InterventionError extends Error {
  constructor(message: string, readonly field?: string) {
    super(message);
  }
}

const OVERRIDE_FORM = "'floor=150,until=+30m'; 'ceiling', 'from' and 'reason' may follow";
const OVERRIDE_FIELDS = ['floor', 'ceiling', 'from', 'until', 'reason'];

/**
 * Reads an override of the command line, such as `floor=150,until=+30m`.
 *
 * @throws Error that names the field that is wrong
 */
export function parseOverride(text: string): OverrideWish {
  const fields: { [name: string]: string } = {};
  for (const part of text.split(',')) {
    const [name, ...value] = part.split('=');
    const field = name.trim();
    if (!OVERRIDE_FIELDS.includes(field) || value.length === 0) {
      throw new InterventionError(`'${part}' of the override '${text}' is unknown; write ${OVERRIDE_FORM}`, field);
    }
    if (field in fields) {
      throw new InterventionError(`'${field}' stands twice in the override '${text}'`, field);
    }
    fields[field] = value.join('=').trim();
  }
  const { floor, ceiling, from, until, reason } = fields;
  if (floor === undefined || until === undefined) {
    throw new InterventionError(`the override '${text}' needs a floor and an end; write ${OVERRIDE_FORM}`, floor === undefined ? 'floor' : 'until');
  }
  return {
    floor: numberIn('floor', floor),
    ...(ceiling === undefined ? {} : { ceiling: numberIn('ceiling', ceiling) }),
    ...(from === undefined ? {} : { from: momentIn('from', from) }),
    until: momentIn('until', until),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** An offset from the opening, or an instant with its offset from UTC; undefined for anything else. */
export function parseMoment(text: string): Moment | undefined {
  const offsetMs = parseOffset(text);
  if (offsetMs !== undefined) {
    return { offsetMs };
  }
  const at = /T.*(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? undefined : { at };
}

export const MOMENT_FORM = "an offset from the opening such as '-10m', or an instant with an offset such as '2026-12-05T10:30:00+09:00'";

function momentIn(field: string, text: string): Moment {
  const moment = parseMoment(text);
  if (!moment) {
    throw new InterventionError(`'${field}' of the override must be ${MOMENT_FORM}, got '${text}'`, field);
  }
  return moment;
}

function numberIn(field: string, text: string): number {
  if (!/^\d+$/.test(text)) {
    throw new InterventionError(`'${field}' of the override must be a whole number, got '${text}'`, field);
  }
  return Number(text);
}

/**
 * An override with its instants, as the keeper would read it.
 *
 * @throws InterventionError where the keeper would refuse it, or where it would not be in force during the rehearsal
 */
export function playedOverride(wish: OverrideWish, opening: EpochMs, from: EpochMs, end: EpochMs): PlayedOverride {
  const at = wish.from ? instantOf(wish.from, opening) : from;
  const until = instantOf(wish.until, opening);
  const read = readOverride({
    floor: String(wish.floor),
    until: isoOf(until),
    ...(wish.ceiling === undefined ? {} : { ceiling: String(wish.ceiling) }),
    ...(wish.reason === undefined ? {} : { reason: wish.reason }),
  });
  if (isMalformed(read)) {
    throw new InterventionError(read.malformed);
  }
  if (until <= Math.max(at, from) || at >= end) {
    throw new InterventionError(`the override from ${isoOf(at)} to ${isoOf(until)} is not in force between ${isoOf(from)} and ${isoOf(end)}, which is played`, 'until');
  }
  const { floor, ceiling, reason } = read;
  const bounds = ceiling === undefined ? `floor ${floor}` : `floor ${floor}, ceiling ${ceiling}`;
  const span = `from ${formatOffset(at - opening)} until ${formatOffset(until - opening)}`;
  return { at, override: read, says: `an override of ${bounds} ${span}${reason ? ` (${reason})` : ''}` };
}

/**
 * What another hand writes, and when.
 *
 * @throws InterventionError where it is not during the rehearsal
 */
export function playedWrite({ at: moment, hand = 'somebody', floor, ceiling }: HandWish, opening: EpochMs, from: EpochMs, end: EpochMs): PlayedWrite {
  const at = instantOf(moment, opening);
  if (at < from || at >= end) {
    throw new InterventionError(`a hand at ${isoOf(at)} is not between ${isoOf(from)} and ${isoOf(end)}, which is played`, 'at');
  }
  const bounds = { ...(floor === undefined ? {} : { floor }), ...(ceiling === undefined ? {} : { ceiling }) };
  const what = Object.entries(bounds).map(([field, count]) => `${field} ${count}`).join(', ');
  return { at, hand, bounds, says: `${hand} writes ${what} at ${formatOffset(at - opening)}` };
}

function instantOf(moment: Moment, opening: EpochMs): EpochMs {
  return 'at' in moment ? moment.at : opening + moment.offsetMs;
}
