import { isRefused } from './api-error';
import { World } from './world';
import { KubeObject, Stored } from '../core/kube-objects';
import { ObjectReference } from '../core/plan/plan';

/**
 * What the API server says of one object: a watch, and beside it a look now and then, since a watch can be dead without a word.
 *
 * Older news never replaces newer.
 */
export class Followed<T extends KubeObject = KubeObject> {
  private object: Stored<T> | undefined;
  private seen = 0;
  private resourceVersion: string | undefined;

  constructor(private readonly world: World, public readonly ref: ObjectReference, private readonly onChange: () => void) {}

  /** The object now; undefined: it does not exist, or was never seen. */
  public get current(): Stored<T> | undefined {
    return this.object;
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
    const { api, timers, pace } = this.world;
    this.resourceVersion = this.object?.metadata.resourceVersion;
    for (let failures = 0; !signal.aborted;) {
      const began = timers.now();
      try {
        await api.watch<T>(this.ref, this.resourceVersion, signal, event => {
          failures = 0;
          this.resourceVersion = event.object.metadata.resourceVersion;
          if (event.type === 'DELETED') {
            this.vanish(event.object);
          } else if (event.type !== 'BOOKMARK') {
            this.observe(event.object);
          }
        });
      } catch (error) {
        failures++;
        if (isRefused(error, 'expired')) {
          // what happened in between is not told, a deletion least of all
          this.resourceVersion = undefined;
          await this.look(api.within(pace.requestMs)).catch(() => undefined);
        }
      }
      if (!signal.aborted && (failures > 0 || timers.now() - began < pace.backoffMs)) {
        await api.pause(failures, Infinity);
      }
    }
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
    this.seen++;
    if (this.object && (!last || last.metadata.uid === this.object.metadata.uid)) {
      this.object = undefined;
      this.onChange();
    }
  }
}

/** Resource versions of one kind grow; another uid's object is newer if its version is. */
function isNewer(object: Stored, than: Stored | undefined): boolean {
  return !than || BigInt(object.metadata.resourceVersion) > BigInt(than.metadata.resourceVersion);
}
