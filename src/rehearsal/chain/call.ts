import { Batch, Calls, Failure, Parcel, Sender, TINY } from './batch';
import type { Station } from './station';
import { Retries, RetryPolicy } from '../retries';

/** Calls that are tried again in some second. */
interface Again {
  readonly token: Batch;
  readonly count: number;
  readonly attempt: number;
}

/**
 * The calls that one service makes to another, or to a dependency with a rate.
 *
 * Whoever calls waits for the answer, at most for a time, and may try again.
 */
export class Call implements Sender {
  /** The part of its station's arrivals in the last second. */
  public share = 1;
  /** Calls of this second, where all flows through. */
  public flow = 0;
  private readonly retries: Retries;
  private readonly due = new Map<number, Again[]>();

  constructor(
    public readonly to: Station, public readonly perRequest: number, private readonly index: number,
    public readonly patienceSeconds: number, policy: RetryPolicy,
  ) {
    this.retries = new Retries(policy);
    to.callers.push(this);
  }

  /** Requests a second of the caller that can have their calls answered. */
  public get answerable(): number {
    return this.to.potential * this.share / Math.max(1, this.perRequest);
  }

  /** The same, with those that are refused. */
  public get settled(): number {
    return this.to.settles * this.share / Math.max(1, this.perRequest);
  }

  /** The part of the caller's requests that waits for such calls. */
  public get waitingShare(): number {
    return Math.min(1, this.perRequest);
  }

  /** Requests of a batch begin, and make their calls. */
  public begin(batch: Batch, requests: number): void {
    const calls = this.callsOf(batch);
    const count = requests * this.perRequest;
    calls.good += requests * (1 - this.waitingShare);
    calls.pending += count;
    this.retries.sent(count);
    this.to.incoming.push(this.parcel(batch, count, 0));
  }

  /** Requests flow through, and their calls with them. Returns how many calls; undefined: some are tried again, or wait for too long. */
  public flowThrough(requests: number): number | undefined {
    if (this.due.size > 0 || this.to.response > this.patienceSeconds) {
      return undefined;
    }
    this.flow = requests * this.perRequest;
    return this.flow;
  }

  /** The calls of this second have flown through. */
  public flown(): void {
    this.retries.sent(this.flow);
  }

  /** Calls that are tried again in a second are sent. */
  public sendAgain(second: number): void {
    const due = this.due.size > 0 ? this.due.get(second) : undefined;
    if (due) {
      this.due.delete(second);
      due.forEach(({ token, count, attempt }) => this.to.incoming.push(this.parcel(token, count, attempt)));
    }
  }

  public answered(token: Batch | undefined, count: number): void {
    const calls = this.callsOf(token!);
    calls.pending -= count;
    calls.answered += count;
  }

  public failed(token: Batch | undefined, count: number, attempt: number, _how: Failure, second: number): void {
    const again = this.retries.again(count, attempt);
    const calls = this.callsOf(token!);
    calls.pending -= count - again;
    calls.failed += count - again;
    if (again > 0) {
      this.retries.spread(again, attempt, (delay, part) => {
        const list = this.due.get(second + delay) ?? [];
        list.push({ token: token!, count: part, attempt: attempt + 1 });
        this.due.set(second + delay, list);
      });
    }
  }

  /** Requests of a batch whose calls of this kind are settled. */
  public join(batch: Batch): Calls {
    const calls = this.callsOf(batch);
    const { answered, failed } = calls;
    if (answered + failed > 0) {
      const times = Math.max(1, this.perRequest);
      const requests = (answered + failed) / times;
      // one failed call fails the request
      const bad = requests * (1 - (1 - failed / (answered + failed)) ** times);
      calls.bad += bad;
      calls.good += requests - bad;
      calls.answered = calls.failed = 0;
    }
    if (calls.pending < TINY) {
      calls.pending = 0;
    }
    return calls;
  }

  private callsOf(batch: Batch): Calls {
    return batch.calls[this.index] ??= { pending: 0, answered: 0, failed: 0, good: 0, bad: 0 };
  }

  private parcel(token: Batch, count: number, attempt: number): Parcel {
    return { sender: this, token, attempt, count };
  }
}

/** Requests of a batch are done of which all calls are settled. Returns how many, and how many of them well. */
export function joinCalls(batch: Batch, calls: readonly Call[]): { readonly done: number; readonly good: number } {
  let done = batch.held;
  let isOver = true;
  for (const call of calls) {
    const { good, bad, pending } = call.join(batch);
    done = Math.min(done, good + bad);
    isOver = isOver && pending === 0;
  }
  // what rounding left must not stay for ever
  done = isOver ? batch.held : done;
  let well = done;
  for (const call of calls) {
    const settled = call.join(batch);
    const all = settled.good + settled.bad;
    if (all > 0) {
      well *= settled.good / all;
      const part = Math.max(0, 1 - done / all);
      settled.good *= part;
      settled.bad *= part;
    }
  }
  return { done, good: well };
}
