import { FakeCluster, NOVEMBER, Standing, hpa, kubeObject, refused, registration } from './fake-cluster';
import { prewarm } from './fake-io';
import { status } from './status-of';

const COMMAND = 'prewarm leave registration -n marathon --only horizontalpodautoscaler/old';

test('a floor that was left when the target was renamed is a line of its own, with the command that ends it, and no reason to stop', async () => {
  const { exitCode, out } = await status(renamed());
  expect(exitCode).toBe(0);
  expect(out.split('\n').slice(-6)).toEqual([
    'without a plan',
    '  - HorizontalPodAutoscaler old: minReplicas is held, the floor is 25, by the',
    '    keeper of registration, whose plan names another target now; this gives it',
    '    back:',
    `    ${COMMAND}`,
    '',
    'go: 1 service as planned',
  ].slice(-6));
});

test('that command gives it back, and the line is gone', async () => {
  const cluster = renamed();
  const { exitCode } = await prewarm(COMMAND.split(' ').slice(1), { spawn: cluster.spawn, now: cluster.clock });
  expect(exitCode).toBe(0);
  expect((await status(cluster)).out).not.toContain('without a plan');
});

test('the workload of a target of before, which its keeper has only scaled, holds no floor', async () => {
  const managedFields = [{ manager: 'cdk8s-prewarm-registration', operation: 'Update', subresource: 'scale', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }];
  const scaled = { apiVersion: 'apps/v1', ...kubeObject('Deployment', 'old', { managedFields }, { spec: { replicas: 25 } }) };
  expect((await status(registration({ now: NOVEMBER, ready: 2, guards: 0, more: [scaled] }))).out).not.toContain('without a plan');
});

test('one of a schedule that is gone is listed too', async () => {
  const { out } = await status(standing('cdk8s-prewarm-queue'));
  expect(out.replace(/\s+/g, ' ')).toContain('by the keeper of queue, whose plan is not in this namespace; this gives it back: prewarm leave queue -n marathon go:');
});

test('a namespace without any plan says what is held there', async () => {
  const cluster = new FakeCluster([orphan('cdk8s-prewarm-queue')], NOVEMBER);
  const { exitCode, err } = await status(cluster);
  expect(exitCode).toBe(2);
  expect(err).toContain('has no plan of cdk8s-prewarm; -n looks into another one, -A into all; HorizontalPodAutoscaler old: minReplicas is held');
  expect(err).toContain('prewarm leave queue -n marathon');
});

test('with a context, the command names it', async () => {
  expect((await status(renamed(), ['--context', 'seoul'])).out).toContain('prewarm leave --context seoul registration -n marathon --only horizontalpodautoscaler/old');
});

test('a program is told what it is and where', async () => {
  expect(JSON.parse((await status(renamed(), ['--json'])).out).orphans).toEqual([expect.objectContaining({
    namespace: 'marathon', kind: 'HorizontalPodAutoscaler', name: 'old', id: 'floor-without-plan', severity: 'warning', command: COMMAND,
  })]);
});

test.each([[['--for', '10:00']], [['--freeze']]])('%j asks about something else, and reads no other objects for it', async more => {
  const cluster = renamed();
  expect((await status(cluster, more)).out).not.toContain('without a plan');
  expect(cluster.calls.filter(call => call.startsWith('get horizontalpodautoscalers'))).toEqual([]);
});

test('whoever may not read all kinds of targets is told the rest', async () => {
  const cluster = renamed();
  cluster.answers.set('get horizontalpodautoscalers', refused('Error from server (Forbidden): statefulsets.apps is forbidden'));
  const { exitCode, out } = await status(cluster, ['--json']);
  expect(exitCode).toBe(0);
  expect(JSON.parse(out).orphans).toBeUndefined();
});

/** An autoscaler that was the registration's target before. */
function renamed(): FakeCluster {
  return standing('cdk8s-prewarm-registration');
}

function standing(owner: string): FakeCluster {
  const more: Standing = { now: NOVEMBER, ready: 2, guards: 0, more: [orphan(owner)] };
  return registration(more);
}

function orphan(owner: string) {
  const { metadata, spec } = hpa(25, 162, owner) as any;
  return { apiVersion: 'autoscaling/v2', ...kubeObject('HorizontalPodAutoscaler', 'old', { managedFields: metadata.managedFields }, { spec }) };
}
