import { accountReference, guardsReference } from './guards';
import { configName, overrideName } from './names';
import { Plan, SCHEDULED } from './plan';
import { groupOf, isSameObject } from './reference';
import { isScaled, pluralOf, targetKindOf } from './target-kind';

/** One rule of a Role: what the keeper may do with objects of one kind. */
export interface Right {
  readonly verbs: readonly string[];
  /** The API group; empty: the core group. */
  readonly group: string;
  /** The plural of the kind, and a subresource after a slash. */
  readonly resource: string;
  /** Absent: all objects of the namespace. */
  readonly name?: string;
}

/** What rights follow from. */
export type Entitled = Pick<Plan, 'service' | 'target' | 'workload' | 'formerTargets' | 'movingIn' | 'guards' | 'explainsPods' | 'protection'>;

/**
 * All that the keeper of a plan needs, and no more.
 *
 * @param program the ConfigMap of the chart, which holds the keeper's program
 */
export function rightsOf(plan: Entitled, program: string | undefined): Right[] {
  const { service, target, workload, formerTargets = [], movingIn, guards, explainsPods, protection } = plan;
  const others = [
    ...listsAutoscalers({ target }) ? [{ verbs: ['list'], group: 'autoscaling', resource: 'horizontalpodautoscalers' }] : [],
    ...formerTargets.flatMap(former => [pluralOf(former), ...isScaled(former) ? [`${pluralOf(former)}/scale`] : []].map(resource =>
      ({ verbs: ['get', 'patch'], group: groupOf(former.apiVersion), resource, name: former.name }))),
  ];
  if (protection === SCHEDULED) {
    return [...applierRightsOf(plan, program), ...others];
  }
  const scaled = { group: groupOf(workload.apiVersion), resource: pluralOf(workload) };
  const configMaps = { verbs: ['get', 'watch'], group: '', resource: 'configmaps' };
  // a size that is written at /scale alone is read there too
  const readsScale = explainsPods !== false || isScaled(workload);
  return [
    { verbs: ['get', 'watch', 'patch'], group: groupOf(target.apiVersion), resource: pluralOf(target), name: target.name },
    ...isSameObject(workload, target) ? [] : [{ verbs: ['get', 'watch', ...forgetting(movingIn)], ...scaled, name: workload.name }],
    // read where pods are counted: it says which are the workload's
    { verbs: readsScale ? ['get', 'patch'] : ['patch'], group: scaled.group, resource: `${scaled.resource}/scale`, name: workload.name },
    ...guards === 0 ? [] : [{ verbs: ['patch'], group: 'apps', resource: 'deployments/scale', name: guardsReference(service).name }],
    { ...configMaps, name: configName(service) },
    { ...configMaps, name: overrideName(service) },
    ...program === undefined ? [] : [{ verbs: ['get'], group: '', resource: 'configmaps', name: program }],
    ...explainsPods !== false ? [{ verbs: ['list'], group: '', resource: 'pods' }] : [],
    // without that, whether a guard runs is read where their number is
    ...explainsPods === false && guards > 0 ? [{ verbs: ['get'], group: 'apps', resource: 'deployments', name: guardsReference(service).name }] : [],
    ...others,
    { verbs: ['create'], group: '', resource: 'events' },
  ];
}

/**
 * All that a keeper needs which applies a plan and ends: a repair, for one of its services, and the jobs of a schedule that is not guarded.
 *
 * It watches nothing, and counts no pods but those of guards.
 *
 * @param program the ConfigMap of the chart, which holds the keeper's program
 */
export function applierRightsOf(plan: Entitled, program: string | undefined): Right[] {
  const { service, target, workload, movingIn, guards, explainsPods } = plan;
  const scaled = { group: groupOf(workload.apiVersion), resource: pluralOf(workload) };
  const configMap = (name: string) => ({ verbs: ['get'], group: '', resource: 'configmaps', name });
  return [
    { verbs: ['get', 'patch'], group: groupOf(target.apiVersion), resource: pluralOf(target), name: target.name },
    ...isSameObject(workload, target) ? [] : [{ verbs: ['get', ...forgetting(movingIn)], ...scaled, name: workload.name }],
    { verbs: [...isScaled(workload) ? ['get'] : [], 'patch'], group: scaled.group, resource: `${scaled.resource}/scale`, name: workload.name },
    ...guards === 0 ? [] : [
      { verbs: ['patch'], group: 'apps', resource: 'deployments/scale', name: guardsReference(service).name },
      ...explainsPods === false ? [] : [
        { verbs: ['get'], group: '', resource: 'serviceaccounts', name: accountReference(service).name },
        { verbs: ['list'], group: '', resource: 'pods' },
      ],
    ],
    ...[configName(service), overrideName(service), ...program === undefined ? [] : [program]].map(configMap),
    { verbs: ['create'], group: '', resource: 'events' },
  ];
}

/** What it takes to have an applier forget the size of a workload, for as long as that moves in. */
function forgetting(movingIn: true | undefined): string[] {
  return movingIn ? ['patch'] : [];
}

/** Whether the autoscalers of the namespace tell something of a target: who else scales its workload, or what KEDA has made of it. */
export function listsAutoscalers({ target }: Pick<Plan, 'target'>): boolean {
  return targetKindOf(target)?.follows !== 'autoscaling';
}
