import { FakeCluster, NOVEMBER, NOW, PLAN, cronJob, kubeObject, refused, registration } from './fake-cluster';
import { prewarm } from './fake-io';
import { ConfigMap } from '../../src/core/kube-objects';
import { Plan } from '../../src/core/plan/plan';

const OVERRIDE = 'registration-override';

describe('inside a window, where guards follow by themselves', () => {
  test('writes the object, starts nothing, and says what happens now and then', async () => {
    const cluster = registration();
    cluster.keeper = guardsApply;
    const { exitCode, out } = await override(cluster, ['--floor', '120', '--until', '13:00', '--reason', 'radio spot']);
    expect(exitCode).toBe(0);
    expect(cluster.inputs).toEqual([{
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: OVERRIDE, namespace: 'marathon', labels: { 'cdk8s-prewarm/service': 'registration' } },
      data: { floor: '120', until: '2026-12-05T13:00:00+09:00', reason: 'radio spot' },
    }]);
    expect(cluster.calls.filter(call => call.startsWith('create'))).toEqual(['create -f -']);
    expect(out.split('\n')).toEqual([
      'registration: floor 120 until Sat 2026-12-05 13:00 Asia/Seoul (2026-12-05T04:00:00Z), in 3h13m',
      '2 guards running: the floor follows within a second',
      'at 13:00 the plan is in force again, floor 2: the repair puts it back at 13:47, and the autoscaler',
      '  then removes the pods that are too many',
      'the floor is 120 now',
    ]);
  });

  test('that ends inside it: guards put the plan back', async () => {
    const cluster = registration();
    cluster.keeper = guardsApply;
    const { out } = await override(cluster, ['--floor', '120', '--until', '11:00']);
    expect(out).toContain('at 11:00 the plan is in force again, floor 108: guards put it back at once');
  });

  test('no guard runs: a job is started all the same', async () => {
    const cluster = registration({ guards: 0 });
    cluster.keeper = guardsApply;
    const { exitCode, out } = await override(cluster, ['--floor', '120', '--until', '11:00']);
    expect(exitCode).toBe(0);
    expect(cluster.calls).toContain('create job registration-prewarm-repair-6431620000 --from=cronjob/registration-prewarm-repair');
    expect(out).toContain('no guard runs now: started job registration-prewarm-repair-6431620000, which applies it');
  });
});

describe('between events', () => {
  const between = (more: object = {}) => {
    const cluster = registration({ now: NOVEMBER, ...more });
    cluster.keeper = guardsApply;
    return cluster;
  };

  test('starts a run of repair, and says which one lowers it afterwards', async () => {
    const cluster = between();
    const { exitCode, out } = await override(cluster, ['--floor', '20', '--until', '+90m']);
    expect(exitCode).toBe(0);
    expect(cluster.calls).toContain('create job registration-prewarm-repair-6007600000 --from=cronjob/registration-prewarm-repair');
    expect(cluster.inputs[0].data).toEqual({ floor: '20', until: '2026-11-30T13:30:00+09:00' });
    expect(out).toContain('at 13:30 the plan is in force again, floor 2: the repair puts it back at 13:47');
  });

  test('without a repair job, drop applies it, and the way down is by hand', async () => {
    const cluster = between({ without: ['registration-prewarm-repair'] });
    const { out } = await override(cluster, ['--floor', '20', '--until', '+90m']);
    expect(cluster.calls.some(call => call.endsWith('--from=cronjob/registration-seoul-marathon-drop'))).toBe(true);
    expect(out.replace(/\s+/g, ' ')).toContain('but no repair puts it back; do it then: kubectl -n marathon create job '
      + '--from=cronjob/registration-seoul-marathon-drop registration-seoul-marathon-drop-$(date +%s)');
  });

  test('without any job, the override stands and nobody applies it: exit code 1', async () => {
    const cluster = between({ without: ['registration-prewarm-repair', ...['bump', 'verify', 'drop'].map(role => `registration-seoul-marathon-${role}`)] });
    const { exitCode, err } = await override(cluster, ['--floor', '20', '--until', '+90m']);
    expect(exitCode).toBe(1);
    expect(err).toBe('no job is there that could apply the override; deploy again');
  });

  test('a suspended repair can be run by hand, and will not lower it', async () => {
    const cluster = between({ more: [cronJob('repair', { schedule: '47 * * * *', suspend: true })] });
    const { out } = await override(cluster, ['--floor', '20', '--until', '+90m']);
    expect(out).toContain('started job registration-prewarm-repair-');
    expect(out).toContain('but no repair puts it back');
  });

  test('a floor that does not follow within a minute: exit code 1', async () => {
    const cluster = registration({ now: NOVEMBER });
    const { exitCode, err } = await override(cluster, ['--floor', '20', '--until', '+90m']);
    expect(exitCode).toBe(1);
    expect(err).toBe('the floor is still 2 after 1m; the override is written, but no job has applied it: prewarm status -n marathon says more');
    expect(cluster.calls.filter(call => call.startsWith('get horizontalpodautoscaler')).length).toBe(61);
  });

  test('--no-wait does not look whether it follows', async () => {
    const cluster = registration({ now: NOVEMBER });
    const { exitCode } = await override(cluster, ['--floor', '20', '--until', '+90m', '--no-wait']);
    expect(exitCode).toBe(0);
    expect(cluster.calls.filter(call => call.startsWith('get horizontalpodautoscaler'))).toEqual([]);
  });
});

describe('what it warns of', () => {
  const said = async (args: readonly string[], plan: Plan = PLAN) => {
    const { out } = await override(registration({ plan }), [...args, '--no-wait']);
    return out.replace(/\s+/g, ' ');
  };

  test('less than the plan asks for, and the opening that is within that time', async () => {
    const out = await said(['--floor', '50', '--until', '13:00']);
    expect(out).toContain('note: that is less than the plan asks for until then, 108');
    expect(out).toContain('note: the opening of seoul-marathon at 10:00 is within that time');
    expect(await said(['--floor', '50', '--until', '12:30'])).toContain('less than the plan');
    expect(await said(['--floor', '108', '--until', '13:00'])).not.toContain('note:');
  });

  test('a window ahead that asks for more', async () => {
    const { out } = await override(registration({ now: NOVEMBER }), ['--floor', '20', '--until', '2026-12-05T08:00', '--no-wait']);
    expect(out).toContain('note: that is less than the plan asks for until then, 108');
    expect(out).not.toContain('is within that time');
    const before = await override(registration({ now: NOVEMBER }), ['--floor', '20', '--until', '2026-12-05T07:00', '--no-wait']);
    expect(before.out).not.toContain('note:');
  });

  test('a floor above the ceiling of the manifests', async () => {
    expect(await said(['--floor', '200', '--until', '13:00']))
      .toContain('note: that is above the ceiling of the manifests, 162: until then the API server refuses a deploy of these manifests; no pod is lost by that');
    const { fixedCeiling, ...plan } = PLAN;
    expect(await said(['--floor', '200', '--until', '13:00'], plan)).not.toContain('note:');
  });

  test('a higher floor of another hand, which nobody lowers', async () => {
    const cluster = registration({ floor: 150, owner: 'kubectl-patch' });
    const { exitCode, out } = await override(cluster, ['--floor', '120', '--until', '13:00']);
    expect(exitCode).toBe(0);
    expect(out.replace(/\s+/g, ' '))
      .toContain('the floor stays at 150, set by kubectl-patch 2h46m ago: the keeper never lowers a floor that somebody else has set; lower it by hand');
  });
});

test('an override that is there already is replaced whole, and told', async () => {
  const cluster = registration({ override: { floor: '90', ceiling: '99', until: '2026-12-05T12:00:00+09:00', reason: 'old' }, floor: 90 });
  cluster.keeper = guardsApply;
  const { out } = await override(cluster, ['--floor', '120', '--ceiling', '200', '--until', '13:00']);
  expect(cluster.calls).toContain('replace -f -');
  expect(cluster.inputs[0].data).toEqual({ floor: '120', ceiling: '200', until: '2026-12-05T13:00:00+09:00' });
  expect(out).toContain('registration: floor 120, ceiling 200 until');
  expect(out).toContain('it replaces the override of floor 90 until 12:00');
});

describe('--clear', () => {
  test('inside a window: the guards put the plan back', async () => {
    const cluster = registration({ override: { floor: '120', until: '2026-12-05T13:00:00+09:00' }, floor: 120 });
    cluster.keeper = guardsApply;
    const { exitCode, out } = await override(cluster, ['--clear']);
    expect(exitCode).toBe(0);
    expect(cluster.objects.some(({ metadata }) => metadata.name === OVERRIDE)).toBe(false);
    expect(out.split('\n')).toEqual([
      'registration: the override is gone, the plan is in force: floor 108',
      '2 guards running: the floor follows within a second',
      'the floor is 108 now',
    ]);
  });

  test('between events: repair lowers the floor', async () => {
    const cluster = registration({ now: NOVEMBER, override: { floor: '20', until: '2026-12-01T13:00:00+09:00' }, floor: 20, guards: 0 });
    cluster.keeper = guardsApply;
    const { out } = await override(cluster, ['--clear']);
    expect(out).toContain('started job registration-prewarm-repair-');
    expect(out).toMatch(/the floor is 2 now$/);
  });

  test('nothing to clear is no error', async () => {
    const { exitCode, out } = await override(registration(), ['--clear']);
    expect(exitCode).toBe(0);
    expect(out).toContain('registration has no override: the plan is in force: floor 108');
  });

  test('goes with no other wish', async () => {
    const { exitCode, err } = await override(registration(), ['--clear', '--floor', '3']);
    expect(exitCode).toBe(2);
    expect(err).toBe('--clear removes the override and needs no other option; leave out --floor, --ceiling, --until, --confirm and --reason');
  });
});

describe('--until', () => {
  const until = async (text: string, now = NOW, zone = 'Asia/Seoul') => {
    const plan = { ...PLAN, openings: PLAN.openings.map(opening => ({ ...opening, timeZone: zone })) };
    const cluster = registration({ now, plan, guards: 0 });
    const { err } = await override(cluster, ['--floor', '120', '--until', text, '--no-wait']);
    return cluster.inputs[0]?.data.until ?? err;
  };

  test("a wall time is the next such time in the event's zone", async () => {
    expect(await until('13:00')).toBe('2026-12-05T13:00:00+09:00');
    expect(await until('09:48')).toBe('2026-12-05T09:48:00+09:00');
    // 09:47 is now
    expect(await until('09:47')).toBe('2026-12-06T09:47:00+09:00');
    expect(await until('00:30')).toBe('2026-12-06T00:30:00+09:00');
  });

  test('an instant stands for itself, written in the zone of the event', async () => {
    expect(await until('2026-12-05T04:00:00Z')).toBe('2026-12-05T13:00:00+09:00');
    expect(await until('2026-12-06T13:00')).toBe('2026-12-06T13:00:00+09:00');
  });

  test('a span counts from now', async () => {
    expect(await until('+1h30m')).toBe('2026-12-05T11:17:00+09:00');
  });

  test('an event without a zone is read in UTC', async () => {
    const plan = { ...PLAN, openings: PLAN.openings.map(({ timeZone, ...opening }) => opening) };
    const cluster = registration({ plan });
    await override(cluster, ['--floor', '120', '--until', '13:00', '--no-wait']);
    expect(cluster.inputs[0].data.until).toBe('2026-12-05T13:00:00+00:00');
  });

  test('a wall time that a clock change skips or repeats shows both ways to write it', async () => {
    expect(await until('02:30', '2027-03-27T23:00:00Z', 'Europe/Berlin'))
      .toBe("--until (02:30) is skipped by a clock change in Europe/Berlin; write '2027-03-28T01:30:00+01:00' or '2027-03-28T03:30:00+02:00'");
    expect(await until('02:30', '2026-10-24T23:00:00Z', 'Europe/Berlin'))
      .toBe("--until (02:30) is repeated by a clock change in Europe/Berlin; write '2026-10-25T02:30:00+02:00' or '2026-10-25T02:30:00+01:00'");
  });

  test('what is over, or no time at all, is refused', async () => {
    expect(await until('2026-12-05T09:00:00+09:00')).toBe("--until (2026-12-05T09:00:00+09:00) is 2026-12-05T00:00:00Z, 47m ago; name an instant ahead, or '+90m'");
    expect(await until('+0m')).toBe("--until (+0m) is 2026-12-05T00:47:00Z, 0s ago; name an instant ahead, or '+90m'");
    for (const text of ['noon', '25:00', '90m', '+90', '2026-13-01T10:00']) {
      expect(await until(text)).toBe(`--until (${text}) is no time; write '13:00' (Asia/Seoul), '2026-12-05T13:00:00+09:00', or '+90m'`);
    }
  });
});

describe('refused before anything is written, exit code 2', () => {
  const refusal = async (args: readonly string[], cluster = registration()) => {
    const { exitCode, out, err } = await override(cluster, args);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(cluster.inputs).toEqual([]);
    return err;
  };

  test('no floor or no end', async () => {
    const sentence = 'an override needs --floor and --until, such as --floor 120 --until 13:00; --clear removes one';
    expect(await refusal(['--floor', '120'])).toBe(sentence);
    expect(await refusal(['--until', '13:00'])).toBe(sentence);
  });

  test('counts that are none', async () => {
    for (const floor of ['0', '-1', '1.5', 'many', '', '1e3', '99999999999999999999']) {
      expect(await refusal([`--floor=${floor}`, '--until', '13:00'])).toBe(`--floor (${floor}) must be a whole number of at least 1`);
    }
    expect(await refusal(['--floor', '3000000000', '--until', '13:00']))
      .toBe('--floor (3000000000) must be at most 2147483647, the greatest number of replicas that the API takes');
    expect(await refusal(['--floor', '120', '--ceiling', '119', '--until', '13:00'])).toBe('--ceiling (119) must be a whole number of at least 120, the floor');
  });

  test('more than ten times the highest ceiling, unless it is said twice', async () => {
    expect(await refusal(['--floor', '100000', '--until', '13:00']))
      .toBe('--floor (100000) is more than 10 times the highest ceiling of the plan (162); if that is meant, add --confirm 100000');
    expect(await refusal(['--floor', '100000', '--until', '13:00', '--confirm', '10000'])).toContain('add --confirm 100000');
    expect(await refusal(['--floor', '120', '--ceiling', '5000', '--until', '13:00']))
      .toBe('--ceiling (5000) is more than 10 times the highest ceiling of the plan (162); if that is meant, add --confirm 120');
    const cluster = registration();
    const { exitCode } = await override(cluster, ['--floor', '100000', '--until', '13:00', '--confirm', '100000', '--no-wait']);
    expect({ exitCode, data: cluster.inputs[0].data }).toEqual({
      exitCode: 0, data: { floor: '100000', until: '2026-12-05T13:00:00+09:00', confirm: '100000' },
    });
  });

  test('an end more than a week ahead', async () => {
    expect(await refusal(['--floor', '120', '--until', '2026-12-15T10:00'])).toBe(
      '--until (2026-12-15T10:00) is 10d ahead, and an override lasts at most 7 days; name an earlier instant, or change the plan');
  });

  test('a service that is not there, and which are', async () => {
    const { exitCode, err } = await prewarm(['override', 'registraton', '-n', 'marathon', '--clear'], { spawn: registration().spawn, now: NOW });
    expect(exitCode).toBe(2);
    expect(err).toBe("namespace marathon has no service 'registraton'; it has registration; -n names another namespace");
    const nowhere = await prewarm(['override', 'registration', '--clear'], { spawn: registration().spawn, now: NOW });
    expect(nowhere.err).toBe("the context's namespace has no plan of cdk8s-prewarm; -n names another namespace");
  });

  test('a plan that the keeper cannot read either', async () => {
    const config = kubeObject('ConfigMap', 'registration-prewarm', { labels: { 'cdk8s-prewarm/service': 'registration' } }, { data: { 'plan.json': '{' } });
    expect(await refusal(['--clear'], registration({ more: [config] }))).toMatch(/^an override of registration would not be followed: the plan is no JSON/);
  });

  test('a cluster that forbids it', async () => {
    const cluster = registration();
    cluster.answers.set('create -f -', refused('Error from server (Forbidden): configmaps is forbidden: User "jo" cannot create resource "configmaps" in API group "" in the namespace "marathon"'));
    expect(await refusal(['--floor', '120', '--until', '13:00'], cluster)).toBe(
      'not allowed: configmaps is forbidden: User "jo" cannot create resource "configmaps" in API group "" in the namespace "marathon"; '
      + 'ask for that right, or take another --context');
  });
});

async function override(cluster: FakeCluster, args: readonly string[]) {
  return prewarm(['override', 'registration', '-n', 'marathon', ...args], { spawn: cluster.spawn, now: cluster.clock });
}

/** What keepers do with an override: here at once. */
function guardsApply(cluster: FakeCluster): void {
  const written = cluster.objects.find(({ metadata }) => metadata.name === OVERRIDE) as ConfigMap | undefined;
  cluster.setFloor(Number(written?.data?.floor ?? (cluster.clock === NOVEMBER ? 2 : 108)));
}
