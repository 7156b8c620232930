import { App, Chart, Duration, Size, Testing } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import { ClusterBudget, Demand, Dependency, EventScaleSchedule, OpeningEvent, PodCapacity, PrewarmedService, ScheduleTarget, Use } from '../src';
import { chartIn } from './support/charts';
import { decodePlan } from '../src/core/plan/document';
import { PLAN_KEY } from '../src/core/plan/names';

const DB = Dependency.connections('tickets-db', { limit: 1_000, reserved: 40 });
const BANK = Dependency.requestsPerSecond('bank', { limit: 8_000 });
const MARATHON = OpeningEvent.once('marathon', { at: '2026-12-05T10:00', timeZone: 'Asia/Seoul', hold: Duration.hours(2) });

describe('the plan', () => {
  test('says what a service uses, with the facts of the dependency', () => {
    const chart = chartIn();
    service(chart, 'payment', [DB.perPod(8), BANK.perRequest(1)]);
    expect(usesOf(chart, 'payment')).toEqual([
      { kind: 'connections', name: 'tickets-db', perPod: 8, limit: 1_000, reserved: 40 },
      { kind: 'requestsPerSecond', name: 'bank', perRequest: 1, limit: 8_000 },
    ]);
  });

  test('says what a target known by name uses', () => {
    const chart = chartIn();
    new EventScaleSchedule(chart, 'payment', {
      target: ScheduleTarget.fromAutoscalerName('payment'), baseline: { floor: 2, ceiling: 10 }, uses: [DB.perPod(3)],
    });
    expect(usesOf(chart, 'payment')).toMatchObject([{ name: 'tickets-db', perPod: 3 }]);
  });

  test('says which service is called, in another namespace too', () => {
    const chart = chartIn();
    const payment = service(chart, 'payment', []);
    const web = service(new Chart(chart.node.root as App, 'front', { namespace: 'front' }), 'web', [payment.perRequest(0.04)]);
    expect(usesOf(Chart.of(web), 'web')).toEqual([{ kind: 'service', name: 'payment', namespace: 'shop', perRequest: 0.04 }]);
  });

  test('says what was added later', () => {
    const chart = chartIn();
    const web = service(chart, 'web', []);
    web.schedule.addUses(DB.perPod(2));
    expect(usesOf(chart, 'web')).toMatchObject([{ name: 'tickets-db', perPod: 2 }]);
  });

  test('says what each pod takes of a budget, by its manifest', () => {
    const chart = chartIn();
    const pool = ClusterBudget.of('pool', { room: { cpu: Cpu.units(400), memory: Size.gibibytes(10), pods: 100, addresses: 200 }, reserved: { pods: 10 } });
    service(chart, 'web', [pool.eachPod()]);
    expect(usesOf(chart, 'web')).toEqual([
      { kind: 'cpu', name: 'pool', perPod: 1, limit: 400 },
      { kind: 'memory', name: 'pool', perPod: 2 ** 30, limit: 10 * 2 ** 30 },
      { kind: 'pods', name: 'pool', perPod: 1, limit: 100, reserved: 10 },
      { kind: 'addresses', name: 'pool', perPod: 1, limit: 200 },
    ]);
  });

  test('says another limit in the hours around an event', () => {
    const chart = chartIn();
    const db = Dependency.connections('tickets-db', { limit: 500, limitIn: [{ event: MARATHON, lead: Duration.hours(4), limit: 2_000 }] });
    service(chart, 'web', [db.perPod(1)]);
    expect(usesOf(chart, 'web')).toMatchObject([{
      limitIn: [{ limit: 2_000, times: [{ from: Date.parse('2026-12-04T21:00:00Z'), until: Date.parse('2026-12-05T03:00:00Z') }] }],
    }]);
  });
});

describe('refuses', () => {
  test.each<[string, () => unknown, string]>([
    ['a limit of nothing', () => Dependency.connections('db', { limit: 0 }), "dependency 'db': 'limit' must be a whole number of at least 1, got 0"],
    ['a negative limit', () => Dependency.requestsPerSecond('bank', { limit: -1 }), "dependency 'bank': 'limit' must be a number above 0, got -1"],
    ['a reserve that leaves nothing', () => Dependency.connections('db', { limit: 10, reserved: 10 }), "'reserved' (10) must be less than the limit of 'limit' (10)"],
    ['a part of a connection', () => DB.perPod(0.5), "perPod of dependency 'tickets-db' needs a whole number of connections, got 0.5; a pool has no part of a connection: write perPod(1)"],
    ['connections by request', () => DB.perRequest(1), "dependency 'tickets-db' is counted in connections"],
    ['no request', () => BANK.perRequest(0), "perRequest of 'bank' needs a number above 0, got 0"],
    ['a name of two words', () => Dependency.connections('Tickets DB', { limit: 1 }), 'Dependency.connections needs a name of lower-case letters'],
    ['a host without a port', () => Dependency.connections('db', { limit: 1, host: 'db' }), "'host' (db) needs a 'port'"],
    ['a budget of nothing', () => ClusterBudget.of('pool', { room: {} }), "'room' lacks any of 'cpu', 'memory', 'pods' and 'addresses'"],
    ['a reserve of what has no room', () => ClusterBudget.of('pool', { room: { pods: 1 }, reserved: { addresses: 1 } }), "'room' has no 'addresses'"],
    ['another limit at no time', () => Dependency.connections('db', { limit: 1, limitIn: [{ limit: 2 }] }), "'limitIn[0]' lacks an 'event', or 'from' and 'until'"],
    ['two limits at one time', () => Dependency.connections('db', {
      limit: 1, limitIn: [{ event: MARATHON, limit: 2 }, { from: '2026-12-05T09:00+09:00', until: '2026-12-05T10:00+09:00', limit: 3 }],
    }), "'limitIn[0]' and 'limitIn[1]' are both in force at 2026-12-05T00:00:00Z"],
  ])('%s', (_, declare, message) => {
    expect(declare).toThrow(message);
  });

  test('a dependency that is declared twice with different limits, naming both', () => {
    const chart = chartIn();
    service(chart, 'a', [DB.perPod(1)]);
    expect(() => service(chart, 'b', [Dependency.connections('tickets-db', { limit: 500 }).perPod(1)])).toThrow(
      "shop/b/Schedule: dependency 'tickets-db' is declared twice: shop/a/Schedule says { limit: 1000, reserved: 40 }, and here it is { limit: 500 }");
  });

  test('a dependency that is declared twice with the same limits not', () => {
    const chart = chartIn();
    service(chart, 'a', [DB.perPod(1)]);
    expect(() => service(chart, 'b', [Dependency.connections('tickets-db', { limit: 1_000, reserved: 40 }).perPod(1)])).not.toThrow();
  });

  test('a service of another app', () => {
    const payment = service(chartIn(), 'payment', []);
    expect(() => service(chartIn(), 'web', [payment.perRequest(1)])).toThrow("service 'payment' (shop/payment/Schedule) is in another app than 'web'");
  });

  test('a circle, naming both and who is between', () => {
    const chart = chartIn();
    const a = service(chart, 'a', []);
    const b = service(chart, 'b', [a.perRequest(1)]);
    const c = service(chart, 'c', [b.perRequest(1)]);
    expect(() => a.schedule.addUses(c.perRequest(1))).toThrow("'a' cannot use 'c' (namespace 'shop'), which uses 'a' itself through 'b'; calls must not go in a circle");
  });

  test('requests of a service whose pods have no known capacity', () => {
    expect(() => new EventScaleSchedule(chartIn(), 'web', {
      target: ScheduleTarget.fromAutoscalerName('web'), baseline: { floor: 2, ceiling: 10 }, uses: [BANK.perRequest(1)],
    })).toThrow("'uses[0]' counts the requests of 'web' to dependency 'bank', which needs to know what one pod serves; pass 'podCapacity'");
  });

  test('what is no use', () => {
    expect(() => service(chartIn(), 'web', [DB as unknown as Use])).toThrow("'uses[0]' must be a use, such as db.perPod(8) or payment.perRequest(0.04), got a Dependency");
  });

  test('a budget of memory for a target known by name, at synth', () => {
    const chart = chartIn();
    new EventScaleSchedule(chart, 'web', {
      target: ScheduleTarget.fromAutoscalerName('web'),
      baseline: { floor: 2, ceiling: 10 },
      uses: [ClusterBudget.of('pool', { room: { memory: Size.gibibytes(1) } }).eachPod()],
    });
    expect(() => Testing.synth(chart)).toThrow("budget 'pool' counts memory, and Deployment 'web' is known by name only; write eachPod({ memory: Size.mebibytes(512) })");
  });
});

describe('synth', () => {
  test('fails where the floors together need more than there is, with each share and the way out', () => {
    const chart = chartIn();
    service(chart, 'a', [DB.perPod(60)]);
    service(new Chart(chart.node.root as App, 'front', { namespace: 'front' }), 'b', [DB.perPod(40)]);
    expect(() => Testing.synth(chart)).toThrow("dependency 'tickets-db' has 1,000 connections less 40 reserved, and the floors need 1,000 "
      + "from Sat 2026-12-05 08:00 Asia/Seoul (UTC+09:00) on: 'shop/a' 600 (10 pods x 60), 'front/b' 400 (10 pods x 40); raise the limit "
      + "('limitIn' for that time), let each pod hold fewer, put a pooler between, or lower a demand");
  });

  test('passes where it is just enough', () => {
    const chart = chartIn();
    service(chart, 'a', [DB.perPod(96)]);
    expect(() => Testing.synth(chart)).not.toThrow();
  });

  test('says nothing of the ceilings', () => {
    const chart = chartIn();
    service(chart, 'a', [Dependency.connections('db', { limit: 100 }).perPod(10)]);
    expect(() => Testing.synth(chart)).not.toThrow();
  });

  test('counts events that are added later', () => {
    const chart = chartIn();
    const a = service(chart, 'a', [DB.perPod(96)]);
    const later = OpeningEvent.once('gala', { at: '2026-12-05T10:00', timeZone: 'Asia/Seoul' });
    a.schedule.addEvent({ event: later, demand: Demand.replicas(11) });
    expect(() => Testing.synth(chart)).toThrow("'a' 1,056 (11 pods x 96)");
  });
});

function service(chart: Chart, name: string, uses: Use[]): PrewarmedService {
  return new PrewarmedService(chart, name, {
    image: `registry.example.com/${name}:1.0.0`,
    podCapacity: PodCapacity.requestsPerSecond(200),
    events: [{ event: MARATHON, demand: Demand.replicas(10) }],
    uses,
  });
}

function usesOf(chart: Chart, name: string) {
  const config = Testing.synth(chart).find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === `${name}-prewarm`);
  return decodePlan(config.data[PLAN_KEY]).uses;
}
