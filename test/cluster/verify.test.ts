import { Cpu } from 'cdk8s-plus-28';
import { MINUTE } from '../support/durations';
import { eventually, onCluster, sleep } from './support/cluster';
import { manifestsIn, minuteAfter } from './support/manifests';
import { Namespace } from './support/namespace';
import { armed, bump, eventFrom, serviceIn } from './support/services';

const FLOOR = 6;

onCluster('verify, from the ready margin to the opening', {}, () => {
  const namespace = Namespace.forGroup('verify');
  const services = ['fine', 'lost', 'pulling', 'toobig'];
  let opening: number;

  beforeAll(async () => {
    const from = minuteAfter(20_000);
    opening = from + 2 * MINUTE;
    const event = eventFrom(from, { minutes: 4 });
    await namespace.apply(manifestsIn(namespace.name, chart => {
      serviceIn(chart, 'fine', FLOOR, event);
      serviceIn(chart, 'lost', FLOOR, event);
      serviceIn(chart, 'pulling', FLOOR, event, { image: 'registry.example.com/does-not-exist:1' } as object);
      // no node has as much
      serviceIn(chart, 'toobig', FLOOR, event, { cpu: Cpu.units(1_000) });
    }));
    await armed(namespace);
    await Promise.all(services.map(name => bump(namespace, name)));
  });

  test('says at once that all pods of the floor are Ready, and looks on', async () => {
    for (const name of ['fine', 'lost']) {
      await eventually('Ready', 180_000, async () => (await said(name)).includes(`all ${FLOOR} ready for opening`));
      expect((await jobOf(name)).status.active).toBe(1);
    }
    expect(Date.now()).toBeLessThan(opening);
  });

  test('says at once that pods are lost again', async () => {
    const { spec: { template: { spec: { containers: [{ name }] } } } } = await namespace.get('deployment', 'lost');
    const image = 'registry.example.com/does-not-exist:1';
    await namespace.patch('deployment', 'lost', { spec: { strategy: { type: 'Recreate', rollingUpdate: null }, template: { spec: { containers: [{ name, image }] } } } });
    await eventually('the loss', 30_000, async () => /[0-5] of 6 ready/.test(await said('lost')));
    await eventually('the Warning', 10_000, async () => (await namespace.list('events')).some(({ involvedObject, reason, message }) =>
      involvedObject.name === 'lost' && reason === 'NotReady' && / of 6 ready/.test(message)));
    expect(Date.now()).toBeLessThan(opening);
  });

  test('says before the opening how many pods are missing, and why', async () => {
    await eventually('the image', 60_000, async () => new RegExp(`0 of ${FLOOR} ready, ${FLOOR} missing: ${FLOOR} .*(ImagePullBackOff|ErrImagePull)`)
      .test(await said('pulling')));
    await eventually('the nodes', 60_000, async () => new RegExp(`0 of ${FLOOR} ready, ${FLOOR} missing: ${FLOOR} unschedulable \\(insufficient cpu\\)`)
      .test(await said('toobig')));
    expect(Date.now()).toBeLessThan(opening);
    const told = (await namespace.list('events')).filter(({ involvedObject }) => involvedObject.name === 'toobig').map(({ message }) => message);
    expect(told.join('\n')).toContain('insufficient cpu');
  });

  test('succeeds at the opening, and fails where pods are missing then', async () => {
    await sleep(opening - Date.now());
    await eventually('success of fine', 45_000, async () => (await jobOf('fine')).status.succeeded === 1);
    for (const name of ['lost', 'pulling', 'toobig']) {
      await eventually(`failure of ${name}`, 45_000, async () =>
        (await jobOf(name))?.status.conditions?.some(({ type }: { type: string }) => type === 'Failed' || type === 'FailureTarget'));
      expect(await said(name)).toContain('not ready at the opening');
    }
  });

  async function jobOf(service: string): Promise<any> {
    return (await namespace.list('jobs', `cdk8s-prewarm/service=${service},cdk8s-prewarm/role=verify`))[0];
  }

  async function said(service: string): Promise<string> {
    return (await namespace.tryKubectl(['logs', '-l', `cdk8s-prewarm/service=${service},cdk8s-prewarm/role=verify`, '--tail=-1'])).stdout;
  }
});
