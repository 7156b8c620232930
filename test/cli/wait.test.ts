import { FakeCluster, Standing, complete, failed, job, jobPod, kubeObject, refused, registration } from './fake-cluster';
import { FakeIo, prewarm } from './fake-io';
import { run } from '../../src/cli/program';

const ARM = 'registration-arm-9f8e7d6c';
const NEW = '2026-11-29T01:00:00Z';

test('an arm job that is complete ends the wait: exit code 0', async () => {
  expect(await wait(registration())).toEqual({ exitCode: 0, out: 'armed: 1 service', err: 'registration: armed', written: {} });
});

test('asks kubectl for the plans once, then for arm jobs and their pods', async () => {
  const cluster = registration();
  await wait(cluster);
  expect(cluster.calls).toEqual(['get configmaps --selector cdk8s-prewarm/service', 'get jobs,pods --selector cdk8s-prewarm/service,cdk8s-prewarm/role=arm']);
});

test('the newest arm job counts, however an older one ended', async () => {
  const { exitCode, err } = await wait(armed(failed('2026-11-29T01:02:00Z')));
  expect(exitCode).toBe(1);
  expect(err).toContain('registration: arm failed: Job has reached the specified backoff limit');
});

test('an arm job that has failed ends the wait at once, with its last sentence and the command for its log', async () => {
  const message = 'may not patch horizontalpodautoscalers/registration in namespace marathon';
  const io = new FakeIo(worldOf(armed(failed('2026-11-29T01:02:00Z'), [podOf({
    phase: 'Failed',
    containerStatuses: [{ state: { terminated: { exitCode: 1, message: `${JSON.stringify({ did: 'failed', message })}\n` } } }],
  })])));
  const began = io.now();
  expect(await run(['wait', '-n', 'marathon'], io)).toBe(1);
  expect(io.now()).toBe(began);
  expect(io.stderr).toEqual([
    `registration: arm failed: ${message}`,
    `1 of 1 service not armed; its log: kubectl -n marathon logs job/${ARM}`,
  ]);
});

test('every change is told once, until the job is complete', async () => {
  const pulling = podOf({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'True' }], containerStatuses: [{ state: { waiting: { reason: 'ContainerCreating' } } }] });
  const steps = [armed({}), armed({}, [pulling]), armed({}, [pulling]), armed({}, [podOf({ phase: 'Running' })]), armed(complete('2026-11-29T01:00:20Z'))];
  const { exitCode, err } = await prewarm(['wait', '-n', 'marathon'], {
    spawn: (...call) => (call[1].includes('jobs,pods') && steps.length > 1 ? steps.shift()! : steps[0]).spawn(...call),
  });
  expect({ exitCode, err: err.split('\n') }).toEqual({
    exitCode: 0,
    err: [
      'registration: arm has not finished',
      'registration: arm has not finished: pulling image',
      'registration: arm has not finished',
      'registration: armed',
    ],
  });
});

describe('after the timeout', () => {
  test('what each waits for is said: exit code 1', async () => {
    const { exitCode, err } = await wait(armed({}, [podOf({
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'True' }],
      containerStatuses: [{ image: 'node:22', state: { waiting: { reason: 'ImagePullBackOff' } } }],
    })]), '--timeout', '90s');
    expect(exitCode).toBe(1);
    expect(err).toMatch(/not armed after 1m30s:\n {2}registration: arm has not finished: without image \(ImagePullBackOff: node:22\)$/);
  });

  test('of a job that never got a pod, why its controller could not create one', async () => {
    const message = 'pods "x" is forbidden: exceeded quota: compute, requested: cpu=20m, used: cpu=4, limited: cpu=4';
    const { exitCode, err } = await wait(armed({}, [event('2026-11-29T01:00:01Z', 'older'), event('2026-11-29T01:00:09Z', message)]));
    expect(exitCode).toBe(1);
    expect(err).toContain(`registration: arm has not finished: ${message}`);
  });

  test('that no arm job is there', async () => {
    const { exitCode, err } = await wait(registration({ without: ['registration-arm-1a2b3c4d'] }));
    expect(exitCode).toBe(1);
    expect(err).toMatch(/not armed after 11m:\n {2}registration: no arm job is there yet$/);
  });
});

test('an arm job that is being deleted is that of the last deploy', async () => {
  const { metadata: { labels, creationTimestamp } } = job('arm', ARM, NEW, {});
  const leaving = kubeObject('Job', ARM, { labels, creationTimestamp, deletionTimestamp: NEW }, { status: complete(NEW) });
  const { exitCode, err } = await wait(registration({ more: [leaving], without: ['registration-arm-1a2b3c4d'] }), '--timeout', '10s');
  expect({ exitCode, err }).toEqual({ exitCode: 1, err: expect.stringContaining('registration: no arm job is there yet') });
});

test('a cluster that does not answer in the middle of the wait is asked again', async () => {
  const cluster = armed({});
  let looks = 0;
  const { exitCode, err } = await prewarm(['wait', '-n', 'marathon'], {
    spawn: async (...call) => {
      looks += call[1].includes('jobs,pods') ? 1 : 0;
      return looks === 2 ? refused('Unable to connect to the server: EOF') : (looks < 2 ? cluster : registration()).spawn(...call);
    },
  });
  expect({ exitCode, err: err.split('\n')[1] }).toEqual({ exitCode: 0, err: expect.stringMatching(/^the cluster does not answer: /) });
});

describe('exit code 2', () => {
  test('a service that the namespace does not have', async () => {
    expect(await wait(registration(), 'payment')).toMatchObject({
      exitCode: 2, err: "namespace marathon has no service 'payment'; it has registration; -n names another namespace",
    });
  });

  test('a namespace without a plan', async () => {
    expect(await wait(new FakeCluster([]))).toMatchObject({
      exitCode: 2, err: 'namespace marathon has no plan of cdk8s-prewarm; -n names another namespace',
    });
  });

  test.each(['5', '0s', '-5m', 'soon'])('a timeout that is no span: %s', async timeout => {
    expect(await wait(registration(), `--timeout=${timeout}`)).toMatchObject({ exitCode: 2, err: expect.stringContaining("Write a span such as '90s', '5m' or '1h30m'.") });
  });

  test('a cluster that does not answer at first', async () => {
    const cluster = registration();
    cluster.answers.set('get', refused('Unable to connect to the server: EOF'));
    expect(await wait(cluster)).toMatchObject({ exitCode: 2, err: expect.stringMatching(/^the cluster does not answer: /) });
  });
});

function wait(cluster: FakeCluster, ...argv: string[]) {
  return prewarm(['wait', '-n', 'marathon', ...argv], worldOf(cluster));
}

function worldOf({ spawn, clock }: FakeCluster) {
  return { spawn, now: clock };
}

/** An arm job of a new deploy, beside the old one that is complete. */
function armed(status: object, more: Standing['more'] = []): FakeCluster {
  return registration({ more: [job('arm', ARM, NEW, status), ...more] });
}

function podOf(status: object) {
  return jobPod('arm', ARM, 'arm-pod', status);
}

function event(lastTimestamp: string, message: string) {
  return kubeObject('Event', `event-${lastTimestamp}`, {}, { involvedObject: { kind: 'Job', name: ARM }, reason: 'FailedCreate', lastTimestamp, message });
}
