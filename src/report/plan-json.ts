import { occurrencesOf } from './calendar';
import { stationsJson } from './station-rows';
import { baselineOf, peakOf, sumOf } from '../core/plan/fleet';
import { ReplicaBounds, endOf, highestOf, planAt, startOf, stretchesOf } from '../core/plan/plan';
import { EpochMs, isoOf } from '../core/time/instant';
import { formatIn } from '../core/time/wall-clock';
import { DeployedService, ceilingOf, titleOf } from '../manifests/deployed';
import { PlanFinding } from '../manifests/finding';

/** The calendar for programs; instants are ISO, `local` ones as the event's zone shows them. */
export function planJson(services: readonly DeployedService[], findings: readonly PlanFinding[], now: EpochMs): object {
  const members = services.map(({ plan }) => ({ plan }));
  const peak = peakOf(sumOf(members), now);
  return {
    asOf: isoOf(now),
    services: services.map(({ plan, namespace }) => ({
      service: plan.service,
      namespace,
      target: plan.target,
      workload: plan.workload,
      baseline: plan.baseline,
      fixedCeiling: plan.fixedCeiling,
      now: floorAndCeiling(planAt(plan, now)),
      highest: highestOf(plan),
      startupSeconds: plan.startupMs / 1000,
      podCapacity: plan.podCapacity,
      guards: plan.guards,
      stretches: stretchesOf(plan).map(stretch => ({
        from: isoOf(stretch.from), until: isoOf(stretch.until), ...floorAndCeiling(stretch), past: stretch.until <= now,
      })),
    })),
    openings: occurrencesOf(services).map(({ event, timeZone = 'UTC', at, until, parts }) => ({
      event,
      timeZone,
      at: isoOf(at),
      local: formatIn(timeZone, at),
      past: until <= now,
      services: parts.map(({ service, opening, steps }) => ({
        service: titleOf(service),
        from: isoOf(startOf(opening)),
        readyBy: isoOf(opening.readyBy),
        until: isoOf(endOf(opening)),
        demand: opening.demand,
        floor: opening.floor,
        ceiling: ceilingOf(service.plan, opening),
        steps: steps.map(step => ({
          kind: step.kind, at: isoOf(step.at), local: formatIn(timeZone, step.at), before: step.before, after: step.after, past: step.at <= now,
        })),
      })),
    })),
    fleet: {
      baseline: baselineOf(members),
      ...(peak ? { highest: { from: isoOf(peak.from), until: isoOf(peak.until), ...floorAndCeiling(peak) } } : {}),
    },
    ...services.some(({ plan }) => plan.uses) ? { dependencies: stationsJson(services, now) } : {},
    findings,
  };
}

/** No more than the two, of what has them. */
function floorAndCeiling({ floor, ceiling }: ReplicaBounds): ReplicaBounds {
  return { floor, ceiling };
}
