import { Demand, PodCapacity } from 'cdk8s-prewarm';

test('replicas are taken as they are', () => {
  expect(Demand.replicas(60)._replicas(undefined)).toBe(60);
});

test('requests per second become the pods that keep the peak at the target of 70 %', () => {
  expect(Demand.requestsPerSecond(15_000)._replicas(PodCapacity.requestsPerSecond(200))).toBe(108);
});

test('another target of the autoscaler gives another headroom', () => {
  expect(Demand.requestsPerSecond(15_000)._replicas(PodCapacity.requestsPerSecond(200), 50)).toBe(150);
});

test('a stated headroom wins over the target', () => {
  expect(Demand.requestsPerSecond(6_000, { headroomPercent: 50 })._replicas(PodCapacity.requestsPerSecond(350), 50)).toBe(26);
});

test('requests per second without a pod capacity are no number of pods', () => {
  expect(Demand.requestsPerSecond(15_000)._replicas(undefined)).toBeUndefined();
});

test.each([0, -1, 1.5, NaN, Infinity])('refuses %p replicas', count => {
  expect(() => Demand.replicas(count)).toThrow(`Demand.replicas needs a whole number of at least 1, got ${count}`);
});

test.each([0, -200, NaN, Infinity])('refuses %p requests per second', rps => {
  expect(() => Demand.requestsPerSecond(rps)).toThrow(`Demand.requestsPerSecond needs a number above 0, got ${rps}`);
  expect(() => PodCapacity.requestsPerSecond(rps)).toThrow(`PodCapacity.requestsPerSecond needs a number above 0, got ${rps}`);
});

test.each([-1, NaN, Infinity])('refuses a headroom of %p percent', headroomPercent => {
  expect(() => Demand.requestsPerSecond(100, { headroomPercent }))
    .toThrow(`'headroomPercent' of Demand.requestsPerSecond must be a number of at least 0, got ${headroomPercent}`);
});

test('shows a string where a number was meant', () => {
  expect(() => Demand.replicas('60' as any)).toThrow("got '60' (a string)");
  expect(() => Demand.requestsPerSecond('15000' as any)).toThrow("got '15000' (a string)");
});
