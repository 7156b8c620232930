import { Assumptions } from './assumptions';
import { Random } from './random';
import { Target } from './target';
import { Timetable } from './timetable';
import { LogLine, PlayedFault, RehearsedCronJob } from './types';
import { WantedOverTime } from './wanted';
import { CeilingAction, Decision, DecisionFinding, decide, scaledOf } from '../core/plan/decide';
import { Live, Pods, applied } from '../core/plan/live';
import { Wanted } from '../core/plan/override';
import { Plan, nextEdge, planAt, waitOf } from '../core/plan/plan';
import { EpochMs } from '../core/time/instant';

/** The pods of the workload. */
export interface LivePods {
  /** How many exist and are not being deleted. */
  count(): number;
}

interface Run {
  readonly job: RehearsedCronJob;
  /** When its pod acts next. */
  actsAt: EpochMs;
  /** Edges of the plan up to this are waited for. */
  readonly waitsUntil: EpochMs;
  guards: boolean;
  /** The next edge of the plan, at which a guard's window may end. */
  edge?: EpochMs;
}

interface CronState extends Timetable {
  next: number;
  /** The last time that was missed, or is due. */
  due?: EpochMs;
  /** `Forbid` keeps it from starting. */
  isHeldUp: boolean;
  run?: Run;
}

/**
 * The CronJob controller and the keeper in the jobs' pods.
 *
 * Whatever a job does, it does by the plan for that moment: it raises any floor below it, and lowers its own.
 */
export class Jobs {
  private readonly crons: CronState[];
  private lateBumps: number;
  private bumpsLeft: number;
  /** Findings that were said and are still so. */
  private standing: ReadonlyMap<string, string> = new Map();
  /** How a guard left the target, and what it wanted. */
  private guarded: { readonly wanted?: Wanted; readonly live?: Live; readonly replicas?: number; readonly ceiling?: CeilingAction } = {};

  constructor(
    private readonly plan: Plan, private readonly wanted: WantedOverTime, timetables: readonly Timetable[], private readonly from: EpochMs,
    private readonly assumed: Assumptions, private readonly random: Random, private readonly faults: readonly PlayedFault[],
    private readonly say: (at: EpochMs, who: LogLine['who'], says: string) => void,
  ) {
    this.crons = timetables.map(({ job, times }): CronState => ({
      job,
      times,
      next: 0,
      isHeldUp: false,
      // whatever was due before the rehearsal has run
      ...(job.role === 'bump' && plan.guards > 0 && this.isWindowOpen(job, from) ? { run: { job, actsAt: from, waitsUntil: from, guards: true } } : {}),
    }));
    this.bumpsLeft = this.faultAt('no-guard') === undefined ? Infinity : 1;
    this.lateBumps = this.faultAt('late-bump') === undefined ? 0 : 1;
  }

  /** Whether a guard is at work. */
  public isGuarded(): boolean {
    return this.crons.some(({ run }) => run?.guards);
  }

  /** One second: what is due starts, what runs acts. */
  public step(now: EpochMs, controllersUp: boolean, target: Target, livePods: LivePods): void {
    const gone = now >= (this.faultAt('no-prewarm') ?? Infinity);
    for (const cron of this.crons) {
      if (gone) {
        cron.run = undefined;
        continue;
      }
      while (cron.next < cron.times.length && cron.times[cron.next] <= now) {
        cron.due = cron.times[cron.next++];
      }
      if (controllersUp && cron.due !== undefined) {
        this.startIfAllowed(cron, now);
      }
      if (cron.run) {
        this.act(cron, cron.run, now, target, livePods);
      }
    }
  }

  private faultAt(name: PlayedFault['name']): EpochMs | undefined {
    return this.faults.find(fault => fault.name === name)?.at;
  }

  /** Only the last missed time counts, within its deadline, and with `Forbid` not beside another run. */
  private startIfAllowed(cron: CronState, now: EpochMs): void {
    const { job } = cron;
    const due = cron.due!;
    const isTooLate = job.startingDeadlineSeconds !== undefined && now > due + job.startingDeadlineSeconds * 1000;
    const isSkipped = job.suspend || (job.role === 'bump' && (this.bumpsLeft === 0 || due < (this.faultAt('missed-bump') ?? -Infinity)));
    if (isTooLate || isSkipped) {
      cron.due = undefined;
      return;
    }
    if (cron.run && job.concurrencyPolicy !== 'Replace') {
      // "Allow" would start another one beside it, which does the same
      cron.due = job.concurrencyPolicy === 'Forbid' ? due : undefined;
      cron.isHeldUp = true;
      return;
    }
    cron.due = undefined;
    this.bumpsLeft -= job.role === 'bump' ? 1 : 0;
    // between 5/8 and 13/8 of the usual time
    let actsAt = now + Math.round(this.assumed.keeperSeconds * (0.625 + this.random()) * 1000);
    if (job.role === 'bump' && this.lateBumps > 0) {
      this.lateBumps--;
      actsAt = Math.max(actsAt, this.faultAt('late-bump')!);
    }
    cron.run = { job, actsAt, waitsUntil: actsAt + this.waitOf(job), guards: false };
    if (now - due >= 60_000 && !cron.isHeldUp) {
      this.say(now, 'job', `${job.name} starts ${Math.round((now - due) / 60_000)} min late`);
    }
    cron.isHeldUp = false;
  }

  private act(cron: CronState, run: Run, now: EpochMs, target: Target, livePods: LivePods): void {
    if (run.guards) {
      this.guard(now, target, livePods);
      if (now >= (run.edge ?? -Infinity)) {
        run.edge = nextEdge(this.plan, now) ?? Infinity;
        run.guards = this.isWindowOpen(run.job, now);
        cron.run = run.guards ? run : this.waiting(run, now);
      }
      return;
    }
    if (now < run.actsAt) {
      return;
    }
    if (run.job.role !== 'verify') {
      this.apply(now, target, livePods, 'keeper', run.job.name);
    }
    if (run.job.role === 'bump' && this.plan.guards > 0 && this.isWindowOpen(run.job, now)) {
      run.guards = true;
    } else {
      cron.run = this.waiting(run, now);
    }
  }

  /** A run until the next edge that it waits for; undefined: it ends. */
  private waiting(run: Run, now: EpochMs): Run | undefined {
    const edge = nextEdge(this.plan, now);
    if (edge === undefined || edge > run.waitsUntil) {
      return undefined;
    }
    run.actsAt = edge;
    run.edge = undefined;
    return run;
  }

  private waitOf({ role, event }: RehearsedCronJob): number {
    return role === 'bump' || role === 'drop' ? waitOf(this.plan, role, event) : 0;
  }

  private isWindowOpen({ event }: RehearsedCronJob, now: EpochMs): boolean {
    return planAt(this.plan, now).openings.some(opening => opening.event === event);
  }

  /** A guard looks where something is new. */
  private guard(now: EpochMs, target: Target, livePods: LivePods): void {
    const { wanted, live, replicas, ceiling } = this.guarded;
    const isQuiet = wanted === this.wantedAt(now) && live === target.live && replicas === target.replicas && ceiling !== 'wait';
    if (!isQuiet) {
      const { ceiling: action } = this.apply(now, target, livePods, 'guard');
      this.guarded = { wanted: this.wantedAt(now), live: target.live, replicas: target.replicas, ceiling: action };
    }
  }

  private wantedAt(now: EpochMs): Wanted {
    return this.wanted.at[Math.round((now - this.from) / 1000)];
  }

  private apply(now: EpochMs, target: Target, livePods: LivePods, who: 'keeper' | 'guard', job?: string): Decision {
    const { live, replicas } = target;
    // only a guard looks at the workload before it must
    const pods: Pods = { most: Math.max(livePods.count(), replicas), asked: who === 'guard' ? replicas : undefined };
    const decision = decide(this.wantedAt(now), live, pods);
    if (decision.write) {
      target.live = applied(live, decision.write);
      this.sayWhatChanged(now, who, job ?? 'guard', decision, live);
    }
    if (decision.scale) {
      target.replicas = decision.scale.to;
      this.say(now, who, scaledOf(this.plan.workload, decision.scale).sentence);
    }
    this.sayNew(now, who, decision.findings);
    return decision;
  }

  private sayWhatChanged(now: EpochMs, who: 'keeper' | 'guard', name: string, { floor, ceiling, then }: Decision, before: Live): void {
    const raises = who === 'guard' ? 'restores' : 'raises';
    if (floor === 'raise' || floor === 'lower') {
      this.say(now, who, `${name} ${floor === 'raise' ? raises : 'lowers'} the floor ${before.floor} -> ${then.floor}`);
    } else if (ceiling === 'raise' || ceiling === 'lower') {
      this.say(now, who, `${name} ${ceiling === 'raise' ? raises : 'lowers'} the ceiling ${before.ceiling} -> ${then.ceiling}`);
    }
  }

  /** Each finding once, as long as it stays as it is. */
  private sayNew(now: EpochMs, who: 'keeper' | 'guard', findings: readonly DecisionFinding[]): void {
    if (findings.length === 0 && this.standing.size === 0) {
      return;
    }
    const before = this.standing;
    this.standing = new Map(findings.map(({ id, sentence }) => [id, sentence]));
    for (const { sentence } of findings.filter(({ id }) => before.get(id) !== this.standing.get(id))) {
      this.say(now, who, sentence);
    }
  }
}
