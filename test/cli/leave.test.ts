import { FakeCluster, NOVEMBER, PLAN, Standing, hpa, jobPod, kubeObject, refused, registration } from './fake-cluster';
import { prewarm } from './fake-io';
import { encodePlan } from '../../src/core/plan/document';
import { keeperTrouble } from '../../src/core/plan/target-troubles';

const KEEPER = 'cdk8s-prewarm-registration';
const LABELS = { 'cdk8s-prewarm/service': 'registration' };

describe('between events', () => {
  test('the floor stays, nothing of the service is left, and its keeper holds nothing', async () => {
    const cluster = standing();
    const { exitCode, out } = await leave(cluster);
    expect(exitCode).toBe(0);
    expect(autoscaler(cluster).spec).toEqual({ minReplicas: 2, maxReplicas: 162 });
    expect(holders(cluster)).toEqual(['kubectl']);
    expect(namesOf(cluster).filter(name => !name.includes('-prewarm-repair')))
      .toEqual(['HorizontalPodAutoscaler registration', 'Deployment registration', 'Pod registration-0', 'Pod registration-1']);
    expect(out.split('\n')[0]).toBe('HorizontalPodAutoscaler registration keeps floor 2, ceiling 162');
    expect(out).toContain('registration has left: 8 objects deleted, and its keeper holds no field');
  });

  test('cron jobs are suspended before anything is written, and the RoleBinding goes last', async () => {
    const cluster = standing({ floor: 20, owner: KEEPER });
    await leave(cluster);
    const writes = cluster.calls.filter(call => /^(patch|delete)/.test(call)).map(call => call.split(' ').slice(0, 3).join(' '));
    const first = (start: string) => writes.findIndex(call => call.startsWith(start));
    expect(first('patch cronjob/registration-seoul-marathon-bump')).toBeLessThan(first('delete job'));
    expect(first('delete job')).toBeLessThan(first('patch horizontalpodautoscaler'));
    expect(first('patch horizontalpodautoscaler')).toBeLessThan(first('delete cronjob'));
    expect(writes[writes.length - 1]).toBe('delete rolebinding registration-prewarm');
  });

  test('the repair goes on for the other services of the chart, and has left this one alone before anything is written', async () => {
    const cluster = standing({ floor: 20, owner: KEEPER });
    let named: (string | undefined)[] = [];
    cluster.keeper = ({ calls, objects }) => {
      if (calls[calls.length - 1].startsWith('patch horizontalpodautoscaler')) {
        named = [...named, JSON.parse((objects.find(({ metadata }) => metadata.name === 'registration-prewarm') as any).data['plan.json']).repair];
      }
    };
    await leave(cluster);
    expect(named[0]).toBeUndefined();
    expect(named.length).toBeGreaterThan(0);
    expect(cluster.objects.find(({ kind, metadata }) => kind === 'CronJob' && metadata.name === 'registration-prewarm-repair')).toMatchObject({ spec: {} });
    expect(cluster.calls.filter(call => call.startsWith('patch cronjob') && call.includes('repair'))).toEqual([]);
  });

  test('a repair that runs may have read the plan before, and is waited for', async () => {
    const cluster = standing({ more: [jobPod('repair', 'registration-prewarm-repair-29412345', 'repair-pod', { phase: 'Running' })] });
    const { exitCode, err } = await leave(cluster);
    expect(exitCode).toBe(1);
    expect(err).toContain('1 pod of the repair still there: Pod repair-pod');
  });

  test("a floor that is the keeper's is brought to that of between events, and then nobody's", async () => {
    const cluster = standing({ floor: 20, owner: KEEPER });
    const { out } = await leave(cluster);
    expect(autoscaler(cluster).spec.minReplicas).toBe(2);
    expect(holders(cluster)).toEqual(['kubectl']);
    expect(out).toContain('HorizontalPodAutoscaler registration gets floor 2, ceiling 162 (now floor 20, ceiling 162)');
  });

  test("a higher floor of another hand stays, and is that hand's", async () => {
    const cluster = standing({ floor: 20, owner: 'kubectl-edit' });
    const { out } = await leave(cluster);
    expect(autoscaler(cluster).spec.minReplicas).toBe(20);
    expect(holders(cluster)).toEqual(['kubectl', 'kubectl-edit']);
    expect(out).toContain('that floor was set by kubectl-edit, between events the plan asks for 2; --floor takes it back');
  });

  test('--floor is what stays, whoever set the other', async () => {
    const cluster = standing({ floor: 20, owner: 'kubectl-edit' });
    await leave(cluster, '--floor', '5');
    expect(autoscaler(cluster).spec.minReplicas).toBe(5);
  });

  test('the ceiling is never lowered below the pods that live', async () => {
    const cluster = standing({ plan: { ...PLAN, fixedCeiling: undefined }, ready: 40, more: [hpa(2, 162, KEEPER, [], KEEPER)] });
    const { out } = await leave(cluster);
    expect(autoscaler(cluster).spec).toEqual({ minReplicas: 2, maxReplicas: 40 });
    expect(out).toContain('the ceiling stays above 10: so many pods live, and nothing cuts them');
  });

  test('an override and rules of alerts go too; what else bears the service\'s label stays', async () => {
    const cluster = standing({
      override: { floor: '120', until: '2026-11-29T13:00:00+09:00' },
      more: [kubeObject('PrometheusRule', 'registration-prewarm', { labels: LABELS }, {}), kubeObject('PodDisruptionBudget', 'registration', { labels: LABELS }, {})],
    });
    await leave(cluster);
    expect(namesOf(cluster)).toContain('PodDisruptionBudget registration');
    expect(namesOf(cluster).filter(name => /override|Rule/.test(name))).toEqual([]);
  });

  test('--dry-run says all of it and changes nothing', async () => {
    const cluster = standing({ floor: 20, owner: KEEPER });
    const { exitCode, out } = await leave(cluster, '--dry-run');
    expect(exitCode).toBe(0);
    expect(cluster.calls.filter(call => /^(patch|delete)/.test(call))).toEqual([]);
    expect(out).toContain('these would go: CronJob registration-seoul-marathon-bump');
    expect(out).toMatch(/nothing is changed$/);
  });

  test('a target that changes meanwhile is read again', async () => {
    const cluster = standing({ floor: 20, owner: KEEPER, more: [versioned(hpa(20, 162, KEEPER), '7')] });
    let busy = 3;
    cluster.keeper = ({ calls }) => {
      if (calls[calls.length - 1].startsWith('patch horizontalpodautoscaler') && busy-- > 0) {
        cluster.objects = cluster.objects.map(object => object.kind === 'HorizontalPodAutoscaler' ? versioned(object, String(busy)) : object);
      }
    };
    expect((await leave(cluster)).exitCode).toBe(0);
    expect(holders(cluster)).toEqual(['kubectl']);
  });
});

describe('inside a window', () => {
  test('it refuses, and says until when and which floor stands', async () => {
    const cluster = registration();
    const { exitCode, err } = await leave(cluster);
    expect(exitCode).toBe(2);
    expect(err).toBe('registration is inside a window of seoul-marathon; leave after 12:00, or say which floor stays: --floor 108 keeps the one that stands');
    expect(cluster.calls.filter(call => /^(patch|delete)/.test(call))).toEqual([]);
  });

  test('with a floor it leaves, once the guards have ended', async () => {
    const cluster = registration();
    const guards = cluster.objects.filter(({ metadata }) => metadata.name.startsWith('guard-'));
    let looks = 0;
    cluster.spawn = wrapped(cluster, asked => {
      if (asked.startsWith('get pods --selector cdk8s-prewarm/service=registration') && ++looks === 3) {
        cluster.objects = cluster.objects.filter(object => !guards.includes(object));
      }
    });
    expect((await leave(cluster, '--floor', '108')).exitCode).toBe(0);
    expect(looks).toBe(3);
    expect(autoscaler(cluster).spec.minReplicas).toBe(108);
  });

  test('guards that do not end: the floor is not given back, exit code 1', async () => {
    const cluster = registration();
    const { exitCode, err } = await leave(cluster, '--floor', '108');
    expect(exitCode).toBe(1);
    expect(err).toContain('2 pods of registration still there: Pod guard-0, Pod guard-1; the floor is not given back while a keeper may write');
    expect(holders(cluster)).toContain(KEEPER);
  });

  test('and between events while an override is in force', async () => {
    const { err } = await leave(standing({ floor: 120, owner: KEEPER, override: { floor: '120', until: '2026-12-01T13:00:00+09:00' } }));
    expect(err).toContain('registration has an override of floor 120 until Tue 2026-12-01 13:00; clear it first, or say which floor stays: --floor 120');
  });
});

describe('under GitOps', () => {
  test('it says from where the objects come', async () => {
    const labels = { ...LABELS, 'kustomize.toolkit.fluxcd.io/name': 'tickets' };
    const { out } = await leave(standing({ more: [kubeObject('Role', 'registration-prewarm', { labels }, {})] }));
    expect(out.replace(/\s+/g, ' ')).toContain('they come from Flux (Kustomization tickets): take the schedule of registration out of its manifests, or it makes them again');
  });

  test('objects that come back are told: exit code 1', async () => {
    const cluster = standing();
    const account = cluster.objects.find(({ kind }) => kind === 'ServiceAccount')!;
    const managedFields = [{ manager: 'argocd-controller' }];
    cluster.keeper = ({ calls }) => {
      if (calls[calls.length - 1].startsWith('delete rolebinding')) {
        cluster.objects = [...cluster.objects, { ...account, metadata: { ...account.metadata, managedFields } }];
      }
    };
    const { exitCode, err } = await leave(cluster);
    expect(exitCode).toBe(1);
    expect(err).toBe('ServiceAccount registration-prewarm came back: Argo CD makes it again; take the schedule of registration out of its manifests, and run this again');
  });
});

describe('a service whose plan is gone', () => {
  test('what a run has left that was interrupted is deleted by the next', async () => {
    const cluster = standing({ without: ['registration-prewarm'], more: [kubeObject('RoleBinding', 'registration-prewarm-2', { labels: LABELS }, {})] });
    expect((await leave(cluster)).exitCode).toBe(0);
    expect(namesOf(cluster).filter(name => !/^(Pod|HorizontalPodAutoscaler|Deployment) registration|-prewarm-repair/.test(name))).toEqual([]);
  });

  test('its floor is listed with the command that gives it back: exit code 1', async () => {
    const { exitCode, out } = await prewarmOn(orphaned(), 'leave', '--orphans', '-n', 'marathon');
    expect(exitCode).toBe(1);
    expect(out.split('\n')).toEqual([
      'HorizontalPodAutoscaler registration: minReplicas is held, the floor is 25, by the keeper of registration, whose plan is not in this namespace; this gives it back:',
      '  prewarm leave registration -n marathon',
      '1 object held without a plan',
    ]);
  });

  test('its floor is given back, as it is or as asked for', async () => {
    const cluster = orphaned();
    expect((await leave(cluster)).exitCode).toBe(0);
    expect([autoscaler(cluster).spec.minReplicas, holders(cluster)]).toEqual([25, ['kubectl']]);
    const lower = orphaned();
    await leave(lower, '--floor', '3');
    expect([autoscaler(lower).spec.minReplicas, holders(lower)]).toEqual([3, ['kubectl']]);
  });

  test('a target that was renamed is listed, and given back alone', async () => {
    const old = { ...hpa(25, 162, KEEPER), apiVersion: 'autoscaling/v2' };
    const cluster = standing({ more: [{ ...old, metadata: { ...old.metadata, name: 'old' } }] });
    const { exitCode, out } = await prewarmOn(cluster, 'leave', '--orphans', '-n', 'marathon');
    expect(exitCode).toBe(1);
    expect(out).toContain('whose plan names another target now; this gives it back:\n  prewarm leave registration -n marathon --only horizontalpodautoscaler/old');
    expect((await leave(cluster, '--only', 'horizontalpodautoscaler/old', '--floor', '3')).exitCode).toBe(0);
    const given: any = cluster.objects.find(({ metadata }) => metadata.name === 'old');
    expect([given.spec.minReplicas, given.metadata.managedFields.map(({ manager }: any) => manager)]).toEqual([3, ['kubectl']]);
    expect(cluster.objects.some(({ kind }) => kind === 'CronJob')).toBe(true);
    expect((await leave(cluster, '--only', 'horizontalpodautoscaler/old')).err).toContain('--only (horizontalpodautoscaler/old) must be an object that registration holds');
  });

  test.each([
    ['is gone', orphaned, 25],
    ['has another target now', () => standing({ more: [renamed()] }), 25],
  ])('the command of arm gives back a floor whose schedule %s', async (_, standingOf, floor) => {
    const cluster = standingOf();
    const target = cluster.objects.filter(({ kind }) => kind === 'HorizontalPodAutoscaler').pop()!;
    const before = namesOf(cluster);
    expect((await prewarmOn(cluster, ...commandOfArm(target))).exitCode).toBe(0);
    const given: any = cluster.objects.find(({ kind, metadata }) => kind === target.kind && metadata.name === target.metadata.name);
    expect([given.spec.minReplicas, given.metadata.managedFields.map(({ manager }: any) => manager)]).toEqual([floor, ['kubectl']]);
    expect(namesOf(cluster).sort()).toEqual(before.sort());
  });

  test('the command of arm leaves a schedule alone that lives, and holds its target by right', async () => {
    const cluster = standing();
    const { exitCode, err } = await prewarmOn(cluster, ...commandOfArm(autoscaler(cluster)));
    expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringContaining('must be an object that registration holds and whose plan names another') });
    expect(cluster.calls.filter(call => /^(patch|delete)/.test(call))).toEqual([]);
  });

  test('a floor with its plan is no orphan', async () => {
    expect(await prewarmOn(standing(), 'leave', '--orphans', '-n', 'marathon')).toMatchObject({ exitCode: 0, out: 'no keeper holds a floor without a plan' });
  });

  test('kinds that the cluster does not serve are passed over', async () => {
    const cluster = orphaned();
    cluster.answers.set('get scaledobjects', refused('error: the server doesn\'t have a resource type "scaledobjects"'));
    cluster.answers.set('get prometheusrules', refused('error: the server doesn\'t have a resource type "prometheusrules"'));
    expect((await leave(cluster)).exitCode).toBe(0);
  });
});

describe('a command line that cannot be meant', () => {
  test.each([
    [[], 'name the schedule that is to go'],
    [['registration', '--orphans'], '--orphans looks through the whole namespace, and changes nothing'],
    [['registration', '--floor', '0'], '--floor (0) must be a whole number of at least 1'],
    [['payment'], "namespace marathon has no service 'payment', and nothing of it is left; it has registration"],
  ])('%j is refused', async (args, sentence) => {
    const { exitCode, err } = await prewarmOn(standing(), 'leave', ...args, '-n', 'marathon');
    expect(exitCode).toBe(2);
    expect(err).toContain(sentence);
  });
});

/** Between events, with the account of the jobs. */
function standing(more: Standing = {}): FakeCluster {
  const account = ['ServiceAccount', 'Role', 'RoleBinding'].map(kind => kubeObject(kind, 'registration-prewarm', { labels: LABELS }, {}));
  return registration({ now: NOVEMBER, ready: 2, guards: 0, ...more, more: [...account, ...more.more ?? []] });
}

/** A floor that is held, and nothing else. */
function orphaned(): FakeCluster {
  const plan = kubeObject('ConfigMap', 'queue-prewarm', { labels: { 'cdk8s-prewarm/service': 'queue' } }, { data: { 'plan.json': encodePlan({ ...PLAN, service: 'queue' }) } });
  return new FakeCluster([hpa(25, 162, KEEPER), plan], NOVEMBER);
}

/** An autoscaler that was the target before. */
function renamed(): any {
  const old = hpa(25, 162, KEEPER);
  return { ...old, apiVersion: 'autoscaling/v2', metadata: { ...old.metadata, name: 'old' } };
}

/** What arm of another schedule tells whoever reads it to type, without the program's name. */
function commandOfArm(target: any): string[] {
  return keeperTrouble(target, { otherKeeper: KEEPER })!.split('prewarm ').pop()!.split(' ');
}

function versioned(object: any, resourceVersion: string): any {
  return { ...object, metadata: { ...object.metadata, resourceVersion } };
}

function wrapped(cluster: FakeCluster, before: (asked: string) => void): FakeCluster['spawn'] {
  const { spawn } = cluster;
  return async (command, args, input) => {
    before(args.slice(args.indexOf('15s') + 1).join(' '));
    return spawn(command, args, input);
  };
}

function autoscaler(cluster: FakeCluster): any {
  return cluster.objects.find(({ kind }) => kind === 'HorizontalPodAutoscaler');
}

function holders(cluster: FakeCluster): string[] {
  return autoscaler(cluster).metadata.managedFields.map(({ manager }: any) => manager);
}

function namesOf(cluster: FakeCluster): string[] {
  return cluster.objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
}

async function leave(cluster: FakeCluster, ...args: string[]) {
  return prewarmOn(cluster, 'leave', 'registration', '-n', 'marathon', ...args);
}

async function prewarmOn(cluster: FakeCluster, ...argv: string[]) {
  return prewarm(argv, { spawn: cluster.spawn, now: cluster.clock });
}
