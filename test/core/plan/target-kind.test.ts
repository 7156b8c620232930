import { groupOf } from '../../../src/core/plan/reference';
import { TARGET_KINDS, boundsOf, pluralOf, podSelectorOf, targetKindOf, workloadOf } from '../../../src/core/plan/target-kind';

test('selectors of every kind are written as -l reads them', () => {
  expect(podSelectorOf({
    kind: 'Deployment',
    spec: {
      selector: {
        matchLabels: { app: 'queue' },
        matchExpressions: [
          { key: 'tier', operator: 'In', values: ['web', 'api'] }, { key: 'track', operator: 'NotIn', values: ['canary'] },
          { key: 'team', operator: 'Exists' }, { key: 'debug', operator: 'DoesNotExist' },
        ],
      },
    },
  })).toBe('app=queue,tier in (web,api),track notin (canary),team,!debug');
});

test('a Rollout has its selector in its status, also where its spec names another workload', () => {
  const rollout = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', spec: { workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } } };
  expect(podSelectorOf({ ...rollout, status: { selector: 'app=web' } })).toBe('app=web');
});

test('a workload of a kind without a row may have its selector where /scale of custom kinds has it', () => {
  expect(podSelectorOf({ apiVersion: 'acme.example/v1', kind: 'Pool', status: { selector: 'app=queue,pool=a' } })).toBe('app=queue,pool=a');
  expect(podSelectorOf({ apiVersion: 'acme.example/v1', kind: 'Pool', spec: { selector: { matchLabels: { app: 'queue' } } } })).toBe('app=queue');
});

test('a workload that is not there has no selector', () => {
  expect(podSelectorOf(undefined)).toBe('');
});

test('what a spec leaves out is what Kubernetes and KEDA take it for', () => {
  expect(boundsOf({ kind: 'HorizontalPodAutoscaler', spec: { maxReplicas: 20 } })).toEqual({ floor: 1, ceiling: 20 });
  expect(boundsOf({ kind: 'ScaledObject', spec: {} })).toEqual({ floor: 0, ceiling: 100 });
  expect(boundsOf({ kind: 'ScaledObject', spec: { minReplicaCount: 3, maxReplicaCount: 9 } })).toEqual({ floor: 3, ceiling: 9 });
  expect(boundsOf({ kind: 'Deployment', spec: {} })).toEqual({ floor: 1 });
  expect(boundsOf({ kind: 'StatefulSet', spec: { replicas: 4 } })).toEqual({ floor: 4 });
});

test('an object of another group has no row, whatever its kind is called', () => {
  expect(targetKindOf({ apiVersion: 'apps/v1beta2', kind: 'Deployment' })?.shortName).toBe('deploy');
  expect(targetKindOf({ apiVersion: 'acme.example/v1', kind: 'Deployment' })).toBeUndefined();
});

test('no kind has a row twice', () => {
  const names = TARGET_KINDS.map(({ apiVersion, kind }) => `${kind} of ${groupOf(apiVersion)}`);
  expect(new Set(names).size).toBe(names.length);
});

test('an autoscaler without a ceiling has none, since Kubernetes has no default', () => {
  expect(boundsOf({ kind: 'HorizontalPodAutoscaler', spec: { minReplicas: 2 } })).toEqual({ floor: 2 });
});

test('a kind without a row has a regular plural', () => {
  expect(pluralOf({ apiVersion: 'v1', kind: 'ConfigMap' })).toBe('configmaps');
});

test('a kind without a row is named, with those that have one', () => {
  expect(() => boundsOf({ apiVersion: 'apps/v1', kind: 'DaemonSet' }))
    .toThrow('DaemonSet is no kind that has a floor; the target must be a HorizontalPodAutoscaler, ScaledObject, Deployment, StatefulSet or Rollout');
});

const HPA = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'queue-hpa' };

test('the workload is read in a version that is served', () => {
  expect(workloadOf(HPA, { scaleTargetRef: { apiVersion: 'apps/v1beta2', kind: 'Deployment', name: 'queue' } }))
    .toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'queue' });
});

test('a workload of a kind without a row keeps its version', () => {
  const custom = { apiVersion: 'acme.example/v2', kind: 'Pool', name: 'queue' };
  expect(workloadOf(HPA, { scaleTargetRef: custom })).toEqual(custom);
});

test('KEDA leaves out kind and version of a Deployment', () => {
  expect(workloadOf({ apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', name: 'queue' }, { scaleTargetRef: { name: 'web' } }))
    .toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' });
});

test('a target with pods of its own is its own workload', () => {
  const target = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db' };
  expect(workloadOf(target, { replicas: 3 })).toEqual(target);
});
