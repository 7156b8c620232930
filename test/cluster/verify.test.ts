import { Cpu } from 'cdk8s-plus-28';
import { MINUTE } from '../support/durations';
import { eventually, onCluster, sleep } from './support/cluster';
import { manifestsIn, minuteAfter } from './support/manifests';
import { Namespace } from './support/namespace';
import { armed, bump, eventFrom, serviceIn } from './support/services';

const FLOOR = 6;

onCluster('verify, from the ready margin to the opening', {}, () => {
  const namespace = Namespace.forGroup('verify');
  const services = ['fine', 'pulling', 'toobig'];
  let opening: number;

  beforeAll(async () => {
    const from = minuteAfter(20_000);
    opening = from + 2 * MINUTE;
    const event = eventFrom(from, { minutes: 4 });
    await namespace.apply(manifestsIn(namespace.name, chart => {
      serviceIn(chart, 'fine', FLOOR, event);
      serviceIn(chart, 'pulling', FLOOR, event, { image: 'registry.example.com/does-not-exist:1' } as object);
      // no node has as much
      serviceIn(chart, 'toobig', FLOOR, event, { cpu: Cpu.units(1_000) });
    }));
    await armed(namespace);
    await Promise.all(services.map(name => bump(namespace, name)));
  });

  test('succeeds at once where all pods of the floor are Ready', async () => {
    await eventually('success of verify', 180_000, async () => (await jobOf('fine'))?.status.succeeded === 1);
    expect(Date.now()).toBeLessThan(opening);
    expect(await said('fine')).toContain(`all ${FLOOR} ready for opening`);
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

  test('fails at the opening where they are still missing', async () => {
    await sleep(opening - Date.now());
    for (const name of ['pulling', 'toobig']) {
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
