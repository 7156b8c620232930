import { CustomKind, customScaleOf, resourcesAt, saying, sizeIn } from './custom-kinds';
import { HttpAnswer, HttpRequest } from '../../src/keeper/http';

/** An object as a test makes it up. */
type KubeObject = any;

export const NAMESPACE = 'shop';
/** The keeper's own, whose size harms nobody. */
export const GUARDS = 'deployments/queue-prewarm-guards';
export const START = Date.parse('2026-12-05T00:00:00Z');

/** Time that passes only when everybody waits. */
export class VirtualTime {
  private readonly sleepers = new Set<{ at: number; order: number; wake: () => void }>();
  private time = 0;
  private order = 0;

  public now(): number {
    return this.time;
  }

  public async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) {
      return;
    }
    await new Promise<void>(resolve => {
      const sleeper = {
        at: this.time + Math.max(0, ms),
        order: this.order++,
        wake: () => {
          this.sleepers.delete(sleeper);
          signal?.removeEventListener('abort', sleeper.wake);
          resolve();
        },
      };
      this.sleepers.add(sleeper);
      signal?.addEventListener('abort', sleeper.wake);
    });
  }

  /** Lets time pass until the promise is settled. */
  public async play<T>(promise: Promise<T>): Promise<T> {
    let isOver = false;
    const settled = promise.finally(() => {
      isOver = true;
    });
    settled.catch(() => undefined);
    for (;;) {
      // all that can happen without time passing happens first
      await new Promise(setImmediate);
      if (isOver) {
        return settled;
      }
      const next = [...this.sleepers].reduce<{ at: number; order: number; wake: () => void } | undefined>((a, b) =>
        !a || b.at < a.at || b.at === a.at && b.order < a.order ? b : a, undefined);
      if (!next) {
        throw new Error('everybody waits for ever');
      }
      this.time = Math.max(this.time, next.at);
      next.wake();
    }
  }

  public async pass(ms: number): Promise<void> {
    await this.play(this.sleep(ms));
  }
}

/** How a request is answered otherwise than it should be. */
export type Fault =
  | { readonly kind: 'refused' | 'reset-before' | 'reset-after' | 'hang' | 'truncated' | 'no-json' | 'wrong-shape' | 'drip' }
  | { readonly kind: 'status'; readonly status: number; readonly message?: string; readonly retryAfter?: string; readonly acts?: boolean };

export interface Write {
  readonly at: number;
  readonly manager: string;
  readonly what: string;
  readonly before: KubeObject;
  readonly after: KubeObject;
  /** What the workload stood at then. */
  readonly pods: number;
}

type Faulty = (request: HttpRequest) => Fault | undefined;

type OnScale = (key: string, replicas: number) => void;

const NONE: Faulty = () => undefined;
const NOBODY: OnScale = () => undefined;

interface Watcher {
  readonly key: string;
  readonly send: (line: string) => void;
  readonly end: () => void;
}

/** What an API server does with the few objects that the keeper knows: server-side apply, preconditions, validation, watches. */
export class FakeCluster {
  public readonly requests: { method: string; path: string; at: number }[] = [];
  /** Accepted writes of any hand, dry runs and the guards' own Deployment left out. */
  public readonly writes: Write[] = [];
  public readonly events: KubeObject[] = [];
  public pods: KubeObject[] = [];
  /** The server's clock against virtual time. */
  public clockMs = START;
  public latencyMs = 1;
  public fault: Faulty = NONE;
  /** Watches say nothing, and do not end. */
  public deadWatches = false;
  public token = 'token-1';
  /** Told of each size that a workload is given. */
  public onScale: OnScale = NOBODY;
  public customKinds: readonly CustomKind[] = [];
  private readonly objects = new Map<string, KubeObject>();
  private readonly watchers = new Set<Watcher>();
  private history: { rv: number; key: string; line: string }[] = [];
  private rv = 100;

  constructor(public readonly time: VirtualTime) {}

  public async send(request: HttpRequest): Promise<HttpAnswer> {
    const { pathname, searchParams } = new URL(request.path, 'https://api');
    this.requests.push({ method: request.method, path: request.path, at: this.time.now() });
    const fault = this.fault(request);
    await this.time.sleep(this.latencyMs, request.signal);
    if (request.signal?.aborted) {
      throw new Error('aborted');
    }
    const date = new Date(Math.floor((this.clockMs + this.time.now()) / 1_000) * 1_000).toUTCString();
    const answer = (status: number, body: object | string, headers = {}): HttpAnswer => {
      const all = { date, ...headers };
      request.onHeaders?.(all, status);
      return { status, headers: all, body: typeof body === 'string' ? body : JSON.stringify(body) };
    };
    switch (fault?.kind) {
      case 'refused': throw new Error('ECONNREFUSED');
      case 'reset-before': throw new Error('ECONNRESET');
      case 'hang':
      case 'drip':
        await this.time.sleep(request.timeoutMs, request.signal);
        throw new Error(`no answer within ${request.timeoutMs} ms`);
      case 'no-json': return answer(200, '<html>hello</html>');
      case 'wrong-shape': return answer(200, { kind: 'Status', status: 'Success' });
      case 'status':
        if (fault.acts) {
          this.handle(request, pathname, searchParams);
        }
        return answer(fault.status, { kind: 'Status', message: fault.message ?? `status ${fault.status}` }, fault.retryAfter ? { 'retry-after': fault.retryAfter } : {});
    }
    if (request.headers.authorization !== `Bearer ${this.token}`) {
      return answer(401, { kind: 'Status', message: 'Unauthorized' });
    }
    if (searchParams.get('watch')) {
      return this.watch(request, pathname, searchParams, answer);
    }
    const { status, body } = this.handle(request, pathname, searchParams);
    if (fault) {
      throw new Error(fault.kind === 'truncated' ? 'the answer broke off' : 'ECONNRESET');
    }
    return answer(status, body);
  }

  public get(key: string): KubeObject | undefined {
    return structuredClone(this.objects.get(key));
  }

  /** Writes whole fields of `spec` as `kubectl patch` does. */
  public patch(key: string, manager: string, spec: KubeObject): void {
    const object = this.objects.get(key);
    if (object) {
      this.accept(key, object, { ...object.spec, ...spec }, { manager, operation: 'Update', fields: Object.keys(spec) });
    }
  }

  public create(key: string, object: KubeObject, manager = 'kubectl-client-side-apply'): void {
    const [, name] = key.split('/');
    const made = {
      ...object,
      metadata: { name, namespace: NAMESPACE, ...object.metadata, uid: `uid-${this.rv}`, managedFields: [] },
    };
    if (made.kind === 'HorizontalPodAutoscaler') {
      made.spec = { minReplicas: 1, ...made.spec };
    }
    this.store(key, made, 'ADDED', object.spec ? { manager, operation: 'Update', fields: Object.keys(object.spec) } : undefined);
  }

  public replace(key: string, object: KubeObject): void {
    const before = this.objects.get(key);
    if (before) {
      this.store(key, { ...before, ...object, metadata: before.metadata }, 'MODIFIED');
    } else {
      this.create(key, object);
    }
  }

  /** Writes annotations, as an applier does that keeps its record there. */
  public annotate(key: string, annotations: { readonly [annotation: string]: string }): void {
    const object = this.objects.get(key)!;
    this.store(key, { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...annotations } } }, 'MODIFIED');
  }

  public remove(key: string): void {
    const object = this.objects.get(key);
    if (object) {
      this.objects.delete(key);
      this.announce(key, 'DELETED', { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.rv) } });
    }
  }

  /** Server-side apply of another hand, without preconditions. */
  public apply(key: string, manager: string, spec: KubeObject): void {
    const object = this.objects.get(key);
    if (object) {
      this.applyTo(key, object, manager, spec);
    }
  }

  public endWatches(): void {
    [...this.watchers].forEach(watcher => watcher.end());
  }

  /** Forgets old versions: whoever goes on from them is told 410. */
  public compact(): void {
    this.history = [];
  }

  private handle(request: HttpRequest, pathname: string, query: URLSearchParams): { status: number; body: object } {
    if (!pathname.includes('/namespaces/')) {
      const body = resourcesAt(pathname, this.customKinds);
      return body ? { status: 200, body } : { status: 404, body: { kind: 'Status', message: '404 page not found' } };
    }
    const [, plural, name, sub] = /\/namespaces\/shop\/([^/]+)\/?([^/]*)\/?(.*)$/.exec(pathname)!;
    const key = `${plural}/${name}`;
    const isDry = query.get('dryRun') === 'All';
    const body = request.body ? JSON.parse(request.body) : undefined;
    const failure = (status: number, message: string) => ({ status, body: { kind: 'Status', message } });
    if (plural === 'pods') {
      const labels = (query.get('labelSelector') ?? '').split(',').filter(Boolean).map(label => label.split('='));
      const all = this.pods.filter(pod => labels.every(([label, value]) => pod.metadata.labels?.[label] === value));
      const from = Number(query.get('continue') ?? 0);
      const until = from + Number(query.get('limit') ?? Infinity);
      const items = all.slice(from, until).map(withOwner);
      return { status: 200, body: { kind: 'PodList', metadata: until < all.length ? { continue: String(until) } : {}, items } };
    }
    if (plural === 'events') {
      if (this.events.some(event => event.metadata.name === body.metadata.name)) {
        return failure(409, 'events already exists');
      }
      if (!isDry) {
        this.events.push(body);
      }
      return { status: 201, body };
    }
    if (name === '') {
      return { status: 200, body: { kind: 'List', items: [...this.objects].filter(([each]) => each.startsWith(key)).map(([, each]) => each) } };
    }
    const object = this.objects.get(key);
    if (!object) {
      return body?.metadata?.uid ? failure(409, 'uid mismatch: no existing object was found') : failure(404, `${plural} "${name}" not found`);
    }
    const custom = this.customKinds.find(kind => kind.plural === plural);
    if (custom && sub === 'scale') {
      return request.method === 'GET' ? customScaleOf(object, custom) : this.scaleCustom(key, custom, request, query.get('fieldManager')!, isDry);
    }
    if (request.method === 'GET') {
      return { status: 200, body: sub === 'scale' ? scaleOf(object) : object };
    }
    if (sub === 'scale') {
      const by = query.get('fieldManager')!;
      return request.headers['content-type'] === 'application/apply-patch+yaml' ? this.holdScale(key, object, body, by) : this.scale(key, object, body, by, isDry);
    }
    const { uid, resourceVersion } = body.metadata;
    if (resourceVersion && resourceVersion !== object.metadata.resourceVersion || uid && uid !== object.metadata.uid) {
      return failure(409, 'the object has been modified');
    }
    const manager = query.get('fieldManager')!;
    if (request.headers['content-type'] === 'application/merge-patch+json') {
      const { resourceVersion: _, ...metadata } = body.metadata;
      const left = Object.entries({ ...object.metadata.annotations, ...metadata.annotations }).filter(([, value]) => value !== null);
      const annotations = Object.fromEntries(left);
      const entries = metadata.managedFields ?? saying(object.metadata.managedFields, manager, metadata.annotations ?? {});
      if (!isDry) {
        this.store(key, { ...object, metadata: { ...object.metadata, ...metadata, annotations, managedFields: entries } }, 'MODIFIED');
      }
      return { status: 200, body: this.objects.get(key)! };
    }
    const draft = { ...object.spec, ...body.spec };
    const bounds = [draft.minReplicas ?? draft.minReplicaCount ?? draft.replicas, draft.maxReplicas ?? draft.maxReplicaCount ?? Infinity];
    if (bounds[0] > bounds[1]) {
      return failure(422, 'spec.maxReplicas: Invalid value: must be greater than or equal to `minReplicas`');
    }
    if (isDry) {
      return { status: 200, body: object };
    }
    this.applyTo(key, annotated(object, manager, body.metadata.annotations ?? {}), manager, body.spec);
    return { status: 200, body: this.objects.get(key)! };
  }

  /** A server-side apply of a scale. */
  private holdScale(key: string, object: KubeObject, asked: KubeObject, manager: string): { status: number; body: object } {
    const { metadata, spec: { replicas } } = asked;
    if (metadata.resourceVersion !== object.metadata.resourceVersion) {
      return { status: 409, body: { kind: 'Status', message: 'the object has been modified' } };
    }
    this.accept(key, object, { ...object.spec, replicas }, { manager, operation: 'Apply', fields: ['replicas'] });
    return { status: 200, body: scaleOf(this.objects.get(key)) };
  }

  /** A write at the `/scale` of an object of a custom kind, as Kubernetes 1.36 does it. */
  private scaleCustom(key: string, kind: CustomKind, request: HttpRequest, manager: string, isDry: boolean): { status: number; body: object } {
    const object = this.objects.get(key)!;
    const refused = (status: number, message: string) => ({ status, body: { kind: 'Status', message } });
    if (request.headers['content-type'] === 'application/apply-patch+yaml') {
      return refused(500, 'failed to convert new object to proper version: request to convert CR to an invalid group/version: autoscaling/v1');
    }
    const field = kind.sizeField!;
    const size = sizeIn(JSON.parse(request.body!), object.spec[field]);
    if (size === undefined) {
      return refused(422, 'the server rejected our request due to an error in our request');
    }
    const spec = { ...object.spec, [field]: size };
    if (!isDry && size !== object.spec[field]) {
      // who writes is remembered only where somebody was before
      const isHeld = holdersOf(object, field).length > 0;
      const by: By = { manager, operation: 'Update', fields: [field], subresource: 'scale' };
      if (isHeld) {
        this.accept(key, object, spec, by);
      } else {
        this.store(key, { ...object, spec }, 'MODIFIED');
      }
    }
    return customScaleOf(isDry ? { ...object, spec } : this.objects.get(key), kind);
  }

  /** A merge patch of a scale, or the JSON patch of one: a test, and a value. */
  private scale(key: string, object: KubeObject, patch: KubeObject, manager: string, isDry: boolean): { status: number; body: object } {
    const { replicas } = object.spec;
    const [test, add] = Array.isArray(patch) ? patch : [{ path: '/spec/replicas', value: replicas }, { value: patch.spec.replicas }];
    if (test.path === '/spec' ? replicas !== 0 : test.value !== replicas) {
      return { status: 422, body: { kind: 'Status', message: 'the server rejected our request due to an error in our request' } };
    }
    if (!isDry) {
      this.accept(key, object, { ...object.spec, replicas: add.value }, { manager, operation: 'Update', fields: ['replicas'] });
      this.onScale(key, add.value);
    }
    const { resourceVersion } = this.objects.get(key)!.metadata;
    return { status: 200, body: { kind: 'Scale', metadata: { resourceVersion }, spec: { replicas: add.value } } };
  }

  private applyTo(key: string, object: KubeObject, manager: string, spec: KubeObject): void {
    const owned = fieldsOf(object, manager, 'Apply').filter(field => !(field in spec));
    const left = { ...object.spec };
    for (const field of owned) {
      if (!holdersOf(object, field).some(holder => holder.manager !== manager)) {
        delete left[field];
      }
    }
    const draft = { ...left, ...spec };
    if (object.kind === 'HorizontalPodAutoscaler' && draft.minReplicas === undefined) {
      draft.minReplicas = 1;
    }
    if (object.kind === 'HorizontalPodAutoscaler' && draft.maxReplicas === undefined) {
      throw new Error(`${manager} has removed the ceiling`);
    }
    this.accept(key, object, draft, { manager, operation: 'Apply', fields: Object.keys(spec) });
  }

  private accept(key: string, before: KubeObject, spec: KubeObject, by: By): void {
    if (JSON.stringify(sorted(spec)) === JSON.stringify(sorted(before.spec)) && by.operation === 'Update') {
      return;
    }
    const pods = this.objects.get('deployments/queue')?.spec.replicas;
    // whoever changes a value takes it from everybody else
    const changed = Object.keys({ ...spec, ...before.spec }).filter(field => JSON.stringify(spec[field]) !== JSON.stringify(before.spec[field]));
    const fields = by.operation === 'Update' ? changed : by.fields;
    const others = before.metadata.managedFields
      .filter((entry: KubeObject) => !(by.operation === 'Apply' && entry.manager === by.manager && entry.operation === 'Apply'))
      .map((entry: KubeObject) => without(entry, entry.manager === by.manager && entry.operation === by.operation ? [] : changed));
    this.store(key, { ...before, spec, metadata: { ...before.metadata, managedFields: others } }, 'MODIFIED', { ...by, fields });
    if (key !== GUARDS) {
      this.writes.push({ at: this.time.now(), manager: by.manager, what: key, before, after: this.objects.get(key)!, pods });
    }
  }

  private store(key: string, object: KubeObject, type: string, by?: By): void {
    const time = new Date(this.clockMs + this.time.now()).toISOString();
    const entries: KubeObject[] = by ? merged(object.metadata.managedFields ?? [], by, time) : object.metadata.managedFields ?? [];
    const stored = { ...object, metadata: { ...object.metadata, managedFields: entries, resourceVersion: String(++this.rv) } };
    this.objects.set(key, stored);
    this.announce(key, type, stored);
  }

  private announce(key: string, type: string, object: KubeObject): void {
    const line = JSON.stringify({ type, object });
    this.history.push({ rv: this.rv, key, line });
    if (!this.deadWatches) {
      [...this.watchers].filter(watcher => watcher.key === key).forEach(watcher => watcher.send(line));
    }
  }

  private async watch(
    request: HttpRequest, pathname: string, query: URLSearchParams, answer: (status: number, body: object | string) => HttpAnswer,
  ): Promise<HttpAnswer> {
    const plural = pathname.split('/').pop()!;
    const key = `${plural}/${query.get('fieldSelector')!.replace('metadata.name=', '')}`;
    const from = query.get('resourceVersion');
    const started = answer(200, '');
    if (!request.onLine) {
      return started;
    }
    if (from === null) {
      const object = this.objects.get(key);
      if (object) {
        request.onLine(JSON.stringify({ type: 'ADDED', object }));
      }
    } else if (this.history.length === 0 || Number(from) < this.history[0].rv - 1) {
      request.onLine(JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410, message: 'too old resource version' } }));
      return started;
    } else if (!this.deadWatches) {
      this.history.filter(entry => entry.key === key && entry.rv > Number(from)).forEach(entry => request.onLine!(entry.line));
    }
    const end = new AbortController();
    const watcher = { key, send: (line: string) => request.onLine!(line), end: () => end.abort() };
    this.watchers.add(watcher);
    const abort = () => end.abort();
    request.signal?.addEventListener('abort', abort);
    await this.time.sleep(Number(query.get('timeoutSeconds')) * 1_000, end.signal);
    this.watchers.delete(watcher);
    request.signal?.removeEventListener('abort', abort);
    return started;
  }
}

interface By {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly fields: readonly string[];
  readonly subresource?: string;
}

/** What an apply makes of the annotations: it sets its own, and takes back those that it held and leaves out. */
function annotated(object: KubeObject, manager: string, annotations: KubeObject): KubeObject {
  const { managedFields, annotations: before = {} } = object.metadata;
  const held = managedFields.filter((entry: KubeObject) => entry.manager === manager)
    .flatMap((entry: KubeObject) => Object.keys(entry.fieldsV1['f:metadata']?.['f:annotations'] ?? {}).map(key => key.slice(2)));
  const left = Object.fromEntries(Object.entries(before).filter(([key]) => !held.includes(key)));
  const others = managedFields.filter((entry: KubeObject) => entry.fieldsV1['f:metadata'] === undefined);
  const fields = Object.fromEntries(Object.keys(annotations).map(key => [`f:${key}`, {}]));
  // an entry beside that of the spec
  const entry = { manager, operation: 'Apply annotations', fieldsV1: { 'f:metadata': { 'f:annotations': fields }, 'f:spec': {} } };
  const entries = Object.keys(annotations).length > 0 ? [...others, entry] : others;
  return { ...object, metadata: { ...object.metadata, annotations: { ...left, ...annotations }, managedFields: entries } };
}

/** What has no owner of its own is taken for a pod of the Deployment. */
function withOwner(pod: KubeObject): KubeObject {
  const { labels } = pod.metadata;
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'queue-5d9c7', controller: true }];
  return pod.metadata.ownerReferences ? pod : { ...pod, metadata: { ownerReferences, ...pod.metadata, labels: { 'pod-template-hash': '5d9c7', ...labels } } };
}

function scaleOf({ metadata, spec, status = {} }: KubeObject): KubeObject {
  const labels = Object.entries(spec.selector?.matchLabels ?? {}).map(([label, value]) => `${label}=${value}`).join(',');
  return {
    kind: 'Scale', metadata, spec: { replicas: spec.replicas }, status: { replicas: status.replicas, selector: status.selector ?? labels },
  };
}

/** An autoscaler as its manifest has it. */
export function autoscaler(spec: KubeObject): KubeObject {
  return { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', spec };
}

export function deployment(replicas: number, readyReplicas = replicas): KubeObject {
  return {
    apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas, selector: { matchLabels: { app: 'queue' } } }, status: { replicas, readyReplicas },
  };
}

export function configMap(data: { [key: string]: string }): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', data };
}

export function holdersOf(object: KubeObject, field: string): KubeObject[] {
  return object.metadata.managedFields.filter((entry: KubeObject) => entry.fieldsV1['f:spec'][`f:${field}`]);
}

function fieldsOf(object: KubeObject, manager: string, operation: string): string[] {
  const entry = object.metadata.managedFields.find((e: KubeObject) => e.manager === manager && e.operation === operation);
  return Object.keys(entry?.fieldsV1['f:spec'] ?? {}).map(field => field.slice(2));
}

function merged(entries: KubeObject[], { manager, operation, fields, subresource }: By, time: string): KubeObject[] {
  const own = entries.find(entry => entry.manager === manager && entry.operation === operation);
  const all = new Set([...Object.keys(own?.fieldsV1['f:spec'] ?? {}), ...fields.map(field => `f:${field}`)]);
  const entry = { manager, operation, time, subresource, fieldsV1: { 'f:spec': Object.fromEntries([...all].map(field => [field, {}])) } };
  return [...entries.filter(other => other !== own), entry];
}

function without(entry: KubeObject, fields: string[]): KubeObject {
  const left = Object.entries(entry.fieldsV1['f:spec']).filter(([field]) => !fields.includes(field.slice(2)));
  return { ...entry, fieldsV1: { ...entry.fieldsV1, 'f:spec': Object.fromEntries(left) } };
}

function sorted(object: KubeObject): KubeObject {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => a < b ? -1 : 1));
}
