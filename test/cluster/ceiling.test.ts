import { eventually, onCluster } from './support/cluster';
import { manifestsIn, minuteAfter } from './support/manifests';
import { Namespace } from './support/namespace';
import { PIPELINES, argoDiff } from './support/pipelines';
import { armed, bump, eventFrom, guarded, serviceIn } from './support/services';
import { MINUTE } from '../support/durations';
import { CeilingPolicy } from 'cdk8s-prewarm';

const NAME = 'queue';
const APPLIERS = ['kubectl apply', 'kubectl apply --server-side --force-conflicts', 'flux', 'argo', 'helm3'];

/** A rendered autoscaler whose ceiling follows the event: its manifest has the highest ceiling all year, the keeper moves the live one. */
onCluster('a rendered ceiling that moves with each window', { tools: true }, () => {
  const namespaces = Object.fromEntries(APPLIERS.map((pipeline, i) => [pipeline, Namespace.forGroup(`ceiling-${i}`)]));
  const manifests: { [pipeline: string]: string } = {};
  let from: number;

  const inEach = async (act: (namespace: Namespace, pipeline: string) => Promise<unknown>) =>
    Promise.all(APPLIERS.map(async pipeline => act(namespaces[pipeline], pipeline)));
  const deliver = async (namespace: Namespace, pipeline: string) => {
    const { code, stdout, stderr } = await PIPELINES[pipeline](namespace.name, manifests[pipeline]);
    expect(code === 0 ? '' : `${pipeline}: ${stdout}${stderr}`).toBe('');
  };
  const ceilings = () => inEach(async namespace => namespace.ceiling(NAME));

  beforeAll(async () => {
    from = minuteAfter(50_000);
    const event = eventFrom(from, { minutes: 4 });
    await inEach(async (namespace, pipeline) => {
      manifests[pipeline] = manifestsIn(namespace.name, chart => serviceIn(chart, NAME, 20, event, { ceilingPolicy: CeilingPolicy.PER_WINDOW }));
      await deliver(namespace, pipeline);
    });
    await inEach(namespace => armed(namespace));
  });

  test('is that of the baseline once arm has run', async () => {
    expect(await ceilings()).toEqual(APPLIERS.map(() => 10));
  });

  test('is the manifest\'s after a re-apply between events, until repair has run', async () => {
    await inEach(deliver);
    await inEach(async namespace => {
      await namespace.kubectl(['create', 'job', 'repair-by-hand', `--from=cronjob/${NAME}-prewarm-repair`]);
      await eventually('the ceiling', 60_000, async () => await namespace.ceiling(NAME) === 10);
    });
  });

  test('is reported by Argo CD as a difference, and by nothing else', async () => {
    const { code, stdout } = await argoDiff(manifests.argo);
    expect([code, stdout]).toEqual([1, expect.stringContaining('HorizontalPodAutoscaler')]);
  });

  test('is the window\'s in the window, also after a re-apply, and takes no pod', async () => {
    await inEach(async namespace => {
      await bump(namespace, NAME);
      await eventually('the floor', 150_000, async () => await namespace.floor(NAME) === 20);
      await guarded(namespace, NAME);
    });
    await inEach(deliver);
    expect(await ceilings()).toEqual(APPLIERS.map(() => 30));
    expect(await inEach(async namespace => namespace.floor(NAME))).toEqual(APPLIERS.map(() => 20));
  });

  test('falls again after the window, once no more pods run', async () => {
    await inEach(async namespace => {
      await eventually('the floor', from + 5 * MINUTE - Date.now(), async () => await namespace.floor(NAME) === 2);
      // also the autoscaler's own count, which is up to 15 s old
      await eventually('fewer pods', 120_000, async () => {
        const counts = [(await namespace.get('deployment', NAME)).status.replicas, (await namespace.get('hpa', NAME)).status.currentReplicas];
        return counts.every(count => count <= 10);
      });
      await namespace.kubectl(['create', 'job', 'repair-afterwards', `--from=cronjob/${NAME}-prewarm-repair`]);
      await eventually('the ceiling', 60_000, async () => await namespace.ceiling(NAME) === 10);
    });
  }, 480_000);
});
