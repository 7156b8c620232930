import { World } from './world';
import { Live } from '../core/plan/live';
import { Wanted } from '../core/plan/override';
import { KindReference, groupOf } from '../core/plan/reference';

/** So many changes of one hand are undone at once, within a minute. */
const AT_ONCE = 5;
const MINUTE_MS = 60_000;

/** Between changes after that, in the first minute of a fight and later; an autoscaler, which looks every 15 s, must not find the rival's floor. */
const FIRST_MS = 1_000;
const LATER_MS = 5_000;

/** So many restorations against one hand within so long are a fight, and it is on until so long after the last. */
const FIGHT = 3;
export const FIGHT_MS = 120_000;

/** The fight with one hand; all times by the timers. */
interface Rounds {
  /** Of its first change, after which it has never been calm for a minute. */
  readonly since: number;
  readonly last: number;
  /** Of restorations within the last two minutes. */
  readonly times: readonly number[];
  /** It is not answered again before. */
  readonly next: number;
  /** When it last was a fight; absent: never. */
  readonly foughtAt?: number;
}

/** How often each hand has been undone: at which pace it is undone next, and whether that is a fight. */
export class FightPace {
  private readonly hands = new Map<string, Rounds>();
  /** What was undone by these versions of the object has been counted. */
  private counted: readonly string[] = [];
  /** Whose change stands that is to be undone. */
  private offender: string | undefined;

  constructor(private readonly world: Pick<World, 'timers' | 'random'>) {}

  /** Takes each version of a target in turn; whoever has undone a change, it counts. */
  public saw(live: Live, wanted: Wanted, version: string): void {
    if (isBelow(live, wanted)) {
      this.offender = handOf(live, wanted) ?? this.offender;
    } else if (this.offender !== undefined) {
      this.undone(this.offender, version);
      this.offender = undefined;
    }
  }

  /**
   * Counts that a change of a hand has been undone.
   *
   * @param version of the object by which; each counts once
   */
  public undone(hand: string, version?: string): void {
    if (version !== undefined) {
      if (this.counted.includes(version)) {
        return;
      }
      this.counted = [...this.counted.slice(-9), version];
    }
    const now = this.world.timers.now();
    const before = this.hands.get(hand);
    const since = before && before.last > now - MINUTE_MS ? before.since : now;
    const times = [...before?.times.filter(time => time > now - FIGHT_MS) ?? [], now];
    const isFast = times.filter(time => time > now - MINUTE_MS).length < AT_ONCE;
    const foughtAt = times.length >= FIGHT ? now : before?.foughtAt;
    const next = now + (isFast ? 0 : this.pauseMs(now - since));
    this.hands.set(hand, { since, last: now, times, next, ...foughtAt === undefined ? {} : { foughtAt } });
  }

  /** How long a change of a hand stands before it is undone. */
  public waitMs(hand: string): number {
    return Math.max(0, (this.hands.get(hand)?.next ?? 0) - this.world.timers.now());
  }

  /** The hands with whom there is a fight, or was within two minutes. */
  public get fought(): string[] {
    const now = this.world.timers.now();
    return [...this.hands].filter(([, { foughtAt = -Infinity }]) => foughtAt > now - FIGHT_MS).map(([hand]) => hand);
  }

  /** With jitter, so that two guards do not write at the same instant; at least the first, and at most the second. */
  private pauseMs(foughtMs: number): number {
    const { random } = this.world;
    return foughtMs < MINUTE_MS ? FIRST_MS * (1 + random() / 5) : LATER_MS * (1 - random() / 10);
  }
}

/** Who last wrote what is too low; undefined: the keeper itself, before more was wanted. */
export function handOf(live: Live, wanted: Wanted): string | undefined {
  const isFloor = live.floor < wanted.floor;
  const isOurs = isFloor ? live.ownsFloor : live.ownsCeiling;
  return isOurs ? undefined : (isFloor ? live.floorHand : live.ceilingHand)?.manager;
}

/** Whether something stands lower than it is wanted. */
export function isBelow({ floor, ceiling }: Live, wanted: Wanted): boolean {
  return floor < wanted.floor || ceiling !== undefined && ceiling < wanted.ceiling;
}

/** Said of hands with whom there is a fight. */
export function foughtWords(hands: readonly string[], what: string): string {
  const some = hands.length > 1 ? `${hands.slice(0, -1).join(', ')} and ${hands[hands.length - 1]} take` : `${hands[0]} takes`;
  return `${some} ${what} down again and again: it was put back ${FIGHT} times or more within ${FIGHT_MS / MINUTE_MS} minutes`;
}

/** Field manager by which Argo CD applies, in either way. */
const ARGO_CD = 'argocd-controller';

/**
 * What to do about a fight.
 *
 * @param object which is fought over
 * @param fields of its `spec` that are
 */
export function foughtRemedy(hands: readonly string[], { apiVersion, kind }: KindReference, fields: readonly string[]): string {
  return hands.includes(ARGO_CD)
    ? `tell Argo CD to leave ${fields.map(field => `/spec/${field}`).join(' and ')} alone: ignoreDifferences of group '${groupOf(apiVersion ?? '')}' and kind ${kind}, `
      + 'with the sync option RespectIgnoreDifferences=true'
    : 'find out who that is, and have them leave it alone';
}
