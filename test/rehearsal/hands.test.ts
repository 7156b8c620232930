import { HOUR, MINUTE, OPENING, SECOND, marathon } from './services';
import { parseFault } from '../../src/rehearsal/faults';
import { parseMoment, parseOverride } from '../../src/rehearsal/interventions';
import { rehearse } from '../../src/rehearsal/rehearse';
import { HandWish, OverrideWish, RehearsedService, RunResult, Scenario } from '../../src/rehearsal/types';

const END = OPENING + 2 * HOUR;

describe('a target known by name, whose ceiling moves with the window', () => {
  test('keeps a ceiling of 500 that another hand set, where the plan asks for 60', () => {
    const { prewarmed } = rehearse(perWindow(20, { floor: 40, ceiling: 60 }), { hands: [hand('-30m', { ceiling: 500 })], untilMs: 3 * HOUR });
    expect(ceilingAt(prewarmed, OPENING - 31 * MINUTE)).toBe(60);
    expect(ceilingAt(prewarmed, OPENING)).toBe(500);
    expect(ceilingAt(prewarmed, END + 30 * MINUTE)).toBe(500);
    expect(saidIn(prewarmed)).toContain('guard: ceiling 500 of somebody stays, seoul-marathon asks for 60');
  });

  test('begins with the ceiling of its manifest, and keeps one that is higher than the plan\'s', () => {
    const { prewarmed } = rehearse(perWindow(500, { floor: 40, ceiling: 60 }), { untilMs: 3 * HOUR });
    expect(new Set(prewarmed.series.ceiling)).toEqual(new Set([500]));
  });

  test('begins with the baseline\'s ceiling where its manifest has a lower one: it has been armed', () => {
    const { prewarmed } = rehearse(perWindow(4, { floor: 40, ceiling: 60 }));
    expect(prewarmed.series.ceiling[0]).toBe(10);
  });

  test('has its own ceiling lowered after the window', () => {
    const { prewarmed } = rehearse(perWindow(10, { floor: 40, ceiling: 60 }), { untilMs: 4 * HOUR });
    expect(ceilingAt(prewarmed, OPENING)).toBe(60);
    expect(prewarmed.series.ceiling[prewarmed.series.ceiling.length - 1]).toBe(10);
  });
});

describe('another hand', () => {
  test('that raises the floor is kept by everybody, into the night', () => {
    const { prewarmed } = rehearse(marathon(), { faults: [parseFault('manual-raise')], untilMs: 4 * HOUR });
    expect(floorAt(prewarmed, OPENING)).toBe(135);
    expect(floorAt(prewarmed, END + HOUR)).toBe(135);
    expect(prewarmed.maxReplicas).toBe(135);
    expect(saidIn(prewarmed)).toContain('guard: floor 135 of somebody stays, seoul-marathon asks for 108');
    expect(saidIn(prewarmed)).toContain('guard: floor 135 of somebody stays, baseline asks for 2');
  });

  test('that takes its floor back leaves it to the plan again', () => {
    const hands = [hand('-20m', { floor: 150 }), hand('+10m', { floor: 108 })];
    const { prewarmed } = rehearse(marathon(), { hands, untilMs: 4 * HOUR });
    expect(floorAt(prewarmed, OPENING)).toBe(150);
    expect(floorAt(prewarmed, OPENING + 11 * MINUTE)).toBe(108);
    expect(floorAt(prewarmed, END + MINUTE)).toBe(2);
  });

  test('that lowers the floor is overruled within a second, and the log tells both', () => {
    const { prewarmed } = rehearse(marathon(), { hands: [hand('-5m', { floor: 3 })] });
    expect(floorAt(prewarmed, OPENING - 5 * MINUTE)).toBe(108);
    expect(saidIn(prewarmed)).toEqual(expect.arrayContaining(['hand: somebody writes floor 3 at -5m', 'guard: guard restores the floor 3 -> 108']));
  });

  test('is refused by the API server where its floor would be above the ceiling', () => {
    const { prewarmed } = rehearse(marathon(), { hands: [hand('-5m', { floor: 200 })] });
    expect(floorAt(prewarmed, OPENING)).toBe(108);
    expect(saidIn(prewarmed)).toContain('hand: somebody writes floor 200 at -5m: the API server refuses a floor of 200 above the ceiling of 162');
  });

  test('does not touch the runs beside the prewarmed one', () => {
    const { hpaOnly } = rehearse(marathon(), { hands: [hand('-5m', { floor: 100 })], compare: ['hpa-only'] });
    expect(Math.max(...hpaOnly!.series.floor)).toBe(2);
  });
});

describe('a guard', () => {
  test('brings the workload to the floor at once, without waiting for a look of the autoscaler', () => {
    // the autoscaler looks once in ten minutes
    const { series, log } = rehearse(marathon(), { assume: { hpaSyncSeconds: 600 } }).prewarmed;
    const rise = series.floor.findIndex(floor => floor === 108);
    expect(series.replicas.findIndex(replicas => replicas === 108) - rise).toBeLessThanOrEqual(1);
    expect(log.map(({ says }) => says)).toContain('Deployment registration 2 -> 108: that is below its floor');
  });

  test('that nobody has leaves that to the autoscaler', () => {
    const { series } = rehearse(marathon({ guards: 0 }), { assume: { hpaSyncSeconds: 600 } }).prewarmed;
    const rise = series.floor.findIndex(floor => floor === 108);
    expect(series.replicas.findIndex(replicas => replicas === 108) - rise).toBeGreaterThan(60);
  });
});

describe('an override', () => {
  test('is in force from when it is written until its end, above the plan', () => {
    const { prewarmed } = play({ floor: 150, from: '-30m', until: '+30m' });
    const minutes = [-31, -30, 0, 29, 30];
    expect(minutes.map(minute => floorAt(prewarmed, OPENING + minute * MINUTE))).toEqual([108, 150, 150, 150, 108]);
    expect(prewarmed.verify.says).toBe('150 of 150 ready');
  });

  test('is in force below the plan too, and what it takes counts as wanted', () => {
    const { prewarmed } = play({ floor: 60, from: '-30m', until: '+2h' });
    expect(floorAt(prewarmed, OPENING)).toBe(60);
    expect(prewarmed).toMatchObject({ floorViolationSeconds: 0, readyViolationSeconds: 0 });
    expect(prewarmed.success).toBeLessThan(1);
    expect(saidIn(prewarmed)).toContain('guard: override until 2026-12-05T03:00:00Z asks for floor 60, the plan for 108');
  });

  test('that stands already is in force from the first second', () => {
    expect(play({ floor: 5, until: '-2h' }).prewarmed.series.floor[0]).toBe(5);
  });

  test('is replaced by the next, whose end is the end of both', () => {
    const { prewarmed } = play({ floor: 150, from: '-60m', until: '+60m' }, { floor: 120, from: '-30m', until: '-10m' });
    expect([-31, -30, -9].map(minute => floorAt(prewarmed, OPENING + minute * MINUTE))).toEqual([150, 120, 108]);
  });

  test('brings its own ceiling, and where it has none raises the plan\'s to its floor', () => {
    const service = perWindow(10, { floor: 40, ceiling: 60 });
    const during = (override: OverrideWish) => ceilingAt(rehearse(service, { overrides: [override] }).prewarmed, OPENING);
    expect(during(wish({ floor: 80, until: '+30m' }))).toBe(80);
    expect(during(wish({ floor: 80, ceiling: 90, until: '+30m' }))).toBe(90);
  });

  test('outside of a window is applied by a job that is run once, and put back by the hourly repair', () => {
    const { prewarmed } = rehearse(marathon(), { overrides: [wish({ floor: 7, from: '+2h5m', until: '+2h15m' })], untilMs: 4 * HOUR });
    const applied = prewarmed.series.floor.findIndex((floor, i) => floor === 7 && i > 0);
    expect(prewarmed.series.from + applied * SECOND - (END + 5 * MINUTE)).toBeLessThanOrEqual(15 * SECOND);
    expect(floorAt(prewarmed, END + 16 * MINUTE)).toBe(7);
    // at 12:17
    expect(floorAt(prewarmed, END + 18 * MINUTE)).toBe(2);
  });

  test.each<[string, Scenario, string, (string | number)[]]>([
    ['ends before it begins', { overrides: [wish({ floor: 5, from: '+10m', until: '+5m' })] }, 'is not in force between', ['overrides', 0, 'until']],
    ['is over when the rehearsal begins', { overrides: [wish({ floor: 5, until: '-5h' })] }, 'is not in force between', ['overrides', 0, 'until']],
    ['has a ceiling below its floor', { overrides: [wish({ floor: 5, ceiling: 4, until: '+5m' })] },
      "'ceiling' of the override must be a whole number of at least its floor (5), got '4'", ['overrides', 0]],
    ['comes after a hand that is too late', { hands: [hand('+9h', { floor: 4 })] }, 'a hand at 2026-12-05T10:00:00Z is not between', ['hands', 0, 'at']],
  ])('that %s is refused', (_, scenario, message, path) => {
    expect(() => rehearse(marathon(), scenario)).toThrow(message);
    expect(() => rehearse(marathon(), scenario)).toThrow(expect.objectContaining({ path }));
  });
});

describe('an override of the command line', () => {
  test('is read with all that it may have', () => {
    expect(parseOverride('floor=150,until=+30m')).toEqual({ floor: 150, until: { offsetMs: 30 * MINUTE } });
    expect(parseOverride('floor=150, ceiling=200, from=-1h, until=2026-12-05T10:30:00+09:00, reason=a second sale')).toEqual({
      floor: 150, ceiling: 200, from: { offsetMs: -HOUR }, until: { at: OPENING + 30 * MINUTE }, reason: 'a second sale',
    });
  });

  test.each([
    ['', "'' of the override '' is unknown; write 'floor=150,until=+30m'"],
    ['150', "'150' of the override '150' is unknown"],
    ['flor=150,until=+1h', "'flor=150' of the override"],
    ['floor=150', "the override 'floor=150' needs a floor and an end"],
    ['until=+1h', 'needs a floor and an end'],
    ['floor=150,floor=2,until=+1h', "'floor' stands twice"],
    ['floor=many,until=+1h', "'floor' of the override must be a whole number, got 'many'"],
    ['floor=150,until=1h', "'until' of the override must be an offset from the opening such as '-10m', or an instant"],
    ['floor=150,until=2026-12-05T10:30:00', "got '2026-12-05T10:30:00'"],
  ])('%p is refused', (text, message) => {
    expect(() => parseOverride(text)).toThrow(message);
  });
});

function play(...overrides: Spoken[]) {
  return rehearse(marathon(), { overrides: overrides.map(wish) });
}

interface Spoken { floor: number; ceiling?: number; from?: string; until: string }

function wish({ floor, ceiling, from, until }: Spoken): OverrideWish {
  return {
    floor, until: parseMoment(until)!, ...(ceiling === undefined ? {} : { ceiling }), ...(from === undefined ? {} : { from: parseMoment(from)! }),
  };
}

function hand(at: string, bounds: { floor?: number; ceiling?: number }): HandWish {
  return { at: parseMoment(at)!, ...bounds };
}

/** With a ceiling in the manifest, and another in the window. */
function perWindow(manifestCeiling: number, window: { floor: number; ceiling: number }): RehearsedService {
  const service = marathon({ ...window, rps: 4_000 });
  const { fixedCeiling, ...plan } = service.plan;
  expect(fixedCeiling).toBe(window.ceiling);
  return { ...service, plan, autoscaler: { ...service.autoscaler!, maxReplicas: manifestCeiling } };
}

function floorAt({ series }: RunResult, when: number): number {
  return series.floor[(when - series.from) / SECOND];
}

function ceilingAt({ series }: RunResult, when: number): number {
  return series.ceiling[(when - series.from) / SECOND];
}

function saidIn({ log }: RunResult): string[] {
  return log.map(({ who, says }) => `${who}: ${says}`);
}
