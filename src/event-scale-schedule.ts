import { ApiObject, Chart, JsonPatch, Lazy } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { encodePlan } from './core/plan/document';
import { ANNOTATION_SUMMARY, KEEPER_KEY, LABEL_ROLE, LABEL_SERVICE, PLAN_KEY, PROGRAM_CONFIG_KEY, configName } from './core/plan/names';
import { Opening, Plan, planAt } from './core/plan/plan';
import { eventSummary, planSummary } from './core/plan/summary';
import { EpochMs } from './core/time/instant';
import { parseInstant } from './core/time/wall-clock';
import { Use } from './dependency';
import { OpeningEvent } from './opening-event';
import { Blame, blaming } from './private/blame';
import { ChartRepair } from './private/chart-repair';
import { CheckedProps, CheckedSchedule, placeOf } from './private/checked-schedule';
import { ContentName } from './private/content-name';
import { guardDeployment } from './private/guard-deployment';
import { shortHash } from './private/hash';
import { keeperAccount } from './private/keeper-account';
import { keeperFile, starterFile } from './private/keeper-file';
import { KeeperPods, VOLUME, keeperCronJob, keeperJob } from './private/keeper-jobs';
import { programOf } from './private/keeper-program';
import { networkPolicy } from './private/network-policy';
import { armName } from './private/object-names';
import { PlannedEvent, cronJobsOf } from './private/planned-event';
import { namedProps } from './private/props';
import { forgetRendering, keepRendering, renderingOf } from './private/rendering';
import { autoscalersOf, keptBy } from './private/scaled-workloads';
import { armJob } from './private/schedule-jobs';
import { changeUses, isSynthesized, versionOf } from './private/service-uses';
import { SCHEDULE } from './private/shapes';
import { tooLarge } from './private/size-limit';
import { factsOf, objectOf } from './private/target-facts';
import { CeilingPolicy, ReplicaRange } from './replica-range';
import { EventScaleScheduleProps } from './schedule-options';
import { IScheduleTarget } from './schedule-target';
import { ScheduledEvent } from './scheduled-event';

/** Jobs of one event. */
export interface EventJobs {
  /** CronJob that raises the floor at the start of each window, and starts the guards, which stay until the end. */
  readonly bump: kplus.CronJob;
  /** CronJob that looks, from the ready margin to the opening, whether all pods are Ready. Undefined with `Protection.SCHEDULED`. */
  readonly verify?: kplus.CronJob;
  /** CronJob that lowers the floor at the end of each window. */
  readonly drop: kplus.CronJob;
}

/**
 * Moves a target's floor around openings.
 *
 * Renders one ConfigMap with the plan and the program that follows it, the jobs that run it, and an account that may do just that. From a
 * target rendered in this app it takes the floor (`minReplicas`) out of the manifest, so that no re-apply can lower it. A ScaledObject keeps
 * the floor of between events there, since KEDA refuses it otherwise. For a service that lives already, the first deploy needs `movingIn` or
 * `prewarm adopt`.
 *
 * @example
 * new EventScaleSchedule(chart, 'payment', {
 *   target: ScheduleTarget.fromAutoscalerName('payment-hpa', { workload: ScheduleTarget.fromDeploymentName('payment-api') }),
 *   baseline: { floor: 3, ceiling: 20 },
 *   events: [{ event: marathon, demand: Demand.replicas(60), hold: Duration.hours(4) }],
 * });
 */
export class EventScaleSchedule extends Construct {
  /** Target whose floor is moved. */
  public readonly target: IScheduleTarget;
  /** Policy that says who moves `maxReplicas`. */
  public readonly ceilingPolicy: CeilingPolicy;
  /**
   * Job of each deploy: it proves image, rights and API path, then applies the plan.
   *
   * Its name ends in a hash of all that it does, and is final only at synth: do not read `arm.name`.
   */
  public readonly arm: kplus.Job;
  /**
   * CronJob that applies the plans of all schedules of the chart every ten minutes. They share it.
   *
   * Undefined where the keeper's option `repair` is false, and with `Protection.SCHEDULED`.
   */
  public readonly repair?: kplus.CronJob;
  /**
   * Deployment whose pods guard the floor through the windows of all events. Undefined where `guards` is 0.
   *
   * Its manifest names no number of pods: the jobs scale it up for a window, and down after it.
   */
  public readonly guards?: kplus.Deployment;
  /** Account of the jobs and guards. */
  public readonly serviceAccount: kplus.ServiceAccount;
  /** Role with all that the jobs may do. */
  public readonly role: kplus.Role;
  /** ConfigMap with the plan, and with the few lines that the jobs start. */
  public readonly config: kplus.ConfigMap;
  /** ConfigMap with the program that the jobs run. All schedules of a chart share it. */
  public readonly program: kplus.ConfigMap;

  /** NetworkPolicy of the pods of jobs and guards. Undefined where the keeper's option `networkPolicy` is. */
  public readonly networkPolicy?: ApiObject;

  private readonly checked: CheckedSchedule;
  private readonly pods: KeeperPods;
  private readonly chartRepair?: ChartRepair;
  private readonly planned = new Map<string, PlannedEvent>();
  private readonly jobs = new Map<string, EventJobs>();
  private readonly armName: ContentName;
  private plan?: Plan;
  /** State of the app for which `plan` holds, where it follows from callers. */
  private planVersion?: number;
  private text?: string;

  constructor(scope: Construct, id: string, props: EventScaleScheduleProps) {
    super(scope, id);
    const checked = props instanceof CheckedProps ? props.checked : CheckedSchedule.of(
      placeOf(this), namedProps(this, id, SCHEDULE, props), namespace => factsOf(props.target, namespace));
    const { name, keeper, facts } = checked;
    this.checked = checked;
    checked.uses.plan = () => this._plan;
    this.target = props.target;
    this.ceilingPolicy = checked.ceilingPolicy;

    const metadata = { name: configName(name), labels: { [LABEL_SERVICE]: name } };
    this.program = programOf(Chart.of(this), name);
    this.config = new kplus.ConfigMap(this, 'Config', {
      metadata,
      data: {
        [PLAN_KEY]: lazyText(() => this.planText()),
        [KEEPER_KEY]: lazyText(() => starterFile().text),
        [PROGRAM_CONFIG_KEY]: this.program.name,
      },
    });
    this.node.addValidation({ validate: () => this.problems() });
    this.chartRepair = !checked.protection && (keeper.repair ?? true) ? ChartRepair.of(Chart.of(this), checked, this.program) : undefined;
    this.chartRepair?.add(checked);
    this.repair = this.chartRepair?.cronJob;
    const { serviceAccount, role } = keeperAccount(this, name, checked, this.program, metadata);
    this.serviceAccount = serviceAccount;
    this.role = role;
    this.pods = {
      service: name,
      serviceAccount,
      config: this.config,
      program: this.program,
      volume: kplus.Volume.fromConfigMap(this, 'Volume', this.config, { name: VOLUME }),
      options: keeper,
    };
    if (keeper.networkPolicy) {
      const podSelector = { matchLabels: metadata.labels, matchExpressions: [{ key: LABEL_ROLE, operator: 'Exists' as const }] };
      this.networkPolicy = networkPolicy(this, 'NetworkPolicy', metadata, podSelector, keeper.networkPolicy, () => keeper.webhookUrl !== undefined);
    }
    this.guards = checked.guards > 0 ? guardDeployment(this, 'Guards', this.pods) : undefined;
    // a hook is replaced on each sync; one that changes its name would leave the old ones behind
    this.armName = new ContentName(armName(name), arm => armName(name, keeper.argoCdHook ? undefined : this.hashOfAllThatRuns(arm)));
    this.arm = keeperJob(this, 'Arm', this.pods, armJob(this.armName.asName(), keeper));
    this.armName.give(ApiObject.of(this.arm));
    // the program is written before those who run it
    for (const runs of [this.arm, ...this.guards ? [this.guards] : []]) {
      ApiObject.of(runs).addDependency(this.program);
    }
    if (this.renderedTarget) {
      const floor = `/spec/${facts.kind.floor.field}`;
      const isKept = facts.kind.keepsFloor === true || checked.movingIn;
      this.renderedTarget.addJsonPatch(isKept ? JsonPatch.add(floor, checked.baseline.floor) : JsonPatch.remove(floor));
      this.renderedTarget.metadata.addAnnotation(ANNOTATION_SUMMARY, lazyText(() => planSummary(this.currentPlan())));
      keepRendering(this.renderedTarget);
    }
    this.define(checked.events);
  }

  /**
   * Floor and ceiling between events, as they are in force there.
   *
   * With `CeilingPolicy.FIXED` that is the ceiling of all year, which another event may still raise: it is final only at synth. A target of a kind
   * that has no ceiling has none here either.
   */
  public get baseline(): ReplicaRange {
    const { baseline: { floor, ceiling }, facts: { kind } } = this.checked;
    return kind.ceiling ? { floor, ceiling: this.finalPlan('baseline').fixedCeiling ?? ceiling } : { floor };
  }

  /** Copy of what has been scheduled so far. */
  public get events(): ScheduledEvent[] {
    return [...this.planned.values()].map(({ scheduled }) => scheduled);
  }

  /** Adds an event. Where windows overlap, the highest floor and the highest ceiling are in force. */
  public addEvent(event: ScheduledEvent): void {
    this.define([this.checked.another(event, new Set(this.planned.keys()))]);
  }

  /** Adds what the service uses of dependencies, cluster budgets and other services. */
  public addUses(...uses: Use[]): void {
    this.checked.addUses(uses);
    this.text = undefined;
  }

  /**
   * A use of this service by another, for its `uses`.
   *
   * Each request to the other service makes so many requests to this one: 1 for each, 0.04 for four of a hundred.
   *
   * @param requests a number above 0
   */
  public perRequest(requests: number): Use {
    return blaming(this.node.path, () => Use._ofService({
      root: this.node.root, path: this.node.path, name: this.checked.name, namespace: this.checked.namespace, plan: () => this._plan,
    }, requests));
  }

  /** Gives the jobs of an event, so that a platform can add to them what it adds to its objects. */
  public jobsOf(event: OpeningEvent): EventJobs {
    const jobs = this.jobs.get(event?.id);
    if (!jobs) {
      throw Blame.on(this.node.path, `event '${event?.id}' is not scheduled here; there ${this.jobs.size === 1 ? 'is' : 'are'} ${
        [...this.jobs.keys()].map(one => `'${one}'`).join(', ') || 'no events'}`);
    }
    return jobs;
  }

  /**
   * The floor that the plan asks for at an instant.
   *
   * It is for unit tests of your own.
   *
   * @param instant with an offset: `2026-12-05T09:30:00+09:00`
   */
  public floorAt(instant: string): number {
    return planAt(this.finalPlan('floorAt'), this.parse(instant)).floor;
  }

  /**
   * The ceiling that the plan asks for at an instant.
   *
   * It is for unit tests of your own.
   *
   * @param instant with an offset: `2026-12-05T09:30:00+09:00`
   */
  public ceilingAt(instant: string): number {
    return planAt(this.finalPlan('ceilingAt'), this.parse(instant)).ceiling;
  }

  /** @internal */
  public get _plan(): Plan {
    return { ...this.currentPlan(), ...this.checked.plannedUses() };
  }

  /** @internal */
  public get _name(): string {
    return this.checked.name;
  }

  /** @internal */
  public get _namespace(): string {
    return this.checked.namespace;
  }

  /**
   * Final only at synth.
   *
   * @internal
   */
  public get _armName(): string {
    return this.armName.resolve();
  }

  private parse(instant: string): EpochMs {
    return blaming(this.node.path, () => parseInstant('instant', instant));
  }

  private currentPlan(): Plan {
    const events = [...this.planned.values()];
    const version = this.checked.isDerived(events) ? versionOf(this.node.root) : undefined;
    if (this.plan === undefined || this.planVersion !== version) {
      this.plan = this.checked.planOf(events, this.chartRepair?.name);
      this.planVersion = version;
      this.text = undefined;
      this.renderCeiling(this.plan);
    }
    return this.plan;
  }

  /** For questions of users: while callers may still be added, there is no answer. */
  private finalPlan(question: string): Plan {
    if (this.checked.isDerived([...this.planned.values()]) && !isSynthesized(this.node.root)) {
      throw Blame.on(this.node.path, `'${question}' is asked before the synth, and the floors follow from Demand.fromCallers(): who calls is known only then; `
        + 'ask after Testing.synth(chart) or app.synth()');
    }
    return this.currentPlan();
  }

  /** Also while the target is rendered: patches are applied last. */
  private renderCeiling({ fixedCeiling, manifestCeiling }: Plan): void {
    const { kind } = this.checked.facts;
    if (this.renderedTarget && kind.ceiling) {
      this.renderedTarget.addJsonPatch(JsonPatch.add(`/spec/${kind.ceiling.field}`, fixedCeiling ?? manifestCeiling));
    }
  }

  private planText(): string {
    const plan = this._plan;
    this.text ??= encodePlan(plan);
    return this.text;
  }

  /** The target's object, where this app renders it. */
  private get renderedTarget(): ApiObject | undefined {
    return this.checked.facts.rendered && objectOf(this.target);
  }

  private define(events: readonly PlannedEvent[]): void {
    for (const planned of events) {
      const { id } = planned.scheduled.event;
      const summary = (openings: readonly Opening[]) => eventSummary(openings, this.checked.baseline.floor);
      const { bump, verify, drop } = cronJobsOf(planned, this.checked.name, planned.derive
        ? lazyText(() => summary(this.currentPlan().openings.filter(({ event }) => event === id))) : summary(planned.openings));
      this.planned.set(id, planned);
      this.jobs.set(id, {
        bump: keeperCronJob(this, `${id}-bump`, this.pods, bump),
        verify: this.checked.protection ? undefined : keeperCronJob(this, `${id}-verify`, this.pods, verify),
        drop: keeperCronJob(this, `${id}-drop`, this.pods, drop),
      });
    }
    this.plan = undefined;
    this.text = undefined;
    changeUses(this.node.root);
    if (!this.checked.isDerived([...this.planned.values()])) {
      this.currentPlan();
    }
  }

  private hashOfAllThatRuns(arm: object): string {
    const target = this.renderedTarget;
    return shortHash(JSON.stringify([this.planText(), keeperFile().hash, starterFile().hash, arm, target && renderingOf(target)]));
  }

  /** What only a whole app can show, and only at synth. */
  private problems(): string[] {
    if (this.renderedTarget) {
      forgetRendering(this.renderedTarget);
    }
    return [...this.tooLarge(), ...this.scaledByAnother()];
  }

  private scaledByAnother(): string[] {
    const { namespace, facts: { kind: row, target, target: { kind }, workload } } = this.checked;
    if (kind === 'HorizontalPodAutoscaler') {
      return keptBy(target, namespace, this.node.root).map(({ name, node }) => `HorizontalPodAutoscaler '${target.name}' is what KEDA makes of ScaledObject '${name}' `
        + `(${node.path}), and KEDA undoes every floor of it; pass that one as 'target'`);
    }
    return row.workloadField !== undefined ? [] : autoscalersOf(workload, namespace, this.node.root).map(({ kind: by, name, node }) =>
      `${kind} '${target.name}' is scaled by ${by} '${name}' (${node.path}) too, which would take its floor back; pass that one as 'target'`);
  }

  private tooLarge(): string[] {
    const { name } = this.checked;
    return tooLarge(`ConfigMap '${configName(name)}'`, JSON.stringify(this.planText()).length + starterFile().jsonLength, this.currentPlan());
  }
}

function lazyText(produce: () => string): string {
  return Lazy.any({ produce }) as unknown as string;
}
