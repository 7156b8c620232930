import { FightPace, foughtRemedy, foughtWords, handOf, isBelow } from './fight-pace';
import { Told } from './findings';
import { Lag } from './lag';
import { Settled, settle } from './settle';
import { Sight } from './sight';
import { findingsOf } from './tell';
import { Voice } from './voice';
import { World } from './world';
import { Workload } from '../core/kube-objects';
import { followingOf, scaleOf, scaledOf, wantedNear } from '../core/plan/decide';
import { liveOf, scalerOf, specOf } from '../core/plan/live';
import { otherWorkloadOf } from '../core/plan/other-workload';
import { wantedAt } from '../core/plan/override';
import { ObjectReference } from '../core/plan/plan';
import { seatBeltUsed, seatBeltWords } from '../core/plan/seat-belt';
import { boundsOf } from '../core/plan/target-kind';

/** For one change; then the world is looked at again. */
const TRY_MS = 10_000;

/** A fight that goes on is told again so often. */
const RETELL_MS = 60_000;

/** Who the API server lets change what it is given, before it stores it; it tells no name. */
const ADMISSION = 'an admission webhook or policy';

/** What came of a look. */
export interface Restored {
  /** What is worth a person's attention. */
  readonly findings: readonly Told[];
  /** To be looked at again after so long, news or none; absent: not before something changes. */
  readonly againMs?: number;
}

/** Puts target and workload back to where a situation wants them. */
export class Restorer {
  /** Of those who scale the workload itself. */
  private readonly scalers: FightPace;
  private readonly lag: Lag;
  private last: readonly Told[] = [];

  constructor(private readonly world: World, private readonly sight: Sight, private readonly voice: Voice) {
    this.scalers = new FightPace(world);
    this.lag = new Lag(world);
  }

  /**
   * @param failures how often in a row it has not come about
   * @throws Conflict when the target has changed meanwhile, ApiError, Unreachable
   */
  public async restoreTarget(failures: number): Promise<Restored> {
    const { world, sight: { situation, target, workload, rivals } } = this;
    const { plan, override, findings } = situation;
    if (!target.current) {
      const { kind, name } = plan.target;
      return { findings: [...findings, { id: 'target-missing', severity: 'warning', sentence: `${kind} ${name} is gone; its floor is set as soon as it is back` }] };
    }
    const before = liveOf(target.current, plan);
    const wanted = wantedNear(plan, override, before, world.api.clock.now());
    const hand = isBelow(before, wanted) ? handOf(before, wanted) ?? ADMISSION : undefined;
    const waitMs = hand === undefined ? 0 : rivals.waitMs(hand);
    if (waitMs > 0) {
      return { findings: [...findings, ...this.last, ...this.foughtFloor(plan.target)], againMs: waitMs };
    }

    const settled = await settle(world, situation, target.current, { deadline: this.deadline(failures), workload: workload?.current });
    const { object, change, fallsShort, live } = settled;
    target.observe(object);
    this.last = [...findingsOf(settled), ...seatBeltIn(settled, workload?.current)];
    if (fallsShort !== undefined) {
      // what stands in the way may be gone at any time, and nothing tells of it
      rivals.undone(ADMISSION);
    } else if (change && hand !== undefined && hand !== ADMISSION) {
      rivals.undone(hand, object.metadata.resourceVersion);
    }
    // of what is changed on its way nothing came
    if (change && !(fallsShort !== undefined && change.did === 'adopted')) {
      this.voice.sayChange(change, live.floor, hand !== undefined && rivals.fought.includes(hand));
    }
    return {
      findings: [...findings, ...this.last, ...this.foughtFloor(plan.target)],
      ...fallsShort === undefined ? {} : { againMs: rivals.waitMs(ADMISSION) },
    };
  }

  /**
   * Where the workload itself was scaled below the floor, its autoscaler would need up to 15 s, or, at 0, do nothing at all.
   *
   * @param failures how often in a row it has not come about
   * @throws Conflict when the workload is asked for another size by now, ApiError, Unreachable
   */
  public async restoreWorkload(failures: number): Promise<Restored> {
    const { world, sight: { situation, target, workload }, scalers } = this;
    const object = workload?.current;
    const { plan, override } = situation;
    // whoever counts on the pods of another workload does not count on this target
    if (!workload || !object || object.metadata.deletionTimestamp || otherWorkloadOf(target.current, plan)) {
      return { findings: [] };
    }
    const wanted = wantedAt(plan, override, world.api.clock.now());
    // by the latest news of the target, be it an answer or a watch's
    const { floor } = target.current ? boundsOf(target.current) : wanted;
    const scale = scaleOf(wanted, object.spec?.replicas ?? 1, floor);
    const findings = this.foughtSize(plan.workload);
    if (!scale) {
      return { findings };
    }
    const lagging = await this.lag.of(target.current, this.deadline(failures));
    const to = Math.min(scale.to, lagging?.floor ?? Infinity);
    if (lagging && to <= scale.from) {
      return { findings: [...findings, ...lagging.findings], againMs: lagging.againMs };
    }
    const hand = scalerOf(object, target.current, plan.service)?.manager;
    const waitMs = hand === undefined ? 0 : scalers.waitMs(hand);
    if (waitMs > 0) {
      return { findings, againMs: waitMs };
    }
    const scaled = await world.api.scale(plan.workload, scale.from, to, this.deadline(failures));
    const { resourceVersion = object.metadata.resourceVersion } = scaled.metadata ?? {};
    workload.observe({ ...object, metadata: { ...object.metadata, resourceVersion }, spec: { ...object.spec, replicas: to } });
    if (hand !== undefined) {
      scalers.undone(hand, resourceVersion);
    }
    const isFight = hand !== undefined && scalers.fought.includes(hand);
    const change = hand === undefined ? followingOf(plan.workload, { ...scale, to }) : scaledOf(plan.workload, { ...scale, to });
    this.voice.sayChange({ ...change, occurrence: resourceVersion }, floor, isFight);
    return { findings: this.foughtSize(plan.workload), againMs: lagging?.againMs };
  }

  /** Of one try: what is wanted now must not be written after the next edge. */
  private deadline(failures: number): number {
    const { api } = this.world;
    // one try after a failure: whoever calls paces them; where nothing works, the back-off does
    const tryMs = failures === 0 || api.backoff.isDeep ? TRY_MS : 1;
    return api.within(Math.min(tryMs, this.sight.restMs()));
  }

  private foughtFloor(target: ObjectReference): Told[] {
    return this.fought(this.sight.rivals, 'the floor', target, Object.keys(specOf(target, { floor: 1, ceiling: 1 })));
  }

  private foughtSize(workload: ObjectReference): Told[] {
    return this.fought(this.scalers, `${workload.kind} ${workload.name}`, workload, ['replicas']);
  }

  /** What the API server changes on its way is told in other words. */
  private fought(pace: FightPace, what: string, object: ObjectReference, fields: readonly string[]): Told[] {
    const hands = pace.fought.filter(hand => hand !== ADMISSION);
    return hands.length === 0 ? [] : [{
      id: 'floor-fought',
      severity: 'warning',
      sentence: foughtWords(hands, what),
      remedy: foughtRemedy(hands, object, fields),
      occurrence: String(Math.floor(this.world.api.clock.now() / RETELL_MS)),
    }];
  }
}

function seatBeltIn({ object, live, wanted }: Settled, workload: Workload | undefined): Told[] {
  const used = wanted.openings.length > 0 ? seatBeltUsed(object, workload, live) : undefined;
  return used === undefined ? [] : [{
    id: 'ceiling-reached',
    severity: 'warning',
    sentence: seatBeltWords(used, live.ceiling!),
    remedy: 'if the crowd still grows, raise floor and ceiling by an override',
  }];
}
