// What a squad writes with the preset of its platform team.
import { Storefront } from '@acme/tickets';
import { App, Chart, Duration } from 'cdk8s';
import { Demand, OpeningEvent, PodCapacity, Weekday } from 'cdk8s-prewarm';

const app = new App();
const chart = new Chart(app, 'tickets', { namespace: 'tickets' });

const FINAL = '2027-11-26';
const ticketFriday = OpeningEvent.weekly('ticket-friday', {
  on: [Weekday.FRIDAY],
  time: '20:00',
  timeZone: 'Asia/Seoul',
  firstDate: '2027-03-05',
  lastDate: FINAL,
  exceptDates: ['2027-09-17', '2027-10-01'],
  lead: Duration.minutes(45),
  hold: Duration.minutes(90),
});

const shop = new Storefront(chart, 'shop', {
  release: 'sha256:7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730',
  podCapacity: PodCapacity.requestsPerSecond(400),
  events: [{
    event: ticketFriday,
    demand: Demand.requestsPerSecond(6_000),
    demandOn: { [FINAL]: Demand.requestsPerSecond(24_000) },
    rampDown: { over: Duration.minutes(30) },
  }],
});

// one more event, merged by maximum
shop.web.schedule.addEvent({
  event: OpeningEvent.once('final-day', { at: `${FINAL}T10:00`, timeZone: 'Asia/Seoul', hold: Duration.hours(10) }),
  demand: Demand.replicas(40),
});

app.synth();
