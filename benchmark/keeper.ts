import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubectl, run } from '../test/cluster/support/cluster';
import { manifestsIn } from '../test/cluster/support/manifests';
import { Namespace } from '../test/cluster/support/namespace';
import { foreignManifests } from '../test/cluster/support/services';
import { Recorder } from '../test/cluster/support/watching';
import { EventScaleSchedule, ScheduleTarget } from 'cdk8s-prewarm';

// A keeper's run, from the start of its process to the patched field, against `kubectl patch` of that field on the same API server.
// Takes KUBECONFIG; KUBECTL names the program. Interleaved: kubectl lowers the floor, the keeper puts it back.

const ROUNDS = Number(process.env.ROUNDS ?? 20);
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const PLANNED = 3;

const KEEPER = 'keeper, process start to patched';
const WARM = 'kubectl patch, process start to patched';
/** What a pod has that has just been started: no discovery of an earlier run. */
const COLD = 'kubectl patch without a cache of the API, process start to patched';
const NODE = 'node alone, which does nothing';

async function main(): Promise<void> {
  const namespace = Namespace.named(`benchmark-${Date.now().toString(36)}`);
  const folder = mkdtempSync(join(tmpdir(), 'prewarm-benchmark-'));
  await namespace.create();
  try {
    await namespace.apply(foreignManifests('shop', { ceiling: 10 }));
    // the jobs themselves stay away: this process runs the keeper
    const manifests = manifestsIn(namespace.name, chart => new EventScaleSchedule(chart, 'shop', {
      target: ScheduleTarget.fromAutoscalerName('shop'), baseline: { floor: PLANNED, ceiling: 10 }, keeper: { repair: false },
    }));
    await namespace.apply(manifests.split(/^---$/m).filter(text => !/^kind: Job$/m.test(text)).join('---'));
    const environment = await podIn(folder, namespace);
    const recorder = await Recorder.ofAutoscaler(namespace.name, 'shop');
    const runs: { readonly [name: string]: number[] } = { [KEEPER]: [], [WARM]: [], [COLD]: [], [NODE]: [] };
    let requests = 0;
    for (let round = 0; round <= ROUNDS; round++) {
      const drop = async () => {
        const { code, stdout, stderr } = await run('node', [join(folder, 'keeper.js'), 'drop'], '', { env: environment });
        if (code !== 0) {
          throw new Error(stdout + stderr);
        }
        requests = JSON.parse(stdout.trim().split('\n').pop()!).requests;
      };
      const lower = (floor: number, ...flags: string[]) => () => namespace.patch('hpa', 'shop', { spec: { minReplicas: floor } }, ...flags);
      const took = {
        [WARM]: await patched(recorder, 2, lower(2)),
        [COLD]: await patched(recorder, 1, lower(1, '--cache-dir', join(folder, `cache-${round}`))),
        [KEEPER]: await patched(recorder, PLANNED, drop),
        [NODE]: await timed(() => run('node', ['-e', '0'])),
      };
      // the first of each is a warm-up
      if (round > 0) {
        Object.entries(took).forEach(([name, ms]) => runs[name].push(ms));
      }
    }
    recorder.stop();
    const keeper = median(runs[KEEPER]);
    for (const [name, times] of Object.entries(runs)) {
      console.log(`${name}: ${Math.min(...times)} / ${median(times)} / ${Math.max(...times)} ms (min / median / max of ${ROUNDS})`
        + (name === KEEPER ? `, ${requests} requests` : `; the keeper takes ${(keeper / median(times)).toFixed(2)} times as long`));
    }
  } finally {
    rmSync(folder, { recursive: true });
    await namespace.delete();
  }
}

/** What a pod would find: plan, starter, program, account; returns its environment. The programs differ in the account's place only. */
async function podIn(folder: string, namespace: Namespace): Promise<NodeJS.ProcessEnv> {
  const { data } = await namespace.get('configmap', 'shop-prewarm');
  const { clusters: [{ cluster }] } = JSON.parse(await kubectl(['config', 'view', '--raw', '--flatten', '--minify', '-o', 'json']));
  const server = new URL(cluster.server);
  writeFileSync(join(folder, 'plan.json'), data['plan.json']);
  const program = await namespace.get('configmap', 'shop-prewarm-keeper');
  writeFileSync(join(folder, 'keeper.js'), data['keeper.js'].replaceAll(ACCOUNT, folder));
  writeFileSync(join(folder, 'program.js'), program.data['program.js'].replaceAll(ACCOUNT, folder));
  writeFileSync(join(folder, 'ca.crt'), Buffer.from(cluster['certificate-authority-data'], 'base64'));
  writeFileSync(join(folder, 'namespace'), namespace.name);
  writeFileSync(join(folder, 'token'), await namespace.kubectl(['create', 'token', 'shop-prewarm']));
  return { PATH: process.env.PATH, KUBERNETES_SERVICE_HOST: server.hostname, KUBERNETES_SERVICE_PORT: server.port || '443' };
}

/** Milliseconds from the start of a program until the API server tells of the floor that it wrote. */
async function patched(recorder: Recorder, floor: number, act: () => Promise<unknown>): Promise<number> {
  const seen = recorder.changes.length;
  const began = Date.now();
  await act();
  for (;;) {
    const change = recorder.changes.slice(seen).find(({ object }) => object.spec.minReplicas === floor);
    if (change) {
      return change.at - began;
    }
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const began = Date.now();
  await act();
  return Date.now() - began;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
