import { DependencyFacts, DependencyKind } from './core/plan/use-facts';
import { ClusterBudgetOptions, ConnectionsOptions, PodRequests, RateOptions } from './dependency-options';
import { budgetFacts, checkDependencyName, coresOf, connectionFacts, rateFacts } from './private/dependency-facts';
import { POD_REQUESTS } from './private/dependency-shapes';
import { checkProps } from './private/props';
import { Callee, UsedDependency } from './private/used';
import { shown } from './private/whole-number';

/**
 * What a service uses of something that it shares with others.
 *
 * `Dependency`, `ClusterBudget`, `PrewarmedService` and `EventScaleSchedule` make it.
 */
export class Use {
  /** @internal */
  public static _ofDependencies(...dependencies: UsedDependency[]): Use {
    return new Use(dependencies);
  }

  /** @internal */
  public static _ofService(callee: Callee, requests: number): Use {
    checkPerRequest(callee.name, requests);
    return new Use([], callee, requests);
  }

  private constructor(
    /** @internal */
    public readonly _dependencies: readonly UsedDependency[],
    /** @internal */
    public readonly _callee?: Callee,
    /** @internal */
    public readonly _perRequest?: number,
  ) {}
}

/**
 * Something outside of this app with a limit, which services share: a database, a payment provider.
 *
 * Services say in `uses` what they take of it. Synth fails where their floors together need more than the limit at any instant, and
 * `prewarm plan` tells of ceilings, rollouts and rises that would. The name is that of one thing in the whole app: declared twice, it must have
 * the same limits.
 *
 * @example
 * const db = Dependency.connections('tickets-db', { limit: 1_000, reserved: 40 });
 * const bank = Dependency.requestsPerSecond('payment-provider', { limit: 800 });
 * const uses = [db.perPod(8), bank.perRequest(1)];
 */
export class Dependency {
  /**
   * Connections that a dependency takes, of which each pod of a service holds some.
   *
   * @param name of the dependency: lower-case letters, digits, '-' and '.'
   */
  public static connections(name: string, options: ConnectionsOptions): Dependency {
    checkDependencyName('Dependency.connections', name);
    return new Dependency('connections', name, connectionFacts(name, options));
  }

  /**
   * Requests per second that a dependency takes.
   *
   * @param name of the dependency: lower-case letters, digits, '-' and '.'
   */
  public static requestsPerSecond(name: string, options: RateOptions): Dependency {
    checkDependencyName('Dependency.requestsPerSecond', name);
    return new Dependency('requestsPerSecond', name, rateFacts(name, options));
  }

  private constructor(private readonly kind: DependencyKind, public readonly name: string, private readonly facts: DependencyFacts) {}

  /**
   * Each pod takes so much, whatever it does: the size of its pool of connections, or the requests per second that it makes of its own.
   *
   * @param amount a whole number of connections, or a number of requests per second above 0
   */
  public perPod(amount: number): Use {
    if (!Number.isFinite(amount) || amount <= 0) {
      throw new Error(`perPod of dependency '${this.name}' needs a number above 0, got ${shown(amount)}`);
    }
    if (this.kind === 'connections' && !Number.isSafeInteger(amount)) {
      throw new Error(`perPod of dependency '${this.name}' needs a whole number of connections, got ${amount}; a pool has no part of a connection: `
        + `write perPod(${Math.ceil(amount)})`);
    }
    return Use._ofDependencies({ kind: this.kind, name: this.name, facts: this.facts, perPod: amount });
  }

  /**
   * Each request to the service makes so many requests there: 1 for each, 0.04 for four of a hundred.
   *
   * It needs the `podCapacity` of the service.
   *
   * @param requests a number above 0
   */
  public perRequest(requests: number): Use {
    if (this.kind === 'connections') {
      throw new Error(`dependency '${this.name}' is counted in connections, which a pod holds whatever it is asked; write perPod with the size of its pool`);
    }
    checkPerRequest(this.name, requests);
    return Use._ofDependencies({ kind: this.kind, name: this.name, facts: this.facts, perRequest: requests });
  }
}

/**
 * Room of a cluster that services share: of a node pool, of a ResourceQuota, of a subnet.
 *
 * It is held as `Dependency` is. What is counted is what the pods request; the pods of the keeper's jobs are not.
 *
 * @example
 * const pool = ClusterBudget.of('sale-pool', { room: { cpu: kplus.Cpu.units(400), pods: 600 } });
 * const uses = [pool.eachPod()];
 */
export class ClusterBudget {
  /**
   * A budget.
   *
   * @param name of the budget: lower-case letters, digits, '-' and '.'
   */
  public static of(name: string, options: ClusterBudgetOptions): ClusterBudget {
    checkDependencyName('ClusterBudget.of', name);
    return new ClusterBudget(name, budgetFacts(name, options));
  }

  private constructor(public readonly name: string, private readonly kinds: ReadonlyMap<DependencyKind, DependencyFacts>) {}

  /**
   * Each pod takes what it requests.
   *
   * @param requests of one pod, where this app does not render it
   */
  public eachPod(requests: PodRequests = {}): Use {
    checkProps('requests', POD_REQUESTS, requests);
    const { cpu, memory } = requests;
    const stated: Partial<Record<DependencyKind, number>> = {
      ...(cpu ? { cpu: coresOf(cpu) } : {}), ...(memory ? { memory: memory.toKibibytes() * 1_024 } : {}), pods: 1,
    };
    return Use._ofDependencies(...[...this.kinds].map(([kind, facts]): UsedDependency => ({
      kind, name: this.name, facts, ...(stated[kind] === undefined ? {} : { perPod: stated[kind] }),
    })));
  }
}

function checkPerRequest(name: string, requests: number): void {
  if (!Number.isFinite(requests) || requests <= 0) {
    throw new Error(`perRequest of '${name}' needs a number above 0, got ${shown(requests)}; 0.04 is four of a hundred requests`);
  }
}
