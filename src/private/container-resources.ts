import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';

/** What a pod asks for, and at most gets. */
export type Resources = kplus.ContainerResources & {
  readonly cpu: Pair<kplus.Cpu>;
  readonly memory: Required<Pair<Size>>;
};

/** A request, and the limit; absent: none. */
interface Pair<T> {
  readonly request: T;
  readonly limit?: T;
}

/** What a service asks for that says no more than its CPU and memory. */
export function serviceResources(
  { cpu = kplus.Cpu.units(1), memory = Size.gibibytes(1) }: { readonly cpu?: kplus.Cpu; readonly memory?: Size },
): Resources {
  return { cpu: { request: cpu }, memory: { request: memory, limit: memory } };
}

/**
 * Resources field by field over defaults.
 *
 * Where one side of a pair is given, the other gives way to it: a request is never above its limit.
 *
 * @param path of the prop that gives them, such as `container.resources`
 */
export function resourcesOver(defaults: Resources, path: string, given: kplus.ContainerResources = {}): Resources {
  const { cpu, memory, ephemeralStorage } = given;
  const resources = {
    cpu: pairOver(defaults.cpu, cpu, millisOf),
    memory: pairOver(defaults.memory, memory, kibibytesOf) as Required<Pair<Size>>,
    ephemeralStorage,
  };
  refuseAbove(`${path}.cpu`, resources.cpu, millisOf, canonicalCpu);
  refuseAbove(`${path}.memory`, resources.memory, kibibytesOf, canonicalSize);
  return resources;
}

function pairOver<T>(defaults: Pair<T>, { request, limit }: Partial<Pair<T>> = {}, amountOf: (value: T) => number): Pair<T> {
  return {
    request: request ?? (limit && amountOf(limit) < amountOf(defaults.request) ? limit : defaults.request),
    limit: limit ?? (defaults.limit && request && amountOf(request) > amountOf(defaults.limit) ? request : defaults.limit),
  };
}

function refuseAbove<T>(path: string, { request, limit }: Pair<T>, amountOf: (value: T) => number, shown: (value: T) => string): void {
  if (limit && amountOf(request) > amountOf(limit)) {
    throw new Error(`'${path}.request' (${shown(request)}) must be at most its limit (${shown(limit)})`);
  }
}

/** Quantities in the form in which the API server keeps them; the value is one deeper in cdk8s-plus's objects than in the manifest. */
export function canonicalResources({ cpu, memory, ephemeralStorage }: Resources): object {
  const side = (name: 'request' | 'limit') => Object.fromEntries([
    ['cpu', cpu[name] && canonicalCpu(cpu[name])],
    ['memory', memory[name] && canonicalSize(memory[name])],
    ['ephemeral-storage', ephemeralStorage?.[name] && canonicalSize(ephemeralStorage[name])],
  ].filter(([, value]) => value !== undefined).map(([resource, value]) => [resource, { value }]));
  return { requests: side('request'), limits: side('limit') };
}

/** `1` for 1000m and `250m` for 0.25. */
function canonicalCpu(cpu: kplus.Cpu): string {
  const millis = millisOf(cpu);
  return millis % 1000 === 0 ? `${millis / 1000}` : `${millis}m`;
}

/** `1Gi` for 1024Mi. */
export function canonicalSize(size: Size): string {
  let [value, unit] = [size.toMebibytes(), 0];
  for (; value % 1024 === 0 && unit < 2; unit++) {
    value /= 1024;
  }
  return `${value}${['Mi', 'Gi', 'Ti'][unit]}`;
}

function millisOf({ amount }: kplus.Cpu): number {
  return amount.endsWith('m') ? Number(amount.slice(0, -1)) : Math.round(Number(amount) * 1000);
}

export function kibibytesOf(size: Size): number {
  return size.toKibibytes();
}
