import { planAt } from './plan';
import { LoadLevel, SafeCeiling, StationLoad, Tightest, sharesAt } from './station-load';
import { StationKind } from './use-facts';
import { Station } from './uses';
import { EpochMs } from '../time/instant';
import { formatCount, formatSome } from '../time/numbers';
import { formatMoment, formatZone } from '../time/words';

/** Sentences about dependencies, for synth, findings and tables alike. */

/** More users than these are counted only. */
const USERS_SHOWN = 6;

const GIB = 2 ** 30;

/** The unit of an amount, for one and for several. */
const UNITS: { readonly [kind in StationKind]: readonly [string, string] } = {
  service: ['request/s', 'requests/s'],
  requestsPerSecond: ['request/s', 'requests/s'],
  connections: ['connection', 'connections'],
  cpu: ['core', 'cores'],
  memory: ['GiB', 'GiB'],
  pods: ['pod', 'pods'],
  addresses: ['address', 'addresses'],
};

/** `960 connections`, `1 core`, `12.5 GiB` */
export function formatAmount(kind: StationKind, amount: number): string {
  const [one, many] = UNITS[kind];
  const number = formatNumber(kind, amount);
  return `${number} ${number === '1' ? one : many}`;
}

/** The number of an amount, in its unit: at most two decimals, and the shortest that is not less. */
export function formatNumber(kind: StationKind, amount: number): string {
  const inUnit = kind === 'memory' ? amount / GIB : amount;
  return formatCount(Math.ceil(inUnit * 100 * (1 - 1e-9)) / 100);
}

/** Unit of a kind, as the head of a column. */
export function unitOf(kind: StationKind): string {
  return UNITS[kind][1];
}

/** `dependency 'tickets-db'`, `budget 'sale-pool'`, `service 'payment'` */
export function nameOfStation({ kind, name }: Pick<Station, 'kind' | 'name'>): string {
  const words: { readonly [kind in StationKind]?: string } = { service: 'service', connections: 'dependency', requestsPerSecond: 'dependency' };
  return `${words[kind] ?? 'budget'} '${name}'`;
}

/** `1,000 connections less 40 reserved`, of the limit that is in force at an instant. */
export function limitText({ station: { kind, facts = {} } }: StationLoad, { usable }: Tightest): string {
  const { reserved = 0 } = facts;
  const limit = formatAmount(kind, usable + reserved);
  return reserved > 0 ? `${limit} less ${formatNumber(kind, reserved)} reserved` : limit;
}

/** `from Sat 2026-12-05 07:00 Asia/Seoul (UTC+09:00) on`, or `between events`. */
export function whenText(load: StationLoad, at: EpochMs): string {
  if (at === -Infinity) {
    return 'between events';
  }
  const zone = zoneAt(load, at);
  return `from ${formatMoment(at, zone)} ${formatZone(at, zone)} on`;
}

/** The zone in which people read what is in force at an instant, or else any that the users have; undefined: UTC. */
export function zoneAt({ users }: Pick<StationLoad, 'users'>, at: EpochMs): string | undefined {
  const inForce = users.flatMap(({ plan }) => planAt(plan, at).openings);
  const first = users.flatMap(({ plan }) => plan.openings.slice(0, 1));
  return [...inForce, ...first].map(({ timeZone }) => timeZone).find(zone => zone !== undefined);
}

/** `'registration' 864 (108 pods x 8), 'payment' 176 (22 pods x 8)` */
export function sharesText(load: StationLoad, level: LoadLevel, at: EpochMs): string {
  const { kind } = load.station;
  const shares = sharesAt(load, level, at).map(({ user: { plan, namespace, edge: { perPod, perRequest } }, used }) => {
    const pods = level.startsWith('ceiling') ? planAt(plan, at).ceiling : planAt(plan, at).floor;
    const isPlain = perRequest === undefined && !level.toLowerCase().includes('turning');
    const how = isPlain ? ` (${formatSome(pods, 'pod')} x ${formatNumber(kind, perPod ?? 0)})` : '';
    return `'${titleOf(plan.service, namespace, load)}' ${formatNumber(kind, used)}${how}`;
  });
  const rest = shares.length - USERS_SHOWN;
  return rest > 0 ? `${shares.slice(0, USERS_SHOWN).join(', ')} and ${rest} more` : shares.join(', ');
}

/** `'registration' 90 instead of 162, 'payment' 20 as it is` */
export function safeText(safe: readonly SafeCeiling[], load: StationLoad): string {
  const said = safe.map(({ user: { plan, namespace }, ceiling, safe: one }) =>
    `'${titleOf(plan.service, namespace, load)}' ${formatCount(one)}${one === ceiling ? '' : ` instead of ${formatCount(ceiling)}`}`);
  const rest = said.length - USERS_SHOWN;
  return rest > 0 ? `${said.slice(0, USERS_SHOWN).join(', ')} and ${rest} more` : said.join(', ');
}

/** With the namespace where not all users have one and the same. */
function titleOf(service: string, namespace: string | undefined, { users }: StationLoad): string {
  const isShared = new Set(users.map(user => user.namespace)).size < 2;
  return isShared || namespace === undefined ? service : `${namespace}/${service}`;
}

/** What is wrong where the floors alone need more than there is, and the way out. */
export function exceededText(load: StationLoad, tightest: Tightest): { readonly sentence: string; readonly remedy: string } {
  const { station } = load;
  return {
    sentence: `${nameOfStation(station)} has ${limitText(load, tightest)}, and the floors need ${formatNumber(station.kind, tightest.used)} `
      + `${whenText(load, tightest.from)}: ${sharesText(load, 'floor', tightest.from)}`,
    remedy: wayOut(station.kind),
  };
}

function wayOut(kind: StationKind): string {
  switch (kind) {
    case 'connections': return "raise the limit ('limitIn' for that time), let each pod hold fewer, put a pooler between, or lower a demand";
    case 'requestsPerSecond': return "have the limit raised ('limitIn' for that time), or lower a demand";
    default: return "add room ('roomIn' for that time), let each pod request less, or lower a demand";
  }
}
