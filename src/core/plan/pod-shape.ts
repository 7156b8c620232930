import { parseQuantity } from './quantity';

/**
 * What a pod's template says of one pod: what it asks for, which container does the work, and when it is Ready.
 *
 * The template is as parsed and nobody has checked it; the API server's defaults are in what is read here.
 */

/** What is read of a container. */
export interface ParsedContainer {
  readonly name?: string;
  readonly image?: string;
  readonly imagePullPolicy?: string;
  /** Of an init container only: `Always` makes it a sidecar. */
  readonly restartPolicy?: string;
  readonly resources?: ParsedResources;
  readonly ports?: readonly ParsedPort[];
  readonly startupProbe?: ParsedProbe;
  readonly readinessProbe?: ParsedProbe;
  readonly livenessProbe?: ParsedProbe;
  readonly lifecycle?: { readonly preStop?: any };
}

export interface ParsedResources {
  readonly requests?: { readonly [resource: string]: unknown };
  readonly limits?: { readonly [resource: string]: unknown };
}

interface ParsedPort {
  readonly name?: string;
  readonly containerPort?: number;
}

interface ParsedProbe {
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly failureThreshold?: number;
  readonly successThreshold?: number;
}

/** What is read of a pod's `spec`. */
export interface ParsedPod {
  readonly containers?: unknown;
  readonly initContainers?: unknown;
  /** Of the pod as a whole, in force from Kubernetes 1.34 on. */
  readonly resources?: ParsedResources;
  /** What the pod's runtime class costs beside its containers. */
  readonly overhead?: { readonly [resource: string]: unknown };
  readonly terminationGracePeriodSeconds?: number;
}

/** What is read of the template of a workload's pods. */
export interface ParsedTemplate {
  readonly metadata?: {
    readonly labels?: { readonly [label: string]: string };
    readonly annotations?: { readonly [name: string]: string };
  };
  readonly spec?: ParsedPod;
}

// ---- which containers there are

/** The containers of a list; empty where it is no list. */
export function containersIn(list: unknown): ParsedContainer[] {
  return Array.isArray(list) ? list.filter(container => container && typeof container === 'object') : [];
}

/** Whether an init container runs beside the others for as long as the pod does. */
export function isSidecar({ restartPolicy }: ParsedContainer): boolean {
  return restartPolicy === 'Always';
}

/** The containers that run while a pod serves: its containers, and its sidecars. */
export function runningContainersOf(pod: ParsedPod): ParsedContainer[] {
  return [...containersIn(pod.containers), ...containersIn(pod.initContainers).filter(isSidecar)];
}

// ---- what one pod asks for

/** A resource that a pod can ask for as a whole. */
export type PodResource = 'cpu' | 'memory';

/** What one container asks for; a missing request is its limit, as the API server has it. */
export function containerRequestOf({ resources }: ParsedContainer, resource: PodResource): number | undefined {
  return parseQuantity(resources?.requests?.[resource]) ?? parseQuantity(resources?.limits?.[resource]);
}

/**
 * What one pod asks for, in cores or bytes, as the scheduler reserves it and a quota counts it; undefined where it asks for none.
 *
 * The same as `PodRequests` of k8s.io/component-helpers/resource: containers and sidecars together, or the most that start-up needs at a
 * time where that is more; what the pod asks for as a whole overrides both, and the overhead of its runtime class is added.
 */
export function podRequestOf(pod: ParsedPod, resource: PodResource): number | undefined {
  // a pod that has only a limit as a whole asks for what its containers ask for, and where they do not, for that limit
  const asked = parseQuantity(pod.resources?.requests?.[resource])
    ?? aggregateOf(pod, container => containerRequestOf(container, resource))
    ?? parseQuantity(pod.resources?.limits?.[resource]);
  return plus(asked, parseQuantity(pod.overhead?.[resource]));
}

/**
 * The most that one pod may use, in cores or bytes, as a quota counts it; undefined where nothing limits it.
 *
 * The same as `PodLimits` of k8s.io/component-helpers/resource; a container without a limit counts as none.
 */
export function podLimitOf(pod: ParsedPod, resource: PodResource): number | undefined {
  const limit = (holder: { readonly resources?: ParsedResources }) => parseQuantity(holder.resources?.limits?.[resource]);
  const ofAll = limit(pod) ?? aggregateOf(pod, limit);
  return ofAll ? plus(ofAll, parseQuantity(pod.overhead?.[resource])) : ofAll;
}

/**
 * What an autoscaler measures a pod's use of a resource against; undefined where it cannot, and adds no pod by that metric.
 *
 * The same as `calculateRequests` of the HPA's controller: one container's request where the metric names one; what the pod asks for where
 * it asks as a whole; else the sum over containers and sidecars, each of which must ask for something.
 */
export function measuredRequestOf(pod: ParsedPod, resource: PodResource, container?: string): number | undefined {
  if (container === undefined && asksAsWhole(pod)) {
    return podRequestOf(pod, resource);
  }
  const measured = runningContainersOf(pod).filter(({ name }) => container === undefined || name === container);
  return measured.length === 0 ? undefined
    : measured.map(one => containerRequestOf(one, resource)).reduce((sum, one) => sum === undefined || one === undefined ? undefined : sum + one, 0);
}

/** The containers without which an autoscaler could measure a resource: those that ask for none of it. */
export function unmeasuredContainersOf(pod: ParsedPod, resource: PodResource, container?: string): ParsedContainer[] {
  return measuredRequestOf(pod, resource, container) !== undefined ? []
    : runningContainersOf(pod)
      .filter(({ name }) => container === undefined || name === container)
      .filter(one => containerRequestOf(one, resource) === undefined);
}

/** Whether a pod asks for anything as a whole, be it by a limit: the API server makes a request of that. */
function asksAsWhole({ resources }: ParsedPod): boolean {
  return Object.keys({ ...resources?.requests, ...resources?.limits }).some(name => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-'));
}

/** Containers and sidecars together, or the most that starting needs at a time: an init container beside the sidecars before it. */
function aggregateOf(pod: ParsedPod, amountOf: (container: ParsedContainer) => number | undefined): number | undefined {
  let running: number | undefined;
  for (const container of containersIn(pod.containers)) {
    running = plus(running, amountOf(container));
  }
  let sidecars: number | undefined;
  let starting: number | undefined;
  for (const container of containersIn(pod.initContainers)) {
    const amount = amountOf(container);
    if (isSidecar(container)) {
      running = plus(running, amount);
      sidecars = plus(sidecars, amount);
    }
    starting = most(starting, isSidecar(container) ? sidecars : plus(sidecars, amount));
  }
  return most(running, starting);
}

function plus(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? a ?? b : a + b;
}

function most(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? a ?? b : Math.max(a, b);
}

// ---- which container does the work

/** kubectl's own word for the container that people mean. */
const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

/** Containers that serve others of their pod, by the names that their injectors and charts give them. */
const KNOWN_SIDECARS: ReadonlySet<string> = new Set([
  // proxies of service meshes: Istio, Linkerd, AWS App Mesh, Consul, Kuma, Knative, Dapr
  'istio-proxy', 'linkerd-proxy', 'envoy', 'envoy-sidecar', 'consul-dataplane', 'kuma-sidecar', 'queue-proxy', 'daprd',
  // ways to databases, secrets and logins
  'cloud-sql-proxy', 'cloudsql-proxy', 'vault-agent', 'oauth2-proxy',
  // logs, metrics and traces
  'fluent-bit', 'fluentd', 'filebeat', 'promtail', 'vector', 'datadog-agent', 'jaeger-agent', 'otc-container', 'otel-collector', 'xray-daemon',
]);

/** What is read of a Service's `spec`. */
export interface ParsedService {
  readonly selector?: { readonly [label: string]: string };
  readonly ports?: readonly { readonly port?: number; readonly targetPort?: number | string }[];
}

/** The ports of a pod, by number or name, to which Services of its namespace send requests. */
export function servedPortsOf({ metadata }: ParsedTemplate, services: readonly ParsedService[]): (number | string)[] {
  const labels = metadata?.labels ?? {};
  return services
    .filter(({ selector = {} }) => Object.keys(selector).length > 0 && Object.entries(selector).every(([label, value]) => labels[label] === value))
    .flatMap(({ ports }) => (Array.isArray(ports) ? ports as NonNullable<ParsedService['ports']> : []).flatMap(({ port, targetPort }) => targetPort || port || []));
}

/**
 * The container that does the work of a pod; undefined where there is none at all.
 *
 * The one that the annotation `kubectl.kubernetes.io/default-container` names, else the first that has a served port, else the first that is
 * no known sidecar.
 */
export function servingContainerOf({ metadata, spec = {} }: ParsedTemplate, servedPorts: readonly (number | string)[]): ParsedContainer | undefined {
  const containers = containersIn(spec.containers);
  const named = metadata?.annotations?.[DEFAULT_CONTAINER];
  const isServed = (port: number | string | undefined) => port !== undefined && servedPorts.includes(port);
  const serves = ({ ports = [] }: ParsedContainer) => ports.some(({ name, containerPort }) => isServed(name) || isServed(containerPort));
  return containers.find(({ name }) => named !== undefined && name === named)
    ?? containers.find(serves)
    ?? containers.find(({ name = '' }) => !KNOWN_SIDECARS.has(name))
    ?? containers[0];
}

// ---- when a pod is Ready

/** A probe, with the API server's defaults. */
export interface Probe {
  readonly initialDelaySeconds: number;
  readonly periodSeconds: number;
  readonly failureThreshold: number;
  readonly successThreshold: number;
}

/** The probes that decide when a container has started, is Ready, and is killed. */
export interface Probes {
  /** Until it succeeds, neither of the others begins. */
  readonly startupProbe?: Probe;
  /** A pod is Ready while it succeeds; absent: from the container's start on. */
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
}

/** The probes of a container; those that it does not have are left out. */
export function probesOf(container: ParsedContainer): Probes {
  return Object.fromEntries((['startupProbe', 'readinessProbe', 'livenessProbe'] as const).flatMap(name => {
    const probe = container[name];
    return probe ? [[name, probeOf(probe)]] : [];
  }));
}

/** The API server takes a 0 for a field that is not there. */
function probeOf({ initialDelaySeconds, periodSeconds, failureThreshold, successThreshold }: ParsedProbe): Probe {
  return {
    initialDelaySeconds: initialDelaySeconds || 0,
    periodSeconds: periodSeconds || 10,
    failureThreshold: failureThreshold || 3,
    successThreshold: successThreshold || 1,
  };
}
