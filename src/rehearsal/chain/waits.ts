import { waitingShare } from '../overload';

/** Levels of utilisation that waits are known for. */
const LEVELS = 200;

/** From here on a station is at its capacity: what is missing is rounding. */
const AT_CAPACITY = 1 - 1e-6;

/** How long requests wait on average in an M/M/c queue, by its utilisation. */
export class Waits {
  private readonly table: (number | undefined)[] = [];

  /** @param serviceSeconds that each of the servers takes for one request */
  constructor(private readonly servers: number, private readonly serviceSeconds: number) {}

  /** In seconds; 0 at and above capacity, where the queue is played: its wait must not count twice. */
  public meanAt(utilization: number): number {
    if (utilization >= AT_CAPACITY) {
      return 0;
    }
    const level = Math.max(0, Math.min(LEVELS - 1, Math.floor(utilization * LEVELS)));
    return this.table[level] ??= this.compute((level + 0.5) / LEVELS);
  }

  private compute(utilization: number): number {
    return waitingShare(this.servers, this.servers * utilization) * this.serviceSeconds / (this.servers * (1 - utilization));
  }
}
