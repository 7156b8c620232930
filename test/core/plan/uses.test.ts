import { decodePlan, encodePlan } from '../../../src/core/plan/document';
import { PlannedUse } from '../../../src/core/plan/use-facts';
import { useGraphOf } from '../../../src/core/plan/uses';
import { planOf } from '../../support/plans';

const DB: PlannedUse = { kind: 'connections', name: 'tickets-db', perPod: 8, limit: 1_000, reserved: 40 };

function placed(service: string, uses: readonly PlannedUse[], namespace = 'shop') {
  return { plan: planOf(service, [], { uses }), namespace };
}

describe('the document', () => {
  test('is read back with all that a service uses', () => {
    const uses: PlannedUse[] = [
      { ...DB, limitIn: [{ limit: 2_000, times: [{ from: 0, until: 60_000 }] }], connectsPerMinute: 600, host: 'db', port: 5_432 },
      { kind: 'service', name: 'payment', namespace: 'bank', perRequest: 0.04 },
    ];
    expect(decodePlan(encodePlan(planOf('web', [], { uses }))).uses).toEqual(uses);
  });

  test('says nothing of uses where there are none', () => {
    expect(encodePlan(planOf('web', []))).not.toContain('uses');
  });

  test.each([
    ['kind', 'disk', "'uses[0].kind' of the plan must be one of service, connections"],
    ['limit', 0, "'uses[0].limit' of the plan must be a number above 0, got 0"],
    ['limitIn', [{ limit: 5, times: ['2026'] }], "'uses[0].limitIn[0].times[0]' of the plan must be two instants"],
  ])('with a wrong %s is refused', (field, value, message) => {
    const document = JSON.parse(encodePlan(planOf('web', [], { uses: [DB] })));
    document.uses[0][field] = value;
    expect(() => decodePlan(JSON.stringify(document))).toThrow(message);
  });
});

describe('the graph', () => {
  test('has a station for each service and each dependency, callers first', () => {
    const { stations } = useGraphOf([
      placed('payment', [DB, { kind: 'requestsPerSecond', name: 'bank', limit: 800, perRequest: 1 }]),
      placed('web', [DB, { kind: 'service', name: 'payment', perRequest: 0.04 }]),
    ]);
    expect(stations.map(({ id }) => id)).toEqual(['service/shop/web', 'service/shop/payment', 'connections/tickets-db', 'requestsPerSecond/bank']);
  });

  test('has an edge for each use, with what a pod and what a request takes', () => {
    const { edges } = useGraphOf([placed('web', [DB, { kind: 'service', name: 'payment', namespace: 'bank', perRequest: 0.04 }])]);
    expect(edges).toEqual([
      { from: 'service/shop/web', to: 'connections/tickets-db', perPod: 8 },
      { from: 'service/shop/web', to: 'service/bank/payment', perRequest: 0.04 },
    ]);
  });

  test('adds up two uses of one thing by one service', () => {
    const { edges } = useGraphOf([placed('web', [DB, { ...DB, perPod: 2 }])]);
    expect(edges).toEqual([{ from: 'service/shop/web', to: 'connections/tickets-db', perPod: 10 }]);
  });

  test('tells of a service whose plan says something else of a dependency', () => {
    const { stations } = useGraphOf([placed('web', [DB]), placed('payment', [{ ...DB, limit: 500 }])]);
    expect(stations.find(({ kind }) => kind === 'connections')).toMatchObject({ facts: { limit: 1_000, reserved: 40 }, differsIn: 'shop/payment' });
  });

  test('has each station of a circle of calls once', () => {
    const call = (name: string): PlannedUse => ({ kind: 'service', name, perRequest: 1 });
    const { stations } = useGraphOf([placed('a', [call('b')]), placed('b', [call('a')])]);
    expect(stations.map(({ name }) => name).sort()).toEqual(['a', 'b']);
  });
});
