import { seatBeltUsed } from '../../../src/core/plan/seat-belt';

const hpa = (desiredReplicas?: number, reason?: string) => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: {},
  status: { desiredReplicas, conditions: reason ? [{ type: 'ScalingLimited', status: 'True', reason }] : [] },
});

test('the seat belt is used up where the autoscaler wants more than its ceiling, or asks for as many pods as that allows', () => {
  const bounds = { floor: 40, ceiling: 60 };
  expect(seatBeltUsed(hpa(60, 'TooManyReplicas'), undefined, bounds)).toBe('wants more');
  expect(seatBeltUsed(hpa(60), undefined, bounds)).toBe('full');
  expect(seatBeltUsed(hpa(59), undefined, bounds)).toBeUndefined();
  expect(seatBeltUsed(hpa(40, 'TooFewReplicas'), undefined, bounds)).toBeUndefined();
});

test('what the autoscaler of a ScaledObject asks for is read from the workload', () => {
  const target = { kind: 'ScaledObject', metadata: {} };
  expect(seatBeltUsed(target, { spec: { replicas: 60 } }, { floor: 40, ceiling: 60 })).toBe('full');
  expect(seatBeltUsed(target, { spec: { replicas: 59 } }, { floor: 40, ceiling: 60 })).toBeUndefined();
});

test('where floor and ceiling are one, that many are planned; without a ceiling there is no seat belt', () => {
  expect(seatBeltUsed(hpa(60), undefined, { floor: 60, ceiling: 60 })).toBeUndefined();
  expect(seatBeltUsed(hpa(60, 'TooManyReplicas'), undefined, { floor: 60, ceiling: 60 })).toBe('wants more');
  expect(seatBeltUsed(undefined, { spec: { replicas: 60 } }, { floor: 40 })).toBeUndefined();
});
