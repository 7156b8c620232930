import { dirname, join } from 'node:path';
import { ApiObject, Chart, Duration } from 'cdk8s';
import { OF_KEDA, objectsIn } from './matrix/kinds';
import { MINUTE } from '../../support/durations';
import { eventually, onCluster, run, sleep } from '../support/cluster';
import { prewarm } from '../support/command-line';
import { manifestsIn, minuteAfter } from '../support/manifests';
import { Namespace } from '../support/namespace';
import { Ignored, argoIgnoring, deliver } from '../support/pipelines';
import { armed, eventFrom, foreignManifests, guarded } from '../support/services';
import { Recorder } from '../support/watching';
import { Demand, EventScaleSchedule, IScheduleTarget, ScheduleTarget } from 'cdk8s-prewarm';

const FLOOR = 8;
const OPERATORS = join(dirname(process.env.PREWARM_TOOLS ?? ''), 'operators');

onCluster('hands on a ScaledObject', { tools: true, simulation: true }, () => {
  const namespace = Namespace.forGroup('keda-hands');
  const keda = async (verb: 'up' | 'down') => {
    const { code, stderr } = await run(OPERATORS, ['keda', verb], '', { env: { ...process.env } });
    expect({ code, stderr }).toMatchObject({ code: 0 });
  };
  beforeAll(async () => keda('up'));
  afterAll(async () => keda('down'));

  test('Argo CD that syncs every 5 s in a window leaves alone what it is told to ignore; without that, the Warning says how to tell it', async () => {
    const own = `${manifestsIn(namespace.name, chart => scheduled(chart, 'scaled', scaledObjectIn(chart, 'scaled')))}---\n${foreignIn('known')}`;
    await deliver('argo', namespace, own);
    await namespace.apply(manifestsIn(namespace.name, chart => scheduled(chart, 'known', ScheduleTarget.fromAutoscalerName('known'), 20)));
    await armed(namespace);
    await Promise.all(['scaled', 'known'].map(async name => {
      await guarded(namespace, name);
      await eventually(`pods of ${name}`, 60_000, async () => await namespace.readyPods(`app=${name}`) === FLOOR);
    }));
    const pods = await Promise.all(['scaled', 'known'].map(async name => Recorder.ofPods(namespace.name, `app=${name}`)));
    const scaled = await Recorder.ofObject(namespace.name, { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', name: 'scaled' });
    const known = await Recorder.ofAutoscaler(namespace.name, 'known');
    const below = () => [scaled.below(object => object.spec.minReplicaCount, FLOOR), known.floorBelow(FLOOR)];
    await everyFiveSeconds(8, async () => argoIgnoring(namespace, own, IGNORED));
    expect([...below(), ...pods.map(one => one.podsEnded().size)]).toEqual([[], [], 0, 0]);

    await everyFiveSeconds(6, async () => deliver('argo', namespace, own));
    console.log('without ignoreDifferences, below the floor for ms:', ...below());
    expect(pods.map(one => one.podsEnded().size)).toEqual([0, 0]);
    const events = (await namespace.list('events')).filter(({ reason }) => reason === 'FloorFought').map(({ message }) => message).join('\n');
    expect(events).toContain("tell Argo CD to leave /spec/minReplicaCount and /spec/maxReplicaCount alone: ignoreDifferences of group 'keda.sh' and kind ScaledObject");
    expect(events).toContain("tell Argo CD to leave /spec/minReplicas and /spec/maxReplicas alone: ignoreDifferences of group 'autoscaling' and kind HorizontalPodAutoscaler");
    [...pods, scaled, known].forEach(one => one.stop());
  }, 400_000);

  test('while the operator is down, arm fails, status is a no-go, no pod is made that KEDA\'s autoscaler deletes, and all of them come afterwards', async () => {
    const define = (from: number) => manifestsIn(namespace.name, chart => scheduled(chart, 'down', scaledObjectIn(chart, 'down'), undefined, from));
    await namespace.apply(define(minuteAfter(60 * MINUTE)));
    await armed(namespace, 'cdk8s-prewarm/service=down,cdk8s-prewarm/role=arm');
    await keda('down');
    try {
      await namespace.apply(define(minuteAfter(-2 * MINUTE)));
      const sentence = `KEDA has not followed: its HorizontalPodAutoscaler keda-hpa-down is at 2 to 20, ScaledObject down at ${FLOOR} to 20; does its operator run?`;
      await eventually('arm to fail', 150_000, async () => {
        const logs = await namespace.tryKubectl(['logs', '-l', 'cdk8s-prewarm/service=down,cdk8s-prewarm/role=arm', '--tail=-1']);
        return logs.stdout.split('\n').some(line => line.includes('"did":"failed"') && line.includes(sentence));
      });
      const { exitCode, out } = await prewarm(namespace, 'status');
      expect(exitCode).toBe(1);
      expect(out.replace(/\s+/g, ' ')).toContain(`! ${sentence}`);
      const pods = await Recorder.ofPods(namespace.name, 'app=down');
      // three looks of the autoscaler, which would delete what is above its floor
      await sleep(46_000);
      expect(pods.podsEnded().size).toBe(0);
      expect((await namespace.list('events')).filter(({ reason }) => reason === 'TargetNotFollowed').map(({ message }) => message)).toEqual([sentence]);
      pods.stop();
    } finally {
      await keda('up');
    }
    await eventually('the pods', 60_000, async () => await namespace.readyPods('app=down') === FLOOR);
  }, 500_000);

  function foreignIn(name: string): string {
    return foreignManifests(name, { floor: 2, ceiling: 20 }).replace(/^metadata:$/gm, `metadata:\n  namespace: ${namespace.name}`);
  }
});

const IGNORED: readonly Ignored[] = [
  { kind: 'ScaledObject', fields: ['minReplicaCount', 'maxReplicaCount'] },
  { kind: 'HorizontalPodAutoscaler', fields: ['minReplicas', 'maxReplicas'] },
];

async function everyFiveSeconds(times: number, sync: () => Promise<void>): Promise<void> {
  for (let i = 0; i < times; i++) {
    const next = sleep(5_000);
    await sync();
    await next;
  }
}

function scheduled(chart: Chart, name: string, target: IScheduleTarget, ceiling?: number, from = minuteAfter(-2 * MINUTE)): void {
  new EventScaleSchedule(chart, name, {
    target,
    startupTime: Duration.seconds(5),
    baseline: { floor: 2, ...ceiling === undefined ? {} : { ceiling } },
    events: [{ event: eventFrom(from, { minutes: 20 }), demand: Demand.replicas(FLOOR) }],
  });
}

/** With its Deployment; pods leave as soon as KEDA's autoscaler wants fewer. */
function scaledObjectIn(chart: Chart, name: string): ApiObject {
  return objectsIn(chart, { ...OF_KEDA.find(kind => kind.name === 'kedacpu')!, name });
}
