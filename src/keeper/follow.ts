import { Hindered, isRefused } from './api-error';
import { sleepUnless } from './backoff';
import { World } from './world';
import { KubeObject, Stored } from '../core/kube-objects';
import { ObjectReference } from '../core/plan/plan';
import { isScaled } from '../core/plan/target-kind';

/** A watch that fails for the second time in a row is asked for again after this long, the next times four times as long each. */
const REWATCH_MS = 3_000;
const LONGEST_REWATCH_MS = 60_000;

/** A watch that ends sooner, and has told nothing, does not work; one that ends later has worked. */
const WORKS_MS = 1_000;

/**
 * What the API server says of one object: a watch, and beside it a look now and then, since a watch can be dead without a word.
 *
 * Older news never replaces newer.
 */
export class Followed<T extends KubeObject = KubeObject> {
  private object: Stored<T> | undefined;
  private last: Stored<T> | undefined;
  private seen = 0;
  private resourceVersion: string | undefined;
  /** Of a read that a watch has led to: whether one is on its way, and whether it may have come too early. */
  private reading: 'not' | 'on its way' | 'too early' = 'not';

  constructor(private readonly world: World, public readonly ref: ObjectReference, private readonly onChange: () => void) {}

  /** The object now; undefined: it does not exist, or was never seen. */
  public get current(): Stored<T> | undefined {
    return this.object;
  }

  /** The object as it was last seen, also where it is gone. */
  public get latest(): Stored<T> | undefined {
    return this.last;
  }

  /** Whether an answer about it ever came. */
  public get isKnown(): boolean {
    return this.seen > 0;
  }

  /** Takes what an answer to a read, a write or a watch says. */
  public observe(object: Stored<T>): void {
    if (!isNewer(object, this.object)) {
      return;
    }
    this.seen++;
    this.object = object;
    this.last = object;
    this.onChange();
  }

  /** Reads it now. */
  public async look(deadline: number): Promise<Stored<T> | undefined> {
    const before = this.seen;
    const object = await this.world.api.find<T>(this.ref, deadline);
    if (object) {
      this.observe(object);
    } else if (this.seen === before) {
      // nothing newer came in by the watch meanwhile
      this.vanish();
    }
    return this.object;
  }

  /** Follows until the signal is aborted. */
  public async follow(pollMs: number, signal: AbortSignal): Promise<void> {
    if (!this.isKnown) {
      await this.look(this.world.api.within(pollMs)).catch(() => undefined);
    }
    await Promise.all([this.keepWatching(signal), this.keepLooking(pollMs, signal)]);
  }

  private async keepWatching(signal: AbortSignal): Promise<void> {
    const { timers } = this.world;
    this.resourceVersion = this.object?.metadata.resourceVersion;
    for (let failures = 0; !signal.aborted;) {
      const began = timers.now();
      let told = false;
      let retryAfterMs = 0;
      let broke = false;
      try {
        await this.world.api.watch<T>(this.ref, this.resourceVersion, signal, event => {
          told = true;
          this.resourceVersion = event.object.metadata.resourceVersion;
          if (event.type === 'DELETED') {
            this.vanish(event.object);
          } else if (event.type !== 'BOOKMARK') {
            this.hear(event.object);
          }
        });
      } catch (error) {
        broke = true;
        retryAfterMs = error instanceof Hindered ? error.retryAfterMs : 0;
        if (isRefused(error, 'expired')) {
          await this.beginAnew();
        }
      }
      const hasWorked = told || timers.now() - began >= WORKS_MS && !broke;
      failures = hasWorked ? 0 : failures + 1;
      await this.pause(failures, retryAfterMs, signal);
    }
  }

  /** A watch tells of an object what it has, and of its `/scale` only that it may have changed. */
  private hear(object: Stored<T>): void {
    if (!isScaled(this.ref)) {
      this.observe(object);
    } else if (this.reading === 'not') {
      void this.readAnew();
    } else {
      this.reading = 'too early';
    }
  }

  /** Reads it, and once more where there was news meanwhile: however often it changes, one read is on its way. */
  private async readAnew(): Promise<void> {
    do {
      this.reading = 'on its way';
      // the next look comes anyway
      await this.look(this.world.api.within(this.world.pace.pollMs)).catch(() => undefined);
    } while (this.isOutrun());
    this.reading = 'not';
  }

  private isOutrun(): boolean {
    return this.reading === 'too early';
  }

  /** What happened since the version that is too old is not told, a deletion least of all. */
  private async beginAnew(): Promise<void> {
    const { api, pace } = this.world;
    if (this.resourceVersion !== undefined) {
      this.resourceVersion = undefined;
      await this.look(api.within(pace.requestMs)).catch(() => undefined);
    }
  }

  /** Before the next watch; with jitter, and shorter where the API server works again. */
  private async pause(failures: number, retryAfterMs: number, signal: AbortSignal): Promise<void> {
    const { api, timers, pace, random } = this.world;
    const most = failures < 2 ? pace.backoffMs * 2 : Math.min(LONGEST_REWATCH_MS, REWATCH_MS * 4 ** Math.min(failures - 2, 10));
    const ms = Math.max(retryAfterMs, most / 2 + random() * most / 2);
    await sleepUnless(timers, ms, retryAfterMs > 0 ? [signal] : [signal, api.backoff.recovered]);
  }

  private async keepLooking(pollMs: number, signal: AbortSignal): Promise<void> {
    const { api, timers } = this.world;
    while (!signal.aborted) {
      await timers.sleep(pollMs, signal);
      if (!signal.aborted) {
        // the next look comes anyway
        await this.look(api.within(pollMs)).catch(() => undefined);
      }
    }
  }

  private vanish(last?: Stored): void {
    const isNews = this.seen++ === 0;
    if (isNews || this.object && (!last || last.metadata.uid === this.object.metadata.uid)) {
      this.object = undefined;
      this.onChange();
    }
  }
}

/** Resource versions of one kind grow; another uid's object is newer if its version is. */
function isNewer(object: Stored, than: Stored | undefined): boolean {
  return !than || BigInt(object.metadata.resourceVersion) > BigInt(than.metadata.resourceVersion);
}
