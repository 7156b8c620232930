import { otherHandFindings } from './autoscalers';
import { fightFindings } from './fights';
import { StatusFinding } from './findings';
import { floorFindings } from './floor';
import { forecastOf } from './forecast';
import { freezeFindings } from './freeze';
import { guardFindings, guardsOf } from './guards';
import { jobFindings, jobsOf } from './jobs';
import { overrideFindings } from './override';
import { Question, instantOf } from './question';
import { readinessFindings } from './readiness';
import { refusalOfPods } from './refusals';
import { Circumstances, Facts, NextOpening, OpenOpening, OwnedBounds } from './types';
import { clockNear, zoneOf } from './words';
import { TargetObject } from '../../core/kube-objects';
import { wantedNear } from '../../core/plan/decide';
import { liveOf, ownersOf } from '../../core/plan/live';
import { Override, Wanted, isMalformed, wantedAt } from '../../core/plan/override';
import { Opening, Plan, endOf, nextEdge, planAt, startOf } from '../../core/plan/plan';
import { readinessOf } from '../../core/plan/readiness';
import { boundsOf, targetKindOf } from '../../core/plan/target-kind';
import { EpochMs } from '../../core/time/instant';
import { ServiceView } from '../service-view';

/** How one service stands at an instant: go or no-go, and why. */
export interface Standing extends Facts {
  /** Each makes it a no-go. */
  readonly problems: readonly StatusFinding[];
  /** Worth knowing, and no reason to stop. */
  readonly notes: readonly StatusFinding[];
}

/** In the order in which they are told. */
const ROOMS: readonly ((circumstances: Circumstances) => StatusFinding[])[] = [
  floorFindings, otherHandFindings, fightFindings, readinessFindings, guardFindings, overrideFindings, jobFindings,
];

/** How a service stands at an instant, with regard to what is asked. */
export function standingOf(view: ServiceView, now: EpochMs, question: Question = {}): Standing {
  const { plan } = view;
  const override = overrideIn(view);
  const target = view.target && targetKindOf(view.target) ? view.target : undefined;
  const live = target && liveOf(target, plan);
  const wanted = live ? wantedNear(plan, override, live, now) : wantedAt(plan, override, now);
  const facts: Facts = {
    ...factsOf(view, wanted, target, now),
    ...(question.for ? { forecast: forecastOf(view, override, now, instantOf(question.for, plan, now)) } : {}),
  };
  const clock = (at: EpochMs) => clockNear(at, facts.timeZone, now);
  const findings = question.freeze
    ? freezeFindings(plan, now, clock)
    : ROOMS.flatMap(findingsOf => findingsOf({ view, now, wanted, live, standing: facts, clock }));
  return {
    ...facts,
    problems: findings.filter(({ severity }) => severity === 'error'),
    notes: findings.filter(({ severity }) => severity !== 'error'),
  };
}

function factsOf(view: ServiceView, wanted: Wanted, target: TargetObject | undefined, now: EpochMs): Facts {
  const { service, namespace, plan, override, workload, pods } = view;
  const planned = planAt(plan, now);
  const edge = nextEdge(plan, now);
  const opening = nextOpeningOf(plan, now);
  return {
    service,
    namespace,
    timeZone: zoneOf(plan, now),
    plan: { floor: planned.floor, ceiling: planned.ceiling, events: [...new Set(planned.openings.map(({ event }) => event))] },
    wanted: { floor: wanted.floor, ceiling: wanted.ceiling },
    ...(override ? { override } : {}),
    ...(target ? { live: ownedBoundsOf(target) } : {}),
    ready: readinessOf({ floor: wanted.floor, workload, pods, refusal: refusalOfPods(view, view.plan.workload) }),
    ...(opening ? { opening } : {}),
    open: planned.openings.filter(({ at }) => at <= now).map(openOf),
    ...(edge === undefined ? {} : { next: { at: edge, floor: planAt(plan, edge).floor, ceiling: planAt(plan, edge).ceiling } }),
    jobs: jobsOf(view, now),
    guards: guardsOf(view),
  };
}

function ownedBoundsOf(target: TargetObject): OwnedBounds {
  const { floor: floorOwners, ceiling: ceilingOwners } = ownersOf(target);
  return { ...boundsOf(target), floorOwners, ceilingOwners };
}

/** The override that can be read, whether its time is over or not. */
function overrideIn({ override }: ServiceView): Override | undefined {
  return override && !isMalformed(override) ? override : undefined;
}

function openOf(opening: Opening): OpenOpening {
  return { event: opening.event, at: opening.at, until: endOf(opening), floor: opening.floor };
}

function nextOpeningOf(plan: Plan, now: EpochMs): NextOpening | undefined {
  const opening = plan.openings.find(({ at }) => at > now);
  return opening && { event: opening.event, at: opening.at, from: startOf(opening), readyBy: opening.readyBy, floor: opening.floor };
}
