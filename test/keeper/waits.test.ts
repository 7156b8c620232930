import { deployment } from './fake-cluster';
import { HPA, MANAGER, MINUTE, Stage, WORKLOAD, opening, planOf } from './harness';

/** The jobs of an irregular calendar, which start up to so long before their time. */
const WAITS = [{ event: 'sale', bump: 120 * MINUTE, verify: 180 * MINUTE, drop: 360 * MINUTE }];
const FIRST = opening('sale', { from: 60, at: 80, until: 90 }, 5);
const SECOND = opening('sale', { from: 100, at: 120, until: 130 }, 7);
const LATER = opening('sale', { from: 300, at: 320, until: 330 }, 9);
const PLAN = planOf([FIRST, SECOND, LATER], { waits: WAITS });

test('bump waits for a rise that is an hour ahead, and guards from it on', async () => {
  const stage = new Stage(PLAN);
  stage.deploysGuards = true;
  stage.start('bump');
  await stage.until(59.9);
  expect(stage.floor).toBe(2);
  await stage.until(60.1);
  expect(stage.floor).toBe(5);
  stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 2 });
  await stage.time.pass(100);
  expect(stage.floor).toBe(5);
});

test('bump stays for the rise after its window where no other run comes for it, and for no later one', async () => {
  const stage = new Stage(PLAN);
  stage.deploysGuards = true;
  const pod = stage.start('bump');
  await stage.until(95);
  expect(stage.floor).toBe(2);
  await stage.until(100.1);
  expect(stage.floor).toBe(7);
  await stage.time.play(pod.ending);
  expect(stage.now).toBeLessThan(SECOND.windows[0].until + MINUTE);
});

test('bump that waits follows a plan that changes meanwhile', async () => {
  const stage = new Stage(PLAN);
  stage.deploysGuards = true;
  stage.start('bump');
  await stage.until(10);
  stage.deployPlan(planOf([opening('sale', { from: 20, at: 40, until: 50 }, 8)], { waits: WAITS }));
  await stage.until(20.1);
  expect(stage.floor).toBe(8);
});

test('bump without anything within its wait ends', async () => {
  const stage = new Stage(planOf([LATER], { waits: WAITS }));
  await stage.run('bump');
  expect(stage.now).toBeLessThan(LATER.at - 300 * MINUTE);
});

test('drop lowers the floor at each fall within its wait', async () => {
  const stage = new Stage(PLAN);
  await stage.until(70);
  stage.cluster.apply(HPA, MANAGER, { minReplicas: 5 });
  stage.start('drop');
  await stage.until(90.1);
  expect(stage.floor).toBe(2);
  stage.cluster.apply(HPA, MANAGER, { minReplicas: 9 });
  await stage.until(130.1);
  expect(stage.floor).toBe(2);
});

test('drop goes by the plan that stands when it acts, not by the one that it was started with', async () => {
  const stage = new Stage(PLAN);
  await stage.until(70);
  stage.cluster.apply(HPA, MANAGER, { minReplicas: 5 });
  stage.start('drop');
  await stage.until(80);
  stage.deployPlan(planOf([opening('sale', { from: 60, at: 140, until: 150 }, 5)], { waits: WAITS }));
  await stage.until(95);
  expect(stage.floor).toBe(5);
  await stage.until(150.1);
  expect(stage.floor).toBe(2);
});

test('verify looks at each opening within its wait', async () => {
  const { stage, verify } = verifying();
  expect(await stage.time.play(verify.ending)).toMatchObject({ exitCode: 0, did: 'ready', message: 'all 7 ready for sale at 2026-12-05T02:00:00Z' });
  expect(verify.lines.filter(({ did }) => did === 'ready').map(({ message }) => message)).toEqual([
    'all 5 ready for sale at 2026-12-05T01:20:00Z', 'all 7 ready for sale at 2026-12-05T02:00:00Z',
  ]);
});

test('a verify that looked at several openings fails where one of them was not ready', async () => {
  const { stage, verify } = verifying();
  const { pods } = stage.cluster;
  stage.cluster.replace(WORKLOAD, deployment(5, 2));
  stage.cluster.pods = pods.slice(0, 3);
  await stage.until(81);
  stage.cluster.replace(WORKLOAD, deployment(7));
  stage.cluster.pods = pods;
  expect(await stage.time.play(verify.ending)).toMatchObject({ exitCode: 1, did: 'failed', message: expect.stringContaining('for sale at 2026-12-05T01:20:00Z') });
});

/** A stage where all is ready, and verify, started an hour early. */
function verifying() {
  const stage = new Stage(planOf([FIRST, SECOND], { waits: WAITS }));
  stage.cluster.replace(WORKLOAD, deployment(7));
  stage.start('bump');
  const guard = { metadata: { labels: { 'cdk8s-prewarm/service': 'queue', 'cdk8s-prewarm/role': 'guard' } }, status: { phase: 'Running' } };
  const ready = { metadata: { labels: { app: 'queue' } }, status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } };
  stage.cluster.pods = [guard, ...Array.from({ length: 7 }, () => ready)];
  return { stage, verify: stage.start('verify') };
}
