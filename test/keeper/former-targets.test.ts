import { autoscaler, deployment } from './fake-cluster';
import { HPA, MANAGER, MINUTE, SECOND, Stage, WORKLOAD, opening, planOf } from './harness';

/** The target before, of pods of its own. */
const OLD = 'horizontalpodautoscalers/old';
const OLD_TARGET = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: 'old' };
const SALE = opening('sale', { from: 60, at: 70, until: 80, readyBy: 69 }, 25, 40);
const PLAN = planOf([SALE], { formerTargets: [OLD_TARGET] });

describe('arm, of a target of before', () => {
  test('lowers the floor to that of between events, takes the ceiling down, and holds nothing of it any more', async () => {
    const stage = renamed();
    const { exitCode } = await stage.run('arm');
    expect(exitCode).toBe(0);
    expect(stage.cluster.get(OLD)).toMatchObject({ spec: { minReplicas: 2, maxReplicas: 10 } });
    expect(managersOf(stage, OLD)).toEqual(['kubectl-client-side-apply']);
    expect([stage.floor, managersOf(stage, HPA)]).toEqual([2, ['kubectl-client-side-apply', MANAGER]]);
    expect(said(stage)).toContainEqual(['FormerTargetFree',
      "HorizontalPodAutoscaler old is the target no longer: floor 25 -> 2, and nothing of it is held any more; take it out of 'formerTargets'"]);
  });

  test('cuts no pod by the ceiling', async () => {
    const stage = renamed({ status: { currentReplicas: 25, desiredReplicas: 25 } });
    await stage.run('arm');
    expect(stage.cluster.get(OLD)!.spec).toMatchObject({ minReplicas: 2, maxReplicas: 25 });
    const unknown = renamed({ status: {} });
    await unknown.run('arm');
    expect(unknown.cluster.get(OLD)!.spec).toMatchObject({ minReplicas: 2, maxReplicas: 40 });
  });

  test('leaves a higher floor of another hand, and gives back what else it held', async () => {
    const stage = renamed();
    stage.cluster.patch(OLD, 'kubectl-edit', { minReplicas: 30 });
    await stage.run('arm');
    expect(stage.cluster.get(OLD)!.spec.minReplicas).toBe(30);
    expect(managersOf(stage, OLD)).not.toContain(MANAGER);
  });

  test('says of one that is gone, or held no longer, that it need not be named', async () => {
    const stage = renamed();
    stage.cluster.remove(OLD);
    expect(await stage.run('arm')).toMatchObject({ exitCode: 0 });
    expect(said(stage)).toContainEqual(['FormerTargetFree', "HorizontalPodAutoscaler old is gone; take it out of 'formerTargets'"]);
    const again = renamed();
    await again.run('arm');
    const { writes } = again.cluster;
    const before = writes.length;
    expect(await again.run('arm')).toMatchObject({ exitCode: 0 });
    expect(writes.slice(before).filter(({ what }) => what === OLD)).toEqual([]);
    expect(said(again)).toContainEqual(['FormerTargetFree', "nothing of HorizontalPodAutoscaler old is held any more; take it out of 'formerTargets'"]);
  });

  test('fails while it scales the pods of the new target too, and goes on as soon as it is deleted', async () => {
    const rival = () => renamed({ scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'queue' } });
    const failing = rival();
    expect(await failing.run('arm')).toMatchObject({
      exitCode: 1, message: expect.stringContaining('HorizontalPodAutoscaler old scales Deployment queue too, and would undo the floor; take that one as the target, or delete it'),
    });
    expect(failing.cluster.get(OLD)!.spec.minReplicas).toBe(25);
    expect(failing.time.now()).toBeLessThan(2 * MINUTE);
    const pruned = rival();
    const pod = pruned.start('arm');
    await pruned.time.pass(20 * SECOND);
    pruned.cluster.remove(OLD);
    expect(await pruned.time.play(pod.ending)).toMatchObject({ exitCode: 0 });
  });

  test('without the right, it fails and names it', async () => {
    const stage = renamed();
    stage.cluster.fault = ({ method, path }) => method === 'PATCH' && path.includes('/old') ? { kind: 'status', status: 403, message: 'User "sa" cannot patch resource "x"' } : undefined;
    expect(await stage.run('arm')).toMatchObject({ exitCode: 1, message: expect.stringContaining('may not patch horizontalpodautoscalers/old') });
  });
});

describe('in a window', () => {
  test('arm waits until all pods of the new target are Ready', async () => {
    const stage = await inWindow(3);
    const pod = stage.start('arm');
    await stage.time.pass(2 * MINUTE);
    expect([stage.floor, stage.cluster.get(OLD)!.spec.minReplicas]).toEqual([25, 25]);
    expect(pod.lines.map(({ message }) => message)).toContainEqual(expect.stringContaining(
      'HorizontalPodAutoscaler old keeps floor 25 until the window ends, or all pods of Deployment queue are Ready: 3 of 25 are'));
    stage.cluster.replace(WORKLOAD, deployment(25));
    expect(await stage.time.play(pod.ending)).toMatchObject({ exitCode: 0 });
    expect(stage.cluster.get(OLD)!.spec.minReplicas).toBe(2);
  });

  test('arm leaves it to the end of the window where they do not come, and drop lowers it then', async () => {
    const stage = await inWindow(3);
    expect(await stage.run('arm')).toMatchObject({ exitCode: 0 });
    expect(stage.cluster.get(OLD)!.spec.minReplicas).toBe(25);
    expect(said(stage).map(([reason]) => reason)).toContain('FormerTargetHeld');
    await stage.until(81);
    expect(await stage.run('drop')).toMatchObject({ exitCode: 0 });
    expect([stage.cluster.get(OLD)!.spec.minReplicas, managersOf(stage, OLD)]).toEqual([2, ['kubectl-client-side-apply']]);
  });
});

describe('a guard whose plan names another target', () => {
  test('leaves the old one to whoever lowers it, and guards the new one', async () => {
    const stage = new Stage(planOf([SALE]));
    await stage.until(61);
    stage.start('guard');
    await stage.time.pass(SECOND);
    expect(stage.floor).toBe(25);
    stage.cluster.create('horizontalpodautoscalers/new', autoscaler({ maxReplicas: 10 }));
    stage.deployPlan(planOf([SALE], { target: { ...OLD_TARGET, name: 'new' } }));
    await stage.time.pass(SECOND);
    const { writes } = stage.cluster;
    const before = writes.length;
    stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 3 });
    stage.cluster.patch('horizontalpodautoscalers/new', 'kubectl-patch', { minReplicas: 3 });
    await stage.time.pass(20 * SECOND);
    expect(writes.slice(before).filter(({ manager }) => manager === MANAGER).map(({ what }) => what)).toEqual(['horizontalpodautoscalers/new']);
    expect([stage.floor, stage.cluster.get('horizontalpodautoscalers/new')!.spec.minReplicas]).toEqual([3, 25]);
  });

  test('of the same target that scales another workload now, looks after that one', async () => {
    const stage = new Stage(planOf([SALE]));
    await stage.until(61);
    stage.start('guard');
    await stage.time.pass(SECOND);
    stage.cluster.create('deployments/new', deployment(30));
    stage.cluster.patch(HPA, 'kubectl-patch', { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'new' } });
    stage.deployPlan(planOf([SALE], { workload: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'new' } }));
    await stage.time.pass(SECOND);
    stage.cluster.patch('deployments/new', 'kubectl-scale', { replicas: 1 });
    await stage.time.pass(SECOND);
    expect(stage.cluster.get('deployments/new')!.spec.replicas).toBe(25);
  });
});

/** The schedule had the old target until now, and holds its floor of the window. */
function renamed({ status = { currentReplicas: 4 }, ...spec }: { readonly status?: object; readonly scaleTargetRef?: object } = {}): Stage {
  const stage = new Stage(PLAN);
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'old' };
  stage.cluster.create(OLD, { ...autoscaler({ maxReplicas: 10, scaleTargetRef, ...spec }), status });
  stage.cluster.apply(OLD, MANAGER, { minReplicas: 25, maxReplicas: 40 });
  return stage;
}

async function inWindow(ready: number): Promise<Stage> {
  const stage = renamed();
  stage.cluster.replace(WORKLOAD, deployment(25, ready));
  await stage.until(61);
  return stage;
}

function managersOf(stage: Stage, key: string): string[] {
  return [...new Set<string>(stage.cluster.get(key)!.metadata.managedFields.map(({ manager }: { manager: string }) => manager))];
}

function said(stage: Stage): string[][] {
  return stage.cluster.events.map(({ reason, message }) => [reason, message]);
}
