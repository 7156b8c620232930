import { HPA, MINUTE, Stage, WORKLOAD, opening, planOf } from './harness';

const SALE = opening('sale', { from: 60, at: 70, until: 80, readyBy: 69 }, 20, 30);
/** No pods between events. */
const PLAN = planOf([SALE], { baseline: { floor: 0, ceiling: 10 } });

test('arm has the API server prove the 0, and applies it', async () => {
  const stage = sleeping();
  const asked: number[] = [];
  stage.cluster.fault = ({ path, body }) => {
    if (path.includes('dryRun') && path.includes('autoscalers')) {
      asked.push(JSON.parse(body!).spec.minReplicas);
    }
    return undefined;
  };
  expect(await stage.run('arm')).toMatchObject({ exitCode: 0, floor: 0 });
  expect(asked).toEqual([0, 20]);
});

test('arm fails at once where the API server does not take it, and says what it needs', async () => {
  const stage = sleeping();
  stage.cluster.fault = ({ path, body }) => path.includes('dryRun') && body?.includes('"minReplicas":0')
    ? { kind: 'status', status: 422, message: 'spec.minReplicas: Invalid value: 0: must be greater than or equal to 1' } : undefined;
  expect(await stage.run('arm')).toMatchObject({
    exitCode: 1,
    message: 'HorizontalPodAutoscaler queue cannot have a floor of 0 between events: it needs Kubernetes 1.37 or later, and a metric of type Object or External; pass a '
      + 'baseline with a floor of at least 1 (could not patch horizontalpodautoscalers/queue: 422 spec.minReplicas: Invalid value: 0: must be greater than or equal to 1)',
  });
  expect(stage.time.now()).toBeLessThan(5_000);
});

test('a planned 0 is not woken, by whatever job', async () => {
  const stage = sleeping();
  for (const role of ['arm', 'repair', 'drop', 'bump'] as const) {
    await stage.run(role);
  }
  expect([stage.floor, stage.cluster.get(WORKLOAD)!.spec.replicas]).toEqual([0, 0]);
});

test('bump brings it to the floor at once, also where nobody guards', async () => {
  const stage = sleeping({ ...PLAN, guards: 0 });
  await stage.run('arm');
  await stage.until(60);
  expect(await stage.run('bump')).toMatchObject({ exitCode: 0, floor: 20 });
  expect(stage.cluster.get(WORKLOAD)!.spec.replicas).toBe(20);
});

test("another hand's 0 inside a window is brought back at once", async () => {
  const stage = sleeping();
  await stage.until(61);
  stage.start('guard');
  await stage.time.pass(1_000);
  stage.cluster.patch(HPA, 'nightly', { minReplicas: 0 });
  stage.cluster.patch(WORKLOAD, 'nightly', { replicas: 0 });
  await stage.time.pass(500);
  expect([stage.floor, stage.cluster.get(WORKLOAD)!.spec.replicas]).toEqual([20, 20]);
});

test('after the window it may sleep again, and is not woken by what is left of it', async () => {
  const stage = sleeping();
  await stage.until(61);
  await stage.run('bump');
  await stage.until(80);
  expect(await stage.run('drop')).toMatchObject({ exitCode: 0 });
  stage.cluster.patch(WORKLOAD, 'kube-controller-manager', { replicas: 0 });
  await stage.time.pass(MINUTE);
  await stage.run('repair');
  expect([stage.floor, stage.cluster.get(WORKLOAD)!.spec.replicas]).toEqual([0, 0]);
});

function sleeping(plan = PLAN): Stage {
  const stage = new Stage({ ...plan, repair: 'queue-prewarm-repair' });
  stage.cluster.patch(HPA, 'kubectl-client-side-apply', { minReplicas: 0 });
  stage.cluster.patch(WORKLOAD, 'kube-controller-manager', { replicas: 0 });
  return stage;
}
