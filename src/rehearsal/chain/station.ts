import { Batch, Books, Parcel, TINY, clearBooks, emptyBooks } from './batch';
import type { Call } from './call';

/** What can be said of a station after each second, for whoever writes it down. */
export interface Look {
  /** Requests that wanted to be worked on, those included that callers could not even send. */
  readonly wanted: number;
  /** Requests that it could have worked on. */
  readonly capacity: number;
  /** Requests in it of which a sender still wants to hear. */
  readonly inside: number;
}

/** A queueing station: requests come, are worked on, and answered. Each second has three steps: `prepare`, `receive`, and `answer`. */
export abstract class Station {
  /** What comes in this second. */
  public readonly incoming: Parcel[] = [];
  /** Calls that lead here. */
  public readonly callers: Call[] = [];
  /** Requests a second that it can have answered, with what it calls. */
  public potential = 0;
  /** Requests a second that it can do by itself, whatever it calls. */
  public own = 0;
  /** Requests that it was asked to work on in this second, as far as it is this station that cannot. */
  public wanted = 0;
  /** What it can have answered, with those that it refuses at once. */
  public settles = 0;
  /** One request without a queue, in seconds; with its calls. */
  public response = 0;
  /** The same without any wait for a free server or connection. */
  public bare = 0;
  /** Requests that callers would have sent, had they not waited for others here. */
  public blocked = 0;
  public readonly books: Books = emptyBooks();
  /** Requests of earlier seconds that are in it, oldest first. */
  protected batches: Batch[] = [];
  /** Waiting at the beginning of the second. */
  protected backlog = 0;

  constructor(public readonly id: string, public readonly name: string, private readonly abandonedServed: number) {}

  /** Who has waited for too long leaves; then it is known how much can be done. Callees first. */
  public prepare(second: number): void {
    clearBooks(this.books);
    this.blocked = 0;
    for (const batch of this.batches) {
      const before = batch.unfinished;
      const left = batch.expire(second, this.books);
      if (left > 0 && this.abandonedServed < 1 && before > 0) {
        batch.unfinished -= this.dropWaiting(batch, left / before * (1 - this.abandonedServed));
      }
    }
    this.backlog = 0;
    for (const { unfinished, held } of this.batches) {
      this.backlog += unfinished - held;
    }
    this.plan(second);
  }

  /** Nothing of an earlier second is in it. */
  public get isEmpty(): boolean {
    return this.batches.length === 0;
  }

  /** The first step of a second in which nothing is left of the one before. */
  public prepareEmpty(second: number): void {
    clearBooks(this.books);
    this.blocked = 0;
    this.backlog = 0;
    this.plan(second);
  }

  /** Whether everything that flows here in a second can flow on, and its answers back, without waiting longer than a sender does. */
  public abstract canPass(flow: number): boolean;

  /** It does. */
  public pass(flow: number, second: number): void {
    this.books.arrived = this.books.answered = this.wanted = flow;
    if (flow > 0 && this.callers.length > 1) {
      for (const call of this.callers) {
        call.share = Math.max(call.flow / flow, 0.5 / this.callers.length);
      }
    }
    this.passed(flow, second);
  }

  /** What came is taken in, and work begins. Callers first. */
  public receive(second: number): void {
    const batch = new Batch(second);
    for (const parcel of this.incoming) {
      if (parcel.count > 0) {
        batch.add(parcel);
      }
    }
    this.incoming.length = 0;
    const arrived = batch.unfinished;
    this.books.arrived = arrived;
    this.wanted = arrived;
    if (arrived > 0 && this.callers.length > 0) {
      this.seeShares(batch, arrived);
    }
    if (arrived > 0) {
      this.batches.push(batch);
    }
    this.take(second, batch);
  }

  /** Whatever has its answer leaves. Callees first. */
  public answer(second: number): void {
    for (const batch of this.batches) {
      this.release(batch, second);
    }
    this.tidy();
    this.batches = this.batches.filter(batch => {
      const isOver = batch.unfinished < TINY;
      if (isOver && batch.alive() > 0) {
        // what rounding left
        batch.unfinished = batch.alive();
        batch.finish(batch.unfinished, 0, second, this.books);
      }
      return !isOver;
    });
  }

  /** Which part of what comes is whose; a caller that sends nothing now may send something in the next second. */
  private seeShares({ parcels }: Batch, arrived: number): void {
    for (const call of this.callers) {
      let sent = 0;
      for (const { sender, count } of parcels) {
        sent += sender === call ? count : 0;
      }
      call.share = Math.max(sent / arrived, 0.5 / this.callers.length);
    }
  }

  public look(): Look {
    const inside = this.batches.reduce((sum, batch) => sum + batch.alive(), 0);
    return { wanted: this.wanted + this.blocked, capacity: this.own, inside };
  }

  /** Requests of all batches, and what pods say that they have; both are the same. */
  public abstract contents(): { readonly batches: number; readonly held: number; readonly places: number };

  protected abstract passed(flow: number, second: number): void;
  /** Says what it can do in this second. */
  protected abstract plan(second: number): void;
  protected abstract take(second: number, batch: Batch): void;
  protected abstract release(batch: Batch, second: number): void;
  /** Takes a part of what waits out of the queues, and says how much. */
  protected abstract dropWaiting(batch: Batch, part: number): number;
  protected abstract tidy(): void;
}
