import { boundsOf, podSelectorOf } from '../../../src/core/plan/target-fields';

test('selectors of every kind are written as -l reads them', () => {
  expect(podSelectorOf({
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
