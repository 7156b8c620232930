// The registration of a city marathon opens on 5 December 2026, 10:00 in Seoul, with 15,000 requests in the first second.
import { App, Chart, Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import { Demand, Dependency, OpeningEvent, PodCapacity, PrewarmedService } from 'cdk8s-prewarm';

const app = new App();
const chart = new Chart(app, 'marathon', { namespace: 'marathon' });

// one event, shared by all services
const marathon = OpeningEvent.once('seoul-marathon', {
  at: '2026-12-05T10:00', timeZone: 'Asia/Seoul', lead: Duration.hours(3), hold: Duration.hours(2),
});

// what all of them stand on; synth fails where the floors together would need more of it
const database = Dependency.connections('tickets-db', { limit: 1_500, reserved: 40 });
const bank = Dependency.requestsPerSecond('bank', { limit: 1_200 });

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

const registration = new PrewarmedService(chart, 'registration', {
  image: 'registry.example.com/registration:2.8.1',
  startupTime: Duration.seconds(45),
  podCapacity: PodCapacity.requestsPerSecond(200),
  uses: [database.perPod(4)],
  events: [{ event: marathon, demand: Demand.requestsPerSecond(15_000) }],
});

// who has a place pays within the next hours: 4 of 100 requests to the registration, and no more than the bank takes
const payment = new PrewarmedService(chart, 'payment', {
  image: 'registry.example.com/payment:11.4.0',
  cpu: Cpu.units(2),
  memory: Size.gibibytes(2),
  startupTime: Duration.seconds(90),
  podCapacity: PodCapacity.requestsPerSecond(20),
  baseline: { floor: 3 },
  ceiling: 60,
  uses: [database.perPod(8), bank.perRequest(1)],
  events: [{ event: marathon, demand: Demand.fromCallers(), hold: Duration.hours(6) }],
});
registration.schedule.addUses(payment.perRequest(0.04));

app.synth();
