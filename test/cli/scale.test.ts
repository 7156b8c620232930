import { FakeCluster, NOVEMBER, NOW, PLAN, kubeObject, pod, refused, registration } from './fake-cluster';
import { prewarm } from './fake-io';
import { encodePlan } from '../../src/core/plan/document';
import { Plan } from '../../src/core/plan/plan';
import { configMap, other, yamlOf } from '../support/objects';

const GAMES = { apiVersion: 'games.example.com/v1', kind: 'GameServerSet', name: 'registration', plural: 'gameserversets' };
const RESOURCE = 'gameserversets.v1.games.example.com/registration';
const KEEPER = 'cdk8s-prewarm-registration';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

describe('status of a target that is sized by its /scale', () => {
  test('is a go where its size is right, and its pods are Ready', async () => {
    const { exitCode, out } = await statusOf(living({ size: 108, now: NOW }));
    expect(out).toContain('ready 108 of 108');
    expect(exitCode).toBe(0);
  });

  test('is a no-go where its size is too low, and says who wrote it', async () => {
    const { exitCode, out } = await statusOf(living({ size: 20, now: NOW, owner: 'kubectl-edit' }));
    expect(exitCode).toBe(1);
    expect(out).toContain('! the floor is 20, 108 is asked for');
    expect(out).toContain('floor 20, set by kubectl-edit');
  });

  test('is one line where the kind has no /scale', async () => {
    const cluster = living({ size: 2, now: NOVEMBER });
    cluster.answers.set(`get ${RESOURCE} --subresource=scale`, { exitCode: 0, stdout: '', stderr: '' });
    const { exitCode, out } = await statusOf(cluster);
    expect(exitCode).toBe(1);
    expect(out).toContain('! GameServerSet registration cannot be read: GameServerSet of games.example.com/v1 has no /scale');
  });

  test('takes one without a size for one of 0', async () => {
    const cluster = living({ size: 2, now: NOVEMBER });
    cluster.answers.set(`get ${RESOURCE} --subresource=scale`,
      refused('Error from server (InternalError): Internal error occurred: the spec replicas field ".spec.size" does not exist'));
    expect((await statusOf(cluster)).out).toContain('! the floor is 0, 2 is asked for');
  });

  test('brings the workload of an autoscaler up by a command that names its kind for sure', async () => {
    const plan = { target: PLAN.target, workload: GAMES };
    const cluster = living({ size: 0, now: NOVEMBER, plan });
    cluster.objects = [...cluster.objects, { ...registration().objects.find(({ kind }) => kind === 'HorizontalPodAutoscaler')!, spec: { minReplicas: 2, maxReplicas: 162 } } as any];
    expect((await statusOf(cluster)).out).toContain('kubectl -n marathon scale gameserversets.games.example.com/registration --replicas=2');
  });
});

describe('leave', () => {
  test('writes the size at /scale, and gives it back in the record as the cluster has it', async () => {
    const cluster = living({ size: 20, now: NOVEMBER, annotations: { 'cdk8s-prewarm/size': `20 by ${KEEPER}` } });
    const { exitCode, out } = await prewarm(['leave', 'registration', '-n', 'marathon'], { spawn: cluster.spawn, now: cluster.clock, columns: 200 });
    expect(out).toContain('GameServerSet registration gets floor 2 (now floor 20) and keeps them');
    expect(exitCode).toBe(0);
    const { spec, metadata }: any = cluster.objects.find(({ kind }) => kind === 'GameServerSet');
    expect(spec).toEqual({ size: 2 });
    expect(metadata.annotations).toEqual({ 'cdk8s-prewarm/size': null });
    expect(metadata.managedFields).toEqual([{ manager: 'helm', operation: 'Update', time: '2026-11-25T01:00:00Z', fieldsV1: { 'f:spec': { 'f:image': {} } } }]);
    expect(cluster.calls.filter(call => call.startsWith(`patch ${RESOURCE}`)).map(call => call.includes('--subresource=scale'))).toEqual([true, false]);
  });

  test('writes the size again where somebody was faster', async () => {
    const cluster = living({ size: 20, now: NOVEMBER });
    let isFirst = true;
    const { spawn } = cluster;
    cluster.spawn = async (command, argv, input) => {
      if (isFirst && argv.includes('--subresource=scale') && argv.includes('patch')) {
        isFirst = false;
        return refused('Error from server (Conflict): the object has been modified');
      }
      return spawn(command, argv, input);
    };
    await prewarm(['leave', 'registration', '-n', 'marathon'], { spawn: cluster.spawn, now: cluster.clock });
    expect((cluster.objects.find(({ kind }) => kind === 'GameServerSet') as any).spec).toEqual({ size: 2 });
  });
});

describe('adopt', () => {
  test('keeps the size of a target whose field leaves its manifest', async () => {
    const cluster = adopted();
    const { exitCode, out } = await adopt(cluster);
    expect(out.replace(/\s+/g, ' ')).toContain('GameServerSet registration keeps size 20');
    expect(exitCode).toBe(0);
    expect(JSON.parse(cluster.objects.find(({ kind }) => kind === 'GameServerSet')!.metadata.annotations![LAST_APPLIED]).spec).toEqual({});
  });

  test('refuses a target of which pods would go', async () => {
    const { exitCode, err } = await adopt(adopted({ baseline: { floor: 5, ceiling: 5 } }));
    expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringContaining('GameServerSet registration has floor 20, the plan asks for 5 now') });
  });

  test('refuses a target that another schedule holds', async () => {
    const { err } = await adopt(adopted({}, 'cdk8s-prewarm-other'));
    expect(err).toContain('the floor of GameServerSet registration is held by another schedule, other');
  });
});

interface Living {
  readonly size: number;
  readonly now: string;
  readonly owner?: string;
  readonly annotations?: object;
  readonly plan?: Partial<Plan>;
}

const OF_GAMES: Partial<Plan> = { target: GAMES, workload: GAMES, baseline: { floor: 2, ceiling: 2 } };

/** The registration, whose pods are game servers. */
function living({ size, now, owner = KEEPER, annotations = {}, plan = OF_GAMES }: Living): FakeCluster {
  const managedFields = [
    { manager: 'helm', operation: 'Update', time: '2026-11-25T01:00:00Z', fieldsV1: { 'f:spec': { 'f:image': {} } } },
    {
      manager: owner,
      operation: 'Apply',
      time: '2026-12-04T22:00:01Z',
      ...owner === KEEPER ? { subresource: 'scale' } : {},
      fieldsV1: { 'f:spec': { 'f:size': {} } },
    },
  ];
  const { name, plural, ...kind } = GAMES;
  const games: any = {
    ...kubeObject(kind.kind, name, { managedFields, annotations, uid: 'u', resourceVersion: '7' }, { spec: { size }, status: { replicas: size, selector: 'app=registration' } }), ...kind,
  };
  const data = { 'plan.json': encodePlan({ ...PLAN, ...plan }) };
  const config = kubeObject('ConfigMap', 'registration-prewarm', { labels: { 'cdk8s-prewarm/service': 'registration' } }, { data });
  const cluster = registration({ now, ready: 0, more: [config, games] });
  const ownerReferences = [{ apiVersion: 'games.example.com/v1', kind: 'GameServer', name: 'gs-1', controller: true }];
  const pods = [...Array(size).keys()].map(i => {
    const one = pod(`gs-${i}`, { conditions: [{ type: 'Ready', status: 'True' }] });
    return { ...one, metadata: { ...one.metadata, ownerReferences } };
  });
  cluster.objects = [...cluster.objects.filter(({ kind: one }) => !['HorizontalPodAutoscaler', 'Deployment'].includes(one)), ...pods];
  return cluster;
}

function adopted(plan: Partial<Plan> = {}, owner = 'kubectl-client-side-apply'): FakeCluster {
  const cluster = living({ size: 20, now: NOVEMBER, owner });
  cluster.objects = cluster.objects.filter(({ kind }) => kind === 'GameServerSet').map(object => ({
    ...object,
    metadata: {
      ...object.metadata,
      managedFields: object.metadata.managedFields!.slice(1),
      annotations: { [LAST_APPLIED]: JSON.stringify({ spec: { size: 20 } }) },
    },
  }));
  const definition = { spec: { versions: [{ name: 'v1', subresources: { scale: { specReplicasPath: '.spec.size' } } }] } };
  cluster.answers.set('get customresourcedefinition.v1.apiextensions.k8s.io/gameserversets.games.example.com', { exitCode: 0, stdout: JSON.stringify(definition), stderr: '' });
  cluster.answers.set('apply', { exitCode: 0, stdout: JSON.stringify({ kind: 'List', items: cluster.objects }), stderr: '' });
  plans.set(cluster, { ...PLAN, target: GAMES, workload: GAMES, baseline: { floor: 20, ceiling: 20 }, ...plan });
  return cluster;
}

const plans = new WeakMap<FakeCluster, Plan>();

async function adopt(cluster: FakeCluster) {
  const stdin = yamlOf(configMap(plans.get(cluster)!), other(GAMES.apiVersion, GAMES.kind, GAMES.name, { spec: {} }));
  return prewarm(['adopt', '-', '--as', 'kubectl'], { stdin, spawn: cluster.spawn, now: cluster.clock });
}

async function statusOf(cluster: FakeCluster) {
  const { exitCode, out } = await prewarm(['status', '-n', 'marathon'], { spawn: cluster.spawn, now: cluster.clock, columns: 1_000 });
  return { exitCode, out: out.replace(/\s+/g, ' ') };
}
