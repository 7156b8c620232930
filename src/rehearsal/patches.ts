import { FAULTS } from './faults';
import { Stage } from './stage';
import { Target, writeBy } from './target';
import { LogLine, RunName } from './types';
import { endOf, startOf } from '../core/plan/plan';
import { EpochMs } from '../core/time/instant';

/** One write of the floor. */
interface Patch {
  readonly at: EpochMs;
  readonly floor: number;
  /** A CronJob needs a controller, and its pod has to start; whoever applies a manifest does not. */
  readonly isJob: boolean;
  readonly hand: string;
}

/**
 * What people build by hand: two CronJobs an opening, of which one runs `kubectl patch` to raise the floor, and the other to lower it.
 *
 * Each writes once and ends. Nobody looks afterwards.
 */
export class Patches {
  private readonly due: Patch[];

  constructor({ plan, opening, from, assumed }: Stage, isReApplied: boolean, private readonly say: (at: EpochMs, who: LogLine['who'], says: string) => void) {
    const { floor } = plan.baseline;
    // the simplest of schedules, as people write it: nobody merges two openings that overlap
    const jobs = plan.openings.flatMap((each): Patch[] => [
      { at: startOf(each) + assumed.keeperSeconds * 1000, floor: each.floor, isJob: true, hand: 'kubectl patch' },
      { at: endOf(each) + assumed.keeperSeconds * 1000, floor, isJob: true, hand: 'kubectl patch' },
    ]);
    const again: Patch = { at: opening.at + FAULTS['re-apply'].defaultOffset(opening), floor, isJob: false, hand: 'the manifest' };
    this.due = [...jobs, ...isReApplied ? [again] : []].sort((a, b) => a.at - b.at).filter(({ at }) => at > from);
  }

  /** One second: what is due is written. */
  public step(now: EpochMs, controllersUp: boolean, target: Target): void {
    while (this.due.length > 0 && this.due[0].at <= now && (controllersUp || !this.due[0].isJob)) {
      const { floor, isJob, hand } = this.due.shift()!;
      const before = target.live.floor;
      const refused = writeBy(hand, target, { floor });
      const what = isJob ? `kubectl patch writes the floor ${before} -> ${floor}` : `somebody applies the manifest again: floor ${before} -> ${floor}`;
      this.say(now, isJob ? 'job' : 'hand', refused === undefined ? what : `${what}: ${refused}`);
    }
  }
}

/** Whether the floor of a run is moved by somebody, and is not the one that the run is named after. */
export function isMoved(name: RunName): boolean {
  return name === 'prewarmed' || isPatched(name);
}

/** Whether a run is one of the two that are patched by hand. */
export function isPatched(name: RunName): boolean {
  return name === 'patched' || name === 'patched-re-applied';
}
