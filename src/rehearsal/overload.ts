/**
 * What happens inside one pod: arrivals above its capacity queue up, the queue takes memory, clients leave, memory runs out.
 *
 * Requests are a fluid in first-in-first-out order. A client that has left is served all the same: its work is wasted.
 */
export interface PodLimits {
  readonly timeoutSeconds: number;
  /** Requests that may wait before more are refused; Infinity: any number. */
  readonly queueLimit: number;
  /** Requests that may wait before memory runs out; Infinity: any number. */
  readonly memoryLimit: number;
}

/** What became of requests during a step. */
export interface Outcome {
  served: number;
  timedOut: number;
  refused: number;
  lost: number;
  /** Seconds into the step at which memory ran out. */
  killedAfter: number | undefined;
}

/** Requests that arrived one after the other and wait. */
interface Block {
  count: number;
  /** How long the first and the last of them will have waited, in seconds; beyond the timeout their clients have left. */
  readonly firstWait: number;
  readonly lastWait: number;
  readonly alive: boolean;
}

const TINY = 1e-9;

/** Called with requests that were served and waited between two times, in seconds. */
export type OnServed = (count: number, firstWait: number, lastWait: number) => void;

export class PodQueue {
  /** Requests that wait. */
  public depth = 0;
  private blocks: Block[] = [];

  /** A copy, for pods that part ways. */
  public copy(): PodQueue {
    const copy = new PodQueue();
    copy.depth = this.depth;
    copy.blocks = this.blocks.map(block => ({ ...block }));
    return copy;
  }

  /** Empties the queue; its requests are gone. */
  public drop(): number {
    const { depth } = this;
    this.depth = 0;
    this.blocks = [];
    return depth;
  }

  /**
   * Plays some seconds at constant rates (requests per second).
   *
   * When memory runs out, everything that waits is lost, and what still arrives in the step is refused.
   */
  public play(arrivals: number, capacity: number, seconds: number, limits: PodLimits, onServed: OnServed): Outcome {
    const outcome: Outcome = { served: 0, timedOut: 0, refused: 0, lost: 0, killedAfter: undefined };
    if (this.depth <= 0 && arrivals <= capacity) {
      outcome.served = arrivals * seconds;
      onServed(outcome.served, 0, 0);
      return outcome;
    }
    const net = arrivals - capacity;
    const patience = limits.timeoutSeconds * capacity;
    let left = seconds;
    while (left > TINY) {
      const full = net > 0 && this.depth >= limits.queueLimit - TINY;
      const empty = net <= 0 && this.depth <= TINY;
      if (full || empty) {
        this.depth = full ? limits.queueLimit : 0;
        this.pass(full ? capacity : arrivals, full ? capacity : arrivals, left, capacity, patience, outcome, onServed);
        outcome.refused += full ? net * left : 0;
        break;
      }
      let piece = left;
      for (const level of net > 0 ? [patience, limits.queueLimit, limits.memoryLimit] : [patience, 0]) {
        const reachedIn = (level - this.depth) / net;
        piece = reachedIn > TINY && reachedIn < piece ? reachedIn : piece;
      }
      if (net === 0) {
        piece = left;
      }
      this.pass(arrivals, capacity, piece, capacity, patience, outcome, onServed);
      left -= piece;
      if (net > 0 && this.depth >= limits.memoryLimit - TINY) {
        outcome.lost += this.drop();
        outcome.refused += arrivals * left;
        outcome.killedAfter = seconds - left;
        break;
      }
    }
    return outcome;
  }

  /** Requests enter at one rate and leave at another, without crossing a limit. */
  private pass(entering: number, leaving: number, seconds: number, capacity: number, patience: number, outcome: Outcome, onServed: OnServed): void {
    const before = this.depth;
    const after = Math.max(0, before + (entering - leaving) * seconds);
    if (entering > 0) {
      this.enter(entering * seconds, before / capacity, after / capacity, (before + after) / 2 < patience);
    }
    this.leave(leaving * seconds, outcome, onServed);
    this.depth = after;
    if (after <= TINY) {
      this.blocks = [];
    }
  }

  private enter(count: number, firstWait: number, lastWait: number, alive: boolean): void {
    const last = this.blocks[this.blocks.length - 1];
    if (last && !last.alive && !alive) {
      last.count += count;
    } else {
      this.blocks.push({ count, firstWait, lastWait, alive });
    }
  }

  private leave(count: number, outcome: Outcome, onServed: OnServed): void {
    let left = count;
    let done = 0;
    while (left > 0 && done < this.blocks.length) {
      const block = this.blocks[done];
      const part = Math.min(left, block.count);
      if (block.alive) {
        const lastWait = block.firstWait + (block.lastWait - block.firstWait) * part / block.count;
        outcome.served += part;
        onServed(part, block.firstWait, lastWait);
        this.blocks[done] = { ...block, count: block.count - part, firstWait: lastWait };
      } else {
        outcome.timedOut += part;
        block.count -= part;
      }
      left -= part;
      done += this.blocks[done].count <= TINY ? 1 : 0;
      if (part <= TINY) {
        break;
      }
    }
    if (done > 0) {
      this.blocks.splice(0, done);
    }
  }
}

/** Share of requests that have to wait in an M/M/c queue (Erlang C); `load` is arrivals times service time. */
export function waitingShare(servers: number, load: number): number {
  if (load >= servers) {
    return 1;
  }
  // Erlang B by its recursion, which stays small where factorials would not
  let blocked = 1;
  for (let n = 1; n <= servers; n++) {
    blocked = load * blocked / (n + load * blocked);
  }
  return blocked / (1 - load / servers * (1 - blocked));
}
