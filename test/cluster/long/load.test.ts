import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cpu } from 'cdk8s-plus-28';
import { MINUTE, SECOND } from '../../support/durations';
import { SIMULATION_DIR, eventually, onCluster, run, sleep } from '../support/cluster';
import { manifestsIn, minuteAfter } from '../support/manifests';
import { Namespace } from '../support/namespace';
import { armed, eventFrom, serviceIn } from '../support/services';

/** That many schedules rise at the same minute, each with two guards. */
const SCHEDULES = Number(process.env.SCHEDULES ?? 150);
/** From the deploy to the rise: the deploy itself takes minutes. */
const AHEAD_MS = Number(process.env.AHEAD_MINUTES ?? 12) * MINUTE;
const FLOOR = 3;

/** One request of a keeper. */
interface Asked {
  readonly at: number;
  readonly verb: string;
  readonly what: string;
  readonly code: number;
}

onCluster(`the rise of ${SCHEDULES} schedules at one minute`, { simulation: true }, () => {
  const namespace = Namespace.forGroup('load');
  const names = Array.from({ length: SCHEDULES }, (_, i) => `shop-${i}`);
  let from: number;

  test('comes when it should, and the API server hardly notices the guards', async () => {
    from = minuteAfter(AHEAD_MS);
    const event = eventFrom(from, { minutes: 20 });
    const manifests = manifestsIn(namespace.name, chart => names.forEach(name => serviceIn(chart, name, FLOOR, event, { cpu: Cpu.millis(10) })));
    await namespace.apply(manifests, '--server-side');
    await eventually('all arms', 8 * MINUTE, async () => {
      await armed(namespace);
      return true;
    });
    // as if the deploy had been days ago: nobody guards yet
    await namespace.kubectl(['scale', 'deployments', '-l', 'cdk8s-prewarm/role=guard', '--replicas=0']);
    // ... but for the run of repair that comes before every rise
    await namespace.kubectl(['create', 'job', 'before-the-rise', '--from=cronjob/shop-0-prewarm-repair']);
    console.log(`deployed and armed ${((from - Date.now()) / SECOND).toFixed(0)} s before the rise`);

    const stood = await standingBefore();
    await sleep(Math.max(0, from + 3 * MINUTE - Date.now()));
    // only with its managed fields does an object say when its floor was written
    const listed = await eventually('an answer', 60_000, async () => namespace.kubectl(['get', 'hpa', '-o', 'json', '--show-managed-fields']));
    const floors: any[] = JSON.parse(listed).items;
    const late = floors.map(raisedAfter).sort((a, b) => a - b);
    const calm = asked(from + 2 * MINUTE, from + 3 * MINUTE);
    const rise = asked(from - 2 * SECOND, from + 60 * SECOND);
    const memory = await memoryOfGuards();
    console.log([
      `guards that stood before the rise: ${stood}`,
      `floors up: ${late.filter(Number.isFinite).length} of ${SCHEDULES}; after the rise: median ${at(late, 0.5)} s, p99 ${at(late, 0.99)} s, last ${at(late, 1)} s`,
      `requests of keepers: ${perSecond(calm, 60)} a second in a calm minute of the window, ${perSecond(rise, 62)} around the rise, `
        + `at most ${most(rise)} in one second`,
      `of them answered with 429: ${[...calm, ...rise].filter(({ code }) => code === 429).length}; with 409: ${rise.filter(({ code }) => code === 409).length}`,
      `memory of a guard: ${memory}`,
    ].join('\n'));
    expect(late.filter(Number.isFinite)).toHaveLength(SCHEDULES);
    expect(calm.length / 60 / (2 * SCHEDULES)).toBeLessThan(1);
  }, 45 * MINUTE);

  async function standingBefore(): Promise<number> {
    await sleep(Math.max(0, from - 5 * SECOND - Date.now()));
    const pods = await eventually('an answer', 30_000, async () => namespace.pods('cdk8s-prewarm/role=guard'));
    return pods.filter(({ status: { phase } }) => phase === 'Running').length;
  }

  /** In seconds after the rise, by whole seconds of the API server; Infinity: not yet. */
  function raisedAfter({ spec, metadata }: any): number {
    const own = metadata.managedFields?.find(({ manager }: any) => manager === `cdk8s-prewarm-${metadata.name}`);
    return spec.minReplicas >= FLOOR && own ? (Date.parse(own.time) - from) / SECOND : Infinity;
  }

  function asked(since: number, until: number): Asked[] {
    const lines = readFileSync(join(SIMULATION_DIR!, 'audit.jsonl'), 'utf8').split('\n').filter(line => line.includes(`:${namespace.name}:`));
    return lines.map((line): Asked => {
      const { requestReceivedTimestamp, verb, objectRef, responseStatus } = JSON.parse(line);
      return { at: Date.parse(requestReceivedTimestamp), verb, what: objectRef?.resource, code: responseStatus?.code };
    }).filter(one => one.at >= since && one.at < until);
  }
});

function at(sorted: readonly number[], share: number): string {
  return `${sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]}`;
}

function perSecond(all: readonly Asked[], span: number): string {
  return (all.length / span).toFixed(1);
}

function most(all: readonly Asked[]): number {
  const counts = new Map<number, number>();
  all.forEach(one => counts.set(Math.floor(one.at / SECOND), (counts.get(Math.floor(one.at / SECOND)) ?? 0) + 1));
  return Math.max(0, ...counts.values());
}

/** What the processes of all guards hold alone, and with what they share of node, on average. */
async function memoryOfGuards(): Promise<string> {
  const { stdout } = await run('sh', ['-c', 'for p in $(pgrep -f "keeper.js guard"); do cat /proc/$p/smaps_rollup; done 2>/dev/null']);
  const mean = (field: string) => {
    const sizes = [...stdout.matchAll(new RegExp(`^${field}: +(\\d+) kB`, 'gm'))].map(([, size]) => Number(size));
    return `${(sizes.reduce((sum, size) => sum + size, 0) / Math.max(1, sizes.length) / 1024).toFixed(0)} MB`;
  };
  return `${mean('Pss')} (its share of what processes share included; resident ${mean('Rss')})`;
}
