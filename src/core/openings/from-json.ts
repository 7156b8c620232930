import { ListedOpening, Problems, WrittenOpening, resolveOpenings } from './listed';
import { spanMs } from './spelling';

/** What one opening may say; a title is for people, and read by nobody. */
const FIELDS = ['at', 'timeZone', 'demand', 'lead', 'hold', 'title'] as const;

/** A list of openings with the zone that it names. */
export interface OpeningsDocument {
  readonly timeZone?: string;
  /** Oldest first. */
  readonly openings: readonly ListedOpening[];
}

/**
 * The openings of a JSON document: `{ "timeZone": "Asia/Seoul", "openings": [{ "at": "2026-12-05T10:00", "demand": "large", "lead": "3h" }] }`, or
 * that list alone.
 *
 * @param zone IANA name, in place of the document's
 * @throws Error that lists what is wrong, opening by opening
 */
export function openingsFromJson(text: string, zone: string | undefined): OpeningsDocument {
  const { document, list } = documentIn(text);
  if (list.length === 0) {
    throw new Error('the list has no opening');
  }
  const timeZone = zone ?? textOf(document, 'timeZone');
  const problems = new Problems();
  const written = list.flatMap((one: unknown, i) => {
    const where = `opening ${i + 1}`;
    return problems.collect(where, () => [writtenIn(one, where)]) ?? [];
  });
  const openings = resolveOpenings(written, timeZone, problems);
  problems.throwIfAny();
  return { ...(timeZone === undefined ? {} : { timeZone }), openings };
}

/** The zone that a document names. */
export function zoneInJson(text: string): string | undefined {
  return textOf(documentIn(text).document, 'timeZone');
}

function documentIn(text: string): { readonly document: JsonRecord; readonly list: readonly unknown[] } {
  let raw: unknown;
  try {
    raw = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new Error(`the list is no JSON: ${(error as Error).message}`);
  }
  const document: unknown = Array.isArray(raw) ? { openings: raw } : raw;
  const list = isRecord(document) ? document.openings : undefined;
  if (!isRecord(document) || !Array.isArray(list)) {
    throw new Error('the list must be { "openings": [{ "at": "2026-12-05T10:00" }] }, or the part in brackets alone');
  }
  const wrong = Object.keys(document).find(key => key !== 'openings' && key !== 'timeZone');
  if (wrong !== undefined) {
    throw new Error(`the list has a field '${wrong}'; known are timeZone and openings`);
  }
  return { document, list };
}

function writtenIn(one: unknown, where: string): WrittenOpening {
  if (!isRecord(one)) {
    throw new Error(`must be an object such as { "at": "2026-12-05T10:00" }, got ${JSON.stringify(one)}`);
  }
  const wrong = Object.keys(one).find(key => !FIELDS.some(field => field === key));
  if (wrong !== undefined) {
    throw new Error(`has a field '${wrong}'; known are ${FIELDS.join(', ')}`);
  }
  const at = textOf(one, 'at');
  if (at === undefined) {
    throw new Error("'at' is missing; write \"at\": \"2026-12-05T10:00\"");
  }
  const span = (field: 'lead' | 'hold') => {
    const written = textOf(one, field);
    return written === undefined ? undefined : spanMs(field, written);
  };
  return { where, at, prop: 'at', timeZone: textOf(one, 'timeZone'), demand: textOf(one, 'demand'), leadMs: span('lead'), holdMs: span('hold') };
}

interface JsonRecord {
  readonly [field: string]: unknown;
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(record: JsonRecord, field: string): string | undefined {
  const value = record[field];
  if (value !== undefined && value !== null && (typeof value !== 'string' || value === '')) {
    throw new Error(`'${field}' must be a text, got ${JSON.stringify(value)}`);
  }
  return typeof value === 'string' ? value : undefined;
}
