import { eventually, onCluster, simulate } from './support/cluster';
import { exampleIn } from './support/documents';
import { Namespace } from './support/namespace';
import { armed } from './support/services';

/** Instants of the example's event, and what its services must have then. */
const NIGHT: readonly (readonly [string, { readonly [autoscaler: string]: number }])[] = [
  ['2026-12-05T06:59:00+09:00', { queue: 2, registration: 2, payment: 3 }],
  ['2026-12-05T07:01:00+09:00', { queue: 22, registration: 108, payment: 43 }],
  ['2026-12-05T10:00:00+09:00', { queue: 22, registration: 108, payment: 43 }],
  ['2026-12-05T11:30:00+09:00', { queue: 11, registration: 108, payment: 43 }],
  // the queue has ramped down over its last hour, people go on paying
  ['2026-12-05T12:01:00+09:00', { queue: 2, registration: 2, payment: 43 }],
  ['2027-12-05T10:00:00+09:00', { queue: 2, registration: 2, payment: 3 }],
];

onCluster('the example at its own date, by the API server\'s clock', { simulation: true }, () => {
  const namespace = Namespace.forGroup('clock');
  afterAll(() => simulate({ api: {} }));

  test('has each floor of the night, however far the node\'s clock is off, and says that it is', async () => {
    await namespace.apply(exampleIn(namespace));
    await armed(namespace);
    for (const [at, floors] of NIGHT) {
      // guards do not believe a clock that leaps, at once
      await namespace.kubectl(['scale', 'deployments', '-l', 'cdk8s-prewarm/role=guard', '--replicas=0']);
      await namespace.kubectl(['delete', 'pods', '-l', 'cdk8s-prewarm/role=guard', '--grace-period=1', '--ignore-not-found']);
      await simulate({ api: { clock: `${Math.round((Date.parse(at) - Date.now()) / 1000)}s` } });
      const run = Date.parse(at) / 60_000;
      await namespace.kubectl(['create', 'job', `run-${run}`, '--from=cronjob/queue-prewarm-repair']);
      // inside a window such a run stays, so its end says nothing
      await eventually(`the floors of ${at}`, 60_000, async () => (await namespace.list('hpa')).every(({ metadata, spec }) => spec.minReplicas === floors[metadata.name]));
      await eventually('the warning', 60_000, async () => (await namespace.logsOf(`run-${run}`)).includes('clock'));
      await namespace.kubectl(['delete', 'job', `run-${run}`]);
    }
  });
});
