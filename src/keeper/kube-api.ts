import {
  ApiResource, AutoscalerList, PodList, isAnything, isList, isPodList, isRecord, isResourceList, isScale, isStored,
} from './answers';
import { ApiError, Asked, Conflict, Unreachable, isRefused } from './api-error';
import { ApiServer, ApiServerPorts, Call, IsWhole } from './api-server';
import { Backoff } from './backoff';
import { ServerClock } from './clock';
import { TooLarge } from './http';
import { WatchEvent, watchWith } from './watch';
import { EventObject, KubeObject, Pod, ScaleObject, Stored, TargetObject } from '../core/kube-objects';
import { ObjectReference } from '../core/plan/plan';
import { Sized, sizeAnnotation, withScale } from '../core/plan/scaled';
import { isScaled, pluralOf } from '../core/plan/target-kind';

export interface KubeApiPorts extends Omit<ApiServerPorts, 'userAgent'> {
  readonly namespace: string;
  /** Field manager of all writes. */
  readonly manager: string;
}

/** How many pods one answer holds at most: a pod has some 20 KB, and a page is held as text and as objects. */
export const PODS_A_PAGE = 50;
/** A page with more is asked for again with half as many pods; a single pod is taken as it is. */
const PAGE_CHARS = 2_000_000;

/** More pods of keepers than any service has. */
const MOST_KEEPERS = 200;

/** All that an apply carries: what this manager held alone and it leaves out is removed. */
export interface AppliedFields {
  readonly spec: { readonly [field: string]: unknown };
  readonly annotations?: { readonly [annotation: string]: string };
}

/** An object and its `/scale` may be read on two sides of a change; how often both are read before the older one counts. */
const PAIRS = 3;

/**
 * The few calls of the Kubernetes API that the keeper makes, in one namespace.
 *
 * An object of a kind that is sized by `/scale` is read with that, so that its size stands where everybody looks for it, and written there.
 */
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
    return isScaled(ref) ? this.getScaled<T>(ref, deadline) : this.getWhole<T>(ref, deadline);
  }

  /** An object as the API server has it, also of a kind that is sized by `/scale`: what is written back is of this. */
  public async getWhole<T extends KubeObject>(ref: ObjectReference, deadline: number): Promise<Stored<T>> {
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
   *
   * @returns the object after it
   */
  public async apply<T extends KubeObject>(
    ref: ObjectReference, before: Stored<T>, { spec, annotations }: AppliedFields, deadline: number, dryRun = false,
  ): Promise<Stored<T>> {
    if (isScaled(ref)) {
      return this.applyScaled(ref, before, spec, deadline, dryRun);
    }
    const { uid, resourceVersion } = before.metadata;
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

  /**
   * Changes the metadata of an object.
   *
   * @param precondition exactly the object that was read; empty: as it stands by then
   */
  public async patchMetadata<T extends KubeObject>(
    ref: ObjectReference, { resourceVersion }: { readonly resourceVersion?: string }, metadata: object, deadline: number, dryRun = false,
  ): Promise<Stored<T>> {
    return this.server.ask({
      asked: this.asked('patch', ref),
      method: 'PATCH',
      path: this.pathOf(ref),
      query: { fieldManager: this.ports.manager, dryRun: dryRun ? 'All' : undefined },
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
   * @param from undefined: it has no size yet
   * @returns its `/scale` after it
   * @throws Conflict when it is asked for another size by now
   */
  public async scale(ref: ObjectReference, from: number | undefined, to: number, deadline: number, dryRun = false): Promise<ScaleObject> {
    // the API leaves a 0 out
    const isAskedFor = from === 0 ? { path: '/spec', value: {} } : { path: '/spec/replicas', value: from };
    return this.server.ask({
      asked: this.asked('patch', ref, 'scale'),
      method: 'PATCH',
      path: this.scalePathOf(ref),
      query: { fieldManager: this.ports.manager, dryRun: dryRun ? 'All' : undefined },
      contentType: 'application/json-patch+json',
      urgency: 1,
      body: [...from === undefined ? [] : [{ op: 'test', ...isAskedFor }], { op: 'add', path: '/spec/replicas', value: to }],
    }, deadline, isScale);
  }

  /**
   * Holds the size of a workload beside whoever holds it, if it is still exactly the object that was read.
   *
   * @throws Conflict when it has changed meanwhile
   */
  public async holdScale(
    ref: ObjectReference, { resourceVersion }: { readonly resourceVersion: string }, replicas: number, deadline: number,
  ): Promise<void> {
    await this.server.ask({
      asked: this.asked('patch', ref, 'scale'),
      method: 'PATCH',
      path: this.scalePathOf(ref),
      query: { fieldManager: this.ports.manager, force: true },
      contentType: 'application/apply-patch+yaml',
      body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: ref.name, resourceVersion }, spec: { replicas } },
    }, deadline, isStored);
  }

  /** The `/scale` of a workload; undefined where it does not exist, or its kind has none. */
  public async findScale(ref: ObjectReference, deadline: number): Promise<ScaleObject | undefined> {
    try {
      return await this.getScale(ref, deadline);
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
      path: this.scalePathOf(ref),
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

  /** What the API server has in a version of a group; undefined: nothing of that version. It takes no right of the keeper's own. */
  public async resources(apiVersion: string, deadline: number): Promise<readonly ApiResource[] | undefined> {
    const asked: Asked = { verb: 'get', resource: apiVersion, namespace: this.namespace };
    try {
      return (await this.server.ask({ asked, method: 'GET', path: groupPathOf(apiVersion) }, deadline, isResourceList)).resources;
    } catch (error) {
      if (isRefused(error, 'absent')) {
        return undefined;
      }
      throw error;
    }
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

  private async getScale(ref: ObjectReference, deadline: number): Promise<ScaleObject> {
    return this.server.ask({ asked: this.asked('get', ref, 'scale'), method: 'GET', path: this.scalePathOf(ref) }, deadline, isScale);
  }

  /** An object with what its `/scale` says, of one version; where it changes too fast for that, the older one's is the version of both. */
  private async getScaled<T extends KubeObject>(ref: ObjectReference, deadline: number): Promise<Stored<T>> {
    for (let i = 1; ; i++) {
      const [read, sized] = await Promise.allSettled([this.getWhole<T>(ref, deadline), this.getScale(ref, deadline)]);
      if (read.status === 'rejected') {
        throw read.reason;
      }
      const { value: object } = read;
      if (sized.status === 'rejected') {
        const { reason } = sized;
        if (isRefused(reason, 'sizeless')) {
          return withScale(object, {}, pluralOf(ref));
        }
        if (isRefused(reason, 'absent') && i < PAIRS) {
          // it may have been deleted between the two
          continue;
        }
        throw isRefused(reason, 'absent') ? new ApiError(reason.status, 'other', reason.said, withoutScale(ref)) : reason;
      }
      const versions = [object, sized.value].map(({ metadata }) => BigInt(metadata?.resourceVersion ?? object.metadata.resourceVersion));
      if (versions[0] === versions[1] || i === PAIRS) {
        const resourceVersion = String(versions[0] < versions[1] ? versions[0] : versions[1]);
        return withScale({ ...object, metadata: { ...object.metadata, resourceVersion } }, sized.value, pluralOf(ref));
      }
    }
  }

  /**
   * The size first, and then that the keeper has written it: who ends in between finds a size that is right, and says so the next time.
   *
   * The answer has the version that the size is of, and not that of the second write: what came between the two is still news then.
   */
  private async applyScaled<T extends KubeObject>(
    ref: ObjectReference, before: Stored<T>, spec: { readonly [field: string]: unknown }, deadline: number, dryRun: boolean,
  ): Promise<Stored<T>> {
    const { spec: has, status, metadata }: Sized = before;
    const [from, to] = [has?.replicas as number | undefined, spec.replicas as number];
    const stands: ScaleObject = { metadata, spec: { replicas: from }, status };
    const scale = from !== to || dryRun ? await this.scale(ref, from, to, deadline, dryRun) : stands;
    const annotations = sizeAnnotation(this.ports.manager, scale.spec?.replicas ?? 0);
    const object = await this.patchMetadata<T>(ref, {}, { annotations }, deadline, dryRun);
    const { resourceVersion = object.metadata.resourceVersion } = scale.metadata ?? {};
    return withScale({ ...object, metadata: { ...object.metadata, resourceVersion } }, scale, pluralOf(ref));
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

  private scalePathOf(ref: ObjectReference): string {
    return `${this.pathOf(ref)}/scale`;
  }

  private collectionOf(ref: ObjectReference): string {
    return `${groupPathOf(ref.apiVersion)}/namespaces/${this.namespace}/${pluralOf(ref)}`;
  }
}

function withoutScale({ kind, name }: ObjectReference): string {
  return `${kind} ${name} is there and has no /scale, where alone its size is read and written; the CustomResourceDefinition of its kind may define one`;
}

function groupPathOf(apiVersion: string): string {
  return `${apiVersion.includes('/') ? '/apis' : '/api'}/${apiVersion}`;
}
