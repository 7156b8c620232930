import { FakeCluster, NOVEMBER, PLAN, kubeObject, refused } from './fake-cluster';
import { prewarm } from './fake-io';
import { ManagedFields } from '../../src/core/kube-objects';
import { Plan } from '../../src/core/plan/plan';
import { autoscaler, configMap, deployment, yamlOf } from '../support/objects';

const KEEPER = 'cdk8s-prewarm-registration';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const TWENTY: Plan = { ...PLAN, baseline: { floor: 20, ceiling: 40 } };

describe('a pipeline that compares with what it applied last', () => {
  test.each(['kubectl', 'argo'])('%s forgets both fields, and nothing else changes', async as => {
    const cluster = living({ by: as === 'argo' ? ['argocd-controller'] : [], annotated: true });
    const { exitCode, out } = await adopt(cluster, as);
    expect(exitCode).toBe(0);
    expect(['HorizontalPodAutoscaler', 'Deployment'].map(kind => lastApplied(cluster, kind).spec)).toEqual([{ maxReplicas: 40 }, { paused: false }]);
    expect(find(cluster, 'Deployment').spec.replicas).toBe(20);
    expect(find(cluster, 'Deployment').metadata.managedFields.map((one: ManagedFields) => one.manager)).toEqual(as === 'argo' ? ['argocd-controller'] : []);
    expect(out.replace(/\s+/g, ' '))
      .toContain('marathon/registration: HorizontalPodAutoscaler registration keeps minReplicas 20; Deployment registration keeps replicas 20 proved');
  });
});

describe('a pipeline that applies server-side', () => {
  test.each([['ssa', 'kubectl'], ['flux', 'kustomize-controller'], ['argo-ssa', 'argocd-controller'], ['helm4', 'helm']])(
    '%s: the keeper holds both values that live, beside %s', async (as, manager) => {
      const cluster = living({ by: [manager], operation: 'Apply' });
      expect((await adopt(cluster, as)).exitCode).toBe(0);
      const held = ['HorizontalPodAutoscaler', 'Deployment'].map(kind => find(cluster, kind).metadata.managedFields.find((one: ManagedFields) => one.manager === KEEPER));
      expect(held.map(({ operation, fieldsV1 }) => [operation, fieldsV1])).toEqual([
        ['Apply', { 'f:spec': { 'f:minReplicas': {} } }], ['Apply', { 'f:spec': { 'f:replicas': {} } }],
      ]);
      expect(find(cluster, 'Deployment').metadata.managedFields[0].manager).toBe(manager);
    });

  test('a second run writes nothing', async () => {
    const cluster = living({ by: ['kustomize-controller'], operation: 'Apply' });
    await adopt(cluster, 'flux');
    cluster.calls.length = 0;
    const { out } = await adopt(cluster, 'flux');
    expect(cluster.calls.filter(call => call.startsWith('patch'))).toEqual([]);
    expect(out).toContain('keeps replicas 20, as before');
  });

  test.each([
    ['kubectl', [], 'apply --dry-run=server'],
    ['ssa', ['kubectl'], 'apply --server-side --dry-run=server'],
    ['ssa', ['ci'], 'apply --server-side --field-manager ci --dry-run=server'],
    ['flux', ['kustomize-controller'], 'apply --server-side --force-conflicts --field-manager kustomize-controller --dry-run=server'],
    ['argo-ssa', ['argocd-controller'], 'apply --server-side --force-conflicts --field-manager argocd-controller --dry-run=server'],
    ['helm4', ['helm'], 'apply --server-side --field-manager helm --dry-run=server'],
  ])('%s of %j is played as it applies', async (as, by, call) => {
    const cluster = living({ by, operation: 'Apply', annotated: by.length === 0 });
    await adopt(cluster, as);
    expect(cluster.calls).toContain(`${call} -f -`);
  });
});

describe('the proof', () => {
  test('what the deploy would make of a field is told: exit code 1', async () => {
    const cluster = living({ by: ['kustomize-controller'], operation: 'Apply' });
    plays(cluster, [{ ...AUTOSCALER, spec: { minReplicas: 20, maxReplicas: 40 } }, { ...DEPLOYMENT, spec: { replicas: 1 } }]);
    const { exitCode, err } = await adopt(cluster, 'flux');
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: 'marathon/registration: Deployment registration: the deploy would make replicas 1, now 20' });
  });

  test('a ceiling below the pods that live is told', async () => {
    const cluster = living({ annotated: true });
    plays(cluster, [{ ...AUTOSCALER, spec: { minReplicas: 20, maxReplicas: 12 } }, { ...DEPLOYMENT, spec: { replicas: 20 } }]);
    const { exitCode, err } = await adopt(cluster, 'kubectl');
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: expect.stringContaining('would make maxReplicas 12, and 20 pods live; pods above it would be deleted at once') });
  });

  test('a deploy that the API server would refuse is told in its words', async () => {
    const cluster = living({ annotated: true });
    cluster.answers.set('apply', refused('The Deployment "registration" is invalid: spec.selector: Invalid value: field is immutable'));
    const { exitCode, err } = await adopt(cluster, 'kubectl');
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: expect.stringMatching(/the deploy would be refused: .*spec.selector: Invalid value: field is immutable/) });
  });
});

describe('--check', () => {
  test('changes nothing, and says what a deploy now would delete: exit code 1', async () => {
    const cluster = living({ annotated: true });
    const { exitCode, err } = await adopt(cluster, 'kubectl', '--check');
    expect(exitCode).toBe(1);
    expect(err.split('\n')).toEqual(['HorizontalPodAutoscaler registration: the deploy would delete minReplicas', 'Deployment registration: the deploy would delete replicas']
      .map(start => `marathon/registration: ${start}, now 20: kubectl apply remembers it; run this without --check`));
    expect(cluster.calls.filter(call => call.startsWith('patch'))).toEqual([]);
  });

  test('after the command, it is a proof: exit code 0', async () => {
    const cluster = living({ annotated: true });
    await adopt(cluster, 'kubectl');
    expect(await adopt(cluster, 'kubectl', '--check')).toEqual({
      exitCode: 0, err: '', written: {}, out: 'proved by a dry run of the API server as kubectl apply: the deploy of 1 service takes nothing away',
    });
  });

  test('a service that does not live yet has nothing to lose', async () => {
    expect((await adopt(new FakeCluster([], NOVEMBER), 'kubectl', '--check')).exitCode).toBe(0);
  });
});

describe('what no command can make right is refused before anything is written', () => {
  test.each<readonly [string, () => FakeCluster, string, string]>([
    ['another schedule', () => living({ by: ['cdk8s-prewarm-queue'], annotated: true }), 'kubectl', 'is held by another schedule, queue'],
    ['another autoscaler', () => living({ annotated: true, more: [{ ...AUTOSCALER, metadata: { ...AUTOSCALER.metadata, name: 'old' } }] }), 'kubectl',
      'HorizontalPodAutoscaler old scales Deployment registration too, and would undo the floor'],
    ['an autoscaler of KEDA', () => living({ annotated: true, owner: { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', name: 'shop', controller: true } }), 'kubectl',
      "belongs to ScaledObject shop, which undoes every other floor; take that one as the target: ScheduleTarget.fromScaledObjectName('shop', ...)"],
    ['another pipeline', () => living({ by: ['kustomize-controller'], operation: 'Apply' }), 'kubectl', 'has been applied by Flux, not by kubectl apply; say --as flux'],
    ['a release of Helm 3', () => living({ by: ['helm'] }), 'helm4', 'has been applied by Helm 3, not by Helm 4; say --as helm3'],
    ['Helm 3', () => living({ by: ['helm'] }), 'helm3', "target: ScheduleTarget.fromAutoscalerName('registration'),\n    baseline: { floor: 20, ceiling: 40 },"],
  ])('%s', async (_, cluster, as, sentence) => {
    const there = cluster();
    const { exitCode, err } = await adopt(there, as);
    expect(exitCode).toBe(2);
    expect(err).toContain(sentence);
    expect(there.calls.filter(call => call.startsWith('patch'))).toEqual([]);
  });

  test('a floor that is higher than the plan asks for, which its keeper would lower', async () => {
    const { exitCode, err } = await adoptOf(PLAN, living({ annotated: true }), 'kubectl');
    expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringContaining('has floor 20, the plan asks for 2 now, and the pods above it would go; pass baseline: { floor: 20 }') });
  });

  test('a pipeline that nobody knows', async () => {
    const { exitCode, err } = await adopt(living(), 'spinnaker');
    expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringContaining('It is one of kubectl (kubectl apply), ssa (kubectl apply --server-side), flux (Flux)') });
  });
});

const AUTOSCALER = {
  ...kubeObject('HorizontalPodAutoscaler', 'registration', {}, {
    spec: { minReplicas: 20, maxReplicas: 40, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'registration' } },
  }),
  apiVersion: 'autoscaling/v2',
};
const DEPLOYMENT = { ...kubeObject('Deployment', 'registration', {}, { spec: { replicas: 20 } }), apiVersion: 'apps/v1' };

interface Living {
  /** Who holds both fields. */
  readonly by?: readonly string[];
  readonly operation?: string;
  readonly annotated?: boolean;
  readonly owner?: object;
  readonly more?: readonly any[];
}

/** Twenty pods and a floor of twenty, of which the pipeline knows; a deploy moves nothing. */
function living({ by = [], operation = 'Update', annotated = false, owner, more = [] }: Living = {}): FakeCluster {
  const managedFields = (field: string) => by.map(manager => ({ manager, operation, fieldsV1: { 'f:spec': { [`f:${field}`]: {} } } }));
  const annotations = (spec: object) => annotated ? { [LAST_APPLIED]: JSON.stringify({ spec }) } : {};
  const cluster = new FakeCluster([
    {
      ...AUTOSCALER,
      metadata: {
        ...AUTOSCALER.metadata,
        managedFields: managedFields('minReplicas'),
        annotations: annotations({ minReplicas: 20, maxReplicas: 40 }),
        ...owner ? { ownerReferences: [owner] } : {},
      },
    } as any,
    { ...DEPLOYMENT, metadata: { ...DEPLOYMENT.metadata, managedFields: managedFields('replicas'), annotations: annotations({ replicas: 20, paused: false }) } },
    ...more,
  ], NOVEMBER);
  plays(cluster, [AUTOSCALER, DEPLOYMENT]);
  return cluster;
}

function plays(cluster: FakeCluster, items: readonly object[]): void {
  cluster.answers.set('apply', { exitCode: 0, stdout: JSON.stringify({ kind: 'List', items }), stderr: '' });
}

function find(cluster: FakeCluster, kind: string): any {
  return cluster.objects.find(object => object.kind === kind);
}

function lastApplied(cluster: FakeCluster, kind: string): any {
  return JSON.parse(find(cluster, kind).metadata.annotations[LAST_APPLIED]);
}

async function adopt(cluster: FakeCluster, as: string, ...more: string[]) {
  return adoptOf(TWENTY, cluster, as, ...more);
}

async function adoptOf(plan: Plan, cluster: FakeCluster, as: string, ...more: string[]) {
  const stdin = yamlOf(configMap(plan), deployment('registration'), autoscaler('registration'));
  return prewarm(['adopt', '-', '--as', as, ...more], { stdin, spawn: cluster.spawn, now: cluster.clock });
}
