import { Duration } from 'cdk8s';
import { PrewarmedService } from 'cdk8s-prewarm';
import { eventually, onCluster, run, sleep } from './support/cluster';
import { shellBlocks } from './support/documents';
import { manifestsIn } from './support/manifests';
import { Namespace } from './support/namespace';
import { Pipeline, PIPELINES } from './support/pipelines';
import { armed, foreignManifests } from './support/services';
import { Recorder } from './support/watching';

const PODS = 20;

const WAYS: { readonly [pipeline: string]: string } = {
  'kubectl apply': 'Client-side apply',
  'argo': 'Client-side apply',
  'kubectl apply --server-side': 'Server-side apply',
  'flux': 'Server-side apply',
  'argo --server-side': 'Server-side apply',
};

onCluster('an existing service with replicas and minReplicas in its manifests', { tools: true }, () => {
  describe.each(Object.entries(WAYS))('by %s, moved in as documented under "%s"', (pipeline, heading) => {
    const namespace = Namespace.forGroup(`moving-${pipeline.replace(/[^a-z]+/g, '-')}`);

    test(`keeps ${PODS} of ${PODS} pods, and its floor`, async () => {
      await deployed(pipeline, namespace, inNamespace(namespace, foreignManifests('shop', { replicas: PODS, floor: PODS, ceiling: 40 })));
      await eventually(`${PODS} Ready pods`, 60_000, async () => await namespace.readyPods('app=shop') === PODS);
      const pods = await Recorder.ofPods(namespace.name, 'app=shop');
      try {
        await sleep(500);
        const [documented] = shellBlocks('moving-in.md', heading);
        const { code, stderr } = await run('bash', ['-euo', 'pipefail', '-c', documented.replaceAll('tickets', namespace.name)]);
        expect(code === 0 ? '' : stderr).toBe('');
        await deployed(pipeline, namespace, manifestsIn(namespace.name, chart => new PrewarmedService(chart, 'shop', {
          image: 'registry.example.com/shop:2',
          startupTime: Duration.seconds(5),
          selector: { app: 'shop' },
          baseline: { floor: PODS, ceiling: 40 },
        })));
        await armed(namespace);
        await namespace.kubectl(['rollout', 'status', 'deployment/shop', '--timeout=150s']);
        expect(pods.leastReady(PODS)).toBeGreaterThanOrEqual(PODS);
        expect(await namespace.floor('shop')).toBe(PODS);
        expect((await namespace.get('deployment', 'shop')).spec.replicas).toBe(PODS);
      } finally {
        pods.stop();
      }
    });
  });
});

function inNamespace(namespace: Namespace, manifests: string): string {
  return manifests.replace(/^metadata:$/gm, `metadata:\n  namespace: ${namespace.name}`);
}

async function deployed(pipeline: string, namespace: Namespace, manifests: string): Promise<void> {
  const apply: Pipeline = PIPELINES[pipeline];
  const { code, stdout, stderr } = await apply(namespace.name, manifests);
  if (code !== 0) {
    throw new Error(`${stdout}${stderr}`);
  }
}
