import { Duration } from 'cdk8s';
import { chartIn, find } from './support/charts';
import '../examples/preset/test/ticket-service.test';
import { decodePlan } from '../src/core/plan/document';
import { PLAN_KEY } from '../src/core/plan/names';
import { Storefront, TicketService } from '@acme/tickets';
import { Demand, OpeningEvent, PodCapacity } from 'cdk8s-prewarm';

const OPENING = OpeningEvent.once('opening', { at: '2026-12-05T10:00', timeZone: 'Asia/Seoul' });
const SQUAD = {
  release: 'sha256:abc',
  podCapacity: PodCapacity.requestsPerSecond(400),
  events: [{ event: OPENING, demand: Demand.requestsPerSecond(6_000) }],
};

describe('a preset by subclass', () => {
  test('gives what the platform decided, and leaves the squad every child', () => {
    const chart = chartIn('tickets');
    const service = new TicketService(chart, 'web', SQUAD);
    service.deployment.metadata.addLabel('squad', 'tickets');
    const deployment = find(chart, 'Deployment');
    expect(deployment.spec.template.spec.containers[0]).toMatchObject({
      image: 'registry.acme.example/web@sha256:abc', env: [{ name: 'REGION', value: 'ap-northeast-2' }], startupProbe: { failureThreshold: 100 },
    });
    expect(deployment.metadata.labels.squad).toBe('tickets');
    expect(service.schedule.floorAt('2026-12-05T09:59:59+09:00')).toBe(22);
    expect(service.schedule.floorAt('2026-12-06T00:00:00+09:00')).toBe(3);
  });

  test('lets the squad ask for something else, and keeps the rest of the keeper', () => {
    const chart = chartIn('tickets');
    const service = new TicketService(chart, 'web', { ...SQUAD, baseline: { floor: 8 }, keeper: { guards: 3 } });
    expect(service.schedule.baseline).toEqual({ floor: 8, ceiling: 33 });
    expect(decodePlan(find(chart, 'ConfigMap', 'web-prewarm').data[PLAN_KEY]).guards).toBe(3);
    expect(find(chart, 'CronJob', 'web-opening-bump').spec.jobTemplate.spec.template.spec).toMatchObject({ priorityClassName: 'acme-critical', containers: [{ image: 'registry.acme.example/node:24.21.0' }] });
  });

  test('has a lead for events that have none of their own, also for those added later', () => {
    const service = new TicketService(chartIn('tickets'), 'web', { ...SQUAD, defaultWindow: { lead: Duration.minutes(30) } });
    service.schedule.addEvent({ event: OpeningEvent.once('later', { at: '2026-12-07T10:00:00Z' }), demand: Demand.replicas(9) });
    expect(['09:29:59', '09:30:00'].map(time => service.schedule.floorAt(`2026-12-07T${time}Z`))).toEqual([3, 9]);
  });
});

test('a preset by wrapping names all objects by its own id, and leads traffic in', () => {
  const chart = chartIn('tickets');
  new Storefront(chart, 'shop', SQUAD);
  expect(find(chart, 'Deployment').metadata.name).toBe('shop-web');
  expect(find(chart, 'Ingress').spec.rules[0]).toMatchObject({
    host: 'shop.acme.example', http: { paths: [{ backend: { service: { name: 'shop-web', port: { number: 8080 } } } }] },
  });
});

test('the README\'s season: 20,000 rps on Fridays, 90,000 on the last, and a day of 15 pods around it', () => {
  const { schedule } = new TicketService(chartIn('tickets'), 'queue', { ...SQUAD, podCapacity: PodCapacity.requestsPerSecond(2_000) });
  schedule.addEvent({
    event: OpeningEvent.onDates('friday', {
      dates: ['2027-11-19', '2027-11-26'], time: '20:00', timeZone: 'Asia/Seoul', lead: Duration.minutes(45), hold: Duration.minutes(90),
    }),
    demand: Demand.requestsPerSecond(20_000),
    demandOn: { '2027-11-26': Demand.requestsPerSecond(90_000) },
    rampDown: { over: Duration.minutes(30) },
  });
  schedule.addEvent({
    event: OpeningEvent.once('final-day', { at: '2027-11-26T10:00', timeZone: 'Asia/Seoul', hold: Duration.hours(10) }), demand: Demand.replicas(15),
  });
  const floors = ['19T19:30', '26T09:00', '26T19:00', '26T19:30', '26T21:15'].map(time => schedule.floorAt(`2027-11-${time}:00+09:00`));
  expect(floors).toEqual([15, 15, 15, 65, 33]);
});
