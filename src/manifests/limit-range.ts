import { Manifest } from './manifest';
import { ParsedContainer, ParsedPod, ParsedResources, containersIn, podLimitOf, podRequestOf } from '../core/plan/pod-shape';
import { parseQuantity } from '../core/plan/quantity';

/**
 * What the LimitRanges of a namespace do to pods: they fill in what containers leave out, and refuse what they do not allow.
 *
 * The same as the LimitRanger of Kubernetes' admission, after the API server's own defaults.
 */

type Amounts = { readonly [resource: string]: unknown };

/** What is read of an entry of a LimitRange; nobody has checked it. */
interface LimitItem {
  readonly type?: string;
  readonly default?: Amounts;
  readonly defaultRequest?: Amounts;
  readonly max?: Amounts;
  readonly min?: Amounts;
  readonly maxLimitRequestRatio?: Amounts;
}

/** Why a pod is refused. */
export interface Refusal {
  readonly limitRange: Manifest;
  /** Its entry. */
  readonly index: number;
  /** Goes on after the name of whose pods they are. */
  readonly sentence: string;
}

/** The pod as it is admitted: with the defaults of LimitRanges where a container says nothing. */
export function withDefaults(pod: ParsedPod, limitRanges: readonly Manifest[]): ParsedPod {
  const items = limitRanges.flatMap(itemsOf).filter(({ type }) => type === 'Container');
  const filled = (list: unknown) => containersIn(list).map(container => items.reduce(fill, withOwnDefaults(container)));
  return { ...pod, containers: filled(pod.containers), initContainers: filled(pod.initContainers) };
}

/** All for which LimitRanges refuse a pod that has its defaults. */
export function refusalsOf(pod: ParsedPod, limitRanges: readonly Manifest[]): Refusal[] {
  const containers = [...containersIn(pod.initContainers), ...containersIn(pod.containers)];
  const whole = (of: typeof podRequestOf) => (resource: string) => resource === 'cpu' || resource === 'memory' ? of(pod, resource) : undefined;
  return limitRanges.flatMap(limitRange => itemsOf(limitRange).flatMap((item, index) => {
    const said = item.type === 'Container'
      ? containers.flatMap(({ name, resources }) => {
        const [requestOf, limitOf] = [amountOf(resources?.requests), amountOf(resources?.limits)];
        return [...breaches(item, requestOf, limitOf), ...contradictions(item, requestOf, limitOf)].map(breach => `container '${name}' ${breach}`);
      })
      : item.type === 'Pod' ? breaches(item, whole(podRequestOf), whole(podLimitOf)).map(breach => `a pod ${breach}`) : [];
    return said.map(sentence => ({ limitRange, index, sentence }));
  }));
}

function itemsOf({ object }: Manifest): LimitItem[] {
  return Array.isArray(object.spec?.limits) ? object.spec.limits : [];
}

/** The API server takes a missing request for the limit. */
function withOwnDefaults(container: ParsedContainer): ParsedContainer {
  const { requests, limits } = container.resources ?? {};
  return { ...container, resources: { limits: { ...limits }, requests: { ...limits, ...requests } } };
}

/** A missing default is the maximum, a missing default of requests is that of limits, or the minimum. */
function fill(container: ParsedContainer, item: LimitItem): ParsedContainer {
  const limits = { ...item.max, ...item.default };
  const requests = { ...item.min, ...limits, ...item.defaultRequest };
  const resources: ParsedResources = {
    limits: { ...limits, ...container.resources?.limits }, requests: { ...requests, ...container.resources?.requests },
  };
  return { ...container, resources };
}

/** A container that says its request alone is given a limit, which may be lower. */
function contradictions(item: LimitItem, requestOf: AmountOf, limitOf: AmountOf): string[] {
  return Object.keys(item.default ?? {})
    .filter(resource => (requestOf(resource) ?? 0) > (limitOf(resource) ?? Infinity))
    .map(resource => `requests more ${resource} than the limit that it is given, ${item.default![resource]}`);
}

type AmountOf = (resource: string) => number | undefined;

function amountOf(amounts: Amounts | undefined): AmountOf {
  return resource => parseQuantity(amounts?.[resource]);
}

function breaches({ min = {}, max = {}, maxLimitRequestRatio = {} }: LimitItem, requestOf: AmountOf, limitOf: AmountOf): string[] {
  const each = (bounds: Amounts, breach: (resource: string, bound: number, request?: number, limit?: number) => string | undefined) =>
    Object.entries(bounds).flatMap(([resource, bound]) =>
      breach(resource, parseQuantity(bound) ?? NaN, requestOf(resource), limitOf(resource)) ?? []);
  return [
    ...each(min, (resource, bound, request, limit) => request === undefined
      ? `requests no ${resource}, and must request at least ${min[resource]}`
      : request < bound || (limit !== undefined && limit < bound) ? `has less ${resource} than the least, ${min[resource]}` : undefined),
    ...each(max, (resource, bound, request, limit) => limit === undefined
      ? `has no limit of ${resource}, and may have at most ${max[resource]}`
      : limit > bound || (request !== undefined && request > bound) ? `has more ${resource} than the most, ${max[resource]}` : undefined),
    ...each(maxLimitRequestRatio, (resource, bound, request, limit) => {
      if (!request || !limit) {
        return `needs a request and a limit of ${resource}, whose ratio may be at most ${maxLimitRequestRatio[resource]}`;
      }
      return limit / request > bound * (1 + 1e-9)
        ? `has a limit of ${resource} that is ${Math.round(limit / request * 100) / 100} times its request, and may be at most ${maxLimitRequestRatio[resource]} times`
        : undefined;
    }),
  ];
}
