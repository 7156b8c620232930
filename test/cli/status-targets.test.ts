import { FakeCluster, NOVEMBER, PLAN, kubeObject, registration } from './fake-cluster';
import { prewarm } from './fake-io';
import { encodePlan } from '../../src/core/plan/document';
import { ObjectReference } from '../../src/core/plan/plan';

const KEDA = { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', name: 'registration' };
const WORKLOAD = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'registration' };
const MANAGED = { managedFields: [{ manager: 'cdk8s-prewarm-registration', fieldsV1: { 'f:spec': { 'f:minReplicaCount': {}, 'f:replicas': {} } } }] };

describe('a ScaledObject', () => {
  test('that KEDA has followed is a go', async () => {
    expect(await statusOf(scaled())).toMatchObject({ exitCode: 0 });
  });

  test('whose autoscaler has other figures is a no-go, and says which', async () => {
    const { exitCode, out } = await statusOf(scaled({}, {}, 1));
    expect(exitCode).toBe(1);
    expect(out).toContain('! KEDA has not followed: its HorizontalPodAutoscaler keda-hpa-registration is at 1 to 162, ScaledObject registration at 2 to 162; '
      + 'does its operator run?');
  });

  test.each<readonly [string, object, object, string]>([
    ['paused', { annotations: { 'autoscaling.keda.sh/paused': 'true' } }, {}, 'is paused by the annotation autoscaling.keda.sh/paused: KEDA follows no floor of it'],
    ['not Ready', {}, { conditions: [{ type: 'Ready', status: 'False', reason: 'ScaledObjectCheckFailed' }] }, 'is not Ready (ScaledObjectCheckFailed)'],
    ['without an autoscaler', {}, { hpaName: 'gone' }, 'KEDA has made no autoscaler of ScaledObject registration'],
  ])('that is %s is a no-go', async (_, metadata, status, sentence) => {
    const { exitCode, out } = await statusOf(scaled(metadata, status));
    expect(exitCode).toBe(1);
    expect(out).toContain(sentence);
  });
});

test('a Deployment that an autoscaler scales of which the plan does not know is a no-go', async () => {
  const more = [named(WORKLOAD, MANAGED, { spec: { replicas: 2, selector: { matchLabels: { app: 'registration' } } } })];
  const { exitCode, out } = await statusOf(withPlan(WORKLOAD, [...more, autoscaler('other', 2)]));
  expect(exitCode).toBe(1);
  expect(out).toContain('HorizontalPodAutoscaler other scales Deployment registration too, and would undo the floor');
});

function scaled(metadata: object = {}, status: object = {}, floor = 2): FakeCluster {
  const object = named(KEDA, { ...MANAGED, ...metadata }, {
    spec: { scaleTargetRef: { name: 'registration' }, minReplicaCount: 2, maxReplicaCount: 162 }, status: { hpaName: 'keda-hpa-registration', ...status },
  });
  const made = autoscaler('keda-hpa-registration', floor);
  const owned: any = { ...made, metadata: { ...made.metadata, ownerReferences: [{ ...KEDA, controller: true }] } };
  return withPlan(KEDA, [object, owned]);
}

function withPlan(target: ObjectReference, more: readonly any[]): FakeCluster {
  const data = { 'plan.json': encodePlan({ ...PLAN, target }) };
  const plan = kubeObject('ConfigMap', 'registration-prewarm', { labels: { 'cdk8s-prewarm/service': 'registration' } }, { data });
  const cluster = registration({ now: NOVEMBER, ready: 2, more: [plan, ...more] });
  cluster.objects = cluster.objects.filter(({ kind, metadata }) => kind !== 'HorizontalPodAutoscaler' || metadata.name !== 'registration');
  return cluster;
}

function autoscaler(name: string, floor: number): any {
  return named({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name }, {}, { spec: { minReplicas: floor, maxReplicas: 162, scaleTargetRef: WORKLOAD } });
}

function named({ apiVersion, kind, name }: ObjectReference, metadata: object, fields: object): any {
  return { apiVersion, ...kubeObject(kind, name, metadata, fields) };
}

async function statusOf(cluster: FakeCluster) {
  const { exitCode, out } = await prewarm(['status', '-n', 'marathon'], { spawn: cluster.spawn, now: cluster.clock, columns: 1_000 });
  return { exitCode, out: out.replace(/\s+/g, ' ') };
}
