import { Duration } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import { MINUTE } from '../support/durations';
import { eventually, onCluster, sleep } from './support/cluster';
import { bumpAfter, instant, manifestsIn } from './support/manifests';
import { Namespace } from './support/namespace';
import { armed, foreignManifests } from './support/services';
import { load, tallies, Tally } from './support/traffic';
import { Demand, OpeningEvent, PodCapacity, PrewarmedService } from 'cdk8s-prewarm';

const PEAK = 15_000;
const FLOOR = 108;
const CEILING = 162;

/** The floor rises this long before the opening: five minutes later the autoscaler no longer takes the pods for starting ones. */
const LEAD = 8 * MINUTE;
const OPEN = 2 * MINUTE;

/** What people would build: two CronJobs whose kubectl patches the autoscaler at the rise and at the fall. */
const PATCHED = 'two-cronjobs';
/** The same, and somebody applies the manifest again before the opening. */
const REAPPLIED = 'two-cronjobs-and-a-re-apply';

const SERVICES = ['prewarmed', 'hpa-alone', PATCHED, REAPPLIED];

/** The story that the product is for: 0 -> 15,000 requests per second in one second, prewarmed and in the ways that it replaces. */
onCluster('the opening of a sale', { simulation: true }, () => {
  const namespace = Namespace.forGroup('story');
  const nights: Promise<void>[] = [];
  let opening: number;
  let end: number;

  beforeAll(async () => {
    const from = bumpAfter(20_000);
    opening = from + LEAD;
    end = opening + OPEN;
    const event = OpeningEvent.once('sale', {
      at: instant(opening), lead: Duration.millis(LEAD), hold: Duration.millis(OPEN), readyMargin: Duration.minutes(2),
    });
    await namespace.apply(manifestsIn(namespace.name, chart => {
      const common = {
        image: 'registry.example.com/sale:1',
        startupTime: Duration.seconds(40),
        cpu: Cpu.millis(500),
        podCapacity: PodCapacity.requestsPerSecond(200),
      };
      const prewarmed = new PrewarmedService(chart, 'prewarmed', { ...common, events: [{ event, demand: Demand.requestsPerSecond(PEAK) }] });
      const alone = new PrewarmedService(chart, 'hpa-alone', { ...common, ceiling: CEILING });
      for (const service of [prewarmed, alone]) {
        service.deployment.podMetadata.addAnnotation('simulation/start', '40s');
      }
    }));
    for (const name of [PATCHED, REAPPLIED]) {
      await namespace.apply(byHand(name));
    }
    for (const name of SERVICES) {
      await load(namespace, name, {
        selector: name.startsWith(PATCHED) ? { app: name } : { 'app.kubernetes.io/name': name },
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
    const patched = (name: string, minReplicas: number) => namespace.patch('hpa', name, { spec: { minReplicas, maxReplicas: CEILING } });
    nights.push(...[PATCHED, REAPPLIED].map(async name => {
      await sleep(from - Date.now());
      await patched(name, FLOOR);
      if (name === REAPPLIED) {
        await sleep(opening - MINUTE - Date.now());
        await namespace.apply(byHand(name));
      }
      await sleep(end - Date.now());
      await patched(name, 2);
    }));
  });

  test('the prewarmed service has its whole floor Ready at the opening, and loses nothing', async () => {
    await sleep(end - Date.now() + 2_000);
    await Promise.all(nights);
    const rows = SERVICES.map(name => summary(name, tallies(namespace, name), opening, end));
    console.log(['| | pods ready at the opening | requests | served | refused | timed out | lost to OOM | pods killed | Ready for the peak after |',
      '|---|---|---|---|---|---|---|---|---|', ...rows.map(row => row.text)].join('\n'));
    const [prewarmed, alone, patched, reapplied] = rows;
    expect(prewarmed.readyAtOpening).toBe(FLOOR);
    expect(prewarmed.lost).toBe(0);
    expect(prewarmed.killed).toBe(0);
    expect(prewarmed.served / prewarmed.arrived).toBeGreaterThan(0.999);
    expect(alone.readyAtOpening).toBe(2);
    expect(alone.served / alone.arrived).toBeLessThan(0.9);
    expect(alone.killed).toBeGreaterThan(0);
    expect(patched.readyAtOpening).toBe(FLOOR);
    expect(patched.served / patched.arrived).toBeGreaterThan(0.999);
    expect(reapplied.readyAtOpening).toBeLessThan(FLOOR / 2);
    expect(reapplied.served / reapplied.arrived).toBeLessThan(0.9);
  }, 1_080_000);

  test('afterwards the floor is down, and the autoscaler takes the pods away', async () => {
    await eventually('floor of prewarmed', 60_000, async () => await namespace.floor('prewarmed') === 2);
  });
});

/** A Deployment and an autoscaler with the floor in its manifest, as most have it. */
function byHand(name: string): string {
  return foreignManifests(name, { floor: 2, ceiling: CEILING, cpu: '500m', podAnnotations: { 'simulation/start': '40s' }, behavior: 'of Kubernetes' });
}

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
