import { join } from 'node:path';
import { Duration } from 'cdk8s';
import { eventually, onCluster, run, sleep } from './support/cluster';
import { instant, manifestsIn, minuteAfter } from './support/manifests';
import { Namespace } from './support/namespace';
import { armed, bump, guarded, serviceIn } from './support/services';
import { MINUTE } from '../support/durations';
import { OpeningEvent } from 'cdk8s-prewarm';

const FAR = Date.now() + 300 * 24 * 60 * MINUTE;
const PREWARM = join(__dirname, '../../bin/prewarm');

/** What docs/openings.md says of a calendar that changes. */
onCluster('a list of openings that changes', {}, () => {
  const namespace = Namespace.forGroup('openings');
  let from: number;

  /** Each row opens two minutes after its window begins, which lasts for eight. */
  const listOf = (...openings: number[]) => OpeningEvent.fromCsv('opening', `at;demand\n${openings.map(at => `${instant(at)};`).join('\n')}\n`, {
    lead: Duration.minutes(2), hold: Duration.minutes(6), readyMargin: Duration.minutes(1),
  });
  const deploy = async (name: string, ...openings: number[]) => {
    await namespace.kubectl(['delete', 'jobs', '-l', `cdk8s-prewarm/service=${name},cdk8s-prewarm/role=arm`, '--ignore-not-found']);
    // a ceiling that does not depend on the events, so that a list may shrink while its floor is up
    await namespace.apply(manifestsIn(namespace.name, chart => serviceIn(chart, name, 20, listOf(...openings), { ceiling: 40 })));
  };

  beforeAll(async () => {
    from = minuteAfter(25_000);
    await deploy('added', FAR);
    for (const name of ['moved', 'cancelled']) {
      await deploy(name, from + 2 * MINUTE, FAR);
    }
    await armed(namespace);
    await Promise.all(['moved', 'cancelled'].map(name => bump(namespace, name)));
    for (const name of ['moved', 'cancelled']) {
      await eventually(`floor of ${name}`, 150_000, async () => await namespace.floor(name) === 20);
      await guarded(namespace, name);
    }
  });

  test('an opening that is added while its window is on is raised by the deploy itself', async () => {
    expect(await namespace.floor('added')).toBe(2);
    await deploy('added', from + 2 * MINUTE, FAR);
    await armed(namespace, 'cdk8s-prewarm/service=added,cdk8s-prewarm/role=arm');
    expect(await namespace.floor('added')).toBe(20);
  });

  test('an opening that is moved within its window keeps the floor, one that is moved to another day gives it up', async () => {
    // a minute earlier, so that its new window holds this moment too
    await deploy('moved', from + MINUTE, FAR);
    await sleep(5_000);
    expect(await namespace.floor('moved')).toBe(20);
    await deploy('moved', from + 24 * 60 * MINUTE, FAR);
    await eventually('the floor of moved', 10_000, async () => await namespace.floor('moved') === 2);
  });

  test('an opening that is cancelled while its floor is up gives it up', async () => {
    await deploy('cancelled', FAR);
    await eventually('the floor of cancelled', 10_000, async () => await namespace.floor('cancelled') === 2);
  });
});

onCluster('an opening that is postponed on the night', {}, () => {
  const namespace = Namespace.forGroup('postponed');
  let from: number;

  beforeAll(async () => {
    from = minuteAfter(25_000);
    // two minutes of lead, and two of hold
    const event = OpeningEvent.once('opening', {
      at: instant(from + 2 * MINUTE), lead: Duration.minutes(2), hold: Duration.minutes(2), readyMargin: Duration.minutes(1),
    });
    await namespace.apply(manifestsIn(namespace.name, chart => serviceIn(chart, 'tickets', 6, event)));
    await armed(namespace);
    await bump(namespace, 'tickets');
    await eventually('the floor', 150_000, async () => await namespace.floor('tickets') === 6);
    await guarded(namespace, 'tickets');
  });

  test('is one command, which says what happens when', async () => {
    const { code, stdout } = await prewarm('postpone', 'opening', '--by', '2m', '-n', namespace.name);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^tickets: opening opens at \d\d:\d\d instead of \d\d:\d\d; floor 6 from \d\d:\d\d until \d\d:\d\d,\s+ready by \d\d:\d\d/)]);
    expect((await prewarm('status', '-n', namespace.name)).stdout).toContain('opening is postponed');
  });

  test('verify, which begins when it was planned to, is judged at the later opening', async () => {
    await eventually('success of verify', 260_000, async () =>
      (await namespace.list('jobs', 'cdk8s-prewarm/role=verify')).some(({ status }) => status.succeeded === 1));
    const { stdout } = await namespace.tryKubectl(['logs', '-l', 'cdk8s-prewarm/role=verify', '--tail=-1']);
    expect(stdout).toContain(`all 6 ready for opening at ${new Date(from + 4 * MINUTE).toISOString().replace('.000Z', 'Z')}`);
    expect(Date.now()).toBeGreaterThan(from + 3 * MINUTE);
  }, 300_000);

  test('guards hold the floor past the planned end, at which drop leaves it', async () => {
    await sleep(from + 4 * MINUTE + 20_000 - Date.now());
    expect(await namespace.floor('tickets')).toBe(6);
    await namespace.patch('hpa', 'tickets', { spec: { minReplicas: 2 } });
    await eventually('the floor', 2_000, async () => await namespace.floor('tickets') === 6);
  }, 300_000);

  test('the floor falls at the later end', async () => {
    await sleep(from + 6 * MINUTE - 2_000 - Date.now());
    expect(await namespace.floor('tickets')).toBe(6);
    await eventually('the floor', 15_000, async () => await namespace.floor('tickets') === 2);
  }, 300_000);

  const prewarm = (...args: string[]) => run(process.execPath, [PREWARM, ...args]);
});
