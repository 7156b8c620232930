import { Manifest } from './manifest';
import { WithoutNamespace, placed } from './namespaces';
import { byText } from '../core/order';
import { decodePlan } from '../core/plan/document';
import { KeeperRole, LABEL_EVENT, LABEL_ROLE, LABEL_SERVICE, PLAN_KEY, configName } from '../core/plan/names';
import { ObjectReference, Opening, Plan } from '../core/plan/plan';
import { servedPortsOf } from '../core/plan/pod-shape';
import { isSameObject } from '../core/plan/reference';

/** What a set of manifests puts into a cluster, as far as it concerns us. */
export interface Deployed {
  /** By namespace and name. */
  readonly services: readonly DeployedService[];
  readonly unreadable: readonly UnreadablePlan[];
  /** All objects, ours or not, in their namespaces as far as these are known. */
  readonly manifests: readonly Manifest[];
  /** Objects that name no namespace, where that left something to assume. */
  readonly without?: WithoutNamespace;
}

/** A plan that cannot be read, and why. */
export interface UnreadablePlan {
  readonly config: Manifest;
  /** With the way out. */
  readonly problem: string;
}

/** One plan and the objects around it that stand in the same manifests. */
export interface DeployedService {
  readonly plan: Plan;
  readonly namespace?: string;
  /** The ConfigMap with the plan. */
  readonly config: Manifest;
  /** Absent: known by name only. */
  readonly target?: Manifest;
  /** Absent: known by name only. */
  readonly workload?: Manifest;
  /** The ports of the workload's pods, by number or name, to which Services of the manifests send requests. */
  readonly servedPorts: readonly (number | string)[];
  readonly jobs: readonly DeployedJob[];
}

/** A Job or CronJob of ours, or the Deployment of the guards. */
export interface DeployedJob {
  readonly role: KeeperRole;
  /** Absent for arm, repair and guard; all services of a chart share the repair. */
  readonly event?: string;
  readonly manifest: Manifest;
}

/**
 * Finds the plans and what belongs to them.
 *
 * @param namespace the one that objects are applied to which name none
 */
export function deployedIn(given: readonly Manifest[], namespace?: string): Deployed {
  const { manifests, without } = placed(given.map(withoutNulls), hasPlan, namespace);
  const unreadable: UnreadablePlan[] = [];
  const services = manifests.filter(hasPlan).flatMap((config): DeployedService[] => {
    let plan: Plan;
    try {
      plan = decodePlan(config.object.data[PLAN_KEY]);
    } catch (error) {
      unreadable.push({ config, problem: (error as Error).message });
      return [];
    }
    const here = manifests.filter(manifest => manifest.namespace === config.namespace);
    // where nobody can tell the namespace, the name has to do
    const nowhere = without && without.assumed === undefined ? without.objects : [];
    const find = (reference: ObjectReference) => [...here, ...nowhere].find(manifest => isSameObject(manifest, reference));
    const workload = find(plan.workload);
    return [{
      plan,
      ...(config.namespace === undefined ? {} : { namespace: config.namespace }),
      config,
      target: find(plan.target),
      workload,
      servedPorts: servedPortsOf(workload?.object.spec?.template ?? {}, here.filter(isService).map(({ object }) => object.spec ?? {})),
      jobs: here.filter(manifest => runsKeeper(manifest) && isOf(manifest, plan)).map(manifest => ({
        role: labelOf(manifest, LABEL_ROLE) as KeeperRole, event: labelOf(manifest, LABEL_EVENT), manifest,
      })),
    }];
  });
  return { services: services.sort((a, b) => byText(titleOf(a), titleOf(b))), unreadable, manifests, ...(without ? { without } : {}) };
}

/** A field that is null is one that is not there, as the API server has it; lists lose such members too. */
function withoutNulls(manifest: Manifest): Manifest {
  return hasNull(manifest.object) ? { ...manifest, object: cleared(manifest.object) } : manifest;
}

function hasNull(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.values(value).some(hasNull));
}

function cleared(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.filter(member => member !== null).map(cleared);
  }
  return typeof value !== 'object' || value === null ? value
    : Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null).map(([key, field]) => [key, cleared(field)]));
}

/** `namespace/name`, or the name alone. */
export function titleOf({ namespace, plan }: DeployedService): string {
  return namespace === undefined ? plan.service : `${namespace}/${plan.service}`;
}

/** The ceiling while an opening's highest window is in force, and no other is. */
export function ceilingOf({ fixedCeiling }: Plan, opening: Opening): number {
  return fixedCeiling ?? opening.ceiling;
}

function hasPlan(manifest: Manifest): boolean {
  return manifest.kind === 'ConfigMap'
    && typeof manifest.object.data?.[PLAN_KEY] === 'string'
    && (labelOf(manifest, LABEL_SERVICE) !== undefined || manifest.name.endsWith(configName('')));
}

function isService({ kind, apiVersion }: Manifest): boolean {
  return kind === 'Service' && apiVersion === 'v1';
}

/** Whether a job is of a service: its own, or the repair that its plan names. */
function isOf(manifest: Manifest, { service, repair }: Plan): boolean {
  return labelOf(manifest, LABEL_SERVICE) === service
    || (repair !== undefined && manifest.kind === 'CronJob' && manifest.name === repair && labelOf(manifest, LABEL_ROLE) === 'repair');
}

function runsKeeper(manifest: Manifest): boolean {
  const { kind } = manifest;
  return kind === 'Job' || kind === 'CronJob' || kind === 'Deployment' && labelOf(manifest, LABEL_ROLE) === 'guard';
}

function labelOf({ object }: Manifest, label: string): string | undefined {
  return object.metadata?.labels?.[label];
}
