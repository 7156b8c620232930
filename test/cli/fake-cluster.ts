import { Finished } from '../../src/cli/io';
import { Named } from '../../src/cli/kubectl';
import { ConfigMap } from '../../src/core/kube-objects';
import { encodePlan } from '../../src/core/plan/document';
import { JobRole, KeeperRole, LABEL_EVENT, LABEL_ROLE, LABEL_SERVICE, managerName } from '../../src/core/plan/names';
import { Plan, planAt } from '../../src/core/plan/plan';
import { MARATHON } from '../support/plans';

/** What is written is an override's ConfigMap. */
type Written = Named<ConfigMap> & { readonly data: { readonly [key: string]: string } };

/** An in-memory cluster behind a kubectl that knows what the commands use of it. */
export class FakeCluster {
  /** What kubectl was asked, without the flags that are always there. */
  public readonly calls: string[] = [];
  /** What was typed to stdin. */
  public readonly inputs: Written[] = [];
  /** By the start of what is asked: the answer instead. */
  public readonly answers = new Map<string, Finished>();
  /** The keeper, if there is one: called whenever something has been written or started. */
  public keeper?: (cluster: FakeCluster) => void;
  /** The field of `spec` in which objects of custom kinds have their size; their `/scale` has it as `replicas`. */
  public sizeField = 'size';
  public spawn = this.run.bind(this);

  constructor(public objects: Named[], public readonly clock = NOW) {}

  /** The live floor of the registration. */
  public setFloor(floor: number, owner = managerName('registration')): void {
    this.objects = [...this.objects.filter(({ kind }) => kind !== 'HorizontalPodAutoscaler'), hpa(floor, 162, owner)];
  }

  private async run(command: string, argv: readonly string[], input?: string): Promise<Finished> {
    expect(command).toBe('kubectl');
    const { namespace, args } = parse(argv);
    const asked = args.join(' ');
    this.calls.push(asked);
    for (const [start, answer] of this.answers) {
      if (asked.startsWith(start)) {
        return answer;
      }
    }
    switch (args[0]) {
      case 'auth': return ok(JSON.stringify({ metadata: { creationTimestamp: this.clock } }));
      case 'get': return this.get(args.slice(1), namespace);
      case 'create': return args[1] === 'job' ? this.createJob(args[2], args[3], namespace) : this.put(input!, false);
      case 'replace': return this.put(input!, true);
      case 'patch': return this.patch(args.slice(1), namespace);
      case 'delete': return this.delete(args[1], args[2], namespace);
      default: throw new Error(`the fake kubectl does not know '${asked}'`);
    }
  }

  private get(args: readonly string[], namespace: string): Finished {
    const all = args.includes('--all-namespaces');
    const at = args.indexOf('--selector');
    const selector = at < 0 ? undefined : args[at + 1];
    const names = args.filter((arg, i) => !arg.startsWith('--') && (at < 0 || i !== at + 1));
    const found = this.objects.filter(object => (all || object.metadata.namespace === namespace)
      && names.some(name => isNamed(object, name)) && matches(object, selector));
    if (args.includes('--subresource=scale')) {
      return ok(found.length === 0 ? '' : JSON.stringify(this.scaleOf(found[0])));
    }
    const single = names.length === 1 && names[0].includes('/');
    if (single && found.length === 0) {
      return ok('');
    }
    return ok(JSON.stringify(single ? found[0] : { kind: 'List', items: found }));
  }

  private scaleOf({ metadata: { name, uid, resourceVersion }, spec, status }: any): object {
    const { replicas, selector } = status ?? {};
    return { kind: 'Scale', metadata: { name, uid, resourceVersion }, spec: { replicas: spec[this.sizeField] }, status: { replicas, selector } };
  }

  private put(input: string, exists: boolean): Finished {
    const object: Written = JSON.parse(input);
    const others = this.objects.filter(other => other.kind !== object.kind || other.metadata.name !== object.metadata.name);
    if ((others.length < this.objects.length) !== exists) {
      return refused(exists ? 'Error from server (NotFound): not found' : 'Error from server (AlreadyExists): already exists');
    }
    this.inputs.push(object);
    this.objects = [...others, object];
    this.keeper?.(this);
    return ok('');
  }

  /** A merge patch, of a version where it says one; fields that it changes are then held by its manager. */
  private patch(args: readonly string[], namespace: string): Finished {
    const object = this.objects.find(one => isNamed(one, args[0]) && one.metadata.namespace === namespace);
    const { metadata: { resourceVersion, ...metadata }, spec: given, data } = JSON.parse(args[args.indexOf('-p') + 1]);
    const isScale = args.includes('--subresource=scale');
    const spec = isScale ? { [this.sizeField]: given.replicas } : given;
    if (!object) {
      return refused(`Error from server (NotFound): ${args[0]} not found`);
    }
    if (resourceVersion !== undefined && resourceVersion !== object.metadata.resourceVersion) {
      return refused('Error from server (Conflict): the object has been modified; please apply your changes to the latest version');
    }
    const at = args.indexOf('--field-manager');
    const fields = Object.fromEntries(Object.keys(spec ?? {}).map(key => [`f:${key}`, {}]));
    const hand = { manager: at < 0 ? 'kubectl-patch' : args[at + 1], operation: 'Update', fieldsV1: { 'f:spec': fields }, ...isScale ? { subresource: 'scale' } : {} };
    const before: any = object;
    const changed: any = {
      ...object,
      metadata: { ...object.metadata, ...metadata },
      ...(spec ? { spec: { ...before.spec, ...spec } } : {}),
      ...(data ? { data: { ...before.data, ...data } } : {}),
    };
    if (spec) {
      changed.metadata.managedFields = [...object.metadata.managedFields ?? [], hand];
    }
    this.objects = this.objects.map(one => one === object ? changed : one);
    this.keeper?.(this);
    return ok(`${args[0]}\n`);
  }

  private delete(kind: string, name: string, namespace: string): Finished {
    const left = this.objects.filter(object => !(isNamed(object, `${kind}/${name}`) && object.metadata.namespace === namespace));
    const deleted = left.length < this.objects.length;
    this.objects = left;
    this.keeper?.(this);
    return ok(deleted ? `${kind}/${name}\n` : '');
  }

  private createJob(_name: string, from: string, namespace: string): Finished {
    const source = from.replace('--from=cronjob/', '');
    if (!this.objects.some(object => isNamed(object, `cronjob/${source}`) && object.metadata.namespace === namespace)) {
      return refused(`error: cronjobs.batch "${source}" not found`);
    }
    this.keeper?.(this);
    return ok('');
  }
}

export function refused(stderr: string): Finished {
  return { exitCode: 1, stdout: '', stderr };
}

function ok(stdout: string): Finished {
  return { exitCode: 0, stdout, stderr: 'WARNING: version difference between client (1.32) and server (1.36) exceeds the supported minor version skew' };
}

const FLAGS_WITH_VALUE = ['--namespace', '--context', '--request-timeout', '-o'];

function parse(argv: readonly string[]): { namespace: string; args: string[] } {
  const args: string[] = [];
  let namespace = 'default';
  for (let i = 0; i < argv.length; i++) {
    if (FLAGS_WITH_VALUE.includes(argv[i])) {
      i++;
      namespace = argv[i - 1] === '--namespace' ? argv[i] : namespace;
    } else if (!['--ignore-not-found', '--show-managed-fields'].includes(argv[i])) {
      args.push(argv[i]);
    }
  }
  return { namespace, args };
}

/** `pods`, `jobs,cronjobs`, `configmap/queue-override`, `deployment.v1.apps/queue` */
function isNamed({ kind, metadata }: Named, asked: string): boolean {
  const [resource, name] = asked.split('/');
  return name === undefined
    ? resource.split(',').map(one => one.split('.')[0]).includes(`${kind.toLowerCase()}s`)
    : [kind.toLowerCase(), `${kind.toLowerCase()}s`].includes(resource.split('.')[0]) && name === metadata.name;
}

function matches({ metadata: { labels = {} } }: Named, selector: string | undefined): boolean {
  return (selector?.split(',') ?? []).every(term => {
    const [key, value] = term.split('=');
    return value === undefined ? key in labels : labels[key] === value;
  });
}

// ---- the marathon's registration: window [07:00, 12:00) in Seoul, ready by 09:45, opening at 10:00

/** 09:47 in Seoul. */
export const NOW = '2026-12-05T00:47:00Z';
/** Between events. */
export const NOVEMBER = '2026-11-30T03:00:00Z';
export const EVENT = 'seoul-marathon';

export const PLAN = MARATHON;

export interface Standing {
  readonly now?: string;
  readonly plan?: Plan;
  readonly floor?: number;
  readonly ceiling?: number;
  /** Who wrote the floor. */
  readonly owner?: string;
  readonly ready?: number;
  readonly unschedulable?: number;
  readonly guards?: number;
  /** Data of the override. */
  readonly override?: { readonly [key: string]: string };
  /** Beside, or instead of those of the same kind and name. */
  readonly more?: readonly Named[];
  /** Names of objects that are not there. */
  readonly without?: readonly string[];
}

/** The repair of the chart. */
const REPAIR = 'registration-prewarm-repair';

/** All that stands in the cluster around the registration; as planned unless told otherwise. */
export function registration(standing: Standing = {}): FakeCluster {
  const { now = NOW, plan: given = PLAN, override, more = [], without = [] } = standing;
  const plan = { repair: REPAIR, ...given };
  const { floor = planAt(plan, Date.parse(now)).floor, ceiling = 162, owner = managerName(plan.service) } = standing;
  const { ready = floor, unschedulable = 0, guards = floor === plan.baseline.floor ? 0 : 2 } = standing;
  const objects = [
    kubeObject('ConfigMap', 'registration-prewarm', { labels: { [LABEL_SERVICE]: 'registration' } }, { data: { 'plan.json': encodePlan(plan) } }),
    hpa(floor, ceiling, owner),
    deployment(ready + unschedulable),
    ...Array.from({ length: ready }, (_, i) => pod(`registration-${i}`, { conditions: [{ type: 'Ready', status: 'True' }] })),
    ...Array.from({ length: unschedulable }, (_, i) => pod(`registration-late-${i}`, {
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/12 nodes are available: 12 Insufficient cpu.' }],
    })),
    cronJob('repair', { schedule: '47 * * * *' }),
    ...(['bump', 'verify', 'drop'] as const).map(role => cronJob(role, { schedule: '*/5 7-11 5 12 *', timeZone: 'Asia/Seoul' })),
    job('arm', 'registration-arm-1a2b3c4d', '2026-11-25T01:00:00Z', complete('2026-11-25T01:00:20Z')),
    job('repair', 'registration-prewarm-repair-29412345', '2026-11-30T02:47:00Z', complete('2026-11-30T02:47:03Z')),
    ...(guards > 0 ? [job('bump', 'registration-bump-1', '2026-12-04T22:00:00Z', complete('2026-12-04T22:00:20Z'))] : []),
    ...Array.from({ length: guards }, (_, i) => guardPod(`guard-${i}`, { phase: 'Running' })),
    ...(override ? [kubeObject('ConfigMap', 'registration-override', {}, { data: override })] : []),
  ];
  const replaced = (one: Named) => more.some(({ kind, metadata }) => kind === one.kind && metadata.name === one.metadata.name);
  return new FakeCluster([...objects.filter(one => !replaced(one) && !without.includes(one.metadata.name)), ...more], now);
}

export function kubeObject(kind: string, name: string, metadata: object, fields: object): Named {
  return { kind, metadata: { name, namespace: 'marathon', ...metadata }, ...fields };
}

export function hpa(floor: number, ceiling: number, owner: string, conditions: readonly object[] = [], ceilingOwner = 'kubectl'): Named {
  const managedFields = [
    { manager: ceilingOwner, time: '2026-11-25T01:00:00Z', fieldsV1: { 'f:spec': { 'f:maxReplicas': {} } } },
    { manager: owner, time: '2026-12-04T22:00:01Z', fieldsV1: { 'f:spec': { 'f:minReplicas': {} } } },
  ];
  return kubeObject('HorizontalPodAutoscaler', 'registration', { managedFields }, { spec: { minReplicas: floor, maxReplicas: ceiling }, status: { conditions } });
}

function deployment(replicas: number): Named {
  return kubeObject('Deployment', 'registration', {}, { spec: { replicas, selector: { matchLabels: { app: 'registration' } } } });
}

export function pod(name: string, status: object): Named {
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'registration-5d9c7', controller: true }];
  return kubeObject('Pod', name, { labels: { 'app': 'registration', 'pod-template-hash': '5d9c7' }, ownerReferences }, { spec: {}, status });
}

export function cronJob(role: JobRole, spec: object): Named {
  return kubeObject('CronJob', role === 'repair' ? REPAIR : `registration-${EVENT}-${role}`, { labels: labelsOf(role) }, { spec });
}

export function job(role: JobRole, name: string, creationTimestamp: string, status: object): Named {
  const owner = role === 'repair' ? { ownerReferences: [{ kind: 'CronJob', name: REPAIR }] } : {};
  return kubeObject('Job', name, { labels: labelsOf(role), creationTimestamp, ...owner }, { status });
}

export function jobPod(role: JobRole, jobName: string, name: string, status: object): Named {
  return kubeObject('Pod', name, { labels: { ...labelsOf(role), 'batch.kubernetes.io/job-name': jobName } }, { spec: {}, status });
}

/** Of the Deployment of the guards; as long there as the window. */
export function guardPod(name: string, status: object): Named {
  return kubeObject('Pod', name, { labels: labelsOf('guard'), creationTimestamp: '2026-12-04T22:00:05Z' }, { spec: {}, status });
}

export function complete(completionTime: string): object {
  return { completionTime, conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: completionTime }] };
}

export function failed(lastTransitionTime: string): object {
  return { conditions: [{ type: 'Failed', status: 'True', lastTransitionTime, message: 'Job has reached the specified backoff limit' }] };
}

function labelsOf(role: KeeperRole): { [label: string]: string } {
  return {
    // a repair is of all services of its chart
    ...(role === 'repair' ? {} : { [LABEL_SERVICE]: 'registration' }),
    [LABEL_ROLE]: role,
    ...(['arm', 'repair', 'guard'].includes(role) ? {} : { [LABEL_EVENT]: EVENT }),
  };
}
