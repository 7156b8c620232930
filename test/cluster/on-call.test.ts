import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cpu } from 'cdk8s-plus-28';
import { eventually, onCluster, run, sleep } from './support/cluster';
import { commandsFor, shellBlocks } from './support/documents';
import { manifestsIn, minuteAfter } from './support/manifests';
import { Namespace } from './support/namespace';
import { armed, eventFrom, guarded, serviceIn } from './support/services';

const SERVICES = ['queue', 'registration', 'payment'];
const EVENT = 'seoul-marathon';

onCluster('every command of docs/on-call.md', {}, () => {
  const namespace = Namespace.forGroup('on-call');
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'prewarm-on-call-'));
    const event = eventFrom(minuteAfter(5_000), { minutes: 15, id: EVENT });
    const manifests = manifestsIn(namespace.name, chart => SERVICES.forEach(name =>
      serviceIn(chart, name, 6, event, { cpu: Cpu.millis(50), ceiling: 162 })));
    writeFileSync(join(folder, 'manifests.yaml'), manifests);
    await namespace.apply(manifests);
    await withContexts('seoul', 'tokyo');
    await armed(namespace);
    for (const name of SERVICES) {
      await namespace.kubectl(['create', 'job', `${name}-by-hand`, `--from=cronjob/${name}-${EVENT}-bump`]);
    }
    for (const name of SERVICES) {
      await eventually(`floor of ${name}`, 120_000, async () => await namespace.floor(name) === 6);
      await guarded(namespace, name);
    }
  });

  /** A kubeconfig in the folder, in which the cluster has these names too. */
  async function withContexts(...names: string[]) {
    const { stdout } = await run('kubectl', ['config', 'view', '--raw', '--flatten', '--minify', '-o', 'json']);
    const config = JSON.parse(stdout);
    const [{ context }] = config.contexts;
    writeFileSync(join(folder, 'kubeconfig'), JSON.stringify({ ...config, contexts: [...config.contexts, ...names.map(name => ({ name, context }))] }));
  }
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(shellBlocks('on-call.md').map(block => ({ title: block.split('\n')[0], block })))('$title', async ({ block }) => {
    const commands = commandsFor(namespace, block, 'manifests.yaml');
    const { code, stdout, stderr } = await run('bash', ['-euo', 'pipefail', '-c', `export KUBECONFIG=kubeconfig\n${commands}`], '', { cwd: folder });
    if (block.includes('--freeze')) {
      // the window is open: it says no, and what follows is not run
      expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining(`inside a window of ${EVENT}`) });
    } else {
      expect(code === 0 ? '' : `${stdout}${stderr}`).toBe('');
    }
    // nobody types faster, and jobs made by hand are named by the second
    await sleep(1_100);
  });
});
