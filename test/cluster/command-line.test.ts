import { eventually, onCluster } from './support/cluster';
import { prewarmAs } from './support/command-line';
import { MINUTE } from '../support/durations';
import { manifestsIn, minuteAfter } from './support/manifests';
import { Namespace } from './support/namespace';
import { deliver } from './support/pipelines';
import { armed, bump, eventFrom, guarded, serviceIn } from './support/services';

onCluster('wait, status and override, through kubectl', { tools: true }, () => {
  const namespace = Namespace.forGroup('laptop');
  let manifests: string;

  beforeAll(async () => {
    const now = minuteAfter(0);
    // two minutes old: by then somebody should guard it
    manifests = manifestsIn(namespace.name, chart => {
      serviceIn(chart, 'open', 8, eventFrom(now - 3 * MINUTE, { minutes: 20 }));
      serviceIn(chart, 'quiet', 8, eventFrom(now + 60 * MINUTE, { minutes: 20 }));
    });
    await namespace.apply(manifests, '--server-side');
    await armed(namespace);
  });

  test('wait ends when all are armed', async () => {
    expect(await prewarm('wait')).toEqual({ exitCode: 0, out: 'armed: 2 services', err: 'open: armed\nquiet: armed' });
  });

  test('wait says why no pod of an arm job could be created', async () => {
    await namespace.kubectl(['create', 'quota', 'no-room', '--hard=pods=0']);
    await namespace.kubectl(['delete', 'jobs', '-l', 'cdk8s-prewarm/role=arm']);
    await namespace.apply(manifests, '--server-side');
    const { exitCode, err } = await prewarm('wait', 'quiet', '--timeout', '15s');
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: expect.stringMatching(/not armed after 15s:\n {2}quiet: arm has not finished: .*exceeded quota: no-room/) });
    await namespace.kubectl(['delete', 'quota', 'no-room']);
    await armed(namespace);
  });

  test('status is a no-go while nobody guards an open window, and a go when somebody does and all are ready', async () => {
    await guarded(namespace, 'open');
    await namespace.kubectl(['scale', 'deployment/open-prewarm-guards', '--replicas=0']);
    await eventually('no guard', 30_000, async () => (await prewarm('status')).out.includes('! no guard runs'));
    expect((await prewarm('status')).exitCode).toBe(1);
    await bump(namespace, 'open');
    await guarded(namespace, 'open');
    await eventually('a go', 60_000, async () => (await prewarm('status')).exitCode === 0);
    expect((await prewarm('status')).out).toMatch(/GO open [\s\S]*floor +8, set by cdk8s-prewarm-open[\s\S]*guards +2 running/);
  });

  test.each(['flux', 'argo', 'argo --server-side'])('an override between events is followed, and survives %s', async pipeline => {
    const { exitCode, out } = await prewarm('override', 'quiet', '--floor', '5', '--until', '+1h', '--reason', pipeline);
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: expect.stringMatching(/started job open-prewarm-repair-\d+, which applies it[\s\S]*the floor is 5 now$/) });
    await deliver(pipeline, namespace, manifests);
    await deliver(pipeline, namespace, manifests);
    expect((await namespace.get('cm', 'quiet-override')).data).toMatchObject({ floor: '5', reason: pipeline });
    expect(await namespace.floor('quiet')).toBe(5);
    expect((await prewarm('status')).out).toMatch(new RegExp(`override +floor 5 until .* \\(${pipeline}\\)`));
  });

  test('--clear takes it away, and the floor is the plan\'s again', async () => {
    const { exitCode, out } = await prewarm('override', 'quiet', '--clear');
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: expect.stringMatching(/the override is gone[\s\S]*the floor is 2 now$/) });
    expect(await namespace.list('cm', 'cdk8s-prewarm/service=quiet')).toHaveLength(1);
  });

  test('inside a window guards follow by themselves: up, down and back', async () => {
    const runs = async () => (await namespace.list('jobs', 'cdk8s-prewarm/role=repair')).map(({ metadata }) => metadata.name);
    const before = await runs();
    for (const floor of ['12', '3']) {
      const { exitCode, out } = await prewarm('override', 'open', '--floor', floor, '--until', '+10m');
      expect({ exitCode, out }).toEqual({ exitCode: 0, out: expect.stringMatching(new RegExp(`2 guards running[\\s\\S]*the floor is ${floor} now$`)) });
    }
    expect((await prewarm('override', 'open', '--clear')).out).toMatch(/the floor is 8 now$/);
    expect(await runs()).toEqual(before);
  });

  test('a higher floor of another hand is told, and stays', async () => {
    await namespace.patch('hpa', 'quiet', { spec: { minReplicas: 6 } });
    expect((await prewarm('status')).out.replace(/\s+/g, ' ')).toMatch(/the floor is 6, 2 is asked for: it is set by kubectl-patch .* stays until they take it back/);
    expect((await prewarm('override', 'quiet', '--clear')).out.replace(/\s+/g, ' ')).toContain('the keeper never lowers a floor that somebody else has set');
  });

  test('who may not read is told so', async () => {
    const { exitCode, err } = await prewarmAs(namespace, ['--as', 'nobody'], 'status');
    expect(exitCode).toBe(2);
    expect(err).toMatch(/^not allowed: configmaps is forbidden: User "nobody" cannot list resource "configmaps"/);
  });

  function prewarm(...argv: string[]) {
    return prewarmAs(namespace, [], ...argv);
  }
});
