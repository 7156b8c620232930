import { Asked, Conflict, Unreachable, isRefused } from './api-error';
import { ApiServer, ApiServerPorts, Call, IsWhole } from './api-server';
import { Backoff } from './backoff';
import { ServerClock } from './clock';
import { TooLarge } from './http';
import { WatchEvent, watchWith } from './watch';
import { EventObject, KubeObject, Pod, ScaleObject, Stored, TargetObject } from '../core/kube-objects';
import { ObjectReference } from '../core/plan/plan';
import { pluralOf } from '../core/plan/target-kind';

export interface KubeApiPorts extends Omit<ApiServerPorts, 'userAgent'> {
  readonly namespace: string;
  /** Field manager of all writes. */
  readonly manager: string;
}

/** Exactly this object, and unchanged. */
export interface Precondition {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** How many pods one answer holds at most: a pod has some 20 KB, and a page is held as text and as objects. */
export const PODS_A_PAGE = 50;
/** A page with more is asked for again with half as many pods; a single pod is taken as it is. */
const PAGE_CHARS = 2_000_000;

/** More pods of keepers than any service has. */
const MOST_KEEPERS = 200;

/** All that an apply carries: what this manager held alone and it leaves out is removed. */
export interface AppliedFields {
  readonly spec: object;
  readonly annotations?: { readonly [annotation: string]: string };
}

/** The few calls of the Kubernetes API that the keeper makes, in one namespace. */
export class KubeApi {
  private readonly server: ApiServer;
  private podsAPage = PODS_A_PAGE;

  constructor(private readonly ports: KubeApiPorts) {
    this.server = new ApiServer({ ...ports, userAgent: ports.manager });
  }

  public get namespace(): string {
    return this.ports.namespace;
  }

  public get clock(): ServerClock {
    return this.server.clock;
  }

  /** Tries made, whatever came of them. */
  public get requests(): number {
    return this.server.requests;
  }

  /** What holds all requests back while none of them works. */
  public get backoff(): Backoff {
    return this.server.backoff;
  }

  public async get<T extends KubeObject>(ref: ObjectReference, deadline: number): Promise<Stored<T>> {
    return this.server.ask({ asked: this.asked('get', ref), method: 'GET', path: this.pathOf(ref) }, deadline, isStored as IsWhole<Stored<T>>);
  }

  /** Undefined where it does not exist. */
  public async find<T extends KubeObject>(ref: ObjectReference, deadline: number): Promise<Stored<T> | undefined> {
    return this.get<T>(ref, deadline).catch(error => {
      if (isRefused(error, 'absent')) {
        return undefined;
      }
      throw error;
    });
  }

  /**
   * Server-side apply with force onto exactly the object that was read.
   *
   * Uid and resource version are preconditions: nothing is created, and no change made meanwhile is overwritten.
   */
  public async apply<T extends KubeObject>(
    ref: ObjectReference, { uid, resourceVersion }: Precondition, { spec, annotations }: AppliedFields, deadline: number, dryRun = false,
  ): Promise<Stored<T>> {
    return this.server.ask({
      asked: this.asked('patch', ref),
      method: 'PATCH',
      path: this.pathOf(ref),
      query: { fieldManager: this.ports.manager, force: true, dryRun: dryRun ? 'All' : undefined },
      contentType: 'application/apply-patch+yaml',
      body: { apiVersion: ref.apiVersion, kind: ref.kind, metadata: { name: ref.name, uid, resourceVersion, annotations }, spec },
      urgency: 2,
    }, deadline, isStored as IsWhole<Stored<T>>);
  }

  /** Changes the metadata of exactly the object that was read. */
  public async patchMetadata<T extends KubeObject>(
    ref: ObjectReference, { resourceVersion }: Precondition, metadata: object, deadline: number,
  ): Promise<Stored<T>> {
    return this.server.ask({
      asked: this.asked('patch', ref),
      method: 'PATCH',
      path: this.pathOf(ref),
      query: { fieldManager: this.ports.manager },
      contentType: 'application/merge-patch+json',
      // the version alone tells one object from another: they are never given twice
      body: { metadata: { ...metadata, resourceVersion } },
      urgency: 2,
    }, deadline, isStored as IsWhole<Stored<T>>);
  }

  /**
   * Asks a workload for another size, if it is still asked for the one that was read.
   *
   * The resource version would be no precondition here: a workload that scales changes several times a second.
   *
   * @returns the workload's resource version after it
   * @throws Conflict when it is asked for another size by now
   */
  public async scale(ref: ObjectReference, from: number, to: number, deadline: number, dryRun = false): Promise<string> {
    // the API leaves a 0 out
    const isAskedFor = from === 0 ? { path: '/spec', value: {} } : { path: '/spec/replicas', value: from };
    const { metadata } = await this.server.ask({
      asked: this.asked('patch', ref, 'scale'),
      method: 'PATCH',
      path: `${this.pathOf(ref)}/scale`,
      query: { fieldManager: this.ports.manager, dryRun: dryRun ? 'All' : undefined },
      contentType: 'application/json-patch+json',
      urgency: 1,
      body: [{ op: 'test', ...isAskedFor }, { op: 'add', path: '/spec/replicas', value: to }],
    }, deadline, isStored);
    return metadata.resourceVersion;
  }

  /**
   * Holds the size of a workload beside whoever holds it, if it is still exactly the object that was read.
   *
   * @throws Conflict when it has changed meanwhile
   */
  public async holdScale(ref: ObjectReference, { resourceVersion }: Precondition, replicas: number, deadline: number): Promise<void> {
    await this.server.ask({
      asked: this.asked('patch', ref, 'scale'),
      method: 'PATCH',
      path: `${this.pathOf(ref)}/scale`,
      query: { fieldManager: this.ports.manager, force: true },
      contentType: 'application/apply-patch+yaml',
      body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: ref.name, resourceVersion }, spec: { replicas } },
    }, deadline, isStored);
  }

  /** The `/scale` of a workload; undefined where it does not exist, or its kind has none. */
  public async findScale(ref: ObjectReference, deadline: number): Promise<ScaleObject | undefined> {
    try {
      return await this.server.ask({ asked: this.asked('get', ref, 'scale'), method: 'GET', path: `${this.pathOf(ref)}/scale` }, deadline, isScale);
    } catch (error) {
      if (isRefused(error, 'absent')) {
        return undefined;
      }
      throw error;
    }
  }

  /** Asks a Deployment of our own for a size; without a right to read it. */
  public async resize(ref: ObjectReference, replicas: number, deadline: number, dryRun = false): Promise<void> {
    await this.server.ask({
      asked: this.asked('patch', ref, 'scale'),
      method: 'PATCH',
      path: `${this.pathOf(ref)}/scale`,
      query: { fieldManager: this.ports.manager, dryRun: dryRun ? 'All' : undefined },
      contentType: 'application/merge-patch+json',
      urgency: 1,
      body: { spec: { replicas } },
    }, deadline, isStored);
  }

  /** Pods by labels, at most `most` of them; only for few, since all of them are kept. */
  public async pods(labelSelector: string, deadline: number, most = MOST_KEEPERS): Promise<Pod[]> {
    const pods: Pod[] = [];
    await this.eachPod(labelSelector, deadline, pod => pods.push(pod), most);
    return pods;
  }

  /**
   * Hands on pods by labels, one after the other, at most `most` of them; keeps none.
   *
   * @returns the number of answers that it took
   * @throws ApiError, Unreachable; what was handed on before is right all the same
   */
  public async eachPod(labelSelector: string, deadline: number, visit: (pod: Pod) => void, most = Infinity): Promise<number> {
    let from: string | undefined;
    let count = 0;
    let pages = 0;
    do {
      if (pages > 0 && this.ports.timers.now() >= deadline) {
        throw new Unreachable('there are more of them than could be read in time');
      }
      const page = await this.podPage(labelSelector, from, Math.min(most - count, this.podsAPage), deadline);
      page.items.forEach(visit);
      count += page.items.length;
      pages++;
      from = page.metadata?.continue || undefined;
    } while (from && count < most);
    return pages;
  }

  private async podPage(labelSelector: string, from: string | undefined, limit: number, deadline: number): Promise<PodList> {
    try {
      return await this.server.ask({
        asked: { verb: 'list', resource: 'pods', namespace: this.namespace },
        method: 'GET',
        path: `/api/v1/namespaces/${this.namespace}/pods`,
        query: { labelSelector, limit, continue: from },
        mostChars: limit > 1 ? PAGE_CHARS : undefined,
      }, deadline, isPodList);
    } catch (error) {
      if (!(error instanceof TooLarge)) {
        throw error;
      }
      this.podsAPage = Math.max(1, Math.floor(limit / 2));
      return this.podPage(labelSelector, from, this.podsAPage, deadline);
    }
  }

  /** All autoscalers of the namespace. */
  public async autoscalers(deadline: number): Promise<readonly TargetObject[]> {
    const { items } = await this.server.ask<AutoscalerList>({
      asked: { verb: 'list', resource: 'horizontalpodautoscalers', namespace: this.namespace },
      method: 'GET',
      path: `/apis/autoscaling/v2/namespaces/${this.namespace}/horizontalpodautoscalers`,
    }, deadline, isList);
    // members of a list do not say what they are
    return items.map(item => ({ ...item, apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' }));
  }

  /** False where an event of that name has been told already. */
  public async createEvent(event: EventObject, deadline: number, dryRun = false): Promise<boolean> {
    try {
      await this.server.ask({
        asked: { verb: 'create', resource: 'events', namespace: this.namespace },
        method: 'POST',
        path: `/api/v1/namespaces/${this.namespace}/events`,
        query: { fieldManager: this.ports.manager, dryRun: dryRun ? 'All' : undefined },
        body: event,
      }, deadline, isRecord);
      return true;
    } catch (error) {
      if (error instanceof Conflict) {
        return error.unheard;
      }
      throw error;
    }
  }

  /**
   * Watches one object until the stream ends, which it does after some minutes at the latest.
   *
   * @throws ApiError whose refusal is `expired` when the resource version is too old: read anew
   */
  public async watch<T extends KubeObject>(
    ref: ObjectReference, resourceVersion: string | undefined, signal: AbortSignal, onEvent: (event: WatchEvent<T>) => void,
  ): Promise<void> {
    const seconds = 120 + Math.round(this.ports.random() * 60);
    const call = this.watchCall(ref, { allowWatchBookmarks: true, resourceVersion, timeoutSeconds: seconds });
    await watchWith(this.server, this.ports.timers, call, { seconds, signal, onEvent });
  }

  /** Proves that a watch is granted; ends it at once. */
  public async tryWatch(ref: ObjectReference, deadline: number): Promise<void> {
    // what it tells is of no interest, and is no JSON as a whole
    await this.server.ask(this.watchCall(ref, { timeoutSeconds: 1 }), deadline, isAnything);
  }

  /** A deadline that many milliseconds from now. */
  public within(ms: number): number {
    return this.server.within(ms);
  }

  /** Waits before a further try: exponential, with jitter, never beyond the deadline. */
  public async pause(attempt: number, deadline: number): Promise<void> {
    await this.server.pause(attempt, deadline);
  }

  private watchCall(ref: ObjectReference, query: Call['query']): Call {
    return {
      asked: this.asked('watch', ref),
      method: 'GET',
      path: this.collectionOf(ref),
      query: { watch: true, fieldSelector: `metadata.name=${ref.name}`, ...query },
    };
  }

  private asked(verb: Asked['verb'], ref: ObjectReference, subresource?: string): Asked {
    const resource = [pluralOf(ref), ref.name, ...(subresource ? [subresource] : [])].join('/');
    return { verb, resource, namespace: this.namespace };
  }

  private pathOf(ref: ObjectReference): string {
    return `${this.collectionOf(ref)}/${ref.name}`;
  }

  private collectionOf(ref: ObjectReference): string {
    const root = ref.apiVersion.includes('/') ? '/apis' : '/api';
    return `${root}/${ref.apiVersion}/namespaces/${this.namespace}/${pluralOf(ref)}`;
  }
}

interface PodList {
  readonly items: readonly Pod[];
  readonly metadata?: { readonly continue?: string };
}

interface AutoscalerList {
  readonly items: readonly TargetObject[];
}

function isRecord(body: unknown): body is { readonly [field: string]: unknown } {
  return typeof body === 'object' && body !== null;
}

function isStored(body: unknown): body is Stored {
  return isRecord(body) && isRecord(body.metadata) && typeof body.metadata.resourceVersion === 'string';
}

function isList(body: unknown): body is AutoscalerList {
  return isRecord(body) && Array.isArray(body.items);
}

function isPodList(body: unknown): body is PodList {
  return isRecord(body) && Array.isArray(body.items);
}

function isScale(body: unknown): body is ScaleObject {
  return isRecord(body) && body.kind === 'Scale';
}

function isAnything(_body: unknown): _body is unknown {
  return true;
}
