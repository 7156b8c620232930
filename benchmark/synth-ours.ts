import { App, Chart, Duration } from 'cdk8s';
import { report } from './synth-report';
import { Demand, OpeningEvent, PodCapacity, PrewarmedService } from 'cdk8s-prewarm';

/** N services that share one event, by our constructs. */
report(count => {
  const app = new App();
  const chart = new Chart(app, 'marathon', { namespace: 'marathon' });
  const marathon = OpeningEvent.once('seoul-marathon', {
    at: '2026-12-05T10:00', timeZone: 'Asia/Seoul', lead: Duration.hours(3), hold: Duration.hours(2),
  });
  for (let i = 0; i < count; i++) {
    new PrewarmedService(chart, `service-${i}`, {
      image: 'registry.example.com/registration:2.8.1',
      startupTime: Duration.seconds(45),
      podCapacity: PodCapacity.requestsPerSecond(200),
      events: [{ event: marathon, demand: Demand.requestsPerSecond(15_000) }],
    });
  }
  return app;
});
