import { isRefused } from './api-error';
import { Told } from './findings';
import { Situation } from './situation';
import { World } from './world';
import { Stored, TargetObject, Workload } from '../core/kube-objects';
import { Change, Decision, belowCeiling, changeOf, decide, wantedNear } from '../core/plan/decide';
import { Live, liveOf, podsOf, specOf } from '../core/plan/live';
import { otherWorkloadOf, otherWorkloadWords } from '../core/plan/other-workload';
import { Wanted } from '../core/plan/override';
import { Plan, ReplicaBounds } from '../core/plan/plan';
import { targetKindOf } from '../core/plan/target-kind';

/** What came of one look at the target. */
export interface Settled {
  /** By which it went: with openings that were postponed. */
  readonly plan: Plan;
  /** The target as it stands after. */
  readonly object: Stored<TargetObject>;
  readonly live: Live;
  readonly wanted: Wanted;
  readonly change?: Change;
  readonly findings: readonly Told[];
  /** Why the floor is not what it must be. */
  readonly fallsShort?: string;
}

export interface SettleOptions {
  /** By the timers. */
  readonly deadline: number;
  /** As just seen; absent: it is read when needed. */
  readonly workload?: Workload;
  /** How the target stood before a write whose answer was lost. */
  readonly before?: Live;
}

/**
 * One look at a target that has just been read, and at most one write that is accepted.
 *
 * @throws Conflict when the target has changed meanwhile, ApiError, Unreachable
 */
export async function settle(world: World, situation: Situation, object: Stored<TargetObject>, options: SettleOptions): Promise<Settled> {
  const { plan, override } = situation;
  const live = liveOf(object, plan);
  const wanted = wantedNear(plan, override, live, world.api.clock.now());
  const decision = await decideOn(world, plan, object, { wanted, live }, options);
  const { before = live } = options;
  const findings = [...decision.findings, ...otherWorkloadIn(object, plan)];
  if (!decision.write) {
    return { plan, object, live, wanted, findings, change: changeIn(object, before, live, wanted) };
  }

  const write = async (bounds: Partial<ReplicaBounds>): Promise<Settled> => {
    const fields = { spec: specOf(plan.target, bounds), annotations: annotationsOf(plan, decision) };
    const written = await world.api.apply(plan.target, object, fields, options.deadline);
    const after = liveOf(written, plan);
    return { plan, object: written, live: after, wanted, findings, change: changeIn(written, before, after, wanted) };
  };
  try {
    const settled = await write(decision.write);
    return { ...settled, fallsShort: whyChanged(decision.then.floor, settled.live.floor) };
  } catch (error) {
    const shortfall = isRefused(error, 'value') ? belowCeiling(decision, wanted, live, error.said) : undefined;
    if (!shortfall) {
      throw error;
    }
    const lesser = shortfall.decision.write;
    return { ...lesser ? await write(lesser) : { plan, object, live, wanted, findings }, fallsShort: shortfall.sentence };
  }
}

/** What keeps pods above an idle size, where that is to be so. */
function annotationsOf({ target }: Plan, { activates }: Decision): { readonly [annotation: string]: string } | undefined {
  const activation = activates && targetKindOf(target)?.activation;
  return activation ? { [activation.annotation]: 'true' } : undefined;
}

/** The workload is looked at only where pods decide: whether the ceiling may be lowered. */
async function decideOn(
  world: World, plan: Plan, object: TargetObject, { wanted, live }: Pick<Settled, 'wanted' | 'live'>, options: SettleOptions,
): Promise<Decision> {
  const decision = decide(wanted, live);
  if (decision.ceiling !== 'wait') {
    return decision;
  }
  if (otherWorkloadOf(object, plan)) {
    // the pods that a lower ceiling would cut are not those of the plan
    return decision;
  }
  const workload = options.workload ?? await world.api.find<Workload>(plan.workload, options.deadline);
  return decide(wanted, live, podsOf(workload, live));
}

function otherWorkloadIn(object: TargetObject, plan: Plan): Told[] {
  const scaled = otherWorkloadOf(object, plan);
  return scaled ? [{ id: 'other-workload', severity: 'warning', ...otherWorkloadWords(scaled, plan) }] : [];
}

/** What happened to the target; each resource version tells it once. */
function changeIn(object: Stored, before: Live, after: Live, wanted: Wanted): Change | undefined {
  const change = changeOf(before, after, wanted);
  return change && { ...change, occurrence: object.metadata.resourceVersion };
}

/** Why the API server stored another floor than it was given; undefined: it stored that one. */
function whyChanged(given: number, stored: number): string | undefined {
  return given === stored
    ? undefined
    : `the API server took floor ${given} and made it ${stored}; some admission webhook changes it, exempt this autoscaler from it`;
}
