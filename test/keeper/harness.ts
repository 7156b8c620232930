import { setMaxListeners } from 'node:events';
import { FakeCluster, GUARDS, NAMESPACE, START, VirtualTime, autoscaler, configMap, deployment } from './fake-cluster';
import { encodePlan } from '../../src/core/plan/document';
import { KeeperRole } from '../../src/core/plan/names';
import { Opening, Plan } from '../../src/core/plan/plan';
import { encodeRepaired } from '../../src/core/plan/repaired';
import { Connect } from '../../src/keeper/connect';
import { PACE, Pace } from '../../src/keeper/pace';
import { run } from '../../src/keeper/program';
import { Line } from '../../src/keeper/world';
import { MINUTE, SECOND } from '../support/durations';
import { planOf as planFor } from '../support/plans';

export { GUARDS, MINUTE, SECOND };
export const MANAGER = 'cdk8s-prewarm-queue';
export const HPA = 'horizontalpodautoscalers/queue';
export const WORKLOAD = 'deployments/queue';
export const CONFIG = 'configmaps/queue-prewarm';
export const OVERRIDE = 'configmaps/queue-override';

/** An opening that is minutes after the start of the virtual time. */
export function opening(
  event: string, minutes: { from: number; at: number; until: number; readyBy?: number }, floor: number, ceiling = floor * 2,
): Opening {
  const at = START + minutes.at * MINUTE;
  return {
    event,
    at,
    readyBy: START + (minutes.readyBy ?? minutes.at - 15) * MINUTE,
    demand: { replicas: floor },
    floor,
    ceiling,
    windows: [{ from: START + minutes.from * MINUTE, until: START + minutes.until * MINUTE, floor, ceiling }],
  };
}

export function planOf(openings: Opening[], more: Partial<Plan> = {}): Plan {
  return planFor('queue', openings, { startupMs: MINUTE, ...more });
}

/** A line of the log, as it is printed. */
export interface LoggedLine extends Line {
  readonly role: string;
  readonly requests: number;
  readonly warning?: string;
}

export interface Pod {
  /** The last line of the log, and the exit code. */
  readonly ending: Promise<LoggedLine & { readonly exitCode: number }>;
  readonly lines: LoggedLine[];
  readonly stop: () => void;
}

/** What a pod has of its own. */
interface StartOptions {
  readonly event?: string;
  readonly pace?: Partial<Pace>;
  readonly post?: (body: string) => Promise<void>;
  readonly podName?: string;
  readonly connect?: Connect;
}

/** A cluster with one service, and pods of the keeper in it. */
export class Stage {
  public readonly time = new VirtualTime();
  public readonly cluster = new FakeCluster(this.time);
  /** What each pod reads from its mount. */
  public token = 'token-1';
  /** Whether guards start and end as their Deployment is scaled; they always end where it stands at 0. */
  public deploysGuards = false;
  private readonly guards: Pod[] = [];
  private random: number;

  constructor(public plan: Plan, seed = 1) {
    this.random = seed;
    this.cluster.create(HPA, autoscaler({ maxReplicas: 10 }));
    this.cluster.create(WORKLOAD, deployment(2));
    this.cluster.create(GUARDS, deployment(1));
    this.cluster.onScale = (key, replicas) => key === GUARDS && this.deploy(replicas);
    this.deployPlan(plan);
  }

  /** What a ReplicaSet does. */
  private deploy(replicas: number): void {
    if (replicas === 0) {
      this.guards.splice(0).forEach(guard => guard.stop());
    }
    while (this.deploysGuards && this.guards.length < replicas) {
      this.start('guard');
    }
  }

  public deployPlan(plan: Plan): void {
    this.plan = plan;
    this.cluster.replace(CONFIG, configMap({ 'plan.json': encodePlan(plan) }));
  }

  public override(data: { [key: string]: string }): void {
    this.cluster.replace(OVERRIDE, configMap(data));
  }

  /** The server's time now. */
  public get now(): number {
    return this.cluster.clockMs + this.time.now();
  }

  public get floor(): number {
    return this.cluster.get(HPA)?.spec.minReplicas;
  }

  public get ceiling(): number {
    return this.cluster.get(HPA)?.spec.maxReplicas;
  }

  /** Starts a pod, as its job would. */
  public start(role: KeeperRole, options: StartOptions = {}): Pod {
    const { event = role === 'guard' ? undefined : 'sale', pace, post, podName = 'keeper', connect } = options;
    const stopper = new AbortController();
    // as main does: arm asks for a dozen rights at once
    setMaxListeners(0, stopper.signal);
    const lines: LoggedLine[] = [];
    const document = encodePlan(this.plan);
    const running = run([role, ...event === undefined ? [] : ['--event', event]], {
      readPlan: () => document,
      readRepaired: () => encodeRepaired({ repair: 'queue-prewarm-repair', services: [{ name: 'queue' }] }),
      readNamespace: () => NAMESPACE,
      readToken: () => this.token,
      podName,
      send: async request => this.cluster.send(request),
      postTo: () => post,
      ...connect ? { connect } : {},
      timers: this.time,
      localTime: () => this.now,
      random: () => {
        this.random = (this.random * 48_271) % 2_147_483_647;
        return this.random / 2_147_483_647;
      },
      pace: { ...PACE, ...pace },
      stop: stopper.signal,
      out: line => lines.push(JSON.parse(line)),
      err: () => undefined,
    });
    const ending = running.then(exitCode => ({ ...lines[lines.length - 1], exitCode }));
    ending.catch(() => undefined);
    const pod = { ending, lines, stop: () => stopper.abort() };
    if (role === 'guard') {
      this.guards.push(pod);
    }
    return pod;
  }

  /** Runs a pod to its end. */
  public async run(role: KeeperRole, options: Parameters<Stage['start']>[1] = {}): Pod['ending'] {
    return this.time.play(this.start(role, options).ending);
  }

  /** Lets time pass until the server's clock shows that many minutes after the start. */
  public async until(minutes: number): Promise<void> {
    await this.time.pass(START + minutes * MINUTE - this.now);
  }
}
