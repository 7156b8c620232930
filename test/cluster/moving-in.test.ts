import { ApiObject, Chart, Duration } from 'cdk8s';
import { eventually, onCluster, sleep } from './support/cluster';
import { prewarmReading } from './support/command-line';
import { manifestsIn } from './support/manifests';
import { Namespace } from './support/namespace';
import { deliver } from './support/pipelines';
import { armed, foreignAutoscaler, foreignDeployment, foreignManifests } from './support/services';
import { Recorder } from './support/watching';
import { EventScaleSchedule, PrewarmedService } from 'cdk8s-prewarm';

const PODS = 20;

/** Pipelines, and what `prewarm adopt` calls them. */
const WAYS: readonly (readonly [string, string])[] = [
  ['kubectl apply', 'kubectl'],
  ['argo', 'argo'],
  ['kubectl apply --server-side', 'ssa'],
  ['flux', 'flux'],
  ['argo --server-side', 'argo-ssa'],
  ['helm4', 'helm4'],
];

onCluster('an existing service with replicas and minReplicas in its manifests', { tools: true }, () => {
  const namespaces = WAYS.map(([, as]) => Namespace.forGroup(`moving-${as}`));
  const byHelm = Namespace.forGroup('moving-helm3');
  let moves: Promise<Outcome>[];
  // all at once: each takes most of a minute, in which nothing happens but a rollout
  beforeAll(() => { moves = WAYS.map(([pipeline, as], i) => settled(move(namespaces[i], pipeline, as))); });

  test.each(WAYS.map(([pipeline, as], i) => ({ pipeline, as, i })))(
    `by $pipeline, adopted as $as, keeps ${PODS} of ${PODS} pods and its floor`, async ({ i }) => {
      expect(await moves[i]).toEqual({ leastReady: PODS, floor: PODS, replicas: PODS });
    });

  test('by Helm 3 is refused, with the schedule by name that takes it as it is', async () => {
    await deliver('helm3', byHelm, oldIn(byHelm));
    const { exitCode, err } = await prewarmReading(byHelm, newIn(byHelm), 'adopt', '-', '--as', 'helm3');
    expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringContaining("target: ScheduleTarget.fromAutoscalerName('shop'),\n    baseline: { floor: 20, ceiling: 40 }") });
    expect((await prewarmReading(byHelm, newIn(byHelm), 'adopt', '-', '--as', 'helm4')).err).toContain('has been applied by Helm 3, not by Helm 4; say --as helm3');
  });
});

/** One that compares on its own side, and one that applies server-side. */
const AUTOSCALED = ['argo', 'flux'];

onCluster('an existing service that moves in by two deploys and no command', { tools: true }, () => {
  const namespaces = WAYS.map(([, as]) => Namespace.forGroup(`deploys-${as}`));
  const autoscaled = AUTOSCALED.map(pipeline => Namespace.forGroup(`deploys-autoscaled-${pipeline.replace(/[^a-z0-9]+/g, '-')}`));
  let moves: Promise<Outcome>[];
  let scaled: Promise<Outcome>[];
  beforeAll(() => {
    moves = WAYS.map(([pipeline], i) => settled(moveByDeploys(namespaces[i], pipeline, aloneIn)));
    scaled = AUTOSCALED.map((pipeline, i) => settled(moveByDeploys(autoscaled[i], pipeline, autoscaledIn)));
  });

  test.each(WAYS.map(([pipeline], i) => ({ pipeline, i })))(`by $pipeline, a Deployment alone keeps ${PODS} of ${PODS} pods`, async ({ i }) => {
    expect(await moves[i]).toEqual({ leastReady: PODS, floor: PODS, replicas: PODS });
  });

  test.each(AUTOSCALED.map((pipeline, i) => ({ pipeline, i })))('by $pipeline, an autoscaler and its Deployment keep floor and size', async ({ i }) => {
    expect(await scaled[i]).toEqual({ leastReady: PODS, floor: PODS, replicas: PODS });
  });
});

/** Adds a service to an app as it was, as it moves in, or as it is from then on. */
type Define = (chart: Chart, stage: 'before' | 'moving' | 'after') => void;

const aloneIn: Define = (chart, stage) => {
  // who has a schedule goes on saying the size; the schedule takes it out
  const target = new ApiObject(chart, 'Deployment', foreignDeployment('shop', { replicas: PODS }));
  scheduled(chart, stage, target);
};

const autoscaledIn: Define = (chart, stage) => {
  new ApiObject(chart, 'Deployment', foreignDeployment('shop', stage === 'after' ? {} : { replicas: PODS }));
  scheduled(chart, stage, new ApiObject(chart, 'Autoscaler', foreignAutoscaler('shop', { floor: PODS, ceiling: 40 })));
};

function scheduled(chart: Chart, stage: 'before' | 'moving' | 'after', target: ApiObject): void {
  if (stage !== 'before') {
    new EventScaleSchedule(chart, 'shop', { target, startupTime: Duration.seconds(5), movingIn: stage === 'moving' });
  }
}

async function moveByDeploys(namespace: Namespace, pipeline: string, define: Define): Promise<Outcome> {
  const manifests = (stage: Parameters<Define>[1]) => manifestsIn(namespace.name, chart => define(chart, stage));
  await deliver(pipeline, namespace, manifests('before'));
  await eventually(`${PODS} Ready pods`, 90_000, async () => await namespace.readyPods('app=shop') === PODS);
  const pods = await Recorder.ofPods(namespace.name, 'app=shop');
  try {
    await deliver(pipeline, namespace, manifests('moving'));
    await armed(namespace);
    const told = (await namespace.list('events')).filter(({ reason }) => reason === 'MovedIn');
    expect(told.map(({ message }) => message)).toEqual([expect.stringContaining("the next deploy can leave 'movingIn' out")]);
    await deliver(pipeline, namespace, manifests('after'));
    await armed(namespace);
    await deliver(pipeline, namespace, manifests('after'));
    // longer than an autoscaler takes to look, where there is one
    await sleep(define === autoscaledIn ? 17_000 : 2_000);
    const { replicas } = (await namespace.get('deployment', 'shop')).spec;
    const floor = define === autoscaledIn ? await namespace.floor('shop') : replicas;
    return { leastReady: pods.leastReady(PODS), floor, replicas };
  } finally {
    pods.stop();
  }
}

interface Outcome {
  readonly leastReady: number;
  readonly floor: number;
  readonly replicas: number;
}

async function move(namespace: Namespace, pipeline: string, as: string): Promise<Outcome> {
  const next = newIn(namespace);
  const adopt = async (...more: string[]) => prewarmReading(namespace, next, 'adopt', '-', '--as', as, ...more);
  await deliver(pipeline, namespace, oldIn(namespace));
  await eventually(`${PODS} Ready pods`, 60_000, async () => await namespace.readyPods('app=shop') === PODS);
  const pods = await Recorder.ofPods(namespace.name, 'app=shop');
  try {
    await sleep(500);
    expect(await adopt('--check')).toMatchObject({ exitCode: 1, err: expect.stringContaining('the deploy would delete minReplicas, now 20') });
    expect(await adopt()).toMatchObject({ exitCode: 0, err: '' });
    if (pipeline === 'kubectl apply') {
      // the old manifests once more undo it, which a check tells
      await deliver(pipeline, namespace, oldIn(namespace));
      expect(await adopt('--check')).toMatchObject({ exitCode: 1 });
      expect(await adopt()).toMatchObject({ exitCode: 0 });
    }
    expect(await adopt('--check')).toMatchObject({ exitCode: 0, err: '' });
    await deliver(pipeline, namespace, next);
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

function oldIn({ name }: Namespace): string {
  return foreignManifests('shop', { replicas: PODS, floor: PODS, ceiling: 40 }).replace(/^metadata:$/gm, `metadata:\n  namespace: ${name}`);
}

function newIn({ name }: Namespace): string {
  return manifestsIn(name, chart => new PrewarmedService(chart, 'shop', {
    image: 'registry.example.com/shop:2',
    startupTime: Duration.seconds(5),
    selector: { app: 'shop' },
    baseline: { floor: PODS },
  }));
}

/** A failure is told by the test that awaits it. */
function settled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
