import { FLEET, controlFleet } from './fleet';
import { Kind, objectsIn, scheduledIn } from './kinds';
import { boundsOf } from '../../../../src/core/plan/target-kind';
import { MINUTE } from '../../../support/durations';
import { eventually, sleep } from '../../support/cluster';
import { Ended, prewarm, prewarmReading } from '../../support/command-line';
import { manifestsIn, minuteAfter } from '../../support/manifests';
import { Namespace } from '../../support/namespace';
import { PIPELINES, deliver } from '../../support/pipelines';
import { armed, bump } from '../../support/services';
import { Recorder } from '../../support/watching';

/** Of the window in which all is tried. */
const FLOOR = 6;
/** Of the window whose end is tried, above what the adopted service has between events. */
const HIGHER = 9;

/** Ways in which the manifests are applied once more in the window, and how a person would call them. */
const REAPPLY: { readonly [title: string]: string } = {
  '`kubectl apply`': 'kubectl apply',
  '`kubectl apply --server-side`': 'kubectl apply --server-side',
  '`--server-side --force-conflicts`': 'kubectl apply --server-side --force-conflicts',
  'Argo CD': 'argo',
  'Argo CD, `ServerSideApply=true`': 'argo --server-side',
  'Flux': 'flux',
  'Helm 3': 'helm3 taking over',
  'Helm 4': 'helm4 taking over',
};
const DELETED = 'target deleted, applied again';

/** In the order in which they are tried. */
export const OPERATIONS: readonly string[] = ['arm', 'bump', ...Object.keys(REAPPLY), DELETED, 'leave', 'adopt', 'drop'];

/** Until when the floor must be back: a job's pod must start for it, or a guard stands already. */
const JOB_MS = 45_000;
const GUARD_MS = 10_000;

/** What each operation did to one kind, by the operation's title. */
export type Cells = { readonly [operation: string]: string };

/** What came of the operations. */
export interface Tried {
  readonly cells: Cells;
  /** Operations after which the floor was wrong for too long. */
  readonly late: readonly string[];
}

/** Tries all operations on one kind, one after the other, in a namespace of its own. */
export async function tried(namespace: Namespace, kind: Kind): Promise<Tried> {
  const trial = new Trial(namespace, kind);
  try {
    await trial.arm();
    await trial.bump();
    for (const [title, pipeline] of Object.entries(REAPPLY)) {
      await trial.applyAgain(title, pipeline);
    }
    await trial.deleteTarget();
    await trial.leave();
    await trial.adopt();
    await trial.drop();
    return trial;
  } catch (error) {
    throw new Error(`${kind.title}: ${(error as Error).message}; so far ${JSON.stringify(trial.cells)}`);
  } finally {
    trial.end();
  }
}

interface Outcome {
  /** How many pods; or, in words, why they are gone all the same. */
  readonly lost: number | string;
  /** The floor was wrong for so long. */
  readonly ms: number;
  readonly withinMs: number;
}

class Trial implements Tried {
  public readonly cells: { [operation: string]: string } = {};
  public readonly late: string[] = [];
  private readonly selector: string;
  private readonly target: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  private manifests = '';
  /** When the window begins in which all is tried. */
  private from = 0;
  /** When that of `drop` ends. */
  private until = 0;
  /** What watches, and must be ended. */
  private readonly running: { stop: () => void }[] = [];
  private pods!: Recorder;
  private floors!: Recorder;

  constructor(private readonly namespace: Namespace, private readonly kind: Kind) {
    const { name, scaler, workload } = kind;
    const { apiVersion, kind: of } = scaler ?? workload;
    this.selector = `app=${name}`;
    this.target = { apiVersion, kind: of, name };
  }

  public end(): void {
    this.running.forEach(one => one.stop());
  }

  public async arm(): Promise<void> {
    const { namespace, kind, target } = this;
    const { name, baseline, workload } = kind;
    // the jobs of this deploy have a minute before the window begins
    this.from = minuteAfter(MINUTE);
    this.manifests = manifestsIn(namespace.name, chart => scheduledIn(chart, kind, { from: this.from, minutes: 40, floor: FLOOR }));
    this.running.push(this.floors = await Recorder.ofObject(namespace.name, target, 'from now on'), this.pods = await Recorder.ofPods(namespace.name, this.selector, 'from now on'));
    await namespace.apply(this.manifests);
    if (workload.kind === FLEET.kind) {
      this.running.push(await controlFleet(namespace, name));
    }
    await armed(namespace);
    await this.untilRest(baseline);
    this.note('arm', { lost: this.isAsleep(baseline) ? 0 : this.pods.podsEnded().size, ms: this.belowMs(baseline, 0), withinMs: JOB_MS });
  }

  public async bump(): Promise<void> {
    const { namespace, kind: { name }, from } = this;
    const since = Date.now();
    // as its CronJob would do within five minutes; it waits for the window
    await bump(namespace, name);
    await this.untilReady(FLOOR, from + 150_000 - Date.now());
    this.note('bump', { lost: this.pods.podsEnded(since).size, ms: this.reachedMs(floor => floor >= FLOOR, from), withinMs: JOB_MS });
    await eventually('a guard', 120_000, async () => await namespace.readyPods(`cdk8s-prewarm/service=${name},cdk8s-prewarm/role=guard`) > 0);
  }

  public async applyAgain(title: string, pipeline: string): Promise<void> {
    const { namespace, manifests } = this;
    let isRefused = false;
    await this.inWindow(title, async () => {
      const { code, stdout, stderr } = await PIPELINES[pipeline](namespace.name, manifests);
      isRefused = code !== 0 && /conflict/i.test(stderr + stdout);
      if (code !== 0 && !isRefused) {
        throw new Error(`${pipeline} ended with ${code}: ${stdout}${stderr}`);
      }
    }, lost => isRefused && lost === 0 ? 'refused, 0 lost' : lost);
  }

  public async deleteTarget(): Promise<void> {
    const { namespace, kind: { name, scaler }, target } = this;
    // a workload takes its pods with it
    await this.inWindow(DELETED, async () => {
      await namespace.kubectl(['delete', target.kind.toLowerCase(), name]);
      await namespace.apply(this.manifests);
    }, lost => scaler ? lost : 'its pods go');
  }

  public async leave(): Promise<void> {
    const { namespace, kind: { name, idles } } = this;
    const since = Date.now();
    await succeeded(prewarm(namespace, 'leave', name, '--floor', String(FLOOR)));
    await this.settle();
    this.note('leave', { lost: idles ? 'idle again' : this.pods.podsEnded(since).size, ms: this.belowMs(FLOOR, since), withinMs: GUARD_MS });
  }

  public async adopt(): Promise<void> {
    const { namespace, kind } = this;
    const between = kind.baseline === 0 ? 0 : FLOOR;
    // a service that one pipeline alone has applied
    await namespace.kubectl(['delete', ...[kind.scaler, kind.workload].flatMap(one => one ? [`${one.kind.toLowerCase()}/${kind.name}`] : [])]);
    await eventually('no pod', 60_000, async () => (await namespace.list('pods', this.selector)).length === 0);
    await deliver('kubectl apply', namespace, manifestsIn(namespace.name, chart => objectsIn(chart, kind, { floor: between, replicas: FLOOR })));
    await eventually('the pods of before', 120_000, async () => this.isAsleep(between) || await namespace.readyPods(this.selector) === FLOOR);
    const from = minuteAfter(-3 * MINUTE);
    this.until = from + 5 * MINUTE;
    const next = manifestsIn(namespace.name, chart => scheduledIn(chart, kind, { from, minutes: 5, floor: HIGHER }, between));
    const since = Date.now();
    await succeeded(prewarmReading(namespace, next, 'adopt', '-', '--as', 'kubectl'));
    await deliver('kubectl apply', namespace, next);
    await armed(namespace);
    await this.untilReady(HIGHER, 150_000);
    this.note('adopt', { lost: this.isAsleep(between) ? 0 : this.pods.podsEnded(since).size, ms: this.belowMs(between, since), withinMs: GUARD_MS });
  }

  public async drop(): Promise<void> {
    const { kind: { baseline, scaler } } = this;
    const between = baseline === 0 ? 0 : FLOOR;
    const { until } = this;
    await eventually('the end of the window', until - Date.now() + JOB_MS, async () => this.latestFloor() === between);
    await sleep(scaler ? 16_000 : 3_000);
    await this.untilRest(between);
    // what is above the floor of between events may go
    const least = this.isAsleep(between) ? 0 : between;
    this.note('drop', { lost: Math.max(0, least - this.pods.leastReady(HIGHER)), ms: this.reachedMs(floor => floor === between, until), withinMs: JOB_MS });
  }

  /** An operation that must leave the floor of the window as it is, or have it back soon. */
  private async inWindow(title: string, operate: () => Promise<unknown>, wordsOf: (lost: number) => number | string): Promise<void> {
    const since = Date.now();
    await operate();
    await this.settle();
    const ms = this.belowMs(FLOOR, since);
    this.note(title, { lost: wordsOf(this.pods.podsEnded(since).size), ms, withinMs: GUARD_MS });
    // the next one begins with all of them
    await this.untilReady(FLOOR, 180_000);
  }

  /** Until whoever scales has looked once more: an autoscaler does so every 15 s. */
  private async settle(): Promise<void> {
    await eventually('the floor', 30_000, async () => this.latestFloor() === FLOOR);
    await sleep(this.kind.scaler ? 16_000 : 3_000);
  }

  private async untilReady(count: number, withinMs: number): Promise<void> {
    await eventually(`${count} Ready pods`, withinMs, async () => await this.namespace.readyPods(this.selector) === count);
  }

  /** Whether there is no pod between events. */
  private isAsleep(floor: number): boolean {
    return this.kind.idles === true || floor === 0;
  }

  /** Pods as between events; where none are wanted, KEDA takes them away, and no keeper brings them back. */
  private async untilRest(floor: number): Promise<void> {
    const isAsleep = this.isAsleep(floor);
    await eventually('pods as between events', 120_000, async () => {
      const count = await this.namespace.readyPods(this.selector);
      return isAsleep ? count === 0 : count >= floor;
    });
  }

  private latestFloor(): number | undefined {
    const last = this.floors.changes[this.floors.changes.length - 1];
    return last && last.type !== 'DELETED' ? floorOf(last.object) : undefined;
  }

  /** For how long the floor was too low at most; what is told of in one breath has lasted too. */
  private belowMs(least: number, since: number): number {
    return Math.max(0, ...this.floors.below(floorOf, least, since).map(ms => Math.max(1, ms)));
  }

  /** How long after an instant the floor was as planned. */
  private reachedMs(isReached: (floor: number) => boolean, from: number): number {
    const reached = this.floors.changes.find(({ at, object }) => at > from - 5_000 && isReached(floorOf(object)));
    return reached ? Math.max(0, reached.at - from) : Infinity;
  }

  private note(operation: string, { lost, ms, withinMs }: Outcome): void {
    this.cells[operation] = `${typeof lost === 'number' ? `${lost} lost` : lost}, ${seconds(ms)}`;
    if (ms > withinMs) {
      this.late.push(`${operation}: ${seconds(ms)}`);
    }
  }
}

function floorOf(object: any): number {
  return object.kind === FLEET.kind ? object.spec.size : boundsOf(object).floor;
}

function seconds(ms: number): string {
  return ms === 0 ? '0 s' : `${Math.max(0.1, ms / 1000).toFixed(1)} s`;
}

async function succeeded(command: Promise<Ended>): Promise<void> {
  const { exitCode, out, err } = await command;
  if (exitCode !== 0) {
    throw new Error(`${out}\n${err}`);
  }
}
