import { Assumptions } from './assumptions';
import { SHORT_NODES, SLOW_REGISTRY } from './faults';
import { Nodes, Registry, TenantSpec } from './nodes';
import { WriteTokens } from './pods/pod-writer';
import { Pods } from './pods/pods';
import { Scheduler } from './pods/scheduler';
import { Stage, faultOf, isOn } from './stage';

/** What all workloads of a run share: nodes, the scheduler, and what the controller manager may write. */
export class World {
  public readonly nodes: Nodes;
  public readonly tokens: WriteTokens;
  private readonly workloads: Pods[] = [];
  private scheduler: Scheduler | undefined;

  /** @param assumed what holds for nodes and controllers, whichever workload it is */
  constructor(stages: readonly Stage[], firstPods: readonly number[], private readonly assumed: Assumptions) {
    this.tokens = new WriteTokens(assumed);
    const tenants = stages.map(({ service: { workload }, assumed: own }, i): TenantSpec => ({ workload, assumed: own, basePods: firstPods[i] }));
    this.nodes = nodesOf(stages, tenants, assumed);
  }

  /** The pods of the next workload, in the order of the stages. */
  public add(pods: Pods): void {
    this.nodes.know(this.workloads.length, () => pods.cohorts.list);
    this.workloads.push(pods);
  }

  /** The scheduler has one second. */
  public schedule(second: number): void {
    this.scheduler ??= new Scheduler(this.workloads.map(({ cohorts }) => cohorts), this.nodes, this.assumed);
    this.scheduler.step(second);
  }

  /** Nodes that have been too much for long are given back. */
  public giveBack(second: number): void {
    if (second % 10 === 0) {
      this.nodes.giveBack(this.workloads.map(({ total }) => total), second);
    }
  }

  /** One node disappears with its pods. Returns how many of each workload. */
  public loseNode(second: number): number[] {
    const fullest = this.nodes.fullest();
    if (!fullest) {
      return this.workloads.map(() => 0);
    }
    const shares = this.nodes.podsOnOne(fullest);
    const lost = this.workloads.map((pods, tenant) => pods.loseFrom(fullest, shares[tenant], second));
    fullest.count--;
    lost.forEach((count, tenant) => { fullest.used[tenant] -= count; });
    return lost;
  }
}

function nodesOf(stages: readonly Stage[], tenants: readonly TenantSpec[], assumed: Assumptions): Nodes {
  const registry = registryOf(stages[0]);
  const there = new Nodes(assumed, registry, tenants, assumed.nodesMax);
  if (!faultOf(stages[0], 'nodes-short')) {
    return there;
  }
  const most = Math.max(there.count(), Math.ceil(there.needed(stages.map(({ opening }) => opening.floor)) * SHORT_NODES));
  return new Nodes(assumed, registry, tenants, most);
}

function registryOf(stage: Stage): Registry {
  const { from } = stage;
  const [slow, down] = [faultOf(stage, 'registry-slow'), faultOf(stage, 'registry-down')];
  return {
    slowness: second => isOn(slow, from + second * 1000) ? SLOW_REGISTRY : 1,
    answersAt: second => down && isOn(down, from + second * 1000) ? (down.until! - from) / 1000 : second,
  };
}
