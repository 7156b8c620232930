import { App, Chart, Duration } from 'cdk8s';
import { Demand, Dependency, KeeperOptions, OpeningEvent, PodCapacity, PrewarmedService } from '../src';
import { chartIn } from './support/charts';
import { Rehearsal } from '../src/testing';

const MARATHON = OpeningEvent.once('seoul-marathon', {
  at: '2026-12-05T10:00', timeZone: 'Asia/Seoul', lead: Duration.hours(1), hold: Duration.hours(1),
});

test('a prewarmed service survives what the autoscaler alone does not', () => {
  const night = Rehearsal.of(chartWith('registration')).event('seoul-marathon').compare('hpa-only').run();
  expect(night.notes).toEqual([expect.stringMatching(/^'HPA only' turns on \d+ OOM kills, which follow from memoryPerRequestKiB 100 and memoryBasePercent 50: /)]);
  expect(night.prewarmed.verify.says).toBe('108 of 108 ready');
  expect(night.prewarmed.success).toBe(1);
  expect(night.prewarmed.floorViolationSeconds).toBe(0);
  expect(night.hpaOnly!.success).toBeLessThan(0.5);
});

test('the guard loses no pod to a floor that is written back', () => {
  const night = Rehearsal.of(chartWith('registration')).fault('re-apply').run();
  expect(night.prewarmed).toMatchObject({ success: 1, podsTaken: 0, floorViolationSeconds: 0 });
});

test('without guard and repair it would', () => {
  const night = Rehearsal.of(unrepaired('registration')).fault('no-guard').fault('re-apply@-10m').run();
  expect(night.prewarmed.podsTaken).toBeGreaterThan(40);
  expect(night.prewarmed.success).toBeLessThan(0.7);
  expect(night.prewarmed.verify.ok).toBe(false);
});

test('an override and another hand can be played', () => {
  const begun = Rehearsal.of(chartWith('registration'));
  const raised = begun.override({ floor: 130, from: '-30m', until: '+30m', reason: 'a second sale' }).run();
  expect(raised.prewarmed.verify.says).toBe('130 of 130 ready');
  expect(raised.overrides.map(({ says }) => says)).toEqual(['an override of floor 130 from -30m until +30m (a second sale)']);
  const kept = begun.hand({ at: '-20m', floor: 150 }).run();
  expect(kept.prewarmed.maxReplicas).toBe(150);
  expect(kept.hands.map(({ says }) => says)).toEqual(['somebody writes floor 150 at -20m']);
  expect(() => begun.override({ floor: 130, until: '30m' })).toThrow("'until' must be an offset from the opening such as '-10m', or an instant");
  expect(() => begun.override({ floor: 0, until: '+30m' }).run()).toThrow("'floor' of the override must be a whole number of at least 1, got '0'");
});

test('a metric that is neither CPU nor memory can be given', () => {
  const begun = Rehearsal.of(chartWith('registration'));
  // the service does not follow it
  expect(begun.metric('lag', { '+0s': 5, '-1m': 0 }).run().notes).toContain("the scenario gives a metric 'lag', which the autoscaler does not follow");
  expect(() => begun.metric('lag', { soon: 5 })).toThrow("metric 'lag' must be rates by offsets from the opening such as '-10m' or '+1s', got 'soon': 5");
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

test('what is required and missed fails the run, in words', () => {
  const begun = Rehearsal.of(unrepaired('registration')).require('success>=99.9%', 'pods-taken==0').require('verify==1');
  expect(begun.run().verdicts.map(({ met }) => met)).toEqual([true, true, true]);
  expect(() => begun.fault('no-guard').fault('re-apply').run()).toThrow(
    /^'registration' falls short at 'seoul-marathon':\n {2}success is [\d.]+ %, required is at least 99\.9 %\n {2}pods-taken is \d+, required is exactly 0\n[\s\S]*verify says: \d+ of 108 ready/,
  );
});

test('a peak that nobody measured is said to be made up', () => {
  const notes = (podCapacity?: PodCapacity) => {
    const chart = chartIn('marathon');
    new PrewarmedService(chart, 'queue', {
      image: 'registry.example.com/queue:1', startupTime: Duration.seconds(5), podCapacity, events: [{ event: MARATHON, demand: Demand.replicas(20) }],
    });
    return Rehearsal.of(chart);
  };
  expect(notes().run().notes).toEqual(["no 'podCapacity': 100 requests/s a pod are assumed (podRps), so the peak of 1,400 requests/s is made up"]);
  expect(notes().assume({ podRps: 80 }).run().notes).toEqual([]);
  expect(notes().traffic({ '+0s': 500 }).run().notes).toEqual([]);
  expect(notes(PodCapacity.requestsPerSecond(100)).run().notes).toEqual([]);
});

test('of several services one must be chosen', () => {
  const chart = chartWith('registration', 'payment');
  expect(() => Rehearsal.of(chart).run()).toThrow("several services can be rehearsed here ('payment', 'registration'); choose one by service()");
  expect(Rehearsal.of(chart).service('payment').run().service).toBe('payment');
});

test.each([
  ['no service', () => Rehearsal.of(new Chart(new App(), 'empty')), 'the charts contain no PrewarmedService and no EventScaleSchedule'],
  ['an unknown service', () => Rehearsal.of(chartWith('registration')).service('queue'), "there is no service 'queue'; there are 'registration'"],
  ['an unknown event', () => Rehearsal.of(chartWith('registration')).event('final'), "'registration' has no event 'final'; it has 'seoul-marathon'"],
  ['an event that none of several has', () => Rehearsal.of(chartWith('registration', 'payment')).event('final'),
    "no service has an event 'final'; they have 'seoul-marathon'"],
  ['a fault without the sign of its offset', () => Rehearsal.of(chartWith('registration')).fault('re-apply@5m'),
    "'5m' of fault 're-apply@5m' must be an offset from the opening with its sign: '-5m' before it, '+5m' after it"],
  ['a requirement that makes no sense', () => Rehearsal.of(chartWith('registration')).require('success>=much'), "'much' in 'success>=much' must be a share"],
  ['an unknown fault', () => Rehearsal.of(chartWith('registration')).fault('flood' as 'rollout'), "unknown fault 'flood'; known are no-prewarm, re-apply"],
  ['an opening that is none', () => Rehearsal.of(chartWith('registration')).opening('2026-12-06T10:00:00+09:00').run(),
    "'seoul-marathon' does not open at 2026-12-06T01:00:00Z; it opens at 2026-12-05T01:00:00Z"],
  ['traffic at no offset', () => Rehearsal.of(chartWith('registration')).traffic({ '10:00': 5 }), "got '10:00': 5"],
])('refuses %s', (_, rehearsal, message) => {
  expect(rehearsal).toThrow(message);
});

function chartWith(...names: string[]): Chart {
  return chartOf(names, {});
}

/** Nothing looks between the runs of bump. */
function unrepaired(name: string): Chart {
  return chartOf([name], { repair: false });
}

function chartOf(names: readonly string[], keeper: KeeperOptions): Chart {
  const chart = chartIn('marathon');
  for (const name of names) {
    new PrewarmedService(chart, name, {
      keeper,
      image: `registry.example.com/${name}:2.8.1`,
      startupTime: Duration.seconds(45),
      podCapacity: PodCapacity.requestsPerSecond(200),
      events: [{ event: MARATHON, demand: Demand.requestsPerSecond(15_000) }],
    });
  }
  return chart;
}

describe('an event of several services', () => {
  const chart = () => {
    const marathon = new Chart(new App(), 'marathon', { namespace: 'marathon' });
    const bank = Dependency.requestsPerSecond('payment-provider', { limit: 800 });
    const common = { image: 'registry.example.com/app:1', startupTime: Duration.seconds(45), podCapacity: PodCapacity.requestsPerSecond(200) };
    const payment = new PrewarmedService(marathon, 'payment', { ...common, events: [{ event: MARATHON, demand: Demand.fromCallers() }], uses: [bank.perRequest(1)] });
    new PrewarmedService(marathon, 'registration', {
      ...common, events: [{ event: MARATHON, demand: Demand.requestsPerSecond(15_000) }], uses: [payment.perRequest(0.04)],
    });
    return marathon;
  };

  test('is played in one world; one number at the front door reaches the provider', () => {
    const { prewarmed, byService } = Rehearsal.of(chart()).runTogether();
    expect(prewarmed.success).toBe(1);
    expect(prewarmed.stations.find(({ id }) => id === 'requestsPerSecond/payment-provider')!.tightest!.wanted).toBeCloseTo(600, 3);
    expect(Object.keys(byService).sort()).toEqual(['payment', 'registration']);
  });

  test('misses what is required of requests at the front door alone', () => {
    const slow = Rehearsal.of(chart()).require('success>=99%').given('payment', { assume: { serviceMillis: 60 } }).dependency('payment-provider', { limit: 300 });
    expect(() => slow.runTogether()).toThrow(/^'registration' falls short at 'seoul-marathon':\n {2}success is 9[78]/);
  });
});
