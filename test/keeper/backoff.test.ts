import { Fault } from './fake-cluster';
import { HPA, SECOND, Stage, opening, planOf } from './harness';

const PLAN = planOf([opening('sale', { from: 60, at: 70, until: 80, readyBy: 79 }, 40, 60)]);
const ERRORS = [401, 403, 410, 429, 503].map((status): [number, Fault] =>
  [status, { kind: 'status', status, message: status === 403 ? 'User "sa" cannot do resource "x"' : undefined }]);

/** A guard in its window, calm. */
async function guarded() {
  const stage = new Stage(PLAN);
  await stage.until(61);
  const pod = stage.start('guard');
  await stage.time.pass(2_000);
  const asked = async (ms: number, isCounted: (path: string) => boolean = () => true) => {
    const before = stage.cluster.requests.length;
    await stage.time.pass(ms);
    return stage.cluster.requests.slice(before).filter(({ path }) => isCounted(path)).length;
  };
  return { stage, pod, asked };
}

describe.each(ERRORS)('where everything is answered with %i', (_, fault) => {
  test('a guard with a floor to restore asks at most twice a second at first, and once in five seconds after a minute', async () => {
    const { stage, asked } = await guarded();
    stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 2 });
    stage.cluster.fault = () => fault;
    stage.cluster.endWatches();
    expect(await asked(10 * SECOND)).toBeLessThanOrEqual(20);
    await asked(50 * SECOND);
    expect(await asked(60 * SECOND)).toBeLessThanOrEqual(12);
  });

  test('the floor is back within five seconds after the cause is gone, however long it lasted', async () => {
    const { stage } = await guarded();
    stage.cluster.fault = () => fault;
    stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 2 });
    await stage.time.pass(123 * SECOND);
    expect(stage.floor).toBe(2);
    stage.cluster.fault = () => undefined;
    await stage.time.pass(5.1 * SECOND);
    expect(stage.floor).toBe(40);
  });

  test('watches work again within five seconds after the cause is gone', async () => {
    const { stage } = await guarded();
    stage.cluster.fault = () => fault;
    stage.cluster.endWatches();
    await stage.time.pass(200 * SECOND);
    stage.cluster.fault = () => undefined;
    await stage.time.pass(6 * SECOND);
    stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 2 });
    await stage.time.pass(100);
    expect(stage.floor).toBe(40);
  });
});

test.each(ERRORS)('watches that alone are answered with %i are asked for ever more rarely', async (_, fault) => {
  const { stage, asked } = await guarded();
  stage.cluster.fault = ({ onLine }) => onLine ? fault : undefined;
  stage.cluster.endWatches();
  expect(await asked(10 * SECOND)).toBeLessThanOrEqual(20);
  await asked(50 * SECOND);
  expect(await asked(120 * SECOND, path => path.includes('watch=true'))).toBeLessThanOrEqual(24);
});

test('a watch that is answered, and ends at once without a word, is asked for ever more rarely', async () => {
  const { stage, asked } = await guarded();
  const send = stage.cluster.send.bind(stage.cluster);
  Object.assign(stage.cluster, {
    send: async (request: Parameters<typeof send>[0]) => request.onLine ? { ...await send({ ...request, onLine: undefined }), body: '' } : send(request),
  });
  stage.cluster.endWatches();
  expect(await asked(10 * SECOND)).toBeLessThanOrEqual(20);
});

test.each([403, 429, 503])('a write that alone is answered with %i is tried once in five seconds after a minute', async status => {
  const { stage, asked } = await guarded();
  const message = 'denied, or too much';
  stage.cluster.fault = ({ method }) => method === 'PATCH' ? { kind: 'status', status, message } : undefined;
  stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 2 });
  await asked(60 * SECOND);
  const writes = stage.cluster.requests.filter(({ method }) => method === 'PATCH').length;
  await asked(60 * SECOND);
  expect(stage.cluster.requests.filter(({ method }) => method === 'PATCH').length - writes).toBeLessThanOrEqual(14);
  stage.cluster.fault = () => undefined;
  await asked(5.1 * SECOND);
  expect(stage.floor).toBe(40);
});

test('a server that wants to be left alone for a while is, by all of a guard', async () => {
  const { stage, asked } = await guarded();
  stage.cluster.patch(HPA, 'kubectl-patch', { minReplicas: 2 });
  stage.cluster.fault = () => ({ kind: 'status', status: 429, retryAfter: '25' });
  stage.cluster.endWatches();
  await asked(8 * SECOND);
  expect(await asked(20 * SECOND)).toBe(0);
});
