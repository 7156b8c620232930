import { Assumptions } from './assumptions';
import { RehearsedWorkload } from './types';

/** Nodes that came together and hold the same; seconds are those of the run. */
export interface NodeGroup {
  count: number;
  used: number;
  readonly readyAt: number;
  /** When each revision's image is, or will be, present; absent: nobody has asked for it. */
  readonly imageAt: Map<number, number>;
}

/** What the registry does over time; seconds are those of the run. */
export interface Registry {
  /** Times that a pull takes longer. */
  slowness(second: number): number;
  /** When it answers again; the same second if it does. */
  answersAt(second: number): number;
}

/** A pod's way onto a node, and the image's. */
export interface Placement {
  readonly group: NodeGroup;
  readonly pods: number;
  /** When the image is there. */
  readonly imageAt: number;
}

/** Nodes: how many pods fit, where they go, when more nodes come, when images are there. */
export class Nodes {
  public readonly podsPerNode: number;
  private groups: NodeGroup[];
  private readonly orders: { count: number; readyAt: number }[] = [];
  private idleSince: number | undefined;
  /** What stands ready is never given back. */
  private readonly least: number;

  constructor(
    private readonly workload: RehearsedWorkload, private readonly assumed: Assumptions, private readonly registry: Registry,
    basePods: number, private readonly most: number,
  ) {
    const usable = 1 - assumed.nodeReservedPercent / 100;
    const byCpu = workload.reservedCpuMillis ? assumed.nodeCpuMillis * usable / workload.reservedCpuMillis : 110;
    const byMemory = workload.reservedMemoryMiB ? assumed.nodeMemoryMiB * usable / workload.reservedMemoryMiB : 110;
    // 110 is the kubelet's own limit
    this.podsPerNode = workload.isAlone ? 1 : Math.max(1, Math.floor(Math.min(byCpu, byMemory, 110)));
    const count = Math.max(this.needed(basePods), assumed.nodesAtStart || this.needed(basePods) + 1);
    this.least = count;
    const warm = Math.min(count, Math.max(1, basePods));
    const start = (nodes: number, used: number, images: [number, number][]) => ({ count: nodes, used, readyAt: -Infinity, imageAt: new Map(images) });
    this.groups = [start(warm, basePods, [[1, -Infinity]]), start(count - warm, 0, [])].filter(group => group.count > 0);
  }

  /** Nodes that are there, Ready or not yet. */
  public count(): number {
    return this.groups.reduce((sum, { count }) => sum + count, 0);
  }

  /** Nodes for so many pods. */
  public needed(pods: number): number {
    return Math.ceil(pods / this.podsPerNode);
  }

  /** The group with the pods that have been there from the start. */
  public first(): NodeGroup {
    return this.groups[0];
  }

  /** Nodes that were ordered and are Ready now join; returns how many. */
  public arrive(second: number): number {
    let arrived = 0;
    while (this.orders.length > 0 && this.orders[0].readyAt <= second) {
      const { count, readyAt } = this.orders.shift()!;
      this.groups.push({ count, used: 0, readyAt, imageAt: new Map() });
      arrived += count;
    }
    return arrived;
  }

  /** Puts pods where there is room, in proportion to it; returns where, which may be fewer pods than asked. */
  public place(pods: number, revision: number, second: number): Placement[] {
    const free = this.groups.map(group => Math.max(0, group.count * this.podsPerNode - group.used));
    const room = free.reduce((sum, slots) => sum + slots, 0);
    let left = Math.min(pods, room);
    const placements: Placement[] = [];
    for (let i = 0, rest = room; i < free.length && left > 0; i++) {
      const share = Math.min(free[i], Math.ceil(left * free[i] / rest));
      rest -= free[i];
      left -= share;
      if (share > 0) {
        const group = this.nodesFor(this.groups[i], share, revision);
        group.used += share;
        placements.push({ group, pods: share, imageAt: this.imageAt(group, revision, second) });
      }
    }
    return placements;
  }

  /** Orders nodes for pods that found no room; returns how many. */
  public order(waiting: number, second: number): number {
    const ordered = this.orders.reduce((sum, { count }) => sum + count, 0);
    const count = Math.min(this.needed(waiting) - ordered, this.most - this.count() - ordered);
    const last = this.orders[this.orders.length - 1];
    const readyAt = second + this.assumed.nodeProvisionSeconds;
    if (count <= 0) {
      return 0;
    }
    if (last && readyAt - last.readyAt < this.assumed.nodeBatchSeconds) {
      last.count += count;
    } else {
      this.orders.push({ count, readyAt });
    }
    return count;
  }

  /** Two groups that hold the same become one. */
  public join(group: NodeGroup, other: NodeGroup): void {
    group.count += other.count;
    group.used += other.used;
    this.groups = this.groups.filter(each => each !== other);
  }

  /** Gives back what has been too much for long enough; which pods stand where is not looked at. Returns how many. */
  public giveBack(pods: number, second: number): number {
    const surplus = this.count() - Math.max(this.least, this.needed(pods) + 1);
    if (surplus <= 0) {
      this.idleSince = undefined;
      return 0;
    }
    this.idleSince ??= second;
    if (second - this.idleSince < this.assumed.nodeIdleSeconds) {
      return 0;
    }
    let left = surplus;
    for (let i = this.groups.length - 1; i >= 0 && left > 0; i--) {
      const group = this.groups[i];
      const removed = Math.min(left, Math.max(0, group.count - this.needed(group.used)));
      group.count -= removed;
      left -= removed;
    }
    this.groups = this.groups.filter((group, i) => i === 0 || group.count > 0 || group.used > 0);
    return surplus - left;
  }

  /** Only as many nodes of a fresh group pull an image as there are pods for them. */
  private nodesFor(group: NodeGroup, pods: number, revision: number): NodeGroup {
    if (group.imageAt.has(revision) || group.used > 0 || pods >= group.count) {
      return group;
    }
    const some: NodeGroup = { count: pods, used: 0, readyAt: group.readyAt, imageAt: new Map(group.imageAt) };
    group.count -= pods;
    this.groups.push(some);
    return some;
  }

  private imageAt(group: NodeGroup, revision: number, second: number): number {
    const present = group.imageAt.get(revision);
    if (present !== undefined) {
      // "Always" asks the registry even for an image that is there
      return Math.max(present, this.workload.imagePullPolicy === 'Always' ? this.registryAt(second) : -Infinity);
    }
    const { imageMiB, pullMiBPerSecond, unpackPercent } = this.assumed;
    const begins = this.registryAt(second);
    const at = begins + imageMiB / pullMiBPerSecond * (1 + unpackPercent / 100) * this.registry.slowness(begins);
    group.imageAt.set(revision, at);
    return at;
  }

  /** When a kubelet that asks now, and backs off while it gets no answer, gets one. */
  private registryAt(second: number): number {
    const answersAt = this.registry.answersAt(second);
    let at = second;
    for (let wait = 10; at < answersAt; wait = Math.min(300, wait * 2)) {
      at += wait;
    }
    return at;
  }
}
