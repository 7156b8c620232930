import { Duration } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import { MINUTE } from '../support/durations';
import { eventually, onCluster, sleep } from './support/cluster';
import { bumpAfter, instant, manifestsIn } from './support/manifests';
import { Namespace } from './support/namespace';
import { armed } from './support/services';
import { load, tallies, Tally } from './support/traffic';
import { Demand, OpeningEvent, PodCapacity, PrewarmedService } from 'cdk8s-prewarm';

const PEAK = 15_000;
const FLOOR = 108;

/** The story that the product is for: 0 -> 15,000 requests per second in one second, once with an autoscaler alone, once prewarmed. */
onCluster('the opening of a sale', { simulation: true }, () => {
  const namespace = Namespace.forGroup('story');
  let opening: number;
  let end: number;

  beforeAll(async () => {
    const from = bumpAfter(20_000);
    opening = from + 2 * MINUTE;
    end = opening + 2 * MINUTE;
    const event = OpeningEvent.once('sale', {
      at: instant(opening), lead: Duration.minutes(2), hold: Duration.minutes(2), readyMargin: Duration.minutes(1),
    });
    await namespace.apply(manifestsIn(namespace.name, chart => {
      const common = {
        image: 'registry.example.com/sale:1',
        startupTime: Duration.seconds(40),
        cpu: Cpu.millis(500),
        podCapacity: PodCapacity.requestsPerSecond(200),
      };
      const prewarmed = new PrewarmedService(chart, 'prewarmed', { ...common, events: [{ event, demand: Demand.requestsPerSecond(PEAK) }] });
      const alone = new PrewarmedService(chart, 'hpa-alone', { ...common, ceiling: 162 });
      for (const service of [prewarmed, alone]) {
        service.deployment.podMetadata.addAnnotation('simulation/start', '40s');
      }
    }));
    for (const name of ['prewarmed', 'hpa-alone']) {
      await load(namespace, name, {
        selector: { 'app.kubernetes.io/name': name },
        podRps: 200,
        cpuMillis: 2.5,
        timeoutSeconds: 5,
        memoryBase: '300Mi',
        memoryPerRequest: '100Ki',
        memoryLimit: '1Gi',
        steps: [{ at: Date.now(), rps: 0 }, { at: opening, rps: PEAK }, { at: end, rps: 0 }],
      });
    }
    await armed(namespace);
  });

  test('the prewarmed service has its whole floor Ready at the opening, and loses nothing', async () => {
    await sleep(end - Date.now() + 2_000);
    const rows = ['prewarmed', 'hpa-alone'].map(name => summary(name, tallies(namespace, name), opening, end));
    console.log(['| | pods ready at the opening | requests | served | refused | timed out | lost to OOM | pods killed | Ready for the peak after |',
      '|---|---|---|---|---|---|---|---|---|', ...rows.map(row => row.text)].join('\n'));
    const [prewarmed, alone] = rows;
    expect(prewarmed.readyAtOpening).toBe(FLOOR);
    expect(prewarmed.lost).toBe(0);
    expect(prewarmed.killed).toBe(0);
    expect(prewarmed.served / prewarmed.arrived).toBeGreaterThan(0.999);
    expect(alone.readyAtOpening).toBe(2);
    expect(alone.served / alone.arrived).toBeLessThan(0.9);
    expect(alone.killed).toBeGreaterThan(0);
  }, 720_000);

  test('afterwards the floor is down, and the autoscaler takes the pods away', async () => {
    await eventually('floor of prewarmed', 60_000, async () => await namespace.floor('prewarmed') === 2);
  });
});

function summary(name: string, log: Tally[], opening: number, end: number) {
  const before = [...log].reverse().find(({ at }) => at < opening)!;
  const after = [...log].reverse().find(({ at }) => at < end)!;
  const count = (key: 'arrived' | 'served' | 'refused' | 'timedOut' | 'lost' | 'killed') => after[key] - before[key];
  const enough = log.find(({ at, ready }) => at >= opening && ready * 200 >= PEAK);
  const figures = {
    readyAtOpening: before.ready,
    arrived: count('arrived'),
    served: count('served'),
    refused: count('refused'),
    timedOut: count('timedOut'),
    lost: count('lost'),
    killed: count('killed'),
  };
  const until = before.ready * 200 >= PEAK ? 'at once' : enough ? `${Math.round((enough.at - opening) / 1000)} s` : `not within ${Math.round((end - opening) / 1000)} s`;
  return { ...figures, text: `| ${[name, ...Object.values(figures).map(n => n.toLocaleString('en')), until].join(' | ')} |` };
}
