import { App, Chart, Duration } from 'cdk8s';
import { Demand, OpeningEvent, PodCapacity, PrewarmedService } from '../src';
import { Rehearsal } from '../src/testing';

const MARATHON = OpeningEvent.once('seoul-marathon', {
  at: '2026-12-05T10:00', timeZone: 'Asia/Seoul', lead: Duration.hours(1), hold: Duration.hours(1),
});

test('a prewarmed service survives what the autoscaler alone does not', () => {
  const night = Rehearsal.of(chartWith('registration')).event('seoul-marathon').compare('hpa-only').run();
  expect(night.notes).toEqual([]);
  expect(night.prewarmed.verify.says).toBe('108 of 108 ready');
  expect(night.prewarmed.success).toBe(1);
  expect(night.prewarmed.floorViolationSeconds).toBe(0);
  expect(night.hpaOnly!.success).toBeLessThan(0.5);
});

test('the guard loses no pod to a floor that is written back', () => {
  const night = Rehearsal.of(chartWith('registration')).fault('re-apply').run();
  expect(night.prewarmed).toMatchObject({ success: 1, podsTaken: 0, floorViolationSeconds: 0 });
});

test('without a guard it would', () => {
  const night = Rehearsal.of(chartWith('registration')).fault('no-guard').fault('re-apply@-10m').run();
  expect(night.prewarmed.podsTaken).toBeGreaterThan(40);
  expect(night.prewarmed.success).toBeLessThan(0.7);
  expect(night.prewarmed.verify.ok).toBe(false);
});

test('figures, traffic and seed can be given', () => {
  const night = Rehearsal.of(chartWith('registration'))
    .opening('2026-12-05T10:00:00+09:00').assume({ imageMiB: 2_000 }).traffic({ '+0s': 0, '+1s': 100, '-1m': 0 }).seed(7).run();
  expect(night.seed).toBe(7);
  expect(night.traffic.map(({ atMs }) => atMs)).toEqual([-60_000, 0, 1000]);
  expect(night.assumptions.find(({ name }) => name === 'imageMiB')).toMatchObject({ value: 2_000, source: 'the scenario' });
});

test('a rehearsal can be the beginning of many', () => {
  const begun = Rehearsal.of(chartWith('registration'));
  begun.fault('no-prewarm');
  expect(begun.run().faults).toEqual([]);
});

test('of several services one must be chosen', () => {
  const chart = chartWith('registration', 'payment');
  expect(() => Rehearsal.of(chart).run()).toThrow("several services can be rehearsed here ('payment', 'registration'); choose one by service()");
  expect(Rehearsal.of(chart).service('payment').run().service).toBe('payment');
});

test.each([
  ['no service', () => Rehearsal.of(new Chart(new App(), 'empty')), 'the charts contain no PrewarmedService and no EventScaleSchedule'],
  ['an unknown service', () => Rehearsal.of(chartWith('registration')).service('queue'), "there is no service 'queue'; there are 'registration'"],
  ['an unknown event', () => Rehearsal.of(chartWith('registration')).event('final'), "no service has an event 'final'"],
  ['an unknown fault', () => Rehearsal.of(chartWith('registration')).fault('flood' as 'rollout'), "unknown fault 'flood'; known are no-prewarm, re-apply"],
  ['an opening that is none', () => Rehearsal.of(chartWith('registration')).opening('2026-12-06T10:00:00+09:00').run(),
    "'seoul-marathon' does not open at 2026-12-06T01:00:00Z; it opens at 2026-12-05T01:00:00Z"],
  ['traffic at no offset', () => Rehearsal.of(chartWith('registration')).traffic({ '10:00': 5 }), "got '10:00': 5"],
])('refuses %s', (_, rehearsal, message) => {
  expect(rehearsal).toThrow(message);
});

function chartWith(...names: string[]): Chart {
  const chart = new Chart(new App(), 'marathon', { namespace: 'marathon' });
  for (const name of names) {
    new PrewarmedService(chart, name, {
      image: `registry.example.com/${name}:2.8.1`,
      startupTime: Duration.seconds(45),
      podCapacity: PodCapacity.requestsPerSecond(200),
      events: [{ event: MARATHON, demand: Demand.requestsPerSecond(15_000) }],
    });
  }
  return chart;
}
