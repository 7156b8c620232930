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

/** A window that is on. */
const FROM = minuteAfter(-2 * MINUTE);

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

onCluster('a schedule that gets another target inside a window', {}, () => {
  const namespace = Namespace.forGroup('renamed');
  const named = Namespace.forGroup('renamed-named');

  test('leaves a floor that status lists and whose command works, as does the hint of arm of the schedule that wants it', async () => {
    await retargeted(namespace, 'old');
    await retargeted(namespace, 'new');
    expect(await namespace.floor('old')).toBe(FLOOR);
    const { out } = await prewarm(namespace, 'status', '--json');
    expect(JSON.parse(out).orphans.map(({ command }: { command: string }) => command))
      .toEqual([`prewarm leave shop -n ${namespace.name} --only horizontalpodautoscaler/old`]);
    const others = manifestsIn(namespace.name, chart => new EventScaleSchedule(chart, 'other', {
      target: ScheduleTarget.fromAutoscalerName('old'), baseline: { floor: BASELINE, ceiling: 20 },
    }));
    await namespace.apply(others);
    const arm = 'cdk8s-prewarm/service=other,cdk8s-prewarm/role=arm';
    const said = await eventually('the hint of arm', 60_000, async () =>
      /prewarm (leave .*?)"/.exec((await namespace.tryKubectl(['logs', '-l', arm, '--tail=-1'])).stdout)?.[1]);
    expect(await prewarm(namespace, ...said.replace(` -n ${namespace.name}`, '').split(' '))).toMatchObject({ exitCode: 0, err: '' });
    await namespace.kubectl(['delete', 'jobs', '-l', arm]);
    await namespace.apply(others);
    await armed(namespace, arm);
    expect(JSON.parse((await prewarm(namespace, 'status', '--json')).out).orphans).toEqual([]);
    expect(await namespace.list('cronjobs', 'cdk8s-prewarm/service=shop')).not.toEqual([]);
  });

  test('lowers what it held of the one before, where that is named, once all pods of the new one are Ready', async () => {
    await retargeted(named, 'old');
    await retargeted(named, 'new', [ScheduleTarget.fromAutoscalerName('old')]);
    const old = await named.get('hpa', 'old');
    expect({ spec: old.spec, keepers: old.metadata.managedFields.filter(({ manager }: any) => /^cdk8s-prewarm/.test(manager)) })
      .toMatchObject({ spec: { minReplicas: BASELINE }, keepers: [] });
    expect([await named.floor('new'), await named.readyPods('app=new')]).toEqual([FLOOR, FLOOR]);
    expect((await named.list('events')).map(({ reason }) => reason)).toContain('FormerTargetFree');
  });
});

/** The schedule of the service in a window, with one of two autoscalers as its target. */
async function retargeted(namespace: Namespace, name: string, formerTargets?: ScheduleTarget[]): Promise<void> {
  for (const one of ['old', 'new']) {
    await namespace.apply(foreignManifests(one, { ceiling: 20 }));
  }
  await namespace.apply(manifestsIn(namespace.name, chart => new EventScaleSchedule(chart, 'shop', {
    target: ScheduleTarget.fromAutoscalerName(name),
    formerTargets,
    startupTime: Duration.seconds(5),
    baseline: { floor: BASELINE, ceiling: 20 },
    events: [{ event: eventFrom(FROM, { minutes: 20 }), demand: Demand.replicas(FLOOR) }],
  })));
  await armed(namespace, 'cdk8s-prewarm/service=shop,cdk8s-prewarm/role=arm');
  await eventually(`the floor of ${name}`, 60_000, async () => await namespace.floor(name) === FLOOR);
}

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
