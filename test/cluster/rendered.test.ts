import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onCluster, run, tool, tryKubectl } from './support/cluster';
import { Namespace } from './support/namespace';
import { armed } from './support/services';

// what Helm and Kustomize make of the example is the example: the same plan, and accepted by a cluster

const ROOT = join(__dirname, '../..');
const EXAMPLE = join(ROOT, 'examples/marathon');
const MANIFESTS = join(EXAMPLE, 'dist/marathon.k8s.yaml');

/** Folders of Kustomize, by what they change beside the list of files. */
const KUSTOMIZATIONS: { readonly [name: string]: string } = {
  'as it is': '',
  'with a namespace': 'namespace: marathon-by-night',
  'with labels': 'labels: [{ pairs: { env: production }, includeSelectors: true }]',
  'with another image of the keeper': 'images: [{ name: node, newName: mirror.example.com/node }]',
};

onCluster('manifests that other programs render', { tools: true }, () => {
  const namespace = Namespace.forGroup('rendered');
  let folder: string;
  let expected: unknown;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'prewarm-rendered-'));
    expected = (await planOf(MANIFESTS)).plan;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('Helm 3 and Helm 4 render the same plan from `cdk8s synth --format helm`', async () => {
    const chart = join(folder, 'chart');
    const synth = await run('npx', ['cdk8s', 'synth', '--no-validate', '--app', 'tsx --tsconfig ../../tsconfig.check.json main.ts',
      '--format', 'helm', '--chart-version', '0.1.0', '--output', chart], '', { cwd: EXAMPLE, env: { ...process.env, CDK8S_CHECK_UPGRADE: 'false' } });
    expect(synth.code === 0 ? '' : synth.stderr).toBe('');
    for (const helm of ['helm3', 'helm4']) {
      expect(await planOf(written(`${helm}.yaml`, await tool(helm, 'template', 'marathon', chart, '-n', 'marathon')))).toEqual({ code: 0, plan: expected });
    }
  });

  test.each(Object.entries(KUSTOMIZATIONS))('Kustomize renders the same plan, %s', async (_, change) => {
    const { code, plan } = await planOf(written('kustomized.yaml', await kustomized(change)));
    const renamed = /^namespace: (.*)/.exec(change)?.[1] ?? 'marathon';
    expect({ code, plan: JSON.parse(JSON.stringify(plan).replaceAll(renamed, 'marathon')) }).toEqual({ code: 0, plan: expected });
  });

  test('a prefix of Kustomize takes plan and keeper apart, and plan says so', async () => {
    const { code, stderr } = await prewarm('plan', written('prefixed.yaml', await kustomized('namePrefix: blue-')));
    expect(code).toBe(1);
    expect(stderr).toContain('apply all manifests of one synth as they are');
  });

  test('moved to another namespace by Kustomize, the example is armed there', async () => {
    await namespace.apply(await kustomized(`namespace: ${namespace.name}`), '--validate=strict');
    await armed(namespace);
    expect(await namespace.floor('registration')).toBe(2);
  });

  function written(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  }

  async function kustomized(change: string): Promise<string> {
    const kustomization = join(folder, 'kustomization');
    mkdirSync(kustomization, { recursive: true });
    cpSync(MANIFESTS, join(kustomization, 'marathon.yaml'));
    writeFileSync(join(kustomization, 'kustomization.yaml'), `resources: [marathon.yaml]\n${change}\n`);
    const { code, stdout, stderr } = await tryKubectl(['kustomize', kustomization]);
    expect(code === 0 ? '' : stderr).toBe('');
    return stdout;
  }
});

function prewarm(...args: string[]) {
  return run(process.execPath, [join(ROOT, 'bin/prewarm'), ...args, '--at', '2026-12-01T00:00:00Z']);
}

/** What is read out of manifests, without where it stands in them. */
async function planOf(path: string) {
  const { code, stdout } = await prewarm('plan', path, '--json');
  return { code, plan: JSON.parse(stdout, (key, value) => key === 'file' || key === 'line' || key === 'column' ? undefined : value) };
}
