import { HOUR, MINUTE, OPENING, SECOND, cronJob, marathon } from './services';
import { assume } from '../../src/rehearsal/assumptions';
import { Jobs, LiveTarget, dueTimes, plannedBetween } from '../../src/rehearsal/jobs';
import { LogLine, PlayedFault, RehearsedCronJob } from '../../src/rehearsal/types';

const FROM = OPENING - 4 * HOUR;

test('a CronJob is due as the CronJob controller computes it, in its own zone', () => {
  expect(dueTimes(cronJob('verify', '45 9 5 12 *'), FROM, OPENING)).toEqual([OPENING - 15 * MINUTE]);
  const { timeZone, ...inUtc } = cronJob('repair', '17 * * * *');
  expect(timeZone).toBe('Asia/Seoul');
  expect(dueTimes(inUtc, OPENING, OPENING + 2 * HOUR)).toEqual([OPENING + 17 * MINUTE, OPENING + 77 * MINUTE]);
  expect(dueTimes(cronJob('drop', '0 12 5 12 *'), OPENING + 2 * HOUR, OPENING + 2 * HOUR)).toEqual([OPENING + 2 * HOUR]);
});

describe('the keeper', () => {
  test('raises a floor below the plan, whoever wrote it, and lowers only its own', () => {
    const night = nightWith([cronJob('bump', '0/5 7-11 5 12 *'), cronJob('drop', '0 12 5 12 *'), cronJob('repair', '17 * * * *')]);
    expect(night.play({ floor: 2, ceiling: 162, isKeepers: false }, OPENING)).toEqual({ floor: 108, ceiling: 162, isKeepers: true });
    expect(night.play({ floor: 108, ceiling: 162, isKeepers: true }, OPENING + 2 * HOUR + MINUTE).floor).toBe(2);
    const raisedByHand: LiveTarget = { floor: 120, ceiling: 162, isKeepers: false };
    expect(night.play(raisedByHand, OPENING + 2 * HOUR + 30 * MINUTE)).toEqual({ floor: 120, ceiling: 162, isKeepers: false });
  });

  test('raises the ceiling in the same write where the floor is above it', () => {
    const night = nightWith([cronJob('bump', '0/5 7-11 5 12 *')]);
    expect(night.play({ floor: 2, ceiling: 50, isKeepers: true }, OPENING)).toEqual({ floor: 108, ceiling: 108, isKeepers: true });
  });

  test('that starts up to five minutes before an edge waits for it', () => {
    const night = nightWith([cronJob('bump', '56 6 5 12 *')]);
    const live: LiveTarget = { floor: 2, ceiling: 162, isKeepers: true };
    expect(night.play(live, OPENING - 3 * HOUR - SECOND).floor).toBe(2);
    expect(night.play(live, OPENING - 3 * HOUR).floor).toBe(108);
    expect(night.jobs.isGuarded()).toBe(true);
  });

  test('that starts more than five minutes before an edge does not', () => {
    const night = nightWith([cronJob('bump', '54 6 5 12 *')]);
    expect(night.play({ floor: 2, ceiling: 162, isKeepers: true }, OPENING).floor).toBe(2);
  });

  test('guards until the window ends, and then does what drop does', () => {
    const night = nightWith([cronJob('bump', '0 7 5 12 *')]);
    const live: LiveTarget = { floor: 2, ceiling: 162, isKeepers: true };
    night.play(live, OPENING);
    expect(night.jobs.isGuarded()).toBe(true);
    live.floor = 5;
    live.isKeepers = false;
    expect(night.play(live, OPENING + SECOND).floor).toBe(108);
    expect(night.play(live, OPENING + 2 * HOUR).floor).toBe(2);
    expect(night.jobs.isGuarded()).toBe(false);
  });

  test('guards at once where the window is open, however near its end', () => {
    const night = nightWith([cronJob('bump', '57 11 5 12 *')]);
    night.play({ floor: 108, ceiling: 162, isKeepers: true }, OPENING + 2 * HOUR - 2 * MINUTE);
    expect(night.jobs.isGuarded()).toBe(true);
  });

  test('comes late with a run whose deadline has not passed, and the log says so', () => {
    const night = nightWith([cronJob('bump', '0 7 5 12 *')]);
    const live: LiveTarget = { floor: 2, ceiling: 162, isKeepers: true };
    expect(night.play(live, OPENING - 2 * HOUR - 10 * MINUTE, false).floor).toBe(2);
    expect(night.play(live, OPENING - 2 * HOUR).floor).toBe(108);
    expect(night.log.map(({ says }) => says)).toContain('registration-seoul-marathon-bump starts 50 min late');
  });
});

/** A night that can be played piece by piece. */
function nightWith(cronJobs: readonly RehearsedCronJob[], faults: readonly PlayedFault[] = []) {
  const { plan } = marathon();
  const log: LogLine[] = [];
  const timetables = cronJobs.map(job => ({ job, times: dueTimes(job, FROM, OPENING + 3 * HOUR) }));
  const say = (at: number, who: LogLine['who'], says: string) => log.push({ at, who, says });
  const jobs = new Jobs(plan, plannedBetween(plan, FROM, 7 * 3_600), timetables, FROM, assume(), () => 0.5, faults, say);
  let now = FROM;
  return {
    jobs,
    log,
    /** Up to an instant, included. */
    play(live: LiveTarget, until: number, controllersUp = true): LiveTarget {
      for (; now <= until; now += SECOND) {
        jobs.step(now, controllersUp, live, live.floor);
      }
      return { ...live };
    },
  };
}
