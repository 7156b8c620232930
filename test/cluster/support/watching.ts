import { ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { isReady } from './namespace';
import { ObjectReference } from '../../../src/core/plan/plan';
import { pluralOf } from '../../../src/core/plan/target-kind';

/** Whether what is followed is there already, and is waited for. */
type Beginning = 'it is there' | 'from now on';

/** One change that the API server told of, and when we heard of it. */
export interface Change {
  readonly at: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: any;
}

/** Records every change of the objects of one kind, as the API server's watch tells them. */
export class Recorder {
  /** Follows one autoscaler from its present state on. */
  public static async ofAutoscaler(namespace: string, name: string): Promise<Recorder> {
    return Recorder.started(new Recorder(`/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`,
      `fieldSelector=metadata.name%3D${name}`));
  }

  /** Follows the pods with a label, from their present state on. */
  public static async ofPods(namespace: string, selector: string, beginning?: Beginning): Promise<Recorder> {
    return Recorder.started(new Recorder(`/api/v1/namespaces/${namespace}/pods`, `labelSelector=${encodeURIComponent(selector)}`), beginning);
  }

  /** Follows one object of any kind. */
  public static async ofObject(namespace: string, { apiVersion, kind, name }: ObjectReference, beginning?: Beginning): Promise<Recorder> {
    return Recorder.started(new Recorder(`/apis/${apiVersion}/namespaces/${namespace}/${pluralOf({ apiVersion, kind })}`,
      `fieldSelector=metadata.name%3D${name}`), beginning);
  }

  /** Follows one Deployment from its present state on. */
  public static async ofDeployment(namespace: string, name: string): Promise<Recorder> {
    return Recorder.started(new Recorder(`/apis/apps/v1/namespaces/${namespace}/deployments`, `fieldSelector=metadata.name%3D${name}`));
  }

  private static async started(recorder: Recorder, beginning: Beginning = 'it is there'): Promise<Recorder> {
    for (let i = 0; i < (beginning === 'it is there' ? 400 : 40) && recorder.changes.length === 0; i++) {
      await new Promise(resolve => setTimeout(resolve, 25));
    }
    return recorder;
  }

  public readonly changes: Change[] = [];
  private readonly child: ChildProcess;

  private constructor(path: string, selector: string) {
    const query = `watch=1&timeoutSeconds=3600${selector && `&${selector}`}`;
    this.child = spawn(process.env.KUBECTL ?? 'kubectl', ['get', '--raw', `${path}?${query}`], { stdio: ['ignore', 'pipe', 'ignore'] });
    createInterface({ input: this.child.stdout! }).on('line', line => {
      this.changes.push({ at: Date.now(), ...JSON.parse(line) });
    });
  }

  public stop(): void {
    this.child.kill();
  }

  /** Names of pods that were told to end since an instant. */
  public podsEnded(since = 0): Set<string> {
    const ended = this.changes.filter(({ type, object }) => type === 'DELETED' || object.metadata.deletionTimestamp);
    // a name may come again
    const before = new Set(ended.filter(({ at }) => at < since).map(({ object }) => object.metadata.uid));
    return new Set(ended.filter(({ object }) => !before.has(object.metadata.uid)).map(({ object }) => object.metadata.name));
  }

  /**
   * How long `value` was below `least`, in milliseconds, since an instant: one entry for each time.
   *
   * A deleted object is below everything from the moment of its return: nothing can be restored before.
   */
  public below(value: (object: any) => number, least: number, since = 0): number[] {
    const spans: number[] = [];
    let from: number | undefined;
    for (const { at, type, object } of this.changes.filter(change => change.at >= since)) {
      const low = type !== 'DELETED' && (value(object) ?? 1) < least;
      if (low) {
        from ??= at;
      } else if (from !== undefined && type !== 'DELETED') {
        spans.push(at - from);
        from = undefined;
      }
    }
    return from === undefined ? spans : [...spans, Infinity];
  }

  /** The least number of pods that were Ready, and not on their way out, at any change once `full` of them were. */
  public leastReady(full: number): number {
    const ready = new Set<string>();
    let least = Infinity;
    for (const { type, object } of this.changes) {
      if (type !== 'DELETED' && !object.metadata.deletionTimestamp && isReady(object)) {
        ready.add(object.metadata.name);
      } else {
        ready.delete(object.metadata.name);
      }
      least = least < Infinity || ready.size >= full ? Math.min(least, ready.size) : least;
    }
    return least;
  }

  /** How long the floor was below `least` since an instant. */
  public floorBelow(least: number, since = 0): number[] {
    return this.below(object => object.spec.minReplicas, least, since);
  }
}
