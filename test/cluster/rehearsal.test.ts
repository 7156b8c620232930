import { App, Chart, Duration, Testing, Yaml } from 'cdk8s';
import { Replicas } from 'cdk8s-plus-28';
import { MINUTE, SECOND } from '../support/durations';
import { onCluster, sleep } from './support/cluster';
import { instant, minuteAfter } from './support/manifests';
import { Namespace } from './support/namespace';
import { bump } from './support/services';
import { Tally, load, tallies } from './support/traffic';
import { Demand, OpeningEvent, PodCapacity, PrewarmedService, PrewarmedServiceOptions, Protection } from 'cdk8s-prewarm';
import { Rehearsal, RunName, RunResult } from 'cdk8s-prewarm/lib/testing';

const LEAD = 2 * MINUTE;
const HOLD = 3 * MINUTE;
/** After the event. */
const WATCHED = 2 * MINUTE;
const POD_RPS = 100;
/** When the autoscaler looks, and when usage is measured, follows from the seed; in the cluster it is as it happens. */
const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);
const FLOOR = 40;

/** What the simulated nodes do, in the words of the rehearsal. */
const THIS_CLUSTER = {
  nodesAtStart: 12,
  nodeReservedPercent: 0,
  imageMiB: 77, // two seconds, unpacked
  containerStartSeconds: 0,
  startupSeconds: 3,
  startupSpreadPercent: 0,
  warmUpSeconds: 0,
  endpointsSeconds: 0,
  metricsLagSeconds: 0,
  timeoutSeconds: 5,
  keeperSeconds: 4,
};

interface Night {
  readonly title: string;
  /** Requests per second from the opening on. */
  readonly rps: number;
  readonly memoryPerRequestKiB: number;
  readonly options?: PrewarmedServiceOptions;
  /** Deployed with its jobs. */
  readonly hasJobs: boolean;
  readonly run: RunName;
}

const AT_ONCE = {
  scaleDown: { stabilizationWindow: Duration.seconds(0), policies: [{ replicas: Replicas.percent(100), duration: Duration.seconds(15) }] },
};

/** Nobody but CronJobs, which are then left out, raises its floor. */
const ALONE: PrewarmedServiceOptions = { protection: Protection.SCHEDULED };

const NIGHTS: { readonly [name: string]: Night } = {
  crowd: { title: 'autoscaler alone, a crowd that it survives', rps: 400, memoryPerRequestKiB: 1, hasJobs: false, run: 'hpa-only', options: ALONE },
  tenfold: {
    title: 'autoscaler alone, ten times what its floor serves',
    rps: 20 * POD_RPS,
    memoryPerRequestKiB: 1,
    hasJobs: false,
    run: 'hpa-only',
    options: ALONE,
  },
  killed: { title: 'autoscaler alone, a crowd that kills', rps: 3_000, memoryPerRequestKiB: 100, hasJobs: false, run: 'hpa-only', options: ALONE },
  prewarmed: { title: 'prewarmed, and scale-in after the event', rps: 2_500, memoryPerRequestKiB: 100, hasJobs: true, run: 'prewarmed' },
  reapplied: {
    title: 'a lower floor re-applied, without guard',
    rps: 100,
    memoryPerRequestKiB: 100,
    hasJobs: true,
    run: 'prewarmed',
    options: { autoscaling: AT_ONCE, keeper: { guards: 0, repair: false } },
  },
};

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

/** The same manifests and the same load, on a real control plane and in the rehearsal. */
onCluster('rehearsal and reality', { simulation: true }, () => {
  const namespace = Namespace.forGroup('rehearsal');
  let opening: number;
  const seen: { [name: string]: Tally[] } = {};
  const played: { [name: string]: RunResult } = {};

  beforeAll(async () => {
    opening = minuteAfter(45 * SECOND) + LEAD;
    for (const [name, night] of Object.entries(NIGHTS)) {
      const chart = chartOf(name, night);
      const objects = Testing.synth(chart);
      await namespace.apply(Yaml.stringify(...objects.filter(({ kind }: any) => night.hasJobs || kind !== 'CronJob')));
      await load(namespace, name, {
        selector: { 'app.kubernetes.io/name': name },
        podRps: POD_RPS,
        cpuMillis: (1_000 - 5) / POD_RPS,
        idleCpu: 5,
        timeoutSeconds: THIS_CLUSTER.timeoutSeconds,
        memoryBase: '512Mi',
        memoryPerRequest: `${night.memoryPerRequestKiB}Ki`,
        memoryLimit: '1Gi',
        steps: [{ at: Date.now(), rps: 10 }, { at: opening, rps: night.rps }, { at: opening + HOLD, rps: 10 }],
      });
      if (night.hasJobs) {
        await bump(namespace, name); // it waits for the window
      }
      played[name] = play(chart, night);
    }
    await sleep(opening - MINUTE - Date.now());
    // somebody else's floor, and nobody to restore it
    await namespace.tryKubectl(['delete', 'cronjob', '-l', 'cdk8s-prewarm/service=reapplied']);
    await namespace.patch('hpa', 'reapplied', { spec: { minReplicas: 2 } });
    await sleep(opening + HOLD + WATCHED - Date.now());
    for (const name of Object.keys(NIGHTS)) {
      seen[name] = tallies(namespace, name);
    }
    report();
  }, 20 * MINUTE);

  /** Pods Ready, by seconds from the opening. */
  const readyThere = (name: string, second: number) =>
    [...seen[name]].reverse().find(({ at }) => at <= opening + second * SECOND)?.ready ?? 0;
  const readyHere = (name: string, second: number) => played[name].series.ready[(opening - played[name].series.from) / SECOND + second];
  const seconds = Array.from({ length: (LEAD + HOLD + WATCHED) / SECOND - 5 }, (_, i) => i - LEAD / SECOND);
  /** When at least, or at most, so many pods were Ready. */
  const reached = (ready: (second: number) => number, is: (pods: number) => boolean, after = -LEAD / SECOND) =>
    seconds.find(second => second >= after && is(ready(second)));
  const bothReach = (name: string, is: (pods: number) => boolean, after?: number) =>
    [reached(second => readyThere(name, second), is, after), reached(second => readyHere(name, second), is, after)] as const;

  function report(): void {
    const rows = Object.entries(NIGHTS).map(([name, { title }]) => {
      const differences = seconds.map(second => Math.abs(readyThere(name, second) - readyHere(name, second)));
      const mean = differences.reduce((sum, each) => sum + each, 0) / differences.length;
      const served = servedThere(name);
      return `| ${title} | ${mean.toFixed(1)} | ${Math.max(...differences)} | ${percent(served)} | ${percent(servedHere(name))} |`;
    });
    const every = seconds.filter(second => second % 15 === 0);
    console.log([
      '| | Ready pods, mean difference | largest | answered there | in rehearsal |', '|---|---|---|---|---|', ...rows, '',
      `seconds from the opening: ${every.join(' ')}`,
      ...Object.keys(NIGHTS).flatMap(name => [
        `${name}, there:        ${every.map(second => readyThere(name, second)).join(' ')}`,
        `${name}, in rehearsal: ${every.map(second => readyHere(name, second)).join(' ')}`,
      ]),
    ].join('\n'));
  }

  /** The share of requests since the opening that were answered in time; who still waits at the end is not answered. */
  function servedThere(name: string): number {
    const before = [...seen[name]].reverse().find(({ at }) => at < opening)!;
    const after = seen[name][seen[name].length - 1];
    return (after.served - before.served) / (after.arrived - before.arrived);
  }

  /** The same of the rehearsal, in the same seconds: it goes on for longer. */
  function servedHere(name: string, { series } = played[name]): number {
    const from = (opening - series.from) / SECOND;
    const during = (column: readonly number[]) => column.slice(from, from + (HOLD + WATCHED) / SECOND).reduce((sum, each) => sum + each, 0);
    return during(series.served) / during(series.arrived);
  }

  test('the floor is up and Ready as early, within 20 s', () => {
    const [there, here] = bothReach('prewarmed', pods => pods === FLOOR);
    expect(Math.abs(there! - here!)).toBeLessThanOrEqual(20);
    expect(servedThere('prewarmed')).toBeGreaterThan(0.999);
    expect(servedHere('prewarmed')).toBeGreaterThan(0.999);
  });

  test('after the event a tenth of the pods goes, within a look of the autoscaler, and then the same high recommendations hold it', () => {
    const end = HOLD / SECOND;
    const [there, here] = bothReach('prewarmed', pods => pods <= FLOOR * 0.9, end);
    expect(Math.abs(there! - here!)).toBeLessThanOrEqual(25);
    const last = seconds[seconds.length - 1];
    expect(Math.abs(readyThere('prewarmed', last) - readyHere('prewarmed', last))).toBeLessThanOrEqual(2);
  });

  test('the autoscaler alone comes to as many pods, as fast, within two of its looks', () => {
    for (const level of [3, 5]) {
      const [there, here] = bothReach('crowd', pods => pods >= level, 0);
      expect(Math.abs(there! - here!)).toBeLessThanOrEqual(45);
    }
    const highest = (ready: (second: number) => number) => Math.max(...seconds.map(ready));
    expect(Math.abs(highest(second => readyThere('crowd', second)) - highest(second => readyHere('crowd', second)))).toBeLessThanOrEqual(2);
  });

  test('the autoscaler alone answers as many requests, where the crowd is twice or ten times what its floor serves', () => {
    for (const [name, within] of [['crowd', 0.1], ['tenfold', 0.05]] as const) {
      // fifteen seconds more or less with two pods are a sixth of all answers
      const here = SEEDS.map(seed => servedHere(name, play(chartOf(name, NIGHTS[name]), NIGHTS[name], seed)));
      console.log(`${name}: ${percent(servedThere(name))} answered there, ${percent(Math.min(...here))} to ${percent(Math.max(...here))} in rehearsal`);
      expect(servedThere(name)).toBeGreaterThan(Math.min(...here) - within);
      expect(servedThere(name)).toBeLessThan(Math.max(...here) + within);
    }
  });

  test('where the crowd kills, hardly anything is served in either', () => {
    expect(servedThere('killed')).toBeLessThan(0.2);
    expect(servedHere('killed')).toBeLessThan(0.2);
  });

  test('a lower floor without a guard takes the same pods, within a look of the autoscaler', () => {
    const [there, here] = bothReach('reapplied', pods => pods <= 2, -MINUTE / SECOND);
    expect(Math.abs(there! - here!)).toBeLessThanOrEqual(30);
  });

  function chartOf(name: string, { options }: Night): Chart {
    const event = OpeningEvent.once('opening', {
      at: instant(opening), lead: Duration.millis(LEAD), hold: Duration.millis(HOLD), readyMargin: Duration.minutes(1),
    });
    const chart = new Chart(new App(), 'chart', { namespace: namespace.name, disableResourceNameHashes: true });
    new PrewarmedService(chart, name, {
      image: `registry.example.com/${name}:1`,
      startupTime: Duration.seconds(5),
      podCapacity: PodCapacity.requestsPerSecond(POD_RPS),
      events: [{ event, demand: Demand.replicas(FLOOR) }],
      ...options,
    });
    return chart;
  }

  function play(chart: Chart, { rps, memoryPerRequestKiB, run }: Night, seed = 1): RunResult {
    const begun = Rehearsal.of(chart)
      .seed(seed)
      .assume({ ...THIS_CLUSTER, memoryPerRequestKiB })
      .traffic({ '-1ms': 10, '+0s': rps, [`+${HOLD}ms`]: rps, [`+${HOLD + 1}ms`]: 10 });
    const result = run === 'hpa-only' ? begun.compare('hpa-only').run()
      : (rps === NIGHTS.reapplied.rps ? begun.fault('no-guard').fault('re-apply@-1m') : begun).run();
    return result.runs[result.runs.length - 1];
  }
});
