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

interface Run { readonly patchedMs: number; readonly endedMs: number }

async function main(): Promise<void> {
  const namespace = Namespace.named(`benchmark-${Date.now().toString(36)}`);
  const folder = mkdtempSync(join(tmpdir(), 'prewarm-benchmark-'));
  await namespace.create();
  try {
    await namespace.apply(foreignManifests('shop', { ceiling: 10 }));
    // the jobs themselves stay away: this process runs the keeper
    const manifests = manifestsIn(namespace.name, chart => new EventScaleSchedule(chart, 'shop', {
      target: ScheduleTarget.fromAutoscalerName('shop'), baseline: { floor: PLANNED, ceiling: 10 }, keeper: { hourlyRepair: false },
    }));
    await namespace.apply(manifests.split(/^---$/m).filter(text => !/^kind: Job$/m.test(text)).join('---'));
    const environment = await podIn(folder, namespace);
    const recorder = await Recorder.ofAutoscaler(namespace.name, 'shop');
    const keeper: Run[] = [];
    const patch: Run[] = [];
    let requests = 0;
    for (let round = 0; round <= ROUNDS; round++) {
      const lowered = await timed(recorder, 1, () => namespace.patch('hpa', 'shop', { spec: { minReplicas: 1 } }));
      const restored = await timed(recorder, PLANNED, async () => {
        const { code, stdout, stderr } = await run('node', [join(folder, 'keeper.js'), 'repair'], '', { env: environment });
        if (code !== 0) {
          throw new Error(stdout + stderr);
        }
        requests = JSON.parse(stdout.trim().split('\n').pop()!).requests;
      });
      // the first of each is a warm-up
      if (round > 0) {
        patch.push(lowered);
        keeper.push(restored);
      }
    }
    recorder.stop();
    for (const [what, of] of [['process start to patched', 'patchedMs'], ['process start to its end', 'endedMs']] as const) {
      const ours = spread(keeper.map(one => one[of]));
      const theirs = spread(patch.map(one => one[of]));
      console.log(`${what}: keeper ${ours.text}, kubectl patch ${theirs.text} (min / median / max of ${ROUNDS}), ratio ${(ours.median / theirs.median).toFixed(2)}`);
    }
    console.log(`requests of a keeper's run that patches: ${requests}`);
  } finally {
    rmSync(folder, { recursive: true });
    await namespace.delete();
  }
}

/** What a pod would find: plan, keeper, account; returns its environment. The keeper's text differs in the account's place only. */
async function podIn(folder: string, namespace: Namespace): Promise<NodeJS.ProcessEnv> {
  const { data } = await namespace.get('configmap', 'shop-prewarm');
  const { clusters: [{ cluster }] } = JSON.parse(await kubectl(['config', 'view', '--raw', '--flatten', '--minify', '-o', 'json']));
  const server = new URL(cluster.server);
  writeFileSync(join(folder, 'plan.json'), data['plan.json']);
  writeFileSync(join(folder, 'keeper.js'), data['keeper.js'].replaceAll(ACCOUNT, folder));
  writeFileSync(join(folder, 'ca.crt'), Buffer.from(cluster['certificate-authority-data'], 'base64'));
  writeFileSync(join(folder, 'namespace'), namespace.name);
  writeFileSync(join(folder, 'token'), await namespace.kubectl(['create', 'token', 'shop-prewarm']));
  return { PATH: process.env.PATH, KUBERNETES_SERVICE_HOST: server.hostname, KUBERNETES_SERVICE_PORT: server.port || '443' };
}

async function timed(recorder: Recorder, floor: number, act: () => Promise<unknown>): Promise<Run> {
  const seen = recorder.changes.length;
  const began = Date.now();
  await act();
  const endedMs = Date.now() - began;
  for (;;) {
    const change = recorder.changes.slice(seen).find(({ object }) => object.spec.minReplicas === floor);
    if (change) {
      return { patchedMs: change.at - began, endedMs };
    }
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

function spread(values: number[]): { readonly median: number; readonly text: string } {
  const sorted = [...values].sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1];
  return { median, text: `${sorted[0]} / ${median} / ${sorted[sorted.length - 1]} ms` };
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
