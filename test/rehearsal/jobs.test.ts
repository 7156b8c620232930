import { HOUR, MINUTE, OPENING, SECOND, cronJob, marathon } from './services';
import { assume } from '../../src/rehearsal/assumptions';
import { Jobs } from '../../src/rehearsal/jobs';
import { Target, handOf, writeBy } from '../../src/rehearsal/target';
import { dueTimes } from '../../src/rehearsal/timetable';
import { LogLine, PlayedFault, RehearsedCronJob } from '../../src/rehearsal/types';
import { wantedBetween } from '../../src/rehearsal/wanted';

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
    expect(night.play(target(2, 162, 'somebody'), OPENING)).toEqual({ floor: 108, ceiling: 162, isKeepers: true });
    expect(night.play(target(108, 162), OPENING + 2 * HOUR + MINUTE).floor).toBe(2);
    expect(night.play(target(120, 162, 'somebody'), OPENING + 2 * HOUR + 30 * MINUTE)).toEqual({ floor: 120, ceiling: 162, isKeepers: false });
  });

  test('raises a ceiling that is too low in the same write', () => {
    const night = nightWith([cronJob('bump', '0/5 7-11 5 12 *')]);
    expect(night.play(target(2, 50), OPENING)).toEqual({ floor: 108, ceiling: 162, isKeepers: true });
  });

  test('that starts up to five minutes before an edge waits for it', () => {
    const night = nightWith([cronJob('bump', '56 6 5 12 *')]);
    const live = target(2, 162);
    expect(night.play(live, OPENING - 3 * HOUR - SECOND).floor).toBe(2);
    expect(night.play(live, OPENING - 3 * HOUR).floor).toBe(108);
    expect(night.jobs.isGuarded()).toBe(true);
  });

  test('that starts more than five minutes before an edge does not', () => {
    const night = nightWith([cronJob('bump', '54 6 5 12 *')]);
    expect(night.play(target(2, 162), OPENING).floor).toBe(2);
  });

  test('guards until the window ends, and then does what drop does', () => {
    const night = nightWith([cronJob('bump', '0 7 5 12 *')]);
    const live = target(2, 162);
    night.play(live, OPENING);
    expect(night.jobs.isGuarded()).toBe(true);
    writeBy('somebody', live, { floor: 5 });
    expect(night.play(live, OPENING + SECOND).floor).toBe(108);
    expect(night.play(live, OPENING + 2 * HOUR).floor).toBe(2);
    expect(night.jobs.isGuarded()).toBe(false);
  });

  test('guards at once where the window is open, however near its end', () => {
    const night = nightWith([cronJob('bump', '57 11 5 12 *')]);
    night.play(target(108, 162), OPENING + 2 * HOUR - 2 * MINUTE);
    expect(night.jobs.isGuarded()).toBe(true);
  });

  test('comes late with a run whose deadline has not passed, and the log says so', () => {
    const night = nightWith([cronJob('bump', '0 7 5 12 *')]);
    const live = target(2, 162);
    expect(night.play(live, OPENING - 2 * HOUR - 10 * MINUTE, false).floor).toBe(2);
    expect(night.play(live, OPENING - 2 * HOUR).floor).toBe(108);
    expect(night.log.map(({ says }) => says)).toContain('registration-seoul-marathon-bump starts 50 min late');
  });
});

/** Floor and ceiling, both the keeper's or both another hand's. */
function target(floor: number, ceiling: number, hand?: string): Target {
  const isKeepers = hand === undefined;
  const hands = isKeepers ? {} : { floorHand: handOf(hand), ceilingHand: handOf(hand) };
  const owns = { ownsFloor: isKeepers, ownsCeiling: isKeepers, ownsCeilingAlone: isKeepers };
  return { live: { floor, ceiling, ...owns, isDisabled: false, ...hands }, replicas: floor };
}

/** A night that can be played piece by piece. */
function nightWith(cronJobs: readonly RehearsedCronJob[], faults: readonly PlayedFault[] = []) {
  const { plan } = marathon();
  const log: LogLine[] = [];
  const timetables = cronJobs.map(job => ({ job, times: dueTimes(job, FROM, OPENING + 3 * HOUR) }));
  const say = (at: number, who: LogLine['who'], says: string) => log.push({ at, who, says });
  const jobs = new Jobs(plan, wantedBetween(plan, [], FROM, 7 * 3_600), timetables, FROM, assume(), () => 0.5, faults, say);
  let now = FROM;
  return {
    jobs,
    log,
    /** Up to an instant, included. */
    play(played: Target, until: number, controllersUp = true): { floor: number; ceiling?: number; isKeepers: boolean } {
      for (; now <= until; now += SECOND) {
        jobs.step(now, controllersUp, played, { count: () => played.live.floor });
      }
      const { floor, ceiling, ownsFloor } = played.live;
      return { floor, ceiling, isKeepers: ownsFloor };
    },
  };
}
