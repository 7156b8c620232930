import * as fc from 'fast-check';
import { decide } from '../../../src/core/plan/decide';
import { Live, applied, holdersOf, liveOf, mayLowerCeiling, patched, podsOf, specOf } from '../../../src/core/plan/live';
import { managerName } from '../../../src/core/plan/names';
import { FakeCluster, VirtualTime, autoscaler } from '../../keeper/fake-cluster';

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

describe('floor, ceiling and their owners after a write are what the API server makes of it', () => {
  const HPA = 'horizontalpodautoscalers/queue';
  const SERVICE = { service: 'queue' };
  const bounds = fc.record({ floor: fc.integer({ min: 1, max: 9 }), more: fc.integer({ min: 0, max: 4 }) })
    .map(({ floor, more }) => ({ floor, ceiling: floor + more }));
  const pods = fc.constantFrom(0, 3, 6, Infinity).map(most => ({ most }));
  const deed = fc.oneof(
    fc.record({ by: fc.constant('keeper' as const), bounds, pods }),
    fc.record({ by: fc.constantFrom('kubectl-patch', 'kubectl-edit', 'cdk8s-prewarm-other'), bounds, only: fc.constantFrom('floor', 'ceiling', undefined) }),
  );

  // a time of managedFields is that of the hand's last write to any field
  const ownersOf = ({ floorHand, ceilingHand, ...live }: Live) => ({ ...live, floorHand: floorHand?.manager, ceilingHand: ceilingHand?.manager });

  test('whoever writes, in any order', () => {
    fc.assert(fc.property(bounds, fc.array(deed, { maxLength: 12 }), (manifest, deeds) => {
      const cluster = new FakeCluster(new VirtualTime());
      cluster.create(HPA, autoscaler({ minReplicas: manifest.floor, maxReplicas: manifest.ceiling }));
      let live = liveOf(cluster.get(HPA), SERVICE);
      for (const next of deeds) {
        cluster.clockMs += 1_000;
        if ('pods' in next) {
          const { write } = decide({ ...next.bounds, openings: [] }, live, next.pods);
          if (write) {
            cluster.apply(HPA, managerName('queue'), specOf({ kind: 'HorizontalPodAutoscaler' }, write));
            live = applied(live, write);
          }
        } else {
          // the API server refuses a ceiling below the floor
          const { floor, ceiling } = next.bounds;
          const write = {
            floor: next.only === 'floor' ? Math.min(floor, live.ceiling!) : floor,
            ceiling: next.only === 'ceiling' ? Math.max(ceiling, live.floor) : ceiling,
          };
          const part = next.only ? { [next.only]: write[next.only as 'floor' | 'ceiling'] } : write;
          cluster.patch(HPA, next.by, specOf({ kind: 'HorizontalPodAutoscaler' }, part));
          live = patched(live, { manager: next.by, time: new Date(cluster.clockMs).toISOString() }, part);
        }
        expect(ownersOf(live)).toEqual(ownersOf(liveOf(cluster.get(HPA), SERVICE)));
      }
    }), { seed: 20261205, numRuns: 2_000 });
  });
});

test('a ceiling that stands at just what the manifest carries may be lowered, whoever applied it; any other of another hand may not', () => {
  const live = { floor: 2, ceiling: 162, ownsFloor: true, ownsCeiling: false, ownsCeilingAlone: false, isDisabled: false };
  expect(mayLowerCeiling(live)).toBe(false);
  expect(mayLowerCeiling({ ...live, manifestCeiling: 162 })).toBe(true);
  expect(mayLowerCeiling({ ...live, manifestCeiling: 160 })).toBe(false);
  expect(mayLowerCeiling({ ...live, ownsCeiling: true })).toBe(true);
});

describe('the pods of a workload', () => {
  test('are at least what it, or its autoscaler, has or asks for', () => {
    expect(podsOf({ spec: { replicas: 40 }, status: { replicas: 60 } }, {})).toEqual({ asked: 40, most: 60 });
    expect(podsOf({ spec: { replicas: 40 }, status: { replicas: 38 } }, { count: 41 })).toEqual({ asked: 40, most: 41 });
    expect(podsOf({ spec: { replicas: 0 } }, {})).toEqual({ asked: 0, most: 0 });
  });

  test('are 1 where it does not say, as Kubernetes takes it', () => {
    expect(podsOf({}, {})).toEqual({ asked: 1, most: 1 });
  });

  test('are unknown where it is not there', () => {
    expect(podsOf(undefined, { count: 3 })).toEqual({ most: Infinity });
  });
});
