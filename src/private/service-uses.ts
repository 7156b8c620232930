import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { Callee, UsedDependency } from './used';
import { shown } from './whole-number';
import { ObjectReference, Plan } from '../core/plan/plan';
import { ParsedPod, podRequestOf } from '../core/plan/pod-shape';
import { groupOf } from '../core/plan/reference';
import { DependencyFacts, DependencyKind, PlannedUse } from '../core/plan/use-facts';
import { PlacedPlan } from '../core/plan/uses';
import { Use } from '../dependency';

/** What is known of the service whose uses are looked at. */
export interface User {
  readonly root: IConstruct;
  /** Of its construct, which may still be to be defined. */
  readonly path: string;
  readonly name: string;
  readonly namespace: string;
  readonly workload: ObjectReference;
  readonly hasPodCapacity: boolean;
}

/** What is said of one dependency in an app, and who said it first. */
interface Declared {
  readonly facts: string;
  readonly path: string;
}

/** In each app: what is declared, and who calls whom. */
interface AppUses {
  readonly declared: Map<string, Declared>;
  /** By the path of the user. */
  readonly services: Map<string, ServiceUses>;
  /** Another number after each change of what callers send. */
  version: number;
  /** The version of which a synth has begun. */
  synthesized?: number;
}

const apps = new WeakMap<IConstruct, AppUses>();

function usesIn(root: IConstruct): AppUses {
  const known = apps.get(root) ?? { declared: new Map(), services: new Map(), version: 0 };
  apps.set(root, known);
  return known;
}

/** The plans of all services of an app that use anything. Final only at synth. */
export function plansIn(root: IConstruct): PlacedPlan[] {
  return [...usesIn(root).services.values()].flatMap(({ user: { namespace }, plan }) => plan ? [{ plan: plan(), namespace }] : []);
}

/** A service that calls another, and how many requests each of its own makes there. */
export interface Call {
  readonly caller: ServiceUses;
  readonly perRequest: number;
}

/** Who calls a service, as far as the app has said so yet. */
export function callsOf(root: IConstruct, calleePath: string): Call[] {
  return [...usesIn(root).services.values()].flatMap(caller => caller.uses.flatMap(({ _callee, _perRequest }) =>
    _callee?.path === calleePath ? [{ caller, perRequest: _perRequest! }] : []));
}

/** Which state of an app it is, as far as it decides what callers send. */
export function versionOf(root: IConstruct): number {
  return usesIn(root).version;
}

/** Says that what callers send may be another from now on. */
export function changeUses(root: IConstruct): void {
  usesIn(root).version++;
}

/** Says that a synth begins, in which all callers are known. */
export function beginSynth(root: IConstruct): void {
  const app = usesIn(root);
  app.synthesized = app.version;
}

/** Whether nothing has changed since a synth began. */
export function isSynthesized(root: IConstruct): boolean {
  const { synthesized, version } = usesIn(root);
  return synthesized === version;
}

/** What one service uses, checked; it grows. */
export class ServiceUses {
  /** Final only at synth; undefined while the construct is still to be defined. */
  public plan?: () => Plan;
  private readonly added: Use[] = [];

  constructor(public readonly user: User) {}

  /** All that was added, in that order. */
  public get uses(): readonly Use[] {
    return this.added;
  }

  /**
   * Refuses uses that cannot be.
   *
   * @throws Error that names the use, the limit and the way out
   */
  public check(uses: readonly Use[]): void {
    Array.from(uses).forEach((use, i) => {
      if (!Array.isArray(use?._dependencies)) {
        throw new Error(`'uses[${i}]' must be a use, such as db.perPod(8) or payment.perRequest(0.04), got ${shown(use)}`);
      }
      use._dependencies.forEach(dependency => this.checkDependency(dependency));
      if (use._callee) {
        this.checkCallee(use._callee);
      }
      if (!this.user.hasPodCapacity && (use._callee ?? use._dependencies.some(({ perRequest }) => perRequest !== undefined))) {
        const what = use._callee ? `service '${use._callee.name}'` : `dependency '${use._dependencies[0].name}'`;
        throw new Error(`'uses[${i}]' counts the requests of '${this.user.name}' to ${what}, which needs to know what one pod serves; `
          + 'pass \'podCapacity\', such as PodCapacity.requestsPerSecond(200)');
      }
    });
  }

  /** Adds uses that were checked. */
  public add(uses: readonly Use[]): void {
    const { declared, services } = usesIn(this.user.root);
    services.set(this.user.path, this);
    changeUses(this.user.root);
    this.added.push(...uses);
    for (const { kind, name, facts } of uses.flatMap(({ _dependencies }) => _dependencies)) {
      const key = `${kind} ${name}`;
      declared.set(key, declared.get(key) ?? { facts: JSON.stringify(facts), path: this.user.path });
    }
  }

  /** For the plan; nothing where nothing is used. Final only at synth. */
  public planned(): { readonly uses?: readonly PlannedUse[] } {
    return this.added.length === 0 ? {} : { uses: this.added.flatMap(use => this.plannedOf(use)) };
  }

  private plannedOf({ _dependencies, _callee, _perRequest }: Use): PlannedUse[] {
    if (_callee) {
      const { name, namespace } = _callee;
      return [{ kind: 'service', name, ...(namespace === this.user.namespace ? {} : { namespace }), perRequest: _perRequest! }];
    }
    return _dependencies.flatMap(({ kind, name, facts, perPod, perRequest }): PlannedUse[] => {
      const amount = perRequest === undefined ? perPod ?? this.requestedOf(kind, name) : undefined;
      return amount === 0 ? [] : [{
        kind, name, ...(amount === undefined ? {} : { perPod: amount }), ...(perRequest === undefined ? {} : { perRequest }), ...facts,
      }];
    });
  }

  /** What a pod takes of a budget that does not say it. */
  private requestedOf(kind: DependencyKind, name: string): number {
    const { root, workload, namespace } = this.user;
    const pod = podIn(root, workload, namespace);
    if (kind === 'addresses') {
      return pod?.hostNetwork === true ? 0 : 1;
    }
    const requested = pod && podRequestOf(pod, kind as 'cpu' | 'memory');
    if (requested === undefined) {
      const [prop, example] = kind === 'cpu' ? ['cpu', 'Cpu.millis(500)'] : ['memory', 'Size.mebibytes(512)'];
      throw new Error(pod
        ? `a pod of ${workload.kind} '${workload.name}' requests no ${kind}, which budget '${name}' counts; give its containers a request`
        : `budget '${name}' counts ${kind}, and ${workload.kind} '${workload.name}' is known by name only; write eachPod({ ${prop}: ${example} })`);
    }
    return requested;
  }

  private checkDependency({ kind, name, facts }: UsedDependency): void {
    const { root } = this.user;
    const before = usesIn(root).declared.get(`${kind} ${name}`);
    if (before && before.facts !== JSON.stringify(facts)) {
      throw new Error(`dependency '${name}' is declared twice: ${before.path} says ${inWords(JSON.parse(before.facts))}, and here it is ${inWords(facts)}; `
        + 'declare it once and share it, or give the other a name of its own');
    }
  }

  private checkCallee({ root, path, name, namespace }: Callee): void {
    const { user } = this;
    if (root !== user.root) {
      throw new Error(`service '${name}' (${path}) is in another app than '${user.name}', and their plans cannot be added up; `
        + `declare it as Dependency.requestsPerSecond('${name}', ...)`);
    }
    const way = wayTo(usesIn(user.root), path, user.path);
    if (way) {
      throw new Error(`'${user.name}' cannot use '${name}' (namespace '${namespace}'), which uses '${user.name}' itself${
        way.length > 0 ? ` through ${way.map(one => `'${one}'`).join(', ')}` : ''}; calls must not go in a circle, so take one of the uses out`);
    }
  }
}

/** The names between, where one service calls another at last; undefined: it does not. */
function wayTo({ services }: AppUses, from: string, to: string, seen: Set<string> = new Set()): string[] | undefined {
  if (from === to) {
    return [];
  }
  seen.add(from);
  for (const { _callee } of services.get(from)?.uses ?? []) {
    const rest = _callee && !seen.has(_callee.path) ? wayTo({ services } as AppUses, _callee.path, to, seen) : undefined;
    if (rest) {
      return _callee!.path === to ? rest : [_callee!.name, ...rest];
    }
  }
  return undefined;
}

function inWords({ limitIn, ...facts }: DependencyFacts): string {
  const plain = Object.entries(facts).map(([field, value]) => `${field}: ${value}`);
  return `{ ${[...plain, ...limitIn ? [`limitIn: ${JSON.stringify(limitIn.map(({ limit }) => limit))}`] : []].join(', ')} }`;
}

/** The pod of a workload that this app renders. */
function podIn(root: IConstruct, workload: ObjectReference, namespace: string): (ParsedPod & { readonly hostNetwork?: unknown }) | undefined {
  const object = root.node.findAll().find(one => ApiObject.isApiObject(one) && one.kind === workload.kind && one.name === workload.name
    && groupOf(one.apiVersion) === groupOf(workload.apiVersion) && (one.metadata.namespace ?? '') === namespace) as ApiObject | undefined;
  return object?.toJson().spec?.template?.spec;
}
