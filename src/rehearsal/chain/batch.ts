/** Below this much of a request nothing is left. */
export const TINY = 1e-9;

/** How a request fails. */
export type Failure = 'refused' | 'timedOut' | 'lost';

/** Whoever sent requests to a station, and hears what becomes of them. */
export interface Sender {
  /** How long it waits for an answer, in seconds. */
  readonly patienceSeconds: number;
  /** @param token what the sender gave with the requests */
  answered(token: Batch | undefined, count: number, second: number): void;
  /** @param attempt how often they had failed before */
  failed(token: Batch | undefined, count: number, attempt: number, how: Failure, second: number): void;
}

/** Requests of one sender on their way to a station. */
export interface Parcel {
  readonly sender: Sender;
  readonly token: Batch | undefined;
  readonly attempt: number;
  /** Of which the sender still wants to hear. */
  count: number;
}

/** What became of calls of one kind that the requests of a batch make. */
export interface Calls {
  /** Sent or to be sent again, and not settled. */
  pending: number;
  /** Settled since the last join. */
  answered: number;
  failed: number;
  /** Requests of which this kind of call is settled, and others may not be. */
  good: number;
  bad: number;
}

/**
 * The requests that came to one station in one second.
 *
 * They are a fluid: whatever happens to a part of them happens to all senders in proportion.
 */
export class Batch {
  public readonly parcels: Parcel[] = [];
  /** In the station, those included whose senders have left. */
  public unfinished = 0;
  /** Begun in this second. */
  public started = 0;
  /** Begun, and waiting for answers of others. */
  public held = 0;
  /** Parallel to the calls of the station. */
  public readonly calls: Calls[] = [];

  constructor(public readonly second: number) {}

  public add(parcel: Parcel): void {
    this.parcels.push(parcel);
    this.unfinished += parcel.count;
  }

  /** Requests of which a sender still wants to hear. */
  public alive(): number {
    let alive = 0;
    for (const { count } of this.parcels) {
      alive += count;
    }
    return alive;
  }

  /** Some are answered, `laterSeconds` after it began; those of impatient senders in vain. Returns how many heard it in time. */
  public finish(count: number, laterSeconds: number, second: number, books: Books): number {
    return this.settle(count, parcel => {
      // patience is for waiting, here or elsewhere; who is in time for the work is in time for its end
      const wait = Math.max(second - this.second, laterSeconds);
      return wait > parcel.sender.patienceSeconds ? 'timedOut' : undefined;
    }, second, books);
  }

  public fail(count: number, how: Failure, second: number, books: Books): void {
    this.settle(count, () => how, second, books);
  }

  /** Whoever has waited too long leaves. Returns how many. */
  public expire(second: number, books: Books): number {
    let left = 0;
    for (const parcel of this.parcels) {
      const { sender, token, attempt, count } = parcel;
      if (count > 0 && second - this.second > sender.patienceSeconds) {
        parcel.count = 0;
        left += count;
        books.timedOut += count;
        sender.failed(token, count, attempt, 'timedOut', second);
      }
    }
    return left;
  }

  private settle(count: number, fate: (parcel: Parcel) => Failure | undefined, second: number, books: Books): number {
    if (count <= 0 || this.unfinished <= 0) {
      return 0;
    }
    const share = Math.min(1, count / this.unfinished);
    let answered = 0;
    let heard = 0;
    for (const parcel of this.parcels) {
      const part = parcel.count * share;
      if (part <= 0) {
        continue;
      }
      heard += part;
      parcel.count -= part;
      const how = fate(parcel);
      if (how === undefined) {
        answered += part;
        parcel.sender.answered(parcel.token, part, second);
      } else {
        books[how] += part;
        parcel.sender.failed(parcel.token, part, parcel.attempt, how, second);
      }
    }
    this.unfinished = share === 1 ? 0 : this.unfinished - count;
    books.answered += answered;
    books.wasted += Math.max(0, count - heard);
    return answered;
  }
}

/** What one station did with requests in a second. */
export interface Books {
  arrived: number;
  answered: number;
  refused: number;
  timedOut: number;
  lost: number;
  /** Worked on although the sender had left. */
  wasted: number;
}

export function emptyBooks(): Books {
  return { arrived: 0, answered: 0, refused: 0, timedOut: 0, lost: 0, wasted: 0 };
}

export function clearBooks(books: Books): void {
  books.arrived = books.answered = books.refused = books.timedOut = books.lost = books.wasted = 0;
}
