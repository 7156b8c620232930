import { PLAIN, calls, connections, provider, serviceOf, steps } from './events';
import { MINUTE, OPENING, SECOND } from './services';
import { PlacedService, playTogether } from '../../src/rehearsal/chain/event';
import { parseFault } from '../../src/rehearsal/faults';
import { rehearse } from '../../src/rehearsal/rehearse';
import { Scenario, TogetherRun } from '../../src/rehearsal/types';

/** A front door that calls another service and a provider; both use one database. */
const EVENT = [
  serviceOf('registration', 20, 1_400, [connections(4, 200), calls('payment', 0.5)]),
  serviceOf('payment', 10, 700, [connections(4, 200), provider(900)]),
];

function play(services: readonly PlacedService[], scenario: Scenario): TogetherRun {
  return playTogether(services, { fromMs: -MINUTE, untilMs: 5 * MINUTE, ...scenario, assume: { ...PLAIN, ...scenario.assume } })[0].together!.runs[0];
}

const stationOf = ({ stations }: TogetherRun, name: string) => stations.find(({ id }) => id.endsWith(`/${name}`))!;

describe('an event', () => {
  const run = play(EVENT, {});

  test('is answered at the front door where every station has room', () => {
    expect(run).toMatchObject({ success: 1, failed: 0 });
    expect(run.firstShort).toBeUndefined();
  });

  test('asks of each station what the declared calls say: half of the requests become payments', () => {
    expect(stationOf(run, 'registration').tightest).toMatchObject({ wanted: 1_400, capacity: 2_000 });
    expect(stationOf(run, 'payment').tightest).toMatchObject({ wanted: 700, capacity: 1_000 });
    expect(stationOf(run, 'payment-provider').tightest).toMatchObject({ wanted: 700, capacity: 900 });
    expect(stationOf(run, 'tickets-db').tightest).toMatchObject({ wanted: 120, capacity: 200 });
  });

  test('brings a called service the clients that it demands beyond what is called for', () => {
    const own = play([EVENT[0], serviceOf('payment', 10, 900, [provider(900)])], {});
    expect(stationOf(own, 'payment').tightest!.wanted).toBeCloseTo(900, 0);
    const given = play(EVENT, { services: { payment: { traffic: steps([-60, 0], [0, 100]) } } });
    expect(stationOf(given, 'payment').tightest!.wanted).toBeCloseTo(800, 0);
  });

  test('is the same whatever the order of its services', () => {
    expect(play([...EVENT].reverse(), {}).served).toBeCloseTo(run.served, 6);
  });
});

describe('what breaks first', () => {
  test('is the provider, where callers ask for more than its rate', () => {
    const run = play([EVENT[0], serviceOf('payment', 10, 700, [provider(500)])], {});
    expect(run.firstShort).toMatchObject({ station: 'requestsPerSecond/payment-provider', wanted: 700, capacity: 500 });
    expect(run.firstShort!.share).toBeCloseTo(1 - 500 / 700, 3);
    // of all requests a half pays, and of these two in seven are refused
    expect(run.success).toBeCloseTo(1 - 0.5 * 2 / 7, 2);
  });

  test('is the called service, where it has too few pods; its queue fills the places of its callers', () => {
    const run = play([EVENT[0], serviceOf('payment', 4, 400)], { services: { payment: { traffic: [{ atMs: 0, rps: 0 }] } } });
    expect(run.firstShort!.station).toBe('service//payment');
    expect(run.success).toBeLessThan(0.7);
    expect(stationOf(run, 'registration').short).toBeUndefined();
  });

  test('is the front door itself, where that has too few pods', () => {
    const run = play(EVENT, { traffic: steps([-60, 100], [0, 2_600]), dependencies: { 'payment-provider': { limit: 2_000 } } });
    expect(run.firstShort!.station).toBe('service//registration');
    expect(run.firstShort!.at).toBe(OPENING);
  });
});

describe('faults of dependencies', () => {
  test('dependency-slow: a database that takes ten times as long fills the queues of its callers', () => {
    const run = play(EVENT, { faults: [parseFault('dependency-slow:tickets-db')], assume: { dependencyMillis: 20 } });
    expect(run.firstShort).toMatchObject({ station: 'connections/tickets-db', at: OPENING + MINUTE });
    expect(run.success).toBeLessThan(0.5);
    expect(run.failsAt! - OPENING - MINUTE).toBeGreaterThan(5 * SECOND);
  });

  test('dependency-slow: a provider that takes longer than callers wait fails what calls it, and its callers keep their pods busy', () => {
    const run = play(EVENT, { faults: [parseFault('dependency-slow:payment-provider')], dependencies: { 'payment-provider': { serviceMillis: 500 } }, assume: { callTimeoutSeconds: 2 } });
    expect(run.success).toBeLessThan(0.7);
  });

  test('dependency-down: each call fails at once, and what needs no call is answered', () => {
    const [begins, ends] = [60, 360];
    const run = play(EVENT, { faults: [parseFault('dependency-down:payment-provider')], untilMs: 10 * MINUTE });
    const during = run.series.failed.slice(60 + begins, 60 + ends).reduce((sum, count) => sum + count, 0);
    expect(during / (1_400 * (ends - begins))).toBeCloseTo(0.5, 2);
    expect(run.series.failed.slice(60 + ends + 1).every(count => count === 0)).toBe(true);
  });

  test('connections-halved: pods without a connection are not Ready, or Ready with requests that wait', () => {
    const halved = { faults: [parseFault('connections-halved@-30s')], dependencies: { 'tickets-db': { limit: 200 } } };
    const [registration, payment] = playTogether(EVENT, { fromMs: -MINUTE, untilMs: MINUTE, ...halved, assume: PLAIN });
    // 100 connections for 30 pods with 4 each: 25 pods have theirs
    const ready = [registration, payment].map(({ prewarmed: { series } }) => series.ready[90]);
    expect(ready[0] + ready[1]).toBe(25);
    expect(registration.prewarmed.verify.says).toMatch(/missing: \d without connection to tickets-db/);
    const [waiting] = playTogether(EVENT, { fromMs: -MINUTE, untilMs: MINUTE, ...halved, assume: { ...PLAIN, unconnectedReady: 1 } });
    expect(waiting.prewarmed.series.ready[90]).toBe(20);
    expect(waiting.prewarmed.timedOut).toBeGreaterThan(0);
  });

  test('node-lost takes pods of all services that stand on the node', () => {
    const small = EVENT.map(({ service }) => ({ service: { ...service, workload: { ...service.workload, reservedCpuMillis: 1000 } } }));
    const results = playTogether(small, { fromMs: -MINUTE, untilMs: MINUTE, faults: [parseFault('node-lost@+30s')], assume: PLAIN });
    const lost = results.map(({ prewarmed: { series } }) => series.ready[80] - series.ready[100]);
    expect(lost.every(count => count > 0)).toBe(true);
    expect(lost[0] + lost[1]).toBeLessThanOrEqual(14);
  });

  test.each([
    ['dependency-slow:elsewhere', "the fault 'dependency-slow' hits nothing: no service uses 'elsewhere'; there are 'tickets-db', 'payment-provider', 'registration', 'payment'"],
  ])('%s is refused', (fault, message) => {
    expect(() => play(EVENT, { faults: [parseFault(fault)] })).toThrow(message);
  });

  test('are refused where a service uses nothing', () => {
    expect(() => rehearse(serviceOf('web', 2, 100).service, { faults: [parseFault('dependency-down')] }))
      .toThrow("the fault 'dependency-down' hits nothing: 'web' says of no dependency that it uses it");
  });

  test('name their dependency with a colon, and no other fault does', () => {
    expect(parseFault('dependency-slow:tickets-db@+2m')).toEqual({ name: 'dependency-slow', of: 'tickets-db', offsetMs: 2 * MINUTE });
    expect(() => parseFault('node-lost:tickets-db')).toThrow("unknown fault 'node-lost:tickets-db'");
  });
});

describe('a failure that outlasts its cause', () => {
  // 10 s at 120 % of what the pods serve, then 60 %; clients that get no answer within a second try again, up to five times
  const web = [serviceOf('web', 10, 600, [connections(20, 400)])];
  const burst: Scenario = {
    traffic: steps([-60, 600], [10, 1_200], [20, 600]),
    assume: { timeoutSeconds: 1, retryPercent: 100, retryAttempts: 5, retryAfterSeconds: 1, dependencyMillis: 5 },
  };
  const run = play(web, burst);

  test('goes on when the traffic is back at 60 %', () => {
    const { served, first } = { served: run.series.served, first: 600 };
    expect(served.slice(60 + 200, 60 + 260).every(count => count < 0.5 * first)).toBe(true);
    expect(run.lasting!.untilMs - run.lasting!.fromMs).toBeGreaterThan(4 * MINUTE);
    expect(run.lasting!.load).toBeCloseTo(0.6, 2);
  });

  test('ends with a retry budget, with a shorter queue, and with shedding; each is tried', () => {
    expect(run.lasting!.remedies).toEqual([
      { says: 'a retry budget', assume: { retryBudgetPercent: 20 }, ends: true },
      { says: 'a shorter queue', assume: { queueLimit: 50 }, ends: true },
      { says: 'shedding requests whose clients have left', assume: { abandonedServedPercent: 0 }, ends: true },
    ]);
    const after = (assume: Scenario['assume']) => play(web, { ...burst, assume: { ...burst.assume, ...assume } }).series.served[60 + 200];
    const served = [{ retryBudgetPercent: 20 }, { queueLimit: 50 }, { abandonedServedPercent: 0 }].map(after);
    expect(served.every(count => Math.abs(count - 600) < 1)).toBe(true);
  });

  test('is none where clients do not try again, or where the traffic stays too high', () => {
    expect(play(web, { ...burst, assume: { ...burst.assume, retryPercent: 0 } }).lasting).toBeUndefined();
    expect(play(web, { ...burst, traffic: steps([-60, 600], [10, 1_200]) }).lasting).toBeUndefined();
  });
});

describe('refused', () => {
  test('a circle of calls, naming both', () => {
    const circle = [serviceOf('a', 2, 100, [calls('b', 1)]), serviceOf('b', 2, 100, [calls('a', 1)])];
    expect(() => play(circle, {})).toThrow(/the calls of '[ab]' and '[ab]' make a circle, which cannot be played/);
  });

  test('figures of a service or dependency that is not there', () => {
    expect(() => play(EVENT, { services: { queue: {} } })).toThrow("no service 'queue' is rehearsed; there are 'registration', 'payment'");
    expect(() => play(EVENT, { dependencies: { redis: {} } })).toThrow("no service uses a dependency 'redis'; there are 'tickets-db', 'payment-provider'");
  });
});

test('what is called and not among the services is said, and a limit that nobody says too', () => {
  const [{ notes }] = playTogether([serviceOf('web', 4, 200, [calls('login', 1), { kind: 'connections', name: 'cache', perPod: 2 }])], { fromMs: -MINUTE, untilMs: MINUTE });
  expect(notes).toEqual([
    "calls of web to 'login' are not played: it is not among what is rehearsed",
    "nobody says the limit of 'cache': it is taken as endless; give one in a scenario, as 'dependencies: { cache: { limit: 500 } }'",
  ]);
});

test('services that use nothing fare in one world as they do alone, as long as nodes suffice', () => {
  const two = [serviceOf('web', 10, 800), serviceOf('api', 6, 400)];
  const scenario = { fromMs: -MINUTE, untilMs: 2 * MINUTE };
  const together = playTogether(two, scenario).map(({ prewarmed }) => prewarmed);
  const alone = two.map(({ service }) => rehearse(service, scenario).prewarmed);
  const figures = alone.map(({ served, failed, success, latency }: any) => ({ served, failed, success, latency }));
  expect(together.map(({ served, failed, success, latency }: any) => ({ served, failed, success, latency }))).toEqual(figures);
});

test('pods that drop requests whose clients have left serve to their capacity however long the overload', () => {
  const { service } = serviceOf('web', 10, 1_500);
  const scenario = { fromMs: -MINUTE, untilMs: 5 * MINUTE, traffic: steps([-60, 100], [0, 1_500]) };
  const served = (abandonedServedPercent: number) =>
    rehearse(service, { ...scenario, assume: { ...PLAIN, timeoutSeconds: 5, abandonedServedPercent } }).prewarmed.success;
  expect(served(0)).toBeCloseTo(2 / 3, 1);
  expect(served(100)).toBeLessThan(0.1);
  expect(served(50)).toBeGreaterThan(served(100));
});

test('pods at the capacity of their connections answer as many requests, however long a call takes exactly', () => {
  // 4 connections a pod do 20 calls of 200 ms; rounding must not make of a station at its capacity one just below it, with its endless wait
  const served = (serviceMillis: number, dependencyMillis: number) => play([serviceOf('web', 2, 50, [connections(4, 8)])], {
    untilMs: MINUTE,
    traffic: steps([-60, 0], [0, 50], [20, 0]),
    assume: { timeoutSeconds: 4, queueLimit: 10, serviceMillis, podRps: 8_000 / serviceMillis, dependencyMillis },
  }).success;
  expect(served(200, 200)).toBeCloseTo(0.8, 1);
  for (const [serviceMillis, dependencyMillis] of [[200.3375110835381, 200.91103553931208], [201.2, 201.05385755517233], [200.6, 201.4]]) {
    expect(served(serviceMillis, dependencyMillis) / served(200, 200)).toBeGreaterThan(0.95);
  }
});
