import { Hand } from '../../core/plan/live';
import { Plan, planAt } from '../../core/plan/plan';
import { EpochMs } from '../../core/time/instant';
import { formatClock, formatDay, formatMoment, formatSpan } from '../../core/time/words';

/** The zone in which a service's people read times: of the event that is on, else of the next, else of the last. */
export function zoneOf(plan: Plan, now: EpochMs): string {
  const { openings } = plan;
  const opening = planAt(plan, now).openings[0] ?? openings.find(({ at }) => at > now) ?? openings[openings.length - 1];
  return opening?.timeZone ?? 'UTC';
}

/** `10:00`; with its day where that is not the day of `now`. */
export function clockNear(at: EpochMs, zone: string, now: EpochMs): string {
  return formatDay(at, zone) === formatDay(now, zone) ? formatClock(at, zone) : formatMoment(at, zone);
}

/** `set by kubectl-patch 12m ago` */
export function ownerText(owner: Hand | undefined, now: EpochMs): string {
  if (!owner) {
    return "the API server's default";
  }
  const age = owner.time ? ` ${formatAge(Date.parse(owner.time), now)} ago` : '';
  return `set by ${owner.manager}${age}`;
}

/** Since an instant; at least a second, which is what the API server counts in. */
export function formatAge(since: EpochMs, now: EpochMs): string {
  return formatSpan(Math.max(1_000, now - since));
}
