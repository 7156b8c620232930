import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { ObjectReference } from '../core/plan/plan';
import { groupOf } from '../core/plan/reference';
import { autoscalerOf, targetKindOf, workloadOf } from '../core/plan/target-kind';

/** In each app: its autoscalers, by namespace and workload. */
const known = new WeakMap<IConstruct, Map<string, ApiObject[]>>();

/**
 * The autoscalers of this app that scale a workload, and would take back a floor that is set on it.
 *
 * The app is looked through once in each synth, however many schedules ask.
 */
export function autoscalersOf(workload: ObjectReference, namespace: string, root: IConstruct): readonly ApiObject[] {
  const autoscalers = known.get(root) ?? autoscalersIn(root);
  known.set(root, autoscalers);
  return autoscalers.get(keyOf(workload, namespace)) ?? [];
}

/** The ScaledObjects of this app of which KEDA makes an autoscaler. */
export function keptBy(autoscaler: ObjectReference, namespace: string, root: IConstruct): readonly ApiObject[] {
  return root.node.findAll().filter((object): object is ApiObject => {
    if (!ApiObject.isApiObject(object) || targetKindOf(object)?.follows !== 'keda' || object.metadata.namespace !== namespace) {
      return false;
    }
    const { metadata, spec } = object.toJson();
    return autoscalerOf(metadata.name, spec) === autoscaler.name;
  });
}

/** At the beginning of a synth: the app may have changed since the last one. */
export function forgetAutoscalers(root: IConstruct): void {
  known.delete(root);
}

function autoscalersIn(root: IConstruct): Map<string, ApiObject[]> {
  const autoscalers = new Map<string, ApiObject[]>();
  for (const object of root.node.findAll()) {
    if (ApiObject.isApiObject(object) && targetKindOf(object)?.workloadField !== undefined) {
      const { apiVersion, kind, metadata, spec } = object.toJson();
      const key = keyOf(workloadOf({ apiVersion, kind, name: metadata.name }, spec), metadata.namespace);
      autoscalers.set(key, [...autoscalers.get(key) ?? [], object]);
    }
  }
  return autoscalers;
}

function keyOf({ apiVersion, kind, name }: ObjectReference, namespace: string | undefined): string {
  return `${namespace}/${groupOf(apiVersion)}/${kind}/${name}`;
}
