import { Assumptions } from './assumptions';
import { RehearsedWorkload } from './types';

/** An image on the nodes of a group: on how many, and since when; a second in the future while it is pulled. */
interface Wave {
  readonly at: number;
  nodes: number;
}

/** Nodes that came together and hold the same; seconds are those of the run. */
export interface NodeGroup {
  count: number;
  /** Pods on them, by tenant. */
  readonly used: number[];
  readonly readyAt: number;
  /** By image; absent: nobody has asked for it. */
  readonly images: Map<string, Wave[]>;
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

/** A workload whose pods stand on nodes. */
export interface TenantSpec {
  readonly workload: RehearsedWorkload;
  readonly assumed: Assumptions;
  /** Pods from the start. */
  readonly basePods: number;
}

/** Anything whose group can be replaced by another that holds the same. */
export interface Resident {
  group?: NodeGroup;
}

interface Tenant extends TenantSpec {
  readonly podsPerNode: number;
  /** What one pod takes of its node. */
  readonly cpu: number;
  readonly memory: number;
  /** Everything that stands on a group. */
  residents: () => readonly Resident[];
}

/** The kubelet's own limit. */
const MOST_PODS = 110;
const TINY = 1e-9;

/** Nodes that one or several workloads share: how many pods fit, where they go, when more nodes come, when images are there. */
export class Nodes {
  private readonly tenants: readonly Tenant[];
  private groups: NodeGroup[];
  private readonly orders: { count: number; readyAt: number }[] = [];
  private idleSince: number | undefined;
  /** What stands ready is never given back. */
  private readonly least: number;

  /** @param assumed what holds for nodes, whichever workload they are for */
  constructor(
    private readonly assumed: Assumptions, private readonly registry: Registry, tenants: readonly TenantSpec[], private readonly most: number,
  ) {
    this.tenants = tenants.map((spec): Tenant => ({
      ...spec,
      podsPerNode: this.fitting(spec.workload),
      cpu: spec.workload.reservedCpuMillis ?? 0,
      memory: spec.workload.reservedMemoryMiB ?? 0,
      residents: () => [],
    }));
    const needed = this.needed(tenants.map(({ basePods }) => basePods));
    const count = Math.max(needed, assumed.nodesAtStart || needed + 1);
    this.least = count;
    this.groups = this.tenants.length === 1 ? this.groupsAtFirst(count) : [this.groupAtFirst(count)];
  }

  /** Nodes that are there, Ready or not yet. */
  public count(): number {
    return this.groups.reduce((sum, { count }) => sum + count, 0);
  }

  /** Nodes for so many pods of each tenant. */
  public needed(pods: readonly number[]): number {
    if (pods.length === 1) {
      return Math.ceil(pods[0] / this.tenants[0].podsPerNode);
    }
    return Math.ceil(pods.reduce((sum, count, i) => sum + count / this.tenants[i].podsPerNode, 0) - TINY);
  }

  /** The group with the pods that have been there from the start. */
  public first(): NodeGroup {
    return this.groups[0];
  }

  /** Whoever has pods of a tenant says where to find them. */
  public know(tenant: number, residents: () => readonly Resident[]): void {
    this.tenants[tenant].residents = residents;
  }

  /** Nodes that were ordered and are Ready now join; returns how many. */
  public arrive(second: number): number {
    let arrived = 0;
    while (this.orders.length > 0 && this.orders[0].readyAt <= second) {
      const { count, readyAt } = this.orders.shift()!;
      this.groups.push({ count, used: this.tenants.map(() => 0), readyAt, images: new Map() });
      arrived += count;
    }
    return arrived;
  }

  /** Puts pods where there is room, in proportion to it; returns where, which may be fewer pods than asked. */
  public place(tenant: number, pods: number, revision: number, second: number): Placement[] {
    const free = this.groups.map(group => this.roomIn(group, tenant));
    const room = free.reduce((sum, slots) => sum + slots, 0);
    let left = Math.min(pods, room);
    const placements: Placement[] = [];
    for (let i = 0, rest = room; i < free.length && left > 0; i++) {
      const share = Math.min(free[i], Math.ceil(left * free[i] / rest));
      rest -= free[i];
      left -= share;
      if (share > 0) {
        const group = this.nodesFor(this.groups[i], share, this.imageOf(tenant, revision));
        const others = group.used.some((used, other) => other !== tenant && used > 0);
        placements.push(...this.land(group, tenant, share, revision, second, others));
        group.used[tenant] += share;
      }
    }
    return placements;
  }

  /** Orders nodes for pods of each tenant that found no room; returns how many. */
  public order(waiting: readonly number[], second: number): number {
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

  /** The nodes with the most on them. */
  public fullest(): NodeGroup | undefined {
    let fullest: NodeGroup | undefined;
    let most = 0;
    for (const group of this.groups) {
      const load = group.count > 0 ? this.loadOf(group) : 0;
      if (load > most) {
        [fullest, most] = [group, load];
      }
    }
    return fullest;
  }

  /** How many pods of each tenant stand on one node of a group: all of them together as many as on the fullest, none twice. */
  public podsOnOne({ count, used }: NodeGroup): number[] {
    const total = used.reduce((sum, pods) => sum + pods, 0);
    const shares = used.map(pods => Math.floor(pods / count + TINY));
    let left = Math.ceil(total / count - TINY) - shares.reduce((sum, pods) => sum + pods, 0);
    const byRest = used.map((pods, tenant) => ({ tenant, rest: pods / count - shares[tenant] }))
      .sort((a, b) => b.rest - a.rest || a.tenant - b.tenant);
    for (const { tenant, rest } of byRest) {
      if (left > 0 && rest > TINY) {
        shares[tenant]++;
        left--;
      }
    }
    return shares;
  }

  /** Two groups that hold the same become one. */
  public join(group: NodeGroup, other: NodeGroup): void {
    group.count += other.count;
    other.used.forEach((pods, tenant) => { group.used[tenant] += pods; });
    for (const [image, waves] of this.tenants.length === 1 ? [] : other.images) {
      group.images.set(image, [...group.images.get(image) ?? [], ...waves]);
    }
    for (const waves of this.tenants.length === 1 ? group.images.values() : []) {
      waves[0].nodes = group.count;
    }
    this.groups = this.groups.filter(each => each !== other);
    for (const { residents } of this.tenants) {
      for (const each of residents()) {
        each.group = each.group === other ? group : each.group;
      }
    }
  }

  /** Gives back what has been too much for long enough; which pods stand where is not looked at. Returns how many. */
  public giveBack(pods: readonly number[], second: number): number {
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
    this.groups = this.groups.filter((group, i) => i === 0 || group.count > 0 || group.used.some(used => used > 0));
    return surplus - left;
  }

  private fitting(workload: RehearsedWorkload): number {
    const { nodeReservedPercent, nodeCpuMillis, nodeMemoryMiB } = this.assumed;
    const usable = 1 - nodeReservedPercent / 100;
    const byCpu = workload.reservedCpuMillis ? nodeCpuMillis * usable / workload.reservedCpuMillis : MOST_PODS;
    const byMemory = workload.reservedMemoryMiB ? nodeMemoryMiB * usable / workload.reservedMemoryMiB : MOST_PODS;
    return workload.isAlone ? 1 : Math.max(1, Math.floor(Math.min(byCpu, byMemory, MOST_PODS)));
  }

  /** Nodes with the pods of one workload, and some without any. */
  private groupsAtFirst(count: number): NodeGroup[] {
    const [{ basePods }] = this.tenants;
    const warm = Math.min(count, Math.max(1, basePods));
    return [
      { count: warm, used: [basePods], readyAt: -Infinity, images: new Map([[this.imageOf(0, 1), [{ at: -Infinity, nodes: warm }]]]) },
      { count: count - warm, used: [0], readyAt: -Infinity, images: new Map() },
    ].filter(group => group.count > 0);
  }

  /** Nodes on which the pods of several workloads are spread. */
  private groupAtFirst(count: number): NodeGroup {
    const images = new Map<string, Wave[]>();
    this.tenants.forEach(({ basePods }, tenant) => {
      const image = this.imageOf(tenant, 1);
      const nodes = Math.min(count, Math.max(1, basePods));
      images.set(image, [{ at: -Infinity, nodes: Math.max(nodes, images.get(image)?.[0].nodes ?? 0) }]);
    });
    return { count, used: this.tenants.map(({ basePods }) => basePods), readyAt: -Infinity, images };
  }

  /** How many pods of a tenant a group still takes; what others have there is spread evenly. */
  private roomIn({ count, used }: NodeGroup, tenant: number): number {
    const { podsPerNode, cpu, memory, workload } = this.tenants[tenant];
    if (this.tenants.length === 1) {
      return Math.max(0, count * podsPerNode - used[0]);
    }
    let [others, otherCpu, otherMemory] = [0, 0, 0];
    used.forEach((pods, other) => {
      if (other !== tenant) {
        others += pods;
        otherCpu += pods * this.tenants[other].cpu;
        otherMemory += pods * this.tenants[other].memory;
      }
    });
    if (others === 0) {
      return Math.max(0, count * podsPerNode - used[tenant]);
    }
    const { nodeReservedPercent, nodeCpuMillis, nodeMemoryMiB } = this.assumed;
    const usable = 1 - nodeReservedPercent / 100;
    // some nodes have one pod of the others more
    const onEach = Math.floor(others / count);
    const fuller = others - onEach * count;
    const fit = (theirs: number) => {
      const byCpu = cpu > 0 ? (nodeCpuMillis * usable - theirs * otherCpu / others) / cpu : MOST_PODS;
      const byMemory = memory > 0 ? (nodeMemoryMiB * usable - theirs * otherMemory / others) / memory : MOST_PODS;
      const pods = Math.floor(Math.min(byCpu, byMemory, MOST_PODS - theirs) + TINY);
      return Math.max(0, workload.isAlone ? Math.min(1, pods) : pods);
    };
    return Math.max(0, fuller * fit(onEach + 1) + (count - fuller) * fit(onEach) - used[tenant]);
  }

  private loadOf({ count, used }: NodeGroup): number {
    return used.length === 1 ? used[0] / count : used.reduce((sum, pods, tenant) => sum + pods / this.tenants[tenant].podsPerNode, 0) / count;
  }

  /** Only as many nodes of a fresh group pull an image as there are pods for them. */
  private nodesFor(group: NodeGroup, pods: number, image: string): NodeGroup {
    if (group.images.has(image) || group.used.some(used => used > 0) || pods >= group.count) {
      return group;
    }
    const images = new Map([...group.images].map(([name, waves]) => [name, waves.map(wave => ({ ...wave, nodes: Math.min(wave.nodes, pods) }))]));
    const some: NodeGroup = { count: pods, used: group.used.map(() => 0), readyAt: group.readyAt, images };
    group.count -= pods;
    this.groups.push(some);
    return some;
  }

  /** Pods come to nodes with their image and to others, in proportion. */
  private land(group: NodeGroup, tenant: number, pods: number, revision: number, second: number, besideOthers: boolean): Placement[] {
    const image = this.imageOf(tenant, revision);
    const waves = wavesAt(group.images.get(image) ?? [], second);
    const having = waves.reduce((sum, { nodes }) => sum + nodes, 0);
    const placements: Placement[] = [];
    // nodes of one workload alone pull its image all at once
    const bare = besideOthers ? Math.max(0, group.count - having) : (waves.length === 0 ? group.count : 0);
    let left = pods - Math.round(pods * bare / Math.max(1, having + bare));
    const pulling = pods - left;
    for (let i = 0, rest = having; i < waves.length && left > 0; i++) {
      const share = Math.min(left, Math.ceil(left * waves[i].nodes / rest));
      rest -= waves[i].nodes;
      left -= share;
      // "Always" asks the registry even for an image that is there
      const asked = this.tenants[tenant].workload.imagePullPolicy === 'Always' ? this.registryAt(second) : -Infinity;
      placements.push({ group, pods: share, imageAt: Math.max(waves[i].at, asked) });
    }
    if (pulling > 0) {
      const at = this.pulledAt(group, tenant, image, second);
      const nodes = besideOthers ? Math.min(bare, pulling) : bare;
      group.images.set(image, [...waves, { at, nodes }]);
      placements.push({ group, pods: pulling, imageAt: at });
    }
    return placements;
  }

  /** A node pulls one image after the other; of one workload it never has two at once. */
  private pulledAt(group: NodeGroup, tenant: number, image: string, second: number): number {
    const { imageMiB, unpackPercent } = this.tenants[tenant].assumed;
    let begins = this.registryAt(second);
    if (this.tenants.length > 1) {
      for (const [other, waves] of group.images) {
        begins = other === image ? begins : waves.reduce((latest, { at }) => Math.max(latest, at), begins);
      }
    }
    return begins + imageMiB / this.assumed.pullMiBPerSecond * (1 + unpackPercent / 100) * this.registry.slowness(begins);
  }

  /** The same image of two workloads is one. */
  private imageOf(tenant: number, revision: number): string {
    const { image } = this.tenants[tenant].workload;
    return image === '' || revision > 1 ? `${tenant}/${revision}` : image;
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

/** Waves that are over by a second are one. */
function wavesAt(waves: readonly Wave[], second: number): readonly Wave[] {
  const past = waves.filter(({ at }) => at <= second);
  return past.length < 2 ? waves : [{ at: second, nodes: past.reduce((sum, { nodes }) => sum + nodes, 0) }, ...waves.filter(({ at }) => at > second)];
}
