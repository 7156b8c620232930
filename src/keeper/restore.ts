import { FightPace } from './fight-pace';
import { Told } from './findings';
import { settle } from './settle';
import { Sight } from './sight';
import { findingsOf } from './tell';
import { Voice } from './voice';
import { World } from './world';
import { Change, scaleOf, scaledOf } from '../core/plan/decide';
import { otherWorkloadOf } from '../core/plan/other-workload';
import { wantedAt } from '../core/plan/override';
import { boundsOf } from '../core/plan/target-kind';

/** For one change; then the world is looked at again. */
const TRY_MS = 10_000;

/** Puts target and workload back to where a situation wants them. */
export class Restorer {
  private readonly pace: FightPace;

  constructor(private readonly world: World, private readonly sight: Sight, private readonly voice: Voice) {
    this.pace = new FightPace(world);
  }

  /**
   * @param failures how often in a row it has not come about
   * @returns what is worth a person's attention
   * @throws Conflict when the target has changed meanwhile, ApiError, Unreachable
   */
  public async restoreTarget(failures: number): Promise<readonly Told[]> {
    const { world, sight: { situation, target, workload } } = this;
    if (!target.current) {
      const { kind, name } = situation.plan.target;
      return [...situation.findings, {
        id: 'target-missing', severity: 'warning', sentence: `${kind} ${name} is gone; its floor is set as soon as it is back`,
      }];
    }
    const settled = await settle(world, situation, target.current, { deadline: this.deadline(failures), workload: workload?.current });
    target.observe(settled.object);
    if (settled.change) {
      await this.changed(settled.change, settled.live.floor);
    }
    return [...situation.findings, ...findingsOf(settled)];
  }

  /**
   * Where the workload itself was scaled below the floor, its autoscaler would need up to 15 s, or, at 0, do nothing at all.
   *
   * @param failures how often in a row it has not come about
   * @returns what is worth a person's attention
   * @throws Conflict when the workload is asked for another size by now, ApiError, Unreachable
   */
  public async restoreWorkload(failures: number): Promise<readonly Told[]> {
    const { world, sight: { situation, target, workload } } = this;
    const object = workload?.current;
    if (!workload || !object || object.metadata.deletionTimestamp) {
      return [];
    }
    const { plan, override } = situation;
    if (otherWorkloadOf(target.current, plan)) {
      // whoever counts on its pods does not count on this target
      return [];
    }
    const wanted = wantedAt(plan, override, world.api.clock.now());
    // by the latest news of the target, be it an answer or a watch's
    const { floor } = target.current ? boundsOf(target.current) : wanted;
    const scale = scaleOf(wanted, object.spec?.replicas ?? 1, floor);
    if (scale) {
      const resourceVersion = await world.api.scale(plan.workload, scale.from, scale.to, this.deadline(failures));
      workload.observe({ ...object, metadata: { ...object.metadata, resourceVersion }, spec: { ...object.spec, replicas: scale.to } });
      await this.changed({ ...scaledOf(plan.workload, scale), occurrence: resourceVersion }, floor);
    }
    return [];
  }

  /** Of one try: what is wanted now must not be written after the next edge. */
  private deadline(failures: number): number {
    const { api } = this.world;
    // one try after a failure: whoever calls paces them; where nothing works, the back-off does
    const tryMs = failures === 0 || api.backoff.isDeep ? TRY_MS : 1;
    return api.within(Math.min(tryMs, this.sight.restMs()));
  }

  private async changed(change: Change, floor: number): Promise<void> {
    this.voice.sayChange(change, floor);
    await this.pace.rest();
  }
}
