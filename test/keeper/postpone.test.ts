import { deployment, START } from './fake-cluster';
import { HPA, MANAGER, MINUTE, Stage, WORKLOAD, opening, planOf } from './harness';
import { isoOf } from '../../src/core/time/instant';

/** Opens 20 minutes after its floor goes up, which stays up for 10 more. */
const SALE = opening('sale', { from: 60, at: 80, until: 90, readyBy: 70 }, 5);

test('guards hold the floor until the later end, and lower it then', async () => {
  const stage = new Stage(planOf([SALE]));
  await stage.until(61);
  const guard = stage.start('guard');
  await stage.until(75);
  postpone(stage, 30);
  await stage.until(91);
  stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 2 });
  await stage.time.pass(100);
  expect(stage.floor).toBe(5);
  expect(await stage.time.play(guard.ending)).toMatchObject({ exitCode: 0, floor: 2 });
  expect(stage.now - SALE.windows[0].until).toBeLessThan(30 * MINUTE + 1_500);
});

test('a guard that starts after the planned end guards until the later one', async () => {
  const stage = new Stage(planOf([SALE]));
  await stage.until(95);
  postpone(stage, 30);
  stage.start('guard');
  await stage.time.pass(2_000);
  expect(stage.floor).toBe(5);
  await stage.until(119);
  expect(stage.floor).toBe(5);
});

test('drop, which runs at the planned end, leaves the floor up', async () => {
  const stage = new Stage(planOf([SALE]));
  await stage.until(90);
  stage.cluster.apply(HPA, MANAGER, { minReplicas: 5 });
  postpone(stage, 30);
  await stage.run('drop');
  expect(stage.floor).toBe(5);
});

test('verify looks on until the later opening, also where it was postponed while it looked', async () => {
  const { stage, verify } = verifying(71);
  await stage.until(78);
  postpone(stage, 30);
  await stage.until(81);
  stage.cluster.replace(WORKLOAD, deployment(5));
  stage.cluster.pods = [GUARD, ...pods(5)];
  expect(await stage.time.play(verify.ending)).toMatchObject({ exitCode: 0, did: 'ready', message: `all 5 ready for sale at ${isoOf(SALE.at + 30 * MINUTE)}` });
  expect(stage.now).toBeGreaterThanOrEqual(SALE.readyBy + 30 * MINUTE);
});

test('verify that starts at the planned time waits for the later one', async () => {
  const { stage, verify } = verifying(68, 30);
  stage.cluster.replace(WORKLOAD, deployment(5));
  stage.cluster.pods = [GUARD, ...pods(5)];
  await stage.time.play(verify.ending);
  expect(stage.now).toBeGreaterThanOrEqual(SALE.readyBy + 30 * MINUTE);
});

test('a postponement that cannot be read is told, and the plan stays in force', async () => {
  const stage = new Stage(planOf([SALE]));
  await stage.until(61);
  stage.override({ postponed: 'in a while' });
  await stage.run('drop');
  expect(stage.floor).toBe(5);
  expect(stage.cluster.events.map(({ reason }) => reason)).toContain('OverrideIgnored');
});

const GUARD = { metadata: { labels: { 'cdk8s-prewarm/service': 'queue', 'cdk8s-prewarm/role': 'guard' } }, status: { phase: 'Running' } };

function postpone(stage: Stage, minutes: number): void {
  stage.override({ postponed: `sale ${isoOf(SALE.at)} -> ${isoOf(SALE.at + minutes * MINUTE)}` });
}

function pods(count: number): object[] {
  return Array.from({ length: count }, () => ({
    metadata: { labels: { app: 'queue' } }, status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  }));
}

/** A stage whose floor is up, two of five pods ready; and verify, started that many minutes after the start. */
function verifying(minutes: number, postponedBy?: number) {
  const stage = new Stage(planOf([SALE]));
  stage.cluster.clockMs = START + minutes * MINUTE;
  stage.cluster.apply(HPA, MANAGER, { minReplicas: 5 });
  stage.cluster.replace(WORKLOAD, deployment(5, 2));
  stage.cluster.pods = [GUARD, ...pods(2)];
  if (postponedBy !== undefined) {
    postpone(stage, postponedBy);
  }
  return { stage, verify: stage.start('verify') };
}
