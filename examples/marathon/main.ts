// The registration of a city marathon opens on 5 December 2026, 10:00 in Seoul, with 15,000 requests in the first second.
import { App, Chart, Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import { Demand, OpeningEvent, PodCapacity, PrewarmedService } from 'cdk8s-prewarm';

const app = new App();
const chart = new Chart(app, 'marathon', { namespace: 'marathon' });

// one event, shared by all services
const marathon = OpeningEvent.once('seoul-marathon', {
  at: '2026-12-05T10:00', timeZone: 'Asia/Seoul', lead: Duration.hours(3), hold: Duration.hours(2),
});

// everybody comes here first: small, quick to start, and the first to feel the crowd
new PrewarmedService(chart, 'queue', {
  image: 'registry.example.com/queue:5.0.2',
  cpu: Cpu.millis(500),
  memory: Size.mebibytes(256),
  readinessPath: '/ready',
  startupTime: Duration.seconds(5),
  podCapacity: PodCapacity.requestsPerSecond(2_000),
  // the form reloads itself for everybody who waits, so twice the crowd
  events: [{ event: marathon, demand: Demand.requestsPerSecond(30_000), rampDown: { over: Duration.hours(1) } }],
});

new PrewarmedService(chart, 'registration', {
  image: 'registry.example.com/registration:2.8.1',
  startupTime: Duration.seconds(45),
  podCapacity: PodCapacity.requestsPerSecond(200),
  events: [{ event: marathon, demand: Demand.requestsPerSecond(15_000) }],
});

// who has a place pays within the next hours; the bank takes no more than 60 pods at a time, whatever the crowd is
new PrewarmedService(chart, 'payment', {
  image: 'registry.example.com/payment:11.4.0',
  cpu: Cpu.units(2),
  memory: Size.gibibytes(2),
  startupTime: Duration.seconds(90),
  baseline: { floor: 3 },
  ceiling: 60,
  events: [{ event: marathon, demand: Demand.replicas(40), hold: Duration.hours(6) }],
});

app.synth();
