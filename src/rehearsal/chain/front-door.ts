import { Batch, Failure, Sender } from './batch';
import type { Station } from './station';
import { ClientRetries } from '../retries';

/** The clients of a service, from the beginning of a run to its end. */
export class FrontDoor implements Sender {
  /** Requests of each second, and those of any second that were answered in it, or failed. */
  public readonly arrived: Float64Array;
  /** Of these, those that came for the first time. */
  public readonly first: Float64Array;
  public readonly served: Float64Array;
  public readonly failures: Float64Array;

  constructor(private readonly retries: ClientRetries, public readonly patienceSeconds: number, seconds: number) {
    this.first = new Float64Array(seconds);
    this.arrived = new Float64Array(seconds);
    this.served = new Float64Array(seconds);
    this.failures = new Float64Array(seconds);
  }

  /** Requests come in a second, those that are tried again included. Returns how many. */
  public open(second: number, first: number): number {
    this.first[second] = first;
    return this.arrived[second] = this.retries.offeredIn(second, first);
  }

  /** They go to their station. */
  public send(station: Station, second: number): void {
    if (this.arrived[second] > 0) {
      this.retries.byAttempt(this.first[second]).forEach((count, attempt) => {
        if (count > 0) {
          station.incoming.push({ sender: this, token: undefined, attempt, count });
        }
      });
    }
  }

  public answered(_token: Batch | undefined, count: number, second: number): void {
    this.served[second] += count;
  }

  public failed(_token: Batch | undefined, count: number, attempt: number, _how: Failure, second: number): void {
    this.failures[second] += count;
    this.retries.failedAttempt(second, count, attempt);
  }
}

/** What pods ask on their own account, whether anybody calls them or not; nobody waits for it. */
export const ON_THEIR_OWN: Sender = {
  patienceSeconds: Infinity,
  answered: () => {},
  failed: () => {},
};
