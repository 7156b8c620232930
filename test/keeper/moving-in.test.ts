import { deployment } from './fake-cluster';
import { HPA, MANAGER, Stage, WORKLOAD, planOf } from './harness';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const PLAN = planOf([], { movingIn: true, baseline: { floor: 20, ceiling: 40 } });
const MOVED = "HorizontalPodAutoscaler queue keeps 'minReplicas', whoever takes it out of a manifest; the next deploy can leave 'movingIn' out";

test('the keeper holds the floor beside who applied it, and says that the next deploy can leave it out', async () => {
  const stage = living();
  expect(await stage.run('arm')).toMatchObject({ exitCode: 0, findings: [MOVED] });
  expect([stage.floor, managersOf(stage, HPA, 'minReplicas')]).toEqual([20, ['kustomize-controller', MANAGER]]);
  expect(said(stage)).toContainEqual(['Normal', 'MovedIn', MOVED]);
});

test('a deploy that leaves the floor out then takes nothing away', async () => {
  const stage = living();
  await stage.run('arm');
  stage.cluster.apply(HPA, 'kustomize-controller', { maxReplicas: 40 });
  stage.cluster.apply(WORKLOAD, 'kustomize-controller', {});
  expect([stage.floor, stage.cluster.get(WORKLOAD)!.spec.replicas]).toEqual([20, 20]);
});

test('the size of the workload is held where only appliers hold it, and once', async () => {
  const stage = living();
  await stage.run('arm');
  await stage.run('drop');
  expect(managersOf(stage, WORKLOAD, 'replicas')).toEqual(['kustomize-controller', MANAGER]);
  expect(stage.cluster.writes.filter(({ what, manager }) => what === WORKLOAD && manager === MANAGER).length).toBe(1);
});

test('a size that an autoscaler has written since is left to it', async () => {
  const stage = living();
  stage.cluster.patch(WORKLOAD, 'kube-controller-manager', { replicas: 35 });
  await stage.run('arm');
  expect([stage.cluster.get(WORKLOAD)!.spec.replicas, managersOf(stage, WORKLOAD, 'replicas')]).toEqual([35, ['kube-controller-manager']]);
});

test('an applier that compares on its own side forgets the floor, and nothing else', async () => {
  const stage = living();
  remember(stage, { minReplicas: 20, maxReplicas: 40 });
  expect(await stage.run('arm')).toMatchObject({ exitCode: 0, findings: [MOVED] });
  expect(JSON.parse(stage.cluster.get(HPA)!.metadata.annotations[LAST_APPLIED])).toEqual({ spec: { maxReplicas: 40 } });
  // the same manifests once more
  remember(stage, { minReplicas: 20, maxReplicas: 40 });
  await stage.run('repair');
  expect(JSON.parse(stage.cluster.get(HPA)!.metadata.annotations[LAST_APPLIED])).toEqual({ spec: { maxReplicas: 40 } });
});

test('it forgets the size of the workload too', async () => {
  const stage = living();
  remember(stage, { minReplicas: 20 });
  remember(stage, { replicas: 20, paused: false }, WORKLOAD);
  expect(await stage.run('arm')).toMatchObject({ exitCode: 0, findings: [MOVED] });
  expect([HPA, WORKLOAD].map(key => JSON.parse(stage.cluster.get(key)!.metadata.annotations[LAST_APPLIED]).spec)).toEqual([{}, { paused: false }]);
});

describe('what stands in the way is said, with the way out, and no failure', () => {
  test.each<[string, (stage: Stage) => void, RegExp]>([
    ['a higher floor of another hand', stage => stage.cluster.patch(HPA, 'kubectl-edit', { minReplicas: 25 }),
      /HorizontalPodAutoscaler queue has floor 25 of kubectl-edit, which the keeper does not hold.*pass baseline: \{ floor: 25 \}, or lower the floor before/],
    ['a release of Helm 3', stage => {
      stage.cluster.remove(HPA);
      stage.cluster.create(HPA, { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', spec: { minReplicas: 20, maxReplicas: 40 } }, 'helm');
    }, /Helm 3 deletes 'minReplicas' of HorizontalPodAutoscaler queue as soon as the chart lacks it.*leave 'movingIn' as it is, or name the target by its name/],
    ['a size in a release of Helm 3', stage => {
      const { spec: _, ...rest } = stage.cluster.get(WORKLOAD)!;
      stage.cluster.remove(WORKLOAD);
      stage.cluster.create(WORKLOAD, { ...rest, spec: deployment(20).spec }, 'helm');
    }, /Helm 3 deletes 'replicas' of Deployment queue as soon as the chart lacks it/],
    ['a size that the keeper may not have forgotten', stage => {
      remember(stage, { replicas: 20 }, WORKLOAD);
      stage.cluster.fault = ({ path, method }) => path.includes('deployments/queue?') && method === 'PATCH'
        ? { kind: 'status', status: 403, message: 'User "sa" cannot patch resource "deployments"' } : undefined;
    }, /whoever applies Deployment queue remembers its 'replicas' and deletes it when the manifest lacks it: .*may not patch.*leave 'movingIn' as it is until 'prewarm adopt'/],
    ['a policy that refuses to have it forgotten', stage => {
      remember(stage, { minReplicas: 20 });
      stage.cluster.fault = ({ path, headers }) => path.includes('autoscalers/queue') && headers['content-type'] === 'application/merge-patch+json'
        ? { kind: 'status', status: 403, message: 'a keeper may change no annotations' } : undefined;
    }, /remembers its 'minReplicas' and deletes it when the manifest lacks it: .*a keeper may change no annotations; leave 'movingIn' as it is until 'prewarm adopt'/],
  ])('%s', async (_, spoil, sentence) => {
    const stage = living();
    spoil(stage);
    const { exitCode, findings = [] } = await stage.run('drop');
    expect(exitCode).toBe(0);
    expect(findings).toContainEqual(expect.stringMatching(sentence));
    expect(findings).not.toContain(MOVED);
  });
});

/** By Flux, with the floor and the size in its manifests. */
function living(): Stage {
  const stage = new Stage({ ...PLAN, repair: 'queue-prewarm-repair' });
  stage.cluster.remove(HPA);
  stage.cluster.create(HPA, { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' });
  stage.cluster.apply(HPA, 'kustomize-controller', { minReplicas: 20, maxReplicas: 40 });
  stage.cluster.remove(WORKLOAD);
  const { spec: { replicas: _, ...spec }, ...rest } = deployment(20);
  stage.cluster.create(WORKLOAD, { ...rest, spec });
  stage.cluster.apply(WORKLOAD, 'kustomize-controller', { replicas: 20 });
  return stage;
}

function remember(stage: Stage, spec: object, key = HPA): void {
  stage.cluster.annotate(key, { [LAST_APPLIED]: JSON.stringify({ spec }) });
}

function managersOf(stage: Stage, key: string, field: string): string[] {
  return stage.cluster.get(key)!.metadata.managedFields.filter(({ fieldsV1 }: any) => fieldsV1['f:spec'][`f:${field}`]).map(({ manager }: any) => manager);
}

function said(stage: Stage): string[][] {
  return stage.cluster.events.map(({ type, reason, message }) => [type, reason, message]);
}
