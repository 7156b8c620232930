import { START, deployment } from './fake-cluster';
import { GUARDS, HPA, MINUTE, SECOND, Stage, opening, planOf } from './harness';
import { isoOf } from '../../src/core/time/instant';

const SALE = opening('sale', { from: 60, at: 70, until: 80, readyBy: 69 }, 40, 60);
const ACCOUNT = 'serviceaccounts/queue-prewarm';

test('outside of windows, a run ends at once', async () => {
  const stage = await at(30);
  await stage.run('repair');
  expect(stage.now).toBeLessThan(START + 30 * MINUTE + 10 * SECOND);
});

test('while a window is on it stays until just before the next run, and ends with the window', async () => {
  const stage = await at(61);
  await stage.run('repair');
  expect((stage.now - START) / MINUTE).toBeCloseTo(61 + 9.5, 0);
  const late = await at(77);
  await late.run('repair');
  expect((late.now - START) / MINUTE).toBeGreaterThan(80);
  expect((late.now - START) / MINUTE).toBeLessThan(81);
});

test('a guard that stands before the rise raises at its very time', async () => {
  const stage = await at(49);
  stage.deploysGuards = true;
  stage.start('repair');
  await stage.until(59.99);
  expect([stage.floor, asked(stage)]).toEqual([2, 2]);
  await stage.until(60.001);
  expect(stage.floor).toBe(40);
});

test('guards that somebody scales down stand again within half a minute', async () => {
  const { stage } = await guarded();
  stage.cluster.replace(GUARDS, deployment(0));
  stage.cluster.pods = [];
  await stage.time.pass(25 * SECOND);
  expect(asked(stage)).toBe(2);
});

test('a floor that nobody puts back is up within half a minute', async () => {
  const { stage } = await guarded();
  stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 2 });
  await stage.time.pass(25 * SECOND);
  expect(stage.floor).toBe(40);
});

test('guards that are older than their account are replaced, once, and that is told', async () => {
  const { stage, sizes } = await guarded();
  await stage.time.pass(MINUTE);
  expect(sizes).toEqual([]);
  stage.cluster.remove(ACCOUNT);
  stage.cluster.create(ACCOUNT, account(stage));
  await stage.time.pass(2 * MINUTE);
  expect(sizes).toEqual([0, 2]);
  expect(stage.cluster.events.filter(({ reason }) => reason === 'GuardsReplaced')).toHaveLength(1);
});

test('an account that is gone for now is waited for', async () => {
  const { stage, sizes } = await guarded();
  stage.cluster.remove(ACCOUNT);
  await stage.time.pass(MINUTE);
  expect(sizes).toEqual([]);
  stage.cluster.create(ACCOUNT, account(stage));
  await stage.time.pass(30 * SECOND);
  expect(sizes).toEqual([0, 2]);
});

test('what cannot be asked for is said once, and looked at again', async () => {
  const { stage, pod } = await guarded();
  stage.cluster.fault = ({ path }) => path.includes('/serviceaccounts') ? { kind: 'status', status: 403, message: 'cannot get resource "serviceaccounts"' } : undefined;
  await stage.time.pass(2 * MINUTE);
  expect(pod.lines.filter(({ did }) => did === 'waiting')).toHaveLength(1);
  stage.cluster.fault = () => undefined;
  stage.cluster.remove(ACCOUNT);
  stage.cluster.create(ACCOUNT, account(stage));
  await stage.time.pass(30 * SECOND);
  expect(asked(stage)).toBe(2);
  expect(stage.cluster.events.map(({ reason }) => reason)).toContain('GuardsReplaced');
});

const asked = (stage: Stage) => stage.cluster.get(GUARDS)?.spec.replicas;

async function at(minutes: number): Promise<Stage> {
  const stage = new Stage(planOf([SALE], { repair: 'queue-prewarm-repair' }));
  stage.cluster.create(ACCOUNT, account(stage));
  await stage.until(minutes);
  return stage;
}

/** A run of repair in the window, and two guards of which only their pods are seen; the sizes that it asks for, each with pods that follow. */
async function guarded() {
  const stage = await at(61);
  const pods = (count: number) => Array.from({ length: count }, () => ({
    metadata: { creationTimestamp: isoOf(stage.now), labels: { 'cdk8s-prewarm/service': 'queue', 'cdk8s-prewarm/role': 'guard' } }, status: { phase: 'Running' },
  }));
  stage.cluster.pods = pods(2);
  const pod = stage.start('repair');
  await stage.time.pass(2 * SECOND);
  const sizes: number[] = [];
  stage.cluster.onScale = (key, replicas) => {
    sizes.push(replicas);
    stage.cluster.pods = key === GUARDS ? pods(replicas) : stage.cluster.pods;
  };
  return { stage, pod, sizes };
}

function account(stage: Stage): object {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { creationTimestamp: isoOf(stage.now) } };
}
