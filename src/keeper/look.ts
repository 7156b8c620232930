import { isHindrance } from './api-error';
import { foughtWords } from './fight-pace';
import { Told } from './findings';
import { PodSurvey, Survey } from './pod-survey';
import { Situation } from './situation';
import { World } from './world';
import { Pod, Stored, TargetObject, Workload } from '../core/kube-objects';
import { overrideLowers } from '../core/plan/decide';
import { guardsReference } from '../core/plan/guards';
import { liveOf } from '../core/plan/live';
import { LABEL_ROLE, LABEL_SERVICE } from '../core/plan/names';
import { otherWorkloadOf, otherWorkloadWords } from '../core/plan/other-workload';
import { wantedAt } from '../core/plan/override';
import { Plan } from '../core/plan/plan';
import { PodTally, causeOf, isRunning, readinessOf, statedReady } from '../core/plan/readiness';

/** For one look; the next comes anyway. */
export const LOOK_MS = 10_000;

/** For a look at the opening itself. */
const LEAST_MS = 2_000;

/** For a reading of thousands of pods; what was not read by then is said to be unread. */
const READ_MS = 30_000;

/** What stands between now and a good opening. */
export interface Look {
  /** Nothing: all is well. */
  readonly missing: readonly string[];
  readonly floor: number;
  /** Beside that: an override that asks for less than the plan. */
  readonly lowered: readonly Told[];
  /** To tell it on; absent: there is no target. */
  readonly target?: Stored<TargetObject>;
  /** Another keeper knows more, and tells it. */
  readonly isLeftToOthers?: true;
}

/** What a keeper that follows them knows of target and workload. */
export interface Seen {
  readonly target: Stored<TargetObject> | undefined;
  readonly workload: Stored<Workload> | undefined;
  /** False: nothing was heard of it yet. */
  readonly isWorkloadKnown: boolean;
  /** Hands that lower the target again and again. */
  readonly fought: readonly string[];
}

/** Roles of keepers that look at the pods of a workload; one of them reads the pods, the first that is there. */
const READERS = ['verify', 'guard'];

/** Looks at all that a good opening needs, again and again: thousands of pods are not read each time, and not by each keeper. */
export class Lookout {
  private readonly survey: PodSurvey;
  private isReader = true;

  constructor(private readonly world: World) {
    this.survey = new PodSurvey(world);
  }

  /**
   * Looks once.
   *
   * @param leftMs until it must be known how it stands
   * @param fought hands that lower the target again and again
   * @param seen target and workload, by a guard; one that looks need not ask for another guard. Absent: both are read, and a guard must run too
   * @throws ApiError, Unreachable
   */
  public async look({ plan, override }: Situation, leftMs: number, fought: readonly string[], seen?: Seen): Promise<Look> {
    const { api } = this.world;
    const deadline = api.within(Math.min(LOOK_MS, Math.max(LEAST_MS, leftMs)));
    const wanted = wantedAt(plan, override, api.clock.now());
    const { floor } = wanted;
    const [target, workload, guards] = await Promise.all([
      seen ? seen.target : api.find<TargetObject>(plan.target, deadline),
      seen?.isWorkloadKnown ? seen.workload : api.find<Workload>(plan.workload, deadline),
      !seen && plan.guards > 0 ? this.missingGuard(plan, deadline) : undefined,
    ]);
    const other = otherWorkloadOf(target, plan);
    const pods = workload ? await this.missingPods(workload, floor, plan, seen !== undefined, leftMs) : undefined;
    const missing = [
      target ? missingFloor(liveOf(target, plan).floor, floor) : `${plan.target.kind} ${plan.target.name} does not exist`,
      fought.length > 0 ? foughtWords(fought, 'the floor') : undefined,
      other && otherWorkloadWords(other, plan).sentence,
      workload ? pods : `${plan.workload.kind} ${plan.workload.name} does not exist`,
      guards,
    ].filter(what => what !== undefined);
    return { missing, floor, lowered: overrideLowers(wanted), target, ...(pods !== undefined && !this.isReader ? { isLeftToOthers: true } : {}) };
  }

  /** The pods are read only where the workload's own count falls short. */
  private async missingPods(workload: Stored<Workload>, floor: number, plan: Plan, isShared: boolean, leftMs: number): Promise<string | undefined> {
    const stated = statedReady(workload);
    if (stated !== undefined && stated >= floor) {
      return undefined;
    }
    const { tally, size, unread } = plan.explainsPods === false ? UNREAD : await this.surveyOf(workload, plan.service, isShared, leftMs);
    if (unread !== undefined && stated === undefined) {
      return `it is not known how many of ${floor} are ready: pods ${unread}`;
    }
    const { missing, text } = readinessOf({ floor, workload, pods: tally, size, unread });
    return missing > 0 ? text : undefined;
  }

  /** By the pods, which say more, where they may be listed. */
  private async missingGuard({ service, explainsPods }: Plan, deadline: number): Promise<string | undefined> {
    const { api } = this.world;
    if (explainsPods !== false) {
      return missingGuard(await api.pods(`${LABEL_SERVICE}=${service},${LABEL_ROLE}=guard`, deadline));
    }
    const guards = await api.find<Workload>(guardsReference(service), deadline);
    return guards?.status?.readyReplicas ? undefined : `no guard runs (${guards ? 'its Deployment has no Ready pod' : 'its Deployment does not exist'})`;
  }

  private async surveyOf(workload: Stored<Workload>, service: string, isShared: boolean, leftMs: number): Promise<Survey> {
    const { survey, world: { api, pace } } = this;
    if (!survey.isDue) {
      return survey.known ?? LEFT_TO_OTHERS;
    }
    this.isReader = !isShared || await this.isFirst(service, api.within(LOOK_MS));
    if (this.isReader) {
      return survey.read(workload, api.within(Math.min(READ_MS, leftMs)));
    }
    return survey.keep(LEFT_TO_OTHERS, pace.pollMs);
  }

  /** Of the guards that run, and of verify, one reads the pods. */
  private async isFirst(service: string, deadline: number): Promise<boolean> {
    const { api, podName } = this.world;
    try {
      const keepers = (await api.pods(`${LABEL_SERVICE}=${service}`, deadline)).filter(isRunning);
      const readers = READERS.flatMap(role => keepers.filter(({ metadata }) => metadata?.labels?.[LABEL_ROLE] === role).map(nameOf).sort());
      return readers.indexOf(podName) <= 0;
    } catch (error) {
      if (!isHindrance(error)) {
        throw error;
      }
      // it hinders the reading too, which says so
      return true;
    }
  }
}

const UNREAD: Survey = { tally: new PodTally(), unread: 'not looked at (keeper.explainsPods is false)' };
const LEFT_TO_OTHERS: Survey = { tally: new PodTally(), unread: 'for reasons that another keeper says' };

function nameOf({ metadata }: Pod): string {
  return metadata?.name ?? '';
}

function missingFloor(live: number, wanted: number): string | undefined {
  return live < wanted ? `floor is ${live} instead of ${wanted}` : undefined;
}

function missingGuard(guards: readonly Pod[]): string | undefined {
  if (guards.some(isRunning)) {
    return undefined;
  }
  const causes = guards.filter(pod => pod.status?.phase === 'Pending').map(causeOf);
  return `no guard runs (${causes.length ? [...new Set(causes)].join(', ') : 'it has no pod'})`;
}
