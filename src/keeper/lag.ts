import { isRefused } from './api-error';
import { Told } from './findings';
import { World } from './world';
import { TargetObject } from '../core/kube-objects';
import { targetKindOf } from '../core/plan/target-kind';
import { followTrouble, laggingFloor } from '../core/plan/target-troubles';

/** KEDA follows within a tenth of a second; what lasts for so long is told. */
const TOLD_MS = 10_000;

/** Between looks, until then and later. */
const SOON_MS = 500;
const LATER_MS = 5_000;

/** An autoscaler that does not have the floor of its target yet. */
export interface Lagging {
  /** That it has; pods above it would be taken away at its next look. */
  readonly floor: number;
  readonly findings: readonly Told[];
  /** To be looked at again after so long: nothing tells of its change. */
  readonly againMs: number;
}

/** Whether KEDA's autoscaler has followed its target, looked at before pods are asked for which it would take away. */
export class Lag {
  private since: number | undefined;

  constructor(private readonly world: World) {}

  /**
   * Undefined where there is no such autoscaler, or where it has followed.
   *
   * @param deadline by the timers
   * @throws ApiError, Unreachable
   */
  public async of(target: TargetObject | undefined, deadline: number): Promise<Lagging | undefined> {
    const { api, timers } = this.world;
    if (!target || targetKindOf(target)?.follows !== 'keda') {
      return undefined;
    }
    const autoscalers = await api.autoscalers(deadline).catch(error => {
      if (isRefused(error, 'missing-right')) {
        return [];
      }
      throw error;
    });
    const floor = laggingFloor(target, autoscalers);
    if (floor === undefined) {
      this.since = undefined;
      return undefined;
    }
    this.since ??= timers.now();
    const isTold = timers.now() - this.since >= TOLD_MS;
    return {
      floor,
      findings: isTold ? [{ id: 'target-not-followed', severity: 'warning', sentence: followTrouble(target, autoscalers)! }] : [],
      againMs: isTold ? LATER_MS : SOON_MS,
    };
  }
}
