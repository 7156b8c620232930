import { FightPace } from './fight-pace';
import { Told } from './findings';
import { Followed } from './follow';
import { Seen } from './look';
import { Rivals } from './rivals';
import { Settled } from './settle';
import { Situation, overrideReference, planReference, situationOf, untilChange } from './situation';
import { World } from './world';
import { ConfigMap, KubeObject, Stored, TargetObject, Workload } from '../core/kube-objects';
import { NewerPlan, PlanError, decodePlan } from '../core/plan/document';
import { hasWorkload } from '../core/plan/live';
import { PLAN_KEY, configName } from '../core/plan/names';
import { ObjectReference, Plan } from '../core/plan/plan';
import { isSameObject } from '../core/plan/reference';

/** Plan and override are looked at this much more rarely than what can cost pods. */
const CALM = 4;

/** For one look; the next comes anyway. */
const LOOK_MS = 10_000;

/** The clock may have been set meanwhile. */
const LONGEST_REST_MS = 60_000;

/** All that a guard sees, as it was last heard of: target, workload, plan and override. */
export class Sight {
  public readonly target: Followed<TargetObject>;
  /** Absent: the target is the workload itself. */
  public readonly workload: Followed<Workload> | undefined;
  /** Who lowers the target again and again. */
  public readonly rivals: FightPace;
  private readonly config: Followed<ConfigMap>;
  private readonly overriding: Followed<ConfigMap>;
  /** A plan that only the program of a newer release can read. */
  public newer: NewerPlan | undefined;
  private heard = new AbortController();
  private planText: string | undefined;
  private planFindings: readonly Told[] = [];

  /** @param first what came of the first look at the target */
  constructor(private readonly world: World, private plan: Plan, private readonly first: Settled) {
    const follow = <T extends KubeObject>(ref: ObjectReference) => new Followed<T>(world, ref, () => this.rouse());
    const { pace, target } = new Rivals(world, plan.target, () => this.situation, () => this.rouse());
    this.rivals = pace;
    this.target = target;
    this.workload = hasWorkload(plan.target, plan.workload) ? follow(plan.workload) : undefined;
    this.config = follow(planReference(plan.service));
    this.overriding = follow(overrideReference(plan.service));
    this.target.observe(first.object);
  }

  /** Plan and override as last heard of. */
  public get situation(): Situation {
    const { plan, planFindings, overriding, first } = this;
    if (!overriding.isKnown) {
      // what the first look found: a guard that starts must not undo it for the blink of an eye
      return { plan: first.plan, override: first.wanted.override, findings: planFindings };
    }
    const situation = situationOf(plan, overriding.current);
    return { ...situation, findings: [...planFindings, ...situation.findings] };
  }

  /** Whether a plan speaks of the objects that are followed: what is seen of others is nothing to act on by it. */
  public isOf({ target, workload }: Plan): boolean {
    // under another plural the same object is asked for otherwise
    const isSeen = (one: ObjectReference, seen: ObjectReference) => isSameObject(one, seen) && one.plural === seen.plural;
    return isSeen(target, this.target.ref) && isSeen(workload, this.workload?.ref ?? this.target.ref);
  }

  /** Target and workload as last heard of. */
  public get seen(): Seen {
    const { target, workload } = this;
    const { current, isKnown } = workload ?? target;
    const { fought } = this.rivals;
    return { target: target.current, workload: current as Stored<Workload> | undefined, isWorkloadKnown: isKnown, fought };
  }

  /** The object on which something is told: the target, also where it is gone. */
  public get told(): Stored {
    return this.target.latest ?? this.first.object;
  }

  /** Aborted at the next news. */
  public get news(): AbortSignal {
    return this.heard.signal;
  }

  /** Follows all of it until the signal is aborted. */
  public async follow(signal: AbortSignal): Promise<void> {
    const { pollMs } = this.world.pace;
    await Promise.all([
      this.target.follow(pollMs, signal),
      this.workload?.follow(pollMs, signal),
      this.config.follow(pollMs * CALM, signal),
      this.overriding.follow(pollMs * CALM, signal),
    ]);
  }

  /** Reads target and workload, beside what their watches tell. */
  public lookAgain(): void {
    for (const followed of [this.target, this.workload]) {
      // the next look comes anyway
      followed?.look(this.world.api.within(LOOK_MS)).catch(() => undefined);
    }
  }

  /** How long nothing needs to be done without news. */
  public restMs(): number {
    return Math.min(untilChange(this.situation, this.world.api.clock.now()), LONGEST_REST_MS);
  }

  /** Wakes whoever waits for news. */
  public rouse(): void {
    this.readPlan();
    const { heard } = this;
    this.heard = new AbortController();
    heard.abort();
  }

  private readPlan(): void {
    if (!this.config.isKnown) {
      return;
    }
    const text = this.config.current?.data?.[PLAN_KEY];
    if (text === this.planText && text !== undefined) {
      return;
    }
    this.planText = text;
    this.planFindings = text === undefined ? [planMissing(this.plan, this.config.latest)] : [];
    if (text === undefined) {
      return;
    }
    try {
      this.plan = decodePlan(text);
    } catch (error) {
      if (!(error instanceof PlanError)) {
        throw error;
      }
      if (error instanceof NewerPlan) {
        this.newer = error;
        return;
      }
      this.planFindings = [{ id: 'plan-unreadable', severity: 'warning', sentence: `${error.message}; the plan before it stays in force` }];
    }
  }
}

function planMissing({ service }: Plan, last: Stored<ConfigMap> | undefined): Told {
  return {
    id: 'plan-missing',
    severity: 'warning',
    sentence: `ConfigMap ${configName(service)} is gone, or holds no plan any more; the last one stays in force, deploy the chart again`,
    occurrence: last?.metadata.resourceVersion,
  };
}
