import { Duration } from 'cdk8s';
import { chartIn, find, namesOf } from './support/charts';
import { HOUR, MINUTE } from './support/durations';
import { decodePlan, encodePlan } from '../src/core/plan/document';
import { Demand, EventScaleSchedule, OpeningEvent, ScheduledEvent, ScheduleTarget, Weekday } from 'cdk8s-prewarm';

const SEOUL = 'Asia/Seoul';
const BERLIN = 'Europe/Berlin';
const DEMANDS = { small: Demand.replicas(10), large: Demand.replicas(90) };

describe('openings written in code', () => {
  test('are taken in any order', () => {
    expect(OpeningEvent.at('autumn', { openings: [{ at: '2026-12-11T20:00' }, { at: '2026-12-05T10:00' }], timeZone: SEOUL }).openings)
      .toEqual(['2026-12-05T01:00:00Z', '2026-12-11T11:00:00Z']);
  });

  test('may carry offsets instead of a zone', () => {
    expect(OpeningEvent.at('autumn', { openings: [{ at: '2026-12-05T10:00:00+09:00' }] }).openings).toEqual(['2026-12-05T01:00:00Z']);
  });

  test.each([
    ['an empty list', { openings: [] }, "event 'autumn': 'openings' is empty; list at least one"],
    ['what is no text', { openings: [{ at: 5 as any }] }, "event 'autumn': opening 1: 'at' must be a text such as '2026-12-05T10:00', got 5"],
    ['a lead of zero', { openings: [{ at: '2026-12-05T10:00Z', lead: Duration.seconds(0) }] }, "event 'autumn': opening 1: 'lead' (0 seconds) must be at least 1 minute"],
    ['a hold that is shorter than the way down', { openings: [{ at: '2026-12-05T10:00Z', hold: Duration.minutes(10) }], rampDown: { over: Duration.minutes(30) } },
      "event 'autumn': opening 1: 'rampDown.over' (30 minutes) must be at most 'hold' (10 minutes)"],
    ['a wall time on a skipped hour', { openings: [{ at: '2027-03-28T02:30' }], timeZone: BERLIN },
      "opening 1: 'at' (2027-03-28T02:30) is skipped by a clock change in Europe/Berlin; write '2027-03-28T01:30:00+01:00' or '2027-03-28T03:30:00+02:00'"],
  ])('refuses %s', (_, options, message) => {
    expect(() => OpeningEvent.at('autumn', options)).toThrow(message);
  });
});

describe('openings read from a file', () => {
  test('CSV', () => {
    const event = OpeningEvent.fromCsv('autumn', 'at,demand\n2026-12-05 10:00,large\n2026-12-11 20:00,\n', { timeZone: SEOUL });
    expect(event.openings).toEqual(['2026-12-05T01:00:00Z', '2026-12-11T11:00:00Z']);
  });

  test('CSV with columns that are called otherwise', () => {
    expect(OpeningEvent.fromCsv('autumn', 'Opens;Size\n2026-12-05 10:00;large\n', { timeZone: SEOUL, columns: { at: 'Opens', demand: 'Size' } }).openings)
      .toEqual(['2026-12-05T01:00:00Z']);
  });

  test('JSON, with the zone that it names', () => {
    const event = OpeningEvent.fromJson('autumn', '{"timeZone": "Asia/Seoul", "openings": [{"at": "2026-12-05T10:00"}]}');
    expect([event.timeZone, event.openings]).toEqual([SEOUL, ['2026-12-05T01:00:00Z']]);
  });

  test('what is wrong names the event and the row', () => {
    expect(() => OpeningEvent.fromCsv('autumn', 'at\nsoon\n')).toThrow("event 'autumn': row 2: 'at' (soon) is no date and time; write '2026-12-05 10:00'");
    expect(() => OpeningEvent.fromJson('autumn', '[]')).toThrow("event 'autumn': the list has no opening");
    expect(() => OpeningEvent.fromJson('autumn', '{')).toThrow("event 'autumn': the list is no JSON");
  });
});

describe('a service that answers to a list', () => {
  const autumn = OpeningEvent.at('autumn', {
    timeZone: SEOUL,
    openings: [
      { at: '2026-12-05T10:00' },
      { at: '2026-12-11T20:00', demand: 'large', lead: Duration.hours(6), hold: Duration.minutes(30) },
      { at: '2026-12-11T10:00', demand: 'small' },
    ],
  });

  test('asks for what each opening names, and for its demand elsewhere', () => {
    const schedule = scheduleFor({ event: autumn, demand: Demand.replicas(40), demands: DEMANDS });
    expect(['2026-12-05T10:00:00+09:00', '2026-12-11T10:00:00+09:00', '2026-12-11T20:00:00+09:00'].map(at => schedule.floorAt(at))).toEqual([40, 10, 90]);
  });

  test("raises and holds as the opening itself says, whatever the service's other openings do", () => {
    const schedule = scheduleFor({ event: autumn, demand: Demand.replicas(40), demands: DEMANDS, lead: Duration.hours(1), hold: Duration.hours(2) });
    expect(['13:59', '14:00', '20:29', '20:30'].map(time => schedule.floorAt(`2026-12-11T${time}:00+09:00`))).toEqual([3, 90, 90, 3]);
    expect(['08:59', '09:00', '11:59', '12:00'].map(time => schedule.floorAt(`2026-12-05T${time}:00+09:00`))).toEqual([3, 40, 40, 3]);
  });

  test('refuses names that it does not know, with those that it does', () => {
    expect(() => scheduleFor({ event: autumn, demand: Demand.replicas(40), demands: { large: Demand.replicas(90), tiny: Demand.replicas(1) } }))
      .toThrow("event 'autumn': opening 3: the opening names a demand 'small'; 'demands' has 'large', 'tiny'");
  });

  test('refuses names where it has none at all, with the way out', () => {
    const event = OpeningEvent.fromCsv('autumn', 'at,demand\n2026-12-05 10:00,\n2026-12-06 10:00,=large\n', { timeZone: SEOUL });
    expect(() => scheduleFor({ event, demand: Demand.replicas(40) }))
      .toThrow("event 'autumn': row 3: the opening names a demand '=large'; pass 'demands' with it, such as demands: { '=large': Demand.replicas(60) }");
  });

  test('refuses a lead of a row within which its pods cannot be Ready', () => {
    const event = OpeningEvent.fromCsv('autumn', 'at,lead\n2026-12-05 10:00,\n2026-12-06 10:00,10m\n', { timeZone: SEOUL });
    expect(() => scheduleFor({ event, demand: Demand.replicas(40) }))
      .toThrow("event 'autumn': row 3: 'lead' (10 minutes) must be at least 16 minutes, or the pods are not Ready in time");
  });

  test('takes another demand on a day, and another again for one opening of that day', () => {
    const schedule = scheduleFor({
      event: autumn, demand: Demand.replicas(40), demands: DEMANDS, demandOn: { '2026-12-11T20:00': Demand.replicas(70), '2026-12-11': Demand.replicas(50) },
    });
    expect(['2026-12-05T10:00:00+09:00', '2026-12-11T10:00:00+09:00', '2026-12-11T20:00:00+09:00'].map(at => schedule.floorAt(at))).toEqual([40, 50, 70]);
  });

  test('takes a demand for an instant with its offset too', () => {
    const schedule = scheduleFor({ event: autumn, demand: Demand.replicas(40), demands: DEMANDS, demandOn: { '2026-12-05T10:00:00+09:00': Demand.replicas(70) } });
    expect(schedule.floorAt('2026-12-05T10:00:00+09:00')).toBe(70);
  });

  test('refuses a demand for an instant at which nothing opens', () => {
    expect(() => scheduleFor({ event: autumn, demand: Demand.replicas(40), demands: DEMANDS, demandOn: { '2026-12-11T21:00': Demand.replicas(70) } }))
      .toThrow("event 'autumn': 'demandOn' has '2026-12-11T21:00', which is no date of an opening; there are 2: 2026-12-05, 2026-12-11");
  });
});

describe('200 openings of one event', () => {
  const event = OpeningEvent.at('autumn', {
    // at any time of day, each of four sizes and two leads
    openings: Array.from({ length: 200 }, (_, i) => ({
      at: new Date(Date.parse('2027-01-01T00:00Z') + i * 43 * HOUR + i * 7 * MINUTE).toISOString(),
      ...(i % 4 ? { demand: `size-${i % 4}` } : {}),
      ...(i % 8 < 4 ? { lead: Duration.hours(4) } : {}),
    })),
  });
  const ramp = { over: Duration.minutes(30) };
  const chart = chartIn('shop');
  scheduleFor({
    event,
    demand: Demand.replicas(40),
    demands: { 'size-1': Demand.replicas(20), 'size-2': Demand.replicas(60), 'size-3': Demand.replicas(90) },
    rampUp: ramp,
    rampDown: ramp,
  }, chart);

  test('are three CronJobs with names that say what they do', () => {
    expect(namesOf(chart).filter(name => name.startsWith('CronJob payment-autumn'))).toEqual([
      'CronJob payment-autumn-bump', 'CronJob payment-autumn-drop', 'CronJob payment-autumn-verify',
    ]);
  });

  test('start at most 24 runs a day', () => {
    const hours = ['bump', 'verify', 'drop'].map(role => find(chart, 'CronJob', `payment-autumn-${role}`).spec.schedule);
    expect(hours).toEqual([expect.stringMatching(/^\d+ \S+\/2 /), expect.stringMatching(/^\d+ \S+\/3 /), expect.stringMatching(/^\d+ (\d+,){3}\d+ |^\d+ \S+\/6 /)]);
  });

  test('may start as late, and run as long, as they may have to wait', () => {
    const deadlines = ['bump', 'verify', 'drop'].map(role => find(chart, 'CronJob', `payment-autumn-${role}`).spec.startingDeadlineSeconds / 3600);
    expect(deadlines).toEqual([2, 3.25, 6]);
  });

  test('tell the keeper in the plan how long its jobs wait', () => {
    const plan = decodePlan(find(chart, 'ConfigMap', 'payment-prewarm').data['plan.json']);
    expect(plan.waits).toEqual([{ event: 'autumn', bump: 2 * HOUR, verify: 3 * HOUR, drop: 6 * HOUR }]);
    expect(find(chart, 'CronJob', 'payment-autumn-drop').spec.jobTemplate.spec.template.spec.containers[0].args).toEqual(
      ['--max-heap-size=48', '/opt/prewarm/keeper.js', 'drop', '--event', 'autumn']);
  });

  test('fit into the plan with both ramps, each of another size', () => {
    const demands = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`size-${i}`, Demand.replicas(100 + i)]));
    const own = OpeningEvent.at('autumn', {
      openings: event.openings.map((at, i) => ({ at, demand: `size-${i}`, lead: Duration.minutes(120 + i), hold: Duration.minutes(60 + i) })),
    });
    const plan = encodePlan(scheduleFor({ event: own, demand: Demand.replicas(40), demands, rampUp: ramp, rampDown: ramp })._plan);
    expect(JSON.stringify(plan).length / 1024).toBeLessThan(200);
  });
});

describe('a season of which one day is moved', () => {
  const fridays = (moved: { [date: string]: string }) => OpeningEvent.weekly('fridays', {
    on: [Weekday.FRIDAY], time: '20:00', timeZone: SEOUL, firstDate: '2027-04-30', lastDate: '2027-05-21', exceptDates: ['2027-05-14'], moved,
  });

  test('opens at the other time on that day', () => {
    expect(fridays({ '2027-05-07': '21:00' }).openings).toEqual(['2027-04-30T11:00:00Z', '2027-05-07T12:00:00Z', '2027-05-21T11:00:00Z']);
  });

  test('opens on another day', () => {
    expect(fridays({ '2027-05-07': '2027-05-09T15:00' }).openings).toEqual(['2027-04-30T11:00:00Z', '2027-05-09T06:00:00Z', '2027-05-21T11:00:00Z']);
  });

  test('is called by the day to which it is moved', () => {
    const schedule = scheduleFor({
      event: fridays({ '2027-05-07': '2027-05-09T15:00' }), demand: Demand.replicas(40), demandOn: { '2027-05-09': Demand.replicas(70) },
    });
    expect(schedule.floorAt('2027-05-09T15:00:00+09:00')).toBe(70);
  });

  test.each([
    ['a day that is none of the season', { '2027-05-08': '21:00' }, "'moved' has '2027-05-08', which is no day of the season; there are 3, from 2027-04-30 to 2027-05-21"],
    ['a day that is excepted', { '2027-05-14': '21:00' }, "'moved' has '2027-05-14', which is no day of the season"],
    ['a time that is none', { '2027-05-07': '9pm' }, "'moved['2027-05-07']' (9pm) is no time of day; write '21:00', or '2027-05-07T20:00' with another day"],
    ['an instant that is taken', { '2027-05-07': '2027-05-21T20:00' }, "'moved' leaves two openings at 2027-05-21T20:00:00+09:00; put one of the two days into 'exceptDates'"],
  ])('refuses %s', (_, moved, message) => {
    expect(() => fridays(moved as unknown as { [date: string]: string })).toThrow(message);
  });

  test('is the way out of a clock change, and the message says how', () => {
    const nightly = (moved: { [date: string]: string }) => OpeningEvent.daily('nightly', {
      time: '02:30', timeZone: BERLIN, firstDate: '2027-03-27', lastDate: '2027-03-29', moved,
    });
    expect(() => nightly({})).toThrow("; or say moved: { '2027-03-28': '2027-03-28T03:30:00+02:00' }");
    expect(nightly({ '2027-03-28': '2027-03-28T03:30:00+02:00' }).openings).toEqual(['2027-03-27T01:30:00Z', '2027-03-28T01:30:00Z', '2027-03-29T00:30:00Z']);
  });
});

function scheduleFor(scheduled: ScheduledEvent, chart = chartIn('shop')): EventScaleSchedule {
  return new EventScaleSchedule(chart, 'payment', {
    target: ScheduleTarget.fromAutoscalerName('payment-hpa'), baseline: { floor: 3, ceiling: 20 }, events: [scheduled],
  });
}
