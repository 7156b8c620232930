import { isHindrance, isRefused } from './api-error';
import { PODS_A_PAGE } from './kube-api';
import { World } from './world';
import { ScaleObject, Stored, Workload } from '../core/kube-objects';
import { PodTally } from '../core/plan/readiness';
import { podSelectorOf } from '../core/plan/target-kind';

/** Before many pods are read once more: thousands of them are 100 MB. */
const LONGEST_REST_MS = 60_000;

/** What a reading of pods came to. */
export interface Survey {
  readonly tally: PodTally;
  /** How many pods the workload has; absent: nobody says. */
  readonly size?: number;
  /** Why it lacks some, after their number; absent: it has them all. */
  readonly unread?: string;
}

/**
 * Reads the pods of a workload, and keeps only what they come to.
 *
 * The more answers a reading took, the longer it is good for: as long as verify rests between two looks for each, a minute at most.
 */
export class PodSurvey {
  private last: Survey | undefined;
  private goodUntil = -Infinity;

  constructor(private readonly world: World) {}

  /** Whether a reading is due; what it came to last is told until then. */
  public get isDue(): boolean {
    return this.world.timers.now() >= this.goodUntil;
  }

  /** What the last reading came to; undefined: there was none. */
  public get known(): Survey | undefined {
    return this.last;
  }

  /**
   * Reads them now, by the selector that the workload's `/scale` names, or else by its own.
   *
   * What stands in the way of a part is said, and never thrown.
   *
   * @param deadline by the timers
   */
  public async read(workload: Stored<Workload>, deadline: number): Promise<Survey> {
    const { api, pace } = this.world;
    const tally = new PodTally(workload);
    let answers = 1;
    let size: number | undefined;
    let unread: string | undefined;
    try {
      const { status = {} } = await this.scaleOf(workload, deadline) ?? {};
      const selector = status.selector || podSelectorOf(workload);
      size = status.replicas;
      if (selector === '') {
        // the API would answer with every pod there is
        unread = 'not looked at (the workload does not say which pods are its own)';
      } else {
        answers = await api.eachPod(selector, deadline, pod => tally.add(pod));
      }
    } catch (error) {
      if (!isHindrance(error)) {
        throw error;
      }
      unread = `not looked at (${error.message})`;
      answers = Math.max(1, Math.ceil(tally.living / PODS_A_PAGE));
    }
    const survey = { tally, ...(size === undefined ? {} : { size }), ...(unread === undefined ? {} : { unread }) };
    return this.keep(survey, Math.min(LONGEST_REST_MS, answers * pace.verifyMs));
  }

  /** Undefined also where it may not be read, as with the Role of an earlier release. */
  private async scaleOf(workload: Stored<Workload>, deadline: number): Promise<ScaleObject | undefined> {
    const { apiVersion, kind, plural, metadata: { name } } = workload;
    try {
      return await this.world.api.findScale({ apiVersion, kind, plural, name }, deadline);
    } catch (error) {
      if (isRefused(error, 'missing-right')) {
        return undefined;
      }
      throw error;
    }
  }

  /** Takes what is known from elsewhere, for so long. */
  public keep(survey: Survey, ms: number): Survey {
    this.last = survey;
    this.goodUntil = this.world.timers.now() + ms;
    return survey;
  }
}
