import { App, Chart, Duration } from 'cdk8s';
import { report } from './synth-report';
import { Demand, Dependency, OpeningEvent, PodCapacity, PrewarmedService } from 'cdk8s-prewarm';

/** The services of `synth-ours.ts`, which share ten dependencies, three each. */
report(count => {
  const app = new App();
  const chart = new Chart(app, 'marathon', { namespace: 'marathon' });
  const marathon = OpeningEvent.once('seoul-marathon', {
    at: '2026-12-05T10:00', timeZone: 'Asia/Seoul', lead: Duration.hours(3), hold: Duration.hours(2),
  });
  const pools = Array.from({ length: 8 }, (_, i) => Dependency.connections(`pool-${i}`, { limit: 1_000_000 }));
  const rates = Array.from({ length: 2 }, (_, i) => Dependency.requestsPerSecond(`rate-${i}`, { limit: 100_000_000 }));
  for (let i = 0; i < count; i++) {
    new PrewarmedService(chart, `service-${i}`, {
      image: 'registry.example.com/registration:2.8.1',
      startupTime: Duration.seconds(45),
      podCapacity: PodCapacity.requestsPerSecond(200),
      uses: [pools[i % 8].perPod(4), pools[(i + 3) % 8].perPod(2), rates[i % 2].perRequest(0.1)],
      events: [{ event: marathon, demand: Demand.requestsPerSecond(15_000) }],
    });
  }
  return app;
});
