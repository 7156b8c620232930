import { marathon } from './services';
import { parseFault } from '../../src/rehearsal/faults';
import { rehearse } from '../../src/rehearsal/rehearse';
import { RunResult, Scenario } from '../../src/rehearsal/types';
import { MINUTE, SECOND } from '../support/durations';

const OPENING = Date.parse('2026-12-05T10:00:00+09:00');
const START = Date.parse('2026-12-05T07:00:00+09:00');
const END = Date.parse('2026-12-05T12:00:00+09:00');

describe('two CronJobs that run kubectl patch', () => {
  const { patched, prewarmed } = played({ compare: ['patched'] });

  test('answer as much as a guarded floor while nobody else writes', () => {
    expect(prewarmed.success).toBeGreaterThan(0.999);
    expect(patched!.success).toBe(prewarmed.success);
    expect(patched!.verify).toMatchObject({ ok: true, ready: 108 });
  });

  test('raise the floor once at its start, and lower it once at its end', () => {
    expect(patched!.log.filter(({ who }) => who === 'job' || who === 'keeper' || who === 'guard').map(({ says }) => says))
      .toEqual(['kubectl patch writes the floor 2 -> 108', 'kubectl patch writes the floor 108 -> 2']);
    expect([START - SECOND, START + MINUTE, END - SECOND, END + MINUTE].map(at => floorOf(patched!, at))).toEqual([2, 108, 108, 2]);
  });

  test('have raised the floor already where the rehearsal begins inside the window', () => {
    const { patched: late } = played({ compare: ['patched'], fromMs: -20 * MINUTE });
    expect(late!.series.floor[0]).toBe(108);
  });

  test('write only when a controller runs them', () => {
    const { patched: late } = played({ compare: ['patched'], faults: [parseFault('controllers-down')] });
    expect([START + 15 * MINUTE, START + 25 * MINUTE].map(at => floorOf(late!, at))).toEqual([2, 108]);
  });
});

describe('the same, and the manifest applied again before the opening', () => {
  const { patchedReApplied, hpaOnly } = played({ compare: ['patched-re-applied', 'hpa-only'] });

  test('open with the pods of the baseline, and answer little more than the autoscaler alone', () => {
    expect([OPENING - 10 * MINUTE - SECOND, OPENING - 9 * MINUTE].map(at => floorOf(patchedReApplied!, at))).toEqual([108, 2]);
    expect(patchedReApplied!.success).toBeLessThan(0.5);
    expect(patchedReApplied!.success).toBeGreaterThan(hpaOnly!.success);
    expect(patchedReApplied!.floorViolationSeconds).toBeGreaterThan(120 * 60);
  });

  test('are not shown without the assumption that the result turns on', () => {
    expect(played({ compare: ['patched-re-applied'] }).notes).toEqual([expect.stringMatching(/^'patch, re-applied' turns on \d+ OOM kills/)]);
  });

  test('the fault re-apply and other hands do the same to two CronJobs, and nothing to a guarded floor', () => {
    const hit = played({ compare: ['patched'], faults: [parseFault('re-apply')] });
    expect(hit.patched!.served).toBeCloseTo(patchedReApplied!.served, 0);
    expect(hit.prewarmed.success).toBeGreaterThan(0.999);
    const written = played({ compare: ['patched'], hands: [{ at: { offsetMs: -10 * MINUTE }, floor: 2 }] });
    expect(written.patched!.served).toBeCloseTo(patchedReApplied!.served, 0);
  });
});

function played(scenario: Scenario) {
  return rehearse(marathon(), scenario);
}

function floorOf({ series }: RunResult, at: number): number {
  return series.floor[(at - series.from) / series.stepMs];
}
