import { Assumptions } from './assumptions';
import { Random } from './random';
import { LogLine, PlayedFault, RehearsedCronJob } from './types';
import { CRON_STEP_MS } from '../core/plan/names';
import { Plan, nextEdge, planAt } from '../core/plan/plan';
import { parseCron, runsBetween } from '../core/time/cron-next';
import { EpochMs } from '../core/time/instant';

/** What the target says now. */
export interface LiveTarget {
  floor: number;
  ceiling: number;
  /** Whether the floor was written by the keeper; it lowers no other. */
  isKeepers: boolean;
}

/** What the plan asks for, second by second of a run. */
export interface Planned {
  readonly floor: Float64Array;
  readonly ceiling: Float64Array;
}

/** `planAt` for each second; the plan's edges stand on whole minutes. */
export function plannedBetween(plan: Plan, from: EpochMs, seconds: number): Planned {
  const planned = { floor: new Float64Array(seconds), ceiling: new Float64Array(seconds) };
  for (let second = 0; second < seconds;) {
    const at = from + second * 1000;
    const { floor, ceiling } = planAt(plan, at);
    const edge = nextEdge(plan, at);
    const end = edge === undefined ? seconds : Math.min(seconds, Math.ceil((edge - from) / 1000));
    planned.floor.fill(floor, second, end);
    planned.ceiling.fill(ceiling, second, end);
    second = end;
  }
  return planned;
}

/** When a CronJob is due between two instants, both included. */
export function dueTimes(job: RehearsedCronJob, from: EpochMs, until: EpochMs): EpochMs[] {
  return runsBetween(parseCron(job.schedule), job.timeZone ?? 'UTC', from - 1, until);
}

/** A CronJob and when it is due; the same for all runs of a rehearsal. */
export interface Timetable {
  readonly job: RehearsedCronJob;
  readonly times: readonly EpochMs[];
}

interface Run {
  readonly job: RehearsedCronJob;
  /** When its pod acts next. */
  actsAt: EpochMs;
  /** It has acted, and waits for an edge of the plan. */
  waits: boolean;
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

  constructor(
    private readonly plan: Plan, private readonly planned: Planned, timetables: readonly Timetable[], private readonly from: EpochMs,
    private readonly assumed: Assumptions, private readonly random: Random, private readonly faults: readonly PlayedFault[],
    private readonly say: (at: EpochMs, who: LogLine['who'], says: string) => void,
  ) {
    this.crons = timetables.map(({ job, times }): CronState => ({
      job,
      times,
      next: 0,
      isHeldUp: false,
      // whatever was due before the rehearsal has run
      ...(job.role === 'bump' && plan.guards > 0 && this.isWindowOpen(job, from) ? { run: { job, actsAt: from, waits: false, guards: true } } : {}),
    }));
    this.bumpsLeft = this.faultAt('no-guard') === undefined ? Infinity : 1;
    this.lateBumps = this.faultAt('late-bump') === undefined ? 0 : 1;
  }

  /** Whether a guard is at work. */
  public isGuarded(): boolean {
    return this.crons.some(({ run }) => run?.guards);
  }

  /** One second: what is due starts, what runs acts. `count` is the number of live pods. */
  public step(now: EpochMs, controllersUp: boolean, live: LiveTarget, count: number): void {
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
        this.act(cron, cron.run, now, live, count);
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
    cron.run = { job, actsAt, waits: false, guards: false };
    if (now - due >= 60_000 && !cron.isHeldUp) {
      this.say(now, 'job', `${job.name} starts ${Math.round((now - due) / 60_000)} min late`);
    }
    cron.isHeldUp = false;
  }

  private act(cron: CronState, run: Run, now: EpochMs, live: LiveTarget, count: number): void {
    if (run.guards) {
      this.apply(now, live, count, 'guard');
      if (now >= (run.edge ?? -Infinity)) {
        run.edge = nextEdge(this.plan, now) ?? Infinity;
        cron.run = this.isWindowOpen(run.job, now) ? run : undefined;
      }
      return;
    }
    if (now < run.actsAt) {
      return;
    }
    if (run.job.role !== 'verify') {
      this.apply(now, live, count, 'keeper', run.job.name);
    }
    const edge = nextEdge(this.plan, now);
    if (run.job.role === 'bump' && this.plan.guards > 0 && this.isWindowOpen(run.job, now)) {
      run.guards = true;
    } else if (!run.waits && edge !== undefined && edge - now <= CRON_STEP_MS && run.job.role !== 'verify') {
      run.waits = true;
      run.actsAt = edge;
    } else {
      cron.run = undefined;
    }
  }

  private isWindowOpen({ event }: RehearsedCronJob, now: EpochMs): boolean {
    return planAt(this.plan, now).openings.some(opening => opening.event === event);
  }

  private apply(now: EpochMs, live: LiveTarget, count: number, who: 'keeper' | 'guard', job?: string): void {
    const second = Math.round((now - this.from) / 1000);
    const floor = this.planned.floor[second];
    const ceiling = this.planned.ceiling[second];
    const before = live.floor;
    if (live.floor < floor || (live.floor > floor && live.isKeepers)) {
      live.floor = floor;
      live.isKeepers = true;
      const verb = floor > before ? (who === 'guard' ? 'restores' : 'raises') : 'lowers';
      this.say(now, who, `${job ?? 'guard'} ${verb} the floor ${before} -> ${floor}`);
    }
    if (this.plan.fixedCeiling === undefined) {
      // lowered only once no live pod is above it
      live.ceiling = ceiling < live.ceiling && count > ceiling ? live.ceiling : ceiling;
    }
    live.ceiling = Math.max(live.ceiling, live.floor);
  }
}
