import { ApiObject } from 'cdk8s';
import { IConstruct } from 'constructs';
import { ObjectReference } from '../core/plan/plan';
import { groupOf } from '../core/plan/reference';
import { TargetKind, autoscalerOf, targetKindOf, workloadOf } from '../core/plan/target-kind';

/** Objects of an app, by what is looked for. */
type Index = ReadonlyMap<string, readonly ApiObject[]>;

/** In each app: its autoscalers, by namespace and workload. */
const ofWorkloads = new WeakMap<IConstruct, Index>();

/** In each app: its ScaledObjects, by namespace and the name of the autoscaler that KEDA makes of one. */
const ofKeda = new WeakMap<IConstruct, Index>();

/**
 * The autoscalers of this app that scale a workload, and would take back a floor that is set on it.
 *
 * The app is looked through once in each synth, however many schedules ask.
 */
export function autoscalersOf(workload: ObjectReference, namespace: string, root: IConstruct): readonly ApiObject[] {
  const index = indexOf(ofWorkloads, root, row => row.workloadField !== undefined, ({ apiVersion, kind, metadata, spec }) =>
    keyOf(workloadOf({ apiVersion, kind, name: metadata.name }, spec), metadata.namespace));
  return index.get(keyOf(workload, namespace)) ?? [];
}

/** The ScaledObjects of this app of which KEDA makes an autoscaler; the app is looked through once for them, too. */
export function keptBy(autoscaler: ObjectReference, namespace: string, root: IConstruct): readonly ApiObject[] {
  const index = indexOf(ofKeda, root, row => row.follows === 'keda', ({ metadata, spec }) =>
    `${metadata.namespace}/${autoscalerOf(metadata.name, spec)}`);
  return index.get(`${namespace}/${autoscaler.name}`) ?? [];
}

/** At the beginning of a synth: the app may have changed since the last one. */
export function forgetAutoscalers(root: IConstruct): void {
  ofWorkloads.delete(root);
  ofKeda.delete(root);
}

/** Only what is meant is rendered, which takes longer than to look. */
function indexOf(
  known: WeakMap<IConstruct, Index>, root: IConstruct, isMeant: (row: TargetKind) => boolean, keyIn: (manifest: any) => string,
): Index {
  const found = known.get(root);
  if (found) {
    return found;
  }
  const index = new Map<string, ApiObject[]>();
  for (const object of root.node.findAll()) {
    const row = ApiObject.isApiObject(object) ? targetKindOf(object) : undefined;
    if (ApiObject.isApiObject(object) && row && isMeant(row)) {
      const key = keyIn(object.toJson());
      index.set(key, [...index.get(key) ?? [], object]);
    }
  }
  known.set(root, index);
  return index;
}

function keyOf({ apiVersion, kind, name }: ObjectReference, namespace: string | undefined): string {
  return `${namespace}/${groupOf(apiVersion)}/${kind}/${name}`;
}
