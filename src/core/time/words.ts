import { EpochMs } from './instant';
import { formatOffset } from './offset';
import { MINUTE, dateOf, formatZoneOffset, offsetAt, wallAt } from './wall-clock';

const YEAR_HOURS = 365.25 * 24;

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Instants as people read them; without a zone in UTC. */

/** `Sat 2026-12-05` */
export function formatDay(at: EpochMs, zone = 'UTC'): string {
  const wall = wallAt(zone, at);
  return `${WEEKDAYS[new Date(wall).getUTCDay()]} ${dateOf(wall)}`;
}

/** `10:00`; seconds only where there are some. */
export function formatClock(at: EpochMs, zone = 'UTC'): string {
  return new Date(wallAt(zone, at)).toISOString().slice(11, at % MINUTE === 0 ? 16 : 19);
}

/** `Sat 2026-12-05 10:00` */
export function formatMoment(at: EpochMs, zone = 'UTC'): string {
  return `${formatDay(at, zone)} ${formatClock(at, zone)}`;
}

/** `Asia/Seoul (UTC+09:00)` */
export function formatZone(at: EpochMs, zone = 'UTC'): string {
  return zone === 'UTC' ? 'UTC' : `${zone} (UTC${formatZoneOffset(offsetAt(zone, at))})`;
}

/** `2h30m`, `45s`, from two days on `12d19h`, from two years on `36y`: the two largest units that matter. */
export function formatSpan(ms: number): string {
  const hours = Math.floor(ms / (60 * MINUTE));
  if (hours >= 2 * YEAR_HOURS) {
    return `${Math.floor(hours / YEAR_HOURS)}y`;
  }
  if (hours >= 48) {
    return `${Math.floor(hours / 24)}d${hours % 24 ? `${hours % 24}h` : ''}`;
  }
  const unit = ms >= MINUTE ? (hours > 0 ? MINUTE : 1000) : ms >= 1000 ? 1000 : 1;
  return formatOffset(Math.floor(ms / unit) * unit).slice(1);
}
