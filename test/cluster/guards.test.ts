import { eventually, onCluster, sleep } from './support/cluster';
import { prewarmAs } from './support/command-line';
import { manifestsIn, minuteAfter } from './support/manifests';
import { Namespace } from './support/namespace';
import { armed, bump, eventFrom, guarded, serviceIn } from './support/services';
import { Recorder } from './support/watching';
import { MINUTE } from '../support/durations';

const FLOOR = 6;
const SERVICES = ['evicted', 'barred', 'renamed', 'newer', 'gone', 'unknown', 'idle'];

onCluster('guards, whatever befalls them', {}, () => {
  const namespace = Namespace.forGroup('guards');
  const figures: string[] = [];
  const from = minuteAfter(0) - 2 * MINUTE;
  const event = (id?: string) => eventFrom(from, { minutes: 30, id });

  beforeAll(async () => {
    const began = Date.now();
    await namespace.apply(manifestsIn(namespace.name, chart => SERVICES.forEach(name => serviceIn(chart, name, FLOOR, event()))));
    await Promise.all(SERVICES.map(name => guarded(namespace, name)));
    figures.push(`all guards of ${SERVICES.length} services ${seconds(began)} after a deploy in their window`);
    await armed(namespace);
  });
  afterAll(() => console.log(figures.join('\n')));

  test('a deploy in a window is a go as soon as it is armed and its pods are ready', async () => {
    const began = Date.now();
    await namespace.apply(manifestsIn(namespace.name, chart => serviceIn(chart, 'fresh', FLOOR, event())));
    await armed(namespace, 'cdk8s-prewarm/service=fresh,cdk8s-prewarm/role=arm');
    expect((await status()).out).not.toContain('! no guard');
    await guarded(namespace, 'fresh', 1);
    figures.push(`a guard ${seconds(began)} after a deploy in a window`);
    expect(Date.now() - began).toBeLessThan(60_000);
    await eventually('a go', 60_000, async () => /^GO fresh/m.test((await status()).out));
    figures.push(`a go ${seconds(began)} after it`);
  });

  test('a guard that is evicted has a successor at once, also the tenth time', async () => {
    const worst = Math.max(...await inTurn(10, async () => {
      const old = (await guards('evicted')).map(({ metadata }) => metadata.name);
      const began = Date.now();
      await namespace.kubectl(['delete', 'pods', ...old, '--wait=false', '--grace-period=1']);
      await eventually('a successor', 30_000, async () => (await guards('evicted')).some(({ metadata }) => !old.includes(metadata.name)));
      return Date.now() - began;
    }));
    figures.push(`the latest successor of both guards, evicted ten times in a row: ${worst} ms`);
    expect(worst).toBeLessThan(30_000);
  });

  test('a floor whose rights are missing at the rise is up within ten seconds after they are back', async () => {
    await namespace.kubectl(['scale', 'deployment/barred-prewarm-guards', '--replicas=0']);
    const binding = await namespace.get('rolebinding', 'barred-prewarm');
    await namespace.kubectl(['delete', 'rolebinding', 'barred-prewarm']);
    await namespace.patch('hpa', 'barred', { spec: { minReplicas: 2 } });
    await bump(namespace, 'barred');
    await eventually('a bump that says what is missing', 60_000, async () => /may not/.test(await namespace.logsOf('barred-by-hand')));
    await sleep(30_000);
    const { apiVersion, kind, metadata: { name }, roleRef, subjects } = binding;
    await namespace.kubectl(['create', '-f', '-'], JSON.stringify({ apiVersion, kind, metadata: { name }, roleRef, subjects }));
    const began = Date.now();
    await eventually('the floor', 30_000, async () => await namespace.floor('barred') === FLOOR);
    figures.push(`a floor up ${seconds(began)} after its rights were back`);
    expect(Date.now() - began).toBeLessThan(10_000);
    await guarded(namespace, 'barred');
  });

  test('an event that is renamed in its window leaves no moment without a guard', async () => {
    const before = (await guards('renamed')).map(({ metadata }) => metadata.name);
    await namespace.apply(manifestsIn(namespace.name, chart => SERVICES.forEach(name =>
      serviceIn(chart, name, FLOOR, event(name === 'renamed' ? 'other-name' : undefined)))));
    await armed(namespace, 'cdk8s-prewarm/service=renamed,cdk8s-prewarm/role=arm');
    await sleep(5_000);
    expect((await guards('renamed')).map(({ metadata }) => metadata.name).sort()).toEqual(before.sort());
    expect(await restored('renamed')).toBeLessThan(1_000);
  });

  test('an upgrade whose plan old guards cannot read: the new arm has its way, and new guards come', async () => {
    const cancelled = manifestsIn(namespace.name, chart => serviceIn(chart, 'newer', FLOOR, eventFrom(minuteAfter(60 * MINUTE), { minutes: 30 })));
    const floor = await Recorder.ofAutoscaler(namespace.name, 'newer');
    try {
      await namespace.apply(cancelled.replaceAll('PLAN_VERSION = 1', 'PLAN_VERSION = 2').replace('"version": 1', '"version": 2')
        .replace(/(cdk8s-prewarm\/program: )\w+/, '$1next'));
      await armed(namespace, 'cdk8s-prewarm/service=newer,cdk8s-prewarm/role=arm');
      const lowered = floor.changes.findIndex(({ object }) => object.spec.minReplicas === 2);
      await sleep(5_000);
      expect(floor.changes.slice(lowered).map(({ object }) => object.spec.minReplicas).filter(value => value !== 2)).toEqual([]);
    } finally {
      floor.stop();
    }
    await eventually('no guards', 60_000, async () => (await namespace.get('deployment', 'newer-prewarm-guards')).spec.replicas === 0);
  });

  test('a target that is deleted is told each time, and a plan that is deleted too', async () => {
    const autoscaler = await namespace.get('hpa', 'gone');
    const { apiVersion, kind, spec } = autoscaler;
    for (let i = 0; i < 3; i++) {
      await namespace.kubectl(['delete', 'hpa', 'gone']);
      await sleep(1_500);
      await namespace.kubectl(['create', '-f', '-'], JSON.stringify({ apiVersion, kind, metadata: { name: 'gone' }, spec: { ...spec, minReplicas: 2 } }));
      await eventually('the floor', 10_000, async () => await namespace.floor('gone') === FLOOR);
    }
    await eventually('three Events', 10_000, async () => (await toldOf('TargetMissing')).length === 3);
    await namespace.kubectl(['delete', 'configmap', 'gone-prewarm']);
    await eventually('an Event of the plan', 30_000, async () => (await toldOf('PlanMissing')).length === 1);
    expect(await restored('gone')).toBeLessThan(1_000);
  });

  describe('which repair looks after', () => {
    beforeAll(async () => {
      // the CronJob's own run is up to ten minutes away
      await namespace.kubectl(['create', 'job', 'repair-by-hand', '--from=cronjob/evicted-prewarm-repair']);
      await eventually('a first look', 60_000, async () => (await namespace.logsOf('repair-by-hand')).includes('"services":'));
    });

    test('that somebody scales down stand again', async () => {
      const old = (await guards('idle')).map(({ metadata }) => metadata.name);
      const began = Date.now();
      await namespace.kubectl(['scale', 'deployment/idle-prewarm-guards', '--replicas=0']);
      await eventually('guards that stand again', 60_000, async () => (await guards('idle')).filter(({ metadata }) => !old.includes(metadata.name)).length >= 2);
      figures.push(`guards that were scaled down are back after ${seconds(began)}`);
      expect(Date.now() - began).toBeLessThan(45_000);
    });

    test('whose account is deleted and made again are replaced by guards with tokens that count', async () => {
      const { apiVersion, kind, metadata: { name, labels } } = await namespace.get('serviceaccount', 'unknown-prewarm');
      const old = (await guards('unknown')).map(({ metadata }) => metadata.name);
      await namespace.kubectl(['delete', 'serviceaccount', name]);
      await namespace.patch('hpa', 'unknown', { spec: { minReplicas: 2 } });
      await namespace.kubectl(['create', '-f', '-'], JSON.stringify({ apiVersion, kind, metadata: { name, labels } }));
      const began = Date.now();
      await eventually('new guards', 90_000, async () => (await guards('unknown')).filter(({ metadata }) => !old.includes(metadata.name)).length >= 2);
      figures.push(`guards whose account was made anew are replaced after ${seconds(began)}`);
      expect(Date.now() - began).toBeLessThan(60_000);
      await sleep(2_000);
      expect(await restored('unknown')).toBeLessThan(1_000);
    });
  });

  async function guards(service: string): Promise<any[]> {
    return (await namespace.pods(`cdk8s-prewarm/service=${service},cdk8s-prewarm/role=guard`)).filter(({ status: { phase } }) => phase === 'Running');
  }

  async function toldOf(reason: string): Promise<any[]> {
    return (await namespace.list('events')).filter(told => told.reason === reason && told.involvedObject.name === 'gone');
  }

  function status() {
    return prewarmAs(namespace, [], 'status');
  }

  /** Lowers the floor by hand, and says for how many milliseconds it was down. */
  async function restored(name: string): Promise<number> {
    const recorder = await Recorder.ofAutoscaler(namespace.name, name);
    try {
      await namespace.patch('hpa', name, { spec: { minReplicas: 2 } });
      await eventually('the floor to be back', 10_000, async () => await namespace.floor(name) === FLOOR);
      await sleep(500);
      return Math.max(...recorder.floorBelow(FLOOR));
    } finally {
      recorder.stop();
    }
  }
});

function seconds(since: number): string {
  return `${((Date.now() - since) / 1_000).toFixed(1)} s`;
}

async function inTurn<T>(times: number, act: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let i = 0; i < times; i++) {
    results.push(await act());
  }
  return results;
}
