import { encodePlan } from '../../src/core/plan/document';
import { LABEL_SERVICE, PLAN_KEY, configName } from '../../src/core/plan/names';
import { Plan } from '../../src/core/plan/plan';
import { Deployed, deployedIn } from '../../src/manifests/deployed';
import { Manifest } from '../../src/manifests/manifest';

/** Kubernetes objects around a plan, as manifests. */

export function configMap(plan: Plan, namespace = 'marathon'): any {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: configName(plan.service), namespace, labels: { [LABEL_SERVICE]: plan.service } },
    data: { [PLAN_KEY]: encodePlan(plan) },
  };
}

export function deployment(name: string, { resources = { requests: { cpu: '1', memory: '1Gi' } }, ...spec }: any = {}, namespace = 'marathon'): any {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: { template: { spec: { containers: [{ name: 'main', image: 'registry.example.com/main:1', resources }] } }, ...spec },
  };
}

export function autoscaler(name: string, spec: any = {}, namespace = 'marathon'): any {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, maxReplicas: 162, ...spec },
  };
}

export function other(apiVersion: string, kind: string, name: string, rest: any = {}, namespace = 'marathon'): any {
  return { apiVersion, kind, metadata: { name, namespace }, ...rest };
}

/** Objects as manifests; each stands in a line of its own, with its path as the column's name would. */
export function deployed(...objects: readonly any[]): Deployed {
  return deployedIn(objects.map((object, i): Manifest => ({
    apiVersion: object.apiVersion,
    kind: object.kind,
    name: object.metadata.name,
    namespace: object.metadata.namespace,
    object,
    at: (...path) => ({ file: path.join('.'), line: i + 1, column: 1 }),
  })));
}

/** As YAML that holds JSON, a document for each. */
export function yamlOf(...objects: readonly any[]): string {
  return objects.map(object => JSON.stringify(object, undefined, 2)).join('\n---\n');
}
