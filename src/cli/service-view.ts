import { WrongInput } from './io';
import { CronJob, Job } from './job-objects';
import { Kubectl, Named, resourceOf } from './kubectl';
import { sized } from './sized';
import { ConfigMap, KubeObject, Pod, TargetObject, Workload } from '../core/kube-objects';
import { byText } from '../core/order';
import { decodePlan } from '../core/plan/document';
import { KeeperRole, LABEL_EVENT, LABEL_JOB_NAME, LABEL_ROLE, LABEL_SERVICE, PLAN_KEY, configName, overrideName } from '../core/plan/names';
import { Malformed, Overriding, Override } from '../core/plan/override';
import { overridingOf } from '../core/plan/override-bounds';
import { ObjectReference, Plan } from '../core/plan/plan';
import { isPodOf } from '../core/plan/pod-owner';
import { postponedPlan } from '../core/plan/postpone';
import { isSameObject } from '../core/plan/reference';
import { podSelectorOf } from '../core/plan/target-kind';
import { EpochMs } from '../core/time/instant';

/** A plan in a cluster. */
export interface FoundPlan {
  readonly service: string;
  readonly namespace: string;
  readonly plan: Plan | Unreadable;
}

/** A plan that can be read. */
export type ReadPlan = FoundPlan & { readonly plan: Plan };

/** Whether a plan could be read. */
export function isRead(found: FoundPlan): found is ReadPlan {
  return !('unreadable' in found.plan);
}

/** One service as it stands in the cluster. */
export interface ServiceView extends ReadPlan {
  readonly override?: Override | Malformed;
  /** What the object says that holds override and postponements; absent: it is not there. */
  readonly overriding?: { readonly [key: string]: string };
  /** What of it cannot be read, or is beyond its bounds, in sentences. */
  readonly malformed: readonly string[];
  /** Absent: not there, or not to be read. */
  readonly target?: TargetObject;
  /** Absent: not there, or not to be read. */
  readonly workload?: Workload;
  /** Of target and workload, what the cluster did not answer for. */
  readonly unread: readonly Unread[];
  /** What controllers of its namespace were refused to create, the latest first; empty where nobody has asked. */
  readonly refusals: readonly Refusal[];
  /** All autoscalers of its namespace; empty where nobody has asked. */
  readonly autoscalers: readonly TargetObject[];
  /** Who fights over the floor of the target, the latest first; empty where nobody has asked. */
  readonly fights: readonly Fight[];
  /** Of the workload. */
  readonly pods: readonly Pod[];
  readonly jobs: readonly RoleObject<Named<Job>>[];
  readonly cronJobs: readonly RoleObject<Named<CronJob>>[];
  /** Of the jobs, and the guards. */
  readonly jobPods: readonly RoleObject<Pod>[];
}

/** A Job or CronJob of ours, or a pod of one or of the guards. */
export interface RoleObject<T> {
  readonly role: KeeperRole;
  /** Absent for arm, repair and guard. */
  readonly event?: string;
  readonly object: T;
}

/** Something that the API server did not let a controller create, in its words. */
export interface Refusal {
  /** Of the object for which it was to be created. */
  readonly kind: string;
  readonly name: string;
  readonly message: string;
}

/** Told by a guard: another hand lowers what it puts back. */
export interface Fight {
  /** Of the target. */
  readonly kind: string;
  readonly name: string;
  readonly message: string;
  /** When it was told. */
  readonly at: EpochMs;
}

/** An object that the cluster did not answer for: it serves no such kind, or the user may not read it. */
export interface Unread extends ObjectReference {
  readonly why: string;
}

/** A plan that cannot be read, and why. */
export interface Unreadable {
  readonly unreadable: string;
}

/** All plans of a namespace, or of the cluster, by namespace and name: one call. */
export async function findPlans(kubectl: Kubectl, allNamespaces: boolean): Promise<FoundPlan[]> {
  const configs = await kubectl.get<Named<ConfigMap>>('configmaps', '--selector', LABEL_SERVICE, ...(allNamespaces ? ['--all-namespaces'] : []));
  return configs
    .filter(({ metadata, data }) => data?.[PLAN_KEY] !== undefined && metadata.name === configName(metadata.labels![LABEL_SERVICE]))
    .map(({ metadata, data }) => ({
      service: metadata.labels![LABEL_SERVICE], namespace: metadata.namespace!, plan: readPlan(data![PLAN_KEY]),
    }))
    .sort((a, b) => byText(a.namespace, b.namespace) || byText(a.service, b.service));
}

/**
 * The plan of one service among those of a namespace.
 *
 * @throws WrongInput that says which there are
 */
export function planNamed<T extends FoundPlan>(service: string, plans: readonly T[], namespace: string | undefined): T {
  const found = somePlans(plans, namespace).find(plan => plan.service === service);
  if (!found) {
    throw new WrongInput(`${namespaceText(namespace)} has no service '${service}'; it has ${plans.map(plan => plan.service).join(', ')}; -n names another namespace`);
  }
  return found;
}

/**
 * The plans of a namespace, of which there must be one.
 *
 * @throws WrongInput that says how to look elsewhere
 */
export function somePlans<T extends FoundPlan>(plans: readonly T[], namespace: string | undefined): readonly T[] {
  if (plans.length === 0) {
    throw new WrongInput(`${namespaceText(namespace)} has no plan of cdk8s-prewarm; -n names another namespace`);
  }
  return plans;
}

function namespaceText(namespace: string | undefined): string {
  return namespace === undefined ? "the context's namespace" : `namespace ${namespace}`;
}

/**
 * What stands around plans: two calls a namespace, and one a service for its pods.
 *
 * Overrides, targets and workloads are asked for by name, since none of them need carry our label: an override may have been
 * written by hand.
 *
 * @throws WrongInput when the cluster does not answer; with 'tell' not for a target or workload, which is then in `unread`
 */
export async function viewServices(kubectl: Kubectl, found: readonly ReadPlan[], whenUnread: WhenUnread = 'throw'): Promise<ServiceView[]> {
  const namespaces = [...new Set(found.map(({ namespace }) => namespace))];
  const views: ServiceView[] = [];
  for (const namespace of namespaces) {
    const here = found.filter(service => service.namespace === namespace);
    const there = kubectl.in(namespace);
    const [named, ours] = await Promise.all([
      namedObjects(there, here, whenUnread),
      there.get('jobs,cronjobs,pods', '--selector', LABEL_ROLE),
    ]);
    // a few at a time: each is a process of its own
    for (let i = 0; i < here.length; i += AT_ONCE) {
      views.push(...await Promise.all(here.slice(i, i + AT_ONCE).map(service => viewOf(service, there, named, ours, whenUnread))));
    }
  }
  return views;
}

const AT_ONCE = 8;

/** What becomes of a target or workload that kubectl refuses to read. */
type WhenUnread = 'throw' | 'tell';

interface NamedObjects {
  readonly objects: readonly Named[];
  readonly unread: readonly Unread[];
}

/** Overrides, targets and workloads: in one call, and one by one where kubectl refuses that for the sake of one of them. */
async function namedObjects(kubectl: Kubectl, found: readonly ReadPlan[], whenUnread: WhenUnread): Promise<NamedObjects> {
  const overrides = found.map(({ service }) => `configmap/${overrideName(service)}`);
  const references = found.flatMap(({ plan }) => [plan.target, plan.workload]);
  const names = found.flatMap(({ plan }, i) => [overrides[i], resourceOf(plan.target), resourceOf(plan.workload)]);
  try {
    return { objects: await kubectl.get(...new Set(names)), unread: [] };
  } catch (error) {
    if (whenUnread === 'throw' || !(error instanceof WrongInput)) {
      throw error;
    }
  }
  // a cluster that does not answer at all fails here
  const objects: Named[] = [...await kubectl.get(...overrides)];
  const unread: Unread[] = [];
  for (const [resource, reference] of new Map(references.map(one => [resourceOf(one), one]))) {
    try {
      objects.push(...await kubectl.get(resource));
    } catch (error) {
      if (!(error instanceof WrongInput)) {
        throw error;
      }
      unread.push({ ...reference, why: error.message });
    }
  }
  return { objects, unread };
}

async function viewOf(
  found: ReadPlan, kubectl: Kubectl, { objects: named, unread: refused }: NamedObjects, labelled: readonly Named[], whenUnread: WhenUnread,
): Promise<ServiceView> {
  const { service, plan } = found;
  const namedAs = <T extends Named>(reference: ObjectReference) =>
    named.find((object): object is T => isSameObject({ ...object, name: object.metadata.name }, reference));
  const ours = [...labelled.filter(({ metadata }) => metadata.labels?.[LABEL_SERVICE] === service), ...repairIn(labelled, plan)];
  const override = namedAs<Named<ConfigMap>>({ apiVersion: 'v1', kind: 'ConfigMap', name: overrideName(service) });
  const unsized: Unread[] = [];
  const whole = async <T extends Named>(reference: ObjectReference) => sized(kubectl, namedAs<T>(reference), reference).catch((error: Error) => {
    if (whenUnread === 'throw' || !(error instanceof WrongInput)) {
      throw error;
    }
    unsized.push({ ...reference, why: error.message });
    return undefined;
  });
  const target = await whole<Named<TargetObject>>(plan.target);
  const workload = isSameObject(plan.target, plan.workload) ? target as Named<Workload> | undefined : await whole<Named<Workload>>(plan.workload);
  const selector = podSelectorOf(workload);
  const said: Overriding = override ? overridingOf(override, plan) : { postponements: [], malformed: [] };
  const unread = said.malformed.length > 0 ? { malformed: said.malformed[0] } : undefined;
  return {
    ...found,
    plan: postponedPlan(plan, said.postponements),
    ...(said.override ?? unread ? { override: said.override ?? unread } : {}),
    ...(override ? { overriding: override.data ?? {} } : {}),
    malformed: said.malformed,
    ...(target ? { target } : {}),
    ...(workload ? { workload } : {}),
    refusals: [],
    autoscalers: [],
    fights: [],
    unread: [...refused.filter(one => isSameObject(one, plan.target) || isSameObject(one, plan.workload)), ...unsized],
    // without a selector, kubectl would answer with every pod there is
    pods: selector === '' ? [] : (await kubectl.get<Named<Pod & KubeObject>>('pods', '--selector', selector)).filter(pod => isPodOf(pod, plan.workload)),
    jobs: ours.filter(isOfKind<Named<Job>>('Job')).map(roleOf),
    cronJobs: ours.filter(isOfKind<Named<CronJob>>('CronJob')).map(roleOf),
    jobPods: ours.filter(isOfKind<Named<Pod & KubeObject>>('Pod')).map(roleOf),
  };
}

/** The repair that a plan names, its Jobs and their pods; all services of a chart share them. */
function repairIn(labelled: readonly Named[], { repair }: Plan): Named[] {
  const ofRepair = repair === undefined ? [] : labelled.filter(({ metadata }) => metadata.labels?.[LABEL_ROLE] === 'repair');
  const jobs = ofRepair.filter(({ kind, metadata }) => kind === 'Job' && metadata.ownerReferences?.some(owner => owner.name === repair));
  const names = new Set(jobs.map(({ metadata }) => metadata.name));
  return [
    ...ofRepair.filter(({ kind, metadata }) => kind === 'CronJob' && metadata.name === repair),
    ...jobs,
    ...ofRepair.filter(({ kind, metadata }) => kind === 'Pod' && names.has(metadata.labels?.[LABEL_JOB_NAME] ?? '')),
  ];
}

/** Whether an object is of a kind, which the caller knows by its type. */
export function isOfKind<T extends Named>(kind: string): (object: Named) => object is T {
  return (object): object is T => object.kind === kind;
}

function roleOf<T extends Named>(object: T): RoleObject<T> {
  const labels = object.metadata.labels ?? {};
  return { role: labels[LABEL_ROLE] as KeeperRole, ...(labels[LABEL_EVENT] ? { event: labels[LABEL_EVENT] } : {}), object };
}

function readPlan(text: string): Plan | Unreadable {
  try {
    return decodePlan(text);
  } catch (error) {
    return { unreadable: (error as Error).message };
  }
}
