import { Duration } from 'cdk8s';
import { MINUTE } from '../support/durations';
import { eventually, onCluster } from './support/cluster';
import { prewarm } from './support/command-line';
import { manifestsIn, minuteAfter } from './support/manifests';
import { Namespace } from './support/namespace';
import { deliver } from './support/pipelines';
import { armed, bump, eventFrom, foreignManifests } from './support/services';
import { Recorder } from './support/watching';
import { Demand, EventScaleSchedule, ScheduleTarget } from 'cdk8s-prewarm';

const BASELINE = 4;
const FLOOR = 10;

const PIPELINES = ['kubectl apply', 'kubectl apply --server-side', 'flux', 'argo', 'argo --server-side', 'helm3', 'helm4'];

onCluster('a service whose autoscaler is known by name, and whose schedule goes', { tools: true }, () => {
  const namespaces = PIPELINES.map(pipeline => Namespace.forGroup(`leaving-${pipeline.replace(/[^a-z0-9]+/g, '-')}`));
  let left: Promise<Outcome>[];
  // all at once: most of it is waiting
  beforeAll(() => {
    left = PIPELINES.map((pipeline, i) => moveOut(namespaces[i], pipeline));
    left.forEach(outcome => outcome.catch(() => undefined));
  });

  test.each(PIPELINES.map((pipeline, i) => ({ pipeline, i })))('by $pipeline: no pod is lost, nothing is left, and the owner\'s next deploy has no conflict', async ({ i }) => {
    expect(await left[i]).toEqual({ exitCode: 0, leastReady: FLOOR, left: [], keepers: [], floor: BASELINE });
  });
});

interface Outcome {
  readonly exitCode: number;
  readonly leastReady: number;
  readonly left: readonly string[];
  readonly keepers: readonly string[];
  readonly floor: number;
}

async function moveOut(namespace: Namespace, pipeline: string): Promise<Outcome> {
  const own = foreignManifests('shop', { floor: BASELINE, ceiling: 20 }).replace(/^metadata:$/gm, `metadata:\n  namespace: ${namespace.name}`);
  await deliver(pipeline, namespace, own);
  await namespace.apply(manifestsIn(namespace.name, chart => new EventScaleSchedule(chart, 'shop', {
    target: ScheduleTarget.fromAutoscalerName('shop'),
    startupTime: Duration.seconds(5),
    baseline: { floor: BASELINE, ceiling: 20 },
    events: [{ event: eventFrom(minuteAfter(-2 * MINUTE), { minutes: 20 }), demand: Demand.replicas(FLOOR) }],
  })));
  await armed(namespace);
  await bump(namespace, 'shop');
  await eventually(`${FLOOR} Ready pods`, 90_000, async () => await namespace.readyPods('app=shop') === FLOOR);
  const pods = await Recorder.ofPods(namespace.name, 'app=shop');
  try {
    const { exitCode, err } = await prewarm(namespace, 'leave', 'shop', '--floor', String(FLOOR));
    if (exitCode !== 0) {
      throw new Error(err);
    }
    const leastReady = pods.leastReady(FLOOR);
    const left = (await namespace.list('cronjobs,jobs,deployments,configmaps,serviceaccounts,roles,rolebindings', 'cdk8s-prewarm/service'))
      .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    await deliver(pipeline, namespace, own);
    const objects = [await namespace.get('hpa', 'shop'), await namespace.get('deployment', 'shop')];
    const keepers = objects.flatMap(({ metadata }) => metadata.managedFields.map(({ manager }: any) => manager)).filter(manager => /^cdk8s-prewarm/.test(manager));
    return { exitCode, leastReady, left, keepers, floor: await namespace.floor('shop') };
  } finally {
    pods.stop();
  }
}
