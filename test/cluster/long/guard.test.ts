import { Yaml } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-28';
import { parseAllDocuments } from 'yaml';
import { eventually, onCluster, sleep } from '../support/cluster';
import { manifestsIn, minuteAfter } from '../support/manifests';
import { Namespace } from '../support/namespace';
import { argoReplace, Pipeline, PIPELINES } from '../support/pipelines';
import { armed, bump, eventFrom, guarded, serviceIn } from '../support/services';
import { Recorder } from '../support/watching';

/** With guards, of each way. */
const ROUNDS = Number(process.env.ROUNDS ?? 15);
/** Without guards, of each way: nothing restores there, so each takes a minute. */
const BARE_ROUNDS = Number(process.env.BARE_ROUNDS ?? 1);
const AT_ONCE = 3;
const FLOOR = 20;
const SELECTOR = 'app.kubernetes.io/name=shop';
/** The autoscaler looks every 15 s. */
const ONE_LOOK_MS = 17_000;

/** What the pipeline of an older release, or a hand, has: objects of the service, changed. */
interface Objects {
  readonly all: any[];
  readonly autoscaler: any;
  readonly deployment: any;
}

type Act = (namespace: Namespace, objects: Objects) => Promise<unknown>;

const lowered = ({ autoscaler }: Objects, floor = 2, ceiling?: number) => yamlOf([{
  ...autoscaler, spec: { ...autoscaler.spec, minReplicas: floor, ...ceiling === undefined ? {} : { maxReplicas: ceiling } },
}]);
const by = (pipeline: Pipeline): Act => async (namespace, objects) => pipeline(namespace.name, lowered(objects));

/** `autoscaler`: what is lowered is the autoscaler, and no pod may be lost; `workload`: pods are killed before anybody can act. */
const WAYS: { readonly [way: string]: { readonly changes: 'autoscaler' | 'workload'; readonly act: Act } } = {
  'client-side apply, minReplicas 2': { changes: 'autoscaler', act: by(PIPELINES['kubectl apply']) },
  'server-side apply, forced, minReplicas 2': { changes: 'autoscaler', act: by(PIPELINES['kubectl apply --server-side --force-conflicts']) },
  'merge patch, minReplicas 2': { changes: 'autoscaler', act: namespace => namespace.patch('hpa', 'shop', { spec: { minReplicas: 2 } }) },
  'kubectl replace of the autoscaler': {
    changes: 'autoscaler', act: (namespace, { autoscaler }) => namespace.kubectl(['replace', '-f', '-'], yamlOf([autoscaler])),
  },
  'kubectl replace of everything': { changes: 'workload', act: (namespace, { all }) => namespace.tryKubectl(['replace', '-f', '-'], yamlOf(all)) },
  'delete and create': {
    changes: 'autoscaler',
    act: async (namespace, { autoscaler }) => {
      await namespace.kubectl(['delete', 'hpa', 'shop']);
      await namespace.kubectl(['create', '-f', '-'], yamlOf([autoscaler]));
    },
  },
  'old manifest, floor 2 and ceiling 10': {
    changes: 'autoscaler', act: (namespace, objects) => namespace.apply(lowered(objects, 2, 10)),
  },
  'Helm 3 upgrade, minReplicas 2': { changes: 'autoscaler', act: by(PIPELINES.helm3) },
  'Helm 4 upgrade, minReplicas 2': { changes: 'autoscaler', act: by(PIPELINES.helm4) },
  'Flux, minReplicas 2': { changes: 'autoscaler', act: by(PIPELINES.flux) },
  'Argo CD, minReplicas 2': { changes: 'autoscaler', act: by(PIPELINES.argo) },
  'Argo CD --replace': { changes: 'autoscaler', act: (namespace, { autoscaler }) => argoReplace(namespace.name, yamlOf([autoscaler])) },
  'kubectl scale to 2': { changes: 'workload', act: namespace => namespace.kubectl(['scale', 'deployment/shop', '--replicas=2']) },
  'manifest with spec.replicas 2': {
    changes: 'workload',
    act: (namespace, { deployment }) => namespace.apply(yamlOf([{ ...deployment, spec: { ...deployment.spec, replicas: 2 } }])),
  },
};

interface Trial {
  readonly ms: number;
  readonly podsLost: number;
  /** The API server, or the tool, refused: nothing was lowered. */
  readonly refused: boolean;
}

interface Trials {
  readonly trials: Trial[];
  /** Why there are fewer than there should be. */
  readonly broken?: string;
}

onCluster('a floor that is lowered in the middle of a window', { tools: true }, () => {
  test(`is back within a second in ${Object.keys(WAYS).length * ROUNDS} trials at random moments, and no change of the autoscaler costs a pod`, async () => {
    const results = await inTurns(Object.keys(WAYS), way => trialsOf(way, 2, ROUNDS));
    console.log(tableOf('with guards', results));
    expect(Object.values(results).flatMap(({ broken }) => broken ?? [])).toEqual([]);
    for (const [way, { changes }] of Object.entries(WAYS)) {
      const acted = results[way].trials.filter(({ refused }) => !refused);
      expect([way, acted.filter(({ ms }) => !(ms < 1_000)).map(({ ms }) => ms)]).toEqual([way, []]);
      if (changes === 'autoscaler') {
        expect([way, acted.filter(({ podsLost }) => podsLost > 0)]).toEqual([way, []]);
      }
    }
  }, 3_600_000);

  test('without guards it stays down until the next run, and costs the pods', async () => {
    const results = await inTurns(Object.keys(WAYS), way => trialsOf(way, 0, BARE_ROUNDS));
    console.log(tableOf('without guards', results));
    expect(Object.values(results).flatMap(({ broken }) => broken ?? [])).toEqual([]);
    expect(Object.values(results).flatMap(({ trials }) => trials).some(({ podsLost }) => podsLost > 0)).toBe(true);
  }, 3_600_000);
});

/** Trials of one way on a service of its own, in a namespace of its own. */
async function trialsOf(way: string, guards: number, rounds: number): Promise<Trials> {
  const slug = way.toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, 30);
  const namespace = Namespace.named(`trial-${guards}-${slug}-${Date.now().toString(36)}`);
  await namespace.create();
  const recorders: Recorder[] = [];
  const trials: Trial[] = [];
  try {
    const event = eventFrom(minuteAfter(0), { minutes: 60 });
    const manifests = manifestsIn(namespace.name, chart => serviceIn(chart, 'shop', FLOOR, event, {
      keeper: { guards },
      cpu: Cpu.millis(50),
    }));
    const all = parseAllDocuments(manifests).map(document => document.toJS());
    const ofKind = (wanted: string) => all.find(({ kind }) => kind === wanted);
    const objects = { all, autoscaler: ofKind('HorizontalPodAutoscaler'), deployment: ofKind('Deployment') };
    await delivered(way, namespace, manifests, objects);
    await armed(namespace);
    await bump(namespace, 'shop');
    await warm(namespace);
    if (guards > 0) {
      await guarded(namespace, 'shop', guards);
    }
    const floor = await Recorder.ofAutoscaler(namespace.name, 'shop');
    const size = await Recorder.ofDeployment(namespace.name, 'shop');
    const pods = await Recorder.ofPods(namespace.name, SELECTOR);
    recorders.push(floor, size, pods);
    for (let round = 0; round < rounds; round++) {
      await sleep(Math.random() * 5_000);
      const began = Date.now();
      await WAYS[way].act(namespace, objects);
      await sleep(guards > 0 ? 3_000 : ONE_LOOK_MS);
      const spans = [...floor.floorBelow(FLOOR, began), ...size.below(({ spec }) => spec.replicas, FLOOR, began)];
      trials.push({ ms: Math.max(0, ...spans), podsLost: pods.podsEnded(began).size, refused: spans.length === 0 });
      if (guards === 0) {
        await namespace.kubectl(['create', 'job', `again-${round}`, '--from=cronjob/shop-prewarm-repair']);
      }
      await warm(namespace);
    }
    return { trials };
  } catch (error) {
    // what the other trials found is worth telling all the same
    return { trials, broken: `${way}: ${(error as Error).message}` };
  } finally {
    recorders.forEach(recorder => recorder.stop());
    await namespace.delete();
  }
}

/** Helm takes over nothing that it has not installed: there the service is a release from the beginning, its autoscaler another. */
async function delivered(way: string, namespace: Namespace, manifests: string, { all, autoscaler }: Objects): Promise<void> {
  if (!way.startsWith('Helm')) {
    await namespace.apply(manifests);
    return;
  }
  const helm = way.startsWith('Helm 3') ? PIPELINES.helm3 : PIPELINES.helm4;
  await namespace.apply(yamlOf(all.filter(object => object !== autoscaler)));
  const { code, stderr } = await helm(namespace.name, yamlOf([autoscaler]));
  if (code !== 0) {
    throw new Error(stderr);
  }
}

/** All pods of the floor are there, Ready, and known to the autoscaler. */
async function warm(namespace: Namespace): Promise<void> {
  await eventually('a warm floor', 240_000, async () => {
    const { spec, status } = await namespace.get('hpa', 'shop');
    return spec.minReplicas === FLOOR && status.currentReplicas >= FLOOR && await namespace.readyPods(SELECTOR) >= FLOOR;
  });
}

/** A few at once: on a small machine more would measure each other. */
async function inTurns<T>(names: readonly string[], work: (name: string) => Promise<T>): Promise<{ [name: string]: T }> {
  const left = [...names];
  const results: { [name: string]: T } = {};
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      results[name] = await work(name);
    }
  }));
  return results;
}

function tableOf(title: string, results: { readonly [way: string]: Trials }): string {
  const rows = Object.keys(WAYS).map(way => {
    const { trials } = results[way];
    const acted = trials.filter(({ refused }) => !refused);
    const times = acted.map(({ ms }) => ms).sort((a, b) => a - b);
    const lost = acted.map(({ podsLost }) => podsLost);
    const shown = (ms: number | undefined) => ms === undefined ? '-' : ms === Infinity ? 'not' : `${ms}`;
    const at = (share: number) => shown(times[Math.min(times.length - 1, Math.floor(share * times.length))]);
    return `| ${way} | ${trials.length} | ${trials.length - acted.length} | ${at(0)} | ${at(0.5)} | ${at(0.99)} | ${at(1)} | ${Math.max(0, ...lost)} |`;
  });
  return [`${title}: back after, in ms`, '| way | trials | refused | min | median | p99 | max | most pods lost |', '|---|---|---|---|---|---|---|---|', ...rows].join('\n');
}

function yamlOf(objects: readonly object[]): string {
  return Yaml.stringify(...objects);
}
