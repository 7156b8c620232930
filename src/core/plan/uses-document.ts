import { DEPENDENCY_KINDS, PlannedUse, StationKind, TimedLimit } from './use-facts';
import { isoOf } from '../time/instant';
import { Interval } from '../time/intervals';

/** How the plan's document writes what a service uses: as in the plan, but for times, which a person can read. */
export function encodeUses(uses: readonly PlannedUse[]): object[] {
  return uses.map(({ kind, name, namespace, perPod, perRequest, limit, reserved, limitIn, connectsPerMinute, host, port }) => ({
    kind,
    name,
    namespace,
    perPod,
    perRequest,
    limit,
    reserved,
    limitIn: limitIn?.map(one => ({ limit: one.limit, times: one.times.map(({ from, until }) => `${isoOf(from)}/${isoOf(until)}`) })),
    connectsPerMinute,
    host,
    port,
  }));
}

/** Refuses a field of the document. */
type Fail = (field: string, value: unknown, wants: string) => never;

/** Reads `encodeUses` back. */
export function decodeUses(uses: readonly any[], fail: Fail): PlannedUse[] {
  return uses.map((use, i): PlannedUse => {
    const field = `uses[${i}]`;
    const fieldOf = <T>(
      name: string, is: (value: any) => boolean, wants: string, read: (value: any) => T = value => value,
    ): { [field: string]: T } => {
      const value = use[name];
      return value === undefined ? {} : { [name]: is(value) ? read(value) : fail(`${field}.${name}`, value, wants) };
    };
    const kinds: readonly StationKind[] = ['service', ...DEPENDENCY_KINDS];
    const positive = (name: string) => fieldOf<number>(name, isPositive, 'a number above 0');
    return {
      kind: kinds.includes(use?.kind) ? use.kind : fail(`${field}.kind`, use?.kind, `one of ${kinds.join(', ')}`),
      name: isText(use.name) ? use.name : fail(`${field}.name`, use.name, 'a text'),
      ...fieldOf<string>('namespace', isText, 'a text'),
      ...positive('perPod'),
      ...positive('perRequest'),
      ...positive('limit'),
      ...fieldOf<number>('reserved', value => Number.isFinite(value) && value >= 0, 'a number of at least 0'),
      ...fieldOf('limitIn', Array.isArray, 'a list',
        value => value.map((one: any, j: number) => timedLimit(`${field}.limitIn[${j}]`, one, fail))),
      ...positive('connectsPerMinute'),
      ...fieldOf<string>('host', isText, 'a text'),
      ...positive('port'),
    };
  });
}

function timedLimit(field: string, value: any, fail: Fail): TimedLimit {
  const { limit, times } = value ?? {};
  return {
    limit: isPositive(limit) ? limit : fail(`${field}.limit`, limit, 'a number above 0'),
    times: (Array.isArray(times) ? times : fail(`${field}.times`, times, 'a list')).map((text: unknown, i: number): Interval => {
      const [from, until] = String(text).split('/').map(Date.parse);
      return until > from ? { from, until } : fail(`${field}.times[${i}]`, text, "two instants such as '2026-12-04T22:00:00Z/2026-12-05T03:00:00Z'");
    }),
  };
}

function isPositive(value: unknown): boolean {
  return Number.isFinite(value) && (value as number) > 0;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
