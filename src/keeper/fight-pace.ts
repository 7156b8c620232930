import { World } from './world';

/** This many changes within as much time as they would take at the slow pace are made at full speed. */
const BURST = 20;

/** Between changes after that. */
const FIGHT_MS = 200;

/** Keeps a fight with another controller at a pace that the API server bears. */
export class FightPace {
  private changes: number[] = [];

  constructor(private readonly world: Pick<World, 'timers' | 'stop'>) {}

  /** Called after each change; waits where they come too fast. */
  public async rest(): Promise<void> {
    const { timers, stop } = this.world;
    const now = timers.now();
    this.changes = [...this.changes.filter(at => at > now - BURST * FIGHT_MS), now];
    if (this.changes.length > BURST) {
      await timers.sleep(FIGHT_MS, stop);
    }
  }
}
