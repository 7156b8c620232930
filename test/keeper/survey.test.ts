import { deployment } from './fake-cluster';
import { HPA, MANAGER, MINUTE, Stage, WORKLOAD, opening, planOf } from './harness';

const SALE = opening('sale', { from: 60, at: 120, until: 130, readyBy: 105 }, 600);
const PLAN = planOf([SALE]);

test('a dozen answers full of pods are not asked for again before half a minute has passed, and the count is fresh all the same', async () => {
  const { stage, podRequests } = await crowded();
  const verify = stage.start('verify');
  await stage.time.pass(1_000);
  expect(podRequests()).toHaveLength(12);
  stage.cluster.replace(WORKLOAD, deployment(600, 599));
  await stage.time.pass(30_000);
  expect(podRequests()).toHaveLength(12);
  expect(verify.lines.map(({ message }) => message.split(' for sale')[0])).toEqual([
    '0 of 600 ready, 600 missing: 600 pulling image; no guard runs (it has no pod)',
    '599 of 600 ready, 1 missing: 1 pulling image; no guard runs (it has no pod)',
  ]);
  await stage.time.pass(10_000);
  expect(podRequests()).toHaveLength(24);
});

test('few pods are looked at each time', async () => {
  const { stage, podRequests } = await crowded(40);
  stage.start('verify');
  await stage.time.pass(30_000);
  expect(podRequests().length).toBeGreaterThan(8);
});

test('of two guards the first by name reads the pods, and none where verify does', async () => {
  const { stage, podRequests } = await crowded();
  stage.cluster.pods = [...stage.cluster.pods, keeper('guard-a', 'guard'), keeper('guard-b', 'guard')];
  const [first, second] = ['guard-a', 'guard-b'].map(podName => stage.start('guard', { podName }));
  await stage.time.pass(20_000);
  expect(podRequests()).toHaveLength(12);
  expect(first.lines[first.lines.length - 1].message).toContain('600 missing: 600 pulling image for sale');
  expect(second.lines[second.lines.length - 1].message).toContain('600 missing: 600 for reasons that another keeper says for sale');
  stage.cluster.pods = [...stage.cluster.pods, keeper('verify-z', 'verify')];
  await stage.time.pass(2 * MINUTE);
  expect(podRequests()).toHaveLength(12);
  expect(stage.cluster.events.map(({ message }) => message)).toEqual([
    expect.stringContaining('ceiling 10 -> 1200'), expect.stringContaining('600 missing: 600 pulling image for sale'),
  ]);
});

test('the next guard reads the pods where the first has ended', async () => {
  const { stage, podRequests } = await crowded();
  stage.cluster.pods = [...stage.cluster.pods, keeper('guard-a', 'guard'), keeper('guard-b', 'guard')];
  stage.start('guard', { podName: 'guard-b' });
  await stage.time.pass(20_000);
  expect(podRequests()).toEqual([]);
  stage.cluster.pods = stage.cluster.pods.filter(({ metadata: { name } }) => name !== 'guard-a');
  await stage.time.pass(10_000);
  expect(podRequests()).toHaveLength(12);
});

test('a guard that looks asks for nothing while enough pods are ready', async () => {
  const { stage } = await crowded();
  stage.cluster.replace(WORKLOAD, deployment(600));
  stage.start('guard');
  await stage.time.pass(20_000);
  const before = stage.cluster.requests.length;
  await stage.time.pass(20_000);
  const asked = stage.cluster.requests.slice(before).map(({ path }) => path);
  expect(asked.filter(path => path.includes('/pods'))).toEqual([]);
  // what a guard asks for beside its watches: target and workload every 5 s, plan and override every 20 s
  expect(asked.length).toBeLessThanOrEqual(10);
});

test('pods that the account may not list are said to be unread, and those that are ready are counted all the same', async () => {
  const { stage } = await crowded();
  stage.cluster.replace(WORKLOAD, deployment(600, 200));
  stage.cluster.fault = ({ path }) => path.includes('app%3Dqueue') ? { kind: 'status', status: 403, message: 'cannot list resource "pods"' } : undefined;
  const guard = stage.start('guard');
  await stage.time.pass(10_000);
  expect(guard.lines[guard.lines.length - 1].message).toMatch(/^200 of 600 ready, 400 missing: 400 not looked at \(may not list pods in namespace shop;/);
});

/** A stage inside the ready margin, whose floor is up and whose pods all pull their image. */
async function crowded(count = 600) {
  const stage = new Stage(PLAN);
  stage.cluster.apply(HPA, MANAGER, { minReplicas: count });
  stage.cluster.replace(WORKLOAD, deployment(600, 0));
  stage.cluster.pods = Array.from({ length: count }, () => ({
    metadata: { labels: { app: 'queue' } },
    status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'True' }], containerStatuses: [{ state: { waiting: { reason: 'ContainerCreating' } } }] },
  }));
  await stage.until(106);
  stage.cluster.events.length = 0;
  const podRequests = () => stage.cluster.requests.filter(({ path }) => path.includes('/pods') && path.includes('app%3Dqueue'));
  return { stage, podRequests };
}

function keeper(name: string, role: string): object {
  return { metadata: { name, labels: { 'cdk8s-prewarm/service': 'queue', 'cdk8s-prewarm/role': role } }, status: { phase: 'Running' } };
}
