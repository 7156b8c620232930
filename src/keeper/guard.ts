import { ApiError, Conflict, Unreachable, isRefused } from './api-error';
import { applyAndTell, latestPlan } from './apply';
import { Told } from './findings';
import { placeGuards } from './guards';
import { insist, restAfter } from './insist';
import { Restored, Restorer } from './restore';
import { Settled } from './settle';
import { Sight } from './sight';
import { endingOf } from './tell';
import { reportReadiness } from './verify';
import { Voice } from './voice';
import { Ending, World } from './world';
import { guardsAt } from '../core/plan/guards';
import { LiveBounds, Plan } from '../core/plan/plan';

/** A guard that has nothing to guard is ended within seconds; where it is not, it looks again after this long. */
const IDLE_MS = 60_000;

/**
 * Guards the floor while a window of the service holds it, whichever event's; otherwise applies the plan, and has its own Deployment stand at 0.
 *
 * It ends only when told to: a container that ends is started again in the same pod, later each time and with the same token.
 *
 * @throws NewerPlan for a plan that another program must read, which is started in its place
 */
export async function guard(world: World, mounted: Plan): Promise<Ending> {
  let stood: Partial<LiveBounds> = {};
  try {
    for (let plan = mounted; !world.stop.aborted;) {
      plan = await latestPlan(world, plan);
      const first = await insist(world, async failures => {
        // what stands in its way may be a plan that is corrected by now
        plan = failures === 0 ? plan : await latestPlan(world, plan);
        return applyAndTell(world, plan);
      }, () => true);
      const { exitCode, ...line } = endingOf(first);
      stood = first.live;
      if (guardsAt(first.plan, world.api.clock.now()) > 0) {
        world.log({ ...line, message: `${line.message}; guards it from here on` });
        plan = await new Guard(world, plan, first).run();
      } else {
        world.log(line);
        await insist(world, async () => placeGuards(world, first.plan), () => true);
        await world.timers.sleep(IDLE_MS, world.stop);
      }
    }
  } catch (error) {
    if (!(world.stop.aborted && error instanceof Unreachable)) {
      throw error;
    }
  }
  const { floor, ceiling } = stood;
  return { exitCode: 0, did: 'ended', message: 'told to stop', floor, ceiling };
}

/** Answers every change of target, workload, plan and override at once. It keeps nothing: a new guard goes on where it ended. */
export class Guard {
  private readonly sight: Sight;
  private readonly voice: Voice;
  private readonly restorer: Restorer;
  private readonly ended = new AbortController();

  /** @param first what came of the look that raised the floor, and has been told */
  constructor(private readonly world: World, plan: Plan, private readonly first: Settled) {
    this.sight = new Sight(world, plan, first);
    this.voice = new Voice(world, this.sight);
    this.restorer = new Restorer(world, this.sight, this.voice);
  }

  /**
   * Guards until no window holds the floor, or until told to stop.
   *
   * @returns the plan as it is then
   * @throws NewerPlan
   */
  public async run(): Promise<Plan> {
    const { world, ended, sight, restorer } = this;
    const stop = () => {
      ended.abort();
      sight.rouse();
    };
    world.stop.addEventListener('abort', stop, { once: true });
    const aside = [sight.follow(ended.signal), reportReadiness(world, () => sight.situation, () => sight.seen, ended.signal), this.callOthers()];
    // neither waits for the other: the API server may answer one and not the other
    await Promise.all([
      this.keep(async failures => restorer.restoreTarget(failures), this.first.findings),
      this.keep(async failures => restorer.restoreWorkload(failures), []),
    ]);
    ended.abort();
    world.stop.removeEventListener('abort', stop);
    await Promise.all(aside);
    if (sight.newer) {
      throw sight.newer;
    }
    return sight.situation.plan;
  }

  private isOn(): boolean {
    const { world, sight, sight: { newer, situation: { plan } } } = this;
    return sight.isOf(plan) && !newer && !world.stop.aborted && guardsAt(plan, world.api.clock.now()) > 0;
  }

  /** A Deployment that has just been made stands at one guard, and one that was replaced too. */
  private async callOthers(): Promise<void> {
    const { world, sight } = this;
    const place = async () => this.isOn() ? placeGuards(world, sight.situation.plan) : undefined;
    await insist(world, place, () => this.isOn()).catch(error => {
      if (!(error instanceof ApiError || error instanceof Unreachable)) {
        throw error;
      }
    });
  }

  /** Restores at each news and each edge; says findings that are new. */
  private async keep(restore: (failures: number) => Promise<Restored>, told: readonly Told[]): Promise<void> {
    const { world, sight } = this;
    const standing = this.voice.standing(told);
    let failures = 0;
    while (this.isOn()) {
      // what is heard while it is restored counts
      const { news } = sight;
      let restMs = sight.restMs();
      try {
        const { findings, againMs = restMs } = await restore(failures);
        standing.say(findings);
        restMs = Math.min(restMs, againMs);
        failures = 0;
      } catch (error) {
        const hindrance = this.hindranceIn(error);
        restMs = hindrance ? restAfter(world, ++failures) : world.pace.backoffMaxMs;
        if (hindrance) {
          standing.say([hindrance]);
        }
      }
      await world.timers.sleep(restMs, news);
    }
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
}
