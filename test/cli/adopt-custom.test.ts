import { FakeCluster, NOVEMBER, PLAN, kubeObject, refused } from './fake-cluster';
import { prewarm } from './fake-io';
import { Plan } from '../../src/core/plan/plan';
import { autoscaler, configMap, other, yamlOf } from '../support/objects';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const FLEET = { apiVersion: 'example.com/v1', kind: 'Fleet', name: 'registration' };
const MOVER: Plan = { ...PLAN, workload: FLEET, baseline: { floor: 20, ceiling: 40 } };
const DEFINITION = 'get customresourcedefinition.v1.apiextensions.k8s.io/fleets.example.com';

test.each([
  ['where its definition says', '.spec.size', 'size'],
  ['at spec.replicas, where nobody may read the definition', undefined, 'replicas'],
])('a workload of a custom kind keeps its size %s', async (_, path, field) => {
  const cluster = living(field, path);
  const { exitCode, out } = await adopt(cluster);
  expect(exitCode).toBe(0);
  expect(out.replace(/\s+/g, ' ')).toContain(`Fleet registration keeps ${field} 20`);
  expect(JSON.parse(cluster.objects.find(({ kind }) => kind === 'Fleet')!.metadata.annotations![LAST_APPLIED]).spec).toEqual({ paused: false });
});

test('a size that is deeper than spec is refused, before anything is written', async () => {
  const cluster = living('size', '.spec.pool.size');
  const { exitCode, err } = await adopt(cluster);
  expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringContaining("Fleet registration has its size at '.spec.pool.size'") });
  expect(cluster.calls.filter(call => call.startsWith('patch'))).toEqual([]);
});

test('a size that the deploy would change is told', async () => {
  const cluster = living('size', '.spec.size', { size: 1 });
  const { exitCode, err } = await adopt(cluster);
  expect({ exitCode, err }).toEqual({ exitCode: 1, err: expect.stringContaining('Fleet registration: the deploy would make size 1, now 20') });
});

/** Twenty pods of a custom kind, of which kubectl knows. */
function living(field: string, path: string | undefined, after: object = { [field]: 20 }): FakeCluster {
  const metadata = (spec: object) => ({ annotations: { [LAST_APPLIED]: JSON.stringify({ spec }) } });
  const fleet = kubeObject('Fleet', 'registration', {}, { spec: { [field]: 20, paused: false } });
  const object = { ...fleet, apiVersion: FLEET.apiVersion, metadata: { ...fleet.metadata, ...metadata({ [field]: 20, paused: false }) } };
  const cluster = new FakeCluster([object], NOVEMBER);
  const definition = { spec: { versions: [{ name: 'v1', subresources: { scale: { specReplicasPath: path } } }] } };
  const answer = { exitCode: 0, stdout: JSON.stringify(definition), stderr: '' };
  cluster.answers.set(DEFINITION, path === undefined ? refused('Error from server (Forbidden): no') : answer);
  cluster.answers.set('apply', { exitCode: 0, stdout: JSON.stringify({ kind: 'List', items: [{ ...object, spec: after }] }), stderr: '' });
  return cluster;
}

async function adopt(cluster: FakeCluster) {
  const stdin = yamlOf(configMap(MOVER), other(FLEET.apiVersion, 'Fleet', 'registration', { spec: { paused: false } }), autoscaler('registration'));
  return prewarm(['adopt', '-', '--as', 'kubectl'], { stdin, spawn: cluster.spawn, now: cluster.clock });
}
