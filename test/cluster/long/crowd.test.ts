import { Cpu } from 'cdk8s-plus-28';
import { MINUTE, SECOND } from '../../support/durations';
import { eventually, onCluster, sleep } from '../support/cluster';
import { manifestsIn, minuteAfter } from '../support/manifests';
import { Namespace } from '../support/namespace';
import { armed, bump, eventFrom, guarded, serviceIn } from '../support/services';

/** That many pods of a floor are not Ready, each object of about 18 KB. */
const PODS = Number(process.env.PODS ?? 1_500);

onCluster(`${PODS} large pods that are not Ready, from the ready margin on`, {}, () => {
  const namespace = Namespace.forGroup('crowd');

  test('cost no keeper its life, and are counted and explained', async () => {
    const event = eventFrom(minuteAfter(20_000), { minutes: 8 });
    await namespace.apply(manifestsIn(namespace.name, chart => {
      const service = serviceIn(chart, 'shop', PODS, event, { image: 'registry.example.com/does-not-exist:1', cpu: Cpu.millis(1) } as object);
      service.deployment.podMetadata.addAnnotation('acme.example/sidecar-config', 'x'.repeat(15_000));
    }));
    await armed(namespace);
    await bump(namespace, 'shop');
    await guarded(namespace, 'shop');
    await eventually('the pods', 4 * MINUTE, async () => (await namespace.get('deployment', 'shop')).status.replicas === PODS);
    // looks of guards and verify, with all that is there
    await sleep(90 * SECOND);
    const keepers = await namespace.list('pods', 'cdk8s-prewarm/role in (guard,verify)');
    const told = (await namespace.list('events')).filter(({ reason }) => reason === 'NotReady').map(({ message }) => message);
    console.log([...keepers.map(({ metadata, status }) => `${metadata.name}: ${status.phase}, ${status.containerStatuses[0].restartCount} restarts`), ...told].join('\n'));
    expect(keepers.filter(({ metadata }) => metadata.labels['cdk8s-prewarm/role'] === 'guard')).toHaveLength(2);
    for (const { status: { containerStatuses: [{ restartCount, state, lastState }] } } of keepers) {
      expect({ restartCount, killed: state.terminated?.reason ?? lastState.terminated?.reason }).toEqual({ restartCount: 0, killed: undefined });
    }
    expect(told.join('\n')).toMatch(new RegExp(`0 of ${PODS.toLocaleString('en')} ready, ${PODS.toLocaleString('en')} missing: .*(ImagePullBackOff|ErrImagePull)`));
  }, 12 * MINUTE);
});
