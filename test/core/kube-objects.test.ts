import { Pod, TargetObject, Workload } from '../../src/core/kube-objects';

test('a misspelt status field is refused by the compiler', () => {
  const workload: Workload = { kind: 'Deployment', metadata: {}, status: { readyReplicas: 3 } };
  const target: TargetObject = { kind: 'HorizontalPodAutoscaler', metadata: {}, status: { currentReplicas: 3 } };
  const pod: Pod = { status: { containerStatuses: [{ restartCount: 3 }] } };
  // @ts-expect-error readyReplicas
  const ready = workload.status?.readyReplica;
  // @ts-expect-error currentReplicas
  const current = target.status?.currentReplica;
  // @ts-expect-error containerStatuses
  const containers = pod.status?.containerStatus;
  expect([ready, current, containers]).toEqual([undefined, undefined, undefined]);
});
