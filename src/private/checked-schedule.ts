import { Chart, Duration } from 'cdk8s';
import { IConstruct } from 'constructs';
import { holdToLimits } from './app-limits';
import { blaming } from './blame';
import { derivedFromCallers } from './callers';
import { KEEPER_IMAGE } from './keeper-jobs';
import { keeperResources, keeperUser } from './keeper-pod-settings';
import { checkNetworkPolicy } from './network-policy';
import { checkName, cronJobName, repairJobName } from './object-names';
import { PlannedEvent, ServiceFacts, planEvent, waitsOf } from './planned-event';
import { checkProps } from './props';
import { Claim, claim } from './registry';
import { ServiceUses } from './service-uses';
import { SCHEDULED_EVENT } from './shapes';
import { isLabel, labelLike, withoutVariables } from './spelling';
import { TargetFacts, formerTargetsOf } from './target-facts';
import { checkFactor, checkImage, checkRange, shown, wholeNumber } from './whole-number';
import { checkDuration } from './window-shape';
import { DEFAULTS } from '../core/plan/defaults';
import { ObjectReference, Plan, ReplicaBounds, SCHEDULED, byInstant, highestOf } from '../core/plan/plan';
import { groupOf } from '../core/plan/reference';
import { defaultCeiling } from '../core/plan/sizing';
import { autoscalerOf } from '../core/plan/target-kind';
import { Use } from '../dependency';
import { KeeperOptions } from '../keeper-options';
import { CeilingPolicy, ReplicaRange } from '../replica-range';
import { EventScaleScheduleOptions, EventScaleScheduleProps, Protection } from '../schedule-options';
import { IScheduleTarget } from '../schedule-target';
import { ScheduledEvent } from '../scheduled-event';

/** Key of the context that says which part of every demand is asked for below. */
const CONTEXT_DEMAND_FACTOR = 'cdk8s-prewarm/demandFactor';

/** Where a schedule stands, or is still to stand: what it is checked for may come before it. */
export interface Place {
  readonly chart: Chart;
  /** Of the schedule's construct. */
  readonly path: string;
}

/** The place of a construct, or of a child that it does not have yet. */
export function placeOf(construct: IConstruct, ...child: string[]): Place {
  return { chart: Chart.of(construct), path: [construct.node.path, ...child].join('/') };
}

/** What is checked of a schedule, beside its target. */
export interface ScheduleRequest extends EventScaleScheduleOptions {
  readonly name: string;
  readonly baseline?: ReplicaRange;
  readonly formerTargets?: readonly IScheduleTarget[];
  readonly movingIn?: boolean;
}

/**
 * A schedule of which nothing is left to refuse.
 *
 * All refusals are here, before any child of a construct exists: whoever catches an error finds no half-built tree.
 */
export class CheckedSchedule {
  /**
   * Checks a schedule, and takes its names in the app.
   *
   * @param factsOf reads the target, in the namespace of the schedule
   */
  public static of(place: Place, request: ScheduleRequest, factsOf: (namespace: string) => TargetFacts): CheckedSchedule {
    return blaming(place.path, () => {
      checkName('name', request.name);
      const namespace = namespaceOf(place.chart);
      checkOptions(request);
      return new CheckedSchedule(place, request, namespace, factsOf(namespace));
    });
  }

  public readonly name: string;
  public readonly keeper: KeeperOptions;
  public readonly guards: number;
  /** Absent: guards, verify and repair are there too. */
  public readonly protection?: typeof SCHEDULED;
  /** False: the keeper gets no right to list pods. */
  public readonly explainsPods?: false;
  public readonly ceilingPolicy: CeilingPolicy;
  /** What was its target before, and is to be given back. */
  public readonly formerTargets?: readonly ObjectReference[];
  /** The manifest of the target keeps its floor for now. */
  public readonly movingIn?: true;
  /** The floor that leaves the manifest of the target, where nobody says that this is no news. */
  private readonly takenOut?: number;
  /** With a fixed ceiling, its ceiling is the least that the fixed one can be. */
  public readonly baseline: ReplicaBounds;
  /** `maxReplicas` all year, where somebody says so. */
  public readonly ceiling?: number;
  /** From the start of a container to Ready. */
  public readonly startupTime: Duration;
  /** Those that the props name; more may be added. */
  public readonly events: readonly PlannedEvent[];
  public readonly uses: ServiceUses;
  private readonly service: ServiceFacts;

  private constructor(
    private readonly place: Place, request: ScheduleRequest, public readonly namespace: string, public readonly facts: TargetFacts,
  ) {
    this.name = request.name;
    this.keeper = request.keeper ?? {};
    this.protection = request.protection === Protection.SCHEDULED ? SCHEDULED : undefined;
    this.guards = this.protection ? 0 : this.keeper.guards ?? DEFAULTS.guards;
    this.explainsPods = this.keeper.explainsPods === false ? false : undefined;
    this.ceiling = request.ceiling;
    this.startupTime = startupOf(request);
    this.ceilingPolicy = request.ceilingPolicy ?? (facts.rendered ? CeilingPolicy.FIXED : CeilingPolicy.PER_WINDOW);
    this.baseline = this.baselineOf(request.baseline);
    this.formerTargets = request.formerTargets?.length ? formerTargetsOf(request.formerTargets, facts) : undefined;
    this.movingIn = request.movingIn ? true : undefined;
    this.takenOut = request.movingIn === undefined ? takenOutOf(facts) : undefined;
    this.checkMovingIn();
    this.service = {
      baseline: this.baseline,
      ceiling: request.ceiling,
      hasCeiling: facts.kind.ceiling !== undefined,
      podCapacity: request.podCapacity,
      targetPercent: facts.rendered?.targetPercent,
      defaultWindow: request.defaultWindow,
      startupTime: this.startupTime,
      demandFactor: demandFactorOf(request, place.chart),
    };
    this.events = this.eventsOf(request.events ?? [], new Set());
    const { root } = place.chart.node;
    this.uses = new ServiceUses({
      root, path: place.path, name: this.name, namespace, workload: facts.workload, hasPodCapacity: request.podCapacity !== undefined,
    });
    this.uses.check(request.uses ?? []);
    claim(root, place.path, [...this.claims(), ...this.jobClaims(this.events)]);
    this.use(request.uses ?? []);
  }

  /**
   * Checks one more event, and takes the names of its jobs.
   *
   * @param ids of the events that are scheduled already
   */
  public another(scheduled: ScheduledEvent, ids: ReadonlySet<string>): PlannedEvent {
    return blaming(this.place.path, () => {
      const events = this.eventsOf([scheduled], ids);
      claim(this.place.chart.node.root, this.place.path, this.jobClaims(events));
      return events[0];
    });
  }

  /** Checks and adds what the service uses. */
  public addUses(uses: readonly Use[]): void {
    blaming(this.place.path, () => {
      this.uses.check(uses);
      this.use(uses);
    });
  }

  private use(uses: readonly Use[]): void {
    if (uses.length > 0) {
      this.uses.add(uses);
      holdToLimits(this.place.chart.node.root);
    }
  }

  /** What the plan says of that; final only at synth. */
  public plannedUses(): Pick<Plan, 'uses'> {
    return blaming(this.place.path, () => this.uses.planned());
  }

  /** Whether floors follow from those who call; they are then known only at synth. */
  public isDerived(events: readonly PlannedEvent[]): boolean {
    return events.some(({ derive }) => derive);
  }

  /**
   * The plan with these events; where their demands come from callers, with those that are known by now.
   *
   * @param repair name of the CronJob that applies it between events too, where there is one
   */
  public planOf(given: readonly PlannedEvent[], repair: string | undefined): Plan {
    const events = this.isDerived(given) ? blaming(this.place.path, () => derivedFromCallers(this.uses.user, given)) : given;
    const { facts: { target, workload }, service: { podCapacity } } = this;
    const plan: Plan = {
      service: this.name,
      target,
      workload,
      ...(this.formerTargets ? { formerTargets: this.formerTargets } : {}),
      ...(this.movingIn ? { movingIn: true } : {}),
      ...(this.takenOut === undefined ? {} : { takenOut: this.takenOut }),
      baseline: this.baseline,
      ...(this.protection ? { protection: this.protection } : {}),
      guards: this.guards,
      ...(this.explainsPods === false ? { explainsPods: false } : {}),
      ...(repair === undefined ? {} : { repair }),
      startupMs: this.startupTime.toMilliseconds(),
      ...(podCapacity ? { podCapacity: podCapacity._requestsPerSecond } : {}),
      ...waitsOf(events),
      openings: events.flatMap(({ openings }) => openings).sort(byInstant),
    };
    // a re-apply can then only raise the ceiling, also where the keeper moves it
    const highest = this.ceiling ?? highestOf(plan).ceiling;
    if (this.ceilingPolicy === CeilingPolicy.FIXED) {
      return { ...plan, fixedCeiling: highest };
    }
    return this.facts.rendered && this.facts.kind.ceiling ? { ...plan, manifestCeiling: highest } : plan;
  }

  private baselineOf(given: ReplicaRange | undefined): ReplicaBounds {
    const range = given ?? { floor: this.ownFloor() };
    const { canSleep, target } = this.facts;
    if (range.floor === 0 && !canSleep) {
      throw new Error(`'baseline.floor' (0) is no floor for ${target.kind} '${target.name}', whose metrics are all of its own pods: where there is none, nothing asks for one; `
        + 'pass at least 1, or give it a metric of type Object or External');
    }
    checkRange('baseline', range, 0);
    const { floor } = range;
    this.checkBaselineCeiling(range.ceiling);
    const ceiling = range.ceiling ?? this.ceilingBetween(floor);
    this.checkCeiling(floor, ceiling);
    return { floor, ceiling };
  }

  /** The floor that the target's manifest says, where nobody says another. */
  private ownFloor(): number {
    const { facts: { kind: row, target: { kind, name }, rendered } } = this;
    const required = `'baseline' is required for ${kind} '${name}', which`;
    const hasCeiling = row.ceiling !== undefined && this.ceilingPolicy === CeilingPolicy.PER_WINDOW;
    if (!rendered) {
      throw new Error(`${required} is known by name only; pass ${hasCeiling
        ? 'the floor and ceiling between events, such as { floor: 2, ceiling: 10 }' : 'the floor between events, such as { floor: 2 }'}`);
    }
    return rendered.own.floor;
  }

  /** Refuses a ceiling of the baseline that would do nothing. */
  private checkBaselineCeiling(ceiling: number | undefined): void {
    const { facts: { kind: row, target: { kind, name } } } = this;
    if (ceiling === undefined) {
      return;
    }
    if (!row.ceiling) {
      throw new Error(`'baseline.ceiling' (${ceiling}) has no meaning for ${kind} '${name}', which ${row.words.scaler} scales beyond the floor; leave it out`);
    }
    if (this.ceilingPolicy === CeilingPolicy.FIXED) {
      throw new Error(`'baseline.ceiling' (${ceiling}) has no meaning for ${kind} '${name}', whose ceiling is the same all year (CeilingPolicy.FIXED); leave it out, `
        + `pass 'ceiling' to choose the ceiling of all year, or pass ceilingPolicy: CeilingPolicy.PER_WINDOW to have ${ceiling} between events`);
    }
  }

  /** The ceiling between events where nobody says one; with a fixed one, the least that it can be. */
  private ceilingBetween(floor: number): number {
    const { facts: { kind: row, target: { kind, name }, rendered } } = this;
    const field = row.ceiling?.field;
    const own = rendered?.own.ceiling;
    const usual = defaultCeiling(floor, DEFAULTS.baseline.ceiling);
    if (field === undefined) {
      return floor;
    }
    if (this.ceilingPolicy === CeilingPolicy.FIXED) {
      return Math.max(floor, Math.min(this.ceiling ?? Infinity, own ?? (rendered ? usual : floor)));
    }
    const way = `pass the floor and ceiling between events, such as { floor: ${floor}, ceiling: ${usual} }`;
    if (own === undefined) {
      throw new Error(`'baseline.ceiling' is required for ${kind} '${name}', which ${
        rendered ? `has no '${field}' in its manifest` : 'is known by name only and whose ceiling moves with each window'}; ${way}`);
    }
    if (own < floor) {
      throw new Error(`'baseline.floor' (${floor}) must be at most the '${field}' (${own}) in the manifest of ${kind} '${name}'; ${way}`);
    }
    return own;
  }

  private checkCeiling(floor: number, between: number): void {
    const { ceiling, facts: { kind: row, target: { kind, name }, rendered } } = this;
    if (ceiling === undefined) {
      return;
    }
    if (!row.ceiling) {
      throw new Error(`'ceiling' (${ceiling}) has no meaning for ${kind} '${name}', which ${row.words.scaler} scales beyond the floor; leave it out`);
    }
    if (!rendered && this.ceilingPolicy === CeilingPolicy.PER_WINDOW) {
      throw new Error(`'ceiling' (${ceiling}) has no meaning for ${kind} '${name}', which is known by name and whose ceiling moves with each window; `
        + 'pass ceilingPolicy: CeilingPolicy.FIXED to have that ceiling all year, or give the events a ceiling each');
    }
    const isFixed = this.ceilingPolicy === CeilingPolicy.FIXED;
    const [what, least] = isFixed ? ["the baseline's floor", floor] : ["the baseline's", between];
    if (wholeNumber("'ceiling'", ceiling, 1) < least) {
      throw new Error(`'ceiling' (${ceiling}) must be at least ${what} (${least}); it is in force all year`);
    }
  }

  /** Refuses to keep a floor that is not there, or is not the one that the keeper holds. */
  private checkMovingIn(): void {
    const { movingIn, facts: { kind: row, target: { kind, name }, rendered }, baseline } = this;
    if (!movingIn) {
      return;
    }
    const { field } = row.floor;
    if (!rendered) {
      throw new Error(`'movingIn' (true) has no meaning for ${kind} '${name}', which is known by name: its manifest stays as it is; leave it out`);
    }
    if (row.keepsFloor) {
      throw new Error(`'movingIn' (true) has no meaning for ${kind} '${name}', which always keeps its '${field}' in the manifest; leave it out`);
    }
    if (rendered.givenFloor === undefined) {
      throw new Error(`'movingIn' (true) has no meaning for ${kind} '${name}', which has no '${field}' in its manifest that could stay there; leave it out`);
    }
    if (rendered.givenFloor !== baseline.floor) {
      throw new Error(`'baseline.floor' (${baseline.floor}) must be the '${field}' of ${kind} '${name}' (${rendered.givenFloor}) while 'movingIn' is true, since the manifest keeps it; `
        + 'change the floor with a later deploy');
    }
  }

  private eventsOf(wanted: readonly ScheduledEvent[], scheduledAlready: ReadonlySet<string>): PlannedEvent[] {
    const ids = new Set(scheduledAlready);
    return wanted.map((scheduled, i) => {
      if (!scheduled?.event?._occurrences) {
        checkProps(`events[${i}]`, SCHEDULED_EVENT, scheduled);
        throw new Error(`'event' of scheduled event ${i + 1} must be an OpeningEvent, such as OpeningEvent.once('marathon', ...), got ${shown(scheduled?.event)}`);
      }
      const { id } = scheduled.event;
      if (ids.has(id)) {
        throw new Error(`event '${id}' is scheduled twice; give the other an id of its own, or list all its openings in one event`);
      }
      ids.add(id);
      return planEvent(scheduled, this.service);
    });
  }

  private claims(): Claim[] {
    const where = `in namespace '${this.namespace}'`;
    const { target: { apiVersion, kind, name }, workload } = this.facts;
    return [
      {
        key: `schedule ${this.namespace}/${this.name}`,
        refusal: holder => `the name '${this.name}' is taken ${where} by ${holder}; pass another 'name' (charts of different clusters need an App each)`,
      },
      this.targetClaim(groupOf(apiVersion), kind, name),
      {
        key: `workload ${this.namespace}/${groupOf(workload.apiVersion)}/${workload.kind}/${workload.name}`,
        refusal: holder => `the pods of ${workload.kind} '${workload.name}' ${where} are those of another schedule, ${holder}, and each would undo the other's floor; `
          + 'add the events to that one by addEvent()',
      },
      ...this.facts.kind.follows === 'keda' ? [this.targetClaim('autoscaling', 'HorizontalPodAutoscaler', autoscalerOf(name))] : [],
      this.jobClaim(repairJobName(this.name)),
    ];
  }

  private targetClaim(group: string, kind: string, name: string): Claim {
    return {
      key: `target ${this.namespace}/${group}/${kind}/${name}`,
      refusal: holder => `${kind} '${name}' in namespace '${this.namespace}' has a schedule already, ${holder}; add the events to that one by addEvent()`,
    };
  }

  private jobClaims(events: readonly PlannedEvent[]): Claim[] {
    return events.flatMap(({ scheduled }) => (['bump', 'verify', 'drop'] as const).map(role =>
      this.jobClaim(cronJobName(this.name, role, scheduled.event.id))));
  }

  private jobClaim(name: string): Claim {
    return {
      key: `job ${this.namespace}/${name}`,
      refusal: holder => `the job '${name}' in namespace '${this.namespace}' would be that of ${holder} too; choose another 'name' or event id`,
    };
  }
}

/** A floor that is more than what is in force without it: where it leaves a manifest, pods may go. */
function takenOutOf({ kind, rendered }: TargetFacts): number | undefined {
  const { givenFloor = 0 } = rendered ?? {};
  return !kind.keepsFloor && givenFloor > kind.floor.default ? givenFloor : undefined;
}

/** Props of a schedule that somebody has checked before there was a target to point at. */
export class CheckedProps implements EventScaleScheduleProps {
  constructor(public readonly target: IScheduleTarget, public readonly checked: CheckedSchedule) {}
}

function namespaceOf({ namespace, node }: Chart): string {
  if (namespace && !isLabel(withoutVariables(namespace))) {
    throw new Error(`the chart's namespace '${namespace}' must be a DNS label: at most 63 lower-case letters, digits and '-'${labelLike(namespace)}`);
  }
  if (!namespace) {
    throw new Error(`the chart has no namespace, which the rights of the jobs are bound to; write new Chart(..., '${node.id}', { namespace: 'shop' })`);
  }
  return namespace;
}

function startupOf({ startupTime }: EventScaleScheduleOptions): Duration {
  return startupTime ?? Duration.millis(DEFAULTS.startupMs);
}

/** That of the schedule, or of the chart, app or construct around it. */
function demandFactorOf({ demandFactor }: EventScaleScheduleOptions, { node }: Chart): number | undefined {
  const inContext: unknown = node.tryGetContext(CONTEXT_DEMAND_FACTOR);
  const factor = demandFactor ?? (typeof inContext === 'string' && inContext !== '' ? Number(inContext) : inContext as number | undefined);
  if (factor !== undefined) {
    checkFactor(demandFactor === undefined ? `the context '${CONTEXT_DEMAND_FACTOR}'` : "'demandFactor'", factor);
  }
  return factor === 1 ? undefined : factor;
}

/** Refuses what the level leaves out, and somebody asks for all the same. */
function checkProtection({ protection, keeper: { guards = 0, repair } = {} }: EventScaleScheduleOptions): void {
  const asked = guards > 0 ? `'keeper.guards' (${guards})` : repair ? "'keeper.repair' (true)" : undefined;
  if (protection === Protection.SCHEDULED && asked) {
    throw new Error(`${asked} has no meaning with Protection.SCHEDULED, which has neither guards nor a repair; leave it out, or pass Protection.GUARDED`);
  }
}

function checkOptions(options: EventScaleScheduleOptions): void {
  const { keeper = {}, podCapacity } = options;
  const { guards = DEFAULTS.guards, image = KEEPER_IMAGE } = keeper;
  wholeNumber("'keeper.guards'", guards, 0);
  checkProtection(options);
  checkNetworkPolicy(keeper.networkPolicy ?? {}, keeper.webhookUrl !== undefined);
  checkImage('keeper.image', image);
  keeperResources(keeper);
  keeperUser(keeper);
  const startupTime = startupOf(options);
  checkDuration('startupTime', startupTime);
  if (startupTime.toMilliseconds() <= 0) {
    throw new Error(`'startupTime' (${startupTime.toHumanString()}) must be longer than nothing: the time from the start of a container to Ready`);
  }
  if (podCapacity && !podCapacity._requestsPerSecond) {
    throw new Error(`'podCapacity' must be a PodCapacity, such as PodCapacity.requestsPerSecond(200), got ${shown(podCapacity)}`);
  }
}
