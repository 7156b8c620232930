import { encodePlan } from '../../src/core/plan/document';
import { eventLinesOf } from '../../src/core/plan/event-lines';
import { KEEPER_KEY, KeeperRole, LABEL_EVENT, LABEL_ROLE, LABEL_SERVICE, MOUNT_PATH, PLAN_KEY, configName } from '../../src/core/plan/names';
import { Plan } from '../../src/core/plan/plan';
import { rightsOf } from '../../src/core/plan/rights';
import { CronLine } from '../../src/core/time/cron-cover';
import { Deployed, deployedIn } from '../../src/manifests/deployed';
import { Manifest } from '../../src/manifests/manifest';

/** Kubernetes objects around a plan, as manifests. */

export function configMap(plan: Plan, namespace = 'marathon'): any {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: configName(plan.service), namespace, labels: { [LABEL_SERVICE]: plan.service } },
    data: { [PLAN_KEY]: encodePlan(plan), [KEEPER_KEY]: '' },
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
    // as that of a PrewarmedService
    metadata: { name, namespace, labels: { [LABEL_SERVICE]: name } },
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, maxReplicas: 162, ...spec },
  };
}

/** What the constructs write around a plan, so that its keeper runs: jobs but for repair, account and rights. */
export function keeperObjects(plan: Plan, namespace = 'marathon'): any[] {
  const { service } = plan;
  const metadata = { name: configName(service), namespace, labels: { [LABEL_SERVICE]: service } };
  const job = (role: KeeperRole, event?: string, line?: CronLine): any => {
    const labels = { ...metadata.labels, [LABEL_ROLE]: role, ...event === undefined ? {} : { [LABEL_EVENT]: event } };
    const args = [...event === undefined || role === 'drop' ? [] : ['--event', event]];
    const template = {
      spec: {
        automountServiceAccountToken: true,
        containers: [{
          name: 'keeper',
          image: 'node:24.21.0-alpine',
          args: [`${MOUNT_PATH}/${KEEPER_KEY}`, role, ...args],
          resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '500m', memory: '128Mi' } },
          volumeMounts: [{ mountPath: MOUNT_PATH, name: 'prewarm', readOnly: true }],
        }],
        serviceAccountName: metadata.name,
        volumes: [{ name: 'prewarm', configMap: { name: metadata.name } }],
      },
    };
    const spec = { template };
    const { apiVersion, kind } = role === 'guard' ? { apiVersion: 'apps/v1', kind: 'Deployment' } : { apiVersion: 'batch/v1', kind: line ? 'CronJob' : 'Job' };
    return {
      apiVersion,
      kind,
      metadata: { name: [service, event, role].filter(Boolean).join('-'), namespace, labels },
      spec: line ? { ...line, concurrencyPolicy: 'Forbid', jobTemplate: { spec } } : spec,
    };
  };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata,
      rules: rightsOf(plan, undefined).map(({ verbs, group, resource, name }) => ({
        apiGroups: [group], resources: [resource], verbs, ...name === undefined ? {} : { resourceNames: [name] },
      })),
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: metadata.name, namespace }],
    },
    job('arm'),
    ...plan.guards > 0 ? [job('guard')] : [],
    ...[...new Set(plan.openings.map(({ event }) => event))].flatMap(event => {
      const openings = plan.openings.filter(opening => opening.event === event);
      const lines = eventLinesOf(openings, openings[0].timeZone);
      return (['bump', 'verify', 'drop'] as const).map(role => job(role, event, lines[role]));
    }),
  ];
}

/** All that one synth writes of a plan. */
export function synthOf(plan: Plan, namespace?: string): any[] {
  return [configMap(plan, namespace), ...keeperObjects(plan, namespace)];
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
