import { refusalInStream, wordsFor } from './api-error';
import { ApiServer, Call } from './api-server';
import { Timers } from './clock';
import { KubeObject, Status, Stored } from '../core/kube-objects';

/** A change of a watched object, or a bookmark: the version to go on from, where nothing has changed. */
export type WatchEvent<T extends KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: Stored<T> }
  | { readonly type: 'BOOKMARK'; readonly object: { readonly metadata: { readonly resourceVersion: string } } };

export interface WatchOptions<T extends KubeObject> {
  /** After which the server ends the stream. */
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly onEvent: (event: WatchEvent<T>) => void;
}

/** What a server that ends a stream late, or not at all, is given beyond its time. */
const GRACE_SECONDS = 10;

/**
 * Hands on what a watch tells, until its stream ends or the signal is aborted.
 *
 * @throws ApiError whose refusal is `expired` when the resource version is too old: read anew
 */
export async function watchWith<T extends KubeObject>(server: ApiServer, timers: Timers, call: Call, options: WatchOptions<T>): Promise<void> {
  const { seconds, signal, onEvent } = options;
  const end = new AbortController();
  const abort = () => end.abort();
  signal.addEventListener('abort', abort, { once: true });
  let broken: Error | undefined;
  try {
    const stream = server.stream(call, end.signal, line => {
      const event = broken ?? eventIn<T>(line, call);
      if (event instanceof Error) {
        broken = event;
        abort();
      } else {
        onEvent(event);
      }
    });
    // a connection that died without a word would otherwise last for ever
    const limit = timers.sleep((seconds + GRACE_SECONDS) * 1_000, end.signal).then(abort);
    await stream;
    abort();
    await limit;
  } catch (error) {
    if (!end.signal.aborted) {
      throw error;
    }
  } finally {
    signal.removeEventListener('abort', abort);
    abort();
  }
  if (broken) {
    throw broken;
  }
}

function eventIn<T extends KubeObject>(line: string, { asked }: Call): WatchEvent<T> | Error {
  let event: { readonly type?: string; readonly object?: Partial<Stored> & Status };
  try {
    event = JSON.parse(line);
  } catch {
    return new Error(`${wordsFor(asked)}: a line that is no JSON`);
  }
  if (event.type === 'ERROR') {
    return refusalInStream(asked, event.object ?? {});
  }
  return typeof event.object?.metadata?.resourceVersion === 'string'
    ? event as WatchEvent<T>
    : new Error(`${wordsFor(asked)}: a line that is no event`);
}
