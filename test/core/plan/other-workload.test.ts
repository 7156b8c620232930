import { otherWorkloadOf } from '../../../src/core/plan/other-workload';
import { ObjectReference } from '../../../src/core/plan/plan';

const HPA: ObjectReference = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'queue' };
const API: ObjectReference = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'queue-api' };

test('a target scales another workload than the plan\'s where group, kind or name differ', () => {
  const found = (scaleTargetRef: object) => otherWorkloadOf({ ...HPA, spec: { scaleTargetRef } }, { target: HPA, workload: API });
  expect(found(API)).toBeUndefined();
  expect(found({ ...API, apiVersion: 'apps/v1beta2' })).toBeUndefined();
  expect(found({ ...API, name: 'queue' })).toEqual({ ...API, name: 'queue' });
  expect(found({ ...API, kind: 'StatefulSet' })).toEqual({ ...API, kind: 'StatefulSet' });
  expect(found({ ...API, apiVersion: 'example.com/v1' })).toEqual({ ...API, apiVersion: 'example.com/v1' });
});

test('what a target does not say is not taken for another workload', () => {
  const plan = { target: HPA, workload: API };
  expect(otherWorkloadOf(undefined, plan)).toBeUndefined();
  expect(otherWorkloadOf(HPA, plan)).toBeUndefined();
  expect(otherWorkloadOf({ ...HPA, spec: { maxReplicas: 10 } }, plan)).toBeUndefined();
});

test('a target that is the workload itself scales no other', () => {
  expect(otherWorkloadOf({ ...API, spec: { replicas: 3 } }, { target: API, workload: API })).toBeUndefined();
});
