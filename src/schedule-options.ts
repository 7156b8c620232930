import { Duration } from 'cdk8s';
import { PodCapacity } from './demand';
import { Use } from './dependency';
import { KeeperOptions } from './keeper-options';
import { CeilingPolicy, ReplicaRange } from './replica-range';
import { IScheduleTarget } from './schedule-target';
import { ScheduledEvent } from './scheduled-event';
import { WindowOptions } from './window-options';

/** What a schedule does beyond moving the floor at its times. */
export enum Protection {
  /**
   * Arm, bump and drop: the floor goes up and down at its times.
   *
   * In a window, bump runs every five minutes, or less often for openings that are irregular. So a floor that somebody else lowers stays down for
   * up to five minutes. Nobody says before the opening whether all pods are Ready, and nothing looks between events.
   */
  SCHEDULED = 'Scheduled',
  /**
   * Guards, verify and repair too.
   *
   * In a window, guards put a lowered floor back within a second. Verify says before the opening what is missing and why. Between events, the repair
   * brings back within ten minutes what was lost.
   */
  GUARDED = 'Guarded',
}

/** Options of a schedule that a platform may set for its squads. None of them is required. */
export interface EventScaleScheduleOptions {
  /**
   * Events for which the floor goes up.
   *
   * `addEvent` adds others later.
   *
   * @default - none
   */
  readonly events?: ScheduledEvent[];

  /**
   * Window fields for events that do not set them, neither in the schedule nor themselves.
   *
   * They hold for events that are added later, too.
   *
   * @default - a lead of two hours, a hold of one hour, a ready margin of 15 minutes
   */
  readonly defaultWindow?: WindowOptions;

  /**
   * Load that one pod was measured to serve.
   *
   * @default - unknown: demands must be in replicas
   */
  readonly podCapacity?: PodCapacity;

  /**
   * What the service uses of dependencies, cluster budgets and other services, such as `[db.perPod(8), payment.perRequest(0.04)]`.
   *
   * Synth fails where the floors of all services of this app together need more than a limit. `addUses` adds others later.
   *
   * @default - nothing is known
   */
  readonly uses?: Use[];

  /**
   * Factor by which all demands of this schedule are multiplied, so that one code base serves production, staging and regions.
   *
   * @default - the context `cdk8s-prewarm/demandFactor` of the chart or app: `app.node.setContext('cdk8s-prewarm/demandFactor', 0.1)`; without
   * it 1
   */
  readonly demandFactor?: number;

  /**
   * Time from the start of a container until its pod is Ready.
   *
   * @default Duration.seconds(60)
   */
  readonly startupTime?: Duration;

  /**
   * Value of `maxReplicas` all year, whatever the events are.
   *
   * An event that needs more is refused. The ceiling goes into the manifest of a target that this app renders. For a target that is known by name
   * it needs `CeilingPolicy.FIXED`.
   *
   * Without it, the ceiling of a manifest depends on the events. Then an event that is withdrawn while its floor is up can leave a ceiling below
   * the live floor, and the API server refuses that manifest.
   *
   * @default - the highest ceiling of the plan
   */
  readonly ceiling?: number;

  /**
   * Policy that says who moves `maxReplicas`.
   *
   * FIXED is the default where the manifest is ours: no re-apply can then delete a pod in a window. Its price is that a service that runs away
   * between events may grow to the ceiling of the event.
   *
   * @default - FIXED for a target that this app renders, PER_WINDOW for one that is known by name
   */
  readonly ceilingPolicy?: CeilingPolicy;

  /**
   * What the schedule protects its target against.
   *
   * With SCHEDULED, `keeper.guards` above 0 and `keeper.repair: true` are refused.
   *
   * @default Protection.GUARDED
   */
  readonly protection?: Protection;

  /**
   * Options of the program that the jobs run, and of its pods.
   *
   * @default - the defaults of its fields
   */
  readonly keeper?: KeeperOptions;
}

/** Options of a schedule, and the target whose floor it moves. */
export interface EventScaleScheduleProps extends EventScaleScheduleOptions {
  /**
   * Target whose floor is moved, in the namespace of this chart.
   *
   * A target has one schedule at most.
   */
  readonly target: IScheduleTarget;

  /**
   * Whether the service lives already and this is its first deploy with a schedule, so that the manifest of the target keeps its floor for now.
   *
   * A field that leaves a manifest is deleted by the next deploy, and Kubernetes' default of 1 is in force: of 20 pods one is left. With `true` the
   * field stays in the manifest, and the arm job has the keeper hold it too. When arm tells `MovedIn`, the next deploy can leave this prop out, and
   * no pod is lost. Until then every apply inside a window takes the floor down for a moment, so leave it out before the first window. `false` says
   * that the service has moved in, or is new, and `prewarm plan` says nothing of it.
   *
   * It needs a target that this app renders with its floor, which the baseline has too.
   *
   * @default false, and `prewarm plan` and the validation at synth warn of what a first deploy would do
   */
  readonly movingIn?: boolean;

  /**
   * Targets that this schedule had before, when it got another one.
   *
   * The keeper may read and write them too. The arm job lowers what the schedule still holds of them to the floor of between events, gives it back,
   * and says that they can be taken out here. Inside a window it waits until all pods of the new target are Ready. An autoscaler that scales the
   * pods of the new target too must be deleted, and arm fails while it is there. Without this prop the old floor stays, and
   * `prewarm status` lists it.
   *
   * @default - none
   */
  readonly formerTargets?: IScheduleTarget[];

  /**
   * Floor and ceiling between events.
   *
   * They are in force from the first arm job on. Until then the floor stays what it is, or Kubernetes' default of 1.
   *
   * The ceiling can be set only with `CeilingPolicy.PER_WINDOW`.
   *
   * @default - the target's own `minReplicas` and `maxReplicas`; required for a target that is known by name
   */
  readonly baseline?: ReplicaRange;

  /**
   * First part of all object names: a DNS label.
   *
   * @default - the construct's id
   */
  readonly name?: string;
}
