import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onCluster, run } from '../support/cluster';
import { manifestsIn } from '../support/manifests';
import { Namespace } from '../support/namespace';
import { foreignManifests } from '../support/services';
import { EventScaleSchedule, ScheduleTarget } from 'cdk8s-prewarm';

// building the engine takes minutes where it was not built before

const FOLDER = mkdtempSync(join(tmpdir(), 'prewarm-argo-'));
const ARGO_SYNC = join(FOLDER, 'argo-sync');

onCluster('arm as a hook of Argo CD, by its own engine', {}, () => {
  const good = Namespace.forGroup('hook-good');
  const bad = Namespace.forGroup('hook-bad');

  beforeAll(() => {
    const { stderr, status } = spawnSync('go', ['build', '-buildvcs=false', '-o', ARGO_SYNC, '.'], { cwd: join(__dirname, '../support/argo-sync'), encoding: 'utf8' });
    expect(status === 0 ? '' : stderr).toBe('');
  }, 900_000);
  afterAll(() => rmSync(FOLDER, { recursive: true }));

  test('a sync succeeds when arm has, after everything else', async () => {
    await good.apply(foreignManifests('shop', { ceiling: 10 }));
    const { code, stdout } = await sync(good);
    expect(stdout).toMatch(/Succeeded batch\/Job\/\S+\/shop-arm /);
    expect(stdout).toMatch(/^Succeeded successfully synced/m);
    expect(code).toBe(0);
    expect(await good.floor('shop')).toBe(3);
  });

  test('a sync fails when arm has, since its target is missing', async () => {
    const { code, stdout } = await sync(bad);
    expect(stdout).toMatch(/Failed batch\/Job\/\S+\/shop-arm /);
    expect(stdout).toMatch(/^Failed one or more synchronization tasks/m);
    expect(code).toBe(1);
  });

  async function sync(namespace: Namespace) {
    const manifests = manifestsIn(namespace.name, chart => new EventScaleSchedule(chart, 'shop', {
      target: ScheduleTarget.fromAutoscalerName('shop'), baseline: { floor: 3, ceiling: 10 }, keeper: { argoCdHook: true },
    }));
    const file = join(FOLDER, `${namespace.name}.yaml`);
    // arm waits ten minutes for what is missing
    writeFileSync(file, manifests.replace(/^  activeDeadlineSeconds: 900$/m, '  activeDeadlineSeconds: 30'));
    return run(ARGO_SYNC, [file]);
  }
});
