import {
  EVENT, FakeCluster, NOVEMBER, NOW, PLAN, Standing, complete, failed, guardPod, hpa, job, jobPod, kubeObject, refused, registration,
} from './fake-cluster';
import { FakeIo } from './fake-io';
import { status, unwrapped } from './status-of';
import { run } from '../../src/cli/program';
import { encodePlan } from '../../src/core/plan/document';
import { managerName } from '../../src/core/plan/names';

test('all as planned is a go, with every fact on a line of its own', async () => {
  const { exitCode, out } = await status(registration());
  expect(exitCode).toBe(0);
  expect(out.split('\n')).toEqual([
    "Sat 2026-12-05 09:47 Asia/Seoul (UTC+09:00), by the cluster's clock",
    '',
    'GO registration (namespace marathon)',
    '  plan     seoul-marathon: floor 108, ceiling 162 until 12:00',
    '  next     12:00 floor 108 -> 2, in 2h13m',
    '  opening  seoul-marathon 10:00, in 13m; 108 ready by 09:45',
    '  override none',
    '  floor    108, set by cdk8s-prewarm-registration 2h46m ago',
    '  ceiling  162, set by kubectl 9d23h ago',
    '  ready    108 of 108',
    '  guards   2 running',
    '  arm      complete 9d23h ago',
    '  bump     seoul-marathon: complete 2h46m ago',
    '  verify   seoul-marathon: not yet run',
    '  drop     seoul-marathon: not yet run',
    '  repair   complete 4d21h ago',
    '',
    'go: 1 service as planned',
  ]);
});

describe('the repair of a chart that failed', () => {
  const statusAfter = async (message: string) => (await status(registration({
    now: NOVEMBER,
    more: [
      job('repair', 'registration-prewarm-repair-9', '2026-11-30T02:57:00Z', failed('2026-11-30T02:57:10Z')),
      jobPod('repair', 'registration-prewarm-repair-9', 'repair-pod', { phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 1, message } } }] }),
    ],
  }))).out.replace(/\s+/g, ' ');

  test('is told of the service that it failed for', async () => {
    expect(await statusAfter('1 of 3 services failed | registration: could not get it'))
      .toContain('- the last repair failed: could not get it');
  });

  test('is a good run for all others', async () => {
    const out = await statusAfter('1 of 3 services failed | payment: could not get it');
    expect(out).not.toContain('repair failed');
    expect(out).toMatch(/ repair complete/);
  });

  test('is told as it is where nobody can say whose trouble it was', async () => {
    expect(await statusAfter('cannot read the list of services to repair')).toContain('- the last repair failed: cannot read the list of services to repair');
  });
});

test('a repair that the plan names and nobody finds is a warning, and none at all a note', async () => {
  const without = ['registration-prewarm-repair'];
  expect((await status(registration({ without }))).out.replace(/\s+/g, ' '))
    .toContain('- CronJob registration-prewarm-repair is not there: nothing looks between events; deploy again');
  expect((await status(registration({ without, plan: { ...PLAN, repair: undefined } }))).out.replace(/\s+/g, ' '))
    .toContain('there is no repair job: nothing looks between events');
});

test('asks as little of kubectl as it can: five calls for a service, and one for each source of kinds that a keeper may hold', async () => {
  const cluster = registration();
  await status(cluster);
  const all = ['get horizontalpodautoscalers.v2.autoscaling,deployments.v1.apps,statefulsets.v1.apps', 'get scaledobjects.v1alpha1.keda.sh', 'get rollouts.v1alpha1.argoproj.io'];
  expect(cluster.calls.filter(call => all.includes(call)).sort()).toEqual([...all].sort());
  expect(cluster.calls.filter(call => !all.includes(call))).toEqual([
    'auth whoami',
    'get configmaps --selector cdk8s-prewarm/service',
    'get configmap/registration-override horizontalpodautoscaler.v2.autoscaling/registration deployment.v1.apps/registration',
    'get jobs,cronjobs,pods --selector cdk8s-prewarm/role',
    'get pods --selector app=registration',
  ]);
});

describe('still a go, and worth a note', () => {
  const go = async (standing: Standing) => {
    const { exitCode, out } = await status(registration(standing));
    expect(out).toContain('GO registration (namespace marathon)');
    expect(exitCode).toBe(0);
    return unwrapped(out);
  };

  test('pods that are missing before the ready margin', async () => {
    expect(await go({ now: '2026-12-05T00:30:00Z', ready: 61 })).toContain('- 61 of 108 ready, 47 missing: 47 not asked for (deployment registration stands at 61); due by 09:45');
  });

  test('a higher floor of another hand, and whose', async () => {
    expect(await go({ floor: 150, owner: 'kubectl-patch' }))
      .toContain('- the floor is 150, 108 is asked for: it is set by kubectl-patch 2h46m ago, and stays until they take it back');
  });

  test("a higher floor of the keeper's own, between a fall and the run that lowers it", async () => {
    const out = await go({ now: NOVEMBER, floor: 108, guards: 0 });
    expect(out).toContain("- the floor is 108, 2 is asked for: it is the keeper's own, the next run of drop or repair lowers it");
    expect(out).not.toContain('stays until they take it back');
  });

  test('an autoscaler at its ceiling, and what raises it', async () => {
    expect(await go({ more: [hpa(108, 162, managerName('registration'), [{ type: 'ScalingLimited', status: 'True', reason: 'TooManyReplicas' }])] }))
      .toContain('- the autoscaler wants more than the ceiling of 162; this raises both for an hour: '
        + 'prewarm override registration -n marathon --floor 162 --ceiling 324 --until +1h');
  });

  test('as many pods as the ceiling allows, in a window', async () => {
    expect(await go({ ready: 162 })).toContain('- 162 pods are Ready, and the ceiling of 162 allows no more; this raises both for an hour:');
    expect(await go({ ready: 161 })).not.toContain('allows no more');
  });

  test('guards beside which another container runs', async () => {
    const more = ['guard-0', 'guard-1'].map(name => guardPod(name, {
      phase: 'Running', containerStatuses: [{ name: 'consul-dataplane', state: { running: {} } }, { name: 'keeper', state: { running: {} } }],
    }));
    expect(await go({ more })).toContain('guards 2 running');
  });

  test('an override set before a window that it reaches into', async () => {
    const before = { now: NOVEMBER, floor: 20, guards: 0 };
    expect(await go({ ...before, override: { floor: '20', until: '2026-12-05T08:00:00+09:00' } })).toContain(
      '- the override asks for a floor of 20 until Sat 2026-12-05 08:00, the plan for 108 for seoul-marathon from Sat 2026-12-05 07:00 on; '
      + 'this removes it: prewarm override registration -n marathon --clear');
    expect(await go({ ...before, override: { floor: '20', until: '2026-12-05T07:00:00+09:00' } })).not.toContain('the override asks');
  });

  test('an autoscaler without metrics', async () => {
    expect(await go({ more: [hpa(108, 162, managerName('registration'), [{ type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric' }])] }))
      .toContain('- the autoscaler has no metrics (FailedGetResourceMetric): it holds the floor, and adds nothing above it');
  });

  test('a ceiling below the plan', async () => {
    expect(await go({ ceiling: 120 })).toContain('- the ceiling is 120, 162 is asked for: less room above the floor than planned');
  });

  test("a higher ceiling of another hand, and whose; one of the keeper's own, which is lowered once no pod is cut", async () => {
    const { fixedCeiling, ...plan } = PLAN;
    const november = { now: NOVEMBER, floor: 2, guards: 0, plan };
    expect(await go(november)).toContain('- the ceiling is 162, 10 is asked for: it is set by kubectl 5d2h ago, and stays until they take it back');
    const own = hpa(2, 162, managerName('registration'), [], managerName('registration'));
    expect(await go({ ...november, more: [own] }))
      .toContain("- the ceiling is 162, 10 is asked for: it is the keeper's own, the next run of drop or repair lowers it");
    expect(await go({ ...november, ready: 80, more: [own] }))
      .toContain('- ceiling 162 stays until at most 10 pods run, now 80: nothing cuts live pods');
  });

  test('an override that asks for less than the plan, and what takes it away', async () => {
    expect(await go({ override: { floor: '20', until: '2026-12-05T13:00:00+09:00' }, floor: 20, guards: 2 })).toContain(
      '- the override asks for a floor of 20, the plan for 108, until 13:00; this removes it: prewarm override registration -n marathon --clear');
  });

  test('a second bump that was started by hand and has ended', async () => {
    expect(await go({ more: [job('bump', 'bump-by-hand', '2026-12-05T00:40:00Z', complete('2026-12-05T00:41:00Z'))] })).not.toContain('guards running');
  });

  test('one guard of two', async () => {
    expect(await go({ guards: 1 })).toContain('- 1 of 2 guards running');
  });

  test('a verify that failed although all is well by now', async () => {
    const message = 'not ready at the opening: 61 of 108 ready';
    const out = await go({
      more: [
        job('verify', 'verify-1', '2026-12-05T00:45:00Z', failed('2026-12-05T00:46:00Z')),
        jobPod('verify', 'verify-1', 'verify-pod', { phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 1, message: JSON.stringify({ message }) } } }] }),
      ],
    });
    expect(out).toContain(`  verify   ${EVENT}: failed 1m ago: ${message}`.replace(/ +/g, ' ').trim());
    expect(out).toContain(`- the last verify of ${EVENT} failed: ${message}`);
  });
});

test('before the window the plan is its baseline, and says what comes next', async () => {
  const { exitCode, out } = await status(registration({ now: NOVEMBER, floor: 2 }));
  expect(exitCode).toBe(0);
  expect(out).toContain('  plan     baseline: floor 2, ceiling 162 until Sat 2026-12-05 07:00');
  expect(out).toContain('  next     Sat 2026-12-05 07:00 floor 2 -> 108, in 4d19h');
});

describe('the three states of an opening', () => {
  const openingLines = async (now: string) => (await status(registration({ now }))).out.split('\n').filter(line => line.startsWith('  opening'));

  test('before: when it opens', async () => {
    expect(await openingLines('2026-12-05T00:59:59Z')).toEqual(['  opening  seoul-marathon 10:00, in 1s; 108 ready by 09:45']);
  });

  test('inside: since when it is open, and until when its floor is held', async () => {
    expect(await openingLines('2026-12-05T01:00:00Z')).toEqual(['  opening  seoul-marathon opened 10:00, 1s ago; held until 12:00']);
    expect(await openingLines('2026-12-05T02:59:59Z')).toEqual(['  opening  seoul-marathon opened 10:00, 1h59m ago; held until 12:00']);
  });

  test('inside, with another one ahead: both', async () => {
    const [first] = PLAN.openings;
    const day = 24 * 3_600_000;
    const second = {
      ...first,
      at: first.at + day,
      readyBy: first.readyBy + day,
      windows: first.windows.map(window => ({ ...window, from: window.from + day, until: window.until + day })),
    };
    const { out } = await status(registration({ now: '2026-12-05T01:01:00Z', plan: { ...PLAN, openings: [first, second] } }));
    expect(out.split('\n').filter(line => line.startsWith('  opening'))).toEqual([
      '  opening  seoul-marathon opened 10:00, 1m ago; held until 12:00',
      '  opening  seoul-marathon Sun 2026-12-06 10:00, in 23h59m; 108 ready by Sun',
    ]);
  });

  test('after: the season is over', async () => {
    expect(await openingLines('2026-12-05T03:00:00Z')).toEqual(['  opening  none ahead: the season is over']);
  });
});

test('the first minute of a window needs no guard yet', async () => {
  const { out } = await status(registration({ now: '2026-12-04T22:00:30Z', guards: 0 }));
  expect(out).not.toContain('no guard runs');
});

describe('the override', () => {
  test('in force: it is what floor and pods are measured by', async () => {
    const override = { floor: '120', until: '2026-12-05T13:00:00+09:00', reason: 'radio spot' };
    const { exitCode, out } = await status(registration({ override, floor: 108 }));
    expect(exitCode).toBe(1);
    expect(out).toContain('  override floor 120 until 13:00 (radio spot)');
    expect(out).toContain('! the floor is 108, 120 is asked for');
    expect((await status(registration({ override, floor: 120 }))).exitCode).toBe(0);
  });

  test('expired: the plan is in force again', async () => {
    const { exitCode, out } = await status(registration({ override: { floor: '120', until: '2026-12-05T09:00:00+09:00' } }));
    expect(exitCode).toBe(0);
    expect(out).toContain('  override floor 120 expired at 09:00');
    expect(out).toContain('  - the override has expired and does nothing; this removes it:\n    prewarm override registration -n marathon --clear');
  });

  test('malformed: told and ignored', async () => {
    const { exitCode, out } = await status(registration({ override: { floor: 'many', until: 'noon' } }));
    expect(exitCode).toBe(0);
    expect(out).toContain('  override malformed, ignored');
    expect(unwrapped(out)).toContain("- the override is ignored: 'floor' of the override must be a whole number of at least 1, got 'many'; this removes it:");
  });
});

describe('whose clock', () => {
  const firstLine = async (cluster: FakeCluster, now: string) => (await status(cluster, [], now)).out.split('\n')[0];

  test("the cluster's, where this computer's is wrong", async () => {
    expect(await firstLine(registration(), '2026-12-05T00:42:00Z'))
      .toBe("Sat 2026-12-05 09:47 Asia/Seoul (UTC+09:00), by the cluster's clock; this computer's is 5m behind");
    expect(await firstLine(registration(), '2026-12-05T01:47:01Z'))
      .toBe("Sat 2026-12-05 09:47 Asia/Seoul (UTC+09:00), by the cluster's clock; this computer's is 1h ahead");
  });

  test("this computer's, where kubectl cannot ask", async () => {
    const cluster = registration();
    cluster.answers.set('auth whoami', refused('error: unknown command "whoami"'));
    expect(await firstLine(cluster, '2026-12-05T00:47:12Z')).toBe('Sat 2026-12-05 09:47:12 Asia/Seoul (UTC+09:00), by the clock of this computer');
  });
});

test('--json says the same to programs, instants in ISO UTC', async () => {
  const { exitCode, out } = await status(registration({ ready: 94, override: { floor: '120', until: '2026-12-05T13:00:00+09:00' }, floor: 120 }), ['--json']);
  expect(exitCode).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    at: NOW,
    clock: "by the cluster's clock",
    verdict: 'no-go',
    services: [{
      service: 'registration',
      namespace: 'marathon',
      verdict: 'no-go',
      problems: [{ text: '94 of 120 ready, 26 missing: 26 not asked for (deployment registration stands at 94)' }],
      guards: 2,
      timeZone: 'Asia/Seoul',
      plan: { floor: 108, ceiling: 162, events: [EVENT] },
      wanted: { floor: 120, ceiling: 162 },
      override: { floor: 120, until: '2026-12-05T04:00:00Z' },
      live: { floor: 120, floorOwners: [{ manager: 'cdk8s-prewarm-registration', time: '2026-12-04T22:00:01Z' }], ceiling: 162 },
      ready: { floor: 120, ready: 94, missing: 26 },
      opening: { event: EVENT, at: '2026-12-05T01:00:00Z', readyBy: '2026-12-05T00:45:00Z', floor: 108 },
      next: { at: '2026-12-05T03:00:00Z', floor: 2 },
      jobs: [{ role: 'arm', state: 'complete', since: '2026-11-25T01:00:20Z' }, { role: 'bump', event: EVENT, state: 'complete', pods: 0 }, {}, {}, {}],
    }],
  });
});

test('--json has the findings with what a program may go by', async () => {
  const { out } = await status(registration({ floor: 2, owner: 'kubectl-patch', ready: 108, guards: 1 }), ['--json']);
  const [{ problems, notes }] = JSON.parse(out).services;
  const command = 'kubectl -n marathon create job --from=cronjob/registration-prewarm-repair registration-prewarm-repair-$(date +%s)';
  expect(problems).toEqual([{
    id: 'floor-too-low',
    severity: 'error',
    sentence: 'the floor is 2, 108 is asked for',
    remedy: 'this applies it',
    command,
    text: 'the floor is 2, 108 is asked for; this applies it:',
  }]);
  expect(notes).toEqual([{ id: 'guard-missing', severity: 'warning', sentence: '1 of 2 guards running', text: '1 of 2 guards running' }]);
});

test('every line but commands fits into 80 columns', async () => {
  const cluster = registration({ floor: 2, ready: 94, unschedulable: 9, guards: 1, ceiling: 120, override: { floor: 'many', until: 'noon' } });
  const { out } = await status(cluster);
  const lines = out.split('\n').filter(line => !/^ +(kubectl|prewarm) /.test(line));
  expect(lines.length).toBeGreaterThan(15);
  expect(lines.filter(line => line.length > 80)).toEqual([]);
});

test('other kinds of targets have a floor too', async () => {
  const target = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'registration' };
  const { fixedCeiling, ...plan } = PLAN;
  const set = kubeObject('StatefulSet', 'registration', {}, { spec: { replicas: 108, selector: { matchLabels: { app: 'registration' } } } });
  const { exitCode, out } = await status(registration({ plan: { ...plan, target, workload: target }, more: [set] }));
  expect(exitCode).toBe(0);
  expect(out).toContain("  floor    108, the API server's default");
  expect(out).not.toContain('  ceiling  ');
});

test('where there is no workload, kubectl is not asked for every pod of the namespace', async () => {
  const cluster = registration();
  cluster.objects = cluster.objects.filter(({ kind }) => kind !== 'Deployment');
  expect((await status(cluster)).exitCode).toBe(1);
  expect(cluster.calls.filter(call => call.startsWith('get pods'))).toEqual([]);
});

describe('a kind that the cluster does not serve', () => {
  const said = "error: the server doesn't have a resource type \"scaledobject\"";
  const twoServices = () => {
    const target = { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', name: 'queue' };
    const plan = { ...PLAN, service: 'queue', target, workload: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'queue' } };
    const cluster = registration({
      more: [kubeObject('ConfigMap', 'queue-prewarm', { labels: { 'cdk8s-prewarm/service': 'queue' } }, { data: { 'plan.json': encodePlan(plan) } })],
    });
    cluster.answers.set('get configmap/queue-override scaledobject', refused(said));
    cluster.answers.set('get scaledobject', refused(said));
    return cluster;
  };

  test('is the trouble of one service: the others are told as they are', async () => {
    const { exitCode, out } = await status(twoServices());
    expect(exitCode).toBe(1);
    expect(unwrapped(out)).toContain("! ScaledObject queue cannot be read: the server doesn't have a resource type \"scaledobject\"");
    expect(out).not.toContain('ScaledObject queue is not there');
    expect(out).toContain('\nGO registration (namespace marathon)');
    expect(out).toMatch(/no-go: 1 of 2 services$/);
  });

  test('a cluster that does not answer at all is still no answer', async () => {
    const cluster = twoServices();
    cluster.answers.set('get configmap/queue-override', refused('Unable to connect to the server: EOF'));
    const { exitCode, err } = await status(cluster);
    expect(exitCode).toBe(2);
    expect(err).toContain('the cluster does not answer');
  });
});

test('-A looks into all namespaces, and asks each for its own', async () => {
  const elsewhere = registration().objects.map(one => ({ ...one, metadata: { ...one.metadata, namespace: 'berlin' } }));
  const cluster = new FakeCluster([...registration().objects, ...elsewhere.filter(({ kind }) => kind !== 'Deployment')]);
  const io = new FakeIo({ spawn: cluster.spawn, now: NOW, columns: 80 });
  expect(await run(['status', '-A'], io)).toBe(1);
  const out = io.stdout.join('\n');
  expect(out).toMatch(/NO-GO registration \(namespace berlin\)[\s\S]*\nGO registration \(namespace marathon\)/);
  expect(out).toMatch(/no-go: 1 of 2 services$/);
});

test('--watch looks again, also after a cluster that did not answer', async () => {
  const cluster = registration();
  const io = new class extends FakeIo {
    private looks = 0;

    public async sleep(ms: number): Promise<void> {
      await super.sleep(ms);
      cluster.answers.set('get configmaps', refused('The connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?'));
      if (++this.looks === 2) {
        throw new Error('interrupted');
      }
    }
  }({ spawn: cluster.spawn, now: NOW, colors: true });
  await expect(run(['status', '-n', 'marathon', '--watch'], io)).rejects.toThrow('interrupted');
  expect(io.stdout.map(text => text.split('\n')[0])).toEqual([
    expect.stringMatching(/^\u001b\[2J\u001b\[3J\u001b\[HSat 2026-12-05 09:47/),
    expect.stringContaining('the cluster does not answer: The connection to the server 10.0.0.1:6443 was refused'),
  ]);
});

describe('no answer, exit code 2', () => {
  test('no plan in the namespace', async () => {
    const { exitCode, out, err } = await status(new FakeCluster([]));
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toBe('namespace marathon has no plan of cdk8s-prewarm; -n looks into another one, -A into all');
  });

  test('a namespace and all of them', async () => {
    const { exitCode, err } = await status(registration(), ['-A']);
    expect(exitCode).toBe(2);
    expect(err).toBe('--namespace and --all-namespaces exclude each other; give one');
  });
});
