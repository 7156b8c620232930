import { FightPace } from './fight-pace';
import { Followed } from './follow';
import { Situation } from './situation';
import { World } from './world';
import { TargetObject } from '../core/kube-objects';
import { liveOf } from '../core/plan/live';
import { wantedAt } from '../core/plan/override';
import { ObjectReference } from '../core/plan/plan';
import { isSameObject } from '../core/plan/reference';

/** Follows a target for those who lower it again and again, whichever keeper puts it back. */
export class Rivals {
  public readonly pace: FightPace;
  public readonly target: Followed<TargetObject>;

  /** @param onChange called for each version of the target, after it has been counted */
  constructor(world: World, ref: ObjectReference, situation: () => Situation, onChange: () => void = () => undefined) {
    this.pace = new FightPace(world);
    this.target = new Followed<TargetObject>(world, ref, () => {
      const { current } = this.target;
      if (current) {
        const { plan, override } = situation();
        // of one that was the target before, nobody wants anything any more
        if (isSameObject(plan.target, ref)) {
          this.pace.saw(liveOf(current, plan), wantedAt(plan, override, world.api.clock.now()), current.metadata.resourceVersion);
        }
      }
      onChange();
    });
  }
}
