import { Batch, TINY } from './batch';
import { Trouble } from './pool';
import { Station } from './station';
import { Waits } from './waits';

/** What is known of a dependency that takes so many requests a second. */
export interface ProviderFacts {
  /** Requests per second, by the second of the run. */
  readonly rateAt: (second: number) => number;
  /** One request, in seconds. */
  readonly serviceSeconds: number;
  /** Requests that may wait before it refuses more. */
  readonly queueLimit: number;
}

/** A dependency with a rate, such as a payment provider: what is above its rate waits, or is refused. */
export class Provider extends Station {
  private capacity = 0;
  private isDown = false;
  private utilization = 0;
  private readonly queue: { readonly batch: Batch; waiting: number }[] = [];
  private readonly waits: Waits;

  constructor(id: string, name: string, private readonly facts: ProviderFacts, private readonly trouble: Trouble) {
    super(id, name, 1);
    const servers = Math.max(1, Math.round(Math.min(1_000, facts.rateAt(0) * facts.serviceSeconds)));
    this.waits = new Waits(servers, 1);
  }

  public contents(): { readonly batches: number; readonly held: number; readonly places: number } {
    const batches = this.batches.reduce((sum, { unfinished }) => sum + unfinished, 0);
    return { batches, held: 0, places: this.queue.reduce((sum, { waiting }) => sum + waiting, 0) };
  }

  public canPass(flow: number): boolean {
    return !this.isDown && flow <= this.capacity;
  }

  protected passed(flow: number): void {
    this.utilization = flow / this.capacity;
  }

  protected plan(second: number): void {
    this.isDown = this.trouble.isDown(second);
    this.capacity = this.facts.rateAt(second);
    this.own = this.potential = this.isDown ? 0 : this.capacity;
    const waiting = this.queue.reduce((sum, entry) => sum + entry.waiting, 0);
    this.settles = this.isDown || waiting >= this.facts.queueLimit ? Infinity : this.capacity;
    const seconds = this.facts.serviceSeconds * this.trouble.slowness(second);
    this.bare = seconds;
    this.response = seconds * (1 + this.waits.meanAt(this.utilization));
  }

  protected take(second: number, batch: Batch): void {
    if (this.isDown) {
      batch.fail(batch.unfinished, 'refused', second, this.books);
      return;
    }
    let left = this.capacity;
    for (const entry of this.queue) {
      const begun = Math.min(left, entry.waiting);
      entry.waiting -= begun;
      entry.batch.started += begun;
      left -= begun;
    }
    const fresh = Math.min(left, batch.unfinished);
    batch.started += fresh;
    const waiting = batch.unfinished - fresh;
    const room = Math.max(0, this.facts.queueLimit - this.queue.reduce((sum, entry) => sum + entry.waiting, 0));
    const refused = Math.max(0, waiting - room);
    this.utilization = this.capacity > 0 ? (this.capacity - left + fresh) / this.capacity : 1;
    if (waiting - refused > TINY) {
      this.queue.push({ batch, waiting: waiting - refused });
    }
    if (refused > 0) {
      batch.fail(refused, 'refused', second, this.books);
    }
  }

  protected release(batch: Batch, second: number): void {
    batch.finish(batch.started, this.response, second, this.books);
    batch.started = 0;
  }

  protected dropWaiting(): number {
    return 0;
  }

  protected tidy(): void {
    while (this.queue.length > 0 && this.queue[0].waiting < TINY) {
      this.queue.shift();
    }
  }
}
