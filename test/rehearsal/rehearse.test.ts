import * as fc from 'fast-check';
import { HOUR, MINUTE, OPENING, SECOND, cronJob, marathon } from './services';
import { planAt } from '../../src/core/plan/plan';
import { windowsOf } from '../../src/core/plan/windows';
import { parseFault } from '../../src/rehearsal/faults';
import { rehearse } from '../../src/rehearsal/rehearse';
import { FAULT_NAMES, RehearsedService, RunResult, Scenario } from '../../src/rehearsal/types';

describe('the seed story', () => {
  const night = rehearse(marathon(), { compare: ['hpa-only', 'always-at-peak'] });

  test('prewarmed, every request of 0 to 15,000 rps in a second is served', () => {
    expect(night.prewarmed).toMatchObject({
      success: 1,
      refused: 0,
      timedOut: 0,
      lost: 0,
      restarts: 0,
      sustainedMs: 0,
      firstSuccessMs: 0,
      floorViolationSeconds: 0,
      readyViolationSeconds: 0,
      maxReplicas: 108,
    });
    expect(at(night.prewarmed, OPENING + SECOND, 'served')).toBeCloseTo(15_000, 6);
    expect(night.prewarmed.latency.p99).toBeLessThan(150);
  });

  test('the autoscaler alone has two pods that are killed again and again', () => {
    const { hpaOnly } = night;
    expect(hpaOnly!.success).toBeLessThan(0.1);
    expect(hpaOnly!.restarts).toBeGreaterThan(20);
    expect(hpaOnly!.maxReplicas).toBeLessThan(20);
    // ready capacity is gone within the first second
    expect(at(hpaOnly!, OPENING + SECOND, 'capacity')).toBe(0);
  });

  test('always at peak serves as much and costs more', () => {
    expect(night.alwaysAtPeak!.success).toBe(1);
    expect(night.alwaysAtPeak!.podHours).toBeGreaterThan(night.prewarmed.podHours);
    expect(night.alwaysAtPeak!.podHours).toBeCloseTo(108 * (night.until - night.from) / HOUR, 6);
  });

  test('the floor goes up within half a minute of the window\'s start, and comes down at its end', () => {
    const floorAt = (when: number) => at(night.prewarmed, when, 'floor');
    expect(floorAt(OPENING - 3 * HOUR - SECOND)).toBe(2);
    expect(floorAt(OPENING - 3 * HOUR + 30 * SECOND)).toBe(108);
    expect(floorAt(OPENING + 2 * HOUR - SECOND)).toBe(108);
    expect(floorAt(OPENING + 2 * HOUR)).toBe(2);
  });

  test('after the event the autoscaler takes a tenth of the pods a minute', () => {
    const replicas = [1, 2, 3, 4, 5].map(minute => at(night.prewarmed, OPENING + 2 * HOUR + minute * MINUTE - SECOND, 'replicas'));
    expect(replicas).toEqual([97, 87, 78, 70, 63]);
  });

  test('the log tells it', () => {
    const lines = night.prewarmed.log.map(({ who, says }) => `${who}: ${says}`);
    expect(lines).toEqual(expect.arrayContaining([
      'keeper: registration-seoul-marathon-bump raises the floor 2 -> 108',
      'autoscaler: 2 -> 108 pods (floor 108)',
      'verify: 108 of 108 ready',
      'guard: guard lowers the floor 108 -> 2',
    ]));
  });
});

describe('the same input', () => {
  const scenario: Scenario = { faults: ['double-peak', 'node-lost', 'rollout'].map(parseFault), seed: 3, compare: ['hpa-only'] };

  test('gives the same result', () => {
    const night = () => JSON.stringify(rehearse(marathon({ leadMs: HOUR, holdMs: HOUR }), scenario));
    expect(night()).toBe(night());
  });

  test('with another seed gives another night, not another verdict', () => {
    const calm = [1, 2, 3, 4, 5].map(seed => rehearse(marathon(), { seed, untilMs: 10 * MINUTE }).prewarmed);
    expect(calm.map(({ success }) => success)).toEqual([1, 1, 1, 1, 1]);
    expect(new Set(calm.map(({ log }) => log[0].at)).size).toBeGreaterThan(1);
  });
});

test('books: in every run, under any faults, each request is served, failed in one way, or waits; floors and pods stay in bounds', () => {
  const faults = fc.uniqueArray(fc.constantFrom(...FAULT_NAMES), { maxLength: 4 });
  fc.assert(fc.property(faults, fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 3 }), (names, seed, peak) => {
    const { prewarmed } = rehearse(marathon({ leadMs: HOUR, holdMs: HOUR / 2, rps: 15_000 * peak }), { seed, faults: names.map(name => ({ name })) });
    const { arrived, served, refused, timedOut, lost, inFlight, series } = prewarmed;
    const before = series.queued[(OPENING - series.from) / 1000 - 1];
    expect(Math.abs(served + refused + timedOut + lost + inFlight - arrived - before)).toBeLessThan(1e-6 * arrived + 1);
    expect(series.ready.every((ready, i) => ready <= series.pods[i])).toBe(true);
    expect(series.floor.every((floor, i) => floor >= 2 && floor <= series.ceiling[i])).toBe(true);
    expect(series.replicas.every((replicas, i) => replicas >= 1 && replicas <= series.ceiling[i])).toBe(true);
    expect(series.pods.every(pods => pods <= 162 + 17)).toBe(true);
  }), { seed: 20261205, numRuns: 12 });
});

describe('which opening', () => {
  const twice = marathon({
    openings: [OPENING, OPENING + 24 * HOUR].map(opening => ({
      event: opening === OPENING ? 'heat' : 'final',
      at: opening,
      readyBy: opening - 15 * MINUTE,
      demand: { replicas: 20 },
      floor: 20,
      ceiling: 30,
      windows: windowsOf(opening, { leadMs: HOUR, holdMs: HOUR, readyMarginMs: 15 * MINUTE }, { floor: 20, ceiling: 30 }),
    })),
  });

  test('the first, unless the scenario names an event or an instant', () => {
    expect(rehearse(twice).event).toBe('heat');
    expect(rehearse(twice, { event: 'final' }).opening).toBe(OPENING + 24 * HOUR);
    expect(rehearse(twice, { at: OPENING + 24 * HOUR, event: 'final' }).event).toBe('final');
  });

  test('demand in replicas becomes what they serve at 70 %', () => {
    expect(Math.max(...rehearse(twice).prewarmed.series.arrived)).toBeCloseTo(20 * 200 * 0.7, 6);
  });

  test.each([
    ['an unknown event', { event: 'semifinal' }, "no event 'semifinal'; it has 'heat', 'final'"],
    ['an instant at which nothing opens', { at: OPENING + 1 }, "'heat' does not open at"],
    ['an end before the beginning', { fromMs: 0, untilMs: 0 }, 'must end after it begins'],
    ['more than a week', { fromMs: -8 * 24 * HOUR }, 'at most 7 days'],
    ['an unknown assumption', { assume: { podRpss: 5 } as Scenario['assume'] }, "unknown assumption 'podRpss'"],
    ['an assumption below zero', { assume: { imageMiB: -1 } }, "'imageMiB' must be a number of at least 0, got -1"],
    ['pods that serve nothing', { assume: { podRps: 0 } }, "'podRps' must be more than 0"],
  ])('refuses %s', (_, scenario, message) => {
    expect(() => rehearse(twice, scenario)).toThrow(message);
  });

  test('refuses a plan without openings', () => {
    expect(() => rehearse(marathon({ openings: [] }))).toThrow("the plan of 'registration' has no openings");
  });
});

describe('faults', () => {
  const under = (service: RehearsedService, ...names: string[]) => rehearse(service, { faults: names.map(parseFault), untilMs: HOUR }).prewarmed;

  test('no-prewarm is what the autoscaler alone does', () => {
    const { prewarmed, hpaOnly } = rehearse(marathon(), { faults: [parseFault('no-prewarm')], compare: ['hpa-only'], untilMs: HOUR });
    expect(prewarmed.served).toBeCloseTo(hpaOnly!.served, 0);
    expect(prewarmed.verify.says).toContain('2 of 108 ready, 106 missing: 106 not asked for, the live floor is 2; nobody guards the floor');
  });

  test('re-apply: the guard restores the floor at once and no pod is taken; without it a tenth goes at each minute', () => {
    expect(under(marathon(), 're-apply')).toMatchObject({ podsTaken: 0, floorViolationSeconds: 0, success: 1 });
    const bare = under(marathon(), 're-apply', 'no-guard');
    expect(bare.verify.says).toContain('36 of 108 ready, 72 missing: 72 not asked for, the live floor is 2');
    expect(bare.success).toBeLessThan(0.5);
  });

  test('re-apply without a guard and without behavior: all but the baseline goes at the next look', () => {
    const service = marathon();
    const { behavior, ...legacy } = service.autoscaler!;
    expect(behavior).toBeDefined();
    const bare = under({ ...service, autoscaler: legacy }, 're-apply@-9m', 'no-guard');
    expect(at(bare, OPENING - 8 * MINUTE, 'replicas')).toBe(2);
  });

  test('missed-bump: the next run, five minutes later, raises the floor', () => {
    const run = under(marathon(), 'missed-bump');
    expect(run.floorViolationSeconds).toBeGreaterThan(240 - 30);
    expect(run.floorViolationSeconds).toBeLessThan(300);
    expect(run).toMatchObject({ success: 1, readyViolationSeconds: 0 });
  });

  test('missed-bump up to ten minutes before the opening: just in time, the margin is lost', () => {
    const run = under({ ...marathon(), cronJobs: marathon().cronJobs.filter(({ role }) => role !== 'repair') }, 'missed-bump@-10m');
    expect(run.success).toBe(1);
    expect(run.readyViolationSeconds).toBeGreaterThan(5 * 60);
    expect(run.verify.says).toBe('108 of 108 ready');
  });

  test('late-bump: Forbid keeps the next runs from starting, and repair helps out', () => {
    const service = marathon();
    const lonely = under({ ...service, cronJobs: service.cronJobs.filter(({ role }) => role !== 'repair') }, 'late-bump');
    expect(lonely.floorViolationSeconds).toBe(3600 - 60);
    expect(under(service, 'late-bump').floorViolationSeconds).toBeLessThan(20 * 60);
  });

  test('controllers-down over the opening: nothing new comes, what is there serves', () => {
    expect(under(marathon(), 'controllers-down@-5m')).toMatchObject({ success: 1, podsTaken: 0 });
  });

  test('controllers-down at the rise: the last missed run starts when they are back, if its deadline has not passed', () => {
    const run = under(marathon(), 'controllers-down');
    expect(run.floorViolationSeconds).toBeGreaterThan(19 * 60 - 30);
    expect(run.success).toBe(1);
    const impatient = marathon();
    const jobs = impatient.cronJobs.map(job => ({ ...job, startingDeadlineSeconds: 10 }));
    const late = under({ ...impatient, cronJobs: jobs.map(job => job.role === 'bump' ? { ...job, schedule: '0 7 5 12 *' } : job) },
      'controllers-down');
    // the one run at 07:00 is lost, and repair's at :17 too
    expect(late.floorViolationSeconds).toBeGreaterThan(76 * 60);
  });

  test('metrics-down does not touch the floor', () => {
    const run = under(marathon(), 'metrics-down');
    expect(run.success).toBe(1);
    expect(run.log.map(({ says }) => says)).toContain('cannot scale: FailedGetResourceMetric');
  });

  test('registry-down just before a short lead: the pods on new nodes come too late', () => {
    const run = under(marathon({ leadMs: 30 * MINUTE }), 'registry-down');
    expect(run.verify.ok).toBe(false);
    expect(run.verify.says).toContain('pulling image');
    expect(under(marathon({ leadMs: 30 * MINUTE }), 'registry-slow').verify.ok).toBe(true);
  });

  test('nodes-short: verify says how many are unschedulable', () => {
    expect(under(marathon(), 'nodes-short').verify.says).toBe('70 of 108 ready, 38 missing: 38 unschedulable');
  });

  test('node-lost: its pods are replaced after six minutes', () => {
    const run = under(marathon(), 'node-lost@-10m');
    const ready = (minutes: number) => at(run, OPENING - 10 * MINUTE + minutes * MINUTE, 'ready');
    expect([ready(-1), ready(1), ready(5), ready(9)]).toEqual([108, 94, 94, 108]);
  });

  test('double-peak doubles the traffic from the opening on', () => {
    const run = under(marathon(), 'double-peak');
    expect(at(run, OPENING - MINUTE, 'arrived')).toBeCloseTo(120, 6);
    expect(at(run, OPENING + MINUTE, 'arrived')).toBeCloseTo(30_000, 6);
    expect(run.success).toBeLessThan(0.9);
  });

  test('rollout in the middle of the window never has fewer Ready pods than the floor; with the default strategy it has', () => {
    expect(under(marathon(), 'rollout')).toMatchObject({ readyViolationSeconds: 0, success: 1 });
    const careless = under(marathon({ workload: { maxSurge: '25%', maxUnavailable: '25%', preStopSeconds: 0 } }), 'rollout');
    expect(Math.min(...careless.series.ready.slice((OPENING - 10 * MINUTE - careless.series.from) / 1000, (OPENING - careless.series.from) / 1000)))
      .toBe(108 - 27);
    // requests reach pods that have stopped
    expect(careless.series.refused.some(refused => refused > 0)).toBe(true);
  });

  test('rollout has as many pods more as a share allows, rounded up, and as many fewer, rounded down', () => {
    const most = (maxSurge: number | string) => Math.max(...under(marathon({ workload: { maxSurge, maxUnavailable: 0 } }), 'rollout').series.pods);
    // 10 % of 108 are 10.8
    expect(most('10%') - 108).toBe(11);
    expect(most(7) - 108).toBe(7);
    const { series } = under(marathon({ workload: { maxSurge: 0, maxUnavailable: '10%' } }), 'rollout');
    expect(Math.min(...series.ready.slice((OPENING - 10 * MINUTE - series.from) / SECOND, (OPENING - series.from) / SECOND))).toBe(108 - 10);
  });

  test.each<[string, Scenario]>([
    ['a moment before it begins', { faults: [parseFault('re-apply@-9h')] }],
    ['a moment after it ends', { faults: [parseFault('node-lost@+9h')] }],
    ['a default moment before a late beginning', { faults: [parseFault('re-apply')], fromMs: -5 * MINUTE }],
    ['a span that is over before it begins', { faults: [parseFault('metrics-down@-9h')] }],
    ['a span that begins after it ends', { faults: [parseFault('double-peak@+9h')] }],
  ])('that would strike outside of what is played are refused: %s', (_, scenario) => {
    expect(() => rehearse(marathon(), scenario)).toThrow(/^the fault '[a-z-]+@[+-]\w+' strikes outside of what is played, [+-]\w+ to \+2h30m; give it another offset/);
  });

  test('that began before and still last are played', () => {
    expect(under(marathon(), 'metrics-down@-3h25m').log.map(({ says }) => says)).toContain('cannot scale: FailedGetResourceMetric');
    const { prewarmed } = rehearse(marathon(), { faults: [parseFault('no-guard')], fromMs: -5 * MINUTE });
    expect(prewarmed.success).toBe(1);
  });

  test('an unknown fault, or an offset that is none, is refused', () => {
    expect(() => parseFault('flood')).toThrow("unknown fault 'flood'; known are no-prewarm, re-apply");
    expect(() => parseFault('re-apply@soon')).toThrow("'soon' of fault 're-apply@soon' must be an offset from the opening such as '-10m' or '+30s'");
    expect(parseFault('re-apply@-10m')).toEqual({ name: 're-apply', offsetMs: -10 * MINUTE });
    expect(parseFault('rollout')).toEqual({ name: 'rollout' });
  });
});

describe('pods', () => {
  test('30 are created at once, then 20 a second', () => {
    const { series } = rehearse(marathon({ floor: 500, ceiling: 500 })).prewarmed;
    const rise = series.replicas.findIndex(replicas => replicas === 500);
    expect(series.pods.slice(rise - 1, rise + 4)).toEqual([2, 32, 52, 72, 92]);
    expect(series.pods[rise + 24]).toBe(500);
  });

  test('a startup probe that gives up before the application is up kills it for ever', () => {
    const impatient = { initialDelaySeconds: 0, periodSeconds: 10, failureThreshold: 3, successThreshold: 1 };
    const run = rehearse(marathon({ workload: { startupProbe: impatient } })).prewarmed;
    expect(run.verify.says).toContain('2 of 108 ready, 106 missing: 106 crash-looping');
    expect(run.restarts).toBeGreaterThan(106 * 10);
  });

  test('CrashLoopBackOff waits 0, 10, 20, 40, 80, 160, 300, 300 seconds', () => {
    const { series } = rehearse(marathon({ rps: 100_000, leadMs: HOUR, holdMs: HOUR }), { faults: [{ name: 'no-prewarm' }], assume: { startupSpreadPercent: 0 } })
      .prewarmed;
    const kills = series.restarts.flatMap((count, i) => i > 0 && count > series.restarts[i - 1] ? [i] : []);
    const gaps = kills.slice(1, 9).map((second, i) => second - kills[i]);
    // 2 s for the container, 45 s to start, up to 5 s for the probe, 1.5 s for endpoints, less than a second to die
    gaps.forEach((gap, i) => {
      const wait = [0, 10, 20, 40, 80, 160, 300, 300][i];
      expect(gap - wait).toBeGreaterThanOrEqual(48);
      expect(gap - wait).toBeLessThanOrEqual(56);
    });
  });

  test('images are pulled once by each new node, and cost time', () => {
    const readyAt = (imageMiB: number) => {
      const { series } = rehearse(marathon(), { assume: { imageMiB } }).prewarmed;
      return series.ready.findIndex(ready => ready === 108);
    };
    expect(readyAt(4_000) - readyAt(400)).toBeCloseTo((4_000 - 400) / 50 * 1.3, -1);
  });

  test('with another floor than the first pods, the cost of a second stays: cohorts are few', () => {
    const { prewarmed } = rehearse(marathon({ floor: 5_000, ceiling: 5_000, rps: 700_000 }), { assume: { nodesMax: 10_000 } });
    expect(prewarmed.verify.says).toBe('5000 of 5000 ready');
    expect(prewarmed.success).toBe(1);
  });
});

describe('the autoscaler', () => {
  test('comes to the pods that the load needs at its target: 1,000 rps at 200 a pod and 70 % are 7, which are at 71 %', () => {
    const { prewarmed } = rehearse(marathon(), { traffic: [{ atMs: 0, rps: 100 }, { atMs: 10 * MINUTE, rps: 1_000 }], faults: [{ name: 'no-prewarm' }] });
    expect(prewarmed.series.replicas[prewarmed.series.replicas.length - 1]).toBe(7);
    expect(prewarmed.success).toBe(1);
  });
});

describe('nodes', () => {
  test('are filled by what pods reserve, not by what the autoscaler measures', () => {
    const nodesFor = (reservedCpuMillis: number) => rehearse(marathon({ workload: { reservedCpuMillis } }), { untilMs: 0 }).prewarmed.maxNodes;
    // 16 CPU less 10 % are 14 pods of one CPU, or 5 of 2.5
    expect([nodesFor(1000), nodesFor(2500)]).toEqual([Math.ceil(108 / 14), Math.ceil(108 / 5)]);
  });

  test('are as many as the pods need, and are given back ten minutes after they are empty', () => {
    const { prewarmed } = rehearse(marathon(), { untilMs: 4 * HOUR });
    // 14 pods of 1 CPU on each node of 16, of which a tenth is the system's
    expect(prewarmed.maxNodes).toBe(Math.ceil(108 / 14));
    expect(prewarmed.series.nodes[prewarmed.series.nodes.length - 1]).toBe(2);
  });

  test('that have an image need no registry, unless it is to be asked always', () => {
    const ramp = { leadMs: HOUR, holdMs: HOUR, readyMarginMs: 15 * MINUTE, rampUp: { overMs: 30 * MINUTE, steps: 2 } };
    const [opening] = marathon().plan.openings;
    const windows = windowsOf(OPENING, ramp, { floor: 100, ceiling: 162 });
    const verdict = (imagePullPolicy: string) => rehearse(
      marathon({ openings: [{ ...opening, windows, floor: 100 }], workload: { imagePullPolicy } }),
      { faults: [{ name: 'registry-down', offsetMs: -32 * MINUTE }], assume: { nodesAtStart: 8, imageMiB: 4_000 } },
    ).prewarmed.verify;
    // the first half has brought the image to all nodes
    expect(verdict('IfNotPresent')).toMatchObject({ ok: true, says: '100 of 100 ready' });
    expect(verdict('Always').says).toContain('50 pulling image');
  });
});

test('failed requests that are tried again come on top', () => {
  const { prewarmed } = rehearse(marathon(), { faults: [{ name: 'no-prewarm' }], assume: { retryPercent: 50, retryAfterSeconds: 3 } });
  expect(at(prewarmed, OPENING + 2 * SECOND, 'arrived')).toBeCloseTo(15_000, 6);
  // nothing of 15,000 was served, half of it comes again, and half of that
  expect(at(prewarmed, OPENING + 5 * SECOND, 'arrived')).toBeCloseTo(15_000 * 1.5, 6);
  expect(at(prewarmed, OPENING + 8 * SECOND, 'arrived')).toBeCloseTo(15_000 * 1.75, 6);
});

describe('a target without an autoscaler', () => {
  test('has as many pods as the floor', () => {
    const { autoscaler, ...service } = marathon();
    expect(autoscaler).toBeDefined();
    const { prewarmed } = rehearse(service);
    expect(prewarmed.success).toBe(1);
    expect(at(prewarmed, OPENING + 2 * HOUR + MINUTE, 'replicas')).toBe(2);
  });
});

describe('a ceiling that moves with the window', () => {
  test('goes up with the floor, and is not lowered below live pods', () => {
    const service = marathon({ behavior: { scaleDown: { policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }] } } });
    const { fixedCeiling, ...plan } = service.plan;
    expect(fixedCeiling).toBe(162);
    const { series } = rehearse({ ...service, plan, autoscaler: { ...service.autoscaler!, maxReplicas: 10 } }, { untilMs: 4 * HOUR }).prewarmed;
    expect(series.ceiling[0]).toBe(10);
    expect(series.ceiling[(OPENING - series.from) / 1000]).toBe(162);
    // repair lowers it, once there are no more than 10
    expect(series.ceiling[series.ceiling.length - 1]).toBe(10);
    expect(series.pods.every((pods, i) => pods <= series.ceiling[i])).toBe(true);
  });
});

describe('a rehearsal that begins inside the window', () => {
  test('finds the floor up and guarded', () => {
    const { prewarmed } = rehearse(marathon(), { fromMs: -5 * MINUTE, faults: [{ name: 're-apply', offsetMs: -MINUTE }] });
    expect(prewarmed.series.floor[0]).toBe(108);
    expect(prewarmed.podsTaken).toBe(0);
  });
});

test('the plan of the rehearsal is the plan of the keeper', () => {
  const service = marathon();
  const { series } = rehearse(service).prewarmed;
  for (let second = 0; second < series.plannedFloor.length; second += 30) {
    expect(series.plannedFloor[second]).toBe(planAt(service.plan, series.from + second * 1000).floor);
  }
});

test('a bump that is suspended does nothing, and verify says so', () => {
  const service = marathon();
  const jobs = [...service.cronJobs.filter(({ role }) => role === 'verify'), cronJob('bump', '0/5 7-11 5 12 *', { suspend: true })];
  expect(rehearse({ ...service, cronJobs: jobs }).prewarmed.verify).toMatchObject({ ok: false, ready: 2, guarded: false });
});

function at(run: RunResult, when: number, what: 'floor' | 'replicas' | 'ready' | 'served' | 'arrived' | 'capacity'): number {
  return run.series[what][Math.floor((when - run.series.from) / 1000)];
}
