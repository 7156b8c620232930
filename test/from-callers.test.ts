import { App, Chart, Duration, Testing } from 'cdk8s';
import {
  CeilingPolicy, Demand, EventScaleSchedule, OpeningEvent, PodCapacity, PrewarmAlerts, PrewarmedService, PrewarmedServiceProps, ScheduleTarget,
  Weekday,
} from '../src';
import { chartIn, find } from './support/charts';

const MARATHON = OpeningEvent.once('marathon', { at: '2026-12-05T10:00', timeZone: 'Asia/Seoul' });
const GALA = OpeningEvent.once('gala', { at: '2026-12-12T10:00', timeZone: 'Asia/Seoul' });
const FRIDAYS = OpeningEvent.weekly('fridays', {
  on: [Weekday.FRIDAY], time: '20:00', timeZone: 'Asia/Seoul', firstDate: '2026-12-04', lastDate: '2026-12-18',
});
const AT = '2026-12-05T10:00:00+09:00';

describe('floors follow from the callers', () => {
  test('by the part of their requests that they send on', () => {
    const chart = chartIn();
    const payment = service(chart, 'payment', { podCapacity: PodCapacity.requestsPerSecond(20) });
    front(chart, 15_000, { uses: [payment.perRequest(0.04)] });
    Testing.synth(chart);
    // 600 requests/s at 20 a pod, at the autoscaler's 70 %
    expect(payment.schedule.floorAt(AT)).toBe(43);
  });

  test('through as many steps as there are, whatever the order of constructs and charts', () => {
    const app = new App();
    const chart = (name: string) => new Chart(app, name, { namespace: name });
    const [last, first, middle] = ['c', 'a', 'b'].map(chart);
    const ledger = service(last, 'ledger');
    const web = front(first, 10_000);
    const payment = service(middle, 'payment', { uses: [ledger.perRequest(0.5)] });
    web.schedule.addUses(payment.perRequest(0.1));
    Testing.synth(last);
    expect([web, payment, ledger].map(one => one.schedule.floorAt(AT))).toEqual([72, 8, 4]);
  });

  test('added up, of all callers of an opening', () => {
    const chart = chartIn();
    const payment = service(chart, 'payment');
    front(chart, 10_000, { uses: [payment.perRequest(0.1)] });
    front(chart, 6_000, { name: 'app', uses: [payment.perRequest(0.3)] });
    Testing.synth(chart);
    expect(payment.schedule.floorAt(AT)).toBe(20);
  });

  test('on single dates as on others', () => {
    const chart = chartIn();
    const payment = service(chart, 'payment', { events: [{ event: FRIDAYS, demand: Demand.fromCallers() }] });
    front(chart, 0, {
      uses: [payment.perRequest(0.1)],
      events: [{ event: FRIDAYS, demand: Demand.requestsPerSecond(10_000), demandOn: { '2026-12-18': Demand.requestsPerSecond(90_000) } }],
    });
    Testing.synth(chart);
    expect(['2026-12-04T20:00:00+09:00', '2026-12-18T20:00:00+09:00'].map(at => payment.schedule.floorAt(at))).toEqual([8, 65]);
  });

  test('whose demand is in pods, by what these serve', () => {
    const chart = chartIn();
    const payment = service(chart, 'payment');
    front(chart, 0, { uses: [payment.perRequest(0.1)], events: [{ event: MARATHON, demand: Demand.replicas(50) }] });
    Testing.synth(chart);
    expect(payment.schedule.floorAt(AT)).toBe(8);
  });

  test('once, where a factor is in force for the whole app', () => {
    const app = new App();
    app.node.setContext('cdk8s-prewarm/demandFactor', 0.1);
    const chart = new Chart(app, 'shop', { namespace: 'shop' });
    const payment = service(chart, 'payment');
    front(chart, 100_000, { uses: [payment.perRequest(0.1)] });
    Testing.synth(chart);
    expect(payment.schedule.floorAt(AT)).toBe(8);
  });

  test('times a factor of their own, and with a headroom of their own', () => {
    const chart = chartIn();
    const payment = service(chart, 'payment', { events: [{ event: MARATHON, demand: Demand.fromCallers({ headroomPercent: 0 }).times(2) }] });
    front(chart, 10_000, { uses: [payment.perRequest(0.1)] });
    Testing.synth(chart);
    expect(payment.schedule.floorAt(AT)).toBe(10);
  });

  test('of a target that is known by name too', () => {
    const chart = chartIn();
    const payment = new EventScaleSchedule(chart, 'payment', {
      target: ScheduleTarget.fromAutoscalerName('payment'),
      baseline: { floor: 2, ceiling: 10 },
      podCapacity: PodCapacity.requestsPerSecond(200),
      events: [{ event: MARATHON, demand: Demand.fromCallers() }],
    });
    front(chart, 10_000, { uses: [payment.perRequest(0.1)] });
    Testing.synth(chart);
    expect(payment.floorAt(AT)).toBe(8);
  });
});

describe('what is rendered', () => {
  test('has the ceiling that follows in the autoscaler, though it is rendered before the plan', () => {
    const chart = chartIn();
    const payment = service(chart, 'payment');
    front(chart, 60_000, { uses: [payment.perRequest(0.1)] });
    expect(find(chart, 'HorizontalPodAutoscaler', 'payment').spec.maxReplicas).toBe(65);
  });

  test('has it with a ceiling that moves with each window, too', () => {
    const chart = chartIn();
    const payment = service(chart, 'payment', { ceilingPolicy: CeilingPolicy.PER_WINDOW });
    front(chart, 60_000, { uses: [payment.perRequest(0.1)] });
    expect(find(chart, 'HorizontalPodAutoscaler', 'payment').spec.maxReplicas).toBe(65);
  });

  test('says in words what follows', () => {
    const chart = chartIn();
    const payment = service(chart, 'payment');
    front(chart, 60_000, { uses: [payment.perRequest(0.1)] });
    expect(JSON.stringify(find(chart, 'CronJob', 'payment-marathon-bump').metadata.annotations)).toContain('floor 2 -> 43');
    expect(JSON.stringify(find(chart, 'HorizontalPodAutoscaler', 'payment').metadata.annotations)).toContain('floor 2 -> 43');
  });

  test('follows what is added between two synths', () => {
    const chart = chartIn();
    const payment = service(chart, 'payment');
    const web = front(chart, 60_000, { uses: [payment.perRequest(0.1)] });
    const armName = () => Testing.synth(chart).find(({ kind, metadata }) => kind === 'Job' && metadata.name.startsWith('payment-arm')).metadata.name;
    const before = armName();
    web.schedule.addUses(payment.perRequest(0.1));
    expect(armName()).not.toBe(before);
    expect(payment.schedule.floorAt(AT)).toBe(86);
  });

  test('is the same in two synths', () => {
    const rendered = () => {
      const chart = chartIn();
      const payment = service(chart, 'payment');
      front(chart, 60_000, { uses: [payment.perRequest(0.1)] });
      return JSON.stringify([Testing.synth(chart), Testing.synth(chart)]);
    };
    const [first, second] = JSON.parse(rendered());
    expect(first).toEqual(second);
    expect(rendered()).toBe(rendered());
  });

  test('has alerts for a service whose callers are not known when they are made', () => {
    const chart = chartIn();
    const payment = service(chart, 'payment');
    new PrewarmAlerts(chart, 'alerts', { schedules: [payment.schedule] });
    front(chart, 60_000, { uses: [payment.perRequest(0.1)] });
    expect(find(chart, 'PrometheusRule').metadata.name).toBe('payment-prewarm');
  });
});

describe('refuses', () => {
  test('a question before the synth, in a sentence', () => {
    const chart = chartIn();
    const payment = service(chart, 'payment');
    front(chart, 100, { uses: [payment.perRequest(1)] });
    for (const question of ['floorAt', 'ceilingAt'] as const) {
      expect(() => payment.schedule[question](AT)).toThrow(`shop/payment/Schedule: '${question}' is asked before the synth, and the floors follow from `
        + 'Demand.fromCallers(): who calls is known only then; ask after Testing.synth(chart) or app.synth()');
    }
    expect(() => payment.schedule.baseline).toThrow("'baseline' is asked before the synth");
  });

  test('a question after a change that no synth has seen', () => {
    const chart = chartIn();
    const payment = service(chart, 'payment');
    const web = front(chart, 100, { uses: [payment.perRequest(1)] });
    Testing.synth(chart);
    web.schedule.addUses(payment.perRequest(1));
    expect(() => payment.schedule.floorAt(AT)).toThrow('is asked before the synth');
  });

  test('a service that nobody calls', () => {
    const chart = chartIn();
    service(chart, 'payment');
    expect(() => Testing.synth(chart)).toThrow("shop/payment/Schedule: the demand of 'payment' is what its callers send, and no service uses it; "
      + "say 'payment.perRequest(0.04)' in the 'uses' of those that call it, or give it a demand of its own");
  });

  test("a caller's event that the callee does not schedule, naming both", () => {
    const chart = chartIn();
    const payment = service(chart, 'payment');
    front(chart, 100, { uses: [payment.perRequest(1)], events: [{ event: GALA, demand: Demand.requestsPerSecond(100) }] });
    expect(() => Testing.synth(chart)).toThrow("the demand of 'payment' is what its callers send, and its caller 'web' opens event 'gala' at "
      + "2026-12-12T01:00:00Z, which 'payment' does not schedule; add it here, with Demand.fromCallers()");
  });

  test('an opening of the same event that only the caller has', () => {
    const chart = chartIn();
    const payment = service(chart, 'payment');
    const other = OpeningEvent.once('marathon', { at: '2026-12-06T10:00', timeZone: 'Asia/Seoul' });
    front(chart, 100, { uses: [payment.perRequest(1)], events: [{ event: other, demand: Demand.requestsPerSecond(100) }] });
    expect(() => Testing.synth(chart)).toThrow("which 'payment' does not schedule; share one OpeningEvent");
  });

  test('an event that no caller schedules', () => {
    const chart = chartIn();
    const payment = service(chart, 'payment', {
      events: [{ event: MARATHON, demand: Demand.fromCallers() }, { event: GALA, demand: Demand.fromCallers() }],
    });
    front(chart, 100, { uses: [payment.perRequest(1)] });
    expect(() => Testing.synth(chart)).toThrow("event 'gala': the demand is what the callers of 'payment' send, and none of them ('web') opens at "
      + '2026-12-12T01:00:00Z; give it a demand of its own');
  });

  test('a callee whose pods have no known capacity', () => {
    expect(() => service(chartIn(), 'payment', { podCapacity: undefined })).toThrow(
      "shop/payment/Schedule: event 'marathon': 'demand' is what callers send, which needs to know what one pod serves; pass 'podCapacity' to the service");
  });

  test('a caller in pods whose capacity is not known, naming both', () => {
    const chart = chartIn();
    const payment = service(chart, 'payment');
    const props = { uses: [payment.perRequest(1)], podCapacity: undefined, events: [{ event: MARATHON, demand: Demand.replicas(5) }] };
    expect(() => front(chart, 0, props)).toThrow("'uses[0]' counts the requests of 'web' to service 'payment', which needs to know what one pod serves; pass 'podCapacity'");
  });

  test('a circle, naming both', () => {
    const chart = chartIn();
    const payment = service(chart, 'payment');
    const web = front(chart, 100, { uses: [payment.perRequest(1)] });
    expect(() => payment.schedule.addUses(web.perRequest(1))).toThrow("'payment' cannot use 'web' (namespace 'shop'), which uses 'payment' itself");
  });

  test('a floor above the ceiling of the service, at synth', () => {
    const chart = chartIn();
    const payment = service(chart, 'payment', { ceiling: 20 });
    front(chart, 60_000, { uses: [payment.perRequest(0.1)] });
    expect(() => Testing.synth(chart)).toThrow("event 'marathon': 'ceiling' of the service (20) must be at least the floor of this event (43)");
  });
});

function service(chart: Chart, name: string, props: Partial<PrewarmedServiceProps> = {}): PrewarmedService {
  return new PrewarmedService(chart, name, {
    image: `registry.example.com/${name}:1.0.0`,
    podCapacity: PodCapacity.requestsPerSecond(200),
    startupTime: Duration.seconds(45),
    events: [{ event: MARATHON, demand: Demand.fromCallers() }],
    ...props,
  });
}

/** A service that the public calls. */
function front(chart: Chart, peak: number, props: Partial<PrewarmedServiceProps> = {}): PrewarmedService {
  const { name = 'web' } = props;
  return service(chart, name, { ...peak > 0 ? { events: [{ event: MARATHON, demand: Demand.requestsPerSecond(peak) }] } : {}, ...props });
}
