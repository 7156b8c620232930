import { Duration } from 'cdk8s';
import { eventually, onCluster, run, sleep } from './support/cluster';
import { shellBlocks } from './support/documents';
import { manifestsIn } from './support/manifests';
import { Namespace } from './support/namespace';
import { deliver } from './support/pipelines';
import { armed, foreignManifests } from './support/services';
import { Recorder } from './support/watching';
import { PrewarmedService } from 'cdk8s-prewarm';

const PODS = 20;

/** Pipelines, and the heading of docs/moving-in.md that is theirs. */
const WAYS: readonly (readonly [string, string])[] = [
  ['kubectl apply', 'Client-side apply'],
  ['argo', 'Client-side apply'],
  ['kubectl apply --server-side', 'Server-side apply'],
  ['flux', 'Server-side apply'],
  ['argo --server-side', 'Server-side apply'],
];

onCluster('an existing service with replicas and minReplicas in its manifests', { tools: true }, () => {
  const namespaces = WAYS.map(([pipeline]) => Namespace.forGroup(`moving-${pipeline.replace(/[^a-z]+/g, '-')}`));
  let moves: Promise<Outcome>[];
  // all at once: each takes most of a minute, in which nothing happens but a rollout
  beforeAll(() => { moves = WAYS.map(([pipeline, heading], i) => settled(move(namespaces[i], pipeline, heading))); });

  test.each(WAYS.map(([pipeline, heading], i) => ({ pipeline, heading, i })))(
    `by $pipeline, moved in as documented under "$heading", keeps ${PODS} of ${PODS} pods and its floor`, async ({ i }) => {
      expect(await moves[i]).toEqual({ leastReady: PODS, floor: PODS, replicas: PODS });
    });
});

interface Outcome {
  readonly leastReady: number;
  readonly floor: number;
  readonly replicas: number;
}

async function move(namespace: Namespace, pipeline: string, heading: string): Promise<Outcome> {
  const old = foreignManifests('shop', { replicas: PODS, floor: PODS, ceiling: 40 });
  await deliver(pipeline, namespace, old.replace(/^metadata:$/gm, `metadata:\n  namespace: ${namespace.name}`));
  await eventually(`${PODS} Ready pods`, 60_000, async () => await namespace.readyPods('app=shop') === PODS);
  const pods = await Recorder.ofPods(namespace.name, 'app=shop');
  try {
    await sleep(500);
    const [documented] = shellBlocks('moving-in.md', heading);
    const { code, stderr } = await run('bash', ['-euo', 'pipefail', '-c', documented.replaceAll('tickets', namespace.name)]);
    if (code !== 0) {
      throw new Error(stderr);
    }
    await deliver(pipeline, namespace, manifestsIn(namespace.name, chart => new PrewarmedService(chart, 'shop', {
      image: 'registry.example.com/shop:2',
      startupTime: Duration.seconds(5),
      selector: { app: 'shop' },
      baseline: { floor: PODS },
      ceiling: 40,
    })));
    await armed(namespace);
    await namespace.kubectl(['rollout', 'status', 'deployment/shop', '--timeout=150s']);
    return {
      leastReady: pods.leastReady(PODS),
      floor: await namespace.floor('shop'),
      replicas: (await namespace.get('deployment', 'shop')).spec.replicas,
    };
  } finally {
    pods.stop();
  }
}

/** A failure is told by the test that awaits it. */
function settled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
