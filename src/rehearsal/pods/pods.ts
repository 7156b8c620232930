import { Cohort, Cohorts, oldPods } from './cohort';
import { Deployment, WorkloadController } from './deployment';
import { Kubelets, PARTS } from './kubelets';
import { ALIKE_SECONDS, mergeAlike } from './merge';
import { OrderedSet } from './ordered-set';
import { PodMetrics, metricsOf, scrape } from './pod-metrics';
import { PodWriter, WriteTokens } from './pod-writer';
import { OnQueued, OnUnqueued, Second, Serving } from './serving';
import { Assumptions } from '../assumptions';
import { NodeGroup, Nodes } from '../nodes';
import { Random } from '../random';
import { RehearsedWorkload } from '../types';

/** What pods have of a run that others have too. */
export interface PodsPlace {
  readonly world: PodsWorld;
  /** Which of the world's workloads they are. */
  readonly index: number;
}

/** What all workloads share. */
export interface PodsWorld {
  readonly nodes: Nodes;
  readonly tokens: WriteTokens;
  add(pods: Pods): void;
}

/** All pods of one workload, as cohorts: the cost of a second does not depend on how many pods there are. */
export class Pods {
  public readonly cohorts: Cohorts;
  private readonly kubelets: Kubelets;
  private readonly controller: WorkloadController;
  public readonly serving: Serving;
  private readonly world: PodsWorld;

  constructor(
    workload: RehearsedWorkload, private readonly assumed: Assumptions, random: Random, count: number, { world, index }: PodsPlace,
  ) {
    this.world = world;
    this.cohorts = new Cohorts(count === 0 ? [] : [oldPods(count, world.nodes.first())], index);
    this.kubelets = new Kubelets(this.cohorts, workload, assumed, random);
    const writer = new PodWriter(this.cohorts, workload, assumed, this.kubelets.routeSeconds(), world.tokens);
    this.controller = new (workload.isOrdered ? OrderedSet : Deployment)(this.cohorts, writer, workload);
    this.serving = new Serving(this.cohorts, this.kubelets, workload, assumed);
    world.add(this);
  }

  // ---- after each second

  /** Pods that are Ready. */
  public get ready(): number {
    return this.serving.ready;
  }

  /** Requests per second that the Ready pods can serve. */
  public get capacity(): number {
    return this.serving.capacity;
  }

  /** Pods that are not being deleted. */
  public get live(): number {
    return this.serving.live;
  }

  /** Pods that are paid. */
  public get total(): number {
    return this.serving.total;
  }

  public get restarts(): number {
    return this.kubelets.restarts;
  }

  public get oomKills(): number {
    return this.serving.oomKills;
  }

  /** Pods that exist and are not being deleted, as `status.replicas` counts them. */
  public count(): number {
    return this.cohorts.count();
  }

  /** Why pods are not Ready, most first. */
  public missing(second: number): { readonly reason: string; readonly count: number }[] {
    const reasons = new Map<string, number>();
    for (const cohort of this.cohorts.list) {
      const reason = whyMissing(cohort, second);
      if (reason) {
        reasons.set(reason, (reasons.get(reason) ?? 0) + cohort.count);
      }
    }
    return [...reasons].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
  }

  // ---- what happens

  /** A rolling update begins: a new image, which no node has. */
  public rollOut(): void {
    this.cohorts.revision++;
  }

  /** A node of a group disappears with so many of these pods. Returns how many. */
  public loseFrom(group: NodeGroup, pods: number, second: number): number {
    let left = pods;
    let lost = 0;
    for (const cohort of [...this.cohorts.list]) {
      if (cohort.group === group && left > 0 && cohort.state !== 'terminating') {
        const part = this.cohorts.split(cohort, Math.min(left, cohort.count));
        left -= part.count;
        lost += part.count;
        part.state = 'lost';
        part.until = second + this.assumed.nodeLostSeconds + this.assumed.evictionSeconds;
        part.routedUntil = second + this.assumed.nodeLostSeconds + this.kubelets.routeSeconds();
        part.group = undefined;
      }
    }
    return lost;
  }

  /** What controllers and kubelets do in one second. Returns the pods that were deleted because there were too many. */
  public control(second: number, desired: number, controllersUp: boolean): number {
    this.kubelets.step(second);
    return controllersUp ? this.controller.step(second, desired) : 0;
  }

  /** The scheduler has had its turn. */
  public settle(second: number): void {
    if (this.cohorts.list.length > 2 * PARTS && second % ALIKE_SECONDS === 0) {
      mergeAlike(this.cohorts, this.world.nodes, this.assumed, second);
    }
  }

  /** What pods do with the requests of one second; the answer is overwritten by the next. */
  public serve(second: number, arrivals: number, onQueued: OnQueued, onUnqueued: OnUnqueued): Second {
    return this.serving.step(second, arrivals, onQueued, onUnqueued);
  }

  /** The containers of some pods die. */
  public crash(cohort: Cohort, at: number, reason: string): void {
    this.kubelets.crash(cohort, at, reason);
  }

  /** Until traffic has followed a change of readiness. */
  public routeSeconds(): number {
    return this.kubelets.routeSeconds();
  }

  /** metrics-server looks. */
  public scrape(second: number): void {
    scrape(this.cohorts, this.assumed, this.serving.memoryBaseMiB, second);
  }

  /** What the autoscaler reads now; times in milliseconds of the run. */
  public metrics(second: number): PodMetrics {
    return metricsOf(this.cohorts, this.assumed, second);
  }
}

/** Undefined: it is Ready, or goes. */
function whyMissing({ state, ready, until, crashes, crashReason, deniedBy }: Cohort, second: number): string | undefined {
  switch (state) {
    case 'terminating':
      return undefined;
    case 'lost':
      return 'on a lost node';
    case 'unscheduled':
      return 'unschedulable';
    case 'pulling':
      return until > second ? 'pulling image' : 'starting';
    case 'waiting':
      return `crash-looping (${crashReason})`;
    case 'starting':
      return crashes > 0 ? `crash-looping (${crashReason})` : 'starting';
    case 'ready':
      return ready ? undefined : (deniedBy === undefined ? 'starting' : `without connection to ${deniedBy}`);
  }
}
