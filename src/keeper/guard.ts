import { ApiError, Conflict, Unreachable, isRefused } from './api-error';
import { Told } from './findings';
import { Restorer } from './restore';
import { Settled } from './settle';
import { Sight } from './sight';
import { reportReadiness } from './verify';
import { Voice } from './voice';
import { World } from './world';
import { CRON_STEP_MS } from '../core/plan/names';
import { Plan, waitOf } from '../core/plan/plan';
import { isSameObject } from '../core/plan/reference';
import { EpochMs } from '../core/time/instant';
import { Interval, unionOf } from '../core/time/intervals';

/** The stretch of an event's windows, joined where they touch, that holds an instant or begins at most so long after it. */
export function spanOf(plan: Plan, event: string, at: EpochMs, aheadMs: number = CRON_STEP_MS): Interval | undefined {
  const windows = plan.openings.filter(opening => opening.event === event).flatMap(opening => opening.windows);
  return unionOf(windows).find(span => span.from - aheadMs <= at && at < span.until);
}

/** After a try that failed; doubled with each. */
const SHORTEST_REST_MS = 250;
/** A floor is back so long after the cause is gone. */
const LONGEST_REST_MS = 5_000;

/** Answers every change of target, workload, plan and override at once. It keeps nothing: a new guard goes on where it ended. */
export class Guard {
  private readonly sight: Sight;
  private readonly voice: Voice;
  private readonly restorer: Restorer;
  private readonly ended = new AbortController();
  /** A window that begins before this is waited for: no other run comes for it. */
  private readonly horizon: EpochMs;

  /** @param first what came of the look that raised the floor, and has been told */
  constructor(private readonly world: World, plan: Plan, private readonly event: string, private readonly first: Settled) {
    this.sight = new Sight(world, plan, first);
    this.voice = new Voice(world, this.sight);
    this.restorer = new Restorer(world, this.sight, this.voice);
    this.horizon = world.api.clock.now() + waitOf(plan, 'bump', event);
  }

  /**
   * Guards until the event's windows end, or until a plan no longer has them.
   *
   * @returns the plan as it is then
   * @throws Unreachable when told to stop
   */
  public async run(): Promise<Plan> {
    const { world, ended, sight, restorer } = this;
    world.stop.addEventListener('abort', () => {
      ended.abort();
      sight.rouse();
    }, { once: true });
    const aside = [sight.follow(ended.signal), this.reportReadiness()];
    // neither waits for the other: the API server may answer one and not the other
    await Promise.all([
      this.keep(async failures => restorer.restoreTarget(failures), this.first.findings),
      this.keep(async failures => restorer.restoreWorkload(failures), []),
    ]);
    ended.abort();
    await Promise.all(aside);
    if (world.stop.aborted) {
      throw new Unreachable('told to stop; another guard or the next run of bump goes on');
    }
    return sight.situation.plan;
  }

  private isOn(): boolean {
    const { world, sight: { target, situation: { plan } }, event } = this;
    const now = world.api.clock.now();
    const isComing = spanOf(plan, event, now, Math.max(CRON_STEP_MS, this.horizon - now)) !== undefined;
    return isSameObject(plan.target, target.ref) && !world.stop.aborted && isComing;
  }

  /** Restores at each news and each edge; says findings that are new. */
  private async keep(restore: (failures: number) => Promise<readonly Told[]>, told: readonly Told[]): Promise<void> {
    const { world, sight } = this;
    const standing = this.voice.standing(told);
    let failures = 0;
    while (this.isOn()) {
      // what is heard while it is restored counts
      const { news } = sight;
      let restMs = sight.restMs();
      try {
        standing.say(await restore(failures));
        failures = 0;
      } catch (error) {
        const hindrance = this.hindranceIn(error);
        restMs = hindrance ? this.restAfter(++failures) : world.pace.backoffMaxMs;
        if (hindrance) {
          standing.say([hindrance]);
        }
      }
      await world.timers.sleep(restMs, news);
    }
  }

  /** With jitter; none where nothing works: every try waits for its turn then. */
  private restAfter(failures: number): number {
    const { api, random } = this.world;
    const most = Math.min(LONGEST_REST_MS, SHORTEST_REST_MS * 2 ** Math.min(failures, 20));
    return api.backoff.isDeep ? 0 : most * (0.9 + random() / 10);
  }

  /** What is said of a look that failed; undefined where the object has only changed since it was seen. */
  private hindranceIn(error: unknown): Told | undefined {
    if (!(error instanceof ApiError || error instanceof Unreachable)) {
      throw error;
    }
    if (error instanceof Conflict || isRefused(error, 'absent')) {
      // a dead watch would not bring how
      this.sight.lookAgain();
      return undefined;
    }
    return { id: 'guard-hindered', severity: 'warning', sentence: error.message };
  }

  /** Beside the guarding, and never in its way. */
  private async reportReadiness(): Promise<void> {
    try {
      await reportReadiness(this.world, () => this.sight.situation, this.event, this.ended.signal);
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      this.world.log({ did: 'found', message: `cannot report readiness: ${error.message}` });
    }
  }
}
