import { FakeCluster, NOVEMBER, NOW, PLAN, hpa, kubeObject, registration } from './fake-cluster';
import { prewarm } from './fake-io';
import { status, unwrapped } from './status-of';

describe('--for', () => {
  test('is a go while the missing pods can be Ready by then, even past the ready margin', async () => {
    const { exitCode, out } = await status(registration({ ready: 94, unschedulable: 14 }), ['--for', '10:00']);
    expect(exitCode).toBe(0);
    expect(unwrapped(out)).toContain('forecast floor 108 at 10:00, in 13m; Ready at 09:47:45 at best');
    expect(unwrapped(out)).toContain('- 94 of 108 ready, 14 missing');
  });

  test('is a no-go once the pods cannot be Ready by then', async () => {
    const { exitCode, out } = await status(registration({ now: '2026-12-05T00:59:30Z', ready: 94 }), ['--for', '10:00']);
    expect(exitCode).toBe(1);
    expect(unwrapped(out)).toContain('; the last can be Ready at 10:00:');
    expect(unwrapped(out)).toContain('at best (start-up 45s)');
  });

  test('says what it assumes', async () => {
    const { out } = await status(registration(), ['--for', '10:00']);
    expect(unwrapped(out)).toContain("assuming that nodes and image are there, and that each pod is Ready within its plan's start-up time, "
      + 'and that nobody changes floor or plan until then: go: 1 service can be Ready in time');
  });

  test('counts from the window on before it begins', async () => {
    const { exitCode, out } = await status(registration({ now: NOVEMBER }), ['--for', '2026-12-05T07:00:30+09:00']);
    expect(exitCode).toBe(1);
    expect(out).toContain('NO-GO registration');
    expect(unwrapped(out)).toContain('2 of 108 ready now; the last can be Ready at Sat 2026-12-05 07:00:');
  });

  test('takes a time of day that is over for that of tomorrow', async () => {
    const { out } = await status(registration(), ['--for', '09:00', '--json']);
    expect(JSON.parse(out).services[0].forecast).toEqual({ at: '2026-12-06T00:00:00Z', floor: 2, readyAt: NOW });
  });

  test('stays a no-go for another reason, such as guards that are not there', async () => {
    const { exitCode, out } = await status(registration({ guards: 0 }), ['--for', '10:00']);
    expect(exitCode).toBe(1);
    expect(out).toContain('! no guard runs');
  });

  test.each([
    ['2026-12-05T09:00:00+09:00', '--for names an instant that is over'],
    ['noon', "Write a time of day such as '10:00'"],
    ['2026-12-05T10:00:00', "Write a time of day such as '10:00'"],
  ])('refuses %s', async (time, message) => {
    const { exitCode, err } = await status(registration(), ['--for', time]);
    expect(exitCode).toBe(2);
    expect(err).toContain(message);
  });
});

describe('--freeze', () => {
  test('is a no-go inside a window, and says which and until when', async () => {
    const { exitCode, out } = await status(registration(), ['--freeze']);
    expect(exitCode).toBe(1);
    expect(unwrapped(out)).toContain('! inside a window of seoul-marathon until 12:00: do not deploy now');
  });

  test('holds until the last of windows that touch is over', async () => {
    const [opening] = PLAN.openings;
    const at = opening.at + 4 * 3_600_000;
    const next = {
      ...opening,
      event: 'second',
      at,
      readyBy: at - 900_000,
      windows: opening.windows.map(window => ({
        ...window, from: Math.max(...opening.windows.map(({ until }) => until)), until: at + 3_600_000,
      })),
    };
    const { out } = await status(registration({ plan: { ...PLAN, openings: [opening, next] } }), ['--freeze']);
    expect(unwrapped(out)).toContain('inside a window of seoul-marathon until 15:00');
  });

  test('is a go outside all windows, also where the cluster is not as planned: the deploy may be what mends it', async () => {
    const { exitCode, out } = await status(registration({ now: NOVEMBER, floor: 1, ready: 0 }), ['--freeze']);
    expect(exitCode).toBe(0);
    expect(out).toContain('go: 1 service outside all windows');
  });

  test('is no question beside --for', async () => {
    const { exitCode, err } = await status(registration(), ['--freeze', '--for', '10:00']);
    expect(exitCode).toBe(2);
    expect(err).toContain('--for and --freeze ask two questions');
  });
});

describe('--context given again', () => {
  const over = async (clusters: { readonly [context: string]: FakeCluster }, more: readonly string[] = []) => prewarm(
    ['status', '-n', 'marathon', ...Object.keys(clusters).flatMap(context => ['--context', context]), ...more],
    { now: NOW, columns: 100, spawn: (command, args, input) => clusters[args[args.indexOf('--context') + 1]].spawn(command, args, input) },
  );

  test('is a go when every cluster is', async () => {
    const { exitCode, out } = await over({ seoul: registration(), tokyo: registration() });
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^context seoul: .*\n(.*\n)*context tokyo: /);
    expect(out).toContain('go: 2 services in 2 clusters as planned');
  });

  test('is a no-go when one cluster is, and its command acts on that cluster', async () => {
    const { exitCode, out } = await over({ seoul: registration(), tokyo: registration({ more: [hpa(2, 162, 'kubectl-patch')] }) });
    expect(exitCode).toBe(1);
    expect(out).toContain('no-go: 1 of 2 services in 2 clusters');
    expect(out).toContain('    kubectl --context tokyo -n marathon create job --from=cronjob/registration-prewarm-repair');
  });

  test('has the context of each service in the JSON', async () => {
    const { out } = await over({ seoul: registration(), tokyo: registration() }, ['--json']);
    expect(JSON.parse(out).services.map(({ context }: { context: string }) => context)).toEqual(['seoul', 'tokyo']);
  });

  test('names the cluster that cannot be read', async () => {
    const { exitCode, err } = await over({ seoul: registration(), tokyo: new FakeCluster([kubeObject('Pod', 'x', {}, {})]) });
    expect(exitCode).toBe(2);
    expect(err).toContain('context tokyo: namespace marathon has no plan of cdk8s-prewarm');
  });

  test('quotes a name that a shell would split', async () => {
    const { out } = await over({ 'night shift': registration({ more: [hpa(2, 162, 'kubectl-patch')] }) });
    expect(out).toContain("kubectl --context 'night shift' -n marathon create job");
  });
});
