import { ApiObject, Chart, Duration, JsonPatch, Lazy } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { encodePlan } from './core/plan/document';
import { KEEPER_KEY, LABEL_SERVICE, PLAN_KEY, configName, overrideName } from './core/plan/names';
import { Plan, byInstant, highestOf, planAt } from './core/plan/plan';
import { groupOf, isSameObject } from './core/plan/reference';
import { pluralOf } from './core/plan/target-kind';
import { EpochMs } from './core/time/instant';
import { parseInstant } from './core/time/wall-clock';
import { PodCapacity } from './demand';
import { KeeperOptions } from './keeper-options';
import { OpeningEvent } from './opening-event';
import { Blame, blaming } from './private/blame';
import { shortHash } from './private/hash';
import { keeperFile } from './private/keeper-file';
import { KEEPER_IMAGE, KeeperCron, KeeperPods, keeperCronJob, keeperJob } from './private/keeper-jobs';
import { LazyName } from './private/lazy-name';
import { armName, checkName, cronJobName } from './private/object-names';
import { PlannedEvent, ServiceFacts, cronJobsOf, planEvent } from './private/planned-event';
import { Claim, claim } from './private/registry';
import { tooLarge } from './private/size-limit';
import { TargetFacts, autoscalersOf, factsOf, floorFieldOf } from './private/target-facts';
import { checkImage, checkRange, shown, wholeNumber } from './private/whole-number';
import { checkDuration } from './private/window-shape';
import { CeilingPolicy, ReplicaRange } from './replica-range';
import { IScheduleTarget } from './schedule-target';
import { ScheduledEvent } from './scheduled-event';
import { WindowOptions } from './window-options';

/** The jobs of one event. */
export interface EventJobs {
  /** Raises the floor at the start of each window and guards it to the end. */
  readonly bump: kplus.CronJob;
  /** Looks from the ready margin to the opening whether all pods are Ready. */
  readonly verify: kplus.CronJob;
  /** Lowers the floor at the end of each window. */
  readonly drop: kplus.CronJob;
}

/** All of a schedule that a platform may have an opinion on; nothing in it is required. */
export interface EventScaleScheduleOptions {
  /**
   * What the service answers to; more by `addEvent`.
   *
   * @default - none
   */
  readonly events?: ScheduledEvent[];

  /**
   * Window fields that neither the scheduled event nor the event itself gives; for events added later too.
   *
   * @default - two hours of lead, one of hold, ready 15 minutes before
   */
  readonly defaultWindow?: WindowOptions;

  /**
   * What one pod was measured to serve.
   *
   * @default - unknown: demands are in replicas
   */
  readonly podCapacity?: PodCapacity;

  /**
   * From the start of a container to Ready.
   *
   * @default Duration.seconds(60)
   */
  readonly startupTime?: Duration;

  /**
   * `maxReplicas` all year, whatever the events are; an event that needs more is refused.
   *
   * It goes into the manifest of a target rendered here. For a target known by name it takes `CeilingPolicy.FIXED`.
   *
   * Without it, an event that is withdrawn while its floor is up can leave a manifest with a ceiling below the live floor, which the API
   * server refuses.
   *
   * @default - the highest ceiling of the plan
   */
  readonly ceiling?: number;

  /**
   * Who moves `maxReplicas`.
   *
   * @default - FIXED for a target rendered here, PER_WINDOW for one known by name
   */
  readonly ceilingPolicy?: CeilingPolicy;

  /**
   * The program that the jobs run, and its pods.
   *
   * @default - as its fields say
   */
  readonly keeper?: KeeperOptions;
}

/** Whose floor is moved, and around what. */
export interface EventScaleScheduleProps extends EventScaleScheduleOptions {
  /** In the namespace of this chart; one schedule a target. */
  readonly target: IScheduleTarget;

  /**
   * In force between events, from the first arm job on; until that has run, what stands, or Kubernetes' default floor of 1.
   *
   * @default - the target's own minReplicas and maxReplicas; required for a target known by name
   */
  readonly baseline?: ReplicaRange;

  /**
   * First part of all object names: a DNS label.
   *
   * @default - the construct's id
   */
  readonly name?: string;
}

/**
 * Moves a target's floor around openings.
 *
 * Renders one ConfigMap with the plan and the program that follows it, the jobs that run it, and an account that may do just that. From a
 * target rendered in this app it takes the floor (`minReplicas`) out of the manifest, so that no re-apply can lower it.
 *
 * @example
 * new EventScaleSchedule(chart, 'payment', {
 *   target: ScheduleTarget.fromAutoscalerName('payment-hpa', { workload: ScheduleTarget.fromDeploymentName('payment-api') }),
 *   baseline: { floor: 3, ceiling: 20 },
 *   events: [{ event: marathon, demand: Demand.replicas(60), hold: Duration.hours(4) }],
 * });
 */
export class EventScaleSchedule extends Construct {
  /** Whose floor is moved. */
  public readonly target: IScheduleTarget;
  /** In force between events. */
  public readonly baseline: ReplicaRange;
  /** Who moves `maxReplicas`. */
  public readonly ceilingPolicy: CeilingPolicy;
  /**
   * The job of each deploy: proves image, rights and API path, then applies the plan.
   *
   * Its name ends in a hash of all that it does, known only at synth: do not read `arm.name`.
   */
  public readonly arm: kplus.Job;
  /** Applies the plan every hour; undefined where `hourlyRepair` is false. */
  public readonly repair?: kplus.CronJob;
  /** The jobs' account. */
  public readonly serviceAccount: kplus.ServiceAccount;
  /** All that the jobs may do. */
  public readonly role: kplus.Role;
  /** Holds `plan.json` and `keeper.js`. */
  public readonly config: kplus.ConfigMap;

  private readonly name: string;
  private readonly namespace: string;
  private readonly facts: TargetFacts;
  private readonly service: ServiceFacts;
  private readonly options: EventScaleScheduleOptions;
  private readonly pods: KeeperPods;
  private readonly planned = new Map<string, PlannedEvent>();
  private readonly jobs = new Map<string, EventJobs>();
  // a hook is replaced on each sync; one that changes its name would leave the old ones behind
  private readonly armName = new LazyName(() => armName(this.name, this.pods.options.argoCdHook ? undefined : this.hashOfAllThatArmRuns()));
  private plan?: Plan;
  private text?: string;

  constructor(scope: Construct, id: string, props: EventScaleScheduleProps) {
    super(scope, id);
    const { keeper = {}, startupTime = Duration.seconds(60) } = props;
    this.options = props;
    this.target = props.target;
    this.name = props.name ?? id;
    let events: PlannedEvent[];
    try {
      checkName('name', this.name);
      this.namespace = namespaceOf(this);
      wholeNumber("'keeper.guards'", keeper.guards ?? 2, 0);
      checkImage('keeper.image', keeper.image ?? KEEPER_IMAGE);
      checkDuration('startupTime', startupTime);
      if (startupTime.toMilliseconds() <= 0) {
        throw new Error(`'startupTime' (${startupTime.toHumanString()}) must be longer than nothing: the time from the start of a container to Ready`);
      }
      if (props.podCapacity && !props.podCapacity._requestsPerSecond) {
        throw new Error(`'podCapacity' must be a PodCapacity, such as PodCapacity.requestsPerSecond(200), got ${shown(props.podCapacity)}`);
      }
      this.facts = factsOf(props.target, this.namespace);
      this.ceilingPolicy = props.ceilingPolicy ?? (this.facts.rendered ? CeilingPolicy.FIXED : CeilingPolicy.PER_WINDOW);
      this.baseline = this.baselineOf(props.baseline);
      this.service = {
        baseline: this.baseline,
        ceiling: props.ceiling,
        hasCeiling: this.facts.ceilingField !== undefined,
        podCapacity: props.podCapacity,
        targetPercent: this.facts.rendered?.targetPercent,
        defaultWindow: props.defaultWindow,
        startupTime,
      };
      events = this.planEvents(props.events ?? []);
      claim(this, [...this.claims(), ...this.jobClaims(events)]);
    } catch (error) {
      throw Blame.on(this, error);
    }

    const labels = { [LABEL_SERVICE]: this.name };
    const metadata = { name: configName(this.name), labels };
    this.config = new kplus.ConfigMap(this, 'Config', {
      metadata,
      data: { [PLAN_KEY]: lazyText(() => this.planText()), [KEEPER_KEY]: lazyText(() => keeperFile().text) },
    });
    this.node.addValidation({ validate: () => [...this.tooLarge(), ...this.scaledByAnother()] });
    this.serviceAccount = new kplus.ServiceAccount(this, 'ServiceAccount', { metadata });
    this.role = new kplus.Role(this, 'Role', { metadata });
    this.grant();
    const binding = new kplus.RoleBinding(this, 'RoleBinding', { metadata, role: this.role });
    binding.addSubjects(this.serviceAccount);
    // kplus renders '', which 'kubectl apply' would report as a change each time
    ApiObject.of(binding).addJsonPatch(JsonPatch.remove('/subjects/0/apiGroup'));
    this.pods = {
      service: this.name,
      serviceAccount: this.serviceAccount,
      config: kplus.Volume.fromConfigMap(this, 'Volume', this.config, { name: 'prewarm' }),
      options: keeper,
    };
    this.arm = this.defineArm();
    this.repair = keeper.hourlyRepair ?? true ? keeperCronJob(this, 'Repair', this.pods, this.repairJob()) : undefined;
    if (this.facts.rendered) {
      this.facts.rendered.object.addJsonPatch(JsonPatch.remove(`/spec/${floorFieldOf(this.facts.target)}`));
    }
    this.define(events);
  }

  /** A copy of what has been scheduled so far. */
  public get events(): ScheduledEvent[] {
    return [...this.planned.values()].map(({ scheduled }) => scheduled);
  }

  /** One more event, merged with the others by maximum. */
  public addEvent(event: ScheduledEvent): void {
    this.define(blaming(this, () => {
      const events = this.planEvents([event]);
      claim(this, this.jobClaims(events));
      return events;
    }));
  }

  /** The jobs of an event, to add to them what a platform adds to its objects. */
  public jobsOf(event: OpeningEvent): EventJobs {
    const jobs = this.jobs.get(event.id);
    if (!jobs) {
      throw Blame.on(this, `event '${event.id}' is not scheduled here; there ${this.jobs.size === 1 ? 'is' : 'are'} ${
        [...this.jobs.keys()].map(one => `'${one}'`).join(', ') || 'no events'}`);
    }
    return jobs;
  }

  /**
   * The floor that the plan asks for at an instant; for unit tests of your own.
   *
   * @param instant with an offset: `2026-12-05T09:30:00+09:00`
   */
  public floorAt(instant: string): number {
    return planAt(this.currentPlan(), this.parse(instant)).floor;
  }

  /**
   * The ceiling that the plan asks for at an instant; for unit tests of your own.
   *
   * @param instant with an offset: `2026-12-05T09:30:00+09:00`
   */
  public ceilingAt(instant: string): number {
    return planAt(this.currentPlan(), this.parse(instant)).ceiling;
  }

  /** @internal */
  public get _plan(): Plan {
    return this.currentPlan();
  }

  /** @internal */
  public get _namespace(): string {
    return this.namespace;
  }

  /**
   * Known only once all has been said.
   *
   * @internal
   */
  public get _armName(): string {
    return this.armName.resolve();
  }

  private parse(instant: string): EpochMs {
    return blaming(this, () => parseInstant('instant', instant));
  }

  private currentPlan(): Plan {
    this.plan ??= this.makePlan();
    return this.plan;
  }

  private planText(): string {
    this.text ??= encodePlan(this.currentPlan());
    return this.text;
  }

  private makePlan(): Plan {
    const plan: Plan = {
      service: this.name,
      target: this.facts.target,
      workload: this.facts.workload,
      baseline: this.baseline,
      guards: this.options.keeper?.guards ?? 2,
      startupMs: this.service.startupTime.toMilliseconds(),
      ...(this.options.podCapacity ? { podCapacity: this.options.podCapacity._requestsPerSecond } : {}),
      openings: [...this.planned.values()].flatMap(({ openings }) => openings).sort(byInstant),
    };
    return this.ceilingPolicy === CeilingPolicy.FIXED
      ? { ...plan, fixedCeiling: this.options.ceiling ?? highestOf(plan).ceiling }
      : plan;
  }

  private baselineOf(given: ReplicaRange | undefined): ReplicaRange {
    const { kind, name } = this.target;
    const own = this.facts.rendered?.own;
    const baseline = given ?? own;
    if (!baseline) {
      throw new Error(`'baseline' is required for ${kind} '${name}', which is known by name only; `
        + 'pass the floor and ceiling between events, such as { floor: 2, ceiling: 10 }');
    }
    if (!given && own?.floor === 0) {
      throw new Error(`'baseline' is required for ${kind} '${name}', which goes down to 0 between events; pass a floor of at least 1`);
    }
    checkRange('baseline', baseline);
    this.checkCeiling(baseline.ceiling);
    return { floor: baseline.floor, ceiling: baseline.ceiling };
  }

  private checkCeiling(least: number): void {
    const { ceiling } = this.options;
    if (ceiling === undefined) {
      return;
    }
    const { kind, name } = this.target;
    if (this.facts.ceilingField === undefined) {
      throw new Error(`'ceiling' (${ceiling}) has no meaning for ${kind} '${name}', which no autoscaler scales beyond the floor; leave it out`);
    }
    if (!this.facts.rendered && this.ceilingPolicy === CeilingPolicy.PER_WINDOW) {
      throw new Error(`'ceiling' (${ceiling}) has no meaning for ${kind} '${name}', which is known by name and whose ceiling moves with each window; `
        + 'pass ceilingPolicy: CeilingPolicy.FIXED to have that ceiling all year, or give the events a ceiling each');
    }
    if (wholeNumber("'ceiling'", ceiling, 1) < least) {
      throw new Error(`'ceiling' (${ceiling}) must be at least the baseline's (${least}); it is in force all year`);
    }
  }

  private planEvents(wanted: readonly ScheduledEvent[]): PlannedEvent[] {
    const ids = new Set(this.planned.keys());
    return wanted.map((scheduled, i) => {
      if (!scheduled?.event?._occurrences) {
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

  private define(events: readonly PlannedEvent[]): void {
    for (const planned of events) {
      const { id } = planned.scheduled.event;
      const { bump, verify, drop } = cronJobsOf(planned, this.name, this.pods.options.guards ?? 2);
      this.planned.set(id, planned);
      this.jobs.set(id, {
        bump: keeperCronJob(this, `${id}-bump`, this.pods, bump),
        verify: keeperCronJob(this, `${id}-verify`, this.pods, verify),
        drop: keeperCronJob(this, `${id}-drop`, this.pods, drop),
      });
    }
    this.plan = undefined;
    this.text = undefined;
    const { rendered, ceilingField } = this.facts;
    if (rendered && ceilingField) {
      // the highest also where the keeper moves it: a re-apply can then only raise it
      rendered.object.addJsonPatch(JsonPatch.add(`/spec/${ceilingField}`, this.options.ceiling ?? highestOf(this.currentPlan()).ceiling));
    }
  }

  private defineArm(): kplus.Job {
    return keeperJob(this, 'Arm', this.pods, {
      role: 'arm',
      name: this.armName.asName(),
      annotations: this.pods.options.argoCdHook
        ? { 'argocd.argoproj.io/hook': 'PostSync', 'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation' }
        : undefined,
      // the keeper itself retries; more pods would only hide what it says
      backoffLimit: 2,
      // an image that cannot be pulled must become a failed deploy
      activeDeadline: Duration.minutes(15),
    });
  }

  private hashOfAllThatArmRuns(): string {
    const { rendered } = this.facts;
    const objects = [ApiObject.of(this.arm), rendered?.object];
    return shortHash(JSON.stringify([this.planText(), keeperFile().hash, ...objects.map(object => object?.toJson())]));
  }

  private repairJob(): KeeperCron {
    return {
      role: 'repair',
      name: cronJobName(this.name, 'repair'),
      // not all schedules of a cluster at once
      schedule: `${parseInt(shortHash(`${this.namespace}/${this.name}`), 16) % 60} * * * *`,
      timeZone: 'UTC',
      startingDeadline: Duration.minutes(30),
      backoffLimit: 2,
      activeDeadline: Duration.minutes(30),
    };
  }

  /** Rights on named objects, in one namespace. */
  private grant(): void {
    const { target, workload } = this.facts;
    const allow = (verbs: string[], apiGroup: string, resourceType: string, resourceName?: string) => this.role.allow(verbs, {
      // kplus's own grants say the singular `horizontalpodautoscaler`, which matches nothing
      apiGroup, resourceType, resourceName,
    });
    const scaled = { group: groupOf(workload.apiVersion), resource: pluralOf(workload) };
    allow(['get', 'watch', 'patch'], groupOf(target.apiVersion), pluralOf(target), target.name);
    if (!isSameObject(workload, target)) {
      allow(['get', 'watch'], scaled.group, scaled.resource, workload.name);
    }
    allow(['patch'], scaled.group, `${scaled.resource}/scale`, workload.name);
    allow(['get', 'watch'], '', 'configmaps', configName(this.name));
    allow(['get', 'watch'], '', 'configmaps', overrideName(this.name));
    allow(['list'], '', 'pods');
    allow(['create'], '', 'events');
  }

  private claims(): Claim[] {
    const where = `in namespace '${this.namespace}'`;
    const { kind, name } = this.target;
    return [
      {
        key: `schedule ${this.namespace}/${this.name}`,
        refusal: holder => `the name '${this.name}' is taken ${where} by ${holder}; pass another 'name' (charts of different clusters need an App each)`,
      },
      {
        key: `target ${this.namespace}/${kind}/${name}`,
        refusal: holder => `${kind} '${name}' ${where} has a schedule already, ${holder}; add the events to that one by addEvent()`,
      },
      this.jobClaim(cronJobName(this.name, 'repair')),
    ];
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

  private scaledByAnother(): string[] {
    const { target, workload, ceilingField } = this.facts;
    return ceilingField === undefined
      ? autoscalersOf(workload, this.namespace, this.node.root).map(({ kind, name, node }) =>
        `${target.kind} '${target.name}' is scaled by ${kind} '${name}' (${node.path}) too, which would take its floor back; pass that one as 'target'`)
      : [];
  }

  private tooLarge(): string[] {
    return tooLarge(`ConfigMap '${configName(this.name)}'`, JSON.stringify(this.planText()).length + keeperFile().jsonLength, this.currentPlan());
  }
}

function namespaceOf(construct: Construct): string {
  const { namespace, node } = Chart.of(construct);
  if (!namespace) {
    throw new Error(`the chart has no namespace, which the rights of the jobs are bound to; write new Chart(..., '${node.id}', { namespace: 'shop' })`);
  }
  return namespace;
}

function lazyText(produce: () => string): string {
  return Lazy.any({ produce }) as unknown as string;
}
