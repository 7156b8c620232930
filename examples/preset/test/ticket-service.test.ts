import { Chart, Testing } from 'cdk8s';
import { Demand, OpeningEvent, PodCapacity } from 'cdk8s-prewarm';
import { TicketService } from '../src';

test('a squad that says only what it must gets the image, the lead and the floors of the platform', () => {
  const chart = new Chart(Testing.app(), 'tickets', { namespace: 'tickets' });
  const { schedule } = new TicketService(chart, 'web', {
    release: 'sha256:abc',
    podCapacity: PodCapacity.requestsPerSecond(400),
    events: [{
      event: OpeningEvent.once('opening', { at: '2026-12-05T10:00', timeZone: 'Asia/Seoul' }),
      demand: Demand.requestsPerSecond(6_000),
    }],
  });
  const deployment = Testing.synth(chart).find(({ kind }) => kind === 'Deployment');
  expect(deployment.spec.template.spec.containers[0].image).toBe('registry.acme.example/web@sha256:abc');
  expect(['07:59:59', '08:00:00'].map(time => schedule.floorAt(`2026-12-05T${time}+09:00`))).toEqual([3, 22]);
});

test('a squad that brings a keeper of its own is told the one of the platform', () => {
  const chart = new Chart(Testing.app(), 'tickets', { namespace: 'tickets' });
  expect(() => new TicketService(chart, 'web', { release: 'sha256:abc', keeper: { image: 'node:latest' } }))
    .toThrow("'keeper.image' is locked by your platform: it stays 'registry.acme.example/node:24.21.0', and cannot be 'node:latest'; leave it out");
});
