import { ApiError, Conflict } from './api-error';
import { Told } from './findings';
import { World } from './world';
import { Stored, TargetObject, Workload } from '../core/kube-objects';
import { forgetting } from '../core/plan/appliers';
import { Live, hasWorkload } from '../core/plan/live';
import { movedInText, movingInOf } from '../core/plan/moving-in';
import { Plan } from '../core/plan/plan';

/**
 * Has the fields of a service that moves in outlive the manifests that carry them, as far as a keeper may, and says whether they can leave.
 *
 * The floor is the keeper's too by what it has applied. The rest is done here: an applier that compares on its own side forgets it, and the size of
 * a workload is held beside the appliers.
 *
 * @param object the target, as it stands after the floor was applied
 * @throws Conflict when something has changed meanwhile, ApiError, Unreachable
 */
export async function moveIn(world: World, plan: Plan, object: Stored<TargetObject>, live: Live, deadline: number): Promise<Told[]> {
  if (!plan.movingIn) {
    return [];
  }
  const { api } = world;
  const workload = hasWorkload(plan.target, plan.workload) ? await api.find<Workload>(plan.workload, deadline) : undefined;
  const { forgets, forgetsSize, holds, obstacle } = movingInOf(plan, object, live, workload);
  if (holds !== undefined) {
    await api.holdScale(plan.workload, workload!.metadata, holds, deadline);
  }
  const remembered = [
    ...forgets === undefined ? [] : [{ reference: plan.target, of: object, field: forgets }],
    ...forgetsSize ? [{ reference: plan.workload, of: workload!, field: 'replicas' }] : [],
  ];
  for (const { reference, of, field } of remembered) {
    try {
      // one that has just been held has another version
      const now = holds !== undefined && of === workload ? await api.get<Workload>(reference, deadline) : of;
      await api.patchMetadata(reference, now.metadata, forgetting(now, [field]), deadline);
    } catch (error) {
      if (!(error instanceof ApiError) || error instanceof Conflict) {
        throw error;
      }
      return [{
        id: 'moving-in',
        severity: 'warning',
        sentence: `whoever applies ${of.kind} ${of.metadata.name} remembers its '${field}' and deletes it when the manifest lacks it: ${error.message}`,
        remedy: "leave 'movingIn' as it is until 'prewarm adopt' was run",
      }];
    }
  }
  return [obstacle
    ? { id: 'moving-in', severity: 'warning', ...obstacle }
    : { id: 'moved-in', severity: 'note', sentence: movedInText(plan), remedy: "the next deploy can leave 'movingIn' out" }];
}
