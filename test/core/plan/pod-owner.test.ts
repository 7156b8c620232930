import { isPodOf } from '../../../src/core/plan/pod-owner';

const HASH = 'pod-template-hash';
const ROLLOUT_HASH = 'rollouts-pod-template-hash';

test.each<[boolean, string, string, { [label: string]: string }, string]>([
  [true, 'ReplicaSet', 'queue-7c4', { [HASH]: '7c4' }, 'Deployment'],
  [true, 'ReplicaSet', 'queue-7c4', { [ROLLOUT_HASH]: '7c4' }, 'Rollout'],
  [true, 'ReplicaSet', 'queue-7c4', {}, 'Deployment'],
  // of the Deployment queue-admin
  [false, 'ReplicaSet', 'queue-admin-7c4', { [HASH]: '7c4' }, 'Deployment'],
  [false, 'ReplicaSet', 'queue-admin-7c4', {}, 'Deployment'],
  // of a Deployment that is called as the other's ReplicaSet
  [false, 'ReplicaSet', 'queue-admin', { [HASH]: '7c4' }, 'Deployment'],
  [false, 'ReplicaSet', 'queue', {}, 'StatefulSet'],
  [false, 'Job', 'queue-1', {}, 'Deployment'],
  [true, 'StatefulSet', 'queue', {}, 'StatefulSet'],
  [false, 'StatefulSet', 'queue-1', {}, 'StatefulSet'],
  [true, 'Fleet', 'queue', {}, 'Fleet'],
  [true, 'FleetMember', 'queue-1', {}, 'Fleet'],
  [false, 'FleetMember', 'queues-1', {}, 'Fleet'],
])('it is %p that a pod of %s %s with %j is one of %s queue', (isOwn, kind, name, labels, of) => {
  const pod = { metadata: { labels, ownerReferences: [{ apiVersion: 'v1', kind, name, controller: true }] } };
  expect(isPodOf(pod, { kind: of, name: 'queue' })).toBe(isOwn);
});

test('a pod that belongs to nobody is nobody\'s', () => {
  expect(isPodOf({ metadata: { labels: { app: 'queue' } } }, { kind: 'Deployment', name: 'queue' })).toBe(false);
});

test('of several owners the one that acts upon the pod decides', () => {
  const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name: 'a' }, { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'queue', controller: true }];
  expect(isPodOf({ metadata: { ownerReferences } }, { kind: 'StatefulSet', name: 'queue' })).toBe(true);
});
