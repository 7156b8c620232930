import { App, Chart, Testing } from 'cdk8s';
import { deployed } from './support/objects';
import { findingsOf } from '../src/manifests/findings';
import { Demand, OpeningEvent, PodCapacity, PrewarmedService, PrewarmedServiceOptions } from 'cdk8s-prewarm';

const MARATHON = OpeningEvent.once('marathon', { at: '2026-12-05T10:00', timeZone: 'Asia/Seoul' });
const OPENS = '2026-12-05T10:00:00+09:00';
const BEFORE = Date.parse('2026-12-01T00:00Z');

describe('a demand times a factor', () => {
  test.each([[60, 0.1, 6], [61, 0.1, 7], [30, 0.1, 3], [60, 1.5, 90], [3, 0.01, 1]])('%i replicas times %d are %i', (count, factor, floor) => {
    expect(Demand.replicas(count).times(factor)._replicas(undefined)).toBe(floor);
  });

  test('requests per second keep their headroom', () => {
    const tenth = Demand.requestsPerSecond(15_000, { headroomPercent: 50 }).times(0.1);
    expect(tenth._planned).toEqual({ requestsPerSecond: 1_500, headroomPercent: 50, factor: 0.1 });
  });

  test('factors multiply', () => {
    expect(Demand.replicas(100).times(0.5).times(0.5)._planned).toEqual({ replicas: 25, factor: 0.25 });
  });

  test.each([0, -1, NaN, Infinity, 'half' as any])('%p is refused', factor => {
    expect(() => Demand.replicas(10).times(factor)).toThrow(/^the factor of Demand.times must be a number above 0, got .*; 0.1 is a tenth of the demand$/);
  });
});

describe('a schedule with a factor', () => {
  test('asks for that part of each demand', () => {
    expect(serviceIn(new App(), { demandFactor: 0.1 }).schedule.floorAt(OPENS)).toBe(11);
  });

  test.each([0.1, '0.1'])('takes %p from the context of its app', factor => {
    const app = new App();
    app.node.setContext('cdk8s-prewarm/demandFactor', factor);
    expect(serviceIn(app).schedule.floorAt(OPENS)).toBe(11);
  });

  test("of its own wins over the context's", () => {
    const app = new App();
    app.node.setContext('cdk8s-prewarm/demandFactor', 0.1);
    expect(serviceIn(app, { demandFactor: 0.5 }).schedule.floorAt(OPENS)).toBe(54);
  });

  test('that is none is refused, and says where it comes from', () => {
    const app = new App();
    app.node.setContext('cdk8s-prewarm/demandFactor', 'staging');
    expect(() => serviceIn(app)).toThrow("the context 'cdk8s-prewarm/demandFactor' must be a number above 0, got NaN");
    expect(() => serviceIn(new App(), { demandFactor: 0 })).toThrow("'demandFactor' must be a number above 0, got 0");
  });

  test('of 1 leaves the plan as it is', () => {
    expect(serviceIn(new App(), { demandFactor: 1 }).schedule._plan).toEqual(serviceIn(new App()).schedule._plan);
  });
});

test('an event below the baseline is a warning, but only a note where its demand is a part of that in production', () => {
  const severities = (options: PrewarmedServiceOptions) => {
    const service = serviceIn(new App(), options);
    return findingsOf({ deployed: deployed(...Testing.synth(Chart.of(service))), now: BEFORE, isExcerpt: false })
      .filter(({ id }) => id === 'below-baseline').map(({ severity }) => severity);
  };
  expect(severities({ baseline: { floor: 200 } })).toEqual(['warning']);
  expect(severities({ baseline: { floor: 20 }, demandFactor: 0.1 })).toEqual(['note']);
});

function serviceIn(app: App, options: PrewarmedServiceOptions = {}): PrewarmedService {
  return new PrewarmedService(new Chart(app, 'shop', { namespace: 'shop' }), 'registration', {
    image: 'registry.example.com/registration:2.8.1',
    podCapacity: PodCapacity.requestsPerSecond(200),
    events: [{ event: MARATHON, demand: Demand.requestsPerSecond(15_000) }],
    ...options,
  });
}
