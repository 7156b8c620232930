import { holdersOf } from '../../../src/core/plan/live';

test('the holders of a field, the latest first, whatever else they own', () => {
  const fields = (manager: string, time: string, ...names: string[]) =>
    ({ manager, time, fieldsV1: { 'f:spec': Object.fromEntries(names.map(name => [`f:${name}`, {}])) } });
  const hpa = {
    kind: 'HorizontalPodAutoscaler',
    metadata: {
      name: 'queue',
      managedFields: [
        fields('kubectl', '2026-11-01T00:00:00Z', 'maxReplicas', 'minReplicas'),
        fields('cdk8s-prewarm-queue', '2026-11-02T00:00:00Z', 'minReplicas'),
        { manager: 'kube-controller-manager', time: '2026-11-03T00:00:00Z', fieldsV1: { 'f:status': {} } },
      ],
    },
  };
  expect(holdersOf(hpa, 'minReplicas')).toEqual([
    { manager: 'cdk8s-prewarm-queue', time: '2026-11-02T00:00:00Z' }, { manager: 'kubectl', time: '2026-11-01T00:00:00Z' },
  ]);
  expect(holdersOf(hpa, 'replicas')).toEqual([]);
});
