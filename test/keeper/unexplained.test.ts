import { deployment } from './fake-cluster';
import { HPA, MANAGER, Stage, WORKLOAD, opening, planOf } from './harness';

const SALE = opening('sale', { from: 60, at: 120, until: 130, readyBy: 105 }, 5);
const PLAN = planOf([SALE], { explainsPods: false });
const GUARDS = 'deployments/queue-prewarm-guards';

describe('a keeper that may not list pods', () => {
  test('ends verify well by the status of workload and guards, and lists no pod', async () => {
    const { stage, verify } = await verifying();
    stage.cluster.replace(WORKLOAD, deployment(5));
    stage.cluster.replace(GUARDS, deployment(2));
    expect(await stage.time.play(verify.ending)).toMatchObject({ exitCode: 0, did: 'ready', message: 'all 5 ready for sale at 2026-12-05T02:00:00Z' });
    expect(listed(stage)).toEqual([]);
  });

  test('says how many are missing, and that it does not know why', async () => {
    const { stage, verify } = await verifying();
    await stage.time.pass(1_000);
    expect(verify.lines.map(({ message }) => message)).toEqual([
      '2 of 5 ready, 3 missing: 3 not looked at (keeper.explainsPods is false); no guard runs (its Deployment has no Ready pod) for sale at 2026-12-05T02:00:00Z',
    ]);
    expect(listed(stage)).toEqual([]);
  });

  test('says that the guards are not there', async () => {
    const { stage, verify } = await verifying();
    stage.cluster.remove(GUARDS);
    stage.cluster.replace(WORKLOAD, deployment(5));
    await stage.time.pass(5_000);
    expect(verify.lines.map(({ message }) => message)).toContain('no guard runs (its Deployment does not exist) for sale at 2026-12-05T02:00:00Z');
  });

  test('says that nobody knows where the workload has no count of its own', async () => {
    const { stage, verify } = await verifying();
    stage.cluster.replace(GUARDS, deployment(2));
    stage.cluster.replace(WORKLOAD, { ...deployment(5), apiVersion: 'argoproj.io/v1alpha1', status: {} });
    await stage.time.pass(5_000);
    expect(verify.lines[verify.lines.length - 1].message)
      .toBe('it is not known how many of 5 are ready: pods not looked at (keeper.explainsPods is false) for sale at 2026-12-05T02:00:00Z');
  });

  test('asks in arm for what is granted only', async () => {
    const stage = new Stage(PLAN);
    stage.cluster.fault = request => /\/pods/.test(request.path) ? { kind: 'status', status: 403, message: 'no' } : undefined;
    expect(await stage.run('arm')).toMatchObject({ exitCode: 0 });
    const denied = new Stage(PLAN);
    denied.cluster.fault = request => request.method === 'GET' && request.path.includes(GUARDS) ? { kind: 'status', status: 403, message: 'User "sa" cannot do resource "x"' } : undefined;
    expect(await denied.run('arm')).toMatchObject({ exitCode: 1, message: expect.stringContaining(`may not get ${GUARDS}`) });
  });
});

function listed(stage: Stage): string[] {
  return stage.cluster.requests.map(({ path }) => path).filter(path => /\/pods/.test(path));
}

async function verifying() {
  const stage = new Stage(PLAN);
  stage.cluster.apply(HPA, MANAGER, { minReplicas: 5 });
  stage.cluster.replace(WORKLOAD, deployment(5, 2));
  stage.cluster.replace(GUARDS, deployment(2, 0));
  await stage.until(106);
  return { stage, verify: stage.start('verify') };
}
