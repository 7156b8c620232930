import { isHindrance } from './api-error';
import { Look, Lookout, Seen } from './look';
import { Situation } from './situation';
import { World } from './world';
import { textOf } from '../core/finding';
import { Opening } from '../core/plan/plan';
import { EpochMs, isoOf } from '../core/time/instant';

/** Where the look at the opening itself is hindered, it is judged by one that ends at most so much later. */
export const JUDGED_WITHIN_MS = 8_000;

/** How it stands with an opening. */
export interface Report {
  readonly isReady: boolean;
  /** Whether something stood in the way of looking; another look may tell more. */
  readonly isHindered: boolean;
  readonly message: string;
  readonly floor: number;
  /** It reads otherwise than the last one. */
  readonly isNew: boolean;
  /** To tell more on it; absent: none was seen. */
  readonly target?: Look['target'];
}

/** What is looked at, and what is known beside it. */
export interface Asked {
  readonly opening: Opening;
  /** Hands that lower the target again and again. */
  readonly fought: readonly string[];
  /** As of `Lookout`. */
  readonly seen?: Seen;
}

/** Looks at an opening again and again, and tells on the target what reads otherwise than before. */
export class ReadinessReporter {
  private readonly lookout: Lookout;
  private said: string | undefined;
  /** The opening for which all was ready once. */
  private readyFor: EpochMs | undefined;
  private target: Look['target'];

  constructor(private readonly world: World) {
    this.lookout = new Lookout(world);
  }

  public async report(situation: Situation, asked: Asked): Promise<Report> {
    const { opening } = asked;
    const { api, notifier } = this.world;
    const { missing, floor, lowered, target, isLeftToOthers, isHindered } = await this.lookOrWhyNot(situation, asked);
    this.target = target ?? this.target;
    const isReady = missing.length === 0;
    const stands = `${isReady ? `all ${floor} ready` : missing.join('; ')} for ${opening.event} at ${isoOf(opening.at)}`;
    const message = [stands, ...lowered.map(textOf)].join('; ');
    const isNew = message !== this.said;
    if (isNew && this.target && !isLeftToOthers) {
      const { target: told } = this;
      // what is lost again, and found again, is told again; keepers that see it within a minute tell it once
      const occurrence = this.readyFor === opening.at ? isoOf(Math.floor(api.clock.now() / 60_000) * 60_000) : undefined;
      lowered.forEach(finding => notifier.tell(told, finding));
      notifier.tell(told, isReady
        ? { id: 'ready', severity: 'note', sentence: message, occurrence }
        : { id: 'not-ready', severity: 'warning', sentence: message, occurrence });
    }
    this.said = message;
    if (isReady) {
      this.readyFor = opening.at;
    }
    return { isReady, isHindered, message, floor, isNew, target: this.target };
  }

  /** What stands in the way of looking is what is missing. */
  private async lookOrWhyNot(situation: Situation, { opening: { at }, fought, seen }: Asked): Promise<Look & { readonly isHindered: boolean }> {
    try {
      return { ...await this.lookout.look(situation, at + JUDGED_WITHIN_MS - this.world.api.clock.now(), fought, seen), isHindered: false };
    } catch (error) {
      if (!isHindrance(error)) {
        throw error;
      }
      return { missing: [error.message], floor: situation.plan.baseline.floor, lowered: [], isHindered: true };
    }
  }
}
