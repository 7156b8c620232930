import { waitingShare } from '../overload';

/** Levels of utilisation that waits are known for. */
const LEVELS = 200;

/** How long requests wait on average in an M/M/c queue, by its utilisation. */
export class Waits {
  private readonly table: (number | undefined)[] = [];

  /** @param serviceSeconds that each of the servers takes for one request */
  constructor(private readonly servers: number, private readonly serviceSeconds: number) {}

  /** In seconds; at and above capacity a queue is played, and not looked up here. */
  public meanAt(utilization: number): number {
    const level = Math.max(0, Math.min(LEVELS - 1, Math.floor(utilization * LEVELS)));
    return this.table[level] ??= this.compute((level + 0.5) / LEVELS);
  }

  private compute(utilization: number): number {
    return waitingShare(this.servers, this.servers * utilization) * this.serviceSeconds / (this.servers * (1 - utilization));
  }
}
