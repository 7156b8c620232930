import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Resources, canonicalSize, kibibytesOf, resourcesOver } from './container-resources';
import { KeeperOptions } from '../keeper-options';

/** Nobody, as in distroless images; Docker Hub's node image would run as root. */
const NOBODY = 65532;

/** Quotas reject pods without; starting node is what takes CPU. Limits of CPU above ten times the request are refused in many namespaces. */
const RESOURCES: Resources = {
  cpu: { request: kplus.Cpu.millis(50), limit: kplus.Cpu.millis(500) },
  memory: { request: Size.mebibytes(64), limit: Size.mebibytes(128) },
};

/** What the keeper may need, node included, where thousands of pods are not ready. */
const LEAST_MEMORY = Size.mebibytes(96);

/** What the keeper's container asks for, and at most gets. */
export function keeperResources({ resources }: Pick<KeeperOptions, 'resources'>): Resources {
  const all = resourcesOver(RESOURCES, 'keeper.resources', resources);
  if (kibibytesOf(all.memory.limit) < kibibytesOf(LEAST_MEMORY)) {
    throw new Error(`'keeper.resources.memory.limit' (${canonicalSize(all.memory.limit)}) must be at least ${canonicalSize(LEAST_MEMORY)}, which the keeper `
      + 'may need where thousands of pods are not ready');
  }
  return all;
}

/** Of the memory that the container gets; the rest is for node itself, its buffers and its code. */
const HEAP_SHARE = 3 / 8;

/**
 * What `node` is started with: without it, its heap may grow beyond what the container gets, and the kernel kills the keeper.
 *
 * V8 derives from it how early it sweeps what a page of a list has left. It stands before the file, which images that run `node` by themselves take
 * as well as those that look for a command.
 */
export function nodeFlags(options: Pick<KeeperOptions, 'resources'>): string[] {
  const mebibytes = kibibytesOf(keeperResources(options).memory.limit) / 1024;
  return [`--max-heap-size=${Math.floor(mebibytes * HEAP_SHARE)}`];
}

/** As whom a keeper's pod runs; of a platform that assigns users, nothing is said. */
export function keeperUser({ runAsUser, platformAssignsUser }: Pick<KeeperOptions, 'runAsUser' | 'platformAssignsUser'>): PodUser {
  if (platformAssignsUser && runAsUser !== undefined) {
    throw new Error(`'keeper.runAsUser' (${runAsUser}) and 'keeper.platformAssignsUser' exclude each other; leave out the one that is not meant`);
  }
  const user = runAsUser ?? NOBODY;
  return platformAssignsUser ? {} : { runAsUser: user, runAsGroup: user };
}

/** As in the security context of a pod. */
interface PodUser {
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
}
