import { autoscaler } from './fake-cluster';
import { HPA, MINUTE, Stage, WORKLOAD, opening, planOf } from './harness';

const SALE = opening('sale', { from: 60, at: 120, until: 180, readyBy: 105 }, 40, 60);
const PLAN = planOf([SALE]);
const SENTENCE = 'HorizontalPodAutoscaler queue scales Deployment queue-web, the plan counts the pods of Deployment queue';

/** An autoscaler that scales another Deployment than the plan's. */
const ELSEWHERE = autoscaler({ scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'queue-web' }, minReplicas: 2, maxReplicas: 60 });

test('arm fails after a minute where the autoscaler scales another workload, and names both', async () => {
  const stage = stageWith(ELSEWHERE);
  const ending = await stage.run('arm');
  expect(ending).toMatchObject({ exitCode: 1, did: 'failed', message: `${SENTENCE}; give the schedule the workload that is scaled, and deploy again` });
  expect(stage.time.now()).toBeGreaterThanOrEqual(MINUTE);
  expect(stage.time.now()).toBeLessThan(MINUTE + 5_000);
});

test('arm goes on when the manifest that names the right one lands', async () => {
  const stage = stageWith(ELSEWHERE);
  const arm = stage.start('arm');
  await stage.time.pass(20_000);
  stage.cluster.replace(HPA, autoscaler({ ...ELSEWHERE.spec, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'queue' } }));
  expect(await stage.time.play(arm.ending)).toMatchObject({ exitCode: 0 });
});

test.each([
  ['of another version', { apiVersion: 'apps/v1beta2', kind: 'Deployment', name: 'queue' }],
  ['that is absent', undefined],
])('arm takes a reference %s for the plan\'s workload, or for none that it knows', async (_, scaleTargetRef) => {
  const stage = stageWith(autoscaler({ maxReplicas: 60, ...scaleTargetRef ? { scaleTargetRef } : {} }));
  expect(await stage.run('arm')).toMatchObject({ exitCode: 0 });
});

test('a guard raises the floor, scales neither workload, and says so in a Warning', async () => {
  const stage = stageWith(ELSEWHERE);
  await stage.until(61);
  const { lines, stop, ending } = stage.start('guard');
  await stage.until(62);
  stage.cluster.patch(WORKLOAD, 'kubectl-scale', { replicas: 1 });
  await stage.until(64);
  stop();
  await stage.time.play(ending);
  expect(stage.floor).toBe(40);
  expect(stage.cluster.get(WORKLOAD).spec.replicas).toBe(1);
  expect(stage.cluster.events).toContainEqual(expect.objectContaining({ type: 'Warning', reason: 'OtherWorkload', message: expect.stringContaining(SENTENCE) }));
  expect(lines.filter(({ did }) => did === 'scaled')).toEqual([]);
});

test('a workload at 0 that is another\'s is not woken', async () => {
  const stage = stageWith({
    ...ELSEWHERE, status: { conditions: [{ type: 'ScalingActive', status: 'False', reason: 'ScalingDisabled' }] },
  });
  stage.cluster.patch(WORKLOAD, 'kubectl-scale', { replicas: 0 });
  await stage.until(61);
  await stage.run('bump');
  expect(stage.cluster.get(WORKLOAD).spec.replicas).toBe(0);
});

test('a ceiling is not lowered by the count of pods of a workload that is not scaled', async () => {
  const stage = stageWith({ ...ELSEWHERE, spec: { ...ELSEWHERE.spec, maxReplicas: 50 } });
  await stage.until(61);
  await stage.run('bump');
  expect(stage.ceiling).toBe(60);
  stage.deployPlan(planOf([]));
  await stage.run('drop');
  expect({ floor: stage.floor, ceiling: stage.ceiling }).toEqual({ floor: 2, ceiling: 60 });
});

test('verify is not ready', async () => {
  const stage = stageWith(ELSEWHERE);
  stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 40 });
  await stage.until(110);
  const { lines, stop } = stage.start('verify');
  await stage.until(111);
  stop();
  expect(lines[lines.length - 1].message).toContain(SENTENCE);
});

function stageWith(target: object): Stage {
  const stage = new Stage(PLAN);
  stage.cluster.replace(HPA, target);
  return stage;
}
