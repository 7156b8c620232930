import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';

/** What a pod asks for, and at most gets. */
export type Resources = Required<Pick<kplus.ContainerResources, 'cpu' | 'memory'>> & kplus.ContainerResources;

/**
 * Resources field by field over `cpu` and `memory`.
 *
 * Where one side of a pair is given, the other gives way to it: a request is never above its limit.
 */
export function resourcesOver(
  { cpu = kplus.Cpu.units(1), memory = Size.gibibytes(1) }: { readonly cpu?: kplus.Cpu; readonly memory?: Size },
  given: kplus.ContainerResources = {},
): Resources {
  const { cpu: ofCpu = {}, memory: ofMemory = {}, ephemeralStorage } = given;
  const resources = {
    cpu: {
      request: ofCpu.request ?? (ofCpu.limit && millisOf(ofCpu.limit) < millisOf(cpu) ? ofCpu.limit : cpu),
      limit: ofCpu.limit,
    },
    memory: {
      request: ofMemory.request ?? (ofMemory.limit && kibibytesOf(ofMemory.limit) < kibibytesOf(memory) ? ofMemory.limit : memory),
      limit: ofMemory.limit ?? (ofMemory.request && kibibytesOf(ofMemory.request) > kibibytesOf(memory) ? ofMemory.request : memory),
    },
    ephemeralStorage,
  };
  const { request, limit } = resources.cpu;
  if (limit && millisOf(request) > millisOf(limit)) {
    throw new Error(`'container.resources.cpu.request' (${canonicalCpu(request)}) must be at most its limit (${canonicalCpu(limit)})`);
  }
  if (kibibytesOf(resources.memory.request) > kibibytesOf(resources.memory.limit)) {
    throw new Error(`'container.resources.memory.request' (${canonicalSize(resources.memory.request)}) must be at most its limit (${
      canonicalSize(resources.memory.limit)})`);
  }
  return resources;
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
function canonicalSize(size: Size): string {
  let [value, unit] = [size.toMebibytes(), 0];
  for (; value % 1024 === 0 && unit < 2; unit++) {
    value /= 1024;
  }
  return `${value}${['Mi', 'Gi', 'Ti'][unit]}`;
}

function millisOf({ amount }: kplus.Cpu): number {
  return amount.endsWith('m') ? Number(amount.slice(0, -1)) : Math.round(Number(amount) * 1000);
}

function kibibytesOf(size: Size): number {
  return size.toKibibytes();
}
